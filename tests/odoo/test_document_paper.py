"""What lies where on the paper: letters, page breaks, slip, window of the envelope, code."""
from typing import NamedTuple

import pypdfium2
import zxingcpp

from odoo.addons.isp_billing.engine import document_letter, document_view

from .document_common import DocumentCase, page_count, pdf_text
from .pdf_quality import boxes, faults
from .sample_common import MODES, QR, SampleCase

FULL = {'window': 'left', 'aging': True, 'past_due': True, 'check_digit': True,
        'terms': {'en': "A late-payment charge of 1.5% per month (18% per year) applies.",
                  'fr': "Des frais de retard de 1,5\u00a0% par mois s’appliquent, soit 18\u00a0% "
                        "par an."}}
MM = 72 / 25.4
PAPERS = {'Letter': (215.9, 279.4), 'A4': (210, 297)}


class Envelope(NamedTuple):
    """An envelope and its window, in millimetres; the sheet in it is a third of the paper high."""

    paper: str
    sheet: float
    width: float
    height: float
    #: window: from the left and from the lower edge, its width and height
    left: float
    bottom: float
    wide: float
    high: float

    def seen(self, right, up):
        """What the window shows of a sheet that lies so far from the left and the lower edge.

        :return: left, top, right, bottom of the sheet's own millimetres, from its upper left
        """
        top = self.sheet - (self.bottom + self.high - up)
        return (self.left - right, top, self.left + self.wide - right, top + self.high)

    def always(self):
        """What is seen wherever the sheet slides to."""
        places = [self.seen(right, up) for right in (0, self.width - PAPERS[self.paper][0])
                  for up in (0, self.height - self.sheet)]
        return (max(p[0] for p in places), max(p[1] for p in places),
                min(p[2] for p in places), min(p[3] for p in places))

    def resting(self):
        """All that may be seen while the sheet rests on the lower edge."""
        places = [self.seen(right, 0) for right in (0, self.width - PAPERS[self.paper][0])]
        return (min(p[0] for p in places), places[0][1], max(p[2] for p in places), places[0][3])


THIRD = {'Letter': 279.4 / 3, 'A4': 99}
#: Canada and United States: #10 out, #9 back; Europe: DL, window 35 mm high 20 mm from the edges
NUMBER_10 = Envelope('Letter', THIRD['Letter'], 241.3, 104.8, 22.2, 12.7, 114.3, 28.6)
NUMBER_9 = Envelope('Letter', THIRD['Letter'], 225.4, 98.4, 22.2, 12.7, 114.3, 28.6)
DL_LEFT = Envelope('A4', THIRD['A4'], 220, 110, 20, 20, 90, 35)
DL_RIGHT = Envelope('A4', THIRD['A4'], 220, 110, 100, 20, 100, 35)


def places(content, *texts):
    """Where texts stand on the first page of a PDF.

    :return: {text: (left, top, right, bottom)} in millimetres from the left and from the top
    """
    with pypdfium2.PdfDocument(content) as pdf:
        page = pdf[0]
        height, words, found = page.get_height(), page.get_textpage(), {}
        for text in texts:
            searcher = words.search(text, match_case=True)
            hits = []
            while hit := searcher.get_next():
                left, bottom, right, top = words.get_charbox(hit[0])
                for place in range(hit[0] + 1, hit[0] + hit[1]):
                    box = words.get_charbox(place)
                    left, right = min(left, box[0]), max(right, box[2])
                    bottom, top = min(bottom, box[1]), max(top, box[3])
                hits.append(tuple(value / MM for value in (
                    left, height - top, right, height - bottom)))
            found[text] = hits
    return found


def codes(content):
    """What the codes on the first page say to a telephone."""
    with pypdfium2.PdfDocument(content) as pdf:
        picture = pdf[0].render(scale=200 / 72).to_pil()
    return [code.text for code in zxingcpp.read_barcodes(picture)]


class TestLetters(SampleCase):

    def letter(self, kind, rows, **layout):
        """Facts of a letter that lists so many documents."""
        item = {'number': "F2026-000127", 'date': '2026-08-01', 'due': '2026-08-21',
                'amount': '12345.67', 'open': '12345.67'}
        return {
            **self.facts(3, layout), 'kind': kind, 'date': '2026-10-15', 'balance': '37037.01',
            'overdue': '37037.01', 'amount': '37037.01', 'unused': '12.00', 'items': [item] * rows,
            'method': {'en': "Online banking", 'fr': "Paiement en ligne"},
            'number': "PBNK1/2026/00001" if kind == 'receipt' else "",
            'payments': [{'number': "PBNK1/2026/00001", 'date': '2026-09-18',
                          'amount': '12345.67'}] * 6,
        }

    def test_letters_of_each_mode_and_length(self):
        for kind in document_letter.KINDS:
            for mode in MODES:
                for window, rows in (('none', 3), ('left', 14), ('right', 60)):
                    with self.subTest(kind=kind, mode=mode, window=window, rows=rows):
                        facts = self.letter(kind, rows, window=window)
                        view = document_letter.build_letter(facts, mode)
                        html = self.env['account.move']._isp_html(
                            view, None, 'isp_billing.letter_document')
                        pages = boxes(html, facts['paper'], view['slip'], QR, facts['layout'])
                        self.assertEqual(bool(view['slip']), kind != 'receipt')
                        self.assertEqual(faults(pages), [])
                        self.assertGreater(len(pages), 1 if rows == 60 else 0)
                        if kind != 'receipt':
                            shown = [row[0] for row in pages[-1][2]]
                            last = view['tables'][-1]['rows'][-1]
                            self.assertIn(str(last[0]).split('<')[0], shown)


