"""What the work of a run does about kills, full disks and archived accounts."""
import errno
from datetime import datetime
from pathlib import Path
from unittest.mock import Mock, patch

import psycopg2

from odoo import Command
from odoo.tools import mute_logger

from odoo.addons.base.models.ir_attachment import IrAttachment

from .common import IspCase


class TestRunRestart(IspCase):

    def start(self, count=3):
        accounts = self.env['res.partner'].union(*(
            self.make_account(f"Restart Number{place}", isp_delivery_channel='portal')
            for place in range(count)
        ))
        for account in accounts:
            self.make_subscription(account, [self.fibre], '2026-11-01')
        run = self.make_run('2026-11-01', account_ids=[Command.set(accounts.ids)])
        run.action_approve()
        run.action_start()
        return run

    @staticmethod
    def no_commit(_done, _remaining):
        return float('inf')

    def test_chunks_halve_with_each_start_without_progress(self):
        run = self.start()
        with patch.object(type(run), '_isp_remaining', lambda _run: 500):
            sizes = [run._isp_note_start(self.no_commit) for _start in range(9)]
        self.assertEqual(sizes, [100, 50, 25, 12, 6, 3, 1, 1, 1])
        self.assertEqual(run.ready_count, 3)
        run._isp_note_start(self.no_commit)
        self.assertEqual((run.ready_count, run.exception_count), (2, 1))
        self.assertEqual(run.bill_ids.filtered('problem_code').problem_code, 'killed')
        run._isp_work(self.no_commit)
        self.assertEqual((run.idle_starts, run.posted_count), (0, 2))

    def test_a_slow_server_gets_small_chunks(self):
        """Chunks double after quick ones only; the size is kept for the next start."""
        run = self.env['isp.bill.run']
        self.assertEqual(
            [run._isp_next_size(*pair) for pair in ((50, 1), (25, 1), (25, 6), (25, 21), (1, 60))],
            [100, 50, 25, 12, 1])
        run = self.start()
        run._isp_note_progress(12)
        run.invalidate_recordset()
        with patch.object(type(run), '_isp_remaining', lambda _run: 500):
            self.assertEqual(
                [run._isp_note_start(self.no_commit) for _start in range(3)], [12, 6, 3])

    def test_a_small_run_is_halved_from_its_own_size(self):
        run = self.start(8)
        self.assertEqual(
            [run._isp_note_start(self.no_commit) for _start in range(5)], [8, 4, 2, 1, 1])
        self.assertEqual(run.ready_count, 8, "nothing is set aside after five kills")

    def killed(self, run, times=10):
        """Starts of the work that end without any progress; the last one sets something aside."""
        for _start in range(times):
            run._isp_note_start(self.no_commit)

    def test_an_account_that_kills_the_computing_is_set_aside(self):
        for place in range(3):
            account = self.make_account(f"Computed Number{place}")
            self.make_subscription(account, [self.fibre], '2026-11-01')
        run = self.make_run('2026-11-01', compute=False)
        run.action_compute()
        run._isp_compute_chunk({}, 1)
        self.assertEqual((run.account_done, run.ready_count), (1, 1))
        self.killed(run, 9)
        self.assertEqual(run.exception_count, 0)
        self.killed(run, 1)
        self.assertEqual((run.account_done, run.exception_count), (2, 1))
        run._isp_work(self.no_commit)
        self.assertEqual((run.state, run.account_done, run.ready_count), ('computed', 3, 2))
        parked = run.bill_ids.filtered('problem_code')
        self.assertEqual((parked.problem_code, parked.state), ('killed', 'exception'))
        self.assertIn("9 times", parked.reason)
        run.action_retry()
        self.assertEqual((run.ready_count, run.exception_count), (3, 0))

    def test_an_invoice_that_kills_the_reversal_is_set_aside(self):
        run = self.start()
        run._isp_work(self.no_commit)
        run._isp_reverse("Wrong price", run.invoice_date)
        self.killed(run)
        run._isp_work(self.no_commit)
        self.assertEqual(run.state, 'exception')
        self.assertEqual((run.reversal_count, run.reversal_failed_count), (2, 1))
        run._isp_reverse("Wrong price", run.invoice_date)
        run._isp_work(self.no_commit)
        self.assertEqual((run.state, run.reversal_count), ('reversed', 3))

    def test_a_delivery_that_kills_waits_for_an_hour(self):
        run = self.start()
        run.bill_ids[0].account_id.isp_delivery_channel = 'paper'
        with patch.object(type(run), '_isp_deliver_chunk', lambda *_words: 0):
            run._isp_work(self.no_commit)
        self.assertEqual((run.state, run.rendered_count, run.delivered_count), ('running', 3, 0))
        self.killed(run)
        first, *others = run.bill_ids
        self.assertEqual(first.delivery_state, 'failed')
        self.assertIn("9 times", first.delivery_error)
        self.assertGreater((first.delivery_retry_at - datetime.now()).seconds, 3500)
        run._isp_work(self.no_commit)
        self.assertEqual(run.state, 'running')
        self.assertEqual([bill.delivery_state for bill in others], ['portal', 'portal'])

    def test_trouble_of_the_database_server_is_no_fault_of_a_bill(self):
        """A full disk of PostgreSQL: nothing is set aside, the run goes on when there is space."""
        run = self.start()
        writer = type(self.env['isp.invoice.writer'])

        def full(this, _jobs, _post, _path):
            this.env.cr.execute(
                "DO $$ BEGIN RAISE EXCEPTION 'no space' USING ERRCODE = '53100'; END $$")

        with patch.object(writer, '_write_batch', full), mute_logger('odoo.sql_db'), \
                self.assertRaises(psycopg2.errors.DiskFull), self.env.cr.savepoint():
            run._isp_post_chunk({})
        self.assertEqual(run.bill_ids.mapped('state'), ['ready'] * 3)
        # disk full; time limit of a statement; an error of the program
        for code, starts in (('53100', 4), ('57014', 5), (None, 5)):
            self.env.cr.execute("UPDATE isp_bill_run SET idle_starts = 5 WHERE id = %s", [run.id])
            run._isp_forgive_start(Mock(pgcode=code), self.no_commit)
            run.invalidate_recordset()
            self.assertEqual(run.idle_starts, starts, code)
        run._isp_work(self.no_commit)
        self.assertEqual((run.state, run.posted_count), ('done', 3))

    @mute_logger('odoo.addons.isp_billing.models.account_move_document',
                 'odoo.addons.base.models.ir_attachment')
    def test_f10_documents_wait_for_space(self):
        run = self.start()

        def full(_this, _content, _checksum):
            raise OSError(errno.ENOSPC, "No space left on device")

        with patch.object(IrAttachment, '_file_write', full):
            run._isp_work(self.no_commit)
        self.assertEqual((run.state, run.posted_count, run.rendered_count, run.delivered_count),
                         ('running', 3, 0, 0))
        self.assertIn("No space", run.bill_ids[0].delivery_error)
        self.assertFalse(any(run.bill_ids.mapped('render_error')))
        run.bill_ids.render_retry_at = False
        run._isp_work(self.no_commit)
        self.assertEqual((run.state, run.delivered_count), ('done', 3))

    def test_what_a_full_disk_left_is_no_collision(self):
        """Odoo keeps the beginning of a file and refuses its content ever after."""
        files = self.env['ir.attachment']
        content = b'%PDF-1.7 ' + b'restart' * 200
        checksum = files._compute_checksum(content)
        _name, path = files._get_path(content, checksum)
        Path(path).write_bytes(content[:50])
        attachment = files.create({'name': "Whole", 'raw': content})
        attachment.invalidate_recordset()
        self.assertEqual(attachment.raw, content)

    def test_archived_accounts_stay_in_the_scope(self):
        """Accounts of the run's scope that were archived have bills, and nobody else has."""
        run = self.start(2)
        self.make_subscription(self.make_account("Somebody Else"), [self.fibre], '2026-11-01')
        accounts = run.account_ids
        accounts.active = False
        again = self.make_run('2026-12-01', account_ids=[Command.set(accounts.ids)])
        self.assertEqual(again.with_context(active_test=False).bill_ids.account_id, accounts)

    def test_a_run_reads_the_clock_once(self):
        days = ['2026-11-30', '2026-12-01', '2026-12-01']
        with patch.object(type(self.env['res.company']), '_isp_today', lambda _c: days.pop(0)):
            run = self.env['isp.bill.run'].create([{'company_id': self.ca.id}])
        self.assertEqual(run.target_date, run.invoice_date)
