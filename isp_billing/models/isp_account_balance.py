from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from odoo import api, models
from odoo.tools import SQL

from ..engine import balance as engine
from ..engine.money import to_decimal


@dataclass
class OpenItem:
    """An open receivable item: an invoice, a credit note, an unmatched payment.

    ``open`` is what is left of ``amount``, in the item's currency (negative: a credit);
    ``open_company`` the same in the company's currency.
    """

    account_id: int
    line_id: int
    move_id: int
    number: str
    date: date
    due: date
    currency_id: int
    amount: Decimal
    open: Decimal
    open_company: Decimal


@dataclass
class Balance:
    """What an account owes in one currency; negative: it has a credit.

    ``overdue`` is what is past its due date after all open credits were taken off the oldest
    debts, ``company`` the balance in the company's currency.
    """

    currency_id: int
    open: Decimal
    overdue: Decimal
    company: Decimal


class IspAccountBalance(models.AbstractModel):
    """The one reader of what a billing account owes.

    Screen, statement, reminder, account summary, ages and portal ask here. The balance is the sum
    of the open parts of the account's posted receivable items (``account.move.line.
    isp_account_id``). What is matched is open on neither side, so a payment by anybody, in any
    currency, settles the account of the invoice that it is matched with, its unmatched rest stays
    with the account that the payment is of, and undoing the match gives both back.
    """

    _name = 'isp.account.balance'
    _description = "Balance of Billing Accounts"

    # === What is open === #

    @api.model
    def _open_items(self, accounts, company, day=None):
        """Open receivable items of accounts, those due first at the front.

        :param accounts: res.partner
        :param company: res.company whose books are read
        :param day: state at the end of this day: later entries do not count yet, and what was
            matched with them counts as open; None for everything posted
        :return: {account id: [OpenItem]}, of every account that was asked for
        """
        found = {account.id: [] for account in accounts}
        if not found:
            return found
        self._flush()
        currencies = self.env['res.currency']
        for *values, amount, residual, residual_company in self.env.execute_query(
            SQL("%s ORDER BY due, line_id", open_items(accounts.ids, company.id, day)),
        ):
            currency = currencies.browse(values[-1])
            found[values[0]].append(OpenItem(
                *values, to_decimal(currency.round(amount)), to_decimal(currency.round(residual)),
                to_decimal(company.currency_id.round(residual_company))))
        return found

    @api.model
    def _balances(self, accounts, company, day=None):
        """Balance of accounts by currency.

        :param day: see ``_open_items``; due dates are compared with it, or with today
        :return: {account id: [Balance]}, the company's currency first; no open item, no entry
        """
        today = day or company._isp_today()
        return {
            account_id: self._sums(items, company, today)
            for account_id, items in self._open_items(accounts, company, day).items()}

    @api.model
    def _sums(self, items, company, today):
        """Balances of open items of one account (list of Balance)."""
        by_currency = {}
        for item in items:
            by_currency.setdefault(item.currency_id, []).append(item)
        return [
            Balance(
                currency_id, sum((item.open for item in own), Decimal(0)),
                engine.overdue([((today - item.due).days, item.open) for item in own]),
                sum((item.open_company for item in own), Decimal(0)))
            for currency_id, own in sorted(
                by_currency.items(), key=lambda pair: (pair[0] != company.currency_id.id, pair[0]))]

    @api.model
    def _accounts_by_balance(self, company, operator, value, overdue=False):
        """SQL of the ids of accounts by their open amount in the company's currency.

        :param str operator: one of ``<  <=  >  >=  =``
        :param bool overdue: by what is past its due date after all credits were taken off
        """
        self._flush()
        amount = SQL("SUM(line.amount_residual)")
        if overdue:
            amount = SQL(
                """GREATEST(SUM(line.amount_residual) FILTER (
                       WHERE line.amount_residual < 0
                          OR COALESCE(line.date_maturity, line.date) < %s), 0)""",
                company._isp_today())
        return SQL(
            """SELECT line.isp_account_id FROM account_move_line line
                 JOIN account_account account ON account.id = line.account_id
                WHERE line.isp_account_id IS NOT NULL AND line.company_id = %s
                  AND line.parent_state = 'posted' AND account.account_type = 'asset_receivable'
                  AND (line.amount_residual_currency <> 0 OR line.amount_residual <> 0)
             GROUP BY line.isp_account_id
               HAVING %s %s %s""",
            company.id, amount, SQL(operator), value)

    @api.model
    def _payments(self, account, company, currency, limit):
        """The latest payments that count for an account in a currency, the newest first.

        Of a payment that is matched with invoices of several accounts, each gets its part.

        :return: list of (number, date, amount as Decimal)
        """
        self._flush()
        wanted = SQL("(NULL::int, %s::int, %s::int, %s::int, NULL::date)",
                     account.id, company.id, currency.id)
        rows = self.env.execute_query(SQL(
            """
            WITH %(book)s, part AS (
                SELECT entry_id, amount FROM own
                 UNION ALL
                SELECT entry_id, amount FROM moved
            )
            SELECT entry.name, entry.date, -SUM(part.amount)
              FROM part JOIN account_move entry ON entry.id = part.entry_id
             WHERE entry.origin_payment_id IS NOT NULL OR entry.statement_line_id IS NOT NULL
          GROUP BY entry.id
            HAVING SUM(part.amount) < 0
          ORDER BY entry.date DESC, entry.id DESC
             LIMIT %(limit)s
            """, book=book(wanted), limit=limit))
        return [(name or '', day, to_decimal(currency.round(amount)))
                for name, day, amount in rows]

    @api.model
    def _flush(self):
        for model in ('account.move', 'account.move.line', 'account.partial.reconcile'):
            self.env[model].flush_model()


