"""The document of an invoice: language, frozen facts, page, seal, Odoo's ways to it."""
import hashlib
from unittest.mock import patch

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import HttpCase, tagged

from odoo.addons.isp_billing.engine import pdf_pool

from .document_common import DocumentCase, encoded, make_pdf, page_count, pdf_text
from .mail_common import RealMail


class TestLanguage(DocumentCase):

    def test_order_of_languages(self):
        move = self.make_invoice(post=False)
        self.company.isp_document_language = 'en'
        self.assertEqual(move._isp_resolve_language(), ('en', 'company'))
        with patch.object(
            type(self.partner), '_isp_country_language_rule', lambda *args: 'both',
        ):
            self.assertEqual(move._isp_resolve_language(), ('both', 'country'))
            self.partner.with_company(self.company).isp_document_language = 'fr'
            self.assertEqual(move._isp_resolve_language(), ('fr', 'account'))

    def test_language_is_frozen_at_posting(self):
        self.partner.isp_document_language = 'fr'
        move = self.make_invoice()
        self.partner.isp_document_language = 'en'
        self.assertEqual((move.isp_language, move.isp_language_step), ('fr', 'account'))
        self.assertIn("Facture", pdf_text(self.rendered(move)))

    def test_a_contact_language_is_no_choice(self):
        self.partner.lang = 'fr_CA'
        self.assertEqual(self.make_invoice().isp_language_step, 'company')

    def test_a_credit_note_follows_its_invoice(self):
        self.partner.isp_document_language = 'fr'
        move = self.make_invoice()
        self.partner.isp_document_language = 'en'
        credit = move._reverse_moves([{'invoice_date': '2026-10-02'}])
        credit._post()
        self.assertEqual((credit.isp_language, credit.isp_language_step), ('fr', 'origin'))
        text = pdf_text(self.rendered(credit))
        self.assertIn("Note de crédit", text)
        self.company.isp_french = 'fr_FR'
        self.assertTrue(credit._isp_document_filename().startswith("Note-de-crédit-"))
        self.assertIn(f"Corrige la facture {move.name}", text)
        self.assertNotIn("Bordereau", text)

    def test_both_prints_french(self):
        self.company.isp_document_language = 'both'
        self.assertIn("Facture", pdf_text(self.rendered(self.make_invoice())))

    def test_posted_terms_do_not_follow_the_partner(self):
        self.env['ir.config_parameter'].sudo().set_param('account.use_invoice_terms', 'True')
        self.company.terms_type = 'plain'
        self.company.invoice_terms = "<p>Late fee 1.5% per month</p>"
        self.company.update_field_translations(
            'invoice_terms', {'fr_CA': {"Late fee 1.5% per month": "Frais de retard"}})
        self.partner.lang = 'en_US'
        move = self.make_invoice()
        self.partner.lang = 'fr_CA'
        move._compute_narration()
        self.assertIn("Late fee", str(move.narration))
        self.assertEqual(move.isp_document_data['terms'],
                         {'en': "Late fee 1.5% per month", 'fr': "Frais de retard"})


