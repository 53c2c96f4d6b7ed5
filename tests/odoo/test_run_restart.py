"""What the work of a run does about kills, full disks and archived accounts."""
import errno
from pathlib import Path
from unittest.mock import patch

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
        sizes = [run._isp_note_start(self.no_commit) for _start in range(9)]
        self.assertEqual(sizes, [100, 50, 25, 12, 6, 3, 1, 1, 1])
        self.assertEqual(run.ready_count, 3)
        run._isp_note_start(self.no_commit)
        self.assertEqual((run.ready_count, run.exception_count), (2, 1))
        self.assertEqual(run.bill_ids.filtered('problem_code').problem_code, 'killed')
        run._isp_work(self.no_commit)
        self.assertEqual((run.idle_starts, run.posted_count), (0, 2))

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
        """An account of the run's scope that was archived is billed, and nobody else."""
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
