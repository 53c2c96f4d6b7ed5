from odoo import api, fields, models


class NoPlanPriceError(Exception):
    """A plan has no price in a currency on a day."""


class IspServicePlanPrice(models.Model):
    """Price of a plan in one currency from a date on, before tax."""

    _name = 'isp.service.plan.price'
    _description = "Plan Price"
    _inherit = ['isp.audited', 'isp.exact.money']
    _isp_money = ('amount',)
    _order = 'plan_id, currency_id, date_from desc, id'
    _check_company_auto = True

    plan_id = fields.Many2one('isp.service.plan', required=True, index=True, ondelete='cascade')
    company_id = fields.Many2one(
        'res.company', index=True,
        help="Empty: for every company that has no price of its own.",
    )
    currency_id = fields.Many2one(
        'res.currency', required=True, default=lambda self: self.env.company.currency_id,
    )
    date_from = fields.Date(
        string="From", required=True, default=lambda self: self.env.company._isp_today(),
        help="The price is in force for periods that start on or after this day.",
    )
    amount = fields.Monetary(string="Price", required=True)
    free = fields.Boolean(
        string="Given away", help="Confirms that the price is zero on purpose.")

    isp_change_id = fields.Many2one(
        'isp.price.change', string="Price change", index='btree_not_null', readonly=True,
        copy=False, ondelete='restrict',
    )

    _price_uniq = models.UniqueIndex(
        '(plan_id, COALESCE(company_id, 0), currency_id, date_from)',
        "This plan already has a price in this currency from this day.",
    )
    _amount_not_negative = models.Constraint(
        'CHECK (amount >= 0)', "The price of a plan cannot be negative.",
    )
    _amount_or_free = models.Constraint(
        'CHECK (amount > 0 OR free IS TRUE)',
        "A plan price is zero. Enter the price, delete the row, or tick “Given away”.",
    )

    @api.depends('plan_id', 'amount', 'currency_id', 'date_from')
    def _compute_display_name(self):
        for price in self:
            price.display_name = self.env._(
                "%(plan)s: %(amount)s from %(date)s", plan=price.plan_id.code,
                amount=price.currency_id.format(price.amount or 0.0), date=price.date_from,
            )


class IspServicePlan(models.Model):
    _inherit = 'isp.service.plan'

    def _isp_price_or_raise(self, company, currency, day):
        """Price of a full period, see :meth:`_isp_price`.

        :raises NoPlanPriceError: when there is none
        """
        price = self._isp_price(company, currency, day)
        if price is None:
            raise NoPlanPriceError
        return price