class TestPage(DocumentCase):

    def test_english_page(self):
        move = self.make_invoice()
        text = pdf_text(self.rendered(move))
        for words in ("Invoice", move.name, "Amount due", "$114.98", "October 21, 2026",
                      "GST 5%", "80512 3456 RT0001", "$5.00", "QST 9.975%",
                      "1234567890 TQ0001", "$9.98", "Fibre 500", "Page 1 of 1",
                      "Anouk Vaillancourt-Lê", "Rimouski QC G5L 2B2", "Payment slip",
                      "2026-10-01 – 2026-10-31", "Nordet Fibre inc."):
            self.assertIn(words, text)
        self.assertNotIn("14.975", text)
        self.assertIn(self.partner.isp_account_number, text.replace(' ', ''))

    def test_french_page(self):
        self.partner.isp_document_language = 'fr'
        move = self.make_invoice()
        text = pdf_text(self.rendered(move))
        for words in ("Facture", move.name, "Montant dû", "114,98 $", "21 octobre 2026",
                      "TPS 5 %", "Nº 80512 3456 RT0001", "5,00 $", "TVQ 9,975 %",
                      "Nº 1234567890 TQ0001", "9,98 $", "Fibre 500 illimitée", "Page 1 sur 1",
                      "Rimouski (Québec) G5L 2B2", "Bordereau de paiement", "1er octobre 2026"):
            self.assertIn(words, text)
        for words in ("14,975", "14.975", "Invoice", "Amount"):
            self.assertNotIn(words, text)

    def test_taxes_without_a_registration_have_their_names_in_both_languages(self):
        self.registrations.unlink()
        data = self.make_invoice().isp_document_data
        self.assertEqual([tax['label'] for tax in data['taxes']],
                         [{'en': "GST", 'fr': "TPS"}, {'en': "QST", 'fr': "TVQ"}])
        self.assertEqual([tax['rate'] for tax in data['taxes']], ['5.0', '9.975'])

    def test_sixty_lines_flow_over_pages(self):
        text = pdf_text(content := self.rendered(self.make_invoice(lines=60)))
        self.assertGreaterEqual(page_count(content), 2)
        self.assertEqual(text.count("Fibre 500"), 60)
        self.assertIn(f"Page {page_count(content)} of {page_count(content)}", text)
        self.assertEqual(text.count("Payment slip"), 1)

    def test_previous_balance_and_payments(self):
        first = self.make_invoice(invoice_date='2026-09-01')
        payment = self.env['account.payment.register'].with_context(
            active_model='account.move', active_ids=first.ids,
        ).create({'payment_date': '2026-09-18', 'amount': 100.0})
        payment.action_create_payments()
        second = self.make_invoice(invoice_date='2026-10-01')
        self.assertEqual(second.isp_document_data['summary'], {
            'previous': '114.98', 'forward': '14.98', 'due': '129.96',
            'movements': [{'type': 'payment', 'date': '2026-09-18', 'amount': '-100.00'}],
        })
        text = pdf_text(self.rendered(second))
        self.assertIn("Payment received on 2026-09-18, thank you", text)
        self.assertIn("$129.96", text)
        self.assertEqual(first.isp_document_data['summary']['previous'], '0.00')

    def test_nothing_to_pay_has_no_slip(self):
        first = self.make_invoice(invoice_date='2026-09-01')
        first._reverse_moves([{'invoice_date': '2026-09-02'}])._post()
        self.make_invoice(invoice_date='2026-09-03', price=500.0, post=False)
        self.make_invoice(invoice_date='2026-09-03', move_type='out_refund')
        move = self.make_invoice()
        text = pdf_text(self.rendered(move))
        self.assertIn("No payment is required.", text)
        self.assertNotIn("Payment slip", text)

    def test_message_of_the_first_priority_that_fits(self):
        self.company.isp_message_count = 1
        messages = self.env['isp.invoice.message'].create([
            {'name': "old", 'body': "Old news", 'date_end': '2026-09-30', 'sequence': 1},
            {'name': "now", 'body': "Faster soon", 'date_start': '2026-10-01', 'sequence': 2},
            {'name': "later", 'body': "Not this", 'sequence': 3},
        ])
        messages[1].with_context(lang='fr_CA').body = "Plus vite bientôt"
        self.partner.isp_document_language = 'fr'
        text = pdf_text(self.rendered(self.make_invoice()))
        self.assertIn("Plus vite bientôt", text)
        self.assertNotIn("Not this", text)

    def test_european_company(self):
        france = self.env.ref('base.fr')
        self.company.write({
            'country_id': france.id, 'state_id': False, 'isp_french': 'fr_FR',
            'isp_document_language': 'fr'})
        self.company.partner_id.bank_ids = [Command.create(
            {'acc_number': "FR14 2004 1010 0505 0001 3M02 606"})]
        euro = self.env.ref('base.EUR')
        euro.active = True
        move = self.make_invoice(currency_id=euro.id, price=1000.0)
        payment = move.isp_document_data['payment']
        self.assertEqual(payment['qr']['type'], 'epc')
        self.assertIn("EUR1149.75", payment['qr']['content'])
        self.assertEqual(move.isp_document_data['paper'], 'A4')
        text = pdf_text(self.rendered(move))
        self.assertIn("1 149,75 €", text)
        self.assertIn("FR14 2004 1010 0505 0001 3M02 606", text)
        self.assertIn("Talon de paiement", text)

    def test_draft_preview_is_marked_and_not_sealed(self):
        move = self.make_invoice(post=False)
        content, name = move._isp_assembled_pdf()
        self.assertIn("Draft", pdf_text(content))
        self.assertFalse(move.isp_document_id)
        self.assertEqual(name, "Invoice-Draft.pdf")


