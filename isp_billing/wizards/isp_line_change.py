from odoo import api, fields, models
from odoo.exceptions import UserError

WHEN = [
    ('now', "Today"),
    ('next', "At the start of the next period"),
    ('date', "On a date"),
]


class IspLineChange(models.TransientModel):
    """A dated change of a subscription line: plan, price, quantity or discount."""

    _name = 'isp.line.change'
    _description = "Change from a Date"
    _inherit = ['isp.exact.money']
    _isp_money = ('price_unit',)

    line_id = fields.Many2one('sale.subscription.line', required=True, readonly=True)
    current_plan_id = fields.Many2one(related='line_id.isp_plan_id', string="Present plan")
    company_id = fields.Many2one(related='line_id.company_id')
    allowed_plan_ids = fields.Many2many(
        'isp.service.plan', compute='_compute_allowed_plan_ids',
    )
    plan_id = fields.Many2one(
        'isp.service.plan', string="New plan", domain="[('id', 'in', allowed_plan_ids)]",
        help="Empty: the plan stays.",
    )
    own_price = fields.Boolean(string="Own price")
    currency_id = fields.Many2one(related='line_id.currency_id')
    price_unit = fields.Monetary(string="Unit price")
    quantity = fields.Float(
        required=True, digits='Product Unit', compute='_compute_present', store=True,
        readonly=False, precompute=True,
    )
    discount = fields.Float(
        string="Discount (%)", compute='_compute_present', store=True, readonly=False,
        precompute=True,
    )
    direction = fields.Selection(
        [('upgrade', "It costs more"), ('downgrade', "It costs less"), ('same', "Same price")],
        compute='_compute_direction',
    )
    when = fields.Selection(
        WHEN, string="From", required=True, compute='_compute_when', store=True, readonly=False,
        precompute=True, help="Proposed: as the billing profile says.",
    )
    date = fields.Date(
        string="First day", required=True, compute='_compute_date', store=True, readonly=False,
        precompute=True, help="First day of the change.",
    )
    outcome = fields.Html(compute='_compute_outcome', sanitize=False)
    promo_code = fields.Char(
        string="Promotional code", help="The code that the customer named, from a flyer.",
    )

    @api.depends('line_id')
    def _compute_allowed_plan_ids(self):
        for wizard in self:
            plan = wizard.line_id.isp_plan_id
            wizard.allowed_plan_ids = plan.change_plan_ids or self.env['isp.service.plan'].search([
                ('kind', '=', plan.kind),
                ('company_id', 'in', [False, wizard.line_id.company_id.id]),
            ])

    @api.depends('line_id')
    def _compute_present(self):
        for wizard in self:
            wizard.quantity = wizard.line_id.product_uom_qty
            wizard.discount = wizard.line_id.discount

    @api.depends('line_id', 'plan_id', 'own_price', 'price_unit', 'quantity', 'discount')
    def _compute_direction(self):
        for wizard in self:
            today = wizard.line_id.company_id._isp_today()
            wizard.direction = wizard.line_id and wizard.line_id._isp_direction(
                today, **wizard._isp_values())

    @api.depends('line_id', 'plan_id', 'own_price', 'price_unit', 'quantity', 'discount')
    def _compute_when(self):
        for wizard in self:
            today = wizard.line_id.company_id._isp_today()
            wizard.when = wizard.line_id._isp_change_policy(today, **wizard._isp_values())

    @api.depends('line_id', 'when')
    def _compute_date(self):
        for wizard in self:
            line = wizard.line_id
            today = line.company_id._isp_today()
            if wizard.when == 'now':
                wizard.date = max(today, line.isp_date_start or today)
            elif wizard.when == 'next' and line.isp_date_start:
                wizard.date = line._isp_next_period(today)
            else:
                wizard.date = wizard.date or line._isp_first_uncharged_day() or today

    @api.depends('plan_id', 'own_price', 'price_unit', 'quantity', 'discount', 'date')
    def _compute_outcome(self):
        engine = self.env['isp.bill.outcome']
        for wizard in self:
            if not wizard.date or not wizard.line_id or not wizard._isp_has_change():
                wizard.outcome = False
                continue
            target = max(wizard.date, wizard.company_id._isp_today())
            line, date, values = wizard.line_id, wizard.date, wizard._isp_values()
            outcome = engine._outcome(
                line.sale_subscription_id, wizard.company_id, target,
                lambda env, line=line, date=date, values=values: (
                    line._origin.with_env(env)._isp_change(date, **{
                        **values, 'plan': values['plan'] and values['plan']._origin.with_env(env),
                    })),
            )
            wizard.outcome = engine._as_html(outcome, wizard.currency_id, target)

    def _isp_values(self):
        """The change as arguments of ``sale.subscription.line._isp_change``."""
        return {
            'plan': self.plan_id or None,
            'price': self.price_unit if self.own_price else None,
            'quantity': self.quantity, 'discount': self.discount,
        }

    def _isp_has_change(self):
        line = self.line_id
        return bool(
            self.own_price or (self.plan_id and self.plan_id != line.isp_plan_id)
            or self.quantity != line.product_uom_qty or self.discount != line.discount
        )

    def action_confirm(self):
        """End the line and start its successor."""
        self.ensure_one()
        self.line_id.check_access('write')
        if self.plan_id and self.plan_id not in self.allowed_plan_ids:
            raise UserError(self.env._(
                "Plan %(plan)s may not change to %(target)s. Choose one of the plans that the "
                "present plan allows.", plan=self.current_plan_id.display_name,
                target=self.plan_id.display_name,
            ))
        line = self.line_id._isp_change(self.date, **self._isp_values())
        if self.promo_code:
            line.isp_promo_code = self.promo_code
        return {'type': 'ir.actions.act_window_close'}
