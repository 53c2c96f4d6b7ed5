"""Prices that include tax, and both ways of rounding taxes: preview, ledger and invoice agree."""
from .common import IspCase


class TestPriceWithTax(IspCase):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.vat_in = cls.make_tax(
            "TVA 20 TTC", 20.0, cls.fr, "TVA 20 %", price_include_override='tax_included')
        cls.box = cls.make_plan('BOX', 29.99, company=cls.fr, taxes=cls.vat_in)
        cls.account = cls.make_account("Odile Essai", company=cls.fr)

    def bill_figures(self, target):
        run = self.make_run(target, company=self.fr, send_invoices=False)
        bill = run.bill_ids
        preview = (bill.amount_untaxed, bill.amount_tax, bill.amount_total)
        run.action_approve()
        run.action_start()
        self.post_only(run)
        move = run.move_ids
        sign = move.direction_sign * -1
        self.assertEqual(preview, (
            sign * move.amount_untaxed, sign * move.amount_tax, sign * move.amount_total))
        return move

    def test_the_subscriber_pays_the_price_that_was_announced(self):
        self.make_subscription(self.account, [self.box], '2026-09-01', company=self.fr)
        move = self.bill_figures('2026-09-01')
        self.assertEqual((move.amount_untaxed, move.amount_tax, move.amount_total),
                         (24.99, 5.00, 29.99))
        self.assertEqual(self.amounts(self.account), [29.99])

    def test_part_of_a_period_and_its_credit(self):
        """17 of 31 days of 29.99 with tax are 16.45 with tax; ending takes back 7 of 31."""
        subscription = self.make_subscription(
            self.account, [self.box], '2026-10-15', company=self.fr)
        move = self.bill_figures('2026-10-15')
        self.assertEqual(move.amount_total, 16.45)
        subscription._isp_end(subscription._fields['date'].to_date('2026-10-24'))
        move = self.bill_figures('2026-11-01')
        # round(29.99 x 17/31) - round(29.99 x 10/31)
        self.assertEqual((move.move_type, move.amount_total), ('out_refund', 6.78))
        self.assertEqual(round(sum(self.amounts(self.account)), 2), 9.67)

    def test_three_prices_with_tax_rounded_globally(self):
        """Three services of 14.99 with tax cost 44.97, whatever the parts are rounded to."""
        self.fr.tax_calculation_rounding_method = 'round_globally'
        plans = [self.make_plan(f'B{number}', 14.99, company=self.fr, taxes=self.vat_in)
                 for number in range(3)]
        subscription = self.make_subscription(
            self.account, plans, '2026-09-01', company=self.fr)
        move = self.bill_figures('2026-09-01')
        self.assertEqual(move.amount_total, 44.97)
        self.assertEqual((subscription.recurring_total, subscription.amount_total),
                         (move.amount_untaxed, 44.97))

    def test_included_and_added_taxes_together(self):
        plan = self.make_plan('MIX', 120.00, company=self.fr, taxes=self.vat_in | self.make_tax(
            "Levy", 2.0, self.fr, "Levy 2 %"))
        self.make_subscription(self.account, [plan], '2026-09-01', company=self.fr)
        move = self.bill_figures('2026-09-01')
        self.assertEqual(move.amount_untaxed, 100.00)
        self.assertEqual(move.amount_total, 122.00)
        self.assertEqual(self.amounts(self.account), [120.00])

    def rounding_figures(self, method):
        """Three services of 0.13 at 10 %: 0.013 each."""
        self.fr.tax_calculation_rounding_method = method
        tax = self.make_tax("TVA 10", 10.0, self.fr, "TVA 10 %")
        plans = [self.make_plan(f'P{number}', 0.13, company=self.fr, taxes=tax)
                 for number in range(3)]
        subscription = self.make_subscription(
            self.account, plans, '2026-09-01', company=self.fr)
        move = self.bill_figures('2026-09-01')
        self.assertEqual(
            (subscription.recurring_total, subscription.amount_tax, subscription.amount_total),
            (move.amount_untaxed, move.amount_tax, move.amount_total),
            "the subscription shows what it costs")
        return move.amount_tax

    def test_taxes_rounded_per_line(self):
        self.assertEqual(self.rounding_figures('round_per_line'), 0.03)

    def test_taxes_rounded_globally(self):
        self.assertEqual(self.rounding_figures('round_globally'), 0.04)

    def test_totals_follow_the_way_of_rounding(self):
        self.fr.tax_calculation_rounding_method = 'round_per_line'
        tax = self.make_tax("TVA 10", 10.0, self.fr, "TVA 10 %")
        plans = [self.make_plan(f'W{number}', 0.13, company=self.fr, taxes=tax)
                 for number in range(3)]
        subscription = self.make_subscription(
            self.account, plans, '2026-09-01', company=self.fr)
        self.assertEqual(subscription.amount_tax, 0.03)
        self.fr.tax_calculation_rounding_method = 'round_globally'
        self.assertEqual(subscription.amount_tax, 0.04)

    def test_case_066_two_rates_rounded_globally(self):
        self.fr.tax_calculation_rounding_method = 'round_globally'
        plans = [
            self.make_plan(f'R{rate}', price, company=self.fr,
                           taxes=self.make_tax(f"TVA {rate}", rate, self.fr, f"TVA {rate} %"))
            for price, rate in ((0.13, 10.0), (0.16, 20.0))
        ]
        self.make_subscription(self.account, plans, '2026-09-01', company=self.fr)
        move = self.bill_figures('2026-09-01')
        taxes = move.line_ids.filtered('tax_line_id')
        self.assertEqual(sorted(abs(line.balance) for line in taxes), [0.01, 0.03])
        self.assertEqual(move.amount_tax, 0.04)


class TestChargeOfGroupTaxes(IspCase):

    def test_quebec_taxes_of_a_part_period(self):
        """F-row of the fault table: 20/30 of 60.00 is 40.00, plus 2.00 and 3.99."""
        plan = self.make_plan('SIXTY', 60.00)
        account = self.make_account()
        self.make_subscription(account, [{'isp_plan_id': plan.id}], '2026-04-11')
        run = self.bill('2026-04-11')
        self.assertEqual(self.amounts(account), [40.00])
        self.assertEqual(run.move_ids.amount_total, 45.99)
        self.assertEqual(
            sorted(abs(line.balance) for line in run.move_ids.line_ids.filtered('tax_line_id')),
            [2.00, 3.99])
        self.assertFalse(run.move_ids.invoice_line_ids.filtered(lambda line: not line.tax_ids))
