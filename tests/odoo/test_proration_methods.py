"""Parts of periods by the three methods, on records: quarters, years, holds, opening charges."""
from datetime import date
from decimal import Decimal

from odoo.exceptions import UserError, ValidationError

from .common import IspCase


class TestProrationMethods(IspCase):

    def subscribe(self, name, price, start='2024-01-01', line=None, **plan):
        self.account = self.make_account(name)
        plan = self.make_plan(name.upper(), price, **plan)
        return self.make_subscription(
            self.account, [{'isp_plan_id': plan.id, **(line or {})}], start)

    def billed(self, *days):
        return [
            self.bill(day, account_ids=[(6, 0, self.account.ids)]).move_ids.amount_untaxed_signed
            for day in days
        ]

    def test_thirty_day_months_in_longer_periods(self):
        """45 served days: half a quarter, an eighth of a year; weeks by their own days."""
        for name, price, interval, unit, last, credit in (
            ('quarter', 90.0, 3, 'month', '2024-02-14', -45.0),
            ('year', 360.0, 1, 'year', '2024-02-14', -315.0),
            ('two', 60.0, 2, 'month', '2024-01-15', -45.0),
            ('week', 7.0, 1, 'week', '2024-01-03', -4.0),
        ):
            with self.subTest(name=name):
                subscription = self.subscribe(
                    name, price, interval=interval, unit=unit, proration_method='days30')
                self.assertEqual(self.billed('2024-01-01'), [price])
                subscription._isp_end(date.fromisoformat(last))
                self.assertEqual(self.billed('2024-02-15'), [credit])

    def test_thirty_day_stub_of_a_quarter(self):
        """From 15 January to the bill day: 17 of 90 days."""
        self.subscribe('stub', 90.0, '2024-01-15', interval=3, proration_method='days30')
        self.assertEqual(self.billed('2024-01-15', '2024-02-01'), [17.0, 90.0])

    def test_thirty_days_over_february(self):
        """The 10 first days of a leap February, and the 31st of March that costs nothing."""
        subscription = self.subscribe('short', 30.0, proration_method='days30')
        self.billed('2024-01-01', '2024-02-01', '2024-03-01')
        hold = subscription._isp_hold(date(2024, 2, 11), date(2024, 2, 29))
        self.assertEqual(self.billed('2024-03-02'), [0.0])  # carried
        self.assertEqual(self.billed('2024-04-01'), [10.0])
        hold.unlink()
        subscription._isp_hold(date(2024, 3, 31), date(2024, 3, 31))
        self.assertEqual(self.billed('2024-04-02'), [20.0])

    def test_reduced_hold_without_proration(self):
        """Half price in the month that is held whole, the whole price in those around it."""
        subscription = self.subscribe('none', 30.0, proration_method='none')
        subscription._isp_hold(date(2024, 1, 20), date(2024, 3, 10), effect='reduced', percent=50)
        self.assertEqual(
            self.billed('2024-01-01', '2024-02-01', '2024-03-01'), [30.0, 15.0, 30.0])

    def test_opening_charge_of_a_part_by_each_method(self):
        """Billed to 15 February by the former system: the rest of February, and no more."""
        for method, amount, rest in (
            ('actual', '15.52', 14.49), ('days30', '15.00', 15.0), ('none', '30.00', 0.0),
        ):
            with self.subTest(method=method):
                subscription = self.subscribe(method, 30.0, proration_method=method)
                self.env['isp.billing.engine']._write_opening_charges([{
                    'line': subscription.sale_subscription_line_ids,
                    'through': date(2024, 2, 15), 'amount': Decimal(amount),
                }])
                self.assertEqual(self.billed('2024-02-16', '2024-03-01'), [rest, 30.0])

    def test_a_monthly_credit(self):
        """An own price below zero: credited each month, by the day, and again when it goes on."""
        subscription = self.subscribe('base', 30.0)
        loyal = self.make_plan('LOYAL', 5.0, kind='addon')
        line = self.env['sale.subscription.line'].create({
            'sale_subscription_id': subscription.id, 'isp_plan_id': loyal.id,
            'isp_date_start': '2024-01-01', 'isp_price_source': 'own', 'price_unit': -5.0})
        self.assertEqual(self.billed('2024-01-01'), [25.0])
        line._isp_end(date(2024, 1, 10))
        self.assertEqual(self.billed('2024-01-11'), [3.39])
        line.isp_date_end = False
        self.assertEqual(self.billed('2024-02-01'), [25.0 - 3.39])

    def test_quantities_and_discounts_that_no_line_has(self):
        for values in ({'discount': 100.01}, {'discount': -1.0}, {'product_uom_qty': -1.0}):
            with self.subTest(values=values), self.assertRaisesRegex(
                    ValidationError, "0 or more|0 to 100 %"), self.env.cr.savepoint():
                self.subscribe('refused', 30.0, line=values)
        subscription = self.subscribe('parts', 19.99, line={'product_uom_qty': 1.5})
        self.subscribe('nothing', 19.99, line={'product_uom_qty': 0.0})
        self.assertEqual(self.billed('2024-01-01'), [0.0])
        self.account = subscription.isp_account_id
        self.assertEqual(self.billed('2024-01-01'), [29.99])
        with self.assertRaises(UserError):
            subscription.sale_subscription_line_ids._isp_change(
                date(2024, 2, 1), discount=120.0)
