"""Texts of lines and terms: in the language of the document, whatever Odoo wrote them in."""
import re

from markupsafe import Markup

from odoo import Command

from .document_common import DocumentCase, pdf_text


class TestLineTexts(DocumentCase):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.visit = cls.make_product("On-site visit", "Visite sur place", default_code='VISIT')
        cls.address = cls.make_product(
            "Static address", "Adresse fixe", default_code='IP',
            description_sale="One IPv4 address\nRenewed monthly")
        cls.address.with_context(lang='fr_CA').description_sale = (
            "Une adresse IPv4\nRenouvelée chaque mois")

    @classmethod
    def make_product(cls, english, french, **values):
        product = cls.env['product.product'].create({
            'name': english, 'type': 'service', 'taxes_id': [Command.set(cls.tax.ids)], **values})
        product.with_context(lang='fr_CA').name = french
        return product

    def by_hand(self, product, post=True, more='', **values):
        """An invoice whose line Odoo writes by itself."""
        move = self.env['account.move'].create({
            'move_type': 'out_invoice', 'partner_id': self.partner.id,
            'journal_id': self.journal.id, 'invoice_date': '2026-10-01',
            'invoice_line_ids': [Command.create({'product_id': product.id, 'price_unit': 50})],
            **values})
        move.invoice_line_ids.name += more
        if post:
            move.action_post()
        return move

    def test_name_with_its_reference(self):
        for code, written in (('en_US', "[VISIT] On-site visit"),
                              ('fr_CA', "[VISIT] Visite sur place")):
            self.partner.lang = code
            move = self.by_hand(self.visit)
            self.assertEqual(move.invoice_line_ids.name, written)
            self.assertEqual(move.isp_document_data['lines'][0]['text'],
                             {'en': "On-site visit", 'fr': "Visite sur place"})

    def test_sales_description_keeps_its_lines(self):
        self.partner.write({'lang': 'fr_CA', 'isp_document_language': 'en'})
        move = self.by_hand(self.address)
        self.assertIn("Renouvelée", move.invoice_line_ids.name)
        self.assertEqual(move.isp_document_data['lines'][0]['text'], {
            'en': "Static address\nOne IPv4 address\nRenewed monthly",
            'fr': "Adresse fixe\nUne adresse IPv4\nRenouvelée chaque mois"})
        text = pdf_text(self.rendered(move))
        self.assertIn("One IPv4 address\nRenewed monthly", text)
        self.assertNotIn("Adresse", text)

    def test_both_languages(self):
        self.partner.write({'lang': 'en_US', 'isp_document_language': 'both'})
        text = pdf_text(self.rendered(self.by_hand(self.address)))
        self.assertLess(text.index("Renouvelée chaque mois"), text.index("Renewed monthly"))
        self.assertNotIn("[IP]", text)

    def test_what_somebody_typed_below_stays(self):
        self.partner.lang = 'fr_CA'
        move = self.by_hand(self.visit, more="\nBillet 5543")
        self.assertEqual(move.isp_document_data['lines'][0]['text'], {
            'en': "On-site visit\nBillet 5543", 'fr': "Visite sur place\nBillet 5543"})
        move = self.by_hand(self.visit, more=" du soir")
        self.assertEqual(set(move.isp_document_data['lines'][0]['text'].values()),
                         {"[VISIT] Visite sur place du soir"})

    def test_variants_keep_what_distinguishes_them(self):
        colour = self.env['product.attribute'].create({'name': "Colour", 'value_ids': [
            Command.create({'name': "Red"}), Command.create({'name': "Blue"})]})
        colour.value_ids[0].with_context(lang='fr_CA').name = "Rouge"
        template = self.env['product.template'].create({
            'name': "Router", 'type': 'consu', 'taxes_id': [Command.set(self.tax.ids)],
            'attribute_line_ids': [Command.create({
                'attribute_id': colour.id, 'value_ids': [Command.set(colour.value_ids.ids)]})]})
        template.with_context(lang='fr_CA').name = "Routeur"
        self.partner.lang = 'fr_CA'
        move = self.by_hand(template.product_variant_ids[0])
        self.assertEqual(move.isp_document_data['lines'][0]['text'],
                         {'en': "Router (Red)", 'fr': "Routeur (Rouge)"})

    def test_a_draft_warns_of_typed_texts_only(self):
        self.partner.write({'lang': 'fr_CA', 'isp_document_language': 'en'})
        self.assertFalse(self.by_hand(self.address, post=False).isp_text_warning)
        warning = self.by_hand(
            self.address, post=False, more="\nFrais d’installation").isp_text_warning
        self.assertIn("Frais d’installation", warning)
        self.assertNotIn("Adresse", warning)

    def test_many_lines_need_few_queries(self):
        products = [self.make_product(f"Visit {place}", f"Visite {place}", default_code=f'V{place}')
                    for place in range(20)]
        counts = []
        for chosen in (products[:2], products):
            move = self.make_invoice(post=False, invoice_line_ids=[Command.create({
                'product_id': product.id, 'price_unit': 5}) for product in chosen])
            self.env.flush_all()
            self.env.invalidate_all()
            start = self.env.cr.sql_log_count
            self.env['isp.document.data']._build(move)
            counts.append(self.env.cr.sql_log_count - start)
        self.assertLessEqual(counts[1], counts[0])


