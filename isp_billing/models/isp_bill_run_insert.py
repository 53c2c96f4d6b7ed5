from odoo import fields, models

from .isp_invoice_insert import BROKEN


class IspBillRun(models.Model):
    """Inserts that were left out of the documents of a run."""

    _inherit = 'isp.bill.run'

    insert_problem_count = fields.Integer(
        string="Inserts left out", compute='_compute_insert_problem_count',
        help="Attachments that were lost or damaged, and about which nothing was decided yet.",
    )

    def _isp_insert_problem_domain(self):
        return [('move_id.isp_bill_run_id', 'in', self.ids), ('problem', 'in', BROKEN),
                ('decision', '!=', 'kept')]

    def _compute_insert_problem_count(self):
        counts = {}
        if self.env['isp.invoice.insert'].has_access('read'):
            inserts = self.env['isp.invoice.insert'].search(self._isp_insert_problem_domain())
            for insert in inserts:
                run = insert.move_id.isp_bill_run_id
                counts[run] = counts.get(run, 0) + 1
        for run in self:
            run.insert_problem_count = counts.get(run, 0)

    def action_view_insert_problems(self):
        """Open the inserts that were left out and wait for a decision."""
        self.ensure_one()
        return {
            'type': 'ir.actions.act_window', 'res_model': 'isp.invoice.insert',
            'name': self.env._("Inserts left out"), 'view_mode': 'list',
            'domain': self._isp_insert_problem_domain(),
        }
