from odoo import api, fields, models

from ..sentences import say


class IspServiceRestart(models.TransientModel):
    """Asks from which day ended services run again."""

    _name = 'isp.service.restart'
    _description = "Start Again"

    subscription_id = fields.Many2one('sale.subscription', required=True, readonly=True)
    line_ids = fields.Many2many(
        'sale.subscription.line', 'isp_service_restart_line_rel', string="Services",
        compute='_compute_line_ids', store=True, readonly=False, precompute=True,
        domain="[('sale_subscription_id', '=', subscription_id), ('isp_date_end', '!=', False), "
               "('isp_successor_ids', '=', False), ('isp_plan_kind', '!=', 'one_time')]",
    )
    date = fields.Date(
        string="First day", required=True, default=lambda self: self.env.company._isp_today(),
    )
    outcome = fields.Html(compute='_compute_outcome', sanitize=False)

    @api.depends('subscription_id')
    def _compute_line_ids(self):
        for wizard in self:
            wizard.line_ids = wizard.subscription_id._isp_ended_lines()

    @api.depends('line_ids', 'date')
    def _compute_outcome(self):
        engine = self.env['isp.bill.outcome']
        for wizard in self:
            subscription, date = wizard.subscription_id, wizard.date
            if not date or not wizard.line_ids:
                wizard.outcome = False
                continue
            lines = wizard.line_ids._origin
            target = max(date, subscription.company_id._isp_today())
            outcome = engine._outcome(
                subscription, subscription.company_id, target,
                lambda env, subscription=subscription, date=date, lines=lines:
                    subscription.with_env(env)._isp_restart(date, lines.with_env(env)),
            )
            wizard.outcome = engine._as_html(outcome, subscription.currency_id, target)

    def action_confirm(self):
        """Start the services again."""
        self.ensure_one()
        self.subscription_id.check_access('write')
        lines = self.subscription_id._isp_restart(self.date, self.line_ids)
        self.subscription_id._isp_post_sentence(say(self.env)._(
            "The service starts again on %(day)s: %(lines)s.", day=self.date,
            lines=", ".join(lines.mapped('name')),
        ))
        return {'type': 'ir.actions.act_window_close'}
