"""Hard cases with the inputs and figures that they state, on posted invoices."""
from datetime import date, datetime
from unittest.mock import patch

from odoo import Command
from odoo.exceptions import UserError, ValidationError
from odoo.tests import Form, new_test_user

from .common import IspCase


class StatedCase(IspCase):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.plan = cls.make_plan('THIRTY', 30.0)
        cls.account = cls.make_account()

    def billed(self, *days, **values):
        return [self.bill(day, **values).move_ids.mapped('amount_untaxed_signed') for day in days]


class TestStatedServices(StatedCase):

    def test_case_011_overlap_of_a_month(self):
        self.make_subscription(self.account, [self.plan], '2026-04-01')
        with self.assertRaisesRegex(ValidationError, "already runs"), self.env.cr.savepoint():
            self.make_subscription(self.account, [
                {'isp_plan_id': self.plan.id, 'isp_date_end': '2026-04-10'}], '2026-03-10')
        self.make_subscription(self.account, [
            {'isp_plan_id': self.plan.id, 'isp_date_end': '2026-03-31'}], '2026-03-10')

    def test_case_047_there_and_back_at_59_95(self):
        """A to B to A on a day: the old line runs on, no document, the next month at 59.95."""
        subscription = self.make_subscription(self.account, [self.fibre], '2024-04-01')
        line, day = subscription.sale_subscription_line_ids, date(2024, 4, 16)
        self.billed('2024-04-01')
        other = line._isp_change(day, plan=self.plan)
        self.assertEqual(other._isp_change(day, plan=self.fibre), line)
        self.assertEqual(self.billed('2024-04-16', '2024-05-01'), [[], [59.95]])
        self.assertEqual(self.amounts(subscription), [59.95, 59.95])

    def test_case_051_credits_of_one_period(self):
        """15.00 of 30.00, then at most 15.00, then nothing."""
        subscription = self.make_subscription(self.account, [self.plan], '2024-04-01')
        line = subscription.sale_subscription_line_ids
        invoice = self.bill('2024-04-01').move_ids
        line._isp_end(date(2024, 4, 15))
        self.assertEqual(self.billed('2024-04-16'), [[-15.0]])
        line._isp_end(date(2024, 3, 31))
        self.assertEqual(self.billed('2024-04-17', '2024-04-18'), [[-15.0], []])
        self.assertEqual(self.amounts(subscription), [30.0, -15.0, -15.0])
        with self.assertRaisesRegex(UserError, "credited already"):
            invoice._reverse_moves([{'invoice_date': '2024-04-19'}])

    def test_case_058_plan_field_of_the_form(self):
        subscription = self.make_subscription(self.account, [self.plan], '2026-11-01')
        self.billed('2026-11-01')
        self.assertEqual(str(subscription.recurring_next_date), '2026-12-01')
        subscription.sale_subscription_line_ids = [Command.create({
            'isp_plan_id': self.fibre.id, 'isp_date_start': '2026-12-01'})]
        view = 'isp_billing.sale_subscription_view_form'
        with Form(subscription, view=view) as form, \
                form.sale_subscription_line_ids.edit(1) as line:
            line.isp_plan_id = self.make_plan('OTHER', 20.0)
        self.assertEqual(
            [str(subscription[name]) for name in ('date_start', 'recurring_next_date')],
            ['2026-11-01', '2026-12-01'])
        self.assertFalse(subscription.isp_anchor_date)

    def test_case_062_net_zero_on_two_accounts(self):
        """-15.00 and +15.00 on different income accounts: a document of 0.00 is posted."""
        self.ca.isp_profile_id.upgrade_policy = 'now'
        other = self.make_plan('OTHER', 30.0)
        income = self.accounts[self.ca][1].copy({'code': '400900'})
        other.product_id.property_account_income_id = income
        subscription = self.make_subscription(self.account, [self.plan], '2024-04-01')
        self.billed('2024-04-01')
        subscription.sale_subscription_line_ids._isp_change(date(2024, 4, 16), plan=other)
        move = self.bill('2024-04-16').move_ids
        self.assertEqual((move.state, move.amount_total), ('posted', 0.0))
        balances = {
            line.account_id: line.balance for line in move.invoice_line_ids}
        self.assertEqual(balances, {self.accounts[self.ca][1]: 15.0, income: -15.0})


