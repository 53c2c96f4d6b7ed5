from odoo import models

from ..engine import payment_code


class AccountMove(models.Model):
    """Where the money of an invoice is to go."""

    _inherit = 'account.move'

    def _isp_bank_account(self):
        """The bank account that this document is to be paid to (res.partner.bank, may be empty).

        Its *Recipient Bank* when it is one of the company or of one above it, else that of its
        journal: code, electronic invoice and the words of the page name this one.
        """
        self.ensure_one()
        # sudo: who prints an invoice need not read the bank accounts of the company
        bank = self.sudo().partner_bank_id
        if bank.partner_id in self.company_id.sudo().parent_ids.partner_id:
            return bank
        return self.sudo().journal_id._isp_bank_account()


class AccountJournal(models.Model):
    _inherit = 'account.journal'

    def _isp_bank_account(self):
        """The bank account that customers of this journal pay to: its own, else the company's.

        :rtype: res.partner.bank, may be empty
        """
        # sudo: as above; without a journal, that of the company at work
        company = self.company_id or self.env.company
        return self.sudo().bank_account_id or company._isp_bank_account()


class ResCompany(models.Model):
    _inherit = 'res.company'

    def _isp_billing_journal(self):
        """The first sales journal for ISP billing (account.journal, may be empty)."""
        return self.env['account.journal'].sudo().search(
            [('isp_billing', '=', True), ('company_id', '=', self.id)], limit=1)

    def _isp_bank_account(self):
        """The company's first international bank account, else its first one."""
        # sudo: as above
        banks = self.sudo().partner_id.bank_ids
        return banks.filtered(lambda bank: payment_code.is_iban(bank.acc_number))[:1] or banks[:1]
