from odoo import api, fields, models
from odoo.tools import SQL

from ..sentences import SentenceChar
from .isp_bill_run_bill import DELIVERY_STATES

REVERSAL_STATES = [
    ('done', "Credited"),
    ('nothing', "Nothing left to credit"),
    ('failed', "Failed"),
]


class IspBillRunReversal(models.Model):
    """What the reversal of a run did with one of its bills: the credit note, or why there is none.

    Rows are written by the scheduled job, in the transaction that posts the credit note.
    """

    _name = 'isp.bill.run.reversal'
    _description = "Reversal of a Bill"
    _order = 'run_id desc, id'
    _rec_name = 'account_id'

    bill_id = fields.Many2one('isp.bill.run.bill', required=True, ondelete='restrict')
    run_id = fields.Many2one('isp.bill.run', required=True, index=True, ondelete='restrict')
    company_id = fields.Many2one(related='run_id.company_id', store=True, index=True)
    account_id = fields.Many2one('res.partner', string="Billing account", required=True)
    move_id = fields.Many2one('account.move', string="Invoice", index='btree_not_null')
    credit_id = fields.Many2one('account.move', string="Credit note", index='btree_not_null')
    currency_id = fields.Many2one('res.currency', required=True)
    state = fields.Selection(REVERSAL_STATES, required=True, index=True)
    reason = SentenceChar(help="Why there is no credit note, and what to do.")
    amount_total = fields.Monetary(string="Invoiced")
    amount_paid = fields.Monetary(
        string="Paid before", help="Paid when the invoice was reversed; the money stays open on "
        "the account.",
    )
    amount_credited = fields.Monetary(string="Credited")
    is_paid = fields.Boolean(string="Was paid, in whole or in part", index=True)
    rendered = fields.Boolean(string="PDF made")
    render_error = SentenceChar()
    delivery_state = fields.Selection(
        DELIVERY_STATES, string="Delivery", required=True, default='none', index=True,
    )
    delivery_error = SentenceChar()
    delivery_tries = fields.Integer(aggregator=None)
    delivery_retry_at = fields.Datetime(string="Next try")

    _bill_uniq = models.UniqueIndex('(bill_id)', "This bill was reversed already.")

    @api.model
    def _isp_paid_amounts(self, moves):
        """What was paid on invoices: {move id: amount}, none of zero, in one query.

        Counts payments and credits reconciled with them, and payments that write no entry.
        """
        if not moves:
            return {}
        self.env.flush_all()
        rows = self.env.execute_query(SQL(
            """
            SELECT m.id, ABS(m.amount_total) - ABS(m.amount_residual) + COALESCE((
                       SELECT SUM(p.amount) FROM account_move__account_payment r
                         JOIN account_payment p ON p.id = r.payment_id
                        WHERE r.invoice_id = m.id AND p.move_id IS NULL
                          AND p.state IN ('in_process', 'paid')), 0) AS paid
              FROM account_move m WHERE m.id IN %s
            """, tuple(moves.ids),
        ))
        currency = {move.id: move.currency_id for move in moves}
        return {
            move_id: float(paid) for move_id, paid in rows
            if not currency[move_id].is_zero(float(paid))
        }

    def action_open_invoice(self):
        self.ensure_one()
        return self.move_id.get_formview_action()

    def action_open_credit(self):
        self.ensure_one()
        return self.credit_id.get_formview_action()
