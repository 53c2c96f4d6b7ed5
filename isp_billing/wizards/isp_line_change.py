from odoo import api, fields, models


class IspLineChange(models.TransientModel):
    """A dated change of a subscription line: plan, price, quantity or discount."""

    _name = 'isp.line.change'
    _description = "Change from a Date"

    line_id = fields.Many2one('sale.subscription.line', required=True, readonly=True)
    current_plan_id = fields.Many2one(related='line_id.isp_plan_id', string="Present plan")
    allowed_plan_ids = fields.Many2many(
        'isp.service.plan', compute='_compute_allowed_plan_ids',
    )
    date = fields.Date(
        string="From", required=True, compute='_compute_date', store=True, readonly=False,
        precompute=True,
        help="First day of the change. Proposed: the first day that was not charged yet.",
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
    def _compute_date(self):
        for wizard in self:
            charged = max(wizard.line_id.isp_charge_ids.mapped('date_to'), default=None)
            start = wizard.line_id.isp_date_start
            wizard.date = fields.Date.add(charged, days=1) if charged else (
                start or wizard.line_id.company_id._isp_today()
            )

    @api.depends('line_id')
    def _compute_present(self):
        for wizard in self:
            wizard.quantity = wizard.line_id.product_uom_qty
            wizard.discount = wizard.line_id.discount

    def action_confirm(self):
        """End the line and start its successor."""
        self.ensure_one()
        self.line_id.check_access('write')
        line = self.line_id._isp_change(
            self.date, plan=self.plan_id or None,
            price=self.price_unit if self.own_price else None,
            quantity=self.quantity, discount=self.discount,
        )
        if self.promo_code:
            line.isp_promo_code = self.promo_code
        return {'type': 'ir.actions.act_window_close'}
