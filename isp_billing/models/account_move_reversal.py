from odoo import models
from odoo.exceptions import UserError

from ..guard import own


class AccountMove(models.Model):
    """Credit notes of invoices that carry charges: the ledger and the document say the same."""

    _inherit = 'account.move'

    @own
    def _reverse_moves(self, default_values_list=None, cancel=False):
        """Override of `account` to mirror the charges, each at most what is left of its period.

        A line whose period was credited meanwhile is credited for the rest only, so that the
        credit note equals its ledger rows. Context ``isp_reopen_periods`` says whether the next
        run bills the periods again (default no).

        :raises UserError: when nothing is left to credit on an invoice
        """
        charged = self.filtered('isp_account_id').sudo().isp_charge_ids.filtered('amount')
        amounts = charged._isp_credits()
        charged.move_id._isp_check_creditable(amounts)
        cut = any(abs(amounts[charge]) < abs(charge.amount) for charge in charged)
        if cancel and cut:
            # upstream would post the credit note before its lines are cut
            self.line_ids.remove_move_reconcile()
        reversals = super()._reverse_moves(
            default_values_list=default_values_list, cancel=cancel and not cut,
        )
        links = []
        for move, reversal in zip(self, reversals, strict=True):
            if move.isp_account_id:
                reversal.isp_account_id = move.isp_account_id
                links += move._isp_credit_links(reversal, amounts)
        if cut:
            links = self._isp_cut_lines(links)
        charged._isp_mirror_rows(links, bool(self.env.context.get('isp_reopen_periods')))
        if cancel and cut:
            reversals.with_context(move_reverse_cancel=True)._post(soft=False)
        return reversals

    def _isp_check_creditable(self, amounts):
        """Refuse a second credit note of an invoice whose every charge was credited."""
        for move in self:
            charges = move.isp_charge_ids.filtered('amount')
            others = move.invoice_line_ids.filtered(
                lambda line: line.display_type == 'product') - charges.move_line_id
            if not others and not any(amounts[charge] for charge in charges):
                raise UserError(self.env._(
                    "Everything on invoice %(invoice)s was credited already.", invoice=move.name,
                ))

    def _isp_credit_links(self, reversal, amounts):
        """Rows of ``isp.charge._isp_mirror_rows`` for the credit note of an invoice."""
        self.ensure_one()
        lines = dict(zip(self.invoice_line_ids, reversal.invoice_line_ids, strict=False))
        return [
            (charge, reversal, lines.get(charge.move_line_id, self.env['account.move.line']),
             amounts[charge])
            for charge in self.sudo().isp_charge_ids if amounts.get(charge)
            or charge.move_line_id and charge.amount
        ]

    def _isp_cut_lines(self, links):
        """Bring lines of draft credit notes down to what is left; returns the remaining links."""
        kept, gone = [], self.env['account.move.line']
        for charge, reversal, line, amount in links:
            if not amount:
                gone |= line
                continue
            if line and abs(amount) < abs(charge.amount):
                price = line.price_unit * line.quantity * (1 - line.discount / 100)
                line.write({
                    'quantity': 1.0, 'discount': 0.0,
                    'price_unit': line.currency_id.round(price * abs(amount / charge.amount)),
                })
            kept.append((charge, reversal, line, amount))
        gone.unlink()
        return kept
