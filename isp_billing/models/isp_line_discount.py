from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ..const import DISCOUNT_KINDS
from ..engine import formats
from ..engine.discounts import FAR_AWAY, Discount, last_day
from ..engine.money import to_decimal

#: what charges rest on: fixed once a period was charged with the discount
PRICE_FACTS = {'line_id', 'kind', 'value', 'date_from', 'sequence', 'periods', 'keep_on_change'}


class IspLineDiscount(models.Model):
    """A dated discount or promotional price of a subscription line.

    It acts on periods that begin while it is in force and that were not charged yet; what it
    took off is kept with each charge.
    """

    _name = 'isp.line.discount'
    _description = "Discount"
    _inherit = ['isp.audited', 'isp.exact.money']
    _isp_money = ('value',)
    _order = 'line_id, sequence, id'
    _check_company_auto = True

    line_id = fields.Many2one(
        'sale.subscription.line', string="Subscription line", required=True, index=True,
        ondelete='cascade',
    )
    subscription_id = fields.Many2one(
        related='line_id.sale_subscription_id', store=True, index=True,
    )
    company_id = fields.Many2one(related='line_id.company_id', store=True, index=True)
    account_id = fields.Many2one(related='line_id.isp_account_id', store=True, index=True)
    currency_id = fields.Many2one(related='line_id.currency_id')
    name = fields.Char(
        string="Label", required=True, translate=True,
        help="Shown to the subscriber on the invoice.",
    )
    sequence = fields.Integer(
        default=10, help="Order: each discount applies to what the ones before it leave.",
    )
    kind = fields.Selection(DISCOUNT_KINDS, required=True, default='percent')
    value = fields.Float(
        required=True, digits=0,
        help="Percent, amount of a full period before tax, or promotional unit price.",
    )
    date_from = fields.Date(
        string="From", required=True, compute='_compute_date_from', store=True, readonly=False,
        precompute=True,
        help="In force for periods that begin on or after this day. Proposed: the first day of "
             "the line that was not charged yet.",
    )
    date_to = fields.Date(string="To", help="Last day on which a period may begin. Empty: open.")
    periods = fields.Integer(
        string="Full periods",
        help="Number of full periods; a part of a period before them is discounted too and does "
             "not count. 0: as the dates say.",
    )
    keep_on_change = fields.Boolean(
        string="Survives plan changes", compute='_compute_keep_on_change', store=True,
        readonly=False, precompute=True,
        help="Whether the discount goes on with another plan. It always goes on when only the "
             "price or the quantity changes. Proposed: yes, but not for a promotional price, "
             "which is that of its plan.",
    )
    reason = fields.Char(help="For the record: why the discount was given.")
    last_day = fields.Date(
        string="In force until", compute='_compute_last_day', store=True, index=True,
        help="Last day of the last discounted period. Empty: open.",
    )

    _value_not_negative = models.Constraint(
        'CHECK (value >= 0 AND periods >= 0)', "A discount and its periods are 0 or more.",
    )
    _percent_valid = models.Constraint(
        "CHECK (kind != 'percent' OR value <= 100)", "A discount is at most 100 %.",
    )
    _dates_ordered = models.Constraint(
        'CHECK (date_to IS NULL OR date_to >= date_from)',
        "A discount ends on or after its first day.",
    )

    @api.depends('line_id')
    def _compute_date_from(self):
        for discount in self:
            line = discount.line_id
            free = line._isp_first_uncharged_day() or line.company_id._isp_today()
            discount.date_from = max(free, line.isp_date_start or free)

    @api.depends('kind')
    def _compute_keep_on_change(self):
        for discount in self:
            discount.keep_on_change = discount.kind != 'price'

    @api.depends(
        'line_id.isp_date_start', 'line_id.isp_bill_day_change_ids', 'subscription_id.isp_bill_day',
        'date_from', 'date_to', 'periods',
    )
    def _compute_last_day(self):
        """What lists are filtered by; the engine counts the periods itself."""
        for discount in self:
            discount.last_day = discount._isp_last_day() if discount.date_from else False

    @api.depends('name', 'value', 'kind')
    @api.depends_context('lang')
    def _compute_display_name(self):
        for discount in self:
            value = (
                formats.percent(discount.value, self.env.lang) if discount.kind == 'percent'
                else discount.currency_id.format(discount.value)
            )
            discount.display_name = f"{discount.name} ({value})"

    def _isp_money_currency(self, name):
        """Override of `isp.exact.money`: a percentage is no amount."""
        currency = super()._isp_money_currency(name)
        return currency.browse() if self.kind == 'percent' else currency

    def _isp_last_day(self):
        """Last day on which the discount is in force (date, False when open)."""
        line = self.line_id
        if not line.isp_date_start:
            return self.date_to
        engine = self.env['isp.billing.engine']
        (fact,) = self._isp_facts(line)
        timeline = engine._facts_of(line).timeline
        start = engine._chain_of(line)[0].isp_date_start
        last = last_day(fact, timeline, start)
        return False if last == FAR_AWAY else last

    def _isp_facts(self, line):
        """Value objects of the discounts that a line has, in their order.

        :param line: the last line of the chain that the discounts belong to
        :return: tuple of :class:`engine.discounts.Discount`
        """
        running = self.filtered(
            lambda one: one.keep_on_change or one.line_id.isp_plan_id == line.isp_plan_id
        )
        return tuple(
            Discount(
                one.id, one.kind, to_decimal(one.value), one.date_from, one.date_to or None,
                one.periods or None,
            ) for one in running.sorted(lambda one: (one.sequence, one.id))
        )

    # === Guards === #

    @api.constrains('line_id', 'date_from')
    def _check_not_charged(self):
        for discount in self:
            free = discount.line_id._isp_first_uncharged_day()
            if free and discount.date_from < free:
                raise ValidationError(self.env._(
                    "Discount %(discount)s of %(line)s: days before %(day)s are already charged "
                    "and their price no longer changes. Let it start on %(day)s, or credit the "
                    "past by hand.", discount=discount.name, line=discount.line_id.name, day=free,
                ))

    def write(self, vals):
        """A discount that charges rest on can be ended, and nothing else of it changes."""
        if PRICE_FACTS & set(vals):
            for discount in self:
                changed = [
                    name for name in PRICE_FACTS & set(vals)
                    if discount._fields[name].convert_to_cache(vals[name], discount)
                    != discount._fields[name].convert_to_cache(discount[name], discount)
                ]
                if changed and discount._isp_is_charged():
                    raise UserError(self.env._(
                        "Discount %(discount)s was already given on an invoice, so “%(field)s” "
                        "no longer changes. End it and add another one.",
                        discount=discount.name,
                        field=self._fields[changed[0]]._description_string(self.env),
                    ))
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_charged(self):
        for discount in self:
            if discount._isp_is_charged():
                raise UserError(self.env._(
                    "Discount %(discount)s was already given on an invoice. End it instead.",
                    discount=discount.name,
                ))

    def action_isp_end_now(self):
        """No period that begins after the last charged one has the discount."""
        for discount in self:
            free = discount.line_id._isp_first_uncharged_day()
            end = fields.Date.subtract(free or discount.line_id.company_id._isp_today(), days=1)
            if end < discount.date_from and not discount._isp_is_charged():
                discount.unlink()
                continue
            discount.date_to = max(end, discount.date_from)

    def _isp_is_charged(self):
        """Whether a charge was reduced by the discount."""
        self.ensure_one()
        charges = self.env['isp.charge'].sudo().search([
            ('subscription_id', '=', self.subscription_id.id), ('detail', '!=', False),
        ])
        return any(
            key == self.id for charge in charges
            for key, *_rest in (charge.detail or {}).get('reductions', ())
        )
