"""Statement of account, reminder and receipt: their texts, in both languages, as Odoo's reports."""
from odoo.exceptions import UserError
from odoo.tests import freeze_time

from .document_common import DocumentCase, pdf_text


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

    def report(self, name, record, language):
        self.partner.isp_document_language = language
        content, kind = self.env['ir.actions.report']._render_qweb_pdf(
            f'isp_billing.action_report_{name}', record.ids)
        self.assertEqual(kind, 'pdf')
        return pdf_text(content)

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

    def test_statement_in_two_languages(self):
        text = self.report('statement', self.partner, 'both')
        self.assertIn("Relevé de compte / Statement of account", " ".join(text.split()))
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

    def test_receipt(self):
        text = self.report('receipt', self.payment, 'en')
        for words in ("Receipt", "Amount received", "$50.00", self.late.name,
                      "September 18, 2026", self.payment.name):
            self.assertIn(words, text)
        text = self.report('receipt', self.payment, 'fr')
        for words in ("Reçu", "Montant reçu", "50,00 $", "18 septembre 2026"):
            self.assertIn(words, text)

    def test_a_contact_without_account_has_no_statement(self):
        contact = self.env['res.partner'].create({'name': "Nobody"})
        with self.assertRaises(UserError):
            self.report('statement', contact, 'en')
