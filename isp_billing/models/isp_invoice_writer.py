import logging
from dataclasses import dataclass, field

import psycopg2
from psycopg2 import errorcodes

from odoo import Command, api, models
from odoo.exceptions import UserError
from odoo.service.model import PG_CONCURRENCY_ERRORS_TO_RETRY
from odoo.tools import SQL

from ..guard import own
from ..sentences import say

_logger = logging.getLogger(__name__)

#: nothing of a bill run is written to the followers or the log of each invoice
QUIET = {
    'mail_create_nolog': True, 'mail_create_nosubscribe': True, 'mail_notrack': True,
    'tracking_disable': True, 'mail_auto_subscribe_no_notify': True,
}
#: violations of the ledger's constraints: the period was charged meanwhile
ALREADY_CHARGED = (errorcodes.UNIQUE_VIOLATION, errorcodes.EXCLUSION_VIOLATION)
#: classes of errors that are the database server's trouble and no bill's fault: connection, disk
#: or memory full, shutdown or time limit, its files
SERVER_TROUBLE = ('08', '53', '57', '58')


@dataclass
class WriterJob:
    """One document to make.

    :param key: identity of the job, given back with its result
    :param account_id: id of the payer, apart from the values: equal subscribers have equal values
    :param address_id: id of the service address
    :param values: values of account.move without the customer
    :param charges: values of isp.charge, in the order of the invoice lines; a charge of 0.00 has
        no line
    :param line_values: values of the invoice lines, None for a charge without one
    :param makes_move: unset when every charge is 0.00: ledger rows only
    :param links: values that differ between equal subscribers: bill, reference
    :param contact_id: id of the contact that invoices go to, 0 for the payer itself
    """

    key: int
    account_id: int
    address_id: int
    values: dict
    charges: list
    line_values: list
    makes_move: bool = True
    links: dict = field(default_factory=dict)
    contact_id: int = 0


@dataclass
class WriterResult:
    """What became of a job: a move, "already charged", or the reason of a failure."""

    key: int
    move_id: int = 0
    path: str = ''
    already: bool = False
    error: str = ''


class IspInvoiceWriter(models.AbstractModel):
    """Create and post documents together with their ledger rows, in one transaction.

    The stock path is Odoo's own batched ``create`` and ``_post``: the whole batch in one
    savepoint, and one by one when the batch fails, so that a bad job never stops the others.
    """

    _name = 'isp.invoice.writer'
    _description = "Invoice Writer"

    @api.model
    def _write_invoices(self, jobs, post=True):
        """Make the documents of a batch of jobs.

        Override to put a faster path in front; it must give the same records and results.

        :param jobs: list of :class:`WriterJob`, of one company
        :param bool post: post the invoices, otherwise leave drafts
        :return: list of :class:`WriterResult`, one per job in the same order
        :raises psycopg2.OperationalError: serialization failures and deadlocks, to be retried
            by the caller
        """
        if not jobs:
            return []
        try:
            with self.env.cr.savepoint():
                return self._write_batch(jobs, post, 'batch')
        except Exception as error:  # noqa: BLE001 - whatever it is, the jobs are tried one by one
            self._raise_if_retryable(error)
            self.env.invalidate_all()
            _logger.info("Batch of %s invoices failed (%s), trying one by one", len(jobs), error)
        return [self._write_single(job, post) for job in jobs]

    def _write_single(self, job, post):
        try:
            with self.env.cr.savepoint():
                return self._write_batch([job], post, 'single')[0]
        except Exception as error:  # noqa: BLE001 - one bad subscription never stops the others
            self._raise_if_retryable(error)
            self.env.invalidate_all()
            return self._failure(job, error)

    @staticmethod
    def _raise_if_retryable(error):
        """Pass on what the caller must retry: serialization failures, deadlocks, lost server."""
        if isinstance(error, psycopg2.InterfaceError) or (
            isinstance(error, psycopg2.Error) and not error.pgcode
        ):
            raise error
        code = getattr(error, 'pgcode', None) or ''
        if code in PG_CONCURRENCY_ERRORS_TO_RETRY or code[:2] in SERVER_TROUBLE:
            raise error

    def _failure(self, job, error):
        result = WriterResult(job.key, path='single')
        if isinstance(error, psycopg2.Error):
            table = error.diag.table_name
            if error.pgcode in ALREADY_CHARGED and table == 'isp_charge':
                result.already = self._is_charged(job)
                if not result.already:
                    result.error = say(self.env)._(
                        "Some of these days were charged meanwhile, for other periods or without "
                        "the rest of the bill. Compute the bill again; if that does not help, "
                        "look at the charges of the subscription.",
                    )
                return result
            _logger.warning("Bill %s: database error %s", job.key, error)
            result.error = say(self.env)._(
                "The database refused it: %(error)s", error=str(error).split('\n', maxsplit=1)[0],
            )
        elif isinstance(error, UserError):
            result.error = say(self.env).error(error)
        else:
            _logger.exception("Bill %s could not be posted", job.key, exc_info=error)
            result.error = f"{type(error).__name__}: {error}"
        return result

    def _is_charged(self, job):
        """Whether the ledger holds exactly what a job would charge: the same days and periods.

        What another transaction committed is not seen by this one, so a fresh one looks too.
        """
        if self._holds(self.env.cr, job.charges):
            return True
        with self.env.registry.cursor() as cr:
            return self._holds(cr, job.charges)

    @staticmethod
    def _holds(cr, charges):
        names = ('line_id', 'payer_id', 'kind', 'period_start', 'period_end', 'revision',
                 'date_from', 'date_to')
        wanted = {tuple(values[name] for name in names) for values in charges}
        cr.execute(SQL(
            "SELECT %s FROM isp_charge WHERE line_id IN %s",
            SQL(', ').join(map(SQL.identifier, names)), tuple(row[0] for row in wanted),
        ))
        return wanted <= set(cr.fetchall())

    # === Stock path === #

    @own
    def _write_batch(self, jobs, post, path):
        moves = self._create_moves([job for job in jobs if job.makes_move])
        self._create_charges(jobs, moves)
        if post:
            self._post_moves(moves.values())
        return [
            WriterResult(job.key, moves[job.key].id if job.key in moves else 0, path)
            for job in jobs
        ]

    def _create_moves(self, jobs):
        """Draft moves of jobs: {job key: account.move}."""
        vals_list = [
            {
                **job.values, **job.links,
                'partner_id': job.contact_id or job.account_id,
                'partner_shipping_id': job.address_id,
                'isp_account_id': job.account_id,
                'invoice_line_ids': [
                    Command.create(dict(values, sequence=number))
                    for number, values in enumerate(job.line_values) if values
                ],
            } for job in jobs
        ]
        moves = self.env['account.move'].with_context(**QUIET).create(vals_list)
        return {job.key: move for job, move in zip(jobs, moves, strict=True)}

    def _create_charges(self, jobs, moves):
        """Ledger rows of jobs, each linked to its invoice line."""
        vals_list = []
        for job in jobs:
            move = moves.get(job.key)
            by_sequence = {line.sequence: line.id for line in move.invoice_line_ids} if move else {}
            for number, values in enumerate(job.charges):
                vals_list.append({
                    **values, 'move_id': move.id if move else False,
                    'bill_id': job.links.get('isp_bill_id'),
                    'move_line_id': by_sequence.get(number, False),
                })
        charges = self.env['isp.charge'].create(vals_list)
        self.env['isp.billing.engine']._mark_usage_billed(charges)

    def _post_moves(self, moves):
        moves = self.env['account.move'].concat(*moves)
        if moves:
            moves.with_context(**QUIET)._post(soft=False)