class TestPageBreaks(SampleCase):

    def test_an_ordinary_month_in_two_languages_fits_on_one_page(self):
        for mode in MODES:
            facts = self.facts(4, FULL)
            pattern = self.layout._isp_sample_facts()['lines']
            facts['lines'] = [pattern[place] for place in (0, 1, 3, 4)]
            facts['service'] = {'address': {'en': ["27 Quay Street", "Rimouski QC G5L 2B2"],
                                            'fr': ["27, rue du Quai", "Rimouski (Québec)"]}}
            view, pages = self.page_boxes(facts, mode)
            self.assertTrue(view['slip'] and view['aging'] and view['stamp'] and view['message'])
            self.assertEqual((mode, len(pages)), (mode, 1))
            self.assertEqual(faults(pages), [])

    def test_totals_are_never_alone_and_headings_never_last(self):
        for mode in ('en', 'both'):
            for count in range(3, 19):
                facts = self.facts(count, {'grouping': 'kind', 'usage_details': True})
                view, pages = self.page_boxes(facts, mode)
                names = {row['text'].split('<')[0].strip() for section in view['sections']
                         for row in section['rows']}
                titles = {str(section['title']).split('<')[0] for section in view['sections']}
                for page in pages:
                    texts = [row[0].strip() for row in sorted(page[2], key=lambda row: row[2])]
                    rows = [text in titles for text in texts
                            if text in titles or text in names]
                    with self.subTest(mode=mode, lines=count):
                        self.assertFalse(rows and rows[-1], "a heading is the last of its page")
                        if view['total'][0].split('<')[0].strip() in texts:
                            self.assertTrue(rows, "totals alone on a page")


