import logging
import random
import time

import psycopg2

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.service.model import PG_CONCURRENCY_ERRORS_TO_RETRY

from ..sentences import say

_logger = logging.getLogger(__name__)

WORKING = ('computing', 'running', 'reversing')
TRIES = 5
FULL_CHUNK = 100


class IspBillRun(models.Model):
    """The work of a run, chunk by chunk: resumable, one transaction per chunk.

    Only the scheduled job and the command line commit, through the ``commit`` callable.
    """

    _inherit = 'isp.bill.run'

    @api.model
    def _cron_process_runs(self):
        """Work on all runs that are computing or running (called every minute).

        A run that fails is left to the next minute and never stops the others.
        """
        crons, failure = self.env['ir.cron'], None
        self._isp_keep_job_awake()

        def commit(done, remaining):
            return crons._commit_progress(done, remaining=remaining)

        for run in self.search(self._isp_work_domain(), order='id'):
            try:
                left = run._isp_work(commit)
            except Exception as error:  # noqa: BLE001 - raised again when the others are done
                self.env.cr.rollback()
                self.env.invalidate_all()
                _logger.warning("Bill run %s stopped: %s", run.id, error)
                run._isp_forgive_start(error, commit)
                failure = failure or error
                continue
            if not left:
                break
        if failure:
            raise failure

    @api.model
    def _isp_work_domain(self):
        """Runs with work: those at it, and finished ones with a bill that was released since."""
        return Domain('state', 'in', WORKING) | (
            Domain('state', '=', 'exception')
            & Domain('bill_ids', 'any', [('state', '=', 'ready')]))

    def _isp_take_up(self):
        """Begin again where a finished run has bills that were released since."""
        if self.exists() and self.filtered_domain(self._isp_work_domain()) and (
                self.state == 'exception'):
            self._isp_set_state(('exception',), 'running')

    def _isp_keep_job_awake(self):
        """Odoo lets a job rest that was killed three times; runs have a better way, see below.

        The counter is set back in the same transaction as the first thing that is committed.
        """
        progress = self.env.context.get('ir_cron_progress_id')
        if progress:
            # whoever runs the job has no right to its records
            self.env['ir.cron.progress'].sudo().browse(progress).timed_out_counter = 0

    def _isp_work(self, commit=None):
        """Work on the run until nothing is left, time is over, or what is left has to wait.

        :param commit: function (done, remaining) -> seconds left, called after each chunk; None:
            work in the present transaction
        :return: seconds left, 0 when the time is over
        """
        self.ensure_one()
        # reasons and summaries are stored: in the language of the person who reads them
        reader = self.sudo().schedule_id.user_id or self.sudo().computed_by_id
        return self.with_context(
            lang=reader.lang or self.env.lang,
        )._isp_work_in_chunks(commit)

    def _isp_work_in_chunks(self, commit):
        self._isp_take_up()
        cache, size, left, refused = {}, self._isp_note_start(commit), float('inf'), 0
        while left and self.exists() and self.state in WORKING:
            done, size = self._isp_guarded_step(cache, size, commit)
            if commit:
                try:
                    # what has to wait is no reason to call the job again before the next minute
                    left = commit(done, self._isp_remaining() if done else 0)
                except psycopg2.OperationalError as error:
                    refused += 1
                    size = self._isp_after_conflict(error, refused, size)
                    continue
                refused = 0
                self.env.invalidate_all()
            if not done:
                break
        return left

    def _isp_after_conflict(self, error, attempt, size):
        """Roll back after a serialization failure or a deadlock, and wait before the next try.

        :return: size of the next chunk: half, and single bills at the last try
        :raises psycopg2.OperationalError: when it is another error, or the last try failed
        """
        if error.pgcode not in PG_CONCURRENCY_ERRORS_TO_RETRY:
            raise error
        self.env.cr.rollback()
        self.env.invalidate_all()
        _logger.info("Bill run %s: %s, attempt %s", self.id, error.pgcode, attempt)
        if attempt >= TRIES:
            raise error
        time.sleep(random.uniform(0.05, 0.1) * 2 ** attempt)
        return 1 if attempt == TRIES - 1 else max(1, size // 2)

    def _isp_guarded_step(self, cache, size, commit):
        """One step; serialization failures and deadlocks are retried with smaller chunks.

        :return: (things done, size of the next chunk); nothing is done while somebody else works
            on the run
        """
        for attempt in range(1, TRIES + 1):
            try:
                # in every attempt: a rollback gives up the lock, and what was read before it
                if not self.try_lock_for_update(allow_referencing=True):
                    _logger.info("Bill run %s is worked on elsewhere", self.id)
                    break
                if self.state not in WORKING:
                    break
                start = time.monotonic()
                done = self._isp_step(cache, size, commit)
                self._isp_note_stage()
                size = self._isp_next_size(size, time.monotonic() - start)
                self._isp_note_progress(size)
                self.env.flush_all()
                return done, size
            except psycopg2.OperationalError as error:
                if not commit:
                    raise
                size = self._isp_after_conflict(error, attempt, size)
        return 0, size

    def _isp_step(self, cache, size, commit):
        """Do the next chunk of whatever stage comes next.

        :return: number of things done; 0 when nothing is left, or what is left has to wait
        """
        if self.state == 'computing':
            return self._isp_compute_chunk(cache, size)
        if self.state == 'reversing':
            return self._isp_reverse_step(size, commit)
        posted, locked = self._isp_post_chunk(cache, size)
        if posted or locked:
            self._isp_forget_check()
            return posted
        if not self.post_invoices:
            return self._isp_finish()
        rendered = self._isp_render_chunk(size)
        if rendered:
            return rendered
        # documents that wait for disk space hold up the check, and the check all deliveries
        if not self._isp_rendered_all() or not self._isp_checked_books():
            return 0
        return self._isp_deliver_chunk(commit, size) or self._isp_finish()

    def _isp_finish(self):
        """End the run when nothing is left to do; returns 0 in any case."""
        bills = self.env['isp.bill.run.bill']
        if self._isp_remaining():
            return 0
        open_bills = bills.search_count([
            ('run_id', '=', self.id), '|', ('state', 'in', ('exception', 'review', 'held')),
            ('render_error', '!=', False),
        ])
        self._isp_set_state(('running',), 'exception' if open_bills else 'done')
        self._isp_post_sentence(self._isp_summary())
        self._isp_after_finish()
        return 0

    def _isp_after_finish(self):
        """What follows when a run has ended. Override to add to it."""

    def _isp_summary(self):
        """One sentence on what the run did, for its log."""
        if not self.bill_count:
            return say(self.env)._(
                "Nothing to bill: %(already)s accounts were already charged, %(nothing)s have "
                "nothing due.", already=self.already_count, nothing=self.nothing_due_count,
            )
        return say(self.env)._(
            "%(posted)s bills posted, %(rendered)s PDF made, %(delivered)s delivered, "
            "%(exceptions)s exceptions.", posted=self.posted_count, rendered=self.rendered_count,
            delivered=self.delivered_count, exceptions=self.exception_count,
        )

    # === Progress === #

    def _isp_remaining(self):
        """Things left to do in all stages (int)."""
        if self.state == 'computing':
            return max(1, self.account_total - self.account_done)
        if self.state == 'reversing':
            return self._isp_reversal_remaining()
        if self.state != 'running':
            return 0
        bills = self.env['isp.bill.run.bill']
        ready = bills.search_count([('run_id', '=', self.id), ('state', '=', 'ready')])
        if not self.post_invoices:
            return ready
        return (
            ready + bills.search_count(self._isp_render_domain())
            + bills.search_count(self._isp_deliver_domain())
        )

    def _isp_stage_progress(self):
        """Present stage with its things done and in all: (stage, done, total)."""
        self.ensure_one()
        if self.state == 'computing':
            return 'compute', self.account_done, self.account_total
        if self.state == 'reversing':
            return self._isp_reversal_progress()
        if self.state != 'running':
            return self.state, 0, 0
        if self.ready_count:
            return 'post', self.posted_count, self.posted_count + self.ready_count
        if self.env['isp.bill.run.bill'].search_count(self._isp_render_domain(), limit=1):
            return 'render', self.rendered_count, self.move_count
        if not self.send_invoices:
            return 'deliver', 0, 0
        waiting = self.env['isp.bill.run.bill'].search_count(self._isp_deliver_domain())
        return 'deliver', self.rendered_count - waiting, self.rendered_count

    def _isp_note_stage(self):
        """Remember when the present stage began, from which rate and time left are told."""
        stage, done, _total = self._isp_stage_progress()
        if stage != self.stage:
            self.sudo().write({
                'stage': stage, 'stage_started': fields.Datetime.now(), 'stage_base': done,
            })

    @api.readonly
    def get_progress(self):
        """What the progress bar of the form shows, without reloading.

        :return: dict with state, stage, done, total, percent, rate (things a minute), seconds
            (left, None while unknown), counts and amount
        """
        self.ensure_one()
        self.check_access('read')
        stage, done, total = self._isp_stage_progress()
        elapsed = 0.0
        if self.stage_started:
            elapsed = (fields.Datetime.now() - self.stage_started).total_seconds()
        rate = max(0, done - self.stage_base) / elapsed if elapsed > 1 else 0.0
        return {
            'state': self.state, 'stage': stage, 'done': done, 'total': total,
            'percent': round(100.0 * done / total, 1) if total else 100.0,
            'rate': round(60 * rate), 'seconds': round((total - done) / rate) if rate else None,
            'counts': {
                name: self[f'{name}_count'] for name in (
                    'bill', 'ready', 'held', 'exception', 'review', 'posted', 'rendered',
                    'delivered', 'already', 'nothing_due',
                )
            },
            'amount': self.currency_id.format(self.amount_total),
        }
