"""Documents of two languages, copies in the other language, and what Odoo does wrong."""
import hashlib

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import TransactionCase, tagged

from odoo.addons.isp_billing.models.isp_document_data import _TextReader

from .document_common import DocumentCase, encoded, make_pdf, page_count, pdf_text


class TestBoth(DocumentCase):

    def both(self, **values):
        self.partner.isp_document_language = 'both'
        return self.make_invoice(**values)

    def test_pairs_of_labels_and_one_set_of_amounts(self):
        move = self.both()
        text = pdf_text(self.rendered(move))
        for words in ("Facture", "Invoice", "FACTURÉ À", "Montant dû", "Amount due",
                      "Fibre 500 illimitée", "TPS 5 %", "GST 5%", "TVQ 9,975 %", "QST 9.975%",
                      "Bordereau de paiement", "Payment slip", "1er octobre 2026",
                      "21 octobre 2026", "114,98 $", "Page 1 / 1"):
            self.assertIn(words, text)
        self.assertNotIn("$114.98", text)
        self.assertNotIn("14.975", text)
        self.assertNotIn("14,975", text)
        self.assertLess(text.index("Facture"), text.index("Invoice"))
        self.assertLess(text.index("Fibre 500 illimitée"), text.rindex("Fibre 500"))
        self.assertEqual(text.count("80512 3456 RT0001"), 1)

    def test_few_lines_stay_on_one_page(self):
        for lines, pages in ((3, 1), (60, 5)):
            with self.subTest(lines=lines):
                content = self.rendered(self.both(lines=lines))
                self.assertLessEqual(page_count(content), pages)
                self.assertEqual(pdf_text(content).count("Fibre 500 illimitée"), lines)

    def test_the_email_has_both_languages_french_first(self):
        move = self.both()
        move._isp_deliver_documents()
        mail = self.env['mail.mail'].sudo().search([('isp_move_id', '=', move.id)])
        self.assertIn("Facture / Invoice", mail.subject)
        body = str(mail.body_html)
        self.assertLess(body.index("Bonjour"), body.index("Hello"))
        for words in ("Voici votre facture", "Here is your invoice", "/isp/language/",
                      "114,98", "$114.98"):
            self.assertIn(words, body)

    def test_each_email_has_the_link_to_the_choice(self):
        for language in ('en', 'fr'):
            self.partner.isp_document_language = language
            move = self.make_invoice()
            move._isp_deliver_documents()
            mail = self.env['mail.mail'].sudo().search([('isp_move_id', '=', move.id)])
            self.assertIn('/isp/language/', str(mail.body_html))


