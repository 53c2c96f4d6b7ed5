from odoo import api, models

from ..engine import balance as settled
from ..engine import document_letter, document_words, payment_code, pdf_assemble
from .isp_document_data import _number as number_text

PAYMENTS_SHOWN = 6


class IspAccountLetter(models.AbstractModel):
    """Facts and PDF of statements of account, reminders and receipts; nothing is stored."""

    _name = 'isp.account.letter'
    _description = "Letters to Billing Accounts"

    # ---- what is printed ---------------------------------------------------------------------

    @api.model
    def _pdf(self, facts, language):
        """The PDF of a letter.

        :param str language: ``en``, ``fr`` or ``both``
        :rtype: bytes
        """
        view = document_letter.build_letter(facts, language)
        logo = self.env['ir.attachment'].sudo().browse(facts['logo'] or []).exists().raw
        pictures = {'mem:logo': logo} if logo else {}
        if view['qr']:
            pictures['mem:qr'] = payment_code.qr_picture(view['qr']['content'])
        return self.env['account.move']._isp_pdf_of_view(
            facts, view, pictures, 'isp_billing.letter_document')

    @api.model
    def _account_pdf(self, kind, account, company):
        """A statement or a reminder of this day, in the language of the account.

        What an account owes in another currency follows on pages of its own.
        """
        language, day = account._isp_resolve_language(company)[0], company._isp_today()
        letters = [
            self._pdf(self._account_facts(kind, account, company, day, currency), language)
            for currency in self._currencies(kind, account, company, day)]
        return pdf_assemble.append(letters[0], letters[1:]) if letters[1:] else letters[0]

    @api.model
    def _receipt_pdf(self, payment):
        """The receipt of a payment, in the language of the account that paid."""
        account = self._payer(payment)
        return self._pdf(self._receipt_facts(payment),
                         account._isp_resolve_language(payment.company_id)[0])

    @api.model
    def _file_name(self, kind, account, company, number):
        """Name of the file, in the language of the letter: ``Relevé-de-compte-100012`` (str)."""
        language = account._isp_resolve_language(company)[0]
        texts = document_words.words(company._isp_locales()['en' if language == 'en' else 'fr'])
        return f"{texts['title_' + kind]}-{number}".replace('/', '-').replace(' ', '-')

    # ---- facts -------------------------------------------------------------------------------

    @api.model
    def _currencies(self, kind, account, company, day):
        """Currencies in which a letter has something to say; the company's when none has."""
        items = self._open_items(account, company)
        if kind == 'reminder':
            items = [item for item in items if item.due < day]
        found = self.env['res.currency'].browse({item.currency_id for item in items if item.open})
        return (found & company.currency_id) | found or company.currency_id

    @api.model
    def _account_facts(self, kind, account, company, day, currency=None):
        """Facts of a statement (everything open) or of a reminder (what is past due).

        :param str kind: ``statement`` or ``reminder``
        :param day: date of the letter
        :param currency: res.currency of what it lists; the company's when None
        """
        currency = currency or company.currency_id
        items = [item for item in self._open_items(account, company)
                 if item.currency_id == currency.id and item.open]
        late = [item for item in items if item.due < day]
        shown = [item for item in late if item.open > 0] if kind == 'reminder' else items
        rows = [((day - item.due).days, item.open) for item in items]
        balance = float(sum(item.open for item in items))
        overdue = float(settled.overdue(rows))
        ages = self.env['isp.document.aging']._ages(rows, currency)
        amount = overdue if kind == 'reminder' else balance
        facts = self._shared_facts(account, company, day, currency)
        return {
            **facts, 'kind': kind, 'payment': self._payment(facts, company, currency, amount),
            'items': [self._item(item, currency) for item in shown],
            'payments': self._payments(account, company, currency), 'aging': ages,
            'balance': number_text(balance, currency), 'overdue': number_text(overdue, currency),
            # what settles a part of the late items without being matched to them
            'unused': number_text(
                overdue - float(sum(item.open for item in shown))
                if kind == 'reminder' else 0, currency),
            'amount': number_text(amount, currency),
        }

    @api.model
    def _payment(self, facts, company, currency, amount):
        """How to pay an amount: slip, code and texts, with the account number as reference."""
        shared, reference = facts['payment'], facts['account_number']
        data = self.env['isp.document.data']
        bank = data._bank_facts(
            company._isp_billing_journal()._isp_bank_account(), currency)
        code = {'type': 'link', 'content': f"{shared['base_url']}/my/invoices"}
        if bank.get('iban') and currency.name == 'EUR' \
                and currency.compare_amounts(amount, 0) > 0:
            code = {'type': 'epc', 'content': payment_code.epc_content(
                company.name, bank['iban'], f'{amount:.2f}', reference, bank['bic'])}
        return {
            'slip': shared['slip'], 'qr': code, 'reference': reference,
            'portal_host': shared['host'], 'iban': bank.get('iban', ''),
            'account': bank.get('account', ''),
            'bank_said': data._bank_said(shared['instructions'], bank),
            'instructions': shared['instructions'],
        }

    @api.model
    def _receipt_facts(self, payment):
        """Facts of a receipt: the payment and the invoices that it paid."""
        company, currency = payment.company_id, payment.currency_id
        account = self._payer(payment)
        line = payment.move_id.line_ids.filtered(
            lambda row: row.account_id.account_type == 'asset_receivable')
        items = [
            {'number': _document_number(part.debit_move_id),
             'date': part.debit_move_id.date.isoformat(),
             'amount': number_text(part.credit_amount_currency, currency)}
            for part in line.matched_debit_ids
        ]
        return {
            **self._shared_facts(account, company, payment.date, currency), 'kind': 'receipt',
            'number': payment.name or '', 'payment': {}, 'items': items,
            'method': self._method(payment),
            'amount': number_text(payment.amount, currency),
            'unused': number_text(-sum(line.mapped('amount_residual_currency')), currency),
        }

    @api.model
    def _payer(self, payment):
        """Account that a payment belongs to (res.partner)."""
        return payment.isp_account_id or payment.partner_id

    @api.model
    def _method(self, payment):
        """Name of the payment method: {'en': str, 'fr': str}.

        The name on the journal is one text that Odoo does not translate; as long as nobody wrote
        another one there, it is that of the method, which has its French.
        """
        line = payment.payment_method_line_id
        written = line.name or payment.journal_id.name or ''
        known = payment.company_id._isp_text_reader().texts(line.payment_method_id, 'name')
        return known if written in known.values() else {'en': written, 'fr': written}

    @api.model
    def _shared_facts(self, account, company, day, currency):
        """Facts that all letters have: company, customer, layout, ways to pay."""
        account, company = account.with_company(company).sudo(), company.sudo()
        data = self.env['isp.document.data'].sudo().with_company(company)
        shared = data._shared(company, self.env['account.move'])
        layout = self.env['isp.document.layout']._isp_for_account(account, company)
        facts = {key: shared[key] for key in
                 ('company', 'locales', 'paper', 'logo', 'support', 'terms')}
        facts |= {
            'payment': {key: shared[key] for key in
                        ('slip', 'host', 'base_url', 'instructions')},
            'layout': {}, 'date': day.isoformat(),
            'currency': currency.name, 'decimals': currency.decimal_places,
            'account_number': account.isp_account_number or '',
            'customer': {**data._customer_names(account, account), 'address': data._address(
                account, company, shared['texts'].__self__)},
        }
        if layout:
            facts |= data._frozen_layout(layout)
            facts |= data._follow_layout(facts, company)
        return facts

    @api.model
    def _open_items(self, account, company):
        """Open items of an account (list of ``OpenItem``), the oldest first.

        :raises AccessError: for who may not read journal items
        """
        self.env['account.move.line'].check_access('read')
        return self.env['isp.account.balance']._open_items(account, company)[account.id]

    @api.model
    def _payments(self, account, company, currency):
        """The latest payments that count for an account in a currency, the newest first."""
        return [
            {'number': number, 'date': day.isoformat(),
             'amount': number_text(float(amount), currency)}
            for number, day, amount in self.env['isp.account.balance']._payments(
                account, company, currency, PAYMENTS_SHOWN)]

    @api.model
    def _item(self, item, currency):
        return {
            'number': item.number, 'date': item.date.isoformat(), 'due': item.due.isoformat(),
            'amount': number_text(float(item.amount), currency),
            'open': number_text(float(item.open), currency),
        }


def _document_number(line):
    """What the customer knows a document by: one of the former system by its number there."""
    return line.move_id.isp_opening_document or line.move_id.name or ''


class ResPartner(models.Model):
    _inherit = 'res.partner'

    def _isp_letter_filename(self, kind):
        """Name of the file of a statement or reminder, in the language of its reader (str)."""
        self.ensure_one()
        return self.env['isp.account.letter']._file_name(
            kind, self, self.env.company, self.isp_account_number or self.id)


class AccountPayment(models.Model):
    _inherit = 'account.payment'

    def _isp_letter_filename(self, kind):
        """Name of the file of a receipt, in the language of its reader (str)."""
        self.ensure_one()
        letters = self.env['isp.account.letter']
        return letters._file_name(
            kind, letters._payer(self), self.company_id, self.name or self.id)