class TestSeal(DocumentCase):

    def test_edits_after_posting_change_nothing(self):
        move = self.make_invoice()
        before = move._isp_make_pdf(move.isp_document_data)
        self.product.name = "Renamed"
        self.partner.write({'name': "Somebody else", 'street': "Elsewhere"})
        self.company.write({'name': "Other company", 'phone': "0", 'isp_support_phone': "9"})
        self.registrations.write({'number': "changed", 'label': "changed"})
        self.env['isp.invoice.message'].create({'name': "late", 'body': "Too late"})
        move._isp_freeze_documents()
        self.assertEqual(self.rendered(move), before)

    def test_sealed_once_with_its_fingerprint(self):
        move = self.make_invoice()
        content = self.rendered(move)
        attachment = move.isp_document_id
        self.assertEqual(move.isp_document_sha256, hashlib.sha256(content).hexdigest())
        self.assertEqual(move.invoice_pdf_report_id, attachment)
        self.assertEqual(attachment.name, f"Invoice-{move.name.replace('/', '-')}.pdf")
        move._isp_render_documents()
        self.assertEqual(move.isp_document_id, attachment)

    def test_a_sealed_document_is_not_touched(self):
        move = self.make_invoice()
        self.rendered(move)
        for change in (
            lambda: move.isp_document_id.write({'raw': b'other'}),
            lambda: move.isp_document_id.write({'res_id': 1}),
            lambda: move.isp_document_id.unlink(),
            lambda: move.button_draft(),
            lambda: move.write({'invoice_pdf_report_file': False}),
        ):
            with self.assertRaises(UserError), self.env.cr.savepoint():
                change()

    def test_a_bad_one_never_stops_the_others(self):
        good, bad = self.make_invoice(), self.make_invoice()
        bad._isp_update_columns({'isp_document_data': 'jsonb'}, [
            (bad.id, f'{{"charges": 0, "total": "{bad.amount_total:.2f}"}}')])
        results = (bad | good)._isp_render_documents()
        self.assertIsNone(results[good.id])
        self.assertTrue(results[bad.id])
        self.assertTrue(good.isp_document_id)
        self.assertFalse(bad.isp_document_id)

    def test_number_of_queries_does_not_grow_with_the_batch(self):
        def cost(count):
            moves = self.env['account.move'].union(
                *(self.make_invoice(post=False) for _place in range(count)))
            moves.isp_bill_run_id = False
            with patch.object(type(moves), '_isp_freeze_documents', lambda self: None):
                moves._post()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            moves._isp_freeze_documents()
            return self.env.cr.sql_log_count - before
        cost(1)
        few, many = cost(2), cost(12)
        self.assertLessEqual(many, few + 3, f"{few} queries for 2 invoices, {many} for 12")

    def test_no_network_and_no_files(self):
        from odoo.addons.isp_billing.engine import pdf_render
        html = ('<html lang="en"><title>t</title><body><img src="file:///etc/hostname">'
                '<link rel="attachment" href="file:///etc/hostname">'
                '<img src="http://127.0.0.1:9/x.png">ok</body></html>')
        content = pdf_render.render_pdf(html)
        self.assertIn("ok", pdf_text(content))
        self.assertNotIn(b'EmbeddedFile', content)