class TestTranslationCopy(DocumentCase):

    def test_the_original_is_byte_identical_for_ever(self):
        self.partner.isp_document_language = 'fr'
        move = self.make_invoice()
        original = self.rendered(move)
        digest, sealed = move.isp_document_sha256, move.isp_document_id
        content, name = move._isp_translation_pdf()
        text = pdf_text(content)
        self.assertIn("Translation of the original in French", text)
        for words in (move.name, "$114.98", "October 1, 2026", "Fibre 500", "QST 9.975%"):
            self.assertIn(words, text)
        self.assertNotIn("illimitée", text)
        self.assertTrue(name.startswith("Translation-Invoice-"))
        self.partner.isp_document_language = 'en'
        self.product.with_context(lang='fr_CA').name = "Autre nom"
        move.invalidate_recordset()
        self.assertEqual((move.isp_document_id, move.isp_document_sha256), (sealed, digest))
        self.assertEqual(move.isp_document_id.raw, original)
        self.assertEqual(hashlib.sha256(original).hexdigest(), digest)
        self.assertEqual(move._isp_legal_pdf(), original)
        self.assertNotEqual(move.isp_translation_id, sealed)

    def test_the_copy_is_made_once_from_the_frozen_texts_and_logged(self):
        move = self.make_invoice()
        self.product.with_context(lang='fr_CA').name = "Renommée depuis"
        self.partner.name = "Nom changé"
        first, _name = move._isp_translation_pdf()
        text = pdf_text(first)
        self.assertIn("Traduction de l’original en anglais", text)
        self.assertIn("Fibre 500 illimitée", text)
        self.assertNotIn("Renommée", text)
        self.assertNotIn("Nom changé", text)
        copy = move.isp_translation_id
        self.assertEqual(move._isp_translation_pdf()[0], first)
        self.assertEqual(move.isp_translation_id, copy)
        notes = move.message_ids.filtered(lambda note: "other language" in str(note.body))
        self.assertEqual(len(notes), 1)

    def test_later_edits_change_neither_document_nor_copy_nor_email(self):
        self.env['ir.config_parameter'].sudo().set_param('account.use_invoice_terms', 'True')
        self.company.write({'terms_type': 'plain', 'invoice_terms': "<p>Pay in time</p>",
                            'isp_payment_instructions': "At the counter"})
        self.company.update_field_translations(
            'invoice_terms', {'fr_CA': {"Pay in time": "Payez à temps"}})
        self.company.with_context(lang='fr_CA').isp_payment_instructions = "Au comptoir"
        self.partner.isp_document_language = 'fr'
        move = self.make_invoice()
        before = move._isp_make_pdf(move.isp_document_data)
        self.company.invoice_terms = "<p>New terms</p>"
        for lang in ('en_US', 'fr_CA'):
            company = self.company.with_context(lang=lang)
            company.isp_payment_instructions = "Elsewhere"
            self.tax.children_tax_ids[:1].with_context(lang=lang).name = "Other 1%"
            self.registrations.with_context(lang=lang).label = "OTHER"
        self.partner.write({'name': "Other", 'lang': 'en_US', 'isp_document_language': 'both'})
        self.company.write({'isp_french': 'fr_FR', 'isp_document_language': 'en'})
        move.invalidate_recordset()
        self.assertEqual(self.rendered(move), before)
        copy = pdf_text(move._isp_translation_pdf()[0])
        for words in ("Pay in time", "At the counter", "GST 5%", "QST 9.975%"):
            self.assertIn(words, copy)
        self.assertNotRegex(copy, "Elsewhere|OTHER|New terms")
        move._isp_deliver_documents()
        mail = self.env['mail.mail'].sudo().search([('isp_move_id', '=', move.id)])
        self.assertIn("Bonjour Anouk Vaillancourt-Lê", str(mail.body_html))
        self.assertIn("Montant dû", str(mail.body_html))
        self.assertNotIn("Hello", str(mail.body_html))
        self.assertTrue(mail.subject.startswith("Facture "))

    def test_a_copy_needs_a_document_of_one_language(self):
        draft = self.make_invoice(post=False)
        self.partner.isp_document_language = 'both'
        both = self.make_invoice()
        for move in (draft, both):
            self.assertFalse(move.isp_has_translation)
            with self.assertRaises(UserError):
                move._isp_translation_pdf()

    def test_the_button_leads_to_the_copy(self):
        move = self.make_invoice()
        action = move.action_isp_translation()
        self.assertEqual(action['url'], f'/isp/invoice/{move.id}/translation')
        self.assertTrue(move.isp_translation_id)


