"""Every kind of document in every mode: a sound PDF, nothing small, pale, cut or overlapping."""
import os
import time
from unittest.mock import patch

import lxml.html

from odoo import Command

from odoo.addons.isp_billing.engine import document_view, pdf_render

from .document_common import DocumentCase, encoded, page_count, pdf_text
from .pdf_quality import accessibility_complaints, boxes, complaints, faults
from .sample_common import MODES, QR, SampleCase
from .test_quick_flyer import picture

LINES = (3, 13, 14, 60)
RICH = {
    'font': 'roboto', 'codes': True, 'aging': True, 'past_due': True, 'check_digit': True,
    'usage_details': True,
    'grouping': 'kind', 'slip_side': 'right', 'window': 'right', 'primary': '#5a1846',
    'totals': '#a3195b', 'accent': '#ffd400',
}
LEAN = {'unit_prices': False, 'quantities': False, 'periods': False, 'statement': False,
        'slip': False, 'window': 'left', 'paper': 'A4'}
COUNT = 2000 if os.environ.get('ISP_PROVE') else 200


class TestPageQuality(SampleCase):

    def test_pages_of_each_mode_and_length(self):
        for name, settings in (('default', {}), ('rich', RICH), ('lean', LEAN)):
            for mode in MODES:
                for count in LINES:
                    with self.subTest(layout=name, mode=mode, lines=count):
                        facts = self.facts(count, settings)
                        view = document_view.build_view(facts, mode)
                        html = self.env['account.move']._isp_html(view, None)
                        pages = boxes(html, facts['paper'], view['slip'], QR, facts['layout'])
                        self.assertEqual(faults(pages), [])
                        shown = ' '.join(row[0] for page in pages for row in page[2])
                        self.assertEqual(shown.count("12,345.67") + shown.count(
                            "12\u00a0345,67") > 0, True)

    def test_screen_readers_find_the_head_of_each_cell(self):
        """The engine counts cells to find their heads, so rows of a table have as many of them."""
        for mode in MODES:
            with self.subTest(mode=mode):
                facts = self.facts(14, RICH)
                view, html = self.page(facts, mode)
                self.assertTrue(view['aging'])
                for table in lxml.html.fromstring(html).iter('table'):
                    counts = {sum(int(cell.get('colspan', 1)) for cell in row)
                              for row in table.iter('tr')}
                    self.assertEqual(len(counts), 1, lxml.html.tostring(table)[:300])
                content = pdf_render.render_pdf(**self.env['account.move']._isp_request(
                    facts, view, dict(QR)))
                self.assertEqual(accessibility_complaints(content), [])

    def test_a_planted_fault_of_each_kind_is_found(self):
        html = ('<html lang="en"><body><p style="font-size: 6pt">tiny</p>'
                '<p style="color: #bbb">pale</p><div style="height: 3pt">below</div><p>above</p>'
                '<p style="margin-left: 300mm">outside</p></body></html>')
        found = ' '.join(faults(boxes(html, 'Letter', False, {}, {})))
        for words in ("points", "#bbbbbb on", "lies on", "leaves the page"):
            self.assertIn(words, found)

    def test_address_in_the_window_of_the_envelope(self):
        for side, least, most in (('left', 20, 118), ('right', 108, 192)):
            facts = self.facts(3, {'window': side, 'paper': 'A4'})
            view = document_view.build_view(facts, 'fr')
            html = self.env['account.move']._isp_html(view, None)
            mm = 96 / 25.4
            lines = [facts['customer']['name'], *facts['customer']['address']['fr']]
            seen = {row[0].strip(): row for row in
                    boxes(html, 'A4', True, QR, facts['layout'])[0][2] if row[2] < 100 * mm}
            for line in lines:
                _text, x, y, width, height = seen[line][:5]
                self.assertTrue(least <= x / mm and (x + width) / mm <= most, (side, line, x / mm))
                self.assertTrue(y / mm >= 54 and (y + height) / mm <= 80, (side, line, y / mm))
            inside = [row[0] for row in seen.values() if row[0].strip() not in lines
                      and 54 < row[2] / mm < 78 and least <= row[1] / mm <= most - 8
                      and (side == 'left' and row[1] / mm < 100 or side == 'right')]
            self.assertEqual(inside, [])


