"""Unit prices of documents: before taxes, with the decimals that their amounts need."""
from decimal import ROUND_HALF_UP, Decimal

from odoo.addons.isp_billing.engine import document_price

from .test_document_contents import FranceCase


class TestPrices(FranceCase):
    """Columns of a line: quantity x unit price less discount is the amount."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.included = cls.make_tax(
            "TVA 20 TTC", 20.0, cls.fr, "TVA 20 %", price_include_override='tax_included')

    def check_columns(self, facts):
        """The columns agree, and the amounts add up to the subtotal."""
        for line in facts['lines']:
            counted = Decimal(line['quantity']) * Decimal(line['price_unit']) * (
                1 - Decimal(line['discount']) / 100)
            self.assertEqual(counted.quantize(Decimal('0.01'), ROUND_HALF_UP),
                             Decimal(line['amount']), line)
        self.assertEqual(sum(Decimal(line['amount']) for line in facts['lines']),
                         Decimal(facts['untaxed']))

    def test_typed_prices_with_tax_are_printed_without(self):
        move = self.invoice(
            ("Box", 1, 29.99, 0, self.included), ("Box TTC", 2, 29.99, 10, self.included),
            ("Trois", 3, 9.99, 33.33, self.included), ("Remise", 1, -5, 0, self.included),
            ("Offert", 1, 29.99, 100, self.included), ("HT", 2, 29.99, 10, self.vat20))
        facts = move.isp_document_data
        self.check_columns(facts)
        self.assertEqual([line['price_unit'] for line in facts['lines']][0], '24.99')
        self.assertEqual([line['price_unit'] for line in facts['lines']][4:], ['24.99', '29.99'])
        self.text(move, 'included')

    def test_amounts_add_up_when_taxes_are_rounded_over_the_invoice(self):
        self.fr.tax_calculation_rounding_method = 'round_globally'
        self.check_columns(self.invoice(
            *(("Box", 1, 14.99, 0, self.included) for _place in range(3)),
            ("Box TTC", 2, 29.99, 10, self.included)).isp_document_data)

    def test_a_plan_whose_price_includes_tax(self):
        plan = self.make_plan('BOX', 29.99, company=self.fr, taxes=self.included)
        self.make_subscription(self.shop, [plan], '2026-09-01', company=self.fr)
        facts = self.bill('2026-09-01', company=self.fr).move_ids.isp_document_data
        self.check_columns(facts)
        self.assertEqual(facts['lines'][0]['price_unit'], '24.99')

    def test_part_of_a_period_of_a_plan_whose_price_includes_tax(self):
        plan = self.make_plan('BOX', 29.99, company=self.fr, taxes=self.included)
        self.make_subscription(self.shop, [plan], '2026-10-15', company=self.fr)
        move = self.bill('2026-10-15', company=self.fr).move_ids
        line, = move.isp_document_data['lines']
        self.assertEqual((line['price_unit'], line['amount'], line['days']),
                         ('24.99', '13.71', 17))

    def test_discounts_of_a_plan_whose_price_includes_tax(self):
        plan = self.make_plan('BOX', 29.99, company=self.fr, taxes=self.included)
        subscription = self.make_subscription(self.shop, [plan], '2026-09-01', company=self.fr)
        self.env['isp.line.discount'].create([
            {'name': name, 'line_id': subscription.sale_subscription_line_ids.id,
             'kind': 'amount', 'value': 5, 'date_from': '2026-09-01'} for name in ("A", "B")])
        move = self.bill('2026-09-01', company=self.fr).move_ids
        line, = move.isp_document_data['lines']
        self.assertEqual(
            Decimal(line['price_unit']) + sum(
                Decimal(row['price_unit']) for row in line['reductions']), Decimal('16.66'))
        self.assertEqual(line['amount'], '16.66')

    def test_prices_with_more_decimals_than_the_currency(self):
        precisions = self.env['decimal.precision']
        precisions.search([('name', '=', 'Product Price')]).digits = 4
        precisions.search([('name', '=', 'Product Unit')]).digits = 4
        move = self.invoice(
            ("Minutes", 1000, 0.0125, 0, self.vat20), ("Peu", 0.0004, 600, 0, self.vat20),
            ("Box", 1, 10, 0, self.vat20))
        self.assertEqual([line['price_unit'] for line in move.isp_document_data['lines']],
                         ['0.0125', '600.00', '10.00'])
        text = self.text(move, 'decimals')
        for words in ("0,0125", "0,0004", "12,50", "0,24"):
            self.assertIn(words, text)

    def test_unit_price_of_an_amount(self):
        for amount, quantity, discount, price in (
                ('44.98', 2, 10, '24.99'), ('44.99', 2, 10, '24.994'), ('10.00', 3, 0, '3.333'),
                ('0.00', 3, 0, '0.00'), ('-24.99', 1, 0, '-24.99')):
            self.assertEqual(document_price.unit_price(amount, quantity, discount, 2),
                             Decimal(price), amount)
        self.assertEqual(document_price.unit_price('100', 3, 0, 0), Decimal('33.3'))
        self.assertIsNone(document_price.unit_price('0.00', 0, 0, 2))
        self.assertEqual(document_price.price_text(0.0125, 2, 4), '0.0125')
        self.assertEqual(document_price.price_text(10, 2, 4), '10.00')
        self.assertEqual(document_price.price_text(0.0125, 2, 2), '0.01')
        self.assertEqual(document_price.price_text(1500, 0, 2), '1500')
