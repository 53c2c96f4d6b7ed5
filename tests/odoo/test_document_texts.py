"""Texts of lines and terms: in the language of the document, whatever Odoo wrote them in."""
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
        self.assertEqual(move.isp_document_data['lines'][0]['text'],
                         {'en': "On-site visit\nBillet 5543", 'fr': "Visite sur place\nBillet 5543"})
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
