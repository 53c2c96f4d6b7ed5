import logging

import psycopg2

from odoo import api, models

from ..sentences import say
from .account_move_mail import first_cause

_logger = logging.getLogger(__name__)


class AccountMove(models.Model):
    """Odoo's queue of invoices to send: one that raises leaves it with a reason, the others go."""

    _inherit = 'account.move'

    @api.model
    def _cron_account_move_send(self, job_count=10):
        """Odoo takes the invoices ten at a time, always in the same order and in one transaction:
        one that raised would keep all those behind it from being sent, at each run again."""
        try:
            return super()._cron_account_move_send(job_count=job_count)
        except psycopg2.OperationalError:
            raise  # a conflict or a lost server: Odoo comes again
        except Exception as error:
            _logger.warning("Queue of invoices to send: %s; one by one now", error, exc_info=True)
            self.env.cr.rollback()
        return self._isp_send_one_by_one(job_count)

    @api.model
    def _isp_send_one_by_one(self, count):
        """Send the invoices at the head of the queue, each in a transaction of its own."""
        domain = [('sending_data', '!=', False), ('state', '=', 'posted')]
        queue = self.search(
            domain, order='date asc, invoice_date asc, sequence_number asc, id asc', limit=count)
        progress = self.env['ir.cron']._commit_progress
        progress(remaining=self.search_count(domain))
        for move in queue:
            move.invalidate_recordset(['sending_data'])
            if not move.try_lock_for_update().sending_data:
                continue  # another process has it
            try:
                self.env['account.move.send']._generate_and_send_invoices(move, from_cron=True)
            except psycopg2.OperationalError:
                raise
            except Exception as error:
                _logger.warning("Invoice %s leaves the queue: %s", move.id, error, exc_info=True)
                self.env.cr.rollback()
                move._isp_leave_queue(first_cause(error))
            progress(1)

    def _isp_leave_queue(self, reason):
        """Take an invoice out of the queue, with the reason in its state and its discussion."""
        self.ensure_one()
        self.sending_data = False
        if self.isp_has_document:
            self._isp_set_aside({self.id: reason})
        self._isp_post_sentence(say(self.env)._("The invoice could not be sent: %(reason)s",
                                                reason=reason))
