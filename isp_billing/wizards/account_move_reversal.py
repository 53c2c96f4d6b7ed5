from odoo import fields, models
from odoo.exceptions import UserError

from ..guard import own


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

    @own
    def reverse_moves(self, is_modify=False):
        """Tell the ledger whether the credited periods reopen.

        :raises UserError: when a copy of the invoice and the next run would both bill them
        """
        if is_modify and self.isp_reopen_periods and self.isp_has_charges:
            raise UserError(self.env._(
                "The periods would be billed twice: by the new invoice and by the next bill run. "
                "Press “Reverse”, or untick “Bill the periods again”.",
            ))
        wizard = self.with_context(isp_reopen_periods=self.isp_reopen_periods)
        return super(AccountMoveReversal, wizard).reverse_moves(is_modify=is_modify)
