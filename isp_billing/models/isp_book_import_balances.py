"""Import of a subscriber book: holds and open documents."""
from odoo import Command, models
from odoo.tools import groupby

from ..guard import own_write
from .isp_book_import_customers import QUIET


class IspBookImport(models.AbstractModel):
    _inherit = 'isp.book.import'

    # === Holds === #

    def _import_holds(self, context):
        rows = context.book['holds']
        self._load_lines(context, context.rows('holds'))
        subscriptions = self.env['sale.subscription'].browse(
            record.id for record in context.subscriptions.values())
        known = {(hold.subscription_id.id, hold.date_from)
                 for hold in subscriptions.isp_hold_ids}
        fresh = []
        for row in rows:
            subscription = context.subscriptions.get((row['_company'].id, row['subscription']))
            if subscription and (subscription.id, row['date_from']) in known:
                context.unchanged['holds'] += 1
            else:
                fresh.append(row)
        fresh = self._without_faults(
            context, 'holds', fresh, lambda row: self._hold_faults(context, row))
        self._create_rows(
            context, fresh, lambda row: self._hold_values(context, row),
            lambda jobs: self.env['isp.service.hold'].with_context(**QUIET).create(
                [values for _row, values in jobs]) and None)

    def _hold_faults(self, context, row):
        company = row['_company']
        if company and (company.id, row['subscription']) not in context.subscriptions:
            yield 'subscription', 'unknown_subscription', {'company': company.name}

    def _hold_values(self, context, row):
        subscription = context.subscriptions[row['_company'].id, row['subscription']]
        return {
            'subscription_id': subscription.id, 'date_from': row['date_from'],
            'date_to': row['date_to'], 'reason': row['reason'], 'effect': row['effect'],
            'percent': float(row['percent'] or 0), 'note': row['note'],
        }

    # === Opening balances === #

    def _import_opening_balances(self, context):
        """One posted invoice or credit note per open document, without tax."""
        rows = context.book['opening_balances']
        self._load_accounts(context, context.rows('opening_balances'))
        known = {
            (move.company_id.id, move.isp_account_id.id, move.isp_opening_document)
            for move in self.env['account.move'].search([
                ('isp_opening_document', 'in', [row['document'] for row in rows])])}
        fresh = []
        for row in rows:
            account = self._account_of(context, row)
            if account and (row['_company'].id, account.id, row['document']) in known:
                context.unchanged['opening_balances'] += 1
            else:
                fresh.append(row)
        fresh = self._without_faults(
            context, 'opening_balances', fresh, lambda row: self._debt_faults(context, row))
        self._create_rows(context, fresh, lambda row: self._opening_entry(context, row),
                          self._create_opening_entries)

    def _debt_faults(self, context, row):
        company = row['_company']
        if company and not self._account_of(context, row):
            yield 'account_number', 'unknown_account', {'company': company.name}
        yield from self._money_faults(row, 'amount', company and company.currency_id)

    def _opening_entry(self, context, row):
        account = self._account_of(context, row)
        amount = float(row['amount'])
        return {
            'move_type': 'out_invoice' if amount > 0 else 'out_refund',
            'journal_id': self._opening_journal(context, row).id, 'partner_id': account.id,
            'company_id': row['_company'].id, 'currency_id': row['_company'].currency_id.id,
            'date': row['date'], 'invoice_date': row['date'],
            'invoice_date_due': row['due_date'] or row['date'], 'invoice_payment_term_id': False,
            'invoice_user_id': False, 'ref': row['document'], 'payment_reference': row['document'],
            'isp_account_id': account.id, 'isp_opening_document': row['document'],
            'invoice_line_ids': [Command.create({
                'name': row['label'] or row['document'], 'quantity': 1, 'price_unit': abs(amount),
                'tax_ids': [Command.clear()],
                'account_id': self._opening_counterpart(context, row).id})],
        }

    def _opening_journal(self, context, row):
        """The sales journal of opening balances of the company."""
        key = ('journal', row['_company'].id)
        if key not in context.cache:
            context.cache[key] = self.env['account.journal']._isp_opening_journal(row['_company'])
        return context.cache[key]

    def _opening_counterpart(self, context, row):
        """The account against which opening balances are written.

        The unaffected earnings account of the company, where Odoo's own opening entry balances;
        override it to use a suspense account. Returns an ``account.account``.
        """
        key = ('counterpart', row['_company'].id)
        if key not in context.cache:
            context.cache[key] = row['_company'].get_unaffected_earnings_account()
        return context.cache[key]

    def _create_opening_entries(self, jobs):
        for company, group in groupby(jobs, key=lambda job: job[0]['_company']):
            with own_write():  # the account and the number in the former system
                moves = self.env['account.move'].with_company(company).create(
                    [values for _row, values in group])
            moves._post(soft=False)
