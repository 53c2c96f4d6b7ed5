from odoo import fields, models


class AccountMoveReversal(models.TransientModel):
    _inherit = 'account.move.reversal'

    isp_has_charges = fields.Boolean(compute='_compute_isp_has_charges')
    isp_reopen_periods = fields.Boolean(
        string="Bill the periods again",
        help="Set: the next bill run charges the credited periods again. Unset: they stay closed.",
    )

    def _compute_isp_has_charges(self):
        for wizard in self:
            wizard.isp_has_charges = bool(wizard.move_ids.isp_charge_ids)

    def reverse_moves(self, is_modify=False):
        """Tell the ledger whether the credited periods reopen."""
        wizard = self.with_context(isp_reopen_periods=self.isp_reopen_periods)
        return super(AccountMoveReversal, wizard).reverse_moves(is_modify=is_modify)
