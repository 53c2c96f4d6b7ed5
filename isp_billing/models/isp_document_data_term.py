from odoo import api, models

from .isp_document_data import _number


class IspDocumentData(models.AbstractModel):
    """When an invoice is to be paid, where that is more than one day: its payment term."""

    _inherit = 'isp.document.data'

    @api.model
    def _facts(self, move, shared, summary, message):
        facts = super()._facts(move, shared, summary, message)
        if move.move_type == 'out_refund':
            return facts
        maturities = self._maturities(move)
        if len(maturities) > 1:
            facts |= {'maturities': maturities, 'due_date': maturities[0]['date']}
        early = self._early_discount(move)
        if early:
            facts['early'] = early
        return facts

    @api.model
    def _maturities(self, move):
        """Days on which parts of an invoice are due, the first one first: [{'date', 'amount'}]."""
        parts = {}
        for line in self._term_lines(move).filtered('date_maturity'):
            parts[line.date_maturity] = parts.get(line.date_maturity, 0) \
                - move.direction_sign * line.amount_currency
        return [{'date': day.isoformat(), 'amount': _number(parts[day], move.currency_id)}
                for day in sorted(parts)]

    @api.model
    def _early_discount(self, move):
        """What is to be paid, and until when, by who pays early (dict, None without it)."""
        term, lines = move.invoice_payment_term_id, self._term_lines(move)
        line = lines[:1]
        if len(lines) != 1 or not term.early_discount or not term.display_on_invoice \
                or not line.discount_date:
            return None
        return {
            'date': line.discount_date.isoformat(), 'rate': str(term.discount_percentage),
            'amount': _number(
                -move.direction_sign * line.discount_amount_currency, move.currency_id),
        }

    @api.model
    def _term_lines(self, move):
        return move.line_ids.filtered(lambda line: line.display_type == 'payment_term')

    @api.model
    def _mention_sources(self, move):
        """The note of the payment term comes last; a credit note is not to be paid."""
        sources = super()._mention_sources(move)
        if move.move_type == 'out_refund':
            return sources
        return [*sources, (move.invoice_payment_term_id, 'note')]
