"""The heartbeat: managers hear of it when billing stands still, once."""
from datetime import timedelta

from odoo import fields
from odoo.tests import new_test_user

from .common import IspCase


class TestHealthWatch(IspCase):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.manager = new_test_user(
            cls.env, 'isp-watch-manager', groups='base.group_user,isp_billing.group_manager',
            email='watch@isp.example', company_id=cls.ca.id,
            company_ids=[(6, 0, (cls.ca | cls.fr).ids)],
        )
        cls.job = cls.env.ref('isp_billing.ir_cron_bill_run')

    def mails(self):
        return self.env['mail.mail'].search([('email_to', 'ilike', 'watch@isp.example')])

    def activities(self):
        return self.env['mail.activity'].search([('user_id', '=', self.manager.id)])

    def test_f27_job_switched_off(self):
        self.job.active = False
        self.env['isp.health.check']._cron_health_check()
        self.assertEqual(len(self.mails()), 1)
        self.assertIn("switched off", self.mails().body_html)
        self.assertIn("ISP Billing stands still", self.activities().mapped('summary'))

    def test_the_other_nightly_job_tells_too(self):
        self.env.ref('isp_billing.ir_cron_health_check').active = False
        with self.enter_registry_test_mode():
            self.env.ref('isp_billing.ir_cron_book_check').method_direct_trigger()
        self.assertIn("health check", self.mails()[:1].body_html)

    def test_nobody_is_told_twice_while_the_activity_is_open(self):
        self.job.active = False
        for _night in range(3):
            self.env['isp.health.check']._isp_watch_jobs()
        self.assertEqual(len(self.mails()), 1)
        self.activities().unlink()
        self.env['isp.health.check']._isp_watch_jobs()
        self.assertEqual(len(self.mails()), 2)

    def test_all_well_tells_nobody(self):
        self.env['isp.health.check']._cron_health_check()
        self.env['isp.health.check']._isp_watch_jobs()
        self.assertFalse(self.mails())

    def test_a_run_that_waits_says_so_on_its_form(self):
        run = self.make_run('2026-11-01', compute=False)
        self.job.active = False
        self.assertFalse(run.job_warning)
        run.action_compute()
        run.invalidate_recordset()
        self.assertIn("switched off", run.job_warning)
        now = fields.Datetime.now()
        self.job.write({'active': True, 'lastcall': now - timedelta(days=1),
                        'nextcall': now - timedelta(hours=3)})
        run.invalidate_recordset()
        self.assertIn("Nobody works", run.job_warning)

    def test_no_run_for_what_is_due(self):
        today = self.ca._isp_today()
        account = self.make_account()
        subscription = self.make_subscription(account, [self.fibre], today - timedelta(days=40))
        subscription.recurring_next_date = today - timedelta(days=10)
        codes = {row['code'] for row in self.env['isp.health.check']._check_run_missing(self.ca)}
        self.assertEqual(codes, {'run_missing'})
        self.bill(today)
        run = self.env['isp.bill.run'].search([('company_id', '=', self.ca.id)], limit=1)
        run._isp_set_state(('running',), 'done')
        self.assertFalse(self.env['isp.health.check']._check_run_missing(self.ca))
