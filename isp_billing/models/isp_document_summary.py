from odoo import api, models
from odoo.tools import SQL


def summary_or_none(move, summaries):
    """The account summary of an invoice; credit notes and drafts without account have none."""
    return summaries.get(move.id) if move.move_type != 'out_refund' else None


def receivable_entries(invoices):
    """Receivable entries of the accounts before each invoice, in its currency.

    :return: SQL of common table expressions, the last one is ``entries``: ``move_id`` of the
        invoice and its ``day``; of the entry ``entry_id`` (its move), ``move_type``, ``date``,
        ``date_maturity``, ``amount_currency`` and ``amount_residual_currency``
    """
    wanted = SQL(', ').join(
        SQL('(%s::int, %s::int, %s::int, %s::int, %s::date)', move.id,
            move._isp_document_account().id, move.company_id.id, move.currency_id.id,
            move.invoice_date or move.date)
        for move in invoices
    )
    return SQL(
        """
        wanted(move_id, account_id, company_id, currency_id, day) AS (VALUES %(wanted)s),
        entries AS (
            SELECT w.move_id, w.day, line.move_id AS entry_id, line.date, line.date_maturity,
                   line.amount_currency, line.amount_residual_currency, move.move_type
              FROM wanted w
              JOIN account_move_line line
                ON line.company_id = w.company_id AND line.currency_id = w.currency_id
               AND line.parent_state = 'posted' AND line.move_id <> w.move_id
               AND (line.isp_account_id = w.account_id
                    OR (line.isp_account_id IS NULL AND line.partner_id = w.account_id))
               AND (line.date < w.day OR (line.date = w.day AND line.move_id < w.move_id))
              JOIN account_account account
                ON account.id = line.account_id AND account.account_type = 'asset_receivable'
              JOIN account_move move ON move.id = line.move_id
        )
        """, wanted=wanted)


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
        self.env['account.move'].flush_model()
        self.env['account.move.line'].flush_model()
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
        """Receivable entries of the accounts before each invoice, in its currency."""
        return SQL(
            """
            WITH %(entries)s,
            marks AS (
                SELECT move_id, MAX(entry_id) AS entry_id
                  FROM entries
                 WHERE move_type = 'out_invoice'
              GROUP BY move_id
            )
            SELECT e.move_id, COALESCE(e.entry_id > m.entry_id, FALSE) AS since, e.move_type,
                   e.date, SUM(e.amount_currency)
              FROM entries e
         LEFT JOIN marks m ON m.move_id = e.move_id
          GROUP BY e.move_id, since, e.move_type, e.date, e.entry_id
          ORDER BY e.date, e.entry_id
            """, entries=receivable_entries(invoices))
