from odoo import api, models
from odoo.tools import SQL

from .isp_account_balance import book_before


def summary_or_none(move, summaries):
    """The account summary of an invoice; credit notes and drafts without account have none."""
    return summaries.get(move.id) if move.move_type != 'out_refund' else None


class IspDocumentSummary(models.AbstractModel):
    """What an account owed before an invoice, and what came in since the invoice before it."""

    _name = 'isp.document.summary'
    _description = "Account Summary of Invoice Documents"

    @api.model
    def _summaries(self, moves):
        """Account summary of each invoice.

        Entries of the account up to its previous invoice are the previous balance; entries
        written later (payments, corrections) are listed.  Both together are the balance forward,
        so nothing is lost whatever was entered in between.  Two queries for the whole batch.

        :param moves: account.move
        :return: {move id: {'previous', 'movements', 'forward', 'due'}}, amounts as floats in the
            currency of the invoice, ``movements`` as dicts of type, date, amount
        """
        invoices = moves.filtered(lambda move: move.move_type != 'out_refund' and move.id)
        if not invoices:
            return {}
        self.env['isp.account.balance']._flush()
        rows = {move.id: [] for move in invoices}
        for move_id, since, kind, day, amount in self.env.execute_query(self._query(invoices)):
            rows[move_id].append((since, kind, day, amount))
        return {move.id: self._summary(move, rows[move.id]) for move in invoices}

    @api.model
    def _summary(self, move, rows):
        currency = move.currency_id
        previous = currency.round(sum(row[3] for row in rows if not row[0]))
        movements = [
            {'type': 'payment' if kind == 'entry' and amount < 0 else 'adjustment',
             'date': day.isoformat(), 'amount': currency.round(amount)}
            for since, kind, day, amount in rows
            if since and not currency.is_zero(amount)
        ]
        forward = currency.round(previous + sum(row['amount'] for row in movements))
        return {
            'previous': previous, 'movements': movements, 'forward': forward,
            'due': currency.round(forward + move.amount_total),
        }

    @api.model
    def _query(self, invoices):
        """What came on the accounts before each invoice, in its currency, by entry."""
        return SQL(
            """
            WITH %(book)s,
            marks AS (
                SELECT before.move_id, MAX(before.entry_id) AS entry_id
                  FROM before JOIN account_move entry ON entry.id = before.entry_id
                 WHERE entry.move_type = 'out_invoice'
              GROUP BY before.move_id
            ),
            parts AS (
                SELECT before.*, entry.move_type,
                       COALESCE(before.entry_id > mark.entry_id
                                OR before.matched_at > marked.create_date, FALSE) AS since
                  FROM before
                  JOIN account_move entry ON entry.id = before.entry_id
             LEFT JOIN marks mark ON mark.move_id = before.move_id
             LEFT JOIN account_move marked ON marked.id = mark.entry_id
            )
            SELECT move_id, since, move_type, MAX(date) AS day, SUM(amount)
              FROM parts
          GROUP BY move_id, since, move_type, entry_id
          ORDER BY day, entry_id
            """, book=book_before(invoices))
