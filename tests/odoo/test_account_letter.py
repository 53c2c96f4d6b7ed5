"""Statement of account, reminder and receipt: their texts, in both languages, as Odoo's reports."""
import pypdfium2
import zxingcpp

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import freeze_time
from odoo.tools.safe_eval import safe_eval

from .document_common import DocumentCase, page_count, pdf_text
from .test_document_paper import codes


@freeze_time('2026-10-15 12:00:00')
class TestAccountLetter(DocumentCase):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.late = cls.make_invoice(invoice_date='2026-08-01', invoice_date_due='2026-08-21')
        cls.recent = cls.make_invoice()
        register = cls.env['account.payment.register'].with_context(
            active_model='account.move', active_ids=cls.late.ids,
        ).create({'payment_date': '2026-09-18', 'amount': 50.0})
        cls.payment = register._create_payments()
        cls.other = cls.make_account("Basile Other")
        cls.stranger = cls.make_invoice(cls.other)

    def content(self, name, record):
        content, kind = self.env['ir.actions.report']._render_qweb_pdf(
            f'isp_billing.action_report_{name}', record.ids)
        self.assertEqual(kind, 'pdf')
        return content

    def report(self, name, record, language):
        self.partner.isp_document_language = language
        return pdf_text(self.content(name, record))

    def test_statement(self):
        text = self.report('statement', self.partner, 'en')
        for words in ("Statement of account", self.late.name, self.recent.name, "$64.98",
                      "$114.98", "$179.96", "Latest payments", "$50.00", "31–60 days",
                      "Anouk Vaillancourt-Lê", "October 15, 2026", "Page 1 of 1"):
            self.assertIn(words, text)
        self.assertNotIn(self.stranger.name, text)
        text = self.report('statement', self.partner, 'fr')
        for words in ("Relevé de compte", self.late.name, "64,98 $", "179,96 $",
                      "Derniers paiements", "31 à 60 jours", "15 octobre 2026"):
            self.assertIn(words, text)
        self.assertNotIn("Statement", text)

    def test_an_opening_balance_has_the_number_that_the_customer_knows(self):
        """Nobody has ever seen the entry that brought it here."""
        receivable = self.partner.property_account_receivable_id
        income = self.recent.invoice_line_ids.account_id[:1]
        entry = self.env['account.move'].create({
            'move_type': 'entry', 'date': '2026-07-01', 'isp_opening_document': "F-202607-0042",
            'journal_id': self.env['account.journal'].search([
                ('company_id', '=', self.company.id), ('type', '=', 'general')], limit=1).id,
            'line_ids': [
                Command.create({'account_id': receivable.id, 'debit': 20.0,
                                'partner_id': self.partner.id}),
                Command.create({'account_id': income.id, 'credit': 20.0})]})
        entry.action_post()
        self.assertEqual((entry.amount_residual, entry.invoice_date_due, entry.payment_state),
                         (20.0, entry.date, 'not_paid'))
        for name in ('statement', 'reminder'):
            text = self.report(name, self.partner, 'fr')
            self.assertIn("F-202607-0042", text)
            self.assertNotIn(entry.name, text)

    def test_statement_in_two_languages(self):
        text = self.report('statement', self.partner, 'both')
        self.assertRegex(text, r"Relevé de compte\s*Statement of account")
        self.assertEqual(text.count(self.late.name), 1)

    def test_reminder_names_only_what_is_late(self):
        layout = self.env['isp.document.layout'].create(
            {'name': "L", 'company_id': self.company.id, 'reminder_text': "Please pay soon."})
        layout.with_context(lang='fr_CA').reminder_text = "Merci de payer bientôt."
        text = self.report('reminder', self.partner, 'en')
        for words in ("Reminder", "Please pay soon.", self.late.name, "$64.98"):
            self.assertIn(words, text)
        self.assertNotIn(self.recent.name, text)
        text = self.report('reminder', self.partner, 'fr')
        for words in ("Rappel", "Merci de payer bientôt.", "64,98 $"):
            self.assertIn(words, text)

    def credit(self, amount):
        """A credit note of the account that nobody matched (without taxes)."""
        self.env['account.move'].create({
            'move_type': 'out_refund', 'partner_id': self.partner.id,
            'journal_id': self.journal.id, 'invoice_date': '2026-10-10',
            'isp_account_id': self.partner.id, 'invoice_line_ids': [Command.create({
                'name': "Regret", 'price_unit': amount, 'tax_ids': False})]})._post()

    def test_a_reminder_adds_up(self):
        """Late 64.98, an open credit of 20.00: the row between them says so."""
        self.credit(20.0)
        lines = [' '.join(line.split()) for line in self.report(
            'reminder', self.partner, 'en').splitlines()]
        self.assertIn("Credits not yet applied −$20.00", lines)
        self.assertIn("Total past due $44.98", lines)
        text = ' '.join(self.report('reminder', self.partner, 'both').split())
        self.assertIn("Crédits non imputés", text)
        self.assertEqual(text.count("20,00"), 1)

    def test_a_reminder_of_nothing_asks_for_nothing(self):
        self.credit(100.0)
        text = self.report('reminder', self.partner, 'en')
        self.assertIn("Nothing is past due. Thank you.", text)
        for words in ("invoices below", "Nothing is open", "Payment slip", self.late.name):
            self.assertNotIn(words, text)
        self.assertIn("Rien n’est en souffrance", self.report(
            'reminder', self.make_account("Cléo Settled", isp_document_language='fr'), 'fr'))

    def test_letters_say_how_to_pay(self):
        link = f"{self.company.get_base_url()}/my/invoices"
        for name, label in (('statement', "Amount due"), ('reminder', "Total past due")):
            text = ' '.join(self.report(name, self.partner, 'en').split())
            for words in ("How to pay", "Online banking", "Payment slip", "Scan to pay online",
                          f"{label} $"):
                self.assertIn(words, text)
            self.assertNotIn("Invoice no.", text)
            self.assertEqual(codes(self.content(name, self.partner)), [link])
        text = self.report('receipt', self.payment, 'en')
        self.assertNotIn("How to pay", text)
        self.assertNotIn("Payment slip", text)
        self.assertEqual(codes(self.content('receipt', self.payment)), [])

    def test_nothing_open_asks_for_nothing(self):
        text = self.report('statement', self.make_account("Cléo Settled"), 'en')
        self.assertIn("Nothing is open", text)
        self.assertNotIn("Payment slip", text)

    def test_each_currency_has_its_own_pages(self):
        euro = self.env.ref('base.EUR')
        euro.active = True
        self.company.partner_id.bank_ids = [(0, 0, {
            'acc_number': "FR76 9999 9000 0100 0000 0000 115", 'allow_out_payment': True})]
        move = self.make_invoice(currency_id=euro.id, invoice_date_due='2026-10-05')
        text = self.report('statement', self.partner, 'en')
        for words in ("$179.96", f"€{move.amount_total:.2f}", move.name):
            self.assertIn(words, text)
        content = self.content('reminder', self.partner)
        self.assertEqual(page_count(content), 2)
        with pypdfium2.PdfDocument(content) as pdf:
            first, second = ([code.text for code in zxingcpp.read_barcodes(
                pdf[place].render(scale=200 / 72).to_pil())] for place in (0, 1))
        self.assertEqual(first, [f"{self.company.get_base_url()}/my/invoices"])
        self.assertEqual(second[0].splitlines()[-5:], [
            "FR7699999000010000000000115", f"EUR{move.amount_total:.2f}", "", "",
            self.partner.isp_account_number])

    def test_receipt(self):
        text = self.report('receipt', self.payment, 'en')
        for words in ("Receipt", "Amount received", "$50.00", self.late.name,
                      "September 18, 2026", self.payment.name):
            self.assertIn(words, text)
        text = self.report('receipt', self.payment, 'fr')
        for words in ("Reçu", "Montant reçu", "50,00 $", "18 septembre 2026"):
            self.assertIn(words, text)

    def test_the_method_of_a_receipt_is_in_its_language(self):
        line = self.payment.payment_method_line_id
        self.assertEqual(line.name, line.payment_method_id.with_context(lang='en_US').name)
        french = line.payment_method_id.with_context(lang='fr_CA').name
        text = self.report('receipt', self.payment, 'fr')
        self.assertIn(french, text)
        self.assertNotIn(line.name, text)
        self.assertIn("Mode de paiement", text)
        line.name = "Interac"
        self.assertIn("Interac", self.report('receipt', self.payment, 'fr'))

    def test_files_are_named_in_the_language_of_the_account(self):
        number = self.partner.isp_account_number
        for language, statement, reminder, receipt in (
                ('en', "Statement-of-account", "Reminder", "Receipt"),
                ('fr', "Relevé-de-compte", "Rappel", "Reçu"),
                ('both', "Relevé-de-compte", "Rappel", "Reçu")):
            with self.subTest(language=language):
                self.partner.isp_document_language = language
                for name, record, expected in (
                        ('statement', self.partner, f"{statement}-{number}"),
                        ('reminder', self.partner, f"{reminder}-{number}"),
                        ('receipt', self.payment,
                         f"{receipt}-{self.payment.name.replace('/', '-')}")):
                    report = self.env.ref(f'isp_billing.action_report_{name}')
                    self.assertEqual(
                        safe_eval(report.print_report_name, {'object': record}), expected)
        self.company.isp_french = 'fr_FR'
        self.assertEqual(self.partner._isp_letter_filename('reminder'), f"Relance-{number}")

    def test_a_contact_without_account_has_no_statement(self):
        contact = self.env['res.partner'].create({'name': "Nobody"})
        with self.assertRaises(UserError):
            self.report('statement', contact, 'en')
