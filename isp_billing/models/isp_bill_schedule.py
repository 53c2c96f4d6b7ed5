import logging
from datetime import timedelta

import psycopg2
import pytz
from psycopg2 import errorcodes

from odoo import Command, api, fields, models
from odoo.exceptions import UserError

from ..const import LOCK_CHOICES
from ..engine.schedule import month_day

_logger = logging.getLogger(__name__)


class IspBillSchedule(models.Model):
    """Makes bill runs by itself: some days before each bill day of its profiles, at an hour.

    One run for each schedule and bill day, by a unique index: however often the job runs, and on
    however many servers. Bill days that were missed are caught up by one run for the last of
    them, whose result is the same; it is dated on the day it is made.
    """

    _name = 'isp.bill.schedule'
    _description = "Schedule of Bill Runs"
    _inherit = ['mail.thread', 'isp.audited']
    _order = 'company_id, sequence, id'
    _check_company_auto = True

    name = fields.Char(required=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        'res.company', required=True, index=True, default=lambda self: self.env.company,
    )
    profile_ids = fields.Many2many(
        'isp.billing.profile', string="Billing profiles", check_company=True,
        help="Empty: every billing profile of the company.",
    )
    days_before = fields.Integer(
        string="Days before the bill day",
        help="0: the run is made on the bill day itself. The invoices are dated on the day the "
             "run is made.",
    )
    hour = fields.Integer(
        default=5, required=True, aggregator=None,
        help="Hour of the day, 0 to 23, in the billing time zone of the company.",
    )
    auto_approve = fields.Boolean(
        string="Approve and start by itself",
        help="Only where every bill is ready: no exception, nothing held or to review. With "
             "“Approval by a second person” the company's setting has to allow it, too.",
    )
    send_invoices = fields.Boolean(string="Send the invoices", default=True)
    lock_choice = fields.Selection(
        LOCK_CHOICES, string="In a locked period", required=True, default='stop',
    )
    user_id = fields.Many2one(
        'res.users', string="Responsible", required=True, default=lambda self: self.env.user,
        help="Is told of every run that waits for a person.",
    )
    since = fields.Date(
        required=True, default=lambda self: self.env.company._isp_today(),
        help="Runs planned before this day are not caught up.",
    )
    run_ids = fields.One2many('isp.bill.run', 'schedule_id', string="Runs")
    last_run_id = fields.Many2one('isp.bill.run', compute='_compute_last_run_id')
    next_day = fields.Date(
        string="Next run", compute='_compute_next_day', help="Day on which the next run is made.",
    )

    _hour_valid = models.Constraint(
        'CHECK (hour BETWEEN 0 AND 23)', "The hour is 0 to 23.",
    )
    _days_valid = models.Constraint(
        'CHECK (days_before BETWEEN 0 AND 28)', "Days before the bill day are 0 to 28.",
    )

    @api.depends('run_ids')
    def _compute_last_run_id(self):
        for schedule in self:
            schedule.last_run_id = schedule.run_ids.sorted('schedule_date')[-1:]

    @api.depends('profile_ids', 'days_before', 'hour', 'since', 'active')
    def _compute_next_day(self):
        for schedule in self:
            days = [
                schedule._isp_bill_day_after(profile)
                for profile in schedule._isp_profiles() if schedule.company_id
            ]
            schedule.next_day = (
                min(days) - timedelta(days=schedule.days_before)
                if days and schedule.active else False
            )

    # === Dates === #

    def _isp_profiles(self):
        """Billing profiles of the schedule (isp.billing.profile)."""
        self.ensure_one()
        return self.profile_ids or self.env['isp.billing.profile'].search(
            [('company_id', 'parent_of', self.company_id.id)])

    def _isp_limit(self):
        """Last bill day whose run is to be made by now (date)."""
        self.ensure_one()
        zone = pytz.timezone(self.company_id.isp_tz or 'UTC')
        now = pytz.utc.localize(self.company_id._isp_now()).astimezone(zone)
        day = now.date() if now.hour >= self.hour else now.date() - timedelta(days=1)
        return day + timedelta(days=self.days_before)

    def _isp_bill_day_before(self, profile):
        """Last bill day of a profile that is planned by now; every day for an anniversary."""
        limit, day = self._isp_limit(), profile._isp_day()
        if not day:
            return limit
        found = month_day(limit.year, limit.month, day)
        if found > limit:
            last = limit.replace(day=1) - timedelta(days=1)
            found = month_day(last.year, last.month, day)
        return found

    def _isp_bill_day_after(self, profile):
        """First bill day of a profile whose run is still to be made."""
        limit, day = self._isp_limit() + timedelta(days=1), profile._isp_day()
        limit = max(limit, self.since + timedelta(days=self.days_before))
        if not day:
            return limit
        found = month_day(limit.year, limit.month, day)
        if found < limit:
            later = (limit.replace(day=1) + timedelta(days=32)).replace(day=1)
            found = month_day(later.year, later.month, day)
        return found

    def _isp_due(self):
        """What is planned by now: {bill day: isp.billing.profile}, one day for each profile."""
        self.ensure_one()
        due = {}
        first = self.since + timedelta(days=self.days_before)
        for profile in self._isp_profiles():
            day = self._isp_bill_day_before(profile)
            if day >= first:
                due.setdefault(day, self.env['isp.billing.profile'])
                due[day] |= profile
        return due

    # === Work === #

    @api.model
    def _cron_make_runs(self):
        """Make the runs that are due (called every ten minutes); one never stops the others."""
        crons, failure = self.env['ir.cron'], None
        schedules = self.search([('active', '=', True)])
        for place, schedule in enumerate(schedules, start=1):
            try:
                schedule.with_company(schedule.company_id)._isp_make_runs()
                left = crons._commit_progress(1, remaining=len(schedules) - place)
            except Exception as error:  # noqa: BLE001 - raised again when the others are done
                self.env.cr.rollback()
                self.env.invalidate_all()
                _logger.warning("Schedule %s: %s", schedule.id, error)
                failure = failure or error
                continue
            if not left:
                break
        if failure:
            raise failure

    def _isp_make_runs(self):
        """Make and compute the runs that are due and not made yet; returns them."""
        self.ensure_one()
        made = self.env['isp.bill.run'].search([('schedule_id', '=', self.id)])
        known, runs = set(made.mapped('schedule_date')), self.env['isp.bill.run']
        for day, profiles in sorted(self._isp_due().items()):
            if day not in known:
                runs |= self._isp_make_run(day, profiles)
        return runs

    def _isp_make_run(self, day, profiles):
        """One run; none when another server made it meanwhile."""
        try:
            with self.env.cr.savepoint():
                run = self.env['isp.bill.run'].create({
                    'company_id': self.company_id.id, 'schedule_id': self.id,
                    'schedule_date': day, 'target_date': day,
                    'invoice_date': self.company_id._isp_today(),
                    'profile_ids': [Command.set(profiles.ids)],
                    'send_invoices': self.send_invoices, 'lock_choice': self.lock_choice,
                })
                self.env.flush_all()
        except psycopg2.IntegrityError as error:
            if error.pgcode != errorcodes.UNIQUE_VIOLATION:
                raise
            _logger.info("Schedule %s: the run of %s was made elsewhere", self.id, day)
            return self.env['isp.bill.run']
        try:
            with self.env.cr.savepoint():
                run.action_compute()
        except UserError as error:
            run._isp_tell_responsible(str(error))
        return run

    def action_view_runs(self):
        self.ensure_one()
        return {
            'type': 'ir.actions.act_window', 'name': self.env._("Bill runs"),
            'res_model': 'isp.bill.run', 'view_mode': 'list,kanban,form',
            'domain': [('schedule_id', '=', self.id)],
        }
