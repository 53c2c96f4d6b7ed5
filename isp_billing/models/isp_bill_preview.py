from collections import defaultdict
from decimal import Decimal

from odoo import api, models

from ..engine.bill import BillPreview, ChargeLine, Problem
from ..engine.difference import UnknownPriceError

#: code of the problem of an account that could not be computed at all
NOT_COMPUTED = 'not_computed'


class IspBillPreview(models.AbstractModel):
    """Future documents of accounts: differences grouped, taxed and checked.

    Writes nothing: no move, no number, no ledger row.
    """

    _name = 'isp.bill.preview'
    _description = "Bill Preview"

    @api.model
    def _preview(self, accounts, company, target, invoice_date, cache=None):
        """Bills of accounts in a company at a target date.

        :param accounts: res.partner, billing accounts
        :param date target: target date of the run
        :param date invoice_date: date of the future invoices
        :param dict cache: answers shared by the chunks of a run: prices, positions, totals
        :return: (list of :class:`engine.bill.BillPreview`, number of other accounts with nothing
            due, number of other accounts that were already charged)
        """
        cache = {} if cache is None else cache
        for name in ('rates', 'positions', 'totals', 'accounts', 'checks'):
            cache.setdefault(name, {})
        engine = self.env['isp.billing.engine'].with_company(company)
        lines = engine._billed_lines(accounts, company)
        differences, errors = engine._differences(lines, target, cache['rates'])
        journal = self._journal(company)
        bills, with_bill = [], set()
        by_account = defaultdict(lambda: self.env['sale.subscription.line'])
        for line in lines:
            by_account[line.isp_account_id] |= line
        charged_before = self._charged_accounts(accounts, company)
        for account, account_lines in by_account.items():
            account_bills = self._account_bills(
                account, account_lines, differences, errors, company, journal, target,
                invoice_date, cache,
            )
            for bill in account_bills:
                self._finish(bill, account, account.id in charged_before, cache, target,
                             account_lines)
            bills += account_bills
            if account_bills:
                with_bill.add(account.id)
        settled = cache['rates'].get('settled', set())
        already = {
            account.id for account, own_lines in by_account.items()
            if account.id not in with_bill and not settled.isdisjoint(own_lines.ids)
        }
        return bills, len(by_account) - len(with_bill) - len(already), len(already)

    @api.model
    def _failure(self, account, company, error):
        """The bill of an account that could not be computed at all: an exception.

        :param Exception error: what went wrong
        """
        return BillPreview(
            account_id=account.id, payer_id=account.id, company_id=company.id,
            currency_id=company.currency_id.id, fiscal_position_id=0, journal_id=0, group_key="",
            address_id=account.id, problems=[Problem(NOT_COMPUTED, self.env._(
                "%(account)s could not be computed: %(error)s", account=account.display_name,
                error=f"{type(error).__name__}: {error}",
            ))],
        )

    # === One account === #

    def _account_bills(self, account, lines, differences, errors, company, journal, target,
                       invoice_date, cache):
        """Bills of one account, keyed as rule "Bill" of the design says."""
        profile = account._isp_profile(company)
        bills = {}
        for line in lines:
            problem = self._line_problem(line, errors.get(line), target)
            found = differences.get(line, [])
            if not problem and not found:
                continue
            position = self.env['isp.tax.mapper']._fiscal_position(
                account, line.sale_subscription_id.partner_shipping_id, company,
                cache['positions'],
            )
            if profile.brake_periods and not problem:
                problem = self._brake(line, found, profile)
            groups = [(found, problem)]
            if profile.split_periods and not problem:
                groups = [([one], None) for one in found]
            for differences_of_group, group_problem in groups:
                bill = self._bill_for(bills, account, line, company, journal, position, profile,
                                      differences_of_group)
                if group_problem:
                    bill.problems.append(group_problem)
                    continue
                for difference in differences_of_group:
                    self._add_line(bill, line, difference, company, journal, position,
                                   invoice_date, cache)
        return list(bills.values())

    def _bill_for(self, bills, account, line, company, journal, position, profile, differences):
        subscription = line.sale_subscription_id
        group = {
            'subscription': f"S{subscription.id}",
            'address': f"A{subscription.partner_shipping_id.id}",
        }.get(profile.consolidation, "")
        if profile.split_periods and differences:
            group += f"P{differences[0].full.first}"
        bill = BillPreview(
            account_id=account.id, payer_id=account.id, company_id=company.id,
            currency_id=line.currency_id.id, fiscal_position_id=position.id,
            journal_id=journal.id, group_key=group,
            address_id=subscription.partner_shipping_id.id or account.id,
            due_days=profile.due_days,
        )
        return bills.setdefault(bill.key, bill)

    def _add_line(self, bill, line, difference, company, journal, position, invoice_date, cache):
        mapper = self.env['isp.tax.mapper']
        if difference.is_first:
            key = ('taxes', line.product_id.id, company.id, position.id)
            if key not in cache['accounts']:
                cache['accounts'][key] = mapper._taxes(line.product_id, company, position)
            taxes = cache['accounts'][key]
        else:
            taxes = self.env['account.tax'].browse(difference.charged.taxes)
        income = self._income_account(line.product_id, company, journal, position, cache)
        problem = self._posting_problem(line, taxes, income, invoice_date, difference, cache)
        if problem and problem not in bill.problems:
            bill.problems.append(problem)
        unit = Decimal(repr(line.currency_id.rounding))
        rate, due = difference.rate, difference.due
        bill.lines.append(ChargeLine(
            line_id=line.id, subscription_id=line.sale_subscription_id.id,
            plan_id=line.isp_plan_id.id, product_id=line.product_id.id,
            income_account_id=income.id, tax_ids=tuple(sorted(taxes.ids)),
            kind='one_time' if line.isp_plan_id.kind == 'one_time' else 'recurring',
            period_start=difference.full.first, period_end=difference.full.last,
            revision=difference.revision, date_from=difference.first, date_to=difference.last,
            days=due.days if due else 0, period_days=difference.full.days,
            quantity=rate.quantity, price_unit=rate.unit_price, discount=rate.discount,
            price_full=rate.price(unit), method=rate.method, amount=difference.amount,
            is_full=bool(difference.is_first and due.is_full),
        ))

    def _finish(self, bill, account, charged_before, cache, target, lines):
        """Totals, flags and what becomes of a negative net."""
        company = self.env['res.company'].browse(bill.company_id)
        account = account.with_company(company)
        if not bill.journal_id:
            bill.problems.append(Problem('no_journal', self.env._(
                "Company %(company)s has no sales journal marked for ISP billing. Tick “ISP "
                "billing” on one.", company=company.name,
            )))
        if not bill.problems:
            bill.totals = self.env['isp.tax.mapper']._totals(bill, cache['totals'])
        if not charged_before:
            bill.flags.add('first_bill')
        if (account.isp_delivery_channel or 'email') == 'email' and not account.email:
            bill.flags.add('no_email')
        bill.is_final = all(
            line.isp_date_end and line.isp_date_end <= target
            for line in lines if line.isp_plan_id.kind != 'one_time'
        )
        if bill.is_final:
            bill.flags.add('final')
        if bill.is_zero and not bill.problems:
            bill.flags.add('zero')
        if bill.net < 0:
            bill.flags.add('negative')
            profile = account._isp_profile(company)
            bill.carries_credit = profile.negative_policy == 'carry' and not bill.is_final

    # === Checks === #

    def _line_problem(self, line, error, target):
        """Why a line cannot be computed (engine.bill.Problem), or None."""
        subscription = line.sale_subscription_id.display_name
        if not line.isp_plan_id:
            return Problem('no_plan', self.env._(
                "Subscription %(subscription)s: line “%(line)s” has no plan. Choose its plan or "
                "delete the line.", subscription=subscription, line=line.name,
            ))
        if not line.isp_date_start:
            return Problem('no_start', self.env._(
                "Subscription %(subscription)s: line “%(line)s” has no first day. Enter the "
                "first day of service.", subscription=subscription, line=line.name,
            ))
        if isinstance(error, UnknownPriceError):
            return Problem('unknown_price', self.env._(
                "Subscription %(subscription)s: %(line)s would be credited for %(first)s – "
                "%(last)s, but the amount charged by the former system is not known. Make the "
                "credit by hand.", subscription=subscription, line=line.name,
                first=error.full.first, last=error.full.last,
            ))
        if error:
            return Problem('no_price', self.env._(
                "Subscription %(subscription)s: plan %(plan)s has no price in %(currency)s on "
                "%(day)s. Add a price to the plan or an own price to the line.",
                subscription=subscription, plan=line.isp_plan_id.code,
                currency=line.currency_id.name, day=error.day,
            ))
        return None

    def _brake(self, line, differences, profile):
        first_charges = [one for one in differences if one.is_first]
        if len(first_charges) <= profile.brake_periods:
            return None
        return Problem('brake', self.env._(
            "Subscription %(subscription)s: %(line)s has %(count)s periods to bill, more than "
            "the %(limit)s that the billing profile allows at once. Check its first day, or "
            "raise the limit.", subscription=line.sale_subscription_id.display_name,
            line=line.name, count=len(first_charges), limit=profile.brake_periods,
        ))

    def _posting_problem(self, line, taxes, income, invoice_date, difference, cache):
        """Why a computed charge could not be posted (engine.bill.Problem), or None."""
        plan, currency = line.isp_plan_id, line.currency_id
        if difference.is_first:
            if not line.product_id.active:
                return Problem('archived_product', self.env._(
                    "Plan %(plan)s: its product %(product)s is archived. Restore it or give the "
                    "plan another product.", plan=plan.code, product=line.product_id.display_name,
                ))
            known = line.product_id.product_tmpl_id.with_context(active_test=False).taxes_id
            if not taxes and not plan.untaxed and not known:
                return Problem('no_tax', self.env._(
                    "Plan %(plan)s: its product %(product)s has no tax. Add the taxes, or mark "
                    "the plan as untaxed on purpose.", plan=plan.code,
                    product=line.product_id.display_name,
                ))
            archived = taxes.filtered(lambda tax: not tax.active)
            if not taxes and not plan.untaxed:
                # the product has taxes, and none of them is left
                archived = known.filtered(lambda tax: not tax.active)
            if archived:
                return Problem('archived_tax', self.env._(
                    "Plan %(plan)s: tax %(tax)s is archived. Restore it or change the taxes of "
                    "product %(product)s.", plan=plan.code, tax=archived[0].name,
                    product=line.product_id.display_name,
                ))
        if not income:
            return Problem('no_account', self.env._(
                "Product %(product)s has no income account, and neither its category nor the "
                "journal has one. Set it on one of them.", product=line.product_id.display_name,
            ))
        return self._currency_problem(currency, line.company_id, invoice_date, cache)

    def _currency_problem(self, currency, company, day, cache):
        key = ('currency', currency.id, company.id, day)
        if key in cache['checks']:
            return cache['checks'][key]
        problem = None
        if not currency.active:
            problem = Problem('inactive_currency', self.env._(
                "Currency %(currency)s is not active. Activate it in the accounting settings.",
                currency=currency.name,
            ))
        elif currency != company.currency_id and not self.env['res.currency.rate'].search_count([
            ('currency_id', '=', currency.id), ('name', '<=', day),
            ('company_id', 'in', [False, company.root_id.id]),
        ], limit=1):
            problem = Problem('no_rate', self.env._(
                "Currency %(currency)s has no exchange rate on or before %(day)s. Enter one.",
                currency=currency.name, day=day,
            ))
        cache['checks'][key] = problem
        return problem

    def _income_account(self, product, company, journal, position, cache):
        """Income account of a product: its own, its category's, or the journal's default."""
        key = ('income', product.id, company.id, position.id)
        if key not in cache['accounts']:
            accounts = product.product_tmpl_id.with_company(company).get_product_accounts(position)
            income = accounts['income'] or journal.default_account_id
            cache['accounts'][key] = income
        return cache['accounts'][key]

    @api.model
    def _journal(self, company):
        """Sales journal of a company's bill runs (account.journal, may be empty)."""
        return self.env['account.journal'].search([
            *self.env['account.journal']._check_company_domain(company),
            ('type', '=', 'sale'), ('isp_billing', '=', True),
        ], limit=1)

    @api.model
    def _charged_accounts(self, accounts, company):
        """Ids of the accounts that have at least one charge in the company."""
        groups = self.env['isp.charge']._read_group(
            [('account_id', 'in', accounts.ids), ('company_id', '=', company.id)], ['account_id'],
        )
        return {account.id for (account,) in groups}
