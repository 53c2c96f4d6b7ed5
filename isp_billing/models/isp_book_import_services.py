"""Import of a subscriber book: subscriptions, their lines and last billed days."""
from datetime import timedelta

from odoo import models
from odoo.tools import groupby

from ..engine.book_spec import FILES, Issue
from ..guard import own
from .isp_book_import_customers import QUIET

RECENT = timedelta(days=62)  # a line that starts earlier was surely billed somewhere


class IspBookImport(models.AbstractModel):
    _inherit = 'isp.book.import'

    # === Subscriptions and their lines === #

    def _import_subscriptions(self, context):
        """Headers first, then lines with their opening charges: replaced lines before others."""
        rows = context.book['subscriptions']
        self._load_plans(context)
        self._load_accounts(context, context.rows('subscriptions'))
        self._load_lines(context, rows)
        fresh = [row for row in rows if self._line_key(row) not in context.lines]
        context.unchanged['subscriptions'] += len(rows) - len(fresh)
        billed = self._billed_rows(context)
        places = self._places()
        fresh = self._without_faults(
            context, 'subscriptions', fresh, lambda row: self._line_faults(context, row, places))
        fresh = self._without_bad_openings(context, fresh, billed)
        fresh = self._with_headers(context, self._without_bad_heads(context, fresh), places)
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

    def _without_bad_heads(self, context, rows):
        """Hold back rows of new subscriptions whose address stands in a row that was refused."""
        places = {'service_country', 'service_state', 'account_number'}
        bad = {(row['_company'], row['subscription'])
               for row in context.book.refused['subscriptions'] if row.faulty & places}
        kept = []
        for row in rows:
            head = row['_company'], row['subscription']
            if head in bad and (head[0].id, head[1]) not in context.subscriptions:
                context.refuse(row, 'subscription', 'parent_refused', file='subscriptions')
            else:
                kept.append(row)
        return kept

    def _with_headers(self, context, rows, places):
        """Create the headers that are missing; return the rows whose header is there."""
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

    def _line_faults(self, context, row, places):
        """What is wrong with a row of subscriptions, with its address and with its price."""
        company = row['_company']
        if company and not self._account_of(context, row):
            yield 'account_number', 'unknown_account', {'company': company.name}
        yield from self._address_faults(row, places, 'service_')
        plan = context.plans.get(row['plan'])
        if not plan or (company and plan.company_id not in (company, self.env['res.company'])):
            yield 'plan', 'unknown_plan', {}
        yield from self._money_faults(row, 'price', self._currency_of(context, row))

    def _currency_of(self, context, row):
        """The currency of a row's subscription, also of one that is still to be made."""
        company = row['_company']
        if not company:
            return None
        subscription = context.subscriptions.get((company.id, row['subscription']))
        if subscription:
            return subscription.currency_id
        account = self._account_of(context, row)
        pricelist = account and account.with_company(company).property_product_pricelist
        return pricelist.currency_id if pricelist else company.currency_id

    def _header_values(self, context, row, places):
        account = self._account_of(context, row)
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
        plan = context.plans[row['plan']]
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
            if opening and self._refuse_faults(
                    context, opening, lambda bad, row=row: self._opening_faults(context, bad, row)):
                context.refuse(row, 'line', 'billed_through_refused')
                opening.faulty.add('line')  # which is held back, and said so
                context.book['billed_through'].remove(opening)
                context.book.refused['billed_through'].append(opening)
            else:
                kept.append(row)
        return kept

    def _opening_faults(self, context, opening, row):
        """What is wrong with the last billed day and amount of a new line."""
        if opening['billed_through'] < row['start']:
            yield 'billed_through', 'billed_before_start', {'start': str(row['start'])}
        yield from self._money_faults(opening, 'amount', self._currency_of(context, row))

    def _opening(self, line, row):
        return {'line': line, 'through': row['billed_through'], 'amount': row['amount']}

    def _import_billed_through(self, context):
        """Opening charges of lines that were there before; new lines got theirs at once."""
        rows = context.book['billed_through']
        self._load_lines(context, context.rows('billed_through'))
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
        fresh = self._without_faults(
            context, 'billed_through', fresh,
            lambda row: self._late_opening_faults(context, row))
        self._create_rows(
            context, fresh,
            lambda row: self._opening(context.lines[self._line_key(row)], row),
            lambda jobs: self.env['isp.billing.engine'].sudo()._write_opening_charges(
                [values for _row, values in jobs]) and None)

    def _late_opening_faults(self, context, row):
        if not row['_company'] or row.faulty & set(FILES['billed_through'].key):
            return
        line = context.lines.get(self._line_key(row))
        if not line:
            yield 'line', 'unknown_line', {'subscription': row['subscription']}
            return
        if 'billed_through' not in row.faulty and row['billed_through'] < line.isp_date_start:
            yield 'billed_through', 'billed_before_start', {'start': str(line.isp_date_start)}
        yield from self._money_faults(row, 'amount', line.currency_id)

    def _notice_history(self, context, rows, billed):
        """Say which new lines the first run will bill from a day long past."""
        for row in rows:
            today = row['_company']._isp_today()
            line = context.lines.get(self._line_key(row))
            if (line and self._line_key(row) not in billed and not row['replaces']
                    and not line.isp_charge_ids and row['start'] < today - RECENT):
                context.notices.append(Issue(
                    row.file, row.number, 'start', str(row['start']), 'will_bill_history'))