def receivable_items(columns, account_id, company_id, condition):
    """Posted receivable items of an account, as a union of two joins that each have an index.

    Items without a billing account count for their partner: who has no account number can have a
    statement, too.
    """
    return SQL(' UNION ALL ').join(
        SQL("""SELECT %s FROM account_move_line line
                 JOIN account_account account ON account.id = line.account_id
                  AND account.account_type = 'asset_receivable'
                WHERE %s AND line.company_id = %s AND line.parent_state = 'posted' AND %s""",
            columns, owner, company_id, condition)
        for owner in (
            SQL("line.isp_account_id = %s", account_id),
            SQL("line.isp_account_id IS NULL AND line.partner_id = %s", account_id)))


def open_items(account_ids, company_id, day):
    """SQL of the open items of accounts: columns of ``OpenItem``, see ``_open_items``."""
    left, left_company = SQL("line.amount_residual_currency"), SQL("line.amount_residual")
    condition = SQL("(line.amount_residual_currency <> 0 OR line.amount_residual <> 0)")
    if day:
        condition = SQL("line.date <= %s", day)
        left, left_company = (SQL(
            """%(now)s
               + COALESCE((SELECT SUM(p.%(debit)s) FROM account_partial_reconcile p
                            WHERE p.debit_move_id = line.id AND p.max_date > %(day)s), 0)
               - COALESCE((SELECT SUM(p.%(credit)s) FROM account_partial_reconcile p
                            WHERE p.credit_move_id = line.id AND p.max_date > %(day)s), 0)""",
            now=now, debit=SQL.identifier(debit), credit=SQL.identifier(credit), day=day)
            for now, debit, credit in (
                (left, 'debit_amount_currency', 'credit_amount_currency'),
                (left_company, 'amount', 'amount')))
    columns = SQL(
        """line.id, line.move_id, line.date, COALESCE(line.date_maturity, line.date) AS due,
           line.currency_id, line.amount_currency, %s AS left_currency, %s AS left_company""",
        left, left_company)
    return SQL(
        """
        SELECT w.account_id, item.id AS line_id, item.move_id,
               COALESCE(entry.isp_opening_document, entry.name, '') AS number, item.date, item.due,
               item.currency_id, item.amount_currency, item.left_currency, item.left_company
          FROM unnest(%s::int[]) AS w(account_id)
         CROSS JOIN LATERAL (%s) AS item
          JOIN account_move entry ON entry.id = item.move_id
         WHERE item.left_currency <> 0 OR item.left_company <> 0
        """,
        list(account_ids),
        receivable_items(columns, SQL("w.account_id"), SQL("%s", company_id), condition))


