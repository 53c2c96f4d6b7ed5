"""Room on the page: wide amounts, long terms, long names on a slip of a third, full heads."""
from decimal import Decimal

from odoo.addons.isp_billing.engine import document_letter

from .pdf_quality import boxes, faults
from .sample_common import MODES, QR, SampleCase

MM = 96 / 25.4
#: text that the stylesheet keeps inside the margins of the page
MARGIN = 15 * MM
LAYOUTS = {
    'slip': {}, 'code alone': {'slip': False, 'paper': 'A4'},
    'third': {'slip_size': 'third', 'aging': True, 'past_due': True},
    'left window': {'window': 'left', 'paper': 'Letter', 'grouping': 'kind'},
    'right window': {'window': 'right', 'paper': 'A4', 'slip_side': 'right', 'codes': True},
}
CURRENCIES = (('XOF', 0, 'fr_FR'), ('XPF', 0, 'fr_FR'), ('KWD', 3, 'fr_CA'), ('CAD', 2, 'fr_CA'))
LONG = "Coopérative de télécommunications et de câblodistribution du Bas-Saint-Laurent"
SYNDICATE = ("Syndicat des copropriétaires de la résidence Les Jardins de la République, bâtiments "
             "A à F, représenté par son syndic Foncia Alpes Dauphiné et associés")