class TestPdfQuality(DocumentCase):

    def test_every_kind_is_a_sound_pdf(self):
        self.env['isp.document.layout'].create({'name': "L", 'company_id': self.company.id})
        letters = self.env['isp.account.letter']
        for mode in MODES:
            self.partner.isp_document_language = mode
            move = self.make_invoice(invoice_date='2026-07-01', invoice_date_due='2026-07-21')
            credit = move._reverse_moves([{'invoice_date': '2026-07-02'}])
            credit._post()
            kinds = {
                'invoice': self.rendered(move), 'credit note': self.rendered(credit),
                'draft': self.make_invoice(post=False)._isp_legal_pdf(),
                'statement': letters._account_pdf('statement', self.partner, self.company),
                'reminder': letters._account_pdf('reminder', self.partner, self.company),
                'receipt': letters._receipt_pdf(self.paid(self.make_invoice())),
                **self.flyers(),
            }
            if mode != 'both':
                kinds['translation'] = move._isp_translation_pdf()[0]
            for kind, content in kinds.items():
                with self.subTest(kind=kind, mode=mode):
                    self.assertEqual(complaints(content), [])
            with self.subTest(kind='assembled', mode=mode):
                assembled = self.make_invoice()._isp_assembled_pdf()[0]
                # who gets both languages gets both flyers
                self.assertEqual(page_count(assembled), 3 if mode == 'both' else 2)
                self.assertEqual(complaints(assembled), [])

    def flyers(self):
        """Both pages of the quick flyer, kept as the only attachment."""
        self.env['isp.invoice.attachment'].search([]).active = False
        flyer = self.env['isp.quick.flyer'].create({
            'name': "Spring", 'title_en': "Faster for less", 'title_fr': "Plus vite, moins cher",
            'text_en': "Twice the speed.", 'text_fr': "Deux fois plus vite.", 'has_price': True,
            'price': 59.95, 'note_en': "a month", 'note_fr': "par mois", 'code': "VITE2",
            'picture': encoded(picture())})
        attachment = self.env['isp.invoice.attachment'].browse(flyer.action_create()['res_id'])
        return {f'flyer {language}': file.raw for (_id, language), file in
                attachment._isp_stored_files().items()}

    def paid(self, move):
        """A payment of an invoice."""
        return self.env['account.payment.register'].with_context(
            active_model='account.move', active_ids=move.ids,
        ).create({'payment_date': '2026-07-15', 'amount': 50.0})._create_payments()

    def test_a_pdf_with_a_script_is_found(self):
        content = pdf_render.render_pdf('<html><title>t</title><body>x</body></html>')
        self.assertIn("no language", complaints(content))

    def test_own_number_and_no_other(self):
        partners = self.env['res.partner'].create([
            {'name': f"Customer {place:05}", 'street': "1, rue Principale", 'city': "Rimouski"}
            for place in range(COUNT)])
        partners.action_isp_open_account()
        moves = self.env['account.move'].create([{
            'move_type': 'out_invoice', 'partner_id': partner.id, 'isp_account_id': partner.id,
            'journal_id': self.journal.id, 'invoice_date': '2026-10-01',
            'invoice_line_ids': [Command.create({
                'name': "Fibre", 'price_unit': 10.0, 'tax_ids': [Command.clear()]})],
        } for partner in partners])
        moves._post()
        self.assertEqual(set(moves._isp_render_documents().values()), {None})
        numbers = set(partners.mapped('isp_account_number'))
        names = set(moves.mapped('name'))
        self.assertEqual(len(numbers), COUNT)
        for move in moves:
            text = pdf_text(move.isp_document_id.raw)
            words = set(text.replace(',', ' ').split())
            joined = text.replace(' ', '')
            self.assertEqual(names & words, {move.name})
            self.assertEqual([n for n in numbers if n in joined],
                             [move.partner_id.isp_account_number])
            self.assertIn(move.partner_id.name, text)


class TestTimeLimit(DocumentCase):

    def test_a_slow_document_is_an_error_and_the_others_are_made(self):
        moves = self.env['account.move'].union(*(self.make_invoice() for _place in range(3)))
        slow = moves[1]
        original = type(moves)._isp_html

        def page(self, view, logo, *args):
            if view['number'] == slow.name:
                return '<html lang="en"><body>' + '<p>word</p>' * 200_000 + '</body></html>'
            return original(self, view, logo, *args)

        moves[0]._isp_make_pdf(moves[0].isp_document_data)  # fonts and sheet are read once
        with patch.object(pdf_render, 'SECONDS', 4), \
                patch.object(pdf_render, 'CHARACTERS_A_SECOND', 1e9), \
                patch.object(type(moves), '_isp_html', page), \
                self.assertLogs('odoo.addons.isp_billing.models.account_move_render'):
            results = moves._isp_render_documents()
        self.assertIn("not ready after 4 seconds", results[slow.id])
        self.assertEqual([results[move.id] for move in moves - slow], [None, None])
        self.assertTrue(all(move.isp_document_sha256 for move in moves - slow))
        self.assertEqual(slow._isp_render_documents(), {slow.id: None})

    def test_a_finished_block_is_never_interrupted(self):
        with pdf_render.time_limit(0.05):
            pass
        time.sleep(0.1)
