from odoo import api, models
from odoo.tools import SQL


class IspDocumentData(models.AbstractModel):
    """Invoices that a credit note corrects, whoever made it."""

    _inherit = 'isp.document.data'

    @api.model
    def _build(self, moves):
        result = super()._build(moves)
        refunds = moves.filtered(lambda move: move.move_type == 'out_refund')
        for move, origins in self._origins(refunds).items():
            if origins:
                result[move.id]['origins'] = [
                    {'number': origin.isp_opening_document or origin.name,
                     'date': origin.invoice_date.isoformat()} for origin in origins]
        return result

    @api.model
    def _origins(self, refunds):
        """Invoices that credit notes correct: that which was reversed, and those that charged the
        periods that a run credits.

        :return: {account.move: account.move}, the oldest first
        """
        found = {move: move.reversed_entry_id for move in refunds}
        if refunds._origin.ids:
            self.env['isp.charge'].flush_model()
            invoices = self.env['account.move']
            for move_id, invoice_id in self.env.execute_query(SQL(
                """
                SELECT DISTINCT credit.move_id, charge.move_id
                  FROM isp_charge credit
                  JOIN isp_charge charge
                    ON charge.line_id = credit.line_id AND charge.kind = credit.kind
                   AND charge.payer_id = credit.payer_id
                   AND charge.period_start = credit.period_start
                   AND charge.period_end = credit.period_end
                   AND charge.id < credit.id AND charge.amount > 0
                  JOIN account_move invoice
                    ON invoice.id = charge.move_id AND invoice.state = 'posted'
                   AND invoice.move_type = 'out_invoice'
                 WHERE credit.move_id IN %s AND credit.amount < 0
                   AND credit.reversed_charge_id IS NULL
                """, tuple(refunds._origin.ids),
            )):
                found[refunds.browse(move_id)] |= invoices.browse(invoice_id)
        return {move: origins.filtered('invoice_date').sorted(
            lambda origin: (origin.invoice_date, origin.id)) for move, origins in found.items()}
