"""Plan changes: when they act, what the dialog says they cost, several in a day, and back."""
from datetime import date
from unittest.mock import patch

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import Form, new_test_user

from .common import IspCase


class TestPlanChange(IspCase):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.account = cls.make_account(isp_document_language='en')
        cls.small = cls.make_plan('SMALL', 30.0)
        cls.large = cls.make_plan('LARGE', 50.0)
        cls.subscription = cls.make_subscription(cls.account, [cls.large], '2024-04-01')
        cls.line = cls.subscription.sale_subscription_line_ids
        cls.clerk = new_test_user(
            cls.env, 'isp-change-clerk', groups='base.group_user,isp_billing.group_clerk',
            company_id=cls.ca.id, company_ids=[Command.set(cls.ca.ids)],
        )
        cls.profile = cls.ca.isp_profile_id

    def setUp(self):
        super().setUp()
        today = patch.object(
            self.env.registry['res.company'], '_isp_today', lambda company: date(2024, 4, 16))
        today.start()
        self.addCleanup(today.stop)

    def dialog(self, line=None):
        line = (line or self.line).with_user(self.clerk).with_context(
            allowed_company_ids=self.ca.ids, lang='en_US')
        action = line.action_isp_change()
        return Form(line.env[action['res_model']].with_context(**action['context']))

    def change(self, plan, line=None, **values):
        """Change the plan by the dialog, as its policy proposes unless said otherwise."""
        with self.dialog(line) as form:
            form.plan_id = plan.with_env(form._env)
            for name, value in values.items():
                form[name] = value
        form.record.action_confirm()
        return form

    def billed(self, *days):
        return [self.bill(day).move_ids.amount_untaxed_signed for day in days]

    def test_case_049_downgrade_waits_for_the_next_period(self):
        self.billed('2024-04-01')
        form = self.change(self.small)
        self.assertEqual((form.when, str(form.date)), ('next', '2024-05-01'))
        self.assertEqual(self.billed('2024-04-16', '2024-05-01'), [0.0, 30.0])

    def test_case_049_immediate_policy(self):
        self.billed('2024-04-01')
        self.profile.downgrade_policy = 'now'
        self.profile.negative_policy = 'credit_note'
        form = self.change(self.small)
        self.assertEqual((form.when, str(form.date)), ('now', '2024-04-16'))
        self.assertEqual(self.billed('2024-04-16', '2024-05-01'), [-10.0, 30.0])
        self.assertEqual(sorted(self.amounts(self.subscription)), [-25.0, 15.0, 30.0, 50.0])

    def test_upgrade_acts_at_once(self):
        self.line._isp_change(date(2024, 4, 1), plan=self.small)
        line = self.line.isp_successor_ids
        self.billed('2024-04-01')
        form = self.change(self.large, line)
        self.assertEqual((form.direction, form.when), ('upgrade', 'now'))
        self.assertEqual(self.billed('2024-04-16', '2024-05-01'), [10.0, 50.0])

    def test_upgrade_policy_of_the_profile(self):
        self.profile.upgrade_policy = 'next'
        gig = self.make_plan('GIG', 90.0)
        self.billed('2024-04-01')
        self.change(gig)
        self.assertEqual(self.billed('2024-04-16', '2024-05-01'), [0.0, 90.0])

    def test_on_a_date(self):
        self.billed('2024-04-01')
        self.change(self.small, when='date', date='2024-04-21')
        self.assertEqual(self.line.isp_date_end, date(2024, 4, 20))
        # 10 of 30 days: -16.67 + 10.00, carried to May
        self.assertEqual(self.billed('2024-05-01'), [23.33])

    def test_the_dialog_says_what_it_costs(self):
        self.billed('2024-04-01')
        with self.dialog() as form:
            self.assertFalse(form.outcome)
            form.plan_id = self.small.with_env(form._env)
            self.assertIn("30.00\N{NO-BREAK SPACE}$ with the change, 50.00", form.outcome)
            form.when = 'now'
            self.assertIn("-25.00", form.outcome)
            self.assertIn("15.00", form.outcome)
            self.assertIn("-10.00\N{NO-BREAK SPACE}$ with the change, 0.00", form.outcome)
            self.assertIn("15 of 30 days", form.outcome)
        self.assertFalse(self.line.isp_date_end)
        self.assertFalse(self.line.isp_successor_ids)

    def test_the_dialog_says_what_stands_in_the_way(self):
        unpriced = self.make_plan('UNPRICED', None)
        with self.dialog() as form:
            form.plan_id = unpriced.with_env(form._env)
            form.when = 'now'
            self.assertIn("has no price in CAD", form.outcome)
            form.when = 'date'
            form.date = '2024-03-01'
            self.assertIn("does not run on 2024-03-01", form.outcome)

    def test_yearly_plan_is_compared_by_the_year(self):
        """240 a year is less than 50 a month, although its period costs more."""
        yearly = self.make_plan('YEAR', 240.0, interval=1, unit='year')
        self.assertEqual(self.line._isp_direction(date(2024, 4, 16), plan=yearly), 'downgrade')
        self.assertEqual(self.line._isp_direction(date(2024, 4, 16), quantity=2), 'upgrade')
        self.assertEqual(self.line._isp_direction(date(2024, 4, 16), discount=10), 'downgrade')
        self.assertEqual(self.line._isp_direction(date(2024, 4, 16), price=50.0), 'same')

    def test_next_period_is_one_that_was_not_charged(self):
        """May was billed ahead: the downgrade waits for June, and nothing is credited."""
        self.profile.days_ahead = 20
        self.billed('2024-04-15')
        form = self.change(self.small)
        self.assertEqual(str(form.date), '2024-06-01')
        self.assertEqual(self.billed('2024-04-16', '2024-05-15'), [0.0, 30.0])

    def test_several_changes_in_a_day(self):
        """A, B, C on the 16th: only A and C are billed; back to A: nothing."""
        gig = self.make_plan('GIG', 90.0)
        self.billed('2024-04-01')
        day = date(2024, 4, 16)
        second = self.line._isp_change(day, plan=self.small)
        third = second._isp_change(day, plan=gig)
        self.assertEqual(self.make_run('2024-04-16').bill_ids.amount_untaxed, 20.0)
        back = third._isp_change(day, plan=self.large)
        self.assertEqual(back, self.line)
        self.assertFalse(self.line.isp_date_end)
        self.assertEqual(self.billed('2024-04-16', '2024-05-01'), [0.0, 50.0])

    def test_case_047_also_when_it_was_billed_between(self):
        """Changed and billed, then back on the same day: the first plan is charged again."""
        self.billed('2024-04-01')
        day = date(2024, 4, 16)
        successor = self.line._isp_change(day, plan=self.small)
        self.profile.negative_policy = 'credit_note'
        self.assertEqual(self.billed('2024-04-16'), [-10.0])
        successor._isp_change(day, plan=self.large)
        self.assertEqual(self.billed('2024-04-16', '2024-05-01'), [10.0, 50.0])

    def test_planned_change_is_taken_back(self):
        self.billed('2024-04-01')
        self.change(self.small)
        planned = self.line.isp_successor_ids
        planned.with_user(self.clerk).with_context(
            allowed_company_ids=self.ca.ids).action_isp_undo_change()
        self.assertFalse(planned.exists())
        self.assertFalse(self.line.isp_date_end)
        self.assertEqual(self.billed('2024-05-01'), [50.0])
        with self.assertRaisesRegex(UserError, "no change that could be taken back"):
            self.line._isp_undo_change()

    def test_charged_change_is_not_taken_back(self):
        self.billed('2024-04-01')
        self.change(self.small)
        self.billed('2024-05-01')
        with self.assertRaisesRegex(UserError, "before it is charged"):
            self.line.isp_successor_ids._isp_undo_change()

    def test_only_allowed_plans(self):
        gig = self.make_plan('GIG', 90.0)
        self.large.change_plan_ids = gig
        wizard = self.env['isp.line.change'].create({
            'line_id': self.line.id, 'plan_id': self.small.id})
        with self.assertRaisesRegex(UserError, "may not change"):
            wizard.action_confirm()
