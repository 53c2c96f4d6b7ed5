"""The pages of our templates take the faster way, and it gives the same bytes."""
from unittest.mock import patch

from odoo.addons.isp_billing.engine import document_view, pdf_fast, pdf_grammar, pdf_render

from .sample_common import MODES, QR, SampleCase
from .test_document_quality import LEAN, RICH


class TestDocumentFast(SampleCase):

    def both_ways(self, request):
        """Check that a page comes the faster way and that the public one makes the same PDF."""
        self.assertIsNotNone(pdf_grammar.parse(request['html']))
        fast = pdf_render.render_pdf(**request)
        with patch.object(pdf_fast, 'USABLE', False):
            self.assertTrue(fast == pdf_render.render_pdf(**request))

    def test_invoices_of_each_layout_and_mode(self):
        kinds = (3, {}), (14, {'draft': True}), (2, {'kind': 'refund', 'origin': "F-1"})
        windowed = {'window': 'left', 'slip_size': 'third', 'past_due': True}
        for name, settings in (
                ('default', {}), ('rich', RICH), ('lean', LEAN), ('windowed', windowed)):
            for mode in MODES:
                for count, changes in kinds:
                    with self.subTest(layout=name, mode=mode, lines=count):
                        facts = {**self.facts(count, settings), **changes}
                        view = document_view.build_view(facts, mode)
                        self.both_ways(
                            self.env['account.move']._isp_request(facts, view, dict(QR)))

    def test_wide_amounts_and_long_texts(self):
        for mode in MODES:
            facts = self.facts(3, {'slip': mode != 'fr', 'terms': {
                'en': "A clause.\n" * 90, 'fr': "Une clause.\n" * 90}})
            facts |= {'total': '12345678.000', 'currency': 'KWD', 'decimals': 3, 'note': "A\nB"}
            facts['lines'][0]['text'] = {'en': "Fibre\n500 & more", 'fr': "Fibre\n500 et plus"}
            view = document_view.build_view(facts, mode)
            self.assertRegex(view['page_class'], 'terms-long.*amounts-widest')
            self.both_ways(self.env['account.move']._isp_request(facts, view, dict(QR)))

    def test_letters(self):
        made, render = [], pdf_render.render_pdf

        def keep(**request):
            made.append(request)
            return render(**request)

        letters = self.env['isp.account.letter']
        self.make_invoice(invoice_date='2026-07-01', invoice_date_due='2026-07-21')
        with patch.object(pdf_render, 'render_pdf', keep):
            for mode in MODES:
                self.partner.isp_document_language = mode
                letters._account_pdf('statement', self.partner, self.company)
                letters._account_pdf('reminder', self.partner, self.company)
        self.assertEqual(len(made), 6)
        for request in made:
            self.both_ways(request)