class TestStatedDates(StatedCase):

    def at(self, moment, **values):
        """A run made and worked on at a moment (UTC), with the dates that it proposes."""
        with patch.object(self.env.registry['res.company'], '_isp_now', lambda company: moment):
            run = self.env['isp.bill.run'].with_company(self.fr).create(
                {'company_id': self.fr.id, 'send_invoices': False, **values})
            run.action_compute()
            run._isp_work()
            run.action_approve()
            run.action_start()
            return self.post_only(run)

    def test_case_017_september_behind_the_lock(self):
        """Locked to 2026-09-30, run on 2026-10-01: dated that day for September, no draft."""
        arrears = self.make_plan('ARREARS', 30.0, timing='arrears')
        self.make_subscription(self.account, [arrears], '2026-09-01')
        self.ca.fiscalyear_lock_date = '2026-09-30'
        move = self.bill('2026-10-01').move_ids
        self.assertEqual(
            [str(value) for value in (move.invoice_date, move.date, move.isp_period_from,
                                      move.isp_period_to)],
            ['2026-10-01', '2026-10-01', '2026-09-01', '2026-09-30'])
        self.assertFalse(self.env['account.move'].search([
            ('company_id', '=', self.ca.id), ('state', '=', 'draft')]))

    def test_case_034_two_days_late(self):
        """Not run on 10-31 and 11-01: on 11-02 the same periods and amounts, dated 11-02."""
        last = self.env['isp.billing.profile'].create({
            'name': "Last", 'company_id': self.ca.id, 'bill_day_rule': 'last'})
        groups = []
        for name in ("Late", "In time"):
            accounts = [self.make_account(f"{name} {place}") for place in range(2)]
            accounts[0].with_company(self.ca).isp_billing_profile_id = last
            for account in accounts:
                self.make_subscription(account, [self.plan], '2026-10-20')
            self.bill('2026-10-20', account_ids=[Command.set([one.id for one in accounts])])
            groups.append(accounts)
        late, in_time = groups

        def run(day, accounts):
            return self.bill(day, account_ids=[Command.set([one.id for one in accounts])])

        for day in ('2026-10-31', '2026-11-01', '2026-11-02'):
            run(day, in_time)
        moves = run('2026-11-02', late).move_ids
        self.assertEqual(set(moves.mapped('invoice_date')), {date(2026, 11, 2)})

        def rows(account):
            charges = self.env['isp.charge'].search(
                [('account_id', '=', account.id)], order='date_from, id')
            return [(str(one.date_from), str(one.date_to), one.amount) for one in charges]

        self.assertEqual([rows(one) for one in late], [rows(one) for one in in_time])
        self.assertEqual(rows(late[0]), [
            ('2026-10-20', '2026-10-30', 10.65), ('2026-10-31', '2026-11-29', 30.0)])
        self.assertEqual(rows(late[1]), [
            ('2026-10-20', '2026-10-31', 11.61), ('2026-11-01', '2026-11-30', 30.0)])
        self.assertFalse(run('2026-11-02', late).bill_ids)

    def test_case_035_an_hour_before_midnight(self):
        """23:00 in Paris on 31 March: nothing; on 1 April 00:30: March."""
        plan = self.make_plan('AFTER', 30.0, company=self.fr, timing='arrears')
        account = self.make_account("Client", company=self.fr)
        self.make_subscription(account, [plan], '2024-03-01', company=self.fr)
        self.assertFalse(self.at(datetime(2024, 3, 31, 21, 0)).bill_ids)
        move = self.at(datetime(2024, 3, 31, 22, 30)).move_ids
        self.assertEqual(
            [str(value) for value in (move.invoice_date, move.isp_period_from,
                                      move.isp_period_to)],
            ['2024-04-01', '2024-03-01', '2024-03-31'])

    def test_case_041_the_same_list_on_the_day(self):
        """A user in Tokyo and the job without a zone: April is due at 00:30 in Paris."""
        plan = self.make_plan('FR', 30.0, company=self.fr)
        accounts = [self.make_account(f"Client {place}", company=self.fr) for place in range(2)]
        for account in accounts:
            self.make_subscription(account, [plan], '2026-04-01', company=self.fr)
        for account, zone in zip(accounts, ('Asia/Tokyo', False), strict=True):
            self.env.user.tz = zone
            run = self.at(
                datetime(2026, 3, 31, 22, 30), account_ids=[Command.set(account.ids)])
            self.assertEqual((str(run.target_date), run.move_ids.amount_untaxed),
                             ('2026-04-01', 30.0))


class TestStatedRuns(StatedCase):

    def test_case_073_a_clerk_computes_and_does_not_approve(self):
        self.make_subscription(self.account, [self.plan], '2026-11-01')
        clerk = new_test_user(
            self.env, 'case73', 'isp_billing.group_clerk', company_id=self.ca.id,
            company_ids=[Command.set(self.ca.ids)])
        run = self.make_run('2026-11-01', compute=False)
        run = run.with_user(clerk).with_context(allowed_company_ids=self.ca.ids)
        run.action_compute()
        run.sudo()._isp_work()
        self.assertEqual((run.state, run.ready_count), ('computed', 1))
        with self.assertRaises(UserError):
            run.action_approve()
        self.assertEqual(run.state, 'computed')

    def test_case_076_no_number_is_consumed(self):
        """Cancelled with its drafts: none is left, and the next run begins with number 1."""
        self.make_subscription(self.account, [self.plan], '2026-11-01')
        run = self.make_run('2026-11-01', post_invoices=False)
        run.action_approve()
        run.action_start()
        run._isp_work()
        drafts = run.move_ids
        self.assertEqual(drafts.mapped('state'), ['draft'])
        run.action_cancel()
        self.assertFalse(drafts.exists())
        self.assertFalse(self.amounts(self.account))
        self.assertEqual(self.bill('2026-11-02').move_ids.sequence_number, 1)

    def test_case_082_statements_of_an_invoice_are_constant(self):
        """Posted in chunks: an invoice of many asks no more statements than one of few."""
        def statements(count):
            accounts = [self.make_account(f"Quinn {count} {place}") for place in range(count)]
            for account in accounts:
                self.make_subscription(account, [self.plan], '2026-03-01')
            run = self.make_run(
                '2026-03-01', send_invoices=False,
                account_ids=[Command.set([one.id for one in accounts])])
            run.action_approve()
            run.action_start()
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.post_only(run)
            self.env.flush_all()
            self.assertEqual(len(run.move_ids), count)
            return (self.env.cr.sql_log_count - before) / count

        statements(2)  # what a process reads once
        few, many = statements(5), statements(30)
        self.assertLessEqual(many, few)
