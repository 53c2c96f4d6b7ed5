"""Documents of a real bill run: lines come from the ledger, in the language of the account."""
from unittest.mock import patch

from odoo.exceptions import UserError
from odoo.tools import mute_logger

from .common import IspCase
from .document_common import pdf_text


class TestDocumentOfRun(IspCase):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.fibre.name = "Fibre 500"
        cls.fibre.with_context(lang='fr_CA').name = "Fibre 500 illimitée"
        cls.tv = cls.make_plan('TV', 24.95, kind='tv')
        cls.tv.name = "Television, basic"
        cls.tv.with_context(lang='fr_FR').name = "Télévision de base"
        cls.ca.isp_french = 'fr_CA'
        cls.account = cls.make_account("Éloïse Tanguay", isp_document_language='fr')
        cls.subscription = cls.make_subscription(
            cls.account, [cls.fibre, {'isp_plan_id': cls.tv.id, 'discount': 10.0}], '2026-10-15')

    def move_of(self, account):
        return self.env['account.move'].search([('isp_account_id', '=', account.id)])

    def test_lines_are_the_charges(self):
        self.bill('2026-10-15')
        move = self.move_of(self.account)
        data = move.isp_document_data
        self.assertEqual(
            [(line['text']['fr'], line['from'], line['to'], line['days'], line['period_days'])
             for line in data['lines']],
            [("Fibre 500 illimitée", '2026-10-15', '2026-10-31', 17, 31),
             ("Télévision de base", '2026-10-15', '2026-10-31', 17, 31)])
        self.assertEqual(sum(float(line['amount']) for line in data['lines']), move.amount_untaxed)
        self.assertEqual(move._isp_render_documents(), {move.id: None})
        text = pdf_text(move.isp_document_id.raw)
        for words in ("Fibre 500 illimitée", "(17 jours sur 31)", "59,95", "rabais de 10 %",
                      "Télévision de base", "TPS 5 %", "TVQ 9,975 %", "Exampleville (Québec)"):
            self.assertIn(words, text)
        self.assertNotIn("GST", text)

    def test_edits_of_plan_and_tax_after_the_run_change_nothing(self):
        self.bill('2026-10-15')
        move = self.move_of(self.account)
        facts = move.isp_document_data
        before = move._isp_make_pdf(facts)
        for lang in ('en_US', 'fr_CA', 'fr_FR'):
            self.fibre.with_context(lang=lang).name = "Renamed"
            self.fibre.product_id.with_context(lang=lang).name = "Renamed"
            self.gst.with_context(lang=lang).name = "Tax 99%"
            self.gst.tax_group_id.with_context(lang=lang).name = "Other tax"
        self.account.with_company(self.ca).write({
            'isp_document_language': 'en', 'lang': 'en_US', 'name': "Other", 'city': "Elsewhere"})
        move.invalidate_recordset()
        self.assertEqual(move.isp_document_data, facts)
        self.assertEqual((move.isp_language, move.isp_language_step), ('fr', 'account'))
        self.assertEqual(move._isp_render_documents(), {move.id: None})
        self.assertEqual(move.isp_document_id.raw, before)

    def test_a_run_renders_and_delivers(self):
        self.account.isp_delivery_channel = 'paper'
        run = self.bill('2026-10-15', deliver=True)
        move = self.move_of(self.account)
        self.assertTrue(move.isp_document_sha256)
        self.assertEqual(move.isp_delivery_state, 'print')
        self.assertEqual(run.bill_ids.delivery_state, 'print')

    def test_a_document_that_failed_is_made_and_sent_when_it_is_asked_for(self):
        """Set aside with its reason; the other goes; one button makes and sends what is left."""
        other = self.make_account("Other", isp_delivery_channel='paper')
        self.make_subscription(other, [self.fibre], '2026-10-15')
        self.account.isp_delivery_channel = 'paper'
        model, bad = type(self.env['account.move']), self.account
        request = model._isp_request

        def failing(move, *words, **more):
            if move.isp_account_id == bad:
                raise ValueError("a page without an end")
            return request(move, *words, **more)

        with patch.object(model, '_isp_request', failing), \
                mute_logger('odoo.addons.isp_billing.models.account_move_render'):
            run = self.bill('2026-10-15', deliver=True)
            while run.state == 'running':
                run._isp_work()
        self.assertEqual((run.state, run.pdf_failed_count, run.rendered_count), ('exception', 1, 1))
        bill = self.env['isp.bill.run.bill'].search(run.action_view_failed_documents()['domain'])
        self.assertEqual((bill.account_id, bill.render_error), (bad, "a page without an end"))
        self.assertEqual(self.move_of(other).isp_delivery_state, 'print')
        self.assertEqual(self.move_of(bad).isp_delivery_state, 'none')
        run.action_make_documents()
        while run.state == 'running':
            run._isp_work()
        self.assertEqual((run.state, run.pdf_failed_count, run.rendered_count), ('done', 0, 2))
        self.assertEqual(self.move_of(bad).isp_delivery_state, 'print')
        with self.assertRaisesRegex(UserError, "No PDF of run"):
            run.action_make_documents()

    def test_the_credit_note_of_a_run_prints_its_mirrored_charges(self):
        self.bill('2026-10-15')
        move = self.move_of(self.account)
        credit = move._reverse_moves([{'invoice_date': '2026-10-20'}])
        credit._post()
        self.assertEqual(credit._isp_render_documents(), {credit.id: None})
        text = pdf_text(credit.isp_document_id.raw)
        self.assertIn("Note de crédit", text)
        self.assertEqual(text.count("Fibre 500 illimitée"), 1)
        self.assertNotIn("\u2212", text)
        self.assertEqual([line['kind'] for line in credit.isp_document_data['lines']],
                         ['internet', 'tv'])

    def test_several_addresses_are_told_apart(self):
        cottage = self.env['res.partner'].create({
            'name': "Chalet", 'parent_id': self.account.id, 'type': 'delivery',
            'street': "8, chemin du Lac", 'city': "Exampleville", 'zip': "H2X 1A1",
            'country_id': self.canada.id, 'state_id': self.quebec.id})
        self.make_subscription(
            self.account, [self.fibre], '2026-10-15', partner_shipping_id=cottage.id)
        self.bill('2026-10-15')
        move = self.move_of(self.account)
        self.assertEqual(
            [line['text']['fr'] for line in move.isp_document_data['lines']],
            ["Fibre 500 illimitée – 12 Example Road", "Télévision de base – 12 Example Road",
             "Fibre 500 illimitée – 8, chemin du Lac"])
