import json
import logging

import psycopg2

from odoo import Command, models
from odoo.fields import Domain

from ..sentences import say
from .isp_bill_preview_guard import MINIMUM

_logger = logging.getLogger(__name__)

CHUNK = 200


class IspBillRun(models.Model):
    """Stage "compute": preview every account and keep the previews as bills."""

    _inherit = 'isp.bill.run'

    def _isp_account_domain(self):
        """Accounts that the run looks at, by its scope (Domain on res.partner).

        Accounts that another one pays for come along with their payer, so that its bill is whole;
        those who paid for others may have a credit to come.
        """
        self.ensure_one()
        billed = Domain('isp_subscription_ids', 'any', [
            ('isp_billed', '=', True), ('company_id', '=', self.company_id.id),
            ('stage_id.type', '!=', 'draft'),
        ])
        paid = self._isp_accounts().search(billed & Domain('isp_payer_id', '!=', False))
        domain = (billed & Domain('isp_payer_id', '=', False)) | Domain(
            'id', 'in', paid.isp_payer_id.ids + paid._isp_once_payers(self.company_id),
        )
        # archived customers may still have a service; without them an empty list would mean "all"
        scope = self.with_context(active_test=False).account_ids.with_company(self.company_id)
        if scope:
            domain &= Domain('id', 'in', (scope | scope.isp_payer_id).ids)
        return domain

    def _isp_accounts(self):
        """Partners in the run's company, archived ones too."""
        return self.env['res.partner'].with_context(active_test=False).with_company(self.company_id)

    def _isp_count_accounts(self):
        return self._isp_accounts().sudo().search_count(self._isp_account_domain())

    def _isp_compute_chunk(self, cache, size=CHUNK):
        """Preview the next chunk of accounts.

        :param dict cache: answers shared by the chunks of a run
        :param int size: size of chunks of bills; accounts go by twice as many
        :return: number of accounts looked at, 0 when all were
        """
        self.ensure_one()
        accounts = self._isp_accounts().search(
            self._isp_account_domain() & Domain('id', '>', self.compute_cursor),
            order='id', limit=min(CHUNK, 2 * size) if size > 1 else 1,
        )
        if not accounts:
            self._isp_set_state(('computing',), 'computed')
            self._isp_after_compute()
            return 0
        in_scope = accounts
        if self.profile_ids:
            in_scope = accounts.filtered(
                lambda account: account._isp_profile(self.company_id) in self.profile_ids
            )
        nothing_due, already = self._isp_preview_accounts(in_scope, cache)
        self.write({
            'compute_cursor': accounts[-1].id,
            'account_done': self.account_done + len(accounts),
            'nothing_due_count': self.nothing_due_count + nothing_due,
            'already_count': self.already_count + already,
            'out_of_scope_count': self.out_of_scope_count + len(accounts) - len(in_scope),
        })
        return len(accounts)

    def _isp_after_compute(self):
        """What follows when every account was computed. Override to add to it."""

    def _isp_preview_accounts(self, accounts, cache):
        """Write the bills of accounts; returns the counts (nothing due, already charged)."""
        previews, nothing_due, already = self._isp_previews(accounts, cache)
        self._isp_review_variance(previews)
        self.env['isp.bill.run.bill'].create([
            self._isp_bill_values(preview) for preview in previews
        ])
        return nothing_due, already

    def _isp_previews(self, accounts, cache=None):
        """Previews of accounts: all together, and one by one where that fails.

        Whatever is wrong with one account never stops the others: it gets a bill that is an
        exception.

        :return: as ``isp.bill.preview._preview``
        """
        engine = self.env['isp.bill.preview']
        try:
            with self.env.cr.savepoint():
                return engine._preview(
                    accounts, self.company_id, self.target_date, self.invoice_date, cache,
                )
        except psycopg2.OperationalError:
            raise
        except Exception as error:  # noqa: BLE001 - whatever it is, the others are computed
            self.env.invalidate_all()
            _logger.warning(
                "Bill run %s, %s accounts: %s", self.id, len(accounts), error,
                exc_info=len(accounts) == 1,
            )
            if len(accounts) == 1:
                return [engine._failure(accounts, self.company_id, error)], 0, 0
        bills, nothing_due, already = [], 0, 0
        for account in accounts:
            found, nothing, before = self._isp_previews(account, cache)
            bills += found
            nothing_due += nothing
            already += before
        return bills, nothing_due, already

    def _isp_recompute(self, bills):
        """Compute bills again; other bills of the same accounts stay as they are.

        Where the run already posted a bill of the same key, what came due since becomes another
        part of it. What a run computes again after its approval has to be released: the approver
        has not seen it. The run keeps its state and who computed it then, and the bill has its
        own; before, whoever computed last counts as the one who computed the run.
        """
        bills = bills.filtered(lambda bill: bill.state in ('exception', 'review'))
        if not bills:
            return
        run, accounts, kept = self.sudo(), bills.account_id, self._isp_keeps_state()
        # where a price is shared, the bill of the other payer comes along
        accounts |= accounts.with_company(self.company_id).isp_payer_id
        bills.sudo().unlink()
        stay = run.bill_ids.filtered(lambda bill: bill.account_id in accounts)
        posted = stay.filtered(lambda bill: bill.state == 'posted')
        open_keys = {bill._isp_key() for bill in stay - posted}
        posted_keys = [bill._isp_key() for bill in posted]
        previews, _nothing, already = run._isp_previews(accounts)
        run._isp_review_variance(previews)
        run.env['isp.bill.run.bill'].create([
            {**run._isp_recomputed_values(preview, kept and self.env.user),
             'part': posted_keys.count(preview.key)}
            for preview in previews
            if preview.key not in open_keys and preview.account_id in accounts.ids
        ])
        run._isp_count_gone(accounts, already)
        if kept:
            return
        run.computed_by_id = self.env.user
        if self.state == 'exception':
            self._isp_set_state(('exception',), 'computed')

    def _isp_recomputed_values(self, preview, user):
        """Values of a bill that is computed again.

        :param user: who did it after the approval (res.users), False before it
        """
        values = {**self._isp_bill_values(preview), 'computed_by_id': user and user.id}
        if user and values['state'] == 'ready':
            values.update(state='review', reason=say(self.env)._(
                "Computed again after the run was approved: %(total)s. Look at it and release it.",
                total=say(self.env).amount(
                    values['amount_total'], self.env['res.currency'].browse(preview.currency_id)),
            ))
        return values

    def _isp_count_gone(self, accounts, already):
        """Keep the sum of accounts right: some have no bill any more since they were fixed."""
        bills = self.bill_ids
        gone = len(accounts - bills.account_id - bills.line_ids.line_id.isp_account_id)
        already = min(gone, already)
        self.write({
            'already_count': self.already_count + already,
            'nothing_due_count': self.nothing_due_count + gone - already,
        })

    def _isp_bill_values(self, preview):
        """Values of a bill from its preview (engine.bill.BillPreview)."""
        totals = preview.totals or {'untaxed': '0', 'tax': '0', 'total': '0', 'taxes': []}
        return {
            'run_id': self.id, 'company_id': preview.company_id,
            'account_id': preview.account_id, 'payer_id': preview.payer_id,
            'address_id': preview.address_id, 'currency_id': preview.currency_id,
            'fiscal_position_id': preview.fiscal_position_id or False,
            'journal_id': preview.journal_id or False, 'group_key': preview.group_key,
            **self._isp_outcome(preview),
            'is_first_bill': 'first_bill' in preview.flags, 'is_final': preview.is_final,
            'has_variance': bool(preview.review),
            'is_negative': 'negative' in preview.flags, 'is_zero': 'zero' in preview.flags,
            'has_language_warning': 'language_rule' in preview.flags,
            'has_no_email': 'no_email' in preview.flags, 'due_days': preview.due_days,
            'amount_untaxed': float(totals['untaxed']), 'amount_tax': float(totals['tax']),
            'amount_total': float(totals['total']), 'tax_totals': totals['taxes'],
            'result_hash': preview.fingerprint(self.invoice_date),
            'line_count': len(preview.lines),
            'line_ids': [
                Command.create(self._isp_bill_line_values(line))
                for line in sorted(preview.lines, key=lambda x: x.sort_key)
            ],
        }

    def _isp_outcome(self, preview):
        """State, reason and exception code that a preview gives its bill."""
        if preview.problems:
            return {
                'state': 'exception', 'problem_code': preview.problems[0].code,
                'reason': say(self.env).join(problem.message for problem in preview.problems),
            }
        if preview.carries_credit:
            return {
                'state': 'carried', 'problem_code': False,
                'reason': say(self.env)._("The credit is deducted from the next bill."),
            }
        if MINIMUM in preview.flags:
            return {
                'state': 'carried', 'problem_code': False,
                'reason': say(self.env)._(
                    "The amount is below the smallest one that is billed. It comes with the "
                    "next bill.",
                ),
            }
        if preview.review:
            return {'state': 'review', 'problem_code': 'variance', 'reason': preview.review}
        return {'state': 'ready', 'problem_code': False, 'reason': False}

    def _isp_bill_line_values(self, line):
        names = (
            'subscription_id', 'line_id', 'plan_id', 'product_id', 'kind', 'period_start',
            'period_end', 'revision', 'date_from', 'date_to', 'days', 'period_days', 'method',
        )
        amounts = ('quantity', 'price_unit', 'discount', 'price_full', 'amount')
        return {
            **{name: getattr(line, name) for name in names},
            **{name: float(getattr(line, name)) for name in amounts},
            'service_account_id': line.account_id,
            'detail': json.loads(line.detail) if line.detail else False,
            'tax_ids': [Command.set(line.tax_ids)],
        }
