from odoo import api, fields, models


class IspRerateWizard(models.TransientModel):
    """Asks an approver for the price at which charged periods are settled again."""

    _name = 'isp.rerate.wizard'
    _description = "Re-rate Charged Periods"

    line_id = fields.Many2one('sale.subscription.line', string="Service", readonly=True)
    plan_id = fields.Many2one('isp.service.plan', required=True, readonly=True)
    company_id = fields.Many2one(
        'res.company', required=True, readonly=True, default=lambda self: self.env.company,
    )
    currency_id = fields.Many2one(related='line_id.currency_id')
    date_from = fields.Date(
        string="From", required=True, default=lambda self: self.env.company._isp_today(),
        help="Charged periods in which the service is used from this day on or later.",
    )
    mode = fields.Selection(
        [('list', "The list price as it is entered today"), ('price', "Another price")],
        string="At", required=True, default='list',
    )
    price = fields.Float(string="Unit price", digits=0)
    reason = fields.Text(required=True)
    charge_count = fields.Integer(string="Charged periods", compute='_compute_charge_count')
    outcome = fields.Html(compute='_compute_outcome', sanitize=False)

    def _isp_values(self):
        return {
            'company_id': self.company_id.id, 'line_id': self.line_id.id,
            'plan_id': self.plan_id.id, 'date_from': self.date_from, 'mode': self.mode,
            'price': self.price, 'reason': self.reason or "-",
        }

    @api.depends('line_id', 'plan_id', 'date_from')
    def _compute_charge_count(self):
        for wizard in self:
            domain = [
                ('company_id', '=', wizard.company_id.id), ('revision', '=', 0),
                ('date_from', '>=', wizard.date_from), ('plan_id', '=', wizard.plan_id.id),
            ]
            if wizard.line_id:
                domain.append(('line_id', '=', wizard.line_id.id))
            wizard.charge_count = wizard.date_from and self.env['isp.charge'].search_count(domain)

    @api.depends('line_id', 'date_from', 'mode', 'price')
    def _compute_outcome(self):
        engine = self.env['isp.bill.outcome']
        for wizard in self:
            if not wizard.line_id or not wizard.date_from:
                wizard.outcome = False
                continue
            subscription, values = wizard.line_id.sale_subscription_id, wizard._isp_values()
            # what was charged so far, and nothing that falls due later
            target = max(
                wizard.line_id.isp_charge_ids.mapped('date_from'), default=wizard.date_from)
            outcome = engine._outcome(
                subscription, wizard.company_id, target,
                lambda env, values=values: env['isp.rerate'].sudo().create(values),
            )
            wizard.outcome = engine._as_html(outcome, wizard.currency_id, target)

    def action_confirm(self):
        """Keep the decision; the next bill run settles the periods."""
        self.ensure_one()
        self.env['isp.rerate'].create(self._isp_values() | {'reason': self.reason})
        return {'type': 'ir.actions.act_window_close'}


class SaleSubscriptionLine(models.Model):
    _inherit = 'sale.subscription.line'

    def action_isp_rerate(self):
        """Ask for another price of charged periods of this service."""
        self.ensure_one()
        action = self.isp_plan_id.action_isp_rerate()
        action['context'].update(
            default_line_id=self.id, default_company_id=self.company_id.id)
        return action


class IspServicePlan(models.Model):
    _inherit = 'isp.service.plan'

    def action_isp_rerate(self):
        """Ask for another price of charged periods of the plan."""
        self.ensure_one()
        return {
            'type': 'ir.actions.act_window', 'name': self.env._("Re-rate charged periods"),
            'res_model': 'isp.rerate.wizard', 'view_mode': 'form', 'target': 'new',
            'context': {'default_plan_id': self.id},
        }
