from dataclasses import replace
from decimal import Decimal

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError

from ..engine.discounts import again
from ..engine.money import to_decimal
from ..engine.proration import full_price
from ..guard import own_write
from ..sentences import say


class IspRerate(models.Model):
    """An approver's decision that charged periods cost another price after all.

    A fact that never changes. The engine settles the periods that were charged before it at the
    other price: the next bill has the difference as corrections, which carry the new price facts,
    and later credits follow them. Nothing in the ledger is changed.
    """

    _name = 'isp.rerate'
    _description = "Re-rating of Charged Periods"
    _inherit = ['isp.audited', 'isp.exact.money']
    _isp_money = ('price',)
    _order = 'id desc'
    _check_company_auto = True
    _isp_given_once = frozenset({
        'company_id', 'line_id', 'plan_id', 'date_from', 'mode', 'price', 'reason'})

    company_id = fields.Many2one('res.company', required=True, index=True, readonly=True)
    line_id = fields.Many2one(
        'sale.subscription.line', string="Service", index='btree_not_null', ondelete='restrict',
        readonly=True, help="Empty: all services of the plan.",
    )
    plan_id = fields.Many2one(
        'isp.service.plan', required=True, index=True, ondelete='restrict', readonly=True,
    )
    account_id = fields.Many2one(related='line_id.isp_account_id', string="Billing account")
    date_from = fields.Date(
        string="From", required=True, readonly=True,
        help="Charged periods in which the service is used from this day on or later.",
    )
    mode = fields.Selection(
        [('list', "The list price as it is entered today"), ('price', "Another price")],
        required=True, default='list', readonly=True,
    )
    price = fields.Float(string="Unit price", digits=0, readonly=True, aggregator=None)
    reason = fields.Text(required=True, readonly=True)
    user_id = fields.Many2one(
        'res.users', string="By", required=True, readonly=True,
        default=lambda self: self.env.user,
    )
    mark = fields.Integer(
        required=True, readonly=True, aggregator=None, export_string_translation=False,
        help="The last charge of the ledger at that moment: later ones are not re-rated.",
    )

    @api.depends('plan_id', 'date_from')
    def _compute_display_name(self):
        for rerate in self:
            rerate.display_name = f"{rerate.plan_id.code} {rerate.date_from}"

    def _isp_money_currency(self, name):
        """Override of `isp.exact.money`: the price of a unit of usage may be finer."""
        currency = self.line_id.currency_id or self.company_id.currency_id
        return currency.browse() if self.plan_id.kind == 'usage' else currency

    @api.model_create_multi
    def create(self, vals_list):
        if not self.env.user.has_group('isp_billing.group_approver'):
            raise AccessError(self.env._("Only an approver re-rates charged periods."))
        self.browse()._isp_refuse_results(vals_list)
        last = self.env['isp.charge'].sudo().search([], order='id desc', limit=1)
        for vals in vals_list:
            if not (vals.get('reason') or '').strip():
                raise ValidationError(self.env._("Say why the charged periods cost another price."))
            if vals.get('mode') == 'price' and (vals.get('price') or 0.0) < 0:
                raise ValidationError(self.env._("A price cannot become negative."))
            vals.update(mark=last.id, user_id=self.env.uid)
        with own_write():
            rerates = super().create(vals_list)
        for rerate in rerates:
            log = rerate.line_id.sale_subscription_id or rerate.plan_id
            # an approver may not edit the subscription; the log is no edit
            log.sudo()._isp_post_sentence(say(self.env)._(
                "Charged periods of %(what)s are re-rated from %(day)s on. %(reason)s",
                what=rerate.line_id.name or rerate.plan_id.name, day=rerate.date_from,
                reason=rerate.reason,
            ), author_id=self.env.user.partner_id.id)
        return rerates

    def write(self, vals):
        """Refuse every change: the ledger was settled by it."""
        if vals:
            raise UserError(self.env._("A re-rating is a fact. Make another one instead."))
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(self.env._("A re-rating is a fact. Make another one instead."))


class IspBillingEngine(models.AbstractModel):
    """Charged periods at the price that an approver put in the place of theirs."""

    _inherit = 'isp.billing.engine'

    def _rerates(self, line, cache):
        """Re-ratings of a line, the latest first (isp.rerate).

        They are rare: all of a company are read once per batch.
        """
        key = ('rerates', line.company_id.id)
        if key not in cache:
            cache[key] = self.env['isp.rerate'].sudo().search(
                [('company_id', '=', line.company_id.id)])
        return cache[key].filtered(
            lambda one: one.line_id == line
            or (not one.line_id and one.plan_id == line.isp_plan_id)
        )

    def _rerated(self, line, ledger, discounts, unit, cache):
        """What was charged of a line, with the price facts that are in force by now.

        :param dict ledger: {full period: engine.difference.Charged}
        :param discounts: engine.discounts.Discount of the chain
        :param Decimal unit: smallest amount of the currency
        """
        rerates = self._rerates(line, cache) if ledger else ()
        if not rerates:
            return ledger
        result = {}
        for full, charged in ledger.items():
            rerate = next((
                one for one in rerates
                if one.date_from <= charged.first and charged.row <= one.mark
            ), None)
            if rerate and charged.rate and not charged.is_opening:
                rate = self._rate_after(rerate, line, charged, discounts, unit)
                charged = replace(charged, rerate=rate) if rate else charged
            result[full] = charged
        return result

    def _rate_after(self, rerate, line, charged, discounts, unit):
        """Price facts of a charged period after a re-rating (engine.charges.Rate or None)."""
        price = rerate.price if rerate.mode == 'price' else line._isp_list_price(charged.first)
        if price is None:
            return None
        rate = replace(charged.rate, unit_price=to_decimal(price))
        whole = full_price(rate.unit_price, rate.quantity, rate.discount, unit)
        return replace(rate, reductions=again(
            discounts, charged.rate.reductions, whole, rate.quantity, Decimal(unit),
        ))
