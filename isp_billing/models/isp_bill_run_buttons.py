from odoo import fields, models
from odoo.exceptions import UserError

from .isp_bill_run import KEPT_BILLS, OPEN_BILLS


class IspBillRun(models.Model):
    """What the buttons of a run ask for; the scheduled job does the work."""

    _inherit = 'isp.bill.run'

    def action_compute(self):
        """Ask the scheduled job to compute the run."""
        self._isp_check_may_compute()
        self.check_access('write')
        self._isp_check_lock_dates()
        for run in self:
            run._isp_set_state(
                ('draft', 'computed'), 'computing', computed_by_id=self.env.uid, compute_cursor=0,
                account_total=run._isp_count_accounts(), account_done=0, nothing_due_count=0,
                already_count=0, out_of_scope_count=0, approved_by_id=False, approved_at=False,
            )
            run.sudo().bill_ids.filtered(lambda bill: bill.state not in KEPT_BILLS).unlink()
        self._isp_trigger()

    def action_approve(self):
        """Approve what was computed: the results shown are the ones that will be posted."""
        self._isp_check_may_approve()
        for run in self:
            if run.company_id.isp_four_eyes and run.computed_by_id == self.env.user:
                raise UserError(self.env._(
                    "Run %(run)s was computed by you. Another approver has to approve it "
                    "(setting “Approval by a second person”).", run=run.name,
                ))
            run._isp_check_lock_dates()
            run._isp_set_state(
                ('computed',), 'approved', approved_by_id=self.env.uid,
                approved_at=fields.Datetime.now(),
            )

    def action_start(self):
        """Have the scheduled job post, render and send the approved bills."""
        self._isp_check_may_approve()
        self._isp_check_lock_dates()
        self._isp_set_state(('approved',), 'running')
        self._isp_trigger()

    def action_draft(self):
        """Back to draft, to change dates or scope. Nothing was posted yet."""
        self._isp_check_may_compute()
        for run in self:
            if run.sudo().bill_ids.filtered(lambda bill: bill.state in KEPT_BILLS):
                raise UserError(self.env._(
                    "Run %(run)s has posted bills. Make a new run instead.", run=run.name,
                ))
            run._isp_set_state(('computing', 'computed', 'approved'), 'draft')
            run.sudo().bill_ids.unlink()

    def action_cancel(self):
        """Cancel before posting: bills, drafts and charges go, their periods are free again."""
        self._isp_check_may_approve()
        for run in self:
            if run.sudo().move_ids.filtered(lambda move: move.posted_before):
                raise UserError(self.env._(
                    "Run %(run)s has posted invoices. Correct them with credit notes.",
                    run=run.name,
                ))
            run._isp_set_state(
                ('draft', 'computing', 'computed', 'approved', 'running', 'done', 'exception'),
                'cancelled',
            )
            run.sudo().move_ids.unlink()
            # charges of 0.00 have no document that takes them along
            self.env['isp.charge'].sudo().search([('run_id', '=', run.id)]).unlink()
            run.sudo().bill_ids.unlink()

    def action_retry(self):
        """Compute the bills with exceptions again, after they were fixed; only those."""
        self._isp_check_may_compute()
        for run in self:
            run._isp_recompute(
                run.bill_ids.filtered(lambda bill: bill.state in ('exception', 'review')),
            )

    def _isp_keeps_state(self):
        """Whether single bills no longer set the run back: it was approved, or posted (bool).

        What becomes of one bill then stands on the bill alone.
        """
        self.ensure_one()
        return self.state in ('approved', 'running') or self.state == 'exception' and bool(
            self.sudo().bill_ids.filtered(lambda bill: bill.state in KEPT_BILLS))

    def _isp_resume(self):
        """Go on with a run whose bills were released."""
        for run in self:
            if run.state == 'exception' and not run._isp_keeps_state():
                run._isp_set_state(('exception',), 'computed')
            elif run.state in ('exception', 'running'):
                run._isp_trigger()

    def _isp_trigger(self):
        """Wake the scheduled job now instead of at the next minute."""
        self.env.ref('isp_billing.ir_cron_bill_run').sudo()._trigger()

    # === Related records === #

    def action_view_bills(self):
        return self._isp_view('isp.bill.run.bill', self.env._("Bills"), 'list,form,pivot')

    def action_view_exceptions(self):
        action = self._isp_view('isp.bill.run.bill', self.env._("Exceptions"), 'list,form')
        action['domain'].append(('state', 'in', OPEN_BILLS))
        return action

    def action_view_invoices(self):
        return self.env['account.move']._isp_action(
            self.env._("Invoices"), [('isp_bill_run_id', 'in', self.ids)],
        )

    def action_view_charges(self):
        return self._isp_view('isp.charge', self.env._("Charges"), 'list,form,pivot')

    def _isp_view(self, model, name, modes):
        return {
            'type': 'ir.actions.act_window', 'name': name, 'res_model': model,
            'view_mode': modes, 'domain': [('run_id', 'in', self.ids)], 'context': {},
        }
