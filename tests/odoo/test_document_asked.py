"""What a document asks for when it is made, and what it says once it is settled or cancelled."""
import io
from unittest.mock import patch

from pypdf import PdfReader

from odoo import Command

from odoo.addons.isp_billing.engine import document_view, payment_code

from .document_common import pdf_text
from .test_einvoice import EInvoiceCase, embedded, texts

SUMMARY = 'ApplicableHeaderTradeSettlement/SpecifiedTradeSettlementHeaderMonetarySummation'
ORIGIN = 'ApplicableHeaderTradeSettlement/InvoiceReferencedDocument'


class AskedCase(EInvoiceCase):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.cash = cls.env['account.account'].create({
            'code': '512000', 'name': "Bank", 'account_type': 'asset_cash',
            'company_ids': [Command.set(cls.fr.ids)]})
        # so that an invoice of 100.00 is 80.00 and its tax
        cls.vat = cls.make_tax("TVA 25", 25.0, cls.fr)
        cls.till = cls.env['account.journal'].create({
            'name': "Bank", 'code': 'BNQ', 'type': 'bank', 'company_id': cls.fr.id,
            'default_account_id': cls.cash.id})

    def invoice(self, price=100.0, **values):
        """An invoice typed in the ISP journal of the French company, with its tax."""
        move = self.env['account.move'].create({
            'move_type': 'out_invoice', 'journal_id': self.journals[self.fr].id,
            'partner_id': self.shop.id, 'invoice_date': '2026-10-01',
            'invoice_date_due': '2026-10-31', 'company_id': self.fr.id,
            'invoice_line_ids': [Command.create({
                'name': "Câblage", 'price_unit': price * 0.8,
                'tax_ids': [Command.set(self.vat.ids)]})], **values})
        move.action_post()
        return move

    def receivable(self, move):
        return move.line_ids.filtered(
            lambda line: line.account_id.account_type == 'asset_receivable')

    def pay(self, move, amount):
        """Money from the customer, matched with its invoice."""
        line = self.receivable(move)[:1]
        entry = self.env['account.move'].create({
            'move_type': 'entry', 'date': '2026-10-05', 'journal_id': self.till.id,
            'line_ids': [
                Command.create({'account_id': self.cash.id, 'debit': amount}),
                Command.create({'account_id': line.account_id.id, 'credit': amount,
                                'partner_id': move.partner_id.id})]})
        entry.action_post()
        (self.receivable(entry) | self.receivable(move)).reconcile()

    def sealed_view(self, move, language='en'):
        """Sealed facts of a document as its page shows them."""
        self.rendered(move)
        return document_view.build_view(move.isp_document_data, language)

    def plain(self, text):
        return str(text).replace('\u202f', ' ').replace('\u00a0', ' ')


