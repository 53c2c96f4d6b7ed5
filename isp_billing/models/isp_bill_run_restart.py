"""A run whose process is killed again and again comes through all the same."""
import psycopg2

from odoo import fields, models
from odoo.service.model import PG_CONCURRENCY_ERRORS_TO_RETRY

from .isp_bill_run_work import FULL_CHUNK

#: starts without any progress after which the next bill is set aside: two of them with one bill
PARK_AFTER = 9


class IspBillRun(models.Model):
    """Each start is noted before it works, and forgotten with the first chunk that is committed.

    A start that finds notes of others was preceded by kills. It works with smaller chunks, until a
    single bill remains that nobody survives; that one is set aside with a reason.
    """

    _inherit = 'isp.bill.run'

    idle_starts = fields.Integer(readonly=True, copy=False, export_string_translation=False)

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
        commit(0, self._isp_remaining())
        self.env.invalidate_all()
        return max(1, FULL_CHUNK >> (starts - 1))

    def _isp_note_progress(self):
        """A chunk is done: the starts before it no longer count."""
        self.env.cr.execute(
            "UPDATE isp_bill_run SET idle_starts = 0 WHERE id = %s AND idle_starts <> 0", [self.id])

    def _isp_park_next(self, starts):
        """Set aside the bill at which the process ends each time."""
        reason = self.env._(
            "The process ended %(count)s times at this bill, perhaps for want of memory. Look at "
            "the server's log, then compute it again.", count=starts - 1,
        )
        bills = self.env['isp.bill.run.bill']
        bill = bills.search([('run_id', '=', self.id), ('state', '=', 'ready')],
                            order='id', limit=1)
        if bill:
            bill._isp_set_state(('ready',), 'exception', reason)
            bill.problem_code = 'killed'
            return
        bill = bills.search(self._isp_render_domain(), order='id', limit=1)
        bill.render_error = reason
