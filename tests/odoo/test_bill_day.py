"""Changes of the bill day: the stub, the grid after it, and the dialog that shows both."""
from datetime import date

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import Form, new_test_user

from .common import IspCase


class TestBillDay(IspCase):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.account = cls.make_account(isp_document_language='en')
        cls.plan = cls.make_plan('PLAN', 30.0)
        cls.subscription = cls.make_subscription(cls.account, [cls.plan], '2024-01-01')
        cls.line = cls.subscription.sale_subscription_line_ids

    def bills(self, *days):
        """[(amount, from, to)] of what the bills of these days charge."""
        return [
            [(charge.amount, str(charge.date_from), str(charge.date_to))
             for charge in self.bill(day).bill_ids.move_id.isp_charge_ids.sorted('date_from')]
            for day in days
        ]

    def test_case_028_from_the_first_to_the_fifteenth(self):
        """14 of 31 days: the stub is a part of the period 03-15..04-14 of the new schedule."""
        self.bills('2024-01-01', '2024-02-01', '2024-03-01')
        changes = self.subscription._isp_change_bill_day(15, date(2024, 4, 1))
        self.assertEqual(str(changes.date_from), '2024-04-01')
        self.assertEqual(self.bills('2024-04-01', '2024-04-15', '2024-05-15'), [
            [(13.55, '2024-04-01', '2024-04-14')], [(30.0, '2024-04-15', '2024-05-14')],
            [(30.0, '2024-05-15', '2024-06-14')],
        ])
        stub = self.subscription.isp_charge_ids.filtered(lambda one: one.amount == 13.55)
        self.assertEqual(
            (str(stub.period_start), str(stub.period_end), stub.days, stub.period_days),
            ('2024-03-15', '2024-04-14', 14, 31),
        )
        self.assertEqual(self.subscription.isp_bill_day, 15)

    def test_charged_days_stay_as_they_are(self):
        """Asked for in the middle of a charged month, it acts from the next uncharged day."""
        self.bills('2024-01-01', '2024-02-01')
        self.subscription._isp_change_bill_day(20, date(2024, 2, 10))
        self.assertEqual(self.bills('2024-03-01', '2024-03-20'), [
            [(19.66, '2024-03-01', '2024-03-19')], [(30.0, '2024-03-20', '2024-04-19')],
        ])

    def test_twice_and_back(self):
        self.bills('2024-01-01')
        self.subscription._isp_change_bill_day(15, date(2024, 2, 1))
        self.bills('2024-02-01')
        self.subscription._isp_change_bill_day(1, date(2024, 2, 15))
        self.assertEqual(self.bills('2024-02-15', '2024-03-01'), [
            [(15.52, '2024-02-15', '2024-02-29')], [(30.0, '2024-03-01', '2024-03-31')],
        ])

    def test_taken_back_before_anything_was_charged(self):
        self.bills('2024-01-01')
        self.subscription._isp_change_bill_day(15, date(2024, 2, 1))
        self.subscription._isp_change_bill_day(1, date(2024, 2, 1))
        self.assertEqual(self.bills('2024-02-01'), [[(30.0, '2024-02-01', '2024-02-29')]])

    def test_in_arrears(self):
        arrears = self.make_plan('ARREARS', 31.0, timing='arrears')
        account = self.make_account("Arrears")
        subscription = self.make_subscription(account, [arrears], '2024-03-01')
        self.line._isp_end(date(2023, 12, 31))
        self.bills('2024-04-01')
        subscription._isp_change_bill_day(15, date(2024, 4, 1))
        self.assertEqual(self.bills('2024-04-15', '2024-05-15'), [
            [(14.0, '2024-04-01', '2024-04-14')], [(31.0, '2024-04-15', '2024-05-14')],
        ])

    def test_a_change_that_charges_rest_on_is_not_taken_back(self):
        """Day 4, day 1 the next day, a month billed, day 4 again: it waits for its next period.

        From 3 February on it would have made one period of 4 January to 3 February, across
        the month that was billed by the change in between.
        """
        arrears = self.make_plan('ARREARS', 31.0, timing='arrears')
        account = self.make_account("Arrears")
        self.line._isp_end(date(2023, 12, 31))
        subscription = self.make_subscription(account, [arrears], '2024-01-01')
        subscription._isp_change_bill_day(4, date(2024, 1, 1))
        subscription._isp_change_bill_day(1, date(2024, 1, 5))
        self.assertEqual(self.bills('2024-01-04', '2024-02-01'), [
            [(3.0, '2024-01-01', '2024-01-03')], [(27.0, '2024-01-05', '2024-01-31')]])
        change = subscription._isp_change_bill_day(4, date(2024, 2, 3))
        self.assertEqual(str(change.date_from), '2024-02-04')
        self.assertEqual(self.bills('2024-02-04', '2024-03-04'), [
            [(1.0, '2024-01-04', '2024-01-04')],
            [(3.21, '2024-02-01', '2024-02-03'), (31.0, '2024-02-04', '2024-03-03')]])

    def test_quarterly(self):
        """The stub of a quarter: 14 of the 91 days of 01-15..04-14."""
        plan = self.make_plan('QUARTER', 91.0, interval=3)
        account = self.make_account("Quarter")
        subscription = self.make_subscription(account, [plan], '2024-01-01')
        self.line._isp_end(date(2023, 12, 31))
        self.bills('2024-01-01')
        subscription._isp_change_bill_day(15, date(2024, 2, 1))
        self.assertEqual(self.bills('2024-04-01', '2024-04-15'), [
            [(14.0, '2024-04-01', '2024-04-14')], [(91.0, '2024-04-15', '2024-07-14')],
        ])

    def test_a_credit_reaches_back_over_the_change(self):
        """The end in March credits at the old schedule what was charged at the old schedule."""
        self.bills('2024-01-01', '2024-02-01', '2024-03-01')
        self.subscription._isp_change_bill_day(15, date(2024, 4, 1))
        self.bills('2024-04-01')
        self.line._isp_end(date(2024, 3, 10))
        found = self.bills('2024-04-15')
        self.assertEqual(
            sorted(amount for amount, _first, _last in found[0]), [-20.32, -13.55])

    def test_plan_change_after_the_change_of_the_day(self):
        large = self.make_plan('LARGE', 60.0)
        self.bills('2024-01-01', '2024-02-01', '2024-03-01')
        self.subscription._isp_change_bill_day(15, date(2024, 4, 1))
        self.bills('2024-04-01', '2024-04-15')
        self.line._isp_change(date(2024, 4, 30), plan=large)
        self.assertEqual(
            self.bills('2024-04-30')[0],
            [(30.0, '2024-04-30', '2024-05-14'), (-15.0, '2024-04-30', '2024-05-14')])

    def test_reversal_of_the_stub_bills_it_again(self):
        self.bills('2024-01-01', '2024-02-01', '2024-03-01')
        self.subscription._isp_change_bill_day(15, date(2024, 4, 1))
        stub = self.bill('2024-04-01').move_ids
        stub.with_context(isp_reopen_periods=True)._reverse_moves(cancel=True)
        self.assertEqual(self.bills('2024-04-02'), [[(13.55, '2024-04-01', '2024-04-14')]])

    def test_a_planned_change_is_replaced_by_a_later_decision(self):
        """The 15th from June was planned; the 20th from March takes its place."""
        self.bills('2024-01-01', '2024-02-01')
        self.subscription._isp_change_bill_day(15, date(2024, 6, 1))
        self.subscription._isp_change_bill_day(20, date(2024, 3, 1))
        change = self.line.isp_bill_day_change_ids
        self.assertEqual(
            (str(change.date_from), change.previous_day, change.bill_day), ('2024-03-01', 1, 20))
        self.assertEqual(self.bills('2024-03-01', '2024-03-20', '2024-06-20'), [
            [(19.66, '2024-03-01', '2024-03-19')], [(30.0, '2024-03-20', '2024-04-19')],
            [(30.0, '2024-04-20', '2024-05-19'), (30.0, '2024-05-20', '2024-06-19'),
             (30.0, '2024-06-20', '2024-07-19')],
        ])

    def test_a_planned_change_is_taken_back(self):
        """Back to the present day: nothing is left of what was planned."""
        self.bills('2024-01-01')
        self.subscription._isp_change_bill_day(15, date(2024, 6, 1))
        self.assertFalse(self.subscription._isp_change_bill_day(1, date(2024, 3, 1)))
        self.assertFalse(self.line.isp_bill_day_change_ids)
        self.assertEqual(self.subscription.isp_bill_day, 1)
        self.assertEqual(self.bills('2024-02-01'), [[(30.0, '2024-02-01', '2024-02-29')]])

    def test_a_planned_change_comes_earlier(self):
        """The same day as planned, two months before: it acts from then on."""
        self.bills('2024-01-01')
        self.subscription._isp_change_bill_day(15, date(2024, 4, 1))
        self.subscription._isp_change_bill_day(15, date(2024, 2, 1))
        self.assertEqual(self.bills('2024-02-01', '2024-02-15'), [
            [(13.55, '2024-02-01', '2024-02-14')], [(30.0, '2024-02-15', '2024-03-14')]])

    def test_a_further_service_follows_the_planned_change(self):
        """Added in February: the old day up to April, then the new one, as the others."""
        router = self.make_plan('ROUTER', 10.0, kind='equipment')
        self.bills('2024-01-01')
        self.subscription._isp_change_bill_day(15, date(2024, 4, 1))
        self.env['sale.subscription.line'].create({
            'sale_subscription_id': self.subscription.id, 'isp_plan_id': router.id,
            'isp_date_start': '2024-02-10'})
        self.assertEqual(self.bills('2024-02-10', '2024-03-01', '2024-04-01', '2024-04-15'), [
            [(30.0, '2024-02-01', '2024-02-29'), (6.9, '2024-02-10', '2024-02-29')],
            [(30.0, '2024-03-01', '2024-03-31'), (10.0, '2024-03-01', '2024-03-31')],
            [(13.55, '2024-04-01', '2024-04-14'), (4.52, '2024-04-01', '2024-04-14')],
            [(30.0, '2024-04-15', '2024-05-14'), (10.0, '2024-04-15', '2024-05-14')],
        ])

    def test_quarters_of_the_calendar_stay_those_of_the_calendar(self):
        """From 10 February with the 15th: 65 of the 91 days of 01-15..04-14, then 04-15."""
        plan = self.make_plan('CALENDAR', 91.0, interval=3, calendar_periods=True)
        account = self.make_account("Calendar")
        subscription = self.make_subscription(account, [plan], '2024-02-10')
        self.line._isp_end(date(2023, 12, 31))
        subscription._isp_change_bill_day(15, date(2024, 2, 10))
        self.assertEqual(self.bills('2024-02-10', '2024-04-15'), [
            [(65.0, '2024-02-10', '2024-04-14')], [(91.0, '2024-04-15', '2024-07-14')]])

    def test_a_yearly_plan_after_the_change_counts_from_its_own_start(self):
        """Changed to a year on 25 June: 20 of 366 days up to the next bill day, then a year."""
        year = self.make_plan('YEAR', 300.0, interval=1, unit='year')
        self.bills('2024-01-01', '2024-02-01')
        self.subscription._isp_change_bill_day(15, date(2024, 2, 20))
        self.bills('2024-06-15')
        self.line._isp_change(date(2024, 6, 25), plan=year)
        self.assertEqual(self.bills('2024-07-15', '2025-07-15'), [
            [(16.39, '2024-06-25', '2024-07-14'), (-20.0, '2024-06-25', '2024-07-14'),
             (300.0, '2024-07-15', '2025-07-14')],
            [(300.0, '2025-07-15', '2026-07-14')],
        ])

    def test_days_that_no_month_has(self):
        for day in (0, 32):
            with self.assertRaises(UserError):
                self.subscription._isp_change_bill_day(day)

    def test_a_change_is_a_fact(self):
        self.bills('2024-01-01')
        change = self.subscription._isp_change_bill_day(15, date(2024, 2, 1))
        with self.assertRaises(UserError):
            change.bill_day = 3
        self.bills('2024-02-01')
        with self.assertRaisesRegex(UserError, "the change stays"):
            change.unlink()


