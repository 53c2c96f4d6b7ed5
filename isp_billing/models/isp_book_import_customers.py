"""Import of a subscriber book: plans, prices and accounts."""
from odoo import Command, models

from ..engine import account_number
from .isp_book_import import BookError

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
        codes = {row['code'] for row in context.book['plans']} | {
            row['plan'] for name in ('plan_prices', 'subscriptions') for row in context.book[name]}
        plans = self.env['isp.service.plan'].with_context(active_test=False).search(
            [('code', 'in', list(codes))])
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
        self._create_rows(
            context, fresh, lambda row: self._price_values(context, row, currencies),
            lambda jobs: prices.create([values for _row, values in jobs]) and None)

    def _price_values(self, context, row, currencies):
        if row['plan'] not in context.plans:
            raise BookError('plan', 'unknown_plan')
        if row['currency'] not in currencies:
            raise BookError('currency', 'unknown_currency')
        return {
            'plan_id': context.plans[row['plan']].id, 'date_from': row['date_from'],
            'company_id': row['_company'].id if row['company'] else False,
            'currency_id': currencies[row['currency']].id, 'amount': float(row['amount']),
        }

    # === Accounts === #

    def _import_accounts(self, context):
        rows = context.book['accounts']
        self._load_accounts(context, rows)
        fresh = [row for row in rows if self._account_of(context, row) is None]
        context.unchanged['accounts'] += len(rows) - len(fresh)
        places = self._places()
        self._create_rows(context, fresh,
                          lambda row: self._account_values(context, row, places),
                          lambda jobs: self._create_accounts(context, jobs))

    def _load_accounts(self, context, rows):
        """Know the accounts of the rows by company and number."""
        numbers = {row['account_number'] for row in rows} - {
            number for _company, number in context.accounts}
        found = self.env['isp.account.number'].search([('number', 'in', list(numbers))])
        for entry in found:
            context.accounts[entry.company_id.id, entry.number] = entry.partner_id

    def _account_of(self, context, row):
        return context.accounts.get((row['_company'].id, row['account_number']))

    def _places(self):
        """Countries and their states by code."""
        countries = {country.code: country for country in self.env['res.country'].search([])}
        states = {(state.country_id.code, state.code): state
                  for state in self.env['res.country.state'].search([])}
        return countries, states

    def _address_values(self, row, places, prefix=''):
        """Values of an address of a partner from the columns of a row.

        :raise BookError: for an unknown country or state
        """
        countries, states = places
        country, state = row[f'{prefix}country'], row[f'{prefix}state']
        if country and country not in countries:
            raise BookError(f'{prefix}country', 'unknown_country')
        if state and (country, state) not in states:
            raise BookError(f'{prefix}state', 'unknown_state', country=country)
        return {
            'street': row[f'{prefix}street'], 'street2': row[f'{prefix}street2'],
            'city': row[f'{prefix}city'], 'zip': row[f'{prefix}zip'],
            'country_id': countries[country].id if country else False,
            'state_id': states[country, state].id if state else False,
        }

    def _account_values(self, context, row, places):
        if row['_company'].isp_account_check_digit and not account_number.is_valid(
                row['account_number']):
            raise BookError('account_number', 'bad_check_digit')
        company = row['_company']
        values = {
            'name': row['name'], 'is_company': row['is_company'], 'email': row['email'],
            'phone': row['phone'], 'company_id': company.id, 'lang': self._account_lang(row),
            'isp_document_language': row['language'], 'isp_delivery_channel': row['delivery'],
            'isp_number_ids': [Command.create({
                'number': row['account_number'], 'company_id': company.id})],
            **self._address_values(row, places),
        }
        if row['profile']:
            values['isp_billing_profile_id'] = self._profile(context, row).id
        return values

    def _profile(self, context, row):
        """The billing profile of a row by its name in any active language."""
        key = ('profiles', row['_company'].id)
        if key not in context.cache:
            profiles = self.env['isp.billing.profile'].search(
                [('company_id', '=', row['_company'].id)])
            languages = [code for code, _name in self.env['res.lang'].get_installed()]
            context.cache[key] = {
                profile.with_context(lang=code).name: profile
                for code in languages for profile in profiles}
        named = context.cache[key]
        if row['profile'] not in named:
            raise BookError('profile', 'unknown_profile', company=row['_company'].name,
                            choices=", ".join(sorted(named)))
        return named[row['profile']]

    def _account_lang(self, row):
        """Odoo's language of a contact who reads ``row['language']``; the default otherwise."""
        if not row['language']:
            return self.env['res.partner'].default_get(['lang']).get('lang') or 'en_US'
        installed = [code for code, _name in self.env['res.lang'].get_installed()]
        language = 'en' if row['language'] == 'en' else 'fr'
        preferred = [f"{language}_{row['country']}", f'{language}_FR', f'{language}_US']
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
