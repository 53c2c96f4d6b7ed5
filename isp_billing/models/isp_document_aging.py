from odoo import api, models
from odoo.tools import SQL

from ..engine import balance
from ..engine.money import to_decimal
from .isp_account_balance import book_before
from .isp_document_data import _number as number_text


class IspDocumentAging(models.AbstractModel):
    """How old the amount due is: open items by days since their due date."""

    _name = 'isp.document.aging'
    _description = "Age of Amounts Due"

    @api.model
    def _agings(self, moves):
        """Age of the amount due at the date of each invoice, itself included as not yet due.

        What was paid without being matched to an item is taken from the oldest items.  One query
        for the whole batch.

        :return: {move id: {age: amount as text}}; see ``document_layout.AGES``
        """
        invoices = moves.filtered(lambda move: move.move_type != 'out_refund' and move.id)
        if not invoices:
            return {}
        self.env['isp.account.balance']._flush()
        rows = {move.id: [] for move in invoices}
        for move_id, days, amount in self.env.execute_query(self._query(invoices)):
            rows[move_id].append((days, amount))
        return {
            move.id: self._ages(rows[move.id] + [(0, self._own(move))], move.currency_id)
            for move in invoices
        }

    @api.model
    def _own(self, move):
        """What the invoice itself adds: its total less the credits that were applied to it."""
        return move.amount_residual if move.state == 'posted' else move.amount_total

    @api.model
    def _ages(self, rows, currency):
        """Amounts by age.

        :param list rows: (days since the due date, open amount)
        """
        exact = [(days, to_decimal(currency.round(float(amount)))) for days, amount in rows]
        return {age: number_text(float(amount), currency)
                for age, amount in balance.ages(exact).items()}

    @api.model
    def _query(self, invoices):
        """Open receivable items of the accounts before each invoice, in its currency."""
        return SQL("WITH %s SELECT move_id, day - due, left_currency FROM open_before",
                   book_before(invoices))
