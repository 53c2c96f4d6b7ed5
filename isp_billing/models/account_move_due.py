from datetime import timedelta

from odoo import api, models


class AccountMove(models.Model):
    """The days to pay of a bill run count from the invoice date, whenever it is moved."""

    _inherit = 'account.move'

    @api.onchange('invoice_date')
    def _onchange_isp_invoice_date(self):
        """Show the due date that saving will give."""
        due = self._isp_due_date()
        if due:
            self.invoice_date_due = due

    def _isp_due_date(self):
        """Due date of the draft of a bill run by its days to pay (date); None for others.

        A draft that was given terms of payment goes by those.
        """
        self.ensure_one()
        # sudo: whoever edits a draft need not read bill runs
        bill = self.sudo().isp_bill_id
        if not bill or self.state != 'draft' or not self.invoice_date or (
                self.invoice_payment_term_id):
            return None
        return self.invoice_date + timedelta(days=bill.due_days)

    def _isp_follow_invoice_date(self, vals):
        """Move the due dates of drafts whose invoice date was written without one.

        :param dict vals: what was written
        """
        if 'invoice_date' not in vals or 'invoice_date_due' in vals:
            return
        by_day = {}
        for move in self:
            due = move._isp_due_date()
            if due and due != move.invoice_date_due:
                by_day.setdefault(due, self.browse())
                by_day[due] |= move
        for due, moves in by_day.items():
            moves.write({'invoice_date_due': due})
