"""Whatever is typed into a free text stays in its box, in all three modes."""
from odoo.addons.isp_billing.engine import document_letter

from .pdf_quality import boxes
from .sample_common import MODES, QR, SampleCase

MM = 96 / 25.4
MARGIN = 15 * MM
#: texts that no blank divides: an address of the web, letters, figures, wide letters, emoji
LONG = (
    "https://portail.nordet.example/" + "chemin/" * 30, "X" * 120, "1234567890" * 12,
    "Donaudampfschifffahrtsgesellschaftskapitän" * 3, "📡🛰" * 40, "W@%—" * 40,
)


class TestWordsStayInTheirBoxes(SampleCase):

    def assert_inside(self, pages):
        out = []
        for width, height, texts in pages:
            out += [f"{text!r} at {x / MM:.0f} mm, {wide / MM:.0f} wide"
                    for text, x, y, wide, high, *_more in texts
                    if x < MARGIN - 1 or x + wide > width - MARGIN + 1 or y < 0
                    or y + high > height]
        self.assertEqual(out, [])

    def filled(self, word, settings):
        """The invented invoice with a word in each free text."""
        facts, pair = self.facts(3, settings), {'en': word, 'fr': word}
        facts['message'] = pair
        facts['note'] = word
        facts['terms'] = facts['mentions'] = None
        facts |= {'terms': pair, 'mentions': [pair], 'reference': word}
        facts['customer'] = {'name': f"{word}, {word}", 'names': [word[:90], word[:90]],
                             'address': {'en': [word[:90]], 'fr': [word[:90]]}}
        facts['service'] = {'address': {'en': [word], 'fr': [word]}}
        facts['customer_numbers'] = [{'type': 'vat', 'name': pair, 'number': word}]
        for line in facts['lines']:
            line |= {'text': pair, 'code': word}
        facts['lines'][0]['reductions'] = [{'text': pair, 'amount': '1.00'}]
        facts['lines'].append({'kind': 'section', 'text': pair})
        facts['lines'].append({'kind': 'note', 'text': pair})
        for tax in facts['taxes']:
            tax |= {'label': {'en': word[:40], 'fr': word[:40]}, 'number': word}
        facts['support'] = {'phone': word, 'hours': pair}
        facts['payment'] = {**facts['payment'], 'instructions': pair}
        return facts

    def test_case_146_long_words_in_every_free_text(self):
        """Kind: strings that leave their box.

        A long address without blanks in a message ran off the paper. Each free text x long words
        x three modes: nothing stands in a margin.
        """
        for settings, words in (
                ({}, LONG), ({'slip': False, 'grouping': 'kind', 'codes': True}, LONG[:1])):
            for word in words:
                for mode in MODES:
                    with self.subTest(word=word[:12], mode=mode, settings=settings):
                        _view, pages = self.page_boxes(self.filled(word, settings), mode)
                        self.assert_inside(pages)

    def test_case_146_address_in_a_message_stays_in_its_box(self):
        """Kind: as above; the box of the message itself, not only the paper."""
        facts = self.facts(3, {})
        facts['message'] = {'en': LONG[0], 'fr': LONG[0]}
        for mode in MODES:
            _view, pages = self.page_boxes(facts, mode)
            parts = [(x, wide) for text, x, _y, wide, *_more in pages[0][2]
                     if text.strip() and text.strip() in LONG[0] and len(text.strip()) > 6]
            self.assertGreater(len(parts), 2)
            width = pages[0][0]
            for x, wide in parts:
                self.assertGreater(x, width / 2)
                self.assertLessEqual(x + wide, width - MARGIN - 3 * MM + 1)

    def test_case_146_running_head_of_a_letter_in_two_languages(self):
        """Kind: as above; the head of the pages that follow stays on one line."""
        facts = self.facts(3, {})
        letter = self.env['isp.account.letter']._account_facts(
            'statement', self.partner, self.company, self.company._isp_today())
        item = {'number': "INV/2026/00001", 'date': '2026-10-01', 'due': '2026-10-21',
                'amount': '114.98', 'open': '114.98'}
        letter |= {'items': [item] * 60, 'amount': '6898.80', 'balance': '6898.80',
                   'number': "CUST-2026-000123", 'layout': facts['layout']}
        view = document_letter.build_letter(letter, 'both')
        html = self.env['account.move']._isp_html(view, None, 'isp_billing.letter_document')
        pages = boxes(html, letter['paper'], view['slip'], QR, letter['layout'])
        self.assertGreater(len(pages), 1)
        for width, _height, found in pages[1:]:
            heads = [(text, y) for text, _x, y, *_more in found if y < 17 * MM]
            self.assertEqual(len({round(y) for _text, y in heads}), 1, heads)
            self.assertIn("Statement of account", ''.join(text for text, _y in heads))
            self.assertTrue(width)