def book(wanted):
    """SQL of common table expressions: how the balance of an account came about.

    The sum of the amounts of ``own`` and ``moved`` is the sum of what is open.

    :param wanted: SQL of rows (id of a document or NULL, account, company, currency, day)
    :return: ``own``: the account's items; ``moved``: parts of items that are matched with an item
        of another account or currency. They leave the account of the payment (of the credit note,
        when both are documents) and count for the account of the document they settle. Both have
        ``move_id`` and ``day`` of the document, ``entry_id`` (the entry to show), ``last_id`` (the
        later of the entries), ``date``, ``amount``; ``own`` also due date and open amount, and
        ``moved`` the moment of the match
    """
    columns = SQL("line.id AS line_id, line.move_id AS entry_id, line.date, "
                  "COALESCE(line.date_maturity, line.date) AS due, "
                  "line.amount_currency AS amount, line.amount_residual_currency AS left_currency, "
                  "COALESCE(line.isp_account_id, line.partner_id) AS owner_id")
    moved = SQL(' UNION ALL ').join(
        SQL(
            """
            SELECT own.move_id, own.day, own.entry_id AS own_entry_id,
                   CASE WHEN %(settled)s THEN other.move_id ELSE own.entry_id END AS entry_id,
                   GREATEST(own.entry_id, other.move_id) AS last_id, p.max_date AS date,
                   %(amount)s AS amount, p.create_date AS matched_at
              FROM own
              JOIN account_partial_reconcile p ON p.%(side)s = own.line_id
              JOIN account_move_line other ON other.id = p.%(other_side)s
              JOIN account_move entry ON entry.id = own.entry_id
              JOIN account_move other_entry ON other_entry.id = other.move_id
             WHERE COALESCE(other.isp_account_id, other.partner_id) IS DISTINCT FROM own.owner_id
                OR other.currency_id <> own.currency_id
            """, side=SQL.identifier(side), other_side=SQL.identifier(other_side),
            amount=amount, settled=settled)
        for side, other_side, amount, settled in (
            ('debit_move_id', 'credit_move_id', SQL("-p.debit_amount_currency"),
             SQL("(other_entry.move_type = 'entry' OR entry.move_type <> 'entry')")),
            ('credit_move_id', 'debit_move_id', SQL("p.credit_amount_currency"),
             SQL("(entry.move_type <> 'entry' AND other_entry.move_type = 'entry')"))))
    return SQL(
        """
        wanted(move_id, account_id, company_id, currency_id, day) AS (VALUES %(wanted)s),
        own AS (
            SELECT w.move_id, w.day, w.currency_id, item.*
              FROM wanted w CROSS JOIN LATERAL (%(items)s) AS item
        ),
        moved AS (%(moved)s)
        """, wanted=wanted, moved=moved,
        items=receivable_items(columns, SQL("w.account_id"), SQL("w.company_id"),
                               SQL("line.currency_id = w.currency_id")))


def book_before(moves):
    """SQL of common table expressions: the book of the accounts before each document.

    Before means dated on an earlier day, or entered earlier: a document that is dated back is
    posted into the balance of today, and asks for what is open.

    :return: ``before``: ``move_id``, ``day``, ``entry_id``, ``date``, ``amount`` and
        ``matched_at`` (of moved parts); ``open_before``: ``move_id``, ``day``, ``due`` and
        ``left_currency`` of the account's own items that are still open
    """
    wanted = SQL(', ').join(
        SQL('(%s::int, %s::int, %s::int, %s::int, %s::date)', move.id,
            move._isp_document_account().id, move.company_id.id, move.currency_id.id,
            move.invoice_date or move.date)
        for move in moves
    )
    return SQL(
        """
        %s,
        own_before AS (
            SELECT * FROM own WHERE entry_id <> move_id AND (date < day OR entry_id < move_id)
        ),
        open_before AS (SELECT * FROM own_before WHERE left_currency <> 0),
        before AS (
            SELECT move_id, day, entry_id, date, amount, NULL::timestamp AS matched_at
              FROM own_before
             UNION ALL
            SELECT move_id, day, entry_id, date, amount, matched_at
              FROM moved
             WHERE own_entry_id <> move_id AND last_id <> move_id
               AND (date < day OR last_id < move_id)
             UNION ALL
            -- a credit that was entered between draft and posting, as far as it was applied
            SELECT own.move_id, own.day, credit.entry_id, credit.date, -p.debit_amount_currency,
                   p.create_date
              FROM own
              JOIN account_partial_reconcile p ON p.debit_move_id = own.line_id
              JOIN own credit ON credit.line_id = p.credit_move_id AND credit.move_id = own.move_id
             WHERE (own.entry_id <= own.move_id OR own.date < own.day)
               AND credit.entry_id > own.move_id AND credit.date >= own.day
        )
        """, book(wanted))
