"""One account or one run that cannot be computed never stops the others."""
from unittest.mock import patch

from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import IspCase

LOGGERS = (
    'odoo.addons.isp_billing.models.isp_bill_run_compute',
    'odoo.addons.isp_billing.models.isp_bill_run_work', 'odoo.sql_db',
)


@tagged('standard', 'post_install', '-at_install')
class TestRunIsolation(IspCase):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.plan = cls.make_plan('fibre', 30.00, allow_several=True)
        cls.accounts = cls.env['res.partner'].union(*(
            cls.make_account(f"Isolde Number{place}") for place in range(3)
        ))
        for account in cls.accounts:
            cls.make_subscription(account, [cls.plan], '2026-03-01')

    def poison(self, account, sql=None):
        """Have the preview of one account fail, by Python or by SQL."""
        engine = type(self.env['isp.bill.preview'])
        original = engine._account_bills

        def failing(this, bills, one, *args, **words):
            if one == account:
                if sql:
                    this.env.cr.execute(sql)
                raise ZeroDivisionError("rate of nothing")
            return original(this, bills, one, *args, **words)

        return patch.object(engine, '_account_bills', failing)

    def test_case_013_an_account_that_cannot_be_computed_is_an_exception(self):
        bad = self.accounts[1]
        with self.poison(bad), mute_logger(*LOGGERS):
            run = self.make_run('2026-03-01')
            self.assertEqual(run.state, 'computed')
            self.assertEqual((run.ready_count, run.exception_count), (2, 1))
            bill = run.bill_ids.filtered(lambda bill: bill.state == 'exception')
            self.assertEqual(bill.account_id, bad)
            self.assertIn("rate of nothing", bill.reason)
            self.assertIn(bad.display_name, bill.reason)
            run.action_retry()
            self.assertEqual((run.ready_count, run.exception_count), (2, 1))
        run.action_retry()
        self.assertEqual((run.ready_count, run.exception_count), (3, 0))

    def test_case_014_an_sql_error_while_computing_is_an_exception(self):
        with self.poison(self.accounts[0], "SELECT 1 / 0"), mute_logger(*LOGGERS):
            run = self.make_run('2026-03-01')
        self.assertEqual((run.ready_count, run.exception_count), (2, 1))

    def test_an_account_that_fails_only_when_it_is_posted(self):
        run = self.make_run('2026-03-01', send_invoices=False)
        run.action_approve()
        run.action_start()
        with self.poison(self.accounts[2]), mute_logger(*LOGGERS):
            run._isp_work()
        self.assertEqual((run.posted_count, run.exception_count), (2, 1))
        self.assertEqual(run.state, 'exception')

    def test_a_run_that_fails_leaves_the_others_going(self):
        bad = self.make_run('2026-03-01', compute=False)
        good = self.make_run('2026-03-02', compute=False)
        bad.action_compute()
        good.action_compute()
        work = type(bad)._isp_work

        def failing(run, commit=None):
            if run == bad:
                raise RuntimeError("broken run")
            return work(run, None)

        with (
            patch.object(type(bad), '_isp_work', failing), mute_logger(*LOGGERS),
            patch.object(self.env.cr, 'rollback'), self.assertRaisesRegex(RuntimeError, "broken"),
        ):
            self.env['isp.bill.run']._cron_process_runs()
        self.assertEqual(good.state, 'computed')

    def test_what_fails_after_posting_leaves_the_invoices_posted(self):
        """Neither frozen facts nor the mirrored date take a chunk of invoices back."""
        moves, runs = type(self.env['account.move']), type(self.env['isp.bill.run'])
        original, bad = moves._isp_freeze_documents, self.accounts[1]

        def freeze(records):
            if bad in records.isp_account_id:
                raise ValueError("no such logo")
            return original(records)

        def mirror(run, records):
            run.env.cr.execute("SELECT 1 / 0")

        with patch.object(moves, '_isp_freeze_documents', freeze), \
                patch.object(runs, '_isp_mirror_next_dates', mirror), \
                mute_logger('odoo.addons.isp_billing.models.isp_bill_run_post', 'odoo.sql_db'):
            run = self.bill('2026-03-01')
        self.assertEqual(run.bill_ids.mapped('state'), ['posted'] * 3)
        self.assertEqual(len(run.move_ids), 3)
        parked = run.bill_ids.filtered('render_error')
        self.assertEqual((parked.account_id, parked.render_error), (bad, "no such logo"))
