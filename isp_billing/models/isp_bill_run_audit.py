"""What persons decide about runs and their bills leaves audit rows."""
from odoo import models

from ..engine.sentences import stored


class IspBillRun(models.Model):
    _name = 'isp.bill.run'
    _inherit = ['isp.bill.run', 'isp.audited']

    def _isp_audited_fields(self):
        """Override of `isp.audited`: scope, state and approval, not the progress of the job."""
        return {
            'name', 'target_date', 'invoice_date', 'profile_ids', 'account_ids', 'post_invoices',
            'send_invoices', 'lock_choice', 'moved_from', 'state', 'computed_by_id',
            'approved_by_id', 'reversed_by_id', 'reversal_date', 'reversal_documents',
        }

    def _isp_audit_run(self):
        """Override of `isp.audited`: the run itself."""
        return self


class IspBillRunBill(models.Model):
    """Bills are written by the job, thousands at a time: only what a person decides is kept."""

    _inherit = 'isp.bill.run.bill'

    def _isp_hold(self, reason):
        return self._isp_with_audit('hold', reason, lambda: super(IspBillRunBill, self)._isp_hold(
            reason))

    def _isp_exclude(self, reason):
        return self._isp_with_audit(
            'exclude', reason, lambda: super(IspBillRunBill, self)._isp_exclude(reason))

    def action_release(self):
        return self._isp_with_audit(
            'release', None, lambda: super(IspBillRunBill, self).action_release())

    def _isp_with_audit(self, action, reason, work):
        """Do something to bills and leave one audit row for each, in one statement."""
        before = {bill.id: (bill.state, bill.reason) for bill in self}
        result = work()
        self.env['isp.audit']._isp_append([
            {
                'record': bill, 'name': bill.display_name, 'action': action, 'reason': reason,
                'company': bill.company_id, 'run': (bill.run_id.id, bill.run_id.name), 'changes': {
                    'state': (before[bill.id][0], bill.state),
                    **({'reason': (
                        stored(before[bill.id][1]) or None, stored(bill.reason) or None)}
                       if before[bill.id][1] else {}),
                },
            } for bill in self.sudo()
        ])
        return result
