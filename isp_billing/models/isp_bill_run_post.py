import json
import logging
from datetime import timedelta

import psycopg2

from odoo import Command, models

from ..sentences import say
from .isp_bill_preview import NOT_COMPUTED
from .isp_invoice_writer import WriterJob
from .isp_text_reader import french_text

_logger = logging.getLogger(__name__)

CHUNK = 100


class IspBillRun(models.Model):
    """Stage "create and post": ledger rows and invoices of the approved bills."""

    _inherit = 'isp.bill.run'

    def _isp_post_chunk(self, cache, size=CHUNK):
        """Post the next chunk of ready bills.

        What is due is computed again under a lock on the subscription lines; a bill whose result
        is no longer the approved one goes back to review.

        :return: (number of bills that left the state "ready", number that were locked by others)
        """
        self.ensure_one()
        bills = self.env['isp.bill.run.bill'].search(
            [('run_id', '=', self.id), ('state', '=', 'ready')], order='id', limit=size,
        )
        if not bills:
            return 0, 0
        free = self._isp_lock(bills)
        approved = self._isp_confirm(free, cache)
        jobs = [self._isp_job(bill, preview) for bill, preview in approved]
        self._isp_complete_jobs(jobs, [preview for _bill, preview in approved])
        results = self.env['isp.invoice.writer']._write_invoices(jobs, self.post_invoices)
        self._isp_record(results)
        return len(free), len(bills) - len(free)

    def _isp_lock(self, bills):
        """Bills whose subscription lines this transaction could lock."""
        accounts = bills.account_id._isp_with_paid(self.company_id)
        lines = self.env['isp.billing.engine']._billed_lines(accounts, self.company_id)
        locked = lines.try_lock_for_update(allow_referencing=True)
        busy = (lines - locked).isp_account_id.with_company(self.company_id)
        busy |= busy.isp_payer_id
        return bills.filtered(lambda bill: bill.account_id not in busy)

    def _isp_confirm(self, bills, cache):
        """Pairs of bill and preview whose result is still the approved one.

        The others change their state: "already charged" when nothing is due any more, "to
        review again" with the new amounts otherwise.
        """
        previews, *_counts = self._isp_previews(bills.account_id, cache)
        broken = {
            preview.account_id: preview.problems[0] for preview in previews
            if preview.problems and preview.problems[0].code == NOT_COMPUTED
        }
        by_key = {preview.key: preview for preview in previews}
        strangers = self._isp_strangers(previews, bills)
        confirmed = []
        for bill in bills:
            preview = by_key.get(bill._isp_key())
            if preview is None and strangers.get(bill.account_id.id):
                # somebody changed what the bill goes by: its tax position, journal, grouping
                preview = strangers[bill.account_id.id].pop(0)
            if bill.account_id.id in broken:
                problem = broken[bill.account_id.id]
                bill._isp_set_state(('ready',), 'exception', problem.message)
                bill.problem_code = problem.code
            elif preview is None:
                bill._isp_set_state(('ready',), 'already', say(self.env)._(
                    "Everything on it was charged meanwhile.",
                ))
            elif preview.fingerprint(self.invoice_date) == bill.result_hash:
                confirmed.append((bill, preview))
            else:
                self._isp_back_to_review(bill, preview)
        return confirmed

    def _isp_strangers(self, previews, bills):
        """Previews that are no bill of the run: {account id: [preview]}."""
        known = {
            bill._isp_key() for bill in self.env['isp.bill.run.bill'].search([
                ('run_id', '=', self.id), ('account_id', 'in', bills.account_id.ids)])
        }
        found = {}
        for preview in previews:
            if preview.key not in known:
                found.setdefault(preview.account_id, []).append(preview)
        return found

    def _isp_back_to_review(self, bill, preview):
        was = bill.amount_total
        values = self._isp_bill_values(preview)
        bill.line_ids.unlink()
        values.update(
            state='review' if values['state'] == 'ready' else values['state'],
            reason=values['reason'] or say(self.env)._(
                "The bill changed after it was computed: it was %(was)s and is now %(now)s. "
                "Look at it and release it.",
                was=say(self.env).amount(was, bill.currency_id),
                now=say(self.env).amount(values['amount_total'], bill.currency_id),
            ),
        )
        bill.write(values)

    # === Jobs === #

    def _isp_complete_jobs(self, jobs, previews):
        """Add to the jobs of a chunk what is read for all of them at once. Override to add.

        :param jobs: list of :class:`WriterJob`
        :param previews: their previews, in the same order
        """

    def _isp_job(self, bill, preview):
        """Job of the writer for a bill: values equal between equal subscribers, links apart."""
        sign = -1 if preview.is_refund else 1
        lines = sorted(preview.lines, key=lambda x: x.sort_key)
        lang = bill.account_id._isp_text_lang(self.company_id, bill.address_id)
        makes_move = not preview.is_zero or (
            bill.account_id._isp_profile(self.company_id).zero_policy == 'document')
        return WriterJob(
            key=bill.id, account_id=preview.payer_id, address_id=preview.address_id,
            values=self._isp_move_values(preview, lines, sign),
            charges=[self._isp_charge_values(preview, line) for line in lines],
            line_values=[
                self._isp_line_values(
                    line, sign, lang, line.account_id != preview.account_id,
                ) if line.amount or preview.is_zero and makes_move else None for line in lines
            ],
            makes_move=makes_move,
            links={'isp_bill_id': bill.id},
        )

    def _isp_move_values(self, preview, lines, sign):
        """Values of the move without anything that differs between equal subscribers.

        Override to add to every invoice of a run.
        """
        return {
            'move_type': 'out_refund' if sign < 0 else 'out_invoice',
            'journal_id': preview.journal_id, 'company_id': preview.company_id,
            'currency_id': preview.currency_id,
            'fiscal_position_id': preview.fiscal_position_id or False,
            'invoice_date': self.invoice_date, 'invoice_payment_term_id': False,
            'invoice_date_due': self.invoice_date + timedelta(days=preview.due_days),
            'invoice_origin': self.name, 'invoice_user_id': False,
            'isp_bill_run_id': self.id,
            'isp_period_from': min(line.date_from for line in lines),
            'isp_period_to': max(line.date_to for line in lines),
        }

    def _isp_line_values(self, line, sign, lang, other=False):
        """Values of an invoice line.

        :param bool other: the service of another account, whose number is named

        A part of a period is quantity 1 at the amount of its charge: Odoo rounds quantities, and
        17/31 would be posted as 0.55 (16.50 instead of 16.45).
        """
        plan = self.env['isp.service.plan'].browse(line.plan_id)
        product = self.env['product.product'].browse(line.product_id)
        service = f"{self._isp_plan_name(plan, lang)} ({line.date_from} – {line.date_to})"
        if other:
            account = self.env['res.partner'].browse(line.account_id).with_company(self.company_id)
            service += f" · {account.isp_account_number or account.name}"
        whole = line.is_full and not line.discount and (
            line.quantity * line.price_unit == line.amount
        )
        return {
            'display_type': 'product', 'product_id': line.product_id,
            'name': service,
            'quantity': float(line.quantity) if whole else 1.0,
            'price_unit': float(sign * (line.price_unit if whole else line.amount)),
            'discount': 0.0, 'tax_ids': [Command.set(line.tax_ids)],
            'account_id': line.income_account_id, 'product_uom_id': product.uom_id.id,
            'isp_plan_id': line.plan_id, 'isp_period_from': line.date_from,
            'isp_period_to': line.date_to, 'isp_unit_value': float(line.unit_value),
        }

    def _isp_plan_name(self, plan, lang):
        """Name of a plan in the language of an account; French falls back to the other French."""
        name = plan.with_context(lang=lang).name
        if lang[:2] == 'fr' and name == plan.with_context(lang='en_US').name:
            return french_text(plan, 'name', self.company_id._isp_text_languages()['fr'], name)
        return name

    def _isp_charge_values(self, preview, line):
        """Values of the ledger row of a charge (isp.charge)."""
        names = (
            'subscription_id', 'line_id', 'plan_id', 'product_id', 'kind', 'period_start',
            'period_end', 'revision', 'date_from', 'date_to', 'days', 'period_days', 'method',
        )
        amounts = ('quantity', 'price_unit', 'discount', 'price_full', 'amount')
        return {
            'company_id': preview.company_id, 'account_id': line.account_id,
            'payer_id': preview.payer_id,
            'detail': json.loads(line.detail) if line.detail else False,
            'currency_id': preview.currency_id, 'run_id': self.id, 'origin': 'run',
            **{name: getattr(line, name) for name in names},
            **{name: float(getattr(line, name)) for name in amounts},
            'tax_ids': [Command.set(line.tax_ids)],
        }

    # === Results === #

    def _isp_record(self, results):
        """Write what became of the jobs on their bills."""
        bills = self.env['isp.bill.run.bill']
        moves = self.env['account.move'].browse([r.move_id for r in results if r.move_id])
        for result in results:
            bill = bills.browse(result.key)
            if result.already:
                bill._isp_set_state(('ready',), 'already', say(self.env)._(
                    "These periods were charged by another run meanwhile.",
                ))
            elif result.error:
                names = bill.line_ids.subscription_id.mapped('display_name')
                bill._isp_set_state(
                    ('ready',), 'exception', say(self.env).join(
                        [', '.join(names[:3]), result.error], " – "))
                bill.problem_code = 'posting'
            else:
                bill._isp_set_state(('ready',), 'posted')
                bill.write({'move_id': result.move_id or False, 'path': result.path})
        if self.post_invoices:
            self._isp_freeze(moves)
        self._isp_attempt(lambda: self._isp_mirror_next_dates(moves))

    def _isp_freeze(self, moves):
        """Freeze the documents of posted invoices; one that cannot be is parked, not the chunk."""
        if not self._isp_attempt(moves._isp_freeze_documents):
            return
        for move in moves:
            error = self._isp_attempt(move._isp_freeze_documents)
            if error:
                move.isp_bill_id.sudo().render_error = error

    def _isp_attempt(self, work):
        """Do something after posting, in a savepoint: what is posted stays posted.

        :param work: function without arguments
        :return: None, or the reason why it failed
        """
        try:
            with self.env.cr.savepoint():
                work()
        except psycopg2.OperationalError:
            raise
        except Exception as error:  # noqa: BLE001 - the invoices are posted and stay so
            self.env.invalidate_all()
            _logger.warning("Bill run %s, after posting: %s", self.id, error)
            return say(self.env).error(error)
        return None

    def _isp_mirror_next_dates(self, moves):
        """Keep upstream's next date filled with what the engine says."""
        accounts = moves.isp_account_id._isp_with_paid(self.company_id)
        lines = self.env['isp.billing.engine']._billed_lines(accounts, self.company_id)
        lines.sale_subscription_id._isp_refresh_next_dates()
