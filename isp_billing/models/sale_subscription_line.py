from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import float_round

from .isp_service_plan_price import NoPlanPriceError

#: what a charge has copied; editing it on a charged line needs a dated change
CHARGED_FACTS = {
    'isp_plan_id', 'product_id', 'product_uom_qty', 'price_unit', 'discount', 'isp_price_source',
    'isp_replaced_line_id', 'isp_instalments',
}
#: whose the charges are: they never go to another subscription, account, company or currency
CHARGED_TO = {'sale_subscription_id', 'isp_account_id', 'company_id', 'currency_id'}
ONE_DAY = timedelta(days=1)


class SaleSubscriptionLine(models.Model):
    """A service of a subscription between two days, at one price.

    Facts are dated, not overwritten: a plan change ends a line and starts its successor.
    """

    _inherit = 'sale.subscription.line'
    _order = 'sale_subscription_id, isp_date_start, id'

    sale_subscription_id = fields.Many2one(index=True)
    isp_billed = fields.Boolean(related='sale_subscription_id.isp_billed')
    isp_account_id = fields.Many2one(
        related='sale_subscription_id.isp_account_id', store=True, index=True,
        string="Billing account",
    )
    isp_plan_id = fields.Many2one(
        'isp.service.plan', string="Plan", index='btree_not_null', ondelete='restrict',
    )
    isp_plan_kind = fields.Selection(related='isp_plan_id.kind', string="Plan kind")
    isp_date_start = fields.Date(
        string="First day", index=True,
        help="First day of service. Empty: the line is not billed and shown as an exception.",
    )
    isp_date_end = fields.Date(
        string="Last day", index=True, help="Last day of service. Empty: it runs on.",
    )
    isp_price_source = fields.Selection(
        [('plan', "List price"), ('own', "Own price")], string="Price", default='plan',
        required=True,
        help="List price: the price of the plan, or of the pricelist, at the start of each "
             "period. Own price: the unit price of this line.",
    )
    isp_replaced_line_id = fields.Many2one(
        'sale.subscription.line', string="Replaces", index='btree_not_null', copy=False,
        ondelete='restrict', readonly=True,
    )
    isp_successor_ids = fields.One2many(
        'sale.subscription.line', 'isp_replaced_line_id', string="Replaced by",
    )
    isp_instalments = fields.Integer(
        string="Instalments", default=1, aggregator=None,
        help="A one-time charge is billed in this number of monthly parts.",
    )
    isp_credit_unused = fields.Boolean(
        string="Credit unused days", default=True,
        help="Whether days that were billed in advance are credited when the service ends.",
    )
    isp_discount_ids = fields.One2many('isp.line.discount', 'line_id', string="Discounts")
    isp_bill_day_change_ids = fields.One2many(
        'isp.bill.day.change', 'line_id', string="Changes of the bill day",
    )
    isp_charge_ids = fields.One2many('isp.charge', 'line_id', string="Charges")
    isp_is_charged = fields.Boolean(compute='_compute_isp_is_charged', string="Charged")
    isp_is_running = fields.Boolean(
        string="Running", compute='_compute_isp_is_running', search='_search_isp_is_running',
    )
    product_id = fields.Many2one(
        compute='_compute_isp_product_id', store=True, readonly=False, precompute=True,
    )

    # === Computes === #

    @api.depends('isp_plan_id')
    def _compute_isp_product_id(self):
        for line in self:
            if line.isp_plan_id:
                line.product_id = line.isp_plan_id.product_id

    @api.depends('isp_charge_ids')
    def _compute_isp_is_charged(self):
        for line in self:
            line.isp_is_charged = bool(line.isp_charge_ids)

    @api.depends('isp_date_start', 'isp_date_end')
    def _compute_isp_is_running(self):
        for line in self:
            today = (line.company_id or self.env.company)._isp_today()
            line.isp_is_running = bool(
                line.isp_date_start and line.isp_date_start <= today
                and (not line.isp_date_end or line.isp_date_end >= today)
            )

    def _search_isp_is_running(self, operator, value):
        if operator != 'in':
            return NotImplemented
        today = self.env.company._isp_today()
        return Domain('isp_date_start', '<=', today) & (
            Domain('isp_date_end', '=', False) | Domain('isp_date_end', '>=', today)
        )

    @api.depends('isp_plan_id')
    def _compute_name(self):
        """Override of `subscription_oca`: ours is named after the plan."""
        ours = self.filtered('isp_plan_id')
        super(SaleSubscriptionLine, self - ours)._compute_name()
        for line in ours:
            line.name = line.isp_plan_id.name

    @api.depends('isp_plan_id', 'isp_price_source')
    def _compute_price_unit(self):
        """Override of `subscription_oca`: a running price is never overwritten.

        List-price lines show the price in force today; what a period costs is decided by the
        engine at the start of each period.
        """
        ours = self.filtered('isp_plan_id')
        super(SaleSubscriptionLine, self - ours)._compute_price_unit()
        for line in ours:
            # opening charges of an import are there before the first computation
            if line.isp_price_source == 'own' or (line.isp_charge_ids and line.price_unit):
                continue
            day = max(line.isp_date_start or fields.Date.to_date('1900-01-01'),
                      line.company_id._isp_today())
            line.price_unit = line._isp_list_price(day) or 0.0

    @api.depends('isp_plan_id')
    def _compute_discount(self):
        """Override of `subscription_oca`: the discount of ours is what was entered."""
        super(SaleSubscriptionLine, self.filtered(lambda line: not line.isp_plan_id)
              )._compute_discount()

    @api.depends('isp_plan_id', 'sale_subscription_id.partner_shipping_id')
    def _compute_tax_ids(self):
        """Override of `subscription_oca`: by service address and the line's own company."""
        ours = self.filtered('isp_plan_id')
        super(SaleSubscriptionLine, self - ours)._compute_tax_ids()
        engine = self.env['isp.tax.mapper']
        for line in ours.filtered(lambda line: not (line.isp_charge_ids and line.tax_ids)):
            line.tax_ids = engine._taxes(
                line.product_id, line.company_id, line._isp_fiscal_position())

    # === Constraints and CRUD === #

    _isp_instalments_valid = models.Constraint(
        'CHECK (isp_instalments IS NULL OR isp_instalments BETWEEN 1 AND 120)',
        "A one-time charge is billed in 1 to 120 instalments.",
    )

    @api.constrains('isp_date_start', 'isp_date_end')
    def _check_isp_dates(self):
        for line in self:
            start, end = line.isp_date_start, line.isp_date_end
            if start and end and end < start - ONE_DAY:
                raise ValidationError(self.env._(
                    "Line %(line)s of %(subscription)s: the last day %(end)s is before the first "
                    "day %(start)s.", line=line.name, end=end, start=start,
                    subscription=line.sale_subscription_id.display_name,
                ))

    @api.constrains('isp_plan_id', 'product_uom_qty', 'discount')
    def _check_isp_quantity(self):
        """A credit is a price below zero, never a negative quantity or more than 100 % off."""
        for line in self.filtered('isp_plan_id'):
            if line.product_uom_qty < 0:
                raise ValidationError(self.env._(
                    "Line %(line)s: the quantity is 0 or more. For a credit, enter an own price "
                    "below zero.", line=line.name,
                ))
            if not 0 <= line.discount <= 100:
                raise ValidationError(self.env._(
                    "Line %(line)s: the discount is 0 to 100 %%, not %(discount)s.",
                    line=line.name, discount=f"{line.discount:g}",
                ))

    @api.constrains('isp_plan_id', 'isp_date_start', 'isp_date_end', 'sale_subscription_id')
    def _check_isp_same_service(self):
        """One service address has a plan once at a time, unless the plan allows several."""
        lines = self.filtered(
            lambda line: line.isp_billed and line.isp_date_start and line.isp_plan_id
            and line.isp_plan_id.kind != 'one_time' and not line.isp_plan_id.allow_several
        )
        others = lines._isp_same_service_candidates()
        for line in lines:
            clash = next((other for other in others if line._isp_overlaps(other)), None)
            if clash:
                raise ValidationError(self.env._(
                    "Plan %(plan)s already runs at this service address from %(start)s to "
                    "%(end)s (subscription %(subscription)s). End it first, or allow several in "
                    "the plan.", plan=line.isp_plan_id.display_name, start=clash.isp_date_start,
                    end=clash.isp_date_end or "…",
                    subscription=clash.sale_subscription_id.display_name,
                ))

    def _isp_same_service_candidates(self):
        if not self:
            return self
        return self.sudo().search([
            ('isp_plan_id', 'in', self.isp_plan_id.ids),
            ('sale_subscription_id.partner_shipping_id', 'in',
             self.sale_subscription_id.partner_shipping_id.ids),
            ('sale_subscription_id.isp_billed', '=', True), ('isp_date_start', '!=', False),
        ])

    def _isp_overlaps(self, other):
        """Whether two lines are the same service on a common day."""
        if (
            other == self or other.isp_plan_id != self.isp_plan_id
            or other.company_id != self.company_id
            or other.sale_subscription_id.partner_shipping_id
            != self.sale_subscription_id.partner_shipping_id
        ):
            return False
        never = any(
            line.isp_date_end and line.isp_date_end < line.isp_date_start for line in self | other
        )
        return not never and (
            (not other.isp_date_end or other.isp_date_end >= self.isp_date_start)
            and (not self.isp_date_end or self.isp_date_end >= other.isp_date_start)
        )

    def write(self, vals):
        """Refuse to overwrite what a charge has copied: such a change is dated."""
        self._isp_check_first_day(vals)
        touched = (CHARGED_FACTS | CHARGED_TO) & set(vals)
        if touched:
            for line in self.filtered(lambda line: line.isp_charge_ids):
                changed = [name for name in touched if line._isp_differs(name, vals[name])]
                if CHARGED_TO & set(changed):
                    raise UserError(self.env._(
                        "Line %(line)s of %(subscription)s was already charged, so it does not "
                        "move. To transfer it, end it, which settles this account, and start a "
                        "new line where it goes on the following day.",
                        line=line.name, subscription=line.sale_subscription_id.display_name,
                    ))
                if changed:
                    raise UserError(self.env._(
                        "Line %(line)s of %(subscription)s was already charged, so “%(field)s” "
                        "is not overwritten. Use “Change from a date” on the line.",
                        line=line.name, subscription=line.sale_subscription_id.display_name,
                        field=self._fields[changed[0]]._description_string(self.env),
                    ))
        return super().write(vals)

    def _isp_check_first_day(self, vals):
        """Periods of several months count from the first day: it is fixed once charged."""
        if 'isp_date_start' not in vals:
            return
        day = fields.Date.to_date(vals['isp_date_start'])
        for line in self.filtered(lambda line: line.isp_charge_ids):
            plan = line.isp_plan_id
            if plan.kind == 'one_time' or (plan.unit, plan.interval) == ('month', 1):
                continue
            if day != line.isp_date_start:
                raise UserError(self.env._(
                    "Line %(line)s of %(subscription)s was already charged, and its periods "
                    "count from its first day, which no longer changes. End the line and start "
                    "a new one.", line=line.name,
                    subscription=line.sale_subscription_id.display_name,
                ))

    def _isp_differs(self, name, value):
        current = self[name]
        if isinstance(current, models.BaseModel):
            return current.id != (value or False)
        return current != value

    @api.ondelete(at_uninstall=False)
    def _unlink_except_charged(self):
        charged = self.filtered('isp_charge_ids')
        if charged:
            raise UserError(self.env._(
                "Line %(line)s has charges and cannot be deleted. Set its last day instead.",
                line=charged[0].name,
            ))

    def _isp_copy_values(self):
        """Values of the line in a copy of its subscription: no dates, no charges."""
        self.ensure_one()
        return {
            'isp_plan_id': self.isp_plan_id.id, 'product_uom_qty': self.product_uom_qty,
            'isp_price_source': self.isp_price_source, 'discount': self.discount,
            **({'price_unit': self.price_unit} if self.isp_price_source == 'own' else {}),
        }

    # === Services === #

    def _isp_list_price(self, day, plan=None):
        """List price of a full period that starts on ``day``.

        A rule of the subscription's pricelist for the plan's product wins over the dated price
        of the plan in the subscription's currency; nothing is ever converted. A rule in percent
        of the sales price is one of the plan's dated price.

        :param plan: isp.service.plan, the line's own when None
        :return: float, or None when there is no price; where it includes taxes, those of the
            service address, see ``isp.tax.mapper._price``
        """
        self.ensure_one()
        price = self._isp_product_price(day, plan or self.isp_plan_id)
        return price if price is None else self._isp_with_own_taxes(price, plan)

    def _isp_with_own_taxes(self, price, plan=None, cache=None):
        """A list price in the terms of the taxes of the service address (float).

        :param dict cache: of ``isp.tax.mapper._fiscal_position``
        """
        self.ensure_one()
        mapper, product = self.env['isp.tax.mapper'], (plan or self.isp_plan_id).product_id
        if not mapper._includes_tax(product, self.company_id):
            return price
        return mapper._price(product, self.company_id, self._isp_fiscal_position(cache), price)

    def _isp_fiscal_position(self, cache=None):
        """Fiscal position of the service address (account.fiscal.position, may be empty)."""
        subscription = self.sale_subscription_id
        return self.env['isp.tax.mapper']._fiscal_position(
            subscription.isp_account_id or subscription.partner_id,
            subscription.partner_shipping_id, self.company_id, cache)

    def _isp_product_price(self, day, plan):
        """List price of a plan with the taxes that its product says (float or None)."""
        subscription = self.sale_subscription_id
        pricelist, company = subscription.pricelist_id, subscription.company_id
        if pricelist.item_ids:
            try:
                price, rule = pricelist._get_product_price_rule(
                    plan.product_id, self.product_uom_qty or 1.0, date=company._isp_noon(day),
                    isp_plan_price=lambda currency: plan._isp_price_or_raise(
                        company, currency, day),
                )
            except NoPlanPriceError:
                return None
            if rule:
                # without the noise of floats: a half cent rounds up
                return float_round(price, precision_digits=6)
        return plan._isp_price(company, subscription.currency_id, day)
