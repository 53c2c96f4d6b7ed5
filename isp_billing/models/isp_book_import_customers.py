"""Import of a subscriber book: plans, prices and accounts."""
from odoo import Command, models
from odoo.fields import Domain

from ..engine import account_number
from ..engine.book_cells import plain
from ..engine.book_spec import Issue

QUIET = {'tracking_disable': True, 'mail_create_nosubscribe': True, 'mail_create_nolog': True}


class IspBookImport(models.AbstractModel):
    _inherit = 'isp.book.import'

    # === Plans === #

    def _import_plans(self, context):
        rows = self._new_plans(context, context.book['plans'])
        self._create_rows(context, rows, lambda row: row.values,
                          lambda jobs: self._create_plans(context, jobs))

    def _new_plans(self, context, rows):
        """Rows of plans that are not there yet."""
        self._load_plans(context)
        fresh = [row for row in rows if row['code'] not in context.plans]
        context.unchanged['plans'] += len(rows) - len(fresh)
        return fresh

    def _load_plans(self, context):
        """Know the plans by their code; those of every company first."""
        if context.plans:
            return
        codes = {row['code'] for row in context.rows('plans')} | {
            row['plan'] for name in ('plan_prices', 'subscriptions') for row in context.rows(name)}
        plans = self.env['isp.service.plan'].with_context(active_test=False).search(
            [('code', 'in', list(codes - {None}))])
        context.plans = {plan.code: plan for plan in plans.sorted(lambda p: not p.company_id)}

    def _create_plans(self, context, jobs):
        products = self._plan_products([row for row, _values in jobs])
        english = self.env['isp.service.plan'].with_context(lang='en_US', **QUIET)
        plans = english.create([self._plan_values(row, products[row.number]) for row, _v in jobs])
        for (row, _values), plan in zip(jobs, plans, strict=True):
            self._translate(plan, name=row['name_fr'], description=row['description_fr'])
        return [(context.plans, row['code'], plan.with_env(self.env))
                for (row, _values), plan in zip(jobs, plans, strict=True)]

    def _plan_values(self, row, product):
        return {
            'code': row['code'], 'name': row['name_en'], 'kind': row['kind'],
            'product_id': product.id, 'interval': row['interval'], 'unit': row['unit'],
            'timing': row['timing'], 'proration_method': row['proration'],
            'speed_down': row['speed_down'] or 0, 'speed_up': row['speed_up'] or 0,
            'data_cap_gb': row['data_cap_gb'] or 0, 'term_months': row['term_months'] or 0,
            'untaxed': row['untaxed'], 'description': row['description_en'],
        }

    def _plan_products(self, rows):
        """The product of each plan by its internal reference, made when there is none.

        :return: {row number: product.product}
        """
        references = {row.number: row['product'] or row['code'] for row in rows}
        products = self.env['product.product'].sudo().with_context(lang='en_US', **QUIET)
        found = {product.default_code: product for product in products.search(
            [('default_code', 'in', list(references.values()))])}
        missing = [row for row in rows if references[row.number] not in found]
        taxes = self.env.companies.sudo().account_sale_tax_id
        made = products.create([{
            'name': row['name_en'], 'default_code': references[row.number], 'type': 'service',
            'list_price': 0.0, 'purchase_ok': False, 'company_id': False,
            'taxes_id': [Command.set([] if row['untaxed'] else taxes.ids)],
        } for row in missing])
        for row, product in zip(missing, made, strict=True):
            self._translate(product, name=row['name_fr'])
            found[references[row.number]] = product
        return {number: found[reference] for number, reference in references.items()}

    def _translate(self, record, **texts):
        """Write the French texts into every French language that is active."""
        texts = {name: text for name, text in texts.items() if text}
        languages = [code for code, _name in self.env['res.lang'].get_installed()
                     if code.startswith('fr')]
        for code in languages if texts else ():
            record.with_context(lang=code).write(texts)

    # === Prices === #

    def _import_plan_prices(self, context):
        self._load_plans(context)
        prices = self.env['isp.service.plan.price'].search(
            [('plan_id', 'in', [plan.id for plan in context.plans.values()])])
        known = {(price.plan_id.id, price.company_id.id, price.currency_id.name, price.date_from)
                 for price in prices}
        currencies = {currency.name: currency
                      for currency in self.env['res.currency'].search([])}
        fresh = []
        for row in context.book['plan_prices']:
            plan = context.plans.get(row['plan'])
            company = row['_company'] if row['company'] else self.env['res.company']
            if plan and (plan.id, company.id, row['currency'], row['date_from']) in known:
                context.unchanged['plan_prices'] += 1
            else:
                fresh.append(row)
        fresh = self._without_faults(
            context, 'plan_prices', fresh, lambda row: self._price_faults(context, row, currencies))
        context.notices += [Issue(row.file, row.number, 'amount', '0', 'zero_price')
                            for row in fresh if not row['amount']]
        self._create_rows(
            context, fresh, lambda row: self._price_values(context, row, currencies),
            lambda jobs: prices.create([values for _row, values in jobs]) and None)

    def _price_faults(self, context, row, currencies):
        if row['plan'] not in context.plans:
            yield 'plan', 'unknown_plan', {}
        if row['currency'] not in currencies:
            yield 'currency', 'unknown_currency', {}
        yield from self._money_faults(row, 'amount', currencies.get(row['currency']))

    def _price_values(self, context, row, currencies):
        return {
            'plan_id': context.plans[row['plan']].id, 'date_from': row['date_from'],
            'company_id': row['_company'].id if row['company'] else False,
            'currency_id': currencies[row['currency']].id, 'amount': float(row['amount']),
            'free': not row['amount'],
        }

    # === Accounts === #

    def _import_accounts(self, context):
        rows = context.book['accounts']
        self._load_accounts(context, context.rows('accounts'))
        fresh = [row for row in rows if self._account_of(context, row) is None]
        context.unchanged['accounts'] += len(rows) - len(fresh)
        places = self._places()
        fresh = self._without_faults(
            context, 'accounts', fresh, lambda row: self._account_faults(context, row, places))
        self._create_rows(context, fresh,
                          lambda row: self._account_values(context, row, places),
                          lambda jobs: self._create_accounts(context, jobs))

    def _load_accounts(self, context, rows):
        """Know the accounts of the rows by company and number."""
        numbers = {row['account_number'] for row in rows} - {None} - {
            number for _company, number in context.accounts}
        found = self.env['isp.account.number'].search([('number', 'in', list(numbers))])
        for entry in found:
            context.accounts[entry.company_id.id, entry.number] = entry.partner_id

    def _account_of(self, context, row):
        company = row['_company']
        return company and context.accounts.get((company.id, row['account_number']))

    def _places(self):
        """Countries and their states by code, and by name in English and the active languages."""
        languages = ['en_US', *(code for code, _name in self.env['res.lang'].get_installed())]
        countries, states = {}, {}
        for record in self.env['res.country'].search(Domain.TRUE):
            countries.update(dict.fromkeys(self._place_names(record, languages), record))
        for record in self.env['res.country.state'].search(Domain.TRUE):
            states.update(dict.fromkeys(
                ((record.country_id.code, name)
                 for name in self._place_names(record, languages)), record))
        return countries, states

    def _place_names(self, record, languages):
        """What a file may call a country or state, as ``book_cells.plain`` writes it."""
        names = {record.with_context(lang=code).name for code in languages}
        return {plain(name) for name in names if name} | {plain(record.code or '')} - {''}

    def _place_of(self, row, places, prefix=''):
        """Country and state of a row: records, None where a name is unknown or missing."""
        countries, states = places
        country = countries.get(plain(row[f'{prefix}country'] or ''))
        state = country and states.get((country.code, plain(row[f'{prefix}state'] or '')))
        return country, state

    def _address_faults(self, row, places, prefix=''):
        country, state = self._place_of(row, places, prefix)
        name = row[f'{prefix}country']
        if name and not country:
            yield f'{prefix}country', 'unknown_country', {}
        elif row[f'{prefix}state'] and not state:
            yield f'{prefix}state', 'unknown_state', {'country': name or '?'}

    def _address_values(self, row, places, prefix=''):
        """Values of an address of a partner from the columns of a row."""
        country, state = self._place_of(row, places, prefix)
        return {
            'street': row[f'{prefix}street'], 'street2': row[f'{prefix}street2'],
            'city': row[f'{prefix}city'], 'zip': row[f'{prefix}zip'],
            'country_id': country.id if country else False,
            'state_id': state.id if state else False,
        }

    def _account_faults(self, context, row, places):
        company, number = row['_company'], row['account_number']
        if number and company and company.isp_account_check_digit and not account_number.is_valid(
                number):
            yield 'account_number', 'bad_check_digit', {}
        yield from self._address_faults(row, places)
        if company and row['profile'] and row['profile'] not in self._profiles(context, company):
            yield 'profile', 'unknown_profile', {
                'company': company.name,
                'choices': ", ".join(sorted(self._profiles(context, company)))}

    def _account_values(self, context, row, places):
        company = row['_company']
        values = {
            'name': row['name'], 'is_company': row['is_company'], 'email': row['email'],
            'phone': row['phone'], 'company_id': company.id,
            'isp_document_language': row['language'], 'isp_delivery_channel': row['delivery'],
            'isp_number_ids': [Command.create({
                'number': row['account_number'], 'company_id': company.id})],
            **self._address_values(row, places),
        }
        country = self._place_of(row, places)[0]
        values['lang'] = self._account_lang(row['language'], country)
        if row['profile']:
            values['isp_billing_profile_id'] = self._profiles(context, company)[row['profile']].id
        return values

    def _profiles(self, context, company):
        """The billing profiles of a company by their names in every active language."""
        key = ('profiles', company.id)
        if key not in context.cache:
            profiles = self.env['isp.billing.profile'].search([('company_id', '=', company.id)])
            languages = [code for code, _name in self.env['res.lang'].get_installed()]
            context.cache[key] = {
                profile.with_context(lang=code).name: profile
                for code in languages for profile in profiles}
        return context.cache[key]

    def _account_lang(self, written, country):
        """Odoo's language of a contact who reads ``written``; the default otherwise."""
        if not written:
            return self.env['res.partner'].default_get(['lang']).get('lang') or 'en_US'
        installed = [code for code, _name in self.env['res.lang'].get_installed()]
        language = 'en' if written == 'en' else 'fr'
        preferred = [f"{language}_{country.code}", f'{language}_FR', f'{language}_US']
        return next((code for code in preferred if code in installed),
                    next((code for code in installed if code.startswith(language)), 'en_US'))

    def _create_accounts(self, context, jobs):
        by_company, known = {}, []
        for row, values in jobs:
            by_company.setdefault(row['_company'], []).append((row, values))
        for company, group in by_company.items():
            partners = self.env['res.partner'].with_company(company).with_context(
                isp_choice_channel='import', **QUIET,
            ).create([values for _row, values in group])
            for (row, _values), partner in zip(group, partners, strict=True):
                known.append((context.accounts, (company.id, row['account_number']), partner))
        return known
