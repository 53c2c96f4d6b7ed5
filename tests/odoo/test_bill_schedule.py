"""Runs that are made by themselves: when, for whom, how often, and when they wait."""
from datetime import date, datetime
from unittest.mock import patch

import psycopg2

from odoo import Command
from odoo.tests import new_test_user
from odoo.tools import mute_logger

from .common import IspCase


class TestBillSchedule(IspCase):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.plan = cls.make_plan('THIRTY', 30.0)
        cls.account = cls.make_account()
        cls.subscription = cls.make_subscription(cls.account, [cls.plan], '2026-11-01')
        cls.user = new_test_user(
            cls.env, 'isp-schedule', groups='base.group_user,isp_billing.group_approver',
            email='responsible@isp.example', lang='en_US', company_id=cls.ca.id,
            company_ids=[Command.set(cls.ca.ids)])
        cls.root = cls.env.ref('base.user_root')

    def make_schedule(self, **values):
        return self.env['isp.bill.schedule'].create({
            'name': "Month", 'company_id': self.ca.id, 'user_id': self.user.id, 'hour': 5,
            'since': '2026-10-01', 'send_invoices': False, **values,
        })

    def at(self, schedule, moment, work=True):
        """What the job does at a moment (naive UTC)."""
        companies = self.env.registry['res.company']
        now = datetime.fromisoformat(moment)
        with patch.object(companies, '_isp_now', lambda company: now):
            runs = schedule.with_user(self.root).with_company(self.ca)._isp_make_runs()
            for run in runs:
                run.invalidate_recordset()
                while work and run.state in ('computing', 'running') and not run.move_ids:
                    run.with_context(cron_id=1)._isp_work()
                    if run.state == 'computed':
                        break
        return runs.with_env(self.env)

    def test_hour_in_the_zone_of_the_company(self):
        """5 o'clock in Montreal is 10:00 UTC: not at 9:59, and once at 10:00."""
        schedule = self.make_schedule()
        self.assertFalse(self.at(schedule, '2026-11-01T09:59:00').filtered(
            lambda run: run.schedule_date == date(2026, 11, 1)))
        run = self.at(schedule, '2026-11-01T10:00:00')
        self.assertEqual((run.target_date, run.invoice_date), (date(2026, 11, 1),) * 2)
        self.assertEqual(run.profile_ids, self.ca.isp_profile_id)
        self.assertEqual(run.state, 'computed')
        self.assertEqual(run.computed_by_id, self.root)
        self.assertFalse(self.at(schedule, '2026-11-01T10:10:00'))
        self.assertFalse(self.at(schedule, '2026-11-02T10:10:00'))

    def test_days_before(self):
        schedule = self.make_schedule(days_before=3, since='2026-10-20')
        run = self.at(schedule, '2026-10-29T12:00:00')
        self.assertEqual((run.target_date, run.invoice_date),
                         (date(2026, 11, 1), date(2026, 10, 29)))
        self.assertEqual(run.bill_ids.amount_untaxed, 30.0)
        companies = self.env.registry['res.company']
        with patch.object(companies, '_isp_now', lambda company: datetime(2026, 10, 29, 12)):
            schedule.invalidate_recordset(['next_day'])
            self.assertEqual(schedule.next_day, date(2026, 11, 28))

    def test_one_run_for_each_schedule_and_day(self):
        schedule = self.make_schedule()
        run = self.at(schedule, '2026-11-01T12:00:00')
        with (
            mute_logger('odoo.sql_db'), self.assertRaises(psycopg2.IntegrityError),
            self.env.cr.savepoint(),
        ):
            self.env['isp.bill.run'].create({
                'company_id': self.ca.id, 'schedule_id': schedule.id,
                'schedule_date': run.schedule_date,
            })
        with patch.object(type(schedule), '_isp_due', lambda this: {
            run.schedule_date: self.ca.isp_profile_id,
        }), patch.object(type(run), 'search', lambda this, *args, **kwargs: this), \
                mute_logger('odoo.sql_db'):
            self.assertFalse(schedule._isp_make_runs(), "made by another server meanwhile")
        run.action_cancel()
        self.assertFalse(self.at(schedule, '2026-11-01T13:00:00'), "cancelled by a person")

    def test_case_034_missed_days_are_caught_up_once(self):
        """The job did not run on the bill day: the same periods and amounts, dated later."""
        schedule = self.make_schedule(auto_approve=True)
        run = self.at(schedule, '2026-11-02T15:00:00')
        self.assertEqual((run.target_date, run.invoice_date),
                         (date(2026, 11, 1), date(2026, 11, 2)))
        self.assertEqual(run.move_ids.isp_charge_ids.mapped('amount'), [30.0])
        self.assertEqual(run.move_ids.isp_period_from, date(2026, 11, 1))
        self.assertEqual(run.move_ids.invoice_date, date(2026, 11, 2))
        # two months missed: one run, two periods
        run = self.at(schedule, '2027-01-05T15:00:00')
        self.assertEqual(run.schedule_date, date(2027, 1, 1))
        self.assertEqual(run.move_ids.isp_charge_ids.mapped('amount'), [30.0, 30.0])
        self.assertEqual(len(schedule.run_ids), 2)

    def test_profiles_of_several_days(self):
        """Each profile on its own bill day; an anniversary profile every day."""
        middle = self.env['isp.billing.profile'].create({
            'name': "Fifteenth", 'company_id': self.ca.id, 'bill_day': 15})
        each = self.env['isp.billing.profile'].create({
            'name': "Each", 'company_id': self.ca.id, 'bill_day_rule': 'anniversary'})
        schedule = self.make_schedule(since='2026-11-10')
        runs = self.at(schedule, '2026-11-15T15:00:00')
        self.assertEqual(runs.profile_ids, middle | each)
        self.assertEqual(len(runs), 1)
        runs = self.at(schedule, '2026-11-16T15:00:00')
        self.assertEqual(runs.profile_ids, each)
        runs = self.at(schedule, '2026-12-01T15:00:00')
        self.assertEqual(runs.profile_ids, each | self.ca.isp_profile_id)

    def test_last_day_of_the_month(self):
        self.ca.isp_profile_id.bill_day_rule = 'last'
        schedule = self.make_schedule(since='2026-11-10')
        self.assertFalse(self.at(schedule, '2026-11-29T15:00:00'))
        self.assertEqual(
            self.at(schedule, '2026-11-30T15:00:00').schedule_date, date(2026, 11, 30))

    def test_auto_approve_where_everything_is_ready(self):
        schedule = self.make_schedule(auto_approve=True)
        run = self.at(schedule, '2026-11-01T12:00:00')
        self.assertIn(run.state, ('running', 'done'))
        self.assertEqual(run.approved_by_id, self.root)
        self.assertEqual(run.move_ids.mapped('state'), ['posted'])
        self.assertFalse(run.activity_ids)

    def test_missing_translations_hold_it_where_they_refuse_the_approval(self):
        self.account.with_company(self.ca).isp_document_language = 'fr'
        self.ca.isp_translation_gate = 'refuse'
        schedule = self.make_schedule(auto_approve=True)
        run = self.at(schedule, '2026-11-01T12:00:00')
        self.assertEqual(run.state, 'computed')
        self.assertFalse(run.move_ids)
        self.assertIn("missing in the language of their customers", run.activity_ids.note)
        self.ca.isp_translation_gate = 'warn'
        run = self.at(schedule, '2026-12-01T12:00:00')
        self.assertIn(run.state, ('running', 'done'))
        self.assertEqual(run.move_ids.mapped('state'), ['posted'])
        self.assertTrue(run.message_ids.filtered(
            lambda note: "missing in the language" in str(note.body)))

    def test_an_exception_waits_for_the_responsible(self):
        self.plan.price_ids.unlink()
        other = self.make_account("Otto Tester")
        self.make_subscription(other, [self.fibre], '2026-11-01')
        schedule = self.make_schedule(auto_approve=True)
        run = self.at(schedule, '2026-11-01T12:00:00')
        self.assertEqual((run.state, run.exception_count, run.ready_count), ('computed', 1, 1))
        self.assertFalse(run.move_ids)
        self.assertEqual(run.activity_ids.user_id, self.user)
        self.assertIn("1 exceptions", run.activity_ids.note)
        mail = self.env['mail.message'].search([
            ('model', '=', 'isp.bill.run'), ('res_id', '=', run.id),
            ('partner_ids', 'in', self.user.partner_id.ids)])
        self.assertTrue(mail, "told by e-mail, too")
        # a person mends it and approves it: nothing starts before that
        self.env['isp.service.plan.price'].create({
            'plan_id': self.plan.id, 'amount': 30.0, 'currency_id': self.cad.id,
            'date_from': '2026-01-01'})
        run.with_user(self.user).with_context(allowed_company_ids=self.ca.ids).action_compute()
        run._isp_work()
        self.assertEqual((run.state, run.ready_count), ('computed', 2))

    def test_four_eyes(self):
        """With approval by a second person the system counts only where the setting allows it."""
        self.ca.isp_four_eyes = True
        schedule = self.make_schedule(auto_approve=True)
        run = self.at(schedule, '2026-11-01T12:00:00')
        self.assertEqual(run.state, 'computed')
        self.assertIn("A person has to approve it", run.activity_ids.note)
        run.with_user(self.user).with_context(allowed_company_ids=self.ca.ids).action_approve()
        self.assertEqual(run.approved_by_id, self.user)
        run.action_cancel()
        self.ca.isp_four_eyes_schedule = True
        schedule = self.make_schedule(auto_approve=True)
        self.assertEqual(self.at(schedule, '2026-11-01T12:00:00').approved_by_id, self.root)

    def test_told_in_the_language_of_the_responsible(self):
        self.user.lang = 'fr_CA'
        run = self.at(self.make_schedule(), '2026-11-01T12:00:00')
        self.assertIn("attend son approbation", run.activity_ids.note)
        self.assertEqual(run.activity_ids.summary, f"{run.name} vous attend")

    def test_without_auto_approve_it_is_only_computed(self):
        run = self.at(self.make_schedule(), '2026-11-01T12:00:00')
        self.assertEqual(run.state, 'computed')
        self.assertIn("waits for approval", run.activity_ids.note)

    def test_nothing_to_bill_ends_by_itself(self):
        self.bill('2026-11-01')
        run = self.at(self.make_schedule(), '2026-11-01T12:00:00')
        self.assertEqual((run.state, run.already_count), ('done', 1))
        self.assertFalse(run.activity_ids)

    def test_locked_period(self):
        self.ca.fiscalyear_lock_date = '2026-11-30'
        run = self.at(self.make_schedule(auto_approve=True), '2026-11-01T12:00:00')
        self.assertEqual(run.state, 'draft')
        self.assertIn("locked until", run.activity_ids.note)

    def test_job(self):
        """The job makes the runs of every schedule and computes them through the run job."""
        schedule = self.make_schedule(since='2020-01-01')
        archived = self.make_schedule(since='2020-01-01', active=False)
        with patch.object(self.env.cr, 'commit'):
            self.env['isp.bill.schedule'].with_user(self.root)._cron_make_runs()
        self.assertEqual(schedule.run_ids.state, 'computing')
        self.assertEqual(schedule.last_run_id, schedule.run_ids)
        self.assertFalse(archived.run_ids)
        action = schedule.action_view_runs()
        self.assertEqual(self.env['isp.bill.run'].search(action['domain']), schedule.run_ids)