class TestOdooDefects(DocumentCase):
    """One test for each thing that Odoo's own invoice does wrong (design, section 8)."""

    def test_terms_of_posted_invoices_are_not_rewritten(self):
        self.env['ir.config_parameter'].sudo().set_param('account.use_invoice_terms', 'True')
        self.company.terms_type = 'plain'
        self.company.invoice_terms = "<p>Pay in time</p>"
        self.company.update_field_translations(
            'invoice_terms', {'fr_CA': {"Pay in time": "Payez à temps"}})
        self.partner.lang = 'en_US'
        move = self.make_invoice()
        draft = self.make_invoice(post=False)
        self.partner.lang = 'fr_CA'
        (move | draft)._compute_narration()
        self.assertIn("Pay in time", str(move.narration))
        self.assertIn("Payez à temps", str(draft.narration))
        self.assertIn("Pay in time", pdf_text(self.rendered(move)))

    def test_a_french_contact_of_an_english_company_gets_french_lines(self):
        contact = self.env['res.partner'].create({
            'name': "Comptabilité", 'parent_id': self.partner.id, 'type': 'invoice',
            'lang': 'fr_CA'})
        self.partner.lang = 'en_US'
        self.partner.isp_document_language = 'fr'
        move = self.make_invoice(partner_id=contact.id, isp_account_id=self.partner.id)
        text = pdf_text(self.rendered(move))
        self.assertIn("Fibre 500 illimitée", text)
        self.assertIn("Montant dû", text)
        self.partner.isp_document_language = 'en'
        text = pdf_text(self.rendered(self.make_invoice(
            partner_id=contact.id, isp_account_id=self.partner.id)))
        self.assertIn("Amount due", text)
        self.assertNotIn("illimitée", text)

    def test_french_of_canada_falls_back_to_french_of_france(self):
        self.env['res.lang']._activate_lang('fr_FR')
        product = self.product.create({
            'name': "Static IP", 'type': 'service', 'taxes_id': [Command.set(self.tax.ids)]})
        product.with_context(lang='fr_FR').name = "Adresse IP fixe"
        self.assertEqual(product.with_context(lang='fr_CA').name, "Static IP")
        self.partner.isp_document_language = 'fr'
        move = self.make_invoice(invoice_line_ids=[Command.create({
            'product_id': product.id, 'price_unit': 5, 'name': "Static IP",
            'tax_ids': [Command.set(self.tax.ids)]})])
        text = pdf_text(self.rendered(move))
        self.assertIn("Adresse IP fixe", text)
        self.assertNotIn("Static IP", text)

    def test_the_combined_rate_is_never_printed(self):
        for language in ('en', 'fr', 'both'):
            self.partner.isp_document_language = language
            text = pdf_text(self.rendered(self.make_invoice()))
            for rate in ("14.975", "14,975", "14.97", "14,97", "9.97%", "9,97 %"):
                self.assertNotIn(rate, text)

    def test_the_sign_of_the_currency_stands_where_the_language_has_it(self):
        self.assertEqual(self.company.currency_id.position, 'after')
        text = pdf_text(self.rendered(self.make_invoice()))
        self.assertIn("$114.98", text)
        self.assertNotIn("114.98 $", text)

    def test_the_first_of_the_month_is_1er(self):
        self.partner.isp_document_language = 'fr'
        text = pdf_text(self.rendered(self.make_invoice(invoice_date='2026-01-01')))
        self.assertIn("1er janvier 2026", text)
        self.assertNotIn(" 1 janvier", text)


    def test_a_reprint_after_a_switch_mixes_nothing(self):
        """Odoo reads the present language of the contact: labels change, lines stay."""
        move = self.make_invoice()
        self.partner.write({'lang': 'fr_CA', 'isp_document_language': 'fr'})
        content, _kind = self.env['ir.actions.report']._render_qweb_pdf(
            'isp_billing.action_report_invoice', move.ids)
        text = pdf_text(content)
        for words in ("Invoice", "Amount due", "Fibre 500", "GST 5%", "October 1, 2026"):
            self.assertIn(words, text)
        for words in ("Facture", "illimitée", "TPS", "octobre"):
            self.assertNotIn(words, text)
        self.assertTrue(move._isp_document_filename().startswith("Invoice-"))

    def test_a_reversed_switch_mixes_nothing_either(self):
        self.partner.write({'lang': 'fr_CA', 'isp_document_language': 'fr'})
        move = self.make_invoice()
        self.partner.write({'lang': 'en_US', 'isp_document_language': 'en'})
        text = pdf_text(self.rendered(move))
        self.assertIn("Montant dû", text)
        self.assertNotIn("Amount due", text)
        self.assertEqual(move._isp_mail_template(),
                         self.env.ref('isp_billing.mail_template_invoice_fr'))
        self.assertTrue(move._isp_document_filename().startswith("Facture-"))