class TestOdooWays(RealMail, DocumentCase):

    def test_print_menu_gives_the_document_with_its_inserts(self):
        self.env['isp.invoice.attachment'].create({
            'name': "Offer", 'pdf_en': encoded(make_pdf(2))})
        moves = self.make_invoice() | self.make_invoice()
        report = self.env['ir.actions.report'].with_context(force_report_rendering=True)
        content, kind = report._render_qweb_pdf('isp_billing.action_report_invoice', moves.ids)
        self.assertEqual((kind, page_count(content)), ('pdf', 6))

    def test_the_report_serves_isp_journals_only(self):
        report = self.env.ref('isp_billing.action_report_invoice')
        move = self.make_invoice(post=False)
        self.assertTrue(move._is_action_report_available(report))
        other = self.journal.copy({'code': "OTH"})
        move.journal_id = other
        self.assertFalse(move._is_action_report_available(report))
        self.assertFalse(move.isp_has_document)
        self.assertEqual(self.journal.invoice_template_pdf_report_id, report)

    def test_send_dialog_sends_the_sealed_document_and_its_inserts(self):
        self.env['isp.invoice.attachment'].create({
            'name': "Offer", 'pdf_en': encoded(make_pdf(2))})
        move = self.make_invoice()
        self.server()
        self.env['account.move.send']._generate_and_send_invoices(move, sending_methods=['email'])
        sealed = move.isp_document_id
        self.assertEqual(page_count(sealed.raw), 1)
        self.assertEqual(hashlib.sha256(sealed.raw).hexdigest(), move.isp_document_sha256)
        message = move.message_ids.filtered('attachment_ids')[:1]
        self.assertEqual(page_count(message.attachment_ids.raw), 3)
        self.assertEqual(move.isp_delivery_state, 'sent')
        self.assertEqual(move.isp_delivered_sha256,
                         hashlib.sha256(message.attachment_ids.raw).hexdigest())

    def test_odoo_documents_of_the_invoice(self):
        move = self.make_invoice()
        legal = move._get_invoice_legal_documents('pdf', allow_fallback=True)
        self.assertEqual(legal['content'], move.isp_document_id.raw)
        action = move.action_print_pdf()
        self.assertTrue(action.get('isp_document'))


@tagged('standard', 'post_install', '-at_install')
class TestPortal(DocumentCase, HttpCase):

    def test_portal_gives_the_document(self):
        self.env['isp.invoice.attachment'].create({
            'name': "Offer", 'pdf_en': encoded(make_pdf(2))})
        move = self.make_invoice()
        url = f'/my/invoices/{move.id}?access_token={move.access_token}&report_type='
        self.env.flush_all()
        response = self.url_open(f'{url}pdf&download=true')
        self.assertEqual(response.headers['Content-Type'], 'application/pdf')
        self.assertEqual(page_count(response.content), 3)
        page = self.url_open(f'{url}html')
        self.assertIn("Amount due", page.text)
        self.assertIn('<div id="wrapwrap">', page.text)

    def test_portal_refuses_without_the_token(self):
        move = self.make_invoice()
        self.env.flush_all()
        response = self.url_open(f'/my/invoices/{move.id}?report_type=pdf&download=true')
        self.assertNotEqual(response.headers['Content-Type'], 'application/pdf')


class TestBatch(DocumentCase):

    def test_a_batch_by_layout_processes_gives_the_same_bytes(self):
        moves = self.env['account.move'].union(
            *(self.make_invoice() for _place in range(pdf_pool.WORTHWHILE)))
        alone = [move._isp_make_pdf(move.isp_document_data) for move in moves]
        self.env['ir.config_parameter'].set_param('isp_billing.pdf_processes', '2')
        self.addCleanup(pdf_pool._POOL.close)
        broken = moves[3]
        original = type(moves)._isp_html

        def page(self, view, logo, *args):
            if view['number'] == broken.name:
                raise ValueError("no page")
            return original(self, view, logo, *args)

        with patch.object(type(moves), '_isp_html', page), \
                self.assertLogs('odoo.addons.isp_billing.models.account_move_render'):
            results = moves._isp_render_documents()
        self.assertEqual(len(pdf_pool._POOL.processes), 2)
        self.assertEqual(results[broken.id], "no page")
        self.assertEqual([reason for reason in results.values() if reason], ["no page"])
        for move, content in zip(moves - broken, alone[:3] + alone[4:], strict=True):
            self.assertEqual(move.isp_document_id.raw, content)