class TestBillDayDialog(IspCase):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.account = cls.make_account(isp_document_language='en')
        cls.plan = cls.make_plan('PLAN', 30.0)
        cls.subscription = cls.make_subscription(cls.account, [cls.plan], '2024-01-01')
        cls.clerk = new_test_user(
            cls.env, 'isp-day-clerk', groups='base.group_user,isp_billing.group_clerk',
            company_id=cls.ca.id, company_ids=[Command.set(cls.ca.ids)],
        )
        for day in ('2024-01-01', '2024-02-01', '2024-03-01'):
            cls.bill(day)

    def dialog(self, records):
        action = records.with_user(self.clerk).with_context(
            allowed_company_ids=self.ca.ids).action_isp_change_bill_day()
        return records.with_user(self.clerk).env[action['res_model']].with_context(
            **action['context'], allowed_company_ids=self.ca.ids, lang='en_US')

    def test_subscription_shows_the_stub_before_confirming(self):
        with Form(self.dialog(self.subscription)) as form:
            form.date = '2024-04-01'
            form.bill_day = 15
            self.assertIn("13.55\N{NO-BREAK SPACE}$", form.outcome)
            self.assertIn("14 of 31 days", form.outcome)
            # stub and first period against April and May under the old day
            self.assertIn(
                "43.55\N{NO-BREAK SPACE}$ with the change, 60.00\N{NO-BREAK SPACE}$ without it",
                form.outcome)
        self.assertFalse(self.subscription.sale_subscription_line_ids.isp_bill_day_change_ids)
        self.assertEqual(self.subscription.isp_bill_day, 1)
        form.record.action_confirm()
        self.assertEqual(self.subscription.isp_bill_day, 15)
        self.assertEqual(self.bill('2024-04-01').move_ids.amount_untaxed, 13.55)
        self.assertIn("changes to 15", self.subscription.message_ids[0].body)

    def test_account_moves_to_another_profile(self):
        profile = self.env['isp.billing.profile'].create({
            'name': "Last day", 'company_id': self.ca.id, 'bill_day_rule': 'last',
        })
        own = self.make_subscription(
            self.account, [self.make_plan('OWN', 10.0)], '2024-03-05', isp_alignment='own')
        with Form(self.dialog(self.account)) as form:
            form.date = '2024-04-01'
            form.profile_id = profile.with_env(self.env(user=self.clerk))
            # 29 of the 30 days of 03-31..04-29, and 04-30..05-30
            self.assertIn("29.00\N{NO-BREAK SPACE}$", form.outcome)
        form.record.action_confirm()
        self.assertEqual(
            self.account.with_company(self.ca).isp_billing_profile_id, profile)
        self.assertEqual((self.subscription.isp_bill_day, own.isp_bill_day), (31, 5))
        run = self.bill('2024-04-30')
        self.assertEqual(
            self.amounts(self.subscription), [30.0, 30.0, 30.0, 29.0, 30.0])
        self.assertTrue(run.move_ids)

    def test_refused_days_are_said_in_the_dialog(self):
        dialog = self.dialog(self.subscription).create({'bill_day': 15, 'by': 'day'})
        dialog.bill_day = 40
        self.assertFalse(dialog.outcome)
        with self.assertRaises(UserError):
            dialog.action_confirm()
