from odoo import api, fields, models


class IspServiceEnd(models.TransientModel):
    """Asks for the last service day of a subscription, or of one of its lines."""

    _name = 'isp.service.end'
    _description = "End of Service"

    subscription_id = fields.Many2one('sale.subscription', required=True, readonly=True)
    line_id = fields.Many2one(
        'sale.subscription.line', readonly=True, help="Empty: all services of the subscription.",
    )
    last_day = fields.Date(
        string="Last day of service", required=True,
        default=lambda self: self.env.company._isp_today(),
        help="This day is still billed. Days after it that were charged are credited by the next "
             "bill run.",
    )
    close_reason_id = fields.Many2one('sale.subscription.close.reason', string="Reason")
    charged_to = fields.Date(
        string="Charged up to", compute='_compute_charged_to',
        help="Last day that invoices have charged so far.",
    )
    is_credit = fields.Boolean(compute='_compute_charged_to')

    @api.depends('subscription_id', 'line_id', 'last_day')
    def _compute_charged_to(self):
        for wizard in self:
            charges = (wizard.line_id or wizard.subscription_id).isp_charge_ids
            wizard.charged_to = max(charges.mapped('date_to'), default=False)
            wizard.is_credit = bool(
                wizard.charged_to and wizard.last_day and wizard.charged_to > wizard.last_day
            )

    def action_confirm(self):
        """End the line, or the running lines of the subscription, on the last day."""
        self.ensure_one()
        subscription = self.subscription_id
        subscription.check_access('write')
        if self.line_id:
            self.line_id._isp_end(self.last_day)
        else:
            subscription._isp_end(self.last_day)
            subscription.write({
                'date': self.last_day,
                'close_reason_id': self.close_reason_id.id or subscription.close_reason_id.id,
            })
        subscription.message_post(body=self.env._(
            "Service of %(what)s ends; last day of service: %(day)s.",
            what=self.line_id.name or subscription.name, day=self.last_day,
        ))
        return {'type': 'ir.actions.act_window_close'}
