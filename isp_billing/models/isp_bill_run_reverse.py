import logging

import psycopg2

from odoo import fields, models
from odoo.exceptions import UserError

from ..sentences import say
from .isp_invoice_writer import QUIET

_logger = logging.getLogger(__name__)

#: paid invoices named in the note of a reversal; the others are behind its filter
NOTED = 40
REVERSIBLE = ('computed', 'approved', 'running', 'done', 'exception')
DOCUMENTS = [
    ('none', "No document"),
    ('pdf', "PDF, not sent"),
    ('send', "PDF, sent to the customer"),
]


class IspBillRun(models.Model):
    """Reversal of a posted run: one credit note per invoice, chunk by chunk, nothing deleted."""

    _inherit = 'isp.bill.run'

    reversed_by_id = fields.Many2one('res.users', readonly=True, copy=False)
    reversed_at = fields.Datetime(readonly=True, copy=False)
    reversal_reason = fields.Char(string="Reason of the reversal", readonly=True, copy=False)
    reversal_date = fields.Date(string="Date of the credit notes", readonly=True, copy=False)
    reversal_documents = fields.Selection(
        DOCUMENTS, string="Documents of the credit notes", readonly=True, copy=False,
    )
    reversal_ids = fields.One2many('isp.bill.run.reversal', 'run_id', string="Reversals")
    reversal_count = fields.Integer(string="Credit notes", compute='_compute_reversal_counts')
    reversal_paid_count = fields.Integer(
        string="Reversed invoices that were paid", compute='_compute_reversal_counts',
    )
    reversal_failed_count = fields.Integer(
        string="Not reversed", compute='_compute_reversal_counts',
    )

    def _compute_reversal_counts(self):
        counts = {}
        for run, state, paid, count in self.env['isp.bill.run.reversal']._read_group(
            [('run_id', 'in', self.ids)], ['run_id', 'state', 'is_paid'], ['__count'],
        ):
            figures = counts.setdefault(run.id, {'done': 0, 'failed': 0, 'nothing': 0, 'paid': 0})
            figures[state] += count
            figures['paid'] += count if paid and state == 'done' else 0
        for run in self:
            figures = counts.get(run.id, {})
            run.reversal_count = figures.get('done', 0)
            run.reversal_failed_count = figures.get('failed', 0)
            run.reversal_paid_count = figures.get('paid', 0)

    # === Asking === #

    def action_reverse(self):
        """Ask for the reason and the date, then reverse the run."""
        self.ensure_one()
        self._isp_check_may_approve()
        self._isp_check_reversible()
        return {
            'type': 'ir.actions.act_window', 'name': self.env._("Reverse the run"),
            'res_model': 'isp.bill.reverse', 'view_mode': 'form', 'target': 'new',
            'context': {'default_run_id': self.id},
        }

    def _isp_check_reversible(self):
        for run in self:
            if run.state in ('reversing', 'reversed'):
                raise UserError(self.env._(
                    "Run %(run)s was reversed already. A run is reversed once.", run=run.name,
                ))
            if run.state not in REVERSIBLE or not run.sudo().bill_ids.filtered(
                lambda bill: bill.state == 'posted' and (
                    not bill.move_id or bill.move_id.state == 'posted'),
            ):
                raise UserError(self.env._(
                    "Run %(run)s has no posted invoices. Cancel it instead.", run=run.name,
                ))

    def _isp_reverse(self, reason, date=None, documents='none'):
        """Have the scheduled job credit every invoice of the run and reopen its periods.

        :param str reason: why; it stands on the run and on its credit notes
        :param date date: date of the credit notes, today in the company's zone when empty
        :param str documents: one of ``DOCUMENTS``
        :raises UserError: when the run was reversed, has nothing posted, or the date is locked
        """
        self._isp_check_may_approve()
        self._isp_check_reversible()
        if not (reason or '').strip():
            raise UserError(self.env._("Say why the run is reversed."))
        for run in self:
            date = date or run.company_id._isp_today()
            run._isp_check_day_is_open(date)
            run.sudo().reversal_ids.filtered(lambda row: row.state == 'failed').unlink()
            run.with_context(isp_audit_reason=reason)._isp_set_state(
                REVERSIBLE, 'reversing', reversed_by_id=self.env.uid,
                reversed_at=fields.Datetime.now(), reversal_reason=reason, reversal_date=date,
                reversal_documents=documents,
            )
        self._isp_trigger()

    # === Work === #

    def _isp_reverse_step(self, size, commit):
        """Credit the next chunk, then make and send the documents; see ``_isp_step``."""
        done, locked = self._isp_reverse_chunk(size)
        if done or locked:
            return done
        return (
            self._isp_reversal_render_chunk() or self._isp_reversal_deliver_chunk(commit)
            or self._isp_finish_reversal()
        )

    def _isp_to_reverse_domain(self):
        return [
            ('run_id', '=', self.id), ('state', '=', 'posted'), ('reversal_ids', '=', False),
        ]

    def _isp_reverse_chunk(self, size):
        """Credit the next invoices; returns (bills done, bills that were locked by others)."""
        bills = self.env['isp.bill.run.bill'].search(
            self._isp_to_reverse_domain(), order='id', limit=size,
        )
        if not bills:
            return 0, 0
        free = self._isp_lock(bills)
        moves = free.move_id.try_lock_for_update(allow_referencing=True)
        free = free.filtered(lambda bill: not bill.move_id or bill.move_id in moves)
        self._isp_credit(free)
        return len(free), len(bills) - len(free)

    def _isp_credit(self, bills):
        """Credit bills all together, and one by one where that fails."""
        if not bills:
            return
        try:
            with self.env.cr.savepoint():
                self._isp_credit_batch(bills)
            return
        except psycopg2.OperationalError:
            raise
        except Exception as error:  # noqa: BLE001 - one bad invoice never stops the others
            self.env.invalidate_all()
            _logger.warning("Reversal of run %s, %s bills: %s", self.id, len(bills), error)
            if len(bills) == 1:
                reason = say(self.env).error(error)
                self.env['isp.bill.run.reversal'].create(
                    self._isp_reversal_values(bills, 'failed', {}, reason=reason))
                return
        for bill in bills:
            self._isp_credit(bill)

    def _isp_credit_batch(self, bills):
        """Credit notes of bills, posted and reconciled with their invoices."""
        rows = self.env['isp.bill.run.reversal']
        moves = bills.move_id.filtered(lambda move: move.state == 'posted')
        paid = rows._isp_paid_amounts(moves)
        open_ids = {
            line.move_id.id for line, room in moves._isp_credit_rooms().items()
            if not room.is_empty
        }
        todo = moves.filtered(lambda move: move.id in open_ids)
        reversals = todo.with_context(isp_reopen_periods=True, **QUIET)._reverse_moves(
            [self._isp_credit_note_values() for _move in todo])
        # upstream reconciles each with its invoice; what was paid stays open on the credit note
        reversals._post(soft=False)
        by_move = dict(zip(todo.ids, reversals, strict=True))
        rows.create([
            self._isp_reversal_values(
                bill, 'done' if bill.move_id.id in by_move else 'nothing', paid,
                by_move.get(bill.move_id.id),
            ) for bill in bills
        ])
        bills._isp_set_state(('posted',), 'reversed', self.reversal_reason)

    def _isp_credit_note_values(self):
        """Values of the credit note of an invoice of the run."""
        return {
            'invoice_date': self.reversal_date, 'date': self.reversal_date,
            'invoice_date_due': self.reversal_date, 'invoice_payment_term_id': False,
            'invoice_origin': self.name,
            'ref': self.env._("Reversal of %(run)s: %(reason)s", run=self.name,
                              reason=self.reversal_reason),
        }

    def _isp_reversal_values(self, bill, state, paid, credit=None, reason=False):
        amount = paid.get(bill.move_id.id, 0.0)
        return {
            'bill_id': bill.id, 'run_id': self.id, 'account_id': bill.account_id.id,
            'move_id': bill.move_id.id, 'credit_id': credit.id if credit else False,
            'currency_id': bill.currency_id.id, 'state': state, 'reason': reason,
            'amount_total': bill.move_id.amount_total, 'amount_paid': amount,
            'is_paid': bool(amount), 'amount_credited': credit.amount_total if credit else 0.0,
        }

    # === End and progress === #

    def _isp_finish_reversal(self):
        """End the reversal when nothing is left to do; returns 0 in any case."""
        if self._isp_remaining():
            return 0
        if not self.reversal_failed_count:
            open_bills = self.bill_ids.filtered(lambda bill: bill.state not in (
                'reversed', 'excluded', 'already', 'carried'))
            open_bills._isp_set_state(
                ('ready', 'held', 'exception', 'review'), 'excluded',
                say(self.env)._("The run was reversed. The next run bills it."),
            )
        self._isp_set_state(
            ('reversing',), 'exception' if self.reversal_failed_count else 'reversed')
        self._isp_post_sentence(self._isp_reversal_note())
        return 0

    def _isp_reversal_note(self):
        """What the reversal did, with the invoices that were paid and their amounts."""
        words = say(self.env)
        text = words._(
            "Reversed: %(credits)s credit notes, %(failed)s not reversed. Reason: %(reason)s",
            credits=self.reversal_count, failed=self.reversal_failed_count,
            reason=self.reversal_reason,
        )
        paid = self.reversal_ids.filtered(lambda row: row.is_paid and row.state == 'done')
        if not paid:
            return text
        rows = [
            words._(
                "%(invoice)s, %(account)s: %(paid)s of %(total)s was paid",
                invoice=row.move_id.name, account=row.account_id.display_name,
                paid=words.amount(row.amount_paid, row.currency_id),
                total=words.amount(row.amount_total, row.currency_id),
            ) for row in paid[:NOTED]
        ]
        if len(paid) > NOTED:
            rows.append(words._("… and %(count)s more", count=len(paid) - NOTED))
        return words.join([text, words._(
            "Paid before the reversal; the money stays open on the account and is set off "
            "against the next bill:",
        ), *rows])

    def _isp_reversal_remaining(self):
        """Things left to do of a reversal (int)."""
        rows = self.env['isp.bill.run.reversal']
        return (
            self.env['isp.bill.run.bill'].search_count(self._isp_to_reverse_domain())
            + rows.search_count(self._isp_reversal_render_domain())
            + rows.search_count(self._isp_reversal_deliver_domain())
        )

    def _isp_reversal_progress(self):
        """Present stage of a reversal, see ``_isp_stage_progress``."""
        left = self.env['isp.bill.run.bill'].search_count(self._isp_to_reverse_domain())
        rows = self.env['isp.bill.run.reversal']
        total = rows.search_count([('run_id', '=', self.id)])
        if left:
            return 'reverse', total, total + left
        left = rows.search_count(self._isp_reversal_render_domain())
        if left:
            return 'render', total - left, total
        left = rows.search_count(self._isp_reversal_deliver_domain())
        return 'deliver', total - left, total

    def action_view_reversals(self):
        self.ensure_one()
        action = self._isp_view(
            'isp.bill.run.reversal', self.env._("Reversed invoices"), 'list,form')
        action['context'] = dict(self.env.context.get('isp_filter') or {})
        return action


class IspBillRunBill(models.Model):
    _inherit = 'isp.bill.run.bill'

    reversal_ids = fields.One2many('isp.bill.run.reversal', 'bill_id')
