from odoo import api, models

from ..engine import payment_code


class IspDocumentData(models.AbstractModel):
    """The bank account that a document names, in its words and in its code."""

    _inherit = 'isp.document.data'

    @api.model
    def _bank_facts(self, bank, currency):
        """What is printed of a bank account: {'iban', 'bic'}, or {'account'} without an IBAN.

        An account number of another kind says nothing abroad; it is printed for euros only, where
        customers pay by transfer.
        """
        if payment_code.is_iban(bank.acc_number):
            return {'iban': payment_code.group_iban(bank.acc_number), 'bic': bank.bank_bic or ''}
        return {'account': bank.acc_number} if bank and currency.name == 'EUR' else {}

    @api.model
    def _epc_code(self, move, due):
        """Code of a transfer to the bank account of an invoice, None where there is none (dict)."""
        bank = self._bank_facts(move._isp_bank_account(), move.currency_id)
        if move.currency_id.name != 'EUR' or not bank.get('iban') or due <= 0:
            return None
        return {'type': 'epc', 'content': payment_code.epc_content(
            move.company_id.name, bank['iban'], f'{due:.2f}',
            move.payment_reference or move.name or '', bank['bic'])}

    @api.model
    def _bank_said(self, instructions, bank):
        """Whether the company's own text on paying names this bank account in each language."""
        number = payment_code.compact_iban(bank.get('iban') or bank.get('account'))
        return bool(number) and all(
            number in payment_code.compact_iban(text) for text in (instructions or {}).values())
