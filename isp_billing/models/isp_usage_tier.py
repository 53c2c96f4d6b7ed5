from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ..engine.money import to_decimal
from ..engine.usage import Tier


class IspUsageTier(models.Model):
    """Price of a unit of usage above a quantity, from a date on, before tax.

    The tiers of a plan, currency and first day belong together; a period is rated with those in
    force on its first day.
    """

    _name = 'isp.usage.tier'
    _description = "Usage Tier"
    _inherit = ['isp.audited']
    _order = 'plan_id, currency_id, date_from desc, above, id'
    _check_company_auto = True

    plan_id = fields.Many2one('isp.service.plan', required=True, index=True, ondelete='cascade')
    company_id = fields.Many2one(
        'res.company', index=True, help="Empty: for every company that has no tiers of its own.",
    )
    currency_id = fields.Many2one(
        'res.currency', required=True, default=lambda self: self.env.company.currency_id,
    )
    date_from = fields.Date(
        string="From", required=True, default=lambda self: self.env.company._isp_today(),
        help="In force for periods that begin on or after this day.",
    )
    above = fields.Float(
        digits=0, required=True, default=0.0, aggregator=None,
        help="Quantity above which this price counts, after what is included. The first tier "
             "begins at 0.",
    )
    price = fields.Float(
        string="Price of a unit", digits=0, required=True, aggregator=None,
        help="May be finer than the currency, such as 0.0125.",
    )

    _tier_uniq = models.UniqueIndex(
        '(plan_id, COALESCE(company_id, 0), currency_id, date_from, above)',
        "This plan already has a tier above this quantity from this day.",
    )
    _not_negative = models.Constraint(
        'CHECK (above >= 0 AND price >= 0)', "Quantity and price of a tier are 0 or more.",
    )

    @api.constrains('plan_id')
    def _check_plan(self):
        for tier in self:
            if tier.plan_id.kind != 'usage':
                raise ValidationError(self.env._(
                    "Plan %(plan)s is not of the kind “Usage” and has no tiers. Give it a price "
                    "instead.", plan=tier.plan_id.display_name,
                ))

    def write(self, vals):
        self._isp_check_not_charged()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_charged(self):
        self._isp_check_not_charged()

    def _isp_check_not_charged(self):
        """Refuse to touch tiers that charges rest on: new prices have a new first day."""
        for tier in self:
            charge = self.env['isp.charge'].sudo().search([
                ('plan_id', '=', tier.plan_id.id), ('kind', '=', 'usage'),
                ('currency_id', '=', tier.currency_id.id),
                ('period_start', '>=', tier.date_from),
                *([('company_id', '=', tier.company_id.id)] if tier.company_id else []),
            ], limit=1)
            if charge:
                raise UserError(self.env._(
                    "Plan %(plan)s: usage from %(day)s on was already billed with these tiers. "
                    "Add tiers with a later first day instead.",
                    plan=tier.plan_id.display_name, day=tier.date_from,
                ))


class IspServicePlan(models.Model):
    _inherit = 'isp.service.plan'

    def _isp_tiers(self, company, currency, day):
        """Tiers in force on a day: never converted from another currency.

        :return: tuple of :class:`engine.usage.Tier` in order of quantity, empty when there is none
        """
        self.ensure_one()
        fitting = self.tier_ids.filtered(
            lambda tier: tier.currency_id == currency and tier.date_from <= day
            and (not tier.company_id or tier.company_id == company)
        )
        if fitting.filtered('company_id'):
            fitting = fitting.filtered('company_id')
        latest = max(fitting.mapped('date_from'), default=None)
        return tuple(
            Tier(to_decimal(tier.above), to_decimal(tier.price))
            for tier in fitting.filtered(lambda tier: tier.date_from == latest).sorted('above')
        )
