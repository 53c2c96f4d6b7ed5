from odoo import api, fields, models
from odoo.tools import SQL

from ..engine.balance import pair_oldest
from ..engine.money import to_decimal


class ResCompany(models.Model):
    _inherit = 'res.company'

    isp_apply_credits = fields.Boolean(
        string="Apply open credits when an invoice is posted", default=True,
        help="Credit notes, prepayments and other money of the account that is matched with "
             "nothing settle its oldest open debts of the same currency, the oldest credit first.",
    )

    def _isp_books_exchange(self):
        """Whether differences of exchange can be booked: journal and both accounts are set."""
        self.ensure_one()
        return bool(self.currency_exchange_journal_id
                    and self.income_currency_exchange_account_id
                    and self.expense_currency_exchange_account_id)


class ResConfigSettings(models.TransientModel):
    _inherit = 'res.config.settings'

    isp_apply_credits = fields.Boolean(related='company_id.isp_apply_credits', readonly=False)


class AccountMove(models.Model):
    """Open credits of an account are applied when an invoice of it is posted."""

    _inherit = 'account.move'

    def _isp_apply_credits(self):
        """Match the open credits of the accounts of posted invoices with their open debts.

        The debt that is due first is settled first, by the oldest credit, so that what counts as
        overdue is the same before and after. A credit note that a run made, such as a final bill,
        settles what is open too: no other bill may follow. Those that somebody makes by hand are
        matched by whoever makes them, or by the next invoice. Items of another currency or
        receivable account are left alone, drafts and cancelled entries are none. A fixed number of
        queries for the whole batch; the items are locked, so that two postings never use one
        credit.

        :raises psycopg2.OperationalError: when another posting uses the items at this moment;
            requests and jobs repeat
        """
        moves = self.filtered(lambda move: (
            move.isp_has_document and move.state == 'posted' and move.company_id.isp_apply_credits
            and (move.move_type != 'out_refund' or move.isp_bill_run_id)
            and not move.reversed_entry_id))
        # sudo: matching is part of posting, whoever may post
        lines, plan = self.env['account.move.line'].sudo(), []
        for company, own in moves.grouped('company_id').items():
            items = lines._isp_lock_open_items(own, company)
            for group in items.grouped(
                lambda item: (item.isp_account_id, item.account_id, item.currency_id),
            ).values():
                plan += group._isp_pairs()
        if plan:
            lines._reconcile_plan(plan)


class AccountMoveLine(models.Model):
    _inherit = 'account.move.line'

    @api.model
    def _isp_lock_open_items(self, moves, company):
        """Open items of the accounts of invoices that have a credit, locked (account.move.line)."""
        accounts = moves.line_ids.filtered(
            lambda line: line.display_type == 'payment_term').isp_account_id
        if not accounts:
            return self.browse()
        self.env['isp.account.balance']._flush()
        found = [row[0] for row in self.env.execute_query(SQL(
            """SELECT DISTINCT line.isp_account_id
                 FROM account_move_line line
                WHERE line.isp_account_id = ANY(%s) AND line.company_id = %s
                  AND line.parent_state = 'posted' AND line.amount_residual_currency < 0""",
            accounts.ids, company.id))]
        if not found:
            return self.browse()
        currencies = company.currency_id if not company._isp_books_exchange() else None
        return self.browse([row[0] for row in self.env.execute_query(SQL(
            """SELECT line.id
                 FROM account_move_line line
                 JOIN account_account account ON account.id = line.account_id
                WHERE line.isp_account_id = ANY(%s) AND line.company_id = %s
                  AND line.parent_state = 'posted' AND line.amount_residual_currency <> 0
                  AND account.account_type = 'asset_receivable' AND account.reconcile %s
             ORDER BY line.id
                  FOR NO KEY UPDATE OF line""",
            found, company.id,
            SQL("AND line.currency_id = %s", currencies.id) if currencies else SQL()))])

    def _isp_pairs(self):
        """Pairs of a debt and a credit to be matched, in this order (list of account.move.line).

        The items are of one account, receivable account and currency.
        """
        rows = {item.id: item.currency_id.round(item.amount_residual_currency) for item in self}
        debts = self.filtered(lambda item: rows[item.id] > 0).sorted(
            lambda item: (item.date_maturity or item.date, item.id))
        paid = self.filtered(lambda item: rows[item.id] < 0).sorted(
            lambda item: (item.date, item.id))
        return [self.browse(pair) for pair in pair_oldest(
            [(item.id, to_decimal(rows[item.id])) for item in debts],
            [(item.id, -to_decimal(rows[item.id])) for item in paid])]
