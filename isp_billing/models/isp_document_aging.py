from odoo import api, models
from odoo.tools import SQL

from ..engine.document_layout import AGES
from .isp_document_data import _number as number_text
from .isp_document_summary import receivable_entries


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
        self.env['account.move'].flush_model()
        self.env['account.move.line'].flush_model()
        rows = {move.id: [] for move in invoices}
        for move_id, days, amount in self.env.execute_query(self._query(invoices)):
            rows[move_id].append((days, amount))
        return {
            move.id: self._ages(rows[move.id] + [(0, move.amount_total)], move.currency_id)
            for move in invoices
        }

    @api.model
    def _ages(self, rows, currency):
        """Amounts by age.

        :param list rows: (days since the due date, open amount)
        """
        ages = dict.fromkeys(AGES, 0.0)
        credit = -sum(amount for _days, amount in rows if amount < 0)
        for days, amount in sorted((row for row in rows if row[1] > 0), reverse=True):
            used = min(credit, amount)
            credit -= used
            ages[age_of(days)] += amount - used
        ages['current'] -= credit
        return {age: number_text(amount, currency) for age, amount in ages.items()}

    @api.model
    def _query(self, invoices):
        """Open receivable items of the accounts before each invoice, in its currency."""
        return SQL(
            """
            WITH %(entries)s
            SELECT e.move_id, e.day - COALESCE(e.date_maturity, e.date),
                   e.amount_residual_currency
              FROM entries e
             WHERE e.amount_residual_currency <> 0
            """, entries=receivable_entries(invoices))


def age_of(days):
    """The age of an item that was due so many days ago."""
    for limit, age in ((0, 'current'), (30, 'd30'), (60, 'd60'), (90, 'd90')):
        if days <= limit:
            return age
    return 'older'