class TestFallback(DocumentCase):
    """French of Canada, then French of France, then the default: plans, messages, attachments."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env['res.lang']._activate_lang('fr_FR')
        cls.partner.isp_document_language = 'fr'

    def texts(self, record, field):
        return _TextReader(self.company).texts(record, field)

    def test_plan_names(self):
        plan = self.env['isp.service.plan'].create({
            'name': "Fibre", 'code': 'LANGFIBRE', 'product_id': self.product.id,
            'company_id': self.company.id})
        self.assertEqual(self.texts(plan, 'name')['fr'], "Fibre")
        plan.with_context(lang='fr_FR').name = "Offre fibre"
        self.assertEqual(self.texts(plan, 'name')['fr'], "Offre fibre")
        plan.with_context(lang='fr_CA').name = "Forfait fibre"
        self.assertEqual(self.texts(plan, 'name'), {'en': "Fibre", 'fr': "Forfait fibre"})

    def test_a_name_that_is_the_same_word_holds(self):
        """Written in French of Canada as it is in English, it is no missing translation."""
        plan = self.env['isp.service.plan'].create({
            'name': "Fibre 500", 'code': 'LANGSAME', 'product_id': self.product.id,
            'company_id': self.company.id})
        plan.with_context(lang='fr_FR').name = "Offre fibre 500"
        self.assertEqual(self.texts(plan, 'name')['fr'], "Offre fibre 500")
        plan.with_context(lang='fr_CA').name = "Fibre 500"
        self.assertEqual(self.texts(plan, 'name')['fr'], "Fibre 500")
        self.company.isp_french = 'fr_FR'
        self.assertEqual(self.texts(plan, 'name')['fr'], "Offre fibre 500")

    def test_another_french_is_better_than_english(self):
        self.env['res.lang']._activate_lang('fr_BE')
        plan = self.env['isp.service.plan'].create({
            'name': "Fibre", 'code': 'LANGBE', 'product_id': self.product.id,
            'company_id': self.company.id})
        plan.with_context(lang='fr_BE').name = "Abonnement fibre"
        self.assertEqual(self.texts(plan, 'name')['fr'], "Abonnement fibre")
        self.assertEqual(self.company._isp_text_languages()['fr'],
                         ['fr_CA', 'fr_FR', 'fr_BE', 'en_US'])

    def test_messages(self):
        message = self.env['isp.invoice.message'].create({
            'name': "News", 'body': "Faster soon", 'company_id': self.company.id})
        self.assertIn("Faster soon", pdf_text(self.rendered(self.make_invoice())))
        message.with_context(lang='fr_FR').body = "Plus vite en France"
        self.assertIn("Plus vite en France", pdf_text(self.rendered(self.make_invoice())))
        message.with_context(lang='fr_CA').body = "Plus vite au Canada"
        self.assertIn("Plus vite au Canada", pdf_text(self.rendered(self.make_invoice())))

    def test_attachments(self):
        flyer = self.env['isp.invoice.attachment'].create({
            'name': "Flyer", 'company_id': self.company.id,
            'pdf_en': encoded(make_pdf(text='en')), 'pdf_en_name': 'flyer.pdf'})
        self.assertEqual(self.make_invoice().isp_insert_ids.language, 'en')
        flyer.write({'pdf_fr': encoded(make_pdf(text='fr')), 'pdf_fr_name': 'depliant.pdf'})
        self.assertEqual(self.make_invoice().isp_insert_ids.language, 'fr')


@tagged('standard', 'post_install', '-at_install')
class TestCorrectedTerms(TransactionCase):
    """The French module corrects words of account and portal that customers see."""

    def label(self, model, field, lang):
        return self.env[model].with_context(lang=lang).fields_get([field])[field]['string']

    def test_words_of_account_in_french_of_canada(self):
        self.assertEqual(self.label('account.move', 'amount_untaxed', 'fr_CA'),
                         "Montant avant taxes")
        page = self.env.ref('account.portal_my_invoices').with_context(lang='fr_CA').arch_db
        self.assertIn("Date de facturation", page)

    def test_words_of_portal_in_french_of_canada(self):
        form = self.env.ref('portal.address_form_fields').with_context(lang='fr_CA').arch_db
        self.assertIn("Courriel", form)
        self.assertNotIn(">E-mail<", form)
