"""Import of a subscriber book: subscriptions, holds, last billed days, open documents."""
from datetime import timedelta

from odoo import Command, models
from odoo.tools import groupby

from ..engine.book_spec import Issue
from ..guard import own, own_write
from .isp_book_import import BookError
from .isp_book_import_customers import QUIET

RECENT = timedelta(days=62)  # a line that starts earlier was surely billed somewhere


class IspBookImport(models.AbstractModel):
    _inherit = 'isp.book.import'

    # === Subscriptions and their lines === #

    def _import_subscriptions(self, context):
        """Headers first, then lines with their opening charges: replaced lines before others."""
        rows = context.book['subscriptions']
        self._load_plans(context)
        self._load_accounts(context, rows)
        self._load_lines(context, rows)
        fresh = [row for row in rows if self._line_key(row) not in context.lines]
        context.unchanged['subscriptions'] += len(rows) - len(fresh)
        billed = self._billed_rows(context)
        fresh = self._with_headers(context, self._without_bad_openings(context, fresh, billed))
        while fresh:
            ready, fresh = self._ready_lines(context, fresh)
            if not ready:
                break
            self._create_rows(context, ready, lambda row: self._line_values(context, row),
                              lambda jobs: self._create_lines(context, jobs, billed))
        for row in fresh:
            context.refuse(row, 'replaces', 'unknown_line', subscription=row['subscription'])
        self._notice_history(context, rows, billed)

    def _line_key(self, row):
        return (row['_company'].id, row['subscription'], row['line'])

    def _load_lines(self, context, rows):
        """Know the subscriptions of the rows by reference and their lines by key."""
        codes = {row['subscription'] for row in rows}
        found = self.env['sale.subscription'].with_context(active_test=False).search([
            ('code', 'in', list(codes)), ('isp_billed', '=', True)])
        for subscription in found:
            company = subscription.company_id.id
            context.subscriptions[company, subscription.code] = subscription
            for line in subscription.sale_subscription_line_ids:
                if line.isp_import_key:
                    context.lines[company, subscription.code, line.isp_import_key] = line

    def _with_headers(self, context, rows):
        """Create the headers that are missing; return the rows whose header is there."""
        places = self._places()
        heads = {}
        for row in rows:
            key = (row['_company'].id, row['subscription'])
            if key not in context.subscriptions:
                heads.setdefault(key, []).append(row)
        created = context.created['subscriptions']
        for group in heads.values():  # a header needs its first day
            group[0].values['_first'] = min(row['start'] for row in group)
        first_rows = [group[0] for group in heads.values()]
        self._create_rows(context, first_rows,
                          lambda row: self._header_values(context, row, places),
                          lambda jobs: self._create_headers(context, jobs))
        context.created['subscriptions'] = created  # rows count as lines, below
        return self._rows_with_header(context, rows, {row.number for row in first_rows})

    def _rows_with_header(self, context, rows, said):
        """Rows whose header exists and fits; the others are refused unless already ``said``."""
        kept = []
        for row in rows:
            subscription = context.subscriptions.get((row['_company'].id, row['subscription']))
            if not subscription:
                if row.number not in said:
                    context.refuse(row, 'subscription', 'parent_refused', file='subscriptions')
                continue
            if subscription.isp_account_id != self._account_of(context, row):
                context.refuse(row, 'account_number', 'other_account',
                               subscription=row['subscription'],
                               other=subscription.isp_account_id.display_name)
                continue
            kept.append(row)
        return kept

    def _header_values(self, context, row, places):
        account = self._account_of(context, row)
        if not account:
            raise BookError('account_number', 'unknown_account', company=row['_company'].name)
        return {
            'partner_id': account.id, 'isp_account_id': account.id, 'isp_billed': True,
            'company_id': row['_company'].id, 'code': row['subscription'],
            'date_start': row['_first'], 'isp_alignment': row['alignment'],
            'stage_id': self._running_stage(context).id, 'in_progress': True,
            '_service': self._address_values(row, places, 'service_'),
        }

    def _running_stage(self, context):
        if 'stage' not in context.cache:
            context.cache['stage'] = self.env['sale.subscription.stage'].search(
                [('type', '=', 'in_progress')], order='sequence', limit=1)
        return context.cache['stage']

    def _create_headers(self, context, jobs):
        known = []
        for company, pairs in groupby(jobs, key=lambda job: job[0]['_company']):
            subscriptions = self.env['sale.subscription'].with_company(company).with_context(
                **QUIET)
            values = []
            for row, prepared in pairs:
                account = self._account_of(context, row)
                address = self._service_address(context, account, prepared['_service'])
                values.append({
                    **{name: value for name, value in prepared.items() if name != '_service'},
                    'partner_shipping_id': address.id})
            made = subscriptions.create(values)
            for (row, _values), subscription in zip(pairs, made, strict=True):
                known.append((context.subscriptions, (company.id, row['subscription']),
                              subscription))
        return known

    def _service_address(self, context, account, values):
        """The contact of an account that has this service address, made when there is none."""
        if not any(values.values()):
            return account
        names = ('street', 'street2', 'city', 'zip')
        wanted = tuple(values[name] or False for name in names)
        for partner in account | account.child_ids:
            if tuple(partner[name] for name in names) == wanted:
                return partner
        return self.env['res.partner'].with_company(account.company_id).with_context(
            **QUIET).create({
                **values, 'parent_id': account.id, 'type': 'delivery', 'lang': account.lang,
                'company_id': account.company_id.id})

    def _ready_lines(self, context, rows):
        """Split rows into those whose replaced line is there (or none) and the others."""
        ready, waiting = [], []
        for row in rows:
            key = (row['_company'].id, row['subscription'], row['replaces'])
            (ready if not row['replaces'] or key in context.lines else waiting).append(row)
        return ready, waiting

    def _line_values(self, context, row):
        plan = context.plans.get(row['plan'])
        if not plan or plan.company_id not in (row['_company'], self.env['res.company']):
            raise BookError('plan', 'unknown_plan')
        key = (row['_company'].id, row['subscription'])
        values = {
            'sale_subscription_id': context.subscriptions[key].id, 'isp_plan_id': plan.id,
            'isp_import_key': row['line'], 'isp_date_start': row['start'],
            'product_uom_qty': float(row['quantity']), 'discount': float(row['discount']),
        }
        if row['price'] is not None:
            values.update(isp_price_source='own', price_unit=float(row['price']))
        if row['replaces']:
            values['isp_replaced_line_id'] = context.lines[*key, row['replaces']].id
        return values

    @own
    def _create_lines(self, context, jobs, billed):
        """Create lines, then their opening charges, and only then their last days.

        A former system charged the periods before it knew of an end: the opening charge is for
        the days it billed, and the first run credits those after the end.
        """
        lines = self.env['sale.subscription.line'].with_context(**QUIET).create(
            [values for _row, values in jobs])
        openings, known = [], []
        for (row, _values), line in zip(jobs, lines, strict=True):
            key = self._line_key(row)
            known.append((context.lines, key, line))
            if key in billed:
                openings.append(self._opening(line, billed[key]))
                known.append((context.cache, ('opened', key), line))
        self.env['isp.billing.engine'].sudo()._write_opening_charges(openings)
        for (row, _values), line in zip(jobs, lines, strict=True):
            if row['end']:
                line.isp_date_end = row['end']
        return known

    # === Last billed days === #

    def _billed_rows(self, context):
        """{line key: row of billed_through}; rows that cannot be are refused."""
        self._open_companies('billed_through', context)
        return {self._line_key(row): row for row in context.book['billed_through']}

    def _without_bad_openings(self, context, rows, billed):
        """Hold back lines whose last billed day cannot be: else their history is billed."""
        kept = []
        for row in rows:
            opening = billed.get(self._line_key(row))
            if opening and opening['billed_through'] < row['start']:
                context.refuse(opening, 'billed_through', 'billed_before_start',
                               start=str(row['start']))
                context.refuse(row, 'line', 'billed_through_refused')
                context.book['billed_through'].remove(opening)
            else:
                kept.append(row)
        return kept

    def _opening(self, line, row):
        return {'line': line, 'through': row['billed_through'], 'amount': row['amount']}

    def _import_billed_through(self, context):
        """Opening charges of lines that were there before; new lines got theirs at once."""
        rows = context.book['billed_through']
        self._load_lines(context, rows)
        lines = self.env['sale.subscription.line'].browse(
            line.id for line in context.lines.values())
        opened = self.env['isp.charge'].search([('line_id', 'in', lines.ids)]).line_id
        fresh = []
        for row in rows:
            line = context.lines.get(self._line_key(row))
            if line and line in opened:
                made_now = ('opened', self._line_key(row)) in context.cache
                (context.created if made_now else context.unchanged)['billed_through'] += 1
            else:
                fresh.append(row)
        self._create_rows(
            context, fresh, lambda row: self._late_opening(context, row),
            lambda jobs: self.env['isp.billing.engine'].sudo()._write_opening_charges(
                [values for _row, values in jobs]) and None)

    def _late_opening(self, context, row):
        line = context.lines.get(self._line_key(row))
        if not line:
            raise BookError('line', 'unknown_line', subscription=row['subscription'])
        if row['billed_through'] < line.isp_date_start:
            raise BookError('billed_through', 'billed_before_start', start=line.isp_date_start)
        return self._opening(line, row)

    def _notice_history(self, context, rows, billed):
        """Say which new lines the first run will bill from a day long past."""
        for row in rows:
            today = row['_company']._isp_today()
            line = context.lines.get(self._line_key(row))
            if (line and self._line_key(row) not in billed and not row['replaces']
                    and not line.isp_charge_ids and row['start'] < today - RECENT):
                context.notices.append(Issue(
                    row.file, row.number, 'start', str(row['start']), 'will_bill_history'))

    # === Holds === #

    def _import_holds(self, context):
        rows = context.book['holds']
        self._load_lines(context, rows)
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
        self._create_rows(
            context, fresh, lambda row: self._hold_values(context, row),
            lambda jobs: self.env['isp.service.hold'].with_context(**QUIET).create(
                [values for _row, values in jobs]) and None)

    def _hold_values(self, context, row):
        subscription = context.subscriptions.get((row['_company'].id, row['subscription']))
        if not subscription:
            raise BookError('subscription', 'unknown_subscription',
                            company=row['_company'].name)
        return {
            'subscription_id': subscription.id, 'date_from': row['date_from'],
            'date_to': row['date_to'], 'reason': row['reason'], 'effect': row['effect'],
            'percent': float(row['percent'] or 0), 'note': row['note'],
        }

    # === Opening balances === #

    def _import_opening_balances(self, context):
        """One posted invoice or credit note per open document, without tax."""
        rows = context.book['opening_balances']
        self._load_accounts(context, rows)
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
        self._create_rows(context, fresh, lambda row: self._opening_entry(context, row),
                          self._create_opening_entries)

    def _opening_entry(self, context, row):
        account = self._account_of(context, row)
        if not account:
            raise BookError('account_number', 'unknown_account', company=row['_company'].name)
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
