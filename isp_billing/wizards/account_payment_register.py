from odoo import models


class AccountPaymentRegister(models.TransientModel):
    """A payment that is registered on invoices is of their account.

    Odoo books it on the commercial entity, which may have an account of its own.
    """

    _inherit = 'account.payment.register'

    def _create_payment_vals_from_wizard(self, batch_result):
        return super()._create_payment_vals_from_wizard(batch_result) | \
            self._isp_account_values(batch_result)

    def _create_payment_vals_from_batch(self, batch_result):
        return super()._create_payment_vals_from_batch(batch_result) | \
            self._isp_account_values(batch_result)

    def _isp_account_values(self, batch_result):
        account = batch_result['lines'].isp_account_id
        return {'isp_account_id': account.id} if len(account) == 1 else {}
