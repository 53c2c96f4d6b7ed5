"""Checks of the books that need more than a query: what is due, files, hashes."""
import hashlib
from collections import defaultdict
from datetime import timedelta

from odoo import fields, models
from odoo.tools.misc import split_every

CHUNK = 200
#: states of bills that set an account aside: what is due is known and waits for a person
SET_ASIDE = ('held', 'excluded', 'carried', 'exception', 'review', 'ready')
#: sealed documents are read again after two days, and every four weeks ever after
FRESH_DAYS, ROUND = 2, 28


class IspBookCheck(models.Model):
    _inherit = 'isp.book.check'

    # === I1: what is due is charged === #

    def _isp_check_due(self):
        """What the engine would still charge for everything up to the last run of each account.

        First charges of lines that nobody touched since are errors; the rest comes with the next
        run and is a remark.
        """
        lost, later = [], []
        for (target, run), accounts in self._isp_last_runs().items():
            for ids in split_every(CHUNK, accounts):
                found = self._isp_still_due(self.env['res.partner'].browse(ids), target, run)
                lost += found[0]
                later += found[1]
        result = []
        for code, severity, rows in (('due_not_charged', 'error', lost),
                                     ('due_next', 'advice', later)):
            if rows:
                result.append(self._isp_finding(
                    code, 'I1', severity, 'res.partner', [account for account, _text in rows],
                    "\n".join(text for _account, text in rows[:20]),
                ))
        return result

    def _isp_last_runs(self):
        """Accounts by the last finished run that looked at them: {(target, run): [ids]}."""
        runs = self.env['isp.bill.run'].search([
            ('company_id', '=', self.company_id.id), ('state', 'in', ('done', 'exception')),
        ], order='target_date desc, id desc')
        partners = self.env['res.partner'].with_context(active_test=False)
        seen, result = set(), defaultdict(list)
        for run in runs:
            accounts = partners.search(run._isp_account_domain(), order='id')
            if run.profile_ids:
                accounts = accounts.filtered(
                    lambda account, run=run: account._isp_profile(run.company_id) in run.profile_ids
                )
            new = [id_ for id_ in accounts.ids if id_ not in seen]
            seen.update(new)
            if new:
                result[run.target_date, run] = new
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

    # === I7: the files === #

    def _isp_check_files(self):
        """Read sealed documents again and compare their fingerprints; all within four weeks."""
        today = fields.Date.today()
        self.env.cr.execute(
            """
            SELECT m.id, m.name, m.isp_document_sha256, a.store_fname, a.id
              FROM account_move m JOIN ir_attachment a ON a.id = m.isp_document_id
             WHERE m.company_id = %s AND (a.create_date > %s OR m.id %% %s = %s)
             ORDER BY m.id
            """, [self.company_id.id, today - timedelta(days=FRESH_DAYS), ROUND,
                  today.toordinal() % ROUND],
        )
        bad = []
        for rows in split_every(CHUNK, self.env.cr.fetchall()):
            files = self.env['ir.attachment'].browse([row[4] for row in rows])
            for (move_id, name, digest, _store, _id), file in zip(rows, files, strict=True):
                if hashlib.sha256(file.raw or b'').hexdigest() != digest \
                        and self.env['account.move'].browse(move_id)._isp_lost_documents():
                    bad.append((move_id, name))
            files.invalidate_recordset()
        if not bad:
            return []
        return [self._isp_finding(
            'document_altered', 'I7', 'error', 'account.move', [move for move, _name in bad],
            "\n".join(name for _move, name in bad[:20]),
        )]

    # === I11: the audit rows === #

    def _isp_check_audit(self):
        """The chain of audit rows, in databases that keep them."""
        if 'isp.audit' not in self.env:
            return []
        found = self.env['isp.audit']._isp_verify()
        return [self._isp_finding(
            'audit_broken', 'I11', 'error', False, [], "\n".join(found[:20]), len(found),
        )] if found else []

    # === Hashed journals === #

    def _isp_check_hashes(self):
        """The chain of hashes of each journal of ISP billing, as far as it is hashed.

        By the same functions as Odoo's report, which only accountants in person may ask for.
        """
        moves = self.env['account.move'].search([
            ('company_id', '=', self.company_id.id), ('journal_id.isp_billing', '=', True),
            ('inalterable_hash', '!=', False),
        ], order='journal_id, sequence_prefix, sequence_number')
        bad, previous = [], {}
        for ids in split_every(CHUNK, moves.ids):
            for move in moves.browse(ids):
                chain = (move.journal_id.id, move.sequence_prefix)
                if move._isp_hash_differs(previous.get(chain, '')):
                    bad.append(move)
                previous[chain] = move.inalterable_hash
            self.env.invalidate_all()
        return [self._isp_finding(
            'hash_broken', 'F13', 'error', 'account.move', [move.id for move in bad],
            "\n".join(move.name for move in bad[:20]),
        )] if bad else []


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