class TestPaper(SampleCase):

    def pdf(self, mode, **layout):
        facts = self.facts(3, layout)
        view = document_view.build_view(facts, mode)
        return facts, self.env['account.move']._isp_pdf_of_view(facts, view, QR)

    def seen_in(self, zone, pages, down=0):
        """Texts of the first page that reach into a zone (millimetres from the upper left)."""
        left, top, right, bottom = zone
        mm = 96 / 25.4
        # the box of a text has a quarter of air above and below its letters
        return {text.strip() for text, x, y, wide, high, *_rest in pages[0][2]
                if x / mm < right and (x + wide) / mm > left
                and (y + high * .75) / mm - down > top and (y + high * .25) / mm - down < bottom}

    def assert_inside(self, zone, hits, down=0):
        left, top, right, bottom = zone
        self.assertTrue(any(
            left <= hit[0] and hit[2] <= right and top <= hit[1] - down and hit[3] - down <= bottom
            for hit in hits), (zone, hits))

    def test_address_in_the_window_and_nothing_else(self):
        for envelope, window in ((NUMBER_10, 'left'), (DL_LEFT, 'left'), (DL_RIGHT, 'right')):
            for mode in MODES:
                settings = {'window': window, 'past_due': True, 'paper': envelope.paper}
                facts, content = self.pdf(mode, **settings)
                address = facts['customer']['address']['en' if mode == 'en' else 'fr']
                lines = [facts['customer']['name'], *address]
                with self.subTest(envelope=envelope, mode=mode):
                    for hits in places(content, *lines).values():
                        self.assert_inside(envelope.always(), hits)
                    pages = self.page_boxes(facts, mode)[1]
                    self.assertEqual(self.seen_in(envelope.resting(), pages), set(lines))

    def test_payee_of_a_slip_in_the_window_and_nothing_else(self):
        for envelope, side in ((NUMBER_9, 'left'), (DL_LEFT, 'left'), (DL_RIGHT, 'right')):
            for mode in MODES:
                facts, content = self.pdf(
                    mode, slip_size='third', slip_side=side, paper=envelope.paper)
                down = PAPERS[envelope.paper][1] - envelope.sheet
                language = 'en' if mode == 'en' else 'fr'
                lines = [self.company.name, *facts['company']['address'][language]]
                with self.subTest(envelope=envelope, mode=mode):
                    for hits in places(content, *lines).values():
                        self.assert_inside(envelope.always(), hits, down)
                    pages = self.page_boxes(facts, mode)[1]
                    self.assertEqual(
                        self.seen_in(envelope.resting(), pages, down), set(lines))
                    cut = [row for row in pages[0][2] if "etach" in row[0] or "étach" in row[0]]
                    for _text, _x, y, *_rest in cut:
                        self.assertTrue(0 < y / 96 * 25.4 - down < 6, (y, down))

    def test_long_names_and_addresses_have_room(self):
        long = ["Pavillon des Sciences et Technologies, bureau 4.250-B",
                "1234, boulevard de la Grande-Allée Est", "Unité 17, étage 4",
                "Saint-Louis-du-Ha! Ha! (Québec) G0L 3S0"]
        self.company.write({
            'name': "Coopérative de télécommunications et de câblodistribution du "
                    "Bas-Saint-Laurent et de la Gaspésie",
            'street': "410, rue du Quai, bureau 300", 'street2': "C.P. 4400, succ. Centre-ville"})
        for mode in MODES:
            for settings in ({}, {'window': 'left', 'past_due': True}, {'slip_side': 'right'},
                             {'window': 'right', 'paper': 'A4', 'slip_size': 'third'}):
                with self.subTest(mode=mode, settings=settings):
                    facts = self.facts(4, settings)
                    facts['customer'] = {
                        'name': "Association des copropriétaires des Hauts-de-Rimouski, "
                                "Marie-Philippe Archambault-Desrosiers",
                        'address': {'en': long, 'fr': long}}
                    facts['service'] = {'address': {'en': long[1:3], 'fr': long[1:3]}}
                    view, pages = self.page_boxes(facts, mode)
                    self.assertIn('name-long', view['page_class'])
                    self.assertIn('slip-dense', view['page_class'])
                    self.assertEqual(faults(pages), [])
                    if 'window' in settings:
                        envelope = NUMBER_10 if settings['window'] == 'left' else DL_RIGHT
                        seen = self.seen_in(envelope.resting(), pages)
                        self.assertTrue(set(long[:2]) < seen)
                        self.assertNotIn(view['heading'], seen)

    def test_slip_lies_in_the_lowest_part_with_the_payee_on_its_side(self):
        for paper, height, width in (('Letter', 279.4, 215.9), ('A4', 297, 210)):
            for side in ('left', 'right'):
                for mode in MODES:
                    _facts, content = self.pdf(mode, slip_side=side, paper=paper)
                    street = "410, rue du Quai"
                    name = self.company.name
                    found = places(content, street, name)
                    with self.subTest(paper=paper, side=side, mode=mode):
                        for text in (street, name):
                            payee = [hit for hit in found[text]
                                     if height - 52 < hit[1] < height - 17]
                            self.assertEqual(len(payee), 1)
                            middle = (payee[0][0] + payee[0][2]) / 2
                            self.assertEqual(middle > width / 2, side == 'right')

    def test_the_code_can_be_read(self):
        _facts, content = self.pdf('both')
        self.assertEqual(codes(content), ['https://isp.example'])


class TestCodeOfInvoices(DocumentCase):

    def test_the_link_of_the_invoice(self):
        move = self.make_invoice()
        self.assertEqual(codes(self.rendered(move)), [move._isp_portal_link()])
        self.assertEqual(page_count(self.rendered(move)), 1)

    def test_transfer_in_euros(self):
        self.company.partner_id.bank_ids = [(0, 0, {
            'acc_number': "FR76 9999 9000 0100 0000 0000 115", 'allow_out_payment': True})]
        euro = self.env.ref('base.EUR')
        euro.active = True
        move = self.make_invoice(currency_id=euro.id)
        lines = codes(self.rendered(move))[0].splitlines()
        self.assertEqual(lines[:4], ['BCD', '002', '1', 'SCT'])
        self.assertIn("FR7699999000010000000000115", lines)
        self.assertIn(f"EUR{move.amount_total:.2f}", lines)
        self.assertEqual(lines[-1], move.payment_reference or move.name)


class TestDetailsOfUsage(DocumentCase):

    def test_details_are_frozen_where_the_layout_shows_them(self):
        layout = self.env['isp.document.layout'].create(
            {'name': "L", 'company_id': self.company.id})
        moves = type(self.env['account.move'])
        original = moves._isp_line_details
        self.assertEqual(self.make_invoice()._isp_line_details(), {})

        def details(records):
            return original(records) | {line: [{
                'date': '2026-10-04', 'quantity': '12', 'unit': 'min', 'amount': '1.80',
                'text': {'en': "Call to Portugal", 'fr': "Appel vers le Portugal"},
            }] for line in records.invoice_line_ids[:1]}

        self.patch(moves, '_isp_line_details', details)
        hidden = self.make_invoice(lines=2)
        self.assertNotIn('details', hidden.isp_document_data['lines'][0])
        layout.show_usage_details = True
        shown = self.make_invoice(lines=2)
        first, second = shown.isp_document_data['lines']
        self.assertEqual((len(first['details']), 'details' in second), (1, False))
        for move, count in ((hidden, 0), (shown, 1)):
            text = pdf_text(self.rendered(move))
            self.assertEqual(text.count("Call to Portugal"), count, text)
