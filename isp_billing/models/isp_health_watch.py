"""Alarms: who is told, and when, that billing stands still."""
from datetime import timedelta

from odoo import api, models

from ..sentences import say

#: findings that cannot wait until somebody opens the list
ALARMS = ('job_off', 'job_missing', 'job_late', 'run_stuck', 'run_missing')
#: days that subscriptions may be due without a bill run
PATIENCE = timedelta(days=3)


class IspHealthCheck(models.AbstractModel):
    """The heartbeat: two nightly jobs look after the job of the bill runs and after each other.

    Odoo switches a job off by itself after a week of failures, and says so in its log alone.
    """

    _inherit = 'isp.health.check'

    @api.model
    def _cron_health_check(self):
        """Tell the managers what cannot wait."""
        result = super()._cron_health_check()
        self._isp_sound(self.env['isp.health.finding'].search([('code', 'in', ALARMS)]))
        return result

    @api.model
    def _isp_watch_jobs(self):
        """Look at the scheduled jobs alone: the way in for the other nightly job."""
        rows = self._check_jobs()
        if rows:
            self._isp_call([f"{row['title']} {row['mend']}" for row in rows])

    @api.model
    def _isp_sound(self, findings):
        shared = findings.filtered(lambda finding: not finding.company_id)
        if shared:
            self._isp_call([f"{row.title} {row.mend}" for row in shared])
        for company, rows in (findings - shared).grouped('company_id').items():
            self._isp_call([f"{row.title} {row.mend}" for row in rows], company)

    @api.model
    def _isp_call(self, lines, company=None):
        """Alarm the managers of one company, or of every company that bills, each of them once."""
        companies = company or self.env['account.journal'].search(
            [('isp_billing', '=', True)]).company_id
        told = self.env['res.users']
        for one in companies:
            told |= one._isp_alarm(
                say(self.env)._("ISP Billing stands still"), "\n".join(lines), without=told)

    @api.model
    def _isp_company_checks(self):
        return [*super()._isp_company_checks(), self._check_run_missing]

    def _check_run_missing(self, company):
        """Subscriptions that were due days ago and that no bill run has looked at since."""
        before = company._isp_today() - PATIENCE
        due = [
            ('company_id', '=', company.id), ('isp_billed', '=', True),
            ('stage_id.type', '=', 'in_progress'), ('recurring_next_date', '<', before),
        ]
        if not self.env['sale.subscription'].search_count(due, limit=1):
            return []
        runs = self.env['isp.bill.run'].search_count([
            ('company_id', '=', company.id), ('state', 'in', ('done', 'exception')),
            ('target_date', '>=', before), ('account_ids', '=', False),
        ], limit=1)
        if runs:
            return []
        oldest = self.env['sale.subscription'].search(due, order='recurring_next_date', limit=1)
        return [self._finding(
            'run_missing', 'warning', say(self.env)._(
                "No bill run was finished for what is due since %(day)s.",
                day=oldest.recurring_next_date),
            say(self.env)._(
                "Make a bill run, compute, approve and start it, or see why one waits."),
            action='isp_billing.isp_bill_run_action',
        )]
