from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ..const import (
    PERIOD_UNITS,
    PLAN_KINDS,
    PRORATION_METHODS,
    TIMINGS,
    USAGE_MODES,
    USAGE_UNITS,
)

#: what the periods of a plan are counted by, fixed once one of them was charged
GRID_FACTS = ('interval', 'unit', 'calendar_periods', 'kind', 'timing', 'company_id')


class IspServicePlan(models.Model):
    """What is sold: a recurring service or a one-time charge with its dated prices.

    A plan owns no accounting: income account and taxes come from its product, the price from
    its dated prices unless the subscription line or the pricelist has one.
    """

    _name = 'isp.service.plan'
    _description = "Service Plan"
    _inherit = ['mail.thread', 'isp.audited']
    _order = 'sequence, code, id'
    _check_company_auto = True
    _rec_names_search = ['name', 'code']

    name = fields.Char(required=True, translate=True, tracking=True)
    code = fields.Char(
        required=True, copy=False, tracking=True,
        help="Short unique code: it names the plan in imports and reports.",
    )
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    color = fields.Integer()
    company_id = fields.Many2one(
        'res.company', index=True,
        help="Empty: the plan is offered by every company.",
    )
    kind = fields.Selection(PLAN_KINDS, required=True, default='internet', tracking=True)
    product_id = fields.Many2one(
        'product.product', required=True, index=True, check_company=True, ondelete='restrict',
        help="Gives the income account and the taxes of the invoice lines.",
    )
    interval = fields.Integer(
        string="Billed every", required=True, default=1, tracking=True,
        help="Length of a full period, in the unit beside it.",
    )
    unit = fields.Selection(PERIOD_UNITS, required=True, default='month', tracking=True)
    calendar_periods = fields.Boolean(
        string="Calendar periods", tracking=True,
        help="Periods of several months are those of the calendar (quarters, half-years, years), "
             "counted from the bill day in January, and not from the start of the service.",
    )
    timing = fields.Selection(
        TIMINGS, string="Billed", required=True, default='advance', tracking=True,
        help="In advance: before or at the start of the period. In arrears: after its last day.",
    )
    proration_method = fields.Selection(
        PRORATION_METHODS, string="Proration", tracking=True,
        help="How a part of a period is charged. Empty: as the billing profile says.",
    )
    speed_down = fields.Integer(string="Download speed", help="Megabits per second.")
    speed_up = fields.Integer(string="Upload speed", help="Megabits per second.")
    data_cap_gb = fields.Integer(string="Data cap", help="Gigabytes per month. 0: unlimited.")
    term_months = fields.Integer(
        string="Commitment", help="Months. Billing goes on after the commitment; 0: none.",
    )
    usage_unit = fields.Selection(USAGE_UNITS, string="Measured in", default='gb')
    usage_included = fields.Float(
        string="Included", digits=0, tracking=True,
        help="Quantity of each full period that is not charged.",
    )
    usage_mode = fields.Selection(
        USAGE_MODES, string="Tiers", required=True, default='graduated', tracking=True,
    )
    tier_ids = fields.One2many('isp.usage.tier', 'plan_id', string="Usage tiers")
    untaxed = fields.Boolean(
        string="Untaxed on purpose", tracking=True,
        help="A plan whose product has no tax is an exception in the bill run unless this is set.",
    )
    allow_several = fields.Boolean(
        string="Several per address",
        help="Whether the same service address may have this plan more than once at a time.",
    )
    description = fields.Text(translate=True, help="Shown to subscribers on the portal.")
    change_plan_ids = fields.Many2many(
        'isp.service.plan', 'isp_service_plan_change_rel', 'plan_id', 'target_id',
        string="May change to", check_company=True,
    )
    price_ids = fields.One2many('isp.service.plan.price', 'plan_id', string="Prices")
    line_ids = fields.One2many('sale.subscription.line', 'isp_plan_id', string="Subscription lines")
    line_count = fields.Integer(compute='_compute_line_count', string="Subscribers")
    current_prices = fields.Char(
        compute='_compute_current_prices', help="Prices in force today, one per currency.",
    )

    _code_uniq = models.UniqueIndex(
        '(COALESCE(company_id, 0), code)', "This plan code is already used.",
    )
    _interval_positive = models.Constraint(
        'CHECK (interval > 0)', "A plan is billed every 1 or more units.",
    )
    _not_negative = models.Constraint(
        'CHECK (speed_down >= 0 AND speed_up >= 0 AND data_cap_gb >= 0 AND term_months >= 0 '
        'AND usage_included >= 0)',
        "Speeds, data cap, commitment and included usage cannot be negative.",
    )

    @api.depends('name', 'code')
    def _compute_display_name(self):
        for plan in self:
            plan.display_name = f"[{plan.code}] {plan.name}" if plan.code else plan.name

    def _compute_line_count(self):
        counts = dict(self.env['sale.subscription.line']._read_group(
            [('isp_plan_id', 'in', self.ids), ('isp_is_running', '=', True)],
            ['isp_plan_id'], ['__count'],
        ))
        for plan in self:
            plan.line_count = counts.get(plan, 0)

    @api.depends('price_ids.amount', 'price_ids.date_from', 'price_ids.currency_id')
    @api.depends_context('company')
    def _compute_current_prices(self):
        today = self.env.company._isp_today()
        for plan in self:
            latest = {}
            for price in plan.price_ids.sorted('date_from'):
                if price.date_from <= today and price.company_id in (
                    self.env.company, self.env['res.company'],
                ):
                    latest[price.currency_id] = price.amount
            plan.current_prices = " · ".join(
                currency.format(amount) for currency, amount in latest.items()
            )

    @api.constrains('kind', 'timing', 'proration_method')
    def _check_one_time(self):
        for plan in self:
            if plan.kind == 'one_time' and plan.timing != 'advance':
                raise ValidationError(self.env._(
                    "Plan %(plan)s: a one-time charge falls due on its day. "
                    "Set “Billed” to “In advance”.", plan=plan.display_name,
                ))
            if plan.kind == 'usage' and plan.timing != 'arrears':
                raise ValidationError(self.env._(
                    "Plan %(plan)s: usage is known after its period. Set “Billed” to “In "
                    "arrears”.", plan=plan.display_name,
                ))

    @api.onchange('kind')
    def _onchange_kind(self):
        self.timing = {'usage': 'arrears', 'one_time': 'advance'}.get(self.kind, self.timing)

    def write(self, vals):
        """Refuse to move the grid of periods that were charged, or to charge them as others."""
        touched = [name for name in GRID_FACTS if name in vals]
        for plan in self if touched else ():
            changed = next((
                name for name in touched
                if plan._fields[name].convert_to_cache(vals[name], plan)
                != plan._fields[name].convert_to_cache(plan[name], plan)
                and (name != 'kind' or 'one_time' in (plan.kind, vals[name])
                     or 'usage' in (plan.kind, vals[name]))
            ), None)
            # sudo: charges of every company that has the plan count
            if changed and self.env['isp.charge'].sudo().search_count(
                    [('plan_id', '=', plan.id)], limit=1):
                raise UserError(self.env._(
                    "Plan %(plan)s: periods of it were charged, so “%(field)s” no longer "
                    "changes. Make another plan and move the services to it with “Change from a "
                    "date”.", plan=plan.display_name,
                    field=self._fields[changed]._description_string(self.env),
                ))
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_used(self):
        used = self.env['sale.subscription.line'].sudo().search(
            [('isp_plan_id', 'in', self.ids)], limit=1,
        )
        if used:
            raise ValidationError(self.env._(
                "Plan %(plan)s is used by subscriptions and cannot be deleted. Archive it instead.",
                plan=used.isp_plan_id.display_name,
            ))

    def unlink(self):
        """Delete the prices first: the database alone would leave no audit rows of them."""
        self.price_ids.unlink()
        return super().unlink()

    def copy_data(self, default=None):
        return [
            dict(vals, code=self.env._("%(code)s-COPY", code=plan.code))
            for plan, vals in zip(self, super().copy_data(default=default), strict=True)
        ]

    def action_view_lines(self):
        """Open the running subscription lines of the plan."""
        self.ensure_one()
        return {
            'type': 'ir.actions.act_window',
            'name': self.env._("Subscribers of %(plan)s", plan=self.name),
            'res_model': 'sale.subscription.line',
            'view_mode': 'list,form',
            'domain': [('isp_plan_id', '=', self.id)],
            'context': {'search_default_running': 1},
        }

    def _isp_price(self, company, currency, day):
        """Dated price in force on a day: never converted from another currency.

        :param company: res.company; its own price wins over one for every company
        :param currency: res.currency
        :param date day: day in question
        :return: amount (float, in ``currency``) or None when there is none
        """
        self.ensure_one()
        best = None
        for price in self.price_ids:
            if (
                price.currency_id != currency
                or price.date_from > day
                or (price.company_id and price.company_id != company)
            ):
                continue
            rank = (bool(price.company_id), price.date_from)
            if best is None or rank > best[0]:
                best = (rank, price.amount)
        return None if best is None else best[1]
