from odoo import api, fields, models

from ..models.isp_bill_run_reverse import DOCUMENTS


class IspBillReverse(models.TransientModel):
    """Asks why a run is reversed, and shows which of its invoices were paid."""

    _name = 'isp.bill.reverse'
    _description = "Reversal of a Bill Run"

    run_id = fields.Many2one('isp.bill.run', required=True, readonly=True)
    reason = fields.Char(required=True)
    date = fields.Date(
        string="Date of the credit notes", required=True, compute='_compute_date', store=True,
        readonly=False, precompute=True,
    )
    documents = fields.Selection(DOCUMENTS, required=True, default='none')
    invoice_count = fields.Integer(string="Invoices to credit", compute='_compute_invoices')
    paid_count = fields.Integer(string="Of these paid", compute='_compute_invoices')
    paid_amount = fields.Monetary(string="Amount paid", compute='_compute_invoices')
    currency_id = fields.Many2one(related='run_id.currency_id')

    @api.depends('run_id')
    def _compute_date(self):
        for wizard in self:
            wizard.date = wizard.run_id.company_id._isp_today()

    @api.depends('run_id')
    def _compute_invoices(self):
        rows = self.env['isp.bill.run.reversal']
        for wizard in self:
            bills = wizard.run_id.bill_ids.filtered(lambda bill: bill.state == 'posted')
            moves = bills.move_id.filtered(lambda move: move.state == 'posted')
            paid = rows._isp_paid_amounts(moves)
            wizard.invoice_count = len(moves)
            wizard.paid_count = len(paid)
            wizard.paid_amount = sum(
                paid[move.id] for move in moves
                if move.id in paid and move.currency_id == wizard.currency_id
            )

    def action_confirm(self):
        """Hand the run to the scheduled job."""
        self.ensure_one()
        self.run_id._isp_reverse(self.reason, self.date, self.documents)
        return {'type': 'ir.actions.act_window_close'}
