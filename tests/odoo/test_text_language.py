"""Free texts in the wrong language: told to the person who types them, and to the bill run."""
from odoo import Command
from odoo.tests import Form

from .common import IspCase
from .document_common import DocumentCase


class TestMessageLanguage(IspCase):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for code in ('fr_FR', 'fr_CA'):
            cls.env['res.lang']._activate_lang(code)
        cls.env['isp.language.rule'].search([]).active = False
        cls.env = cls.env(context=dict(
            cls.env.context, lang='en_US', allowed_company_ids=cls.ca.ids))
        cls.ca = cls.ca.with_env(cls.env)
        cls.ca.write({'isp_french': 'fr_CA', 'isp_document_language': 'en'})
        cls.french = cls.make_account("Ada Tester", isp_document_language='fr')
        cls.english = cls.make_account("Bob Tester", isp_document_language='en')
        for account in (cls.french, cls.english):
            cls.make_subscription(account, [cls.fibre], '2026-11-01')

    def note(self, account, body, lang='en_US'):
        return self.env['isp.invoice.message'].with_context(lang=lang).create({
            'name': "Note", 'body': body, 'account_id': account.id, 'company_id': self.ca.id,
            'once': True})

    def test_the_form_warns_while_the_note_is_typed(self):
        form = Form(self.env['isp.invoice.message'].with_context(
            default_account_id=self.french.id, default_company_id=self.ca.id))
        form.name = "Note"
        form.body = "Thank you for your call to our service."
        self.assertIn("no text in French", form.language_warning)
        form.body = "Merci de votre appel à notre service."
        self.assertFalse(form.language_warning)

    def test_a_note_in_the_language_of_its_account(self):
        self.assertFalse(self.note(self.english, "Thank you for your call.").language_warning)
        self.assertIn("seems to be in French", self.note(
            self.english, "Merci de votre appel à notre service.").language_warning)
        self.french.with_company(self.ca).isp_document_language = 'both'
        both = self.note(self.french, "Thank you for your call.")
        self.assertIn("no text in French", both.language_warning)
        both.with_context(lang='fr_CA').body = "Merci de votre appel."
        both.invalidate_recordset()
        self.assertFalse(both.language_warning)

    def test_typed_on_a_french_screen_it_is_stored_as_english_too(self):
        note = self.note(self.english, "Merci de votre appel à notre service.", lang='fr_CA')
        self.assertIn("seems to be in French",
                      note.with_context(lang='en_US').language_warning)

    def test_a_message_to_all_needs_the_languages_of_all(self):
        message = self.env['isp.invoice.message'].create({
            'name': "News", 'body': "The speed of your plan doubles.", 'company_id': self.ca.id})
        self.assertIn("no text in French", message.language_warning)
        message.document_language = 'en'
        self.assertFalse(message.language_warning)

    def test_the_run_names_notes_of_its_accounts_only(self):
        stranger = self.make_account("Cal Tester", isp_document_language='fr')
        self.fibre.with_context(lang='fr_CA').write({'name': "Fibre"})
        note = self.note(self.french, "Thank you for your call to our service.")
        other = self.note(stranger, "Thank you for your visit to our service.")
        run = self.make_run('2026-11-01')
        records = {(gap['res_model'], gap['res_id']) for gap in run._isp_translation_gaps()}
        self.assertIn((note._name, note.id), records)
        self.assertNotIn((other._name, other.id), records)

    def test_a_guess_warns_and_never_refuses(self):
        self.english.with_company(self.ca).isp_document_language = 'en'
        self.note(self.english, "Merci de votre appel à notre service.")
        self.ca.isp_translation_gate = 'refuse'
        run = self.make_run('2026-11-01', account_ids=[Command.set(self.english.ids)])
        problems = [gap['problem'] for gap in run._isp_translation_gaps()]
        self.assertIn('other', problems)
        self.assertNotIn('missing', problems)
        run.action_approve()
        self.assertEqual(run.state, 'approved')


class TestInvoiceText(DocumentCase):

    def warning(self, name, language, **values):
        self.partner.isp_document_language = language
        move = self.make_invoice(post=False, **values)
        move.invoice_line_ids.name = name
        return move.isp_text_warning

    def test_lines_in_the_other_language(self):
        self.assertIn("seems to be in English", self.warning("Site visit fee", 'fr'))
        self.assertIn("seems to be in French", self.warning("Frais d’installation", 'en'))
        self.assertIn("printed so in both", self.warning("Site visit fee", 'both'))

    def test_lines_that_can_be_read(self):
        self.assertFalse(self.warning("Site visit fee", 'en'))
        self.assertFalse(self.warning("Frais d’installation", 'fr'))
        self.assertFalse(self.warning("SO-4411 / HDMI", 'both'))
        self.assertFalse(self.warning(self.product.name, 'both'))

    def test_terms_of_one_invoice(self):
        warning = self.warning(
            "HDMI", 'fr', narration="<p>Please pay by the end of the month.</p>")
        self.assertIn("Please pay", warning)

    def test_posted_invoices_say_nothing(self):
        self.partner.isp_document_language = 'fr'
        move = self.make_invoice(post=False)
        move.invoice_line_ids.name = "Site visit fee"
        self.assertTrue(move.isp_text_warning)
        move._post()
        self.assertFalse(move.isp_text_warning)
