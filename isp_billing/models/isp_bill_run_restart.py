"""A run whose process is killed again and again comes through all the same."""
import psycopg2
from psycopg2 import errorcodes

from odoo import fields, models
from odoo.fields import Domain
from odoo.service.model import PG_CONCURRENCY_ERRORS_TO_RETRY

from ..engine.bill import Problem
from ..sentences import say
from .isp_bill_run_work import FULL_CHUNK
from .isp_invoice_writer import SERVER_TROUBLE

#: starts without any progress after which the next bill is set aside: two of them with one bill
PARK_AFTER = 9
#: seconds of a chunk up to which the next one is twice, and above which it is half as large
QUICK, SLOW = 5, 20
#: a delivery that was set aside counts as if it had failed this often: it waits for an hour
LATE_TRY = 7


class IspBillRun(models.Model):
    """Each start is noted before it works, and forgotten with the first chunk that is committed.

    A start that finds notes of others was preceded by kills. It works with smaller chunks, until a
    single bill remains that nobody survives; that one is set aside with a reason, whatever the
    stage: computing, posting, rendering, sending or reversing.
    """

    _inherit = 'isp.bill.run'

    idle_starts = fields.Integer(readonly=True, copy=False, export_string_translation=False)
    # size of the next chunk, by the time that the last one took; 0: not known
    chunk_size = fields.Integer(readonly=True, copy=False, export_string_translation=False)

    def _isp_note_start(self, commit):
        """Note that work begins; returns the size of the first chunk.

        In SQL: the moment of the last change of a run says that it moves, and this is no change.
        """
        if not commit:
            return FULL_CHUNK
        try:
            if not self.try_lock_for_update(allow_referencing=True):
                return FULL_CHUNK
        except psycopg2.OperationalError as error:
            # somebody else has just worked on the run: the first step looks again
            if error.pgcode not in PG_CONCURRENCY_ERRORS_TO_RETRY:
                raise
            self.env.cr.rollback()
            self.env.invalidate_all()
            return FULL_CHUNK
        self.env.cr.execute(
            "UPDATE isp_bill_run SET idle_starts = coalesce(idle_starts, 0) + 1 WHERE id = %s"
            " RETURNING idle_starts", [self.id],
        )
        ((starts,),) = self.env.cr.fetchall()
        if starts > PARK_AFTER:
            self._isp_park_next(starts)
            # the next bill gets its own two tries
            starts = PARK_AFTER - 1
            self.env.cr.execute(
                "UPDATE isp_bill_run SET idle_starts = %s WHERE id = %s", [starts, self.id])
        left = self._isp_remaining()
        commit(0, left)
        self.env.invalidate_all()
        # half of what there is: a run of 8 that was killed goes on with 4, not with half of 100
        return max(1, min(self.chunk_size or FULL_CHUNK, FULL_CHUNK, left) >> (starts - 1))

    @staticmethod
    def _isp_next_size(size, seconds):
        """Size of the chunk after one that took some seconds.

        Twice as large only after a quick one: on a slow server a chunk that takes as long as a
        job may would be killed each time.
        """
        if seconds > SLOW:
            return max(1, size // 2)
        return size if seconds > QUICK else min(FULL_CHUNK, size * 2)

    def _isp_note_progress(self, size):
        """A chunk is done: the starts before it no longer count, and its size was a good one.

        :param int size: of the next chunk
        """
        self.env.cr.execute(
            "UPDATE isp_bill_run SET idle_starts = 0, chunk_size = %(size)s WHERE id = %(id)s"
            " AND (idle_starts <> 0 OR chunk_size IS DISTINCT FROM %(size)s)",
            {'id': self.id, 'size': size})

    def _isp_forgive_start(self, error, commit):
        """A start that the database server ended, such as by a full disk, is no bill's fault.

        A time limit of the server counts: it may strike at the same bill each time.
        """
        code = getattr(error, 'pgcode', None) or ''
        if code[:2] in SERVER_TROUBLE and code != errorcodes.QUERY_CANCELED:
            self.env.cr.execute(
                "UPDATE isp_bill_run SET idle_starts = greatest(idle_starts - 1, 0)"
                " WHERE id = %s", [self.id])
            commit(0, 0)

    def _isp_park_next(self, starts):
        """Set aside the account, bill or document at which the process ends each time."""
        reason = say(self.env)._(
            "The process ended %(count)s times at this bill, perhaps for want of memory. Look at "
            "the server's log, then compute it again.", count=starts - 1,
        )
        if self.state == 'computing':
            self._isp_park_account(reason)
        elif self.state == 'reversing':
            self._isp_park_reversal(reason)
        else:
            self._isp_park_bill(reason)

    def _isp_park_account(self, reason):
        """The next account to compute becomes an exception, and the others are computed."""
        account = self._isp_accounts().search(
            self._isp_account_domain() & Domain('id', '>', self.compute_cursor),
            order='id', limit=1,
        )
        if not account:
            return
        preview = self.env['isp.bill.preview']._set_aside(
            account, self.company_id, Problem('killed', reason))
        self.env['isp.bill.run.bill'].create(self._isp_bill_values(preview))
        self.write({'compute_cursor': account.id, 'account_done': self.account_done + 1})

    def _isp_park_reversal(self, reason):
        bill = self.env['isp.bill.run.bill'].search(
            self._isp_to_reverse_domain(), order='id', limit=1)
        if bill:
            self.env['isp.bill.run.reversal'].create(
                self._isp_reversal_values(bill, 'failed', {}, reason=reason))

    def _isp_park_bill(self, reason):
        """The next bill to post, document to make or delivery; the last one waits for an hour."""
        bills = self.env['isp.bill.run.bill']
        bill = bills.search([('run_id', '=', self.id), ('state', '=', 'ready')],
                            order='id', limit=1)
        if bill:
            bill._isp_set_state(('ready',), 'exception', reason)
            bill.problem_code = 'killed'
            return
        bill = bills.search(self._isp_render_domain(), order='id', limit=1)
        if bill:
            bill.render_error = reason
            return
        bill = bills.search(self._isp_deliver_now_domain(), order='id', limit=1)
        if bill:
            bill.write(self._isp_delivery_values(LATE_TRY, 'failed', reason))
