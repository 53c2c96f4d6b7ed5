from decimal import Decimal

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..const import FEE_KINDS, TERMINATION_RULES
from ..engine.fees import months_left, term_end, termination_fee
from ..engine.money import to_decimal
from ..guard import own


class IspServicePlan(models.Model):
    """Fees: of which kind a plan is, and what leaving its commitment early costs."""

    _inherit = 'isp.service.plan'

    fee_kind = fields.Selection(
        FEE_KINDS, string="Kind of fee", tracking=True,
        help="Fees are checked against the fee rules of the place of service. Empty: no fee.",
    )
    termination_rule = fields.Selection(
        TERMINATION_RULES, string="Early termination", tracking=True,
        help="What is charged when the service ends before the commitment. Empty: nothing.",
    )
    termination_plan_id = fields.Many2one(
        'isp.service.plan', string="Termination fee", check_company=True, tracking=True,
        domain="[('kind', '=', 'one_time'), ('fee_kind', '=', 'termination')]",
        help="The one-time charge: its product gives account and taxes, its price the amount.",
    )
    termination_percent = fields.Float(
        string="Share of the price (%)", tracking=True,
        help="Of the price of each month that is left.",
    )

    _termination_percent_valid = models.Constraint(
        'CHECK (termination_percent IS NULL OR termination_percent BETWEEN 0 AND 100)',
        "The share of the price is 0 to 100 %.",
    )

    @api.constrains('termination_rule', 'termination_plan_id')
    def _check_termination(self):
        for plan in self.filtered('termination_rule'):
            fee = plan.termination_plan_id
            if not fee or fee.kind != 'one_time' or fee.fee_kind != 'termination':
                raise ValidationError(self.env._(
                    "Plan %(plan)s: choose the one-time charge of its early termination, a plan "
                    "whose kind of fee is “Termination”.", plan=plan.display_name,
                ))


class SaleSubscriptionLine(models.Model):
    """Fees on subscription lines: lawful or not, and those of an early termination."""

    _inherit = 'sale.subscription.line'

    isp_fee_of_line_id = fields.Many2one(
        'sale.subscription.line', string="Fee for", index='btree_not_null', copy=False,
        ondelete='restrict', readonly=True,
        help="The service whose end this fee is charged for.",
    )
    isp_fee_line_ids = fields.One2many(
        'sale.subscription.line', 'isp_fee_of_line_id', string="Fees",
    )
    isp_fee_warning = fields.Text(compute='_compute_isp_fee_warning')

    @api.depends('isp_plan_id.fee_kind', 'isp_date_start',
                 'sale_subscription_id.partner_shipping_id', 'isp_account_id')
    def _compute_isp_fee_warning(self):
        for line in self:
            line.isp_fee_warning = line._isp_fee_rules()._isp_text()

    def _isp_fee_rules(self, plan=None, day=None):
        """Fee rules that the line, or a fee for it, breaks (isp.fee.rule)."""
        self.ensure_one()
        subscription = self.sale_subscription_id
        return self.env['isp.fee.rule']._isp_rules_for(
            (plan or self.isp_plan_id).fee_kind,
            subscription.isp_account_id or subscription.partner_id,
            subscription.partner_shipping_id, self.company_id or self.env.company,
            day or self.isp_date_start or self.env.company._isp_today(),
        )

    @api.constrains('isp_plan_id', 'isp_date_start', 'sale_subscription_id')
    def _check_isp_fee(self):
        """A fee that a rule blocks is refused with the source of the rule."""
        for line in self.filtered('isp_plan_id.fee_kind'):
            blocking = line._isp_fee_rules().filtered(lambda rule: rule.effect == 'block')
            if blocking:
                raise ValidationError(self.env._(
                    "%(plan)s is not charged at this service address from %(day)s on. %(rule)s",
                    plan=line.isp_plan_id.display_name, day=blocking[0].date_from,
                    rule=blocking._isp_text(),
                ))

    @api.onchange('isp_plan_id')
    def _onchange_isp_plan_fee(self):
        """Say at once what the law says of a fee."""
        if self.isp_fee_warning:
            return {'warning': {
                'title': self.isp_plan_id.name, 'message': self.isp_fee_warning,
            }}
        return None

    # === Early termination === #

    def _isp_term_start(self):
        """First day of the commitment: of the oldest line with the same plan (date)."""
        line = self
        while line.isp_replaced_line_id.isp_plan_id == line.isp_plan_id:
            line = line.isp_replaced_line_id
        return line.isp_date_start

    def _isp_term_end(self):
        """Last day of the commitment (date), False without one."""
        months = self.isp_plan_id.term_months
        if not months or not self.isp_date_start:
            return False
        return fields.Date.subtract(term_end(self._isp_term_start(), months), days=1)

    def _isp_termination_fee(self, last_day):
        """Fee for ending the service on a day (Decimal, before tax; 0 without one).

        :raises ValidationError: when the termination fee has no price in the currency
        """
        self.ensure_one()
        plan = self.isp_plan_id
        if not plan.termination_rule or not self.isp_date_start:
            return Decimal(0)
        start, amount = self._isp_term_start(), None
        if plan.termination_rule != 'share':
            amount = plan.termination_plan_id._isp_price(
                self.company_id, self.currency_id, last_day)
            if amount is None:
                raise ValidationError(self.env._(
                    "%(plan)s has no price in %(currency)s on %(day)s.",
                    plan=plan.termination_plan_id.display_name, currency=self.currency_id.name,
                    day=last_day,
                ))
        return termination_fee(
            plan.termination_rule, months_left(start, plan.term_months, last_day),
            plan.term_months, to_decimal(amount or 0),
            (self._isp_yearly_price(last_day) or Decimal(0)) / 12,
            to_decimal(plan.termination_percent), Decimal(repr(self.currency_id.rounding)),
        )

    @own
    def _isp_add_termination_fee(self, last_day):
        """Add the fees of ending the lines on a day as one-time charges of that day.

        :return: the fee lines
        """
        values = []
        for line in self:
            amount = line._isp_termination_fee(last_day)
            if amount:
                values.append({
                    'sale_subscription_id': line.sale_subscription_id.id,
                    'isp_plan_id': line.isp_plan_id.termination_plan_id.id,
                    'isp_date_start': last_day, 'isp_price_source': 'own',
                    'price_unit': float(amount), 'isp_fee_of_line_id': line.id,
                })
        return self.create(values)
