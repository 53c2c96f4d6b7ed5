from odoo import fields, models


class IspBillReason(models.TransientModel):
    """Asks why bills are held or excluded."""

    _name = 'isp.bill.reason'
    _description = "Reason to Hold or Exclude Bills"

    bill_ids = fields.Many2many('isp.bill.run.bill', 'isp_bill_reason_rel')
    target = fields.Selection(
        [('held', "Hold"), ('excluded', "Exclude")], required=True, readonly=True,
    )
    reason = fields.Text(required=True)

    def action_confirm(self):
        """Hold or exclude the bills with the reason given."""
        self.ensure_one()
        if self.target == 'held':
            self.bill_ids._isp_hold(self.reason)
        else:
            self.bill_ids._isp_exclude(self.reason)
        return {'type': 'ir.actions.act_window_close'}
