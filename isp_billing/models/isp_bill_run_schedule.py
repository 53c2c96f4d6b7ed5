from markupsafe import Markup

from odoo import fields, models


class IspBillRun(models.Model):
    """Runs that a schedule made: what they do by themselves, and whom they tell."""

    _inherit = 'isp.bill.run'

    schedule_id = fields.Many2one(
        'isp.bill.schedule', string="Made by the schedule", index='btree_not_null', readonly=True,
        copy=False, ondelete='restrict',
    )
    schedule_date = fields.Date(string="Bill day of the schedule", readonly=True, copy=False)

    _schedule_uniq = models.UniqueIndex(
        '(schedule_id, schedule_date) WHERE schedule_id IS NOT NULL',
        "The schedule made this run already.",
    )

    def _isp_after_compute(self):
        """Approve and start by itself where nothing speaks against it, else tell the responsible.

        Only what the schedule computed: a run that a person computed waits for that person.
        """
        super()._isp_after_compute()
        if not self.schedule_id or self.computed_by_id != self.env.ref('base.user_root'):
            return
        if not self.bill_count:
            self._isp_set_state(('computed',), 'done')
            self._isp_post_sentence(self._isp_summary())
            return
        reasons = self._isp_why_it_waits()
        if reasons:
            self._isp_tell_responsible(*reasons)
            return
        self._isp_set_state(
            ('computed',), 'approved', approved_by_id=self.env.ref('base.user_root').id,
            approved_at=fields.Datetime.now(),
        )
        self._isp_set_state(('approved',), 'running')
        self._isp_trigger()

    def _isp_why_it_waits(self):
        """Why a scheduled run is not approved by itself (list of sentences)."""
        reasons, company = [], self.company_id
        if not self.schedule_id.auto_approve:
            reasons.append(self.env._("It was computed and waits for approval."))
        elif company.isp_four_eyes and not company.isp_four_eyes_schedule:
            reasons.append(self.env._(
                "A person has to approve it (setting “Approval by a second person”)."))
        if self.open_count:
            reasons.append(self.env._(
                "%(count)s bills are to be looked at: %(exceptions)s exceptions, %(review)s to "
                "review, %(held)s held.", count=self.open_count, exceptions=self.exception_count,
                review=self.review_count, held=self.held_count,
            ))
        lock = self._isp_lock_date(self.invoice_date)
        if lock:
            reasons.append(self.env._(
                "The invoice date %(date)s lies in a period locked until %(lock)s.",
                date=self.invoice_date, lock=lock,
            ))
        return reasons

    def _isp_after_finish(self):
        """Tell the responsible what a scheduled run left behind."""
        super()._isp_after_finish()
        if self.schedule_id and self.state == 'exception':
            self._isp_tell_responsible(self._isp_summary())

    def _isp_tell_responsible(self, *sentences):
        """An activity, which Odoo also e-mails, for the responsible of the schedule."""
        user = self.schedule_id.user_id
        run = self.with_context(lang=user.lang)
        run.activity_schedule(
            'mail.mail_activity_data_todo', user_id=user.id,
            date_deadline=self.company_id._isp_today(),
            summary=run.env._("%(run)s waits for you", run=self.name),
            note=Markup().join(Markup("<p>%s</p>") % sentence for sentence in sentences),
        )
