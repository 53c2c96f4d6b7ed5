"""The oracle: what must be true of the books, asked every night, by a button, and of each run."""
import logging
from datetime import timedelta

import psycopg2
from psycopg2 import errorcodes

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.tools import SQL, config

from ..engine import book_checks

_logger = logging.getLogger(__name__)

#: longest time of one query: nightly, and between posting and sending
BOOK_SECONDS, RUN_SECONDS = 300, 60
#: what the server's own time limit has to leave for the rest of the job
MARGIN = 30
#: most records named by a finding
NAMED = 200
#: up to this many accounts the button answers at once; otherwise the scheduled job works
AT_ONCE = 500
#: a company is checked by the nightly job when its last check is older
NIGHTLY_HOURS = 20
KEPT_DAYS = 90
STATES = [
    ('waiting', "Waiting"),
    ('passed', "In order"),
    ('failed', "Not in order"),
]


class IspBookCheck(models.Model):
    """One check of a company's books, or of the invoices of one run.

    It reads only: each query runs in a read-only part of the transaction with a time limit. What
    it found are its findings; a check never changes once it is done.
    """

    _name = 'isp.book.check'
    _description = "Check of the Books"
    _inherit = ['mail.activity.mixin']
    _order = 'id desc'

    company_id = fields.Many2one('res.company', required=True, readonly=True, index=True)
    run_id = fields.Many2one(
        'isp.bill.run', string="Bill run", readonly=True, index='btree_not_null',
        ondelete='cascade', help="Empty: the whole book of the company.",
    )
    date = fields.Datetime(required=True, readonly=True, default=fields.Datetime.now)
    duration = fields.Float(string="Seconds", readonly=True, digits=(16, 1), aggregator=None)
    state = fields.Selection(STATES, required=True, readonly=True, default='waiting', index=True)
    check_count = fields.Integer(string="Checks", readonly=True, aggregator=None)
    error_count = fields.Integer(string="Errors", readonly=True, aggregator=None)
    warning_count = fields.Integer(string="Remarks", readonly=True, aggregator=None)
    finding_ids = fields.One2many('isp.book.check.finding', 'check_id', string="Findings")

    @api.depends('company_id', 'run_id', 'date')
    def _compute_display_name(self):
        for check in self:
            day = fields.Datetime.context_timestamp(check, check.date).strftime('%Y-%m-%d %H:%M')
            check.display_name = f"{check.run_id.name or check.company_id.name}, {day}"

    # === Doors === #

    def action_check(self):
        """Check the books of the present company, by a person.

        :raises AccessError: for users who neither approve nor audit
        """
        if not self.env.user.has_groups(
            'isp_billing.group_approver,isp_billing.group_manager,isp_billing.group_auditor'
        ):
            raise AccessError(self.env._("Only approvers, managers and auditors check the books."))
        company = self.env.company
        # the check is a record of the program: nobody writes it by hand
        check = self.sudo().create({'company_id': company.id})
        if check._isp_account_count() <= AT_ONCE:
            check._isp_execute()
        else:
            self.env.ref('isp_billing.ir_cron_book_check').sudo()._trigger()
        return {
            'type': 'ir.actions.act_window', 'res_model': self._name, 'res_id': check.id,
            'view_mode': 'form', 'name': self.env._("Check of the Books"),
        }

    @api.model
    def _cron_check_books(self):
        """What somebody waits for, then every company that was not checked since yesterday."""
        # each of the two nightly jobs looks whether the other one still runs
        self.env['isp.health.check']._isp_watch_jobs()
        checks = self.search([('state', '=', 'waiting')])
        since = fields.Datetime.now() - timedelta(hours=NIGHTLY_HOURS)
        recent = self.search([('run_id', '=', False), ('date', '>=', since)]).company_id
        companies = self.env['account.journal'].search([('isp_billing', '=', True)]).company_id
        checks |= self.create([{'company_id': company.id} for company in companies - recent])
        self._isp_keep_job_awake()
        crons = self.env['ir.cron']
        crons._commit_progress(remaining=len(checks))
        for check in checks:
            if not check.exists() or check.state != 'waiting':
                continue
            # a large book takes longer than a job may: it goes on where it was
            if not check._isp_execute(lambda: crons._commit_progress(1, remaining=len(checks))):
                return
            if check.state == 'failed':
                check._isp_tell_managers()
        crons._commit_progress(remaining=0)

    @api.model
    def _isp_check_run(self, run):
        """Check the invoices of a run; returns the check."""
        # the run's own job or an approver asks, and neither may write checks by hand
        check = self.sudo().create({'company_id': run.company_id.id, 'run_id': run.id})
        check._isp_execute()
        return check

    # === Work === #

    def _isp_account_count(self):
        self.ensure_one()
        ((count,),) = self.env['sale.subscription']._read_group(
            [('company_id', '=', self.company_id.id), ('isp_billed', '=', True)], [],
            ['partner_id:count_distinct'],
        )
        return count

    def _isp_execute(self, commit=None):
        """Ask everything and keep the findings.

        :param commit: function that commits after each step and returns the seconds left; the
            work stops when there are none, and a step that was killed twice is given up
        :return: whether the check is done (bool)
        """
        self.ensure_one()
        self.env.flush_all()
        if not self._isp_take_steps(self._isp_steps(), commit):
            return False
        errors = sum(row.severity == 'error' for row in self.finding_ids)
        self.write({
            'state': 'failed' if errors else 'passed', 'error_count': errors,
            'warning_count': len(self.finding_ids) - errors, 'check_count': self.step,
            'date': fields.Datetime.now(),
        })
        for row in self.finding_ids:
            _logger.info("Check of the books %s: %s: %s", self.id, row.code, row.details)
        return True

    def _isp_steps(self):
        """Steps in their order: (code, function that returns findings and whether there is more).
        """
        checks = [check for check in book_checks.load() if check.of_run or not self.run_id]
        return [
            (check.code, (lambda check=check: self._isp_check_exact(check)) if check.exact else (
                lambda check=check: (list(filter(None, [self._isp_ask(check)])), False)))
            for check in checks
        ] + self._isp_record_checks()

    def _isp_record_checks(self):
        """Checks that need more than a query: (code, function that returns findings and whether
        it is to be called again, from ``cursor`` on).

        Override to add some; those of a single run have to be quick.
        """
        return [('seal_altered', self._isp_check_seals)] + ([] if self.run_id else [
            ('due_not_charged', self._isp_check_due), ('document_altered', self._isp_check_files),
            ('hash_broken', self._isp_check_hashes), ('audit_broken', self._isp_check_audit),
        ])

    def _isp_ask(self, check):
        """Ask one query (engine.book_checks.BookCheck); values of a finding, or None."""
        seconds = RUN_SECONDS if self.run_id else self._isp_book_seconds()
        try:
            with self.env.cr.savepoint(flush=False) as savepoint:
                self.env.cr.execute(SQL("SET LOCAL statement_timeout = %s", seconds * 1000))
                self.env.cr.execute("SET LOCAL transaction_read_only = on")
                # the text comes from a file of the module, never from a person
                self.env.cr.execute(
                    f"SELECT *, count(*) OVER () FROM ({check.sql}) AS fault (id, company, detail)"
                    f" LIMIT {NAMED}",
                    {'company': self.company_id.id, 'run': self.run_id.id or None},
                )
                rows = self.env.cr.fetchall()
                savepoint.rollback()  # gives back the limits, too
        except psycopg2.OperationalError as error:
            if error.pgcode != errorcodes.QUERY_CANCELED:
                raise
            return self._isp_finding('not_completed', 'I0', 'error', False, [], check.code)
        if not rows:
            return None
        details = "\n".join(str(row[2]) for row in rows[:20])
        ids = list(dict.fromkeys(row[0] for row in rows))
        return self._isp_finding(
            check.code, check.invariant, check.severity, check.model, ids, details, rows[0][3],
        )

    @api.model
    def _isp_book_seconds(self):
        """Longest time of a query of the whole book: less than the server allows a job (int)."""
        limit = config['limit_time_real_cron']
        if limit is None or limit < 0:
            limit = config['limit_time_real']
        return min(BOOK_SECONDS, max(10, limit - MARGIN)) if limit else BOOK_SECONDS

    @api.model
    def _isp_finding(self, code, invariant, severity, model, ids, details, count=None):
        """Values of a finding."""
        return {
            'code': code, 'invariant': invariant, 'severity': severity, 'res_model': model,
            'res_ids': ids[:NAMED], 'count': len(ids) if count is None else count,
            'details': details,
        }

    def _isp_tell_managers(self):
        """An e-mail and an activity for the managers of the company."""
        self.ensure_one()
        self.company_id._isp_alarm(
            self.env._("%(company)s: the books are not in order", company=self.company_id.name),
            "\n".join(f"{row.title} ({row.count})" for row in self.finding_ids), record=self,
        )

    @api.autovacuum
    def _gc_checks(self):
        """Forget checks that found nothing after some months; those of runs stay."""
        old = fields.Datetime.now() - timedelta(days=KEPT_DAYS)
        self.search([
            ('state', '=', 'passed'), ('run_id', '=', False), ('date', '<', old),
        ], limit=1000).unlink()