class TestRoom(SampleCase):

    def assert_good(self, pages):
        """Nothing overlaps, and nothing stands in the margins at the sides."""
        found = faults(pages)
        for width, _height, texts in pages:
            found += [f"{text!r} in the margin" for text, x, _y, wide, *_more in texts
                      if x < MARGIN - 1 or x + wide > width - MARGIN + 1]
        self.assertEqual(found, [])

    def wide_facts(self, settings, currency, decimals, french):
        """The invented invoice with amounts of eight digits."""
        facts = self.facts(4, settings)

        def much(amount):
            if not Decimal(amount):
                return amount
            cents = Decimal(10) ** -decimals
            sign = -1 if Decimal(amount) < 0 else 1
            return str((sign * (Decimal('12345678') + abs(Decimal(amount)))).quantize(cents))

        for line in facts['lines']:
            line |= {'amount': much('99'), 'price_unit': much('99')}
        for row in (*facts['taxes'], *facts['summary']['movements']):
            row['amount'] = much(row['amount'])
        for key in ('previous', 'forward', 'due'):
            facts['summary'][key] = much(facts['summary'][key])
        facts['aging'] = {age: much(value) for age, value in facts['aging'].items()}
        facts['locales'] = {**facts['locales'], 'fr': french}
        return facts | {'currency': currency, 'decimals': decimals,
                        'untaxed': much(facts['untaxed']), 'total': much(facts['total'])}

    def test_amounts_of_eight_digits(self):
        for name, settings in LAYOUTS.items():
            for currency in CURRENCIES:
                for mode in MODES:
                    with self.subTest(layout=name, currency=currency, mode=mode):
                        view, pages = self.page_boxes(
                            self.wide_facts(settings, *currency), mode)
                        self.assertIn('amounts-wide', view['page_class'])
                        self.assert_good(pages)
                        self.assert_in_columns(pages)

    def test_an_account_number_stays_beside_the_code(self):
        """In euros without a slip, with ordinary amounts, wide ones and the base of a tax."""
        for amount, wide in (('66.00', False), ('123456.78', True)):
            for mode in MODES:
                with self.subTest(amount=amount, mode=mode):
                    facts = self.facts(3, {'slip': False, 'paper': 'A4'})
                    facts |= {'currency': 'EUR', 'total': amount, 'untaxed': amount}
                    facts['locales'] = {**facts['locales'], 'fr': 'fr_FR'}
                    facts['taxes'] = [{**facts['taxes'][0], 'base': amount,
                                       'number': "FR 46 999999998"}]
                    facts['payment'] = {
                        **facts['payment'], 'iban': "FR76 9999 9000 0100 0000 0000 115",
                        'qr': {'type': 'epc', 'content': 'x'}}
                    facts['summary'] = None
                    view, pages = self.page_boxes(facts, mode)
                    self.assertEqual('amounts-wide' in view['page_class'], wide)
                    self.assert_good(pages)
                    lefts = [x / MM for _width, _height, texts in pages
                             for text, x, *_more in texts if 'FR76' in text]
                    self.assertTrue(lefts and min(lefts) > 35, lefts)

    def assert_in_columns(self, pages):
        """Amounts end where their columns do: below each other."""
        for width, _height, texts in pages:
            ends = {round((x + wide) / MM, 1) for text, x, _y, wide, *_more in texts
                    if text.strip().endswith(('CFA', 'CFPF', 'KWD')) and x > width / 2}
            self.assertLessEqual(len(ends), 9, ends)

    def test_ordinary_amounts_change_nothing(self):
        for mode in MODES:
            view, _pages = self.page_boxes(self.facts(3, {}), mode)
            self.assertNotRegex(view['page_class'], 'amounts|due-|figures')

    def test_statement_with_wide_amounts(self):
        for settings in (LAYOUTS['slip'], LAYOUTS['code alone']):
            for currency in CURRENCIES:
                for mode in MODES:
                    with self.subTest(currency=currency, mode=mode, settings=settings):
                        facts = self.statement(settings, currency)
                        view = document_letter.build_letter(facts, mode)
                        html = self.env['account.move']._isp_html(
                            view, None, 'isp_billing.letter_document')
                        self.assert_good(boxes(
                            html, facts['paper'], view['slip'], QR, facts['layout']))

    def statement(self, settings, currency):
        wide = self.wide_facts({**settings, 'aging': True}, *currency)
        total = wide['total']
        keys = ('company', 'locales', 'paper', 'logo', 'support', 'customer', 'layout', 'currency',
                'decimals', 'account_number', 'aging', 'payment', 'terms')
        return {key: wide.get(key) for key in keys} | {
            'kind': 'statement', 'amount': total, 'date': '2026-10-15', 'balance': total,
            'payments': [{'number': "PBNK/2026/00012", 'date': '2026-09-18', 'amount': total}],
            'items': [{'number': "F2026-000127", 'date': '2026-10-01', 'due': '2026-10-21',
                       'amount': total, 'open': total}]}

    def test_long_terms_go_on_over_the_pages(self):
        terms = '\n'.join(f"{number}. This clause says something about payment and interest."
                          for number in range(1, 70))
        for mode in MODES:
            facts = self.facts(3, {'terms': {'en': terms, 'fr': f"Bonjour.\n{terms}"}})
            facts['note'] = "Special agreement of September 3"
            _view, pages = self.page_boxes(facts, mode)
            shown = [' '.join(row[0] for row in page[2]) for page in pages]
            self.assertIn(" Fibre 1000", shown[0])
            self.assertIn("Special agreement", shown[0])
            self.assertIn("1. This clause", shown[0])
            self.assertLessEqual(len(pages), 3 if mode == 'both' else 2)
            self.assert_good(pages)

    def test_long_names_on_a_slip_of_a_third(self):
        for side in ('left', 'right'):
            for company, customer in ((LONG, SYNDICATE), (f"{LONG}, {LONG}", SYNDICATE),
                                      (f"{LONG}, {LONG}", f"{SYNDICATE}, {SYNDICATE}")):
                for mode in MODES:
                    with self.subTest(side=side, mode=mode, company=company, customer=customer):
                        facts = self.facts(2, {'slip_size': 'third', 'slip_side': side})
                        facts['company'] = {**facts['company'], 'name': company}
                        facts['customer'] = {**facts['customer'], 'name': customer}
                        _view, pages = self.page_boxes(facts, mode)
                        self.assertEqual(faults(pages), [])

    def test_head_of_a_copy_of_a_credit_note(self):
        for settings in LAYOUTS.values():
            for mode in ('en', 'fr'):
                facts = self.facts(2, settings) | {'kind': 'refund', 'origin': "FAC/2026/00001"}
                view, _html = self.page(facts, mode)
                view['mark'] = view['w']['translation_of_fr']
                html = self.env['account.move']._isp_html(view, None)
                texts = boxes(html, facts['paper'], view['slip'], QR, facts['layout'])[0][2]
                mark = next(row for row in texts if row[0] == view['mark'])
                label = next(row for row in texts if row[0] == view['amount_label'])
                card = label[2] - 3.6 * MM
                self.assertGreater(card - mark[2] - mark[4], MM)
