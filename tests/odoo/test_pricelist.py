"""Pricelists of subscriptions: days in the company's zone, percentages of the plan's price."""
from odoo import Command

from .common import IspCase


class TestPricelist(IspCase):

    def pricelist(self, *items):
        return self.env['product.pricelist'].create({
            'name': "Test", 'currency_id': self.cad.id, 'company_id': self.ca.id,
            'item_ids': [Command.create({'applied_on': '3_global', **item}) for item in items],
        })

    def subscribe(self, pricelist, plan=None):
        account = self.make_account()
        self.make_subscription(
            account, [plan or self.fibre], '2026-11-01', pricelist_id=pricelist.id)
        return account

    def test_rules_begin_and_end_with_the_day_in_montreal(self):
        """Midnight there is 05:00 UTC: December has the new price, November the old one."""
        account = self.subscribe(self.pricelist(
            {'compute_price': 'fixed', 'fixed_price': 70.0, 'date_start': '2026-12-01 05:00:00'},
            {'compute_price': 'fixed', 'fixed_price': 50.0, 'date_end': '2026-12-01 04:59:59'},
        ))
        self.bill('2026-12-01')
        self.assertEqual(self.amounts(account), [50.0, 70.0])

    def test_percentage_of_the_price_of_the_plan(self):
        """59.95 − 10 % = 53.955, to the cent half up: 53.96. The product's price plays no part."""
        self.fibre.product_id.list_price = 1.0
        account = self.subscribe(self.pricelist(
            {'compute_price': 'percentage', 'percent_price': 10.0}))
        run = self.bill('2026-11-01')
        self.assertEqual(self.amounts(account), [53.96])
        self.assertEqual((run.bill_ids.amount_untaxed, run.move_ids.amount_untaxed),
                         (53.96, 53.96))

    def test_formula_and_a_list_on_a_list(self):
        """59.95 − 10 % + 1.00 = 54.96 (54.955), and that less 50 % = 27.48 (27.4775)."""
        base = self.pricelist({'compute_price': 'formula', 'base': 'list_price',
                               'price_discount': 10.0, 'price_surcharge': 1.0})
        half = self.pricelist({'compute_price': 'percentage', 'base': 'pricelist',
                               'base_pricelist_id': base.id, 'percent_price': 50.0})
        first, second = self.subscribe(base), self.subscribe(half)
        self.bill('2026-11-01')
        self.assertEqual((self.amounts(first), self.amounts(second)), ([54.96], [27.48]))

    def test_percentage_of_no_price_is_an_exception(self):
        plan = self.make_plan('NOPRICE', None)
        self.subscribe(self.pricelist(
            {'compute_price': 'percentage', 'percent_price': 10.0}), plan)
        run = self.make_run('2026-11-01')
        self.assertEqual((run.bill_ids.state, run.bill_ids.problem_code),
                         ('exception', 'no_price'))