class TestAsked(AskedCase):

    def test_case_142_partly_paid_before_it_is_first_printed(self):
        """Kind: facts frozen at posting are printed as if nothing had happened since.

        100.00, 40.00 of it paid before the PDF was made: page, code, XML and e-mail ask 60.00.
        """
        move = self.invoice()
        self.pay(move, 40.0)
        view = self.sealed_view(move)
        self.assertEqual(self.plain(view['amount_due']), "€60.00")
        self.assertIn("EUR60.00", view['qr']['content'])
        self.assertTrue(view['slip'])
        self.assertEqual([self.plain(amount) for _label, amount in view['summary']['rows']][-2:],
                         ["€100.00", "−€40.00"])
        _name, xml, _kind = embedded(move.isp_document_id.raw)
        self.assertEqual(texts(xml, f'{SUMMARY}/TotalPrepaidAmount'), ['40.00'])
        self.assertEqual(texts(xml, f'{SUMMARY}/DuePayableAmount'), ['60.00'])
        self.assertEqual(self.plain(move._isp_mail_text('amount', 'en')), "€60.00")
        self.assertIn("60,00", pdf_text(move.isp_document_id.raw))

    def test_case_142_paid_before_it_is_first_printed(self):
        """Kind: as above. All paid: "Paid", neither slip nor code; the e-mail says the same."""
        move = self.invoice()
        self.pay(move, 100.0)
        view = self.sealed_view(move)
        self.assertEqual(self.plain(view['amount_due']), "€0.00")
        self.assertFalse(view['slip'] or view['qr'] or view['due_date'] or view['how_to_pay'])
        self.assertEqual(view['w']['no_payment'], "Paid. Thank you.")
        text = pdf_text(move.isp_document_id.raw)
        self.assertIn("Payée", text)
        self.assertNotIn("Talon de paiement", text)
        self.assertFalse(list(PdfReader(io.BytesIO(move.isp_document_id.raw)).pages[0].images))
        self.assertEqual(self.plain(move._isp_mail_text('amount', 'en')), "€0.00")
        self.assertEqual(move._isp_mail_text('amount_label', 'en'),
                         "Amount due – Paid. Thank you.")
        self.assertFalse(move._isp_mail_text('due_date', 'en'))

    def test_a_sealed_document_stays_and_screen_and_mail_ask_for_what_is_open(self):
        move = self.invoice()
        sealed, data = self.rendered(move), dict(move.isp_document_data)
        self.assertNotIn('asked', data)
        self.pay(move, 40.0)
        self.assertEqual(move._isp_legal_pdf(), sealed)
        self.assertEqual(move.isp_document_data, data)
        self.assertEqual(move._isp_lay_out_again(), sealed)
        self.assertEqual(self.plain(move._isp_mail_text('amount', 'en')), "€60.00")
        self.assertIn("60,00", self.plain(move._isp_screen_html()))

    def test_sealed_after_a_payment_it_is_made_again_with_the_same_bytes(self):
        move = self.invoice()
        self.pay(move, 40.0)
        sealed = self.rendered(move)
        self.pay(move, 60.0)
        self.assertEqual(move._isp_lay_out_again(), sealed)

    def test_what_is_owed_from_before_is_still_asked_for(self):
        first = self.invoice(30.0)
        second = self.invoice(invoice_date='2026-10-02')
        self.pay(second, 100.0)
        later = self.invoice(70.0, invoice_date='2026-10-03')
        view = self.sealed_view(second)
        self.assertEqual(self.plain(view['amount_due']), "€30.00")
        self.assertTrue(view['slip'])
        self.assertEqual(self.plain(self.sealed_view(first)['amount_due']), "€30.00")
        self.assertEqual(self.plain(self.sealed_view(later)['amount_due']), "€100.00")

    def test_the_parts_of_a_payment_are_those_that_are_left(self):
        term = self.env['account.payment.term'].create({
            'name': "Two parts", 'company_id': self.fr.id, 'line_ids': [
                Command.create({'value': 'percent', 'value_amount': 50.0, 'nb_days': days})
                for days in (10, 40)]})
        move = self.invoice(invoice_payment_term_id=term.id)
        lines = self.receivable(move).sorted('date_maturity')
        self.assertEqual(len(lines), 2)
        self.pay(move, 50.0)
        view = self.sealed_view(move)
        left = lines.filtered('amount_residual')
        self.assertEqual(self.plain(view['amount_due']), "€50.00")
        annex, = view['annexes']
        self.assertEqual([self.plain(row[2]) for row in annex['rows']], ["€50.00"])
        self.assertEqual(left, lines[1])
        self.assertIn(view['due_date'], annex['rows'][0][1])

    def test_a_credit_note_before_the_first_print(self):
        move = self.invoice()
        wizard = self.env['account.move.reversal'].with_context(
            active_model='account.move', active_ids=move.ids).create(
                {'journal_id': move.journal_id.id, 'date': '2026-10-04'})
        credit = self.env['account.move'].browse(wizard.reverse_moves()['res_id'])
        credit.action_post()
        (self.receivable(move) | self.receivable(credit)).filtered(
            lambda line: not line.reconciled).reconcile()
        view = self.sealed_view(move)
        self.assertEqual(self.plain(view['amount_due']), "€0.00")
        self.assertFalse(view['slip'] or view['qr'])
        self.assertEqual(view['w']['no_payment'], "Settled by a credit note.")

    def test_case_141_credit_note_names_its_invoice_and_its_money(self):
        """Kind: as above. Credit note of a run: number and date of the invoice that charged the
        days, on paper and in the XML (BT-25, BT-26), and what happens to the money.
        """
        invoice = self.posted()
        subscription = self.shop.isp_subscription_ids
        subscription.sale_subscription_line_ids._isp_end(
            invoice.isp_period_to.replace(day=20), True)
        credit = self.bill('2026-11-11', company=self.fr).move_ids
        self.assertEqual(credit.move_type, 'out_refund')
        self.assertFalse(credit.reversed_entry_id)
        view = self.sealed_view(credit)
        day = invoice.invoice_date
        self.assertEqual(view['origin'], f"Corrects invoice {invoice.name} of "
                                         f"{day.day} {day:%B} {day.year}")
        _name, xml, _kind = embedded(credit.isp_document_id.raw)
        self.assertEqual(texts(xml, f'{ORIGIN}/IssuerAssignedID'), [invoice.name])
        self.assertEqual(texts(xml, f'{ORIGIN}/FormattedIssueDateTime'), [f'{day:%Y%m%d}'])
        annex, = view['annexes']
        use, = annex['rows']
        self.assertEqual(self.plain(use[2]), self.plain(view['amount_due']))
        self.assertIn(use[0], ("Kept for your next bills", f"Applied to invoice {invoice.name}"))
        text = pdf_text(credit.isp_document_id.raw)
        self.assertIn(f"Rectifie la facture {invoice.name} du", text)
        self.assertIn("Utilisation de cet avoir", text)

    def test_a_credit_note_that_was_applied_to_an_invoice(self):
        invoice = self.invoice()
        credit = self.invoice(30.0, move_type='out_refund', invoice_date='2026-10-03')
        lines = (self.receivable(invoice) | self.receivable(credit)).filtered(
            lambda line: not line.reconciled)
        if len(lines) > 1 and not self.receivable(credit).reconciled:
            lines.reconcile()
        annex, = self.sealed_view(credit)['annexes']
        self.assertEqual([(row[0], self.plain(row[2])) for row in annex['rows']],
                         [(f"Applied to invoice {invoice.name}", "€30.00")])

    def test_case_143_cancelled(self):
        """Kind: as above. Cancelled: "Cancelled"/"Annulée", no slip, no code, on paper and in the
        page of a browser; a draft is marked likewise.
        """
        move = self.invoice()
        move.button_draft()
        for language, words in (('en', "Draft"), ('fr', "Provisoire")):
            view = document_view.build_view(move._isp_present_data(), language)
            self.assertEqual((view['draft'], view['stamp']), (words, words))
            self.assertFalse(view['qr'])
        move.button_cancel()
        for language, words in (('en', "Cancelled"), ('fr', "Annulée")):
            view = document_view.build_view(move._isp_present_data(), language)
            self.assertEqual((view['draft'], view['stamp']), (words, words))
            self.assertFalse(view['slip'] or view['qr'] or view['how_to_pay'] or view['due_date'])
        text = pdf_text(move._isp_legal_pdf())
        self.assertIn("Annulée", text)
        self.assertNotIn("Talon de paiement", text)
        html = self.env['ir.actions.report']._render_qweb_html(
            'isp_billing.report_invoice', move.ids)[0].decode()
        self.assertIn("Annulée", html)
        self.assertNotIn("mem:qr", html)
        self.assertNotIn('class="slip"', html)

    def test_case_144_recipient_bank(self):
        """Kind: as above. Another *Recipient Bank*: it stands in code, XML and words."""
        other = self.env['res.partner.bank'].create({
            'acc_number': "FR3914508000708486179462135", 'partner_id': self.fr.partner_id.id,
            'allow_out_payment': True})
        self.fr.isp_payment_instructions = "Merci de payer à temps."
        move = self.invoice(partner_bank_id=other.id)
        view = self.sealed_view(move)
        number = payment_code.compact_iban(other.acc_number)
        self.assertIn(number, view['qr']['content'].split('\n'))
        _name, xml, _kind = embedded(move.isp_document_id.raw)
        self.assertEqual(
            texts(xml, 'SpecifiedTradeSettlementPaymentMeans/PayeePartyCreditorFinancialAccount'
                       '/IBANID'), [number])
        page = pdf_text(move.isp_document_id.raw)
        self.assertIn(number, page.replace(' ', ''))
        self.assertNotIn(payment_code.compact_iban(self.bank.acc_number), page.replace(' ', ''))

    def test_a_letter_names_the_bank_account_of_the_journal(self):
        other = self.env['res.partner.bank'].create({
            'acc_number': "FR3914508000708486179462135", 'partner_id': self.fr.partner_id.id})
        self.invoice()
        letters = self.env['isp.account.letter']
        day = self.fr._isp_today()
        for bank in (self.bank, other):
            with patch.object(type(self.fr), '_isp_bank_account', lambda company, bank=bank: bank):
                facts = letters._account_facts('statement', self.shop, self.fr, day)
            self.assertEqual(payment_code.compact_iban(facts['payment']['iban']),
                             bank.sanitized_acc_number)
            self.assertIn(bank.sanitized_acc_number, facts['payment']['qr']['content'])

    def test_case_148_contact_and_company_on_a_line_each(self):
        """Kind: strings that leave their box. The invoice contact of a company: a line each."""
        contact = self.env['res.partner'].create({
            'name': "Groupe SAS", 'parent_id': self.shop.id, 'type': 'invoice',
            'street': "9 quai Sud", 'zip': "75012", 'city': "Paris"})
        move = self.invoice(partner_id=contact.id)
        for language in ('en', 'fr', 'both'):
            view = self.sealed_view(move, language)
            self.assertEqual(view['customer_names'], ["Librairie du Pont", "Groupe SAS"])
        page = pdf_text(move.isp_document_id.raw)
        self.assertNotIn("Librairie du Pont, Groupe SAS\n9 quai", page)
        self.assertRegex(page, r"Librairie du Pont\s*\nGroupe SAS\s*\n9 quai Sud")
        contact.with_company(self.fr).action_isp_open_account()
        facts = self.env['isp.account.letter']._account_facts(
            'statement', contact, self.fr, self.fr._isp_today())
        self.assertEqual(facts['customer']['names'], ["Librairie du Pont", "Groupe SAS"])
