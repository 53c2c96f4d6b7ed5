"""Checks of the books that need more than a query: what is due, hashes."""
from collections import defaultdict

from odoo import models
from odoo.fields import Domain

CHUNK = 200
HASH_ORDER = 'journal_id.id, sequence_prefix, sequence_number'
#: states of bills that set an account aside: what is due is known and waits for a person
SET_ASIDE = ('held', 'excluded', 'carried', 'exception', 'review', 'ready')


class IspBookCheck(models.Model):
    _inherit = 'isp.book.check'

    # === I1: what is due is charged === #

    def _isp_check_due(self):
        """What the engine would still charge for everything up to the last run of each account.

        First charges of lines that nobody touched since are errors; the rest comes with the next
        run and is a remark.
        """
        last_runs, done = self._isp_last_runs(), self.cursor or 0
        ids = sorted(account for account in last_runs if account > done)[:CHUNK]
        by_run = defaultdict(list)
        for account in ids:
            by_run[last_runs[account]].append(account)
        lost, later = [], []
        for run, accounts in by_run.items():
            found = self._isp_still_due(
                self.env['res.partner'].browse(accounts), run.target_date, run)
            lost += found[0]
            later += found[1]
        self.cursor = ids[-1] if ids else done
        return [
            self._isp_finding(
                code, 'I1', severity, 'res.partner', [account for account, _text in rows],
                "\n".join(text for _account, text in rows[:20]),
            ) for code, severity, rows in (
                ('due_not_charged', 'error', lost), ('due_next', 'advice', later),
            ) if rows
        ], len(ids) == CHUNK

    def _isp_last_runs(self):
        """The last finished run that looked at each account: {account id: isp.bill.run}."""
        runs = self.env['isp.bill.run'].search([
            ('company_id', '=', self.company_id.id), ('state', 'in', ('done', 'exception')),
        ], order='target_date desc, id desc')
        partners = self.env['res.partner'].with_context(active_test=False)
        result = {}
        for run in runs:
            accounts = partners.search(run._isp_account_domain(), order='id')
            if run.profile_ids:
                accounts = accounts.filtered(
                    lambda account, run=run: account._isp_profile(run.company_id) in run.profile_ids
                )
            for account in accounts.ids:
                result.setdefault(account, run)
            if not run.account_ids and not run.profile_ids:
                break
        return result

    def _isp_still_due(self, accounts, target, run):
        """Pairs (account id, detail): those that were forgotten, those that wait for the next."""
        bills = self.env['isp.bill.run.bill'].search([
            ('account_id', 'in', accounts.ids), ('company_id', '=', self.company_id.id),
            ('state', 'in', SET_ASIDE), ('run_id.target_date', '>=', target),
        ])
        working = self.env['isp.bill.run'].search_count([
            ('company_id', '=', self.company_id.id), ('state', '=', 'running')], limit=1)
        accounts -= bills.account_id
        previews, *_counts = self.env['isp.bill.preview'].with_company(self.company_id)._preview(
            accounts, self.company_id, target, run.invoice_date,
        )
        touched = self._isp_touched(accounts, run.approved_at or run.create_date)
        lost, later = [], []
        for preview in previews:
            if preview.problems or preview.carries_credit:
                continue
            first = [line for line in preview.lines if not line.revision]
            forgotten = first and not working and any(
                line.line_id not in touched for line in first)
            text = f"{target}: {preview.net}"
            (lost if forgotten else later).append((preview.account_id, text))
        return lost, later

    def _isp_touched(self, accounts, since):
        """Ids of lines of accounts whose facts were written after a moment."""
        lines = self.env['isp.billing.engine']._billed_lines(accounts, self.company_id)
        holds = self.env['isp.service.hold'].search([
            ('subscription_id', 'in', lines.sale_subscription_id.ids), ('write_date', '>', since),
        ]).subscription_id
        plans = self.env['isp.service.plan.price'].search([
            ('plan_id', 'in', lines.isp_plan_id.ids), ('write_date', '>', since),
        ]).plan_id
        return {
            line.id for line in lines
            if line.write_date > since or line.sale_subscription_id in holds
            or line.isp_plan_id in plans or line.isp_plan_id.write_date > since
        }

    # === I11: the audit rows === #

    def _isp_check_audit(self):
        """The chain of audit rows, in databases that keep them."""
        if 'isp.audit' not in self.env:
            return [], False
        found = self.env['isp.audit']._isp_verify()
        return [self._isp_finding(
            'audit_broken', 'I11', 'error', False, [], "\n".join(found[:20]), len(found),
        )] if found else [], False

    # === Hashed journals === #

    def _isp_check_hashes(self):
        """The chain of hashes of each journal of ISP billing, as far as it is hashed.

        By the same functions as Odoo's report, which only accountants in person may ask for.
        """
        moves = self.env['account.move']
        domain = Domain('company_id', '=', self.company_id.id) & Domain(
            'journal_id.isp_billing', '=', True) & Domain('inalterable_hash', '!=', False)
        last = moves.browse(self.cursor or [])
        found = moves.search(domain & self._isp_after(last), order=HASH_ORDER, limit=CHUNK)
        bad, previous = [], {(last.journal_id.id, last.sequence_prefix): last.inalterable_hash}
        for move in found:
            chain = (move.journal_id.id, move.sequence_prefix)
            if move._isp_hash_differs(previous.get(chain, '')):
                bad.append(move)
            previous[chain] = move.inalterable_hash
        self.cursor = found[-1:].id or self.cursor
        return [self._isp_finding(
            'hash_broken', 'F13', 'error', 'account.move', [move.id for move in bad],
            "\n".join(move.name for move in bad[:20]),
        )] if bad else [], len(found) == CHUNK

    def _isp_after(self, move):
        """Entries that follow one in the order of the hashes (Domain), all when it is empty."""
        if not move:
            return Domain.TRUE
        journal, prefix = move.journal_id.id, move.sequence_prefix
        return Domain('journal_id', '>', journal) | Domain('journal_id', '=', journal) & (
            Domain('sequence_prefix', '>', prefix) | Domain('sequence_prefix', '=', prefix)
            & Domain('sequence_number', '>', move.sequence_number)
        )


class AccountMove(models.Model):
    _inherit = 'account.move'

    def _isp_hash_differs(self, previous):
        """Whether the entry is no longer what its hash was made of.

        :param str previous: hash of the entry before it in its chain
        """
        self.ensure_one()
        stored = self.inalterable_hash
        # versions 1 to 3 are from before the version stood in the hash
        versions = [int(stored.split('$')[1])] if stored.startswith('$') else [1, 2, 3]
        return all(
            self.with_context(hash_version=version)._calculate_hashes(previous)[self] != stored
            for version in versions
        )