class TestTerms(DocumentCase):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env['ir.config_parameter'].sudo().set_param('account.use_invoice_terms', 'True')
        cls.company.terms_type = 'plain'
        cls.company.invoice_terms = (
            '<h2>Article 1</h2><p><b>Late</b> payment: see <a href="https://nordet.example/t">our '
            'terms</a>.</p><ul><li>First</li><li>Second</li></ul>')
        french = {"Late": "Retard", " payment: see": " : voir", "our terms": "nos modalités",
                  "First": "Un", "Second": "Deux"}
        terms = cls.company._fields['invoice_terms'].get_trans_terms(cls.company.invoice_terms)
        cls.company.update_field_translations('invoice_terms', {'fr_CA': {
            term: re.sub('|'.join(french), lambda found: french[found[0]], term)
            for term in terms}})

    def test_terms_have_no_marks(self):
        self.assertEqual(self.make_invoice().isp_document_data['terms'], {
            'en': "Article 1\nLate payment: see our terms (https://nordet.example/t).\n"
                  "• First\n• Second",
            'fr': "Article 1\nRetard : voir nos modalités (https://nordet.example/t).\n"
                  "• Un\n• Deux"})

    def test_what_somebody_wrote_stands_beside_the_terms(self):
        agreement = "<p>Special agreement<br>of September 3</p>"
        for layout in (False, True):
            if layout:
                self.env['isp.document.layout'].create({
                    'name': "L", 'company_id': self.company.id, 'terms': "Terms of the layout"})
            move = self.make_invoice(post=False, narration=agreement)
            move._post()
            self.assertEqual(move.isp_document_data['note'], "Special agreement\nof September 3")
            text = pdf_text(self.rendered(move))
            self.assertLess(text.index("Special agreement"), text.index(
                "Terms of the layout" if layout else "Late payment"))
        self.partner.isp_document_language = 'both'
        text = pdf_text(self.rendered(self.make_invoice(narration=agreement)))
        self.assertEqual(text.count("Special agreement"), 1)

    def test_standard_terms_are_no_note_in_any_language(self):
        for code in ('en_US', 'fr_CA'):
            self.partner.lang = code
            move = self.make_invoice(post=False)
            self.assertTrue(move.narration)
            self.assertEqual(self.env['isp.document.data']._build(move)[move.id]['note'], '')
            move.narration += Markup("<p>And a word more</p>")
            move._post()
            self.assertEqual(move.isp_document_data['note'], "And a word more")

    def test_facts_that_were_frozen_before_still_print(self):
        move = self.make_invoice()
        facts = {**move.isp_document_data, 'terms': {'en': "Agreed", 'fr': "Agreed"}}
        del facts['note']
        self.assertIn("Agreed", pdf_text(move._isp_make_pdf(facts)))

    def test_the_page_of_terms_in_the_language_of_the_document(self):
        self.env['res.lang']._activate_lang('fr_FR')
        self.company.terms_type = 'html'
        page = f'{self.company.get_base_url()}/terms'
        for code in ('en_US', 'fr_FR', 'fr_CA'):
            self.partner.lang = code
            move = self.make_invoice()
            self.assertIn('/terms', str(move.narration))
            self.assertEqual(move.isp_document_data['terms'], {
                'en': f"Terms & Conditions: {page}", 'fr': f"Modalités\u00a0: {page}"})
            self.assertEqual(move.isp_document_data['note'], '')
        self.partner.write({'lang': 'en_US', 'isp_document_language': 'fr'})
        text = pdf_text(self.rendered(self.make_invoice()))
        self.assertIn("Modalités : http", text)
        self.assertNotIn("Terms", text)
