import json
from collections import defaultdict
from decimal import Decimal

from odoo import api, models

from ..engine.bill import BillPreview, ChargeLine, Problem
from ..engine.difference import share
from ..engine.money import plain_text, to_decimal
from ..engine.shares import take_up_to
from ..sentences import say

#: code of the problem of an account that could not be computed at all
NOT_COMPUTED = 'not_computed'


def _served(difference):
    """Days that are charged after the row with their share of the price, as JSON.

    None where they follow from the row: all days that it is for, at the whole price.
    """
    due = difference.due
    if due and (due.usage or due.instalment):
        return None
    spans = due.spans if due else ()
    if spans == ((difference.first, difference.last, 1),):
        return None
    return [[str(first), str(last), plain_text(share)] for first, last, share in spans]


class IspBillPreview(models.AbstractModel):
    """Future documents of accounts: differences grouped, taxed and checked.

    Writes nothing: no move, no number, no ledger row.
    """

    _name = 'isp.bill.preview'
    _description = "Bill Preview"

    @api.model
    def _preview(self, accounts, company, target, invoice_date, cache=None):
        """Bills of accounts in a company at a target date.

        :param accounts: res.partner, billing accounts; those that they pay for come along, and
            those that they paid for
        :param date target: target date of the run
        :param date invoice_date: date of the future invoices
        :param dict cache: answers shared by the chunks of a run: prices, positions, totals
        :return: (list of :class:`engine.bill.BillPreview`, number of other accounts with nothing
            due, number of other accounts that were already charged)
        """
        cache, asked = {} if cache is None else cache, set(accounts.ids)
        for name in ('rates', 'positions', 'totals', 'accounts', 'checks'):
            cache.setdefault(name, {})
        engine = self.env['isp.billing.engine'].with_company(company)
        accounts = accounts._isp_with_paid(company)
        lines = engine._billed_lines(accounts, company)
        differences, errors = engine._differences(lines, target, cache['rates'])
        journal = self._journal(company)
        bills, roots = {}, {}
        by_account = defaultdict(lambda: self.env['sale.subscription.line'])
        for line in lines:
            by_account[line.isp_account_id] |= line
        for account, account_lines in by_account.items():
            roots[account.id] = (account.with_company(company).isp_payer_id or account).id
            self._share(account, account_lines, differences, company)
            self._account_bills(
                bills, account, account_lines, differences, errors, company, journal, target,
                invoice_date, cache,
            )
        # the bill of somebody else who pays, or paid, for an account is whole with that one only
        bills = [
            bill for bill in bills.values()
            if bill.account_id in asked or roots.get(bill.account_id) in asked
        ]
        charged_before = self._charged_payers(bills, company)

        def finish(bill):
            account = self.env['res.partner'].browse(bill.account_id).with_prefetch(accounts.ids)
            self._finish(bill, account, account.id in charged_before, cache, target,
                         self._service_lines(bill, by_account, account, company, cache))

        for bill in bills:
            finish(bill)
        bills = self._merge_carried(bills, finish)
        return bills, *self._count_others(bills, by_account, roots, asked, cache)

    @staticmethod
    def _count_others(bills, by_account, roots, asked, cache):
        """Accounts without a bill: (number with nothing due, number already charged)."""
        with_bill = {
            bill.account_id if bill.account_id in asked else roots[bill.account_id]
            for bill in bills
        }
        without = {
            account: root for account, root in roots.items()
            if root in asked and root not in with_bill
        }
        settled = cache['rates'].get('settled', set())
        already = {
            without[account.id] for account, lines in by_account.items()
            if account.id in without and not settled.isdisjoint(lines.ids)
        }
        return len(asked - with_bill - already), len(already)

    @api.model
    def _failure(self, account, company, error):
        """The bill of an account that could not be computed at all: an exception.

        :param Exception error: what went wrong
        """
        return self._set_aside(account, company, Problem(NOT_COMPUTED, say(self.env)._(
            "%(account)s could not be computed: %(error)s", account=account.display_name,
            error=f"{type(error).__name__}: {error}",
        )))

    @api.model
    def _set_aside(self, account, company, problem):
        """The bill of an account without any charge: an exception that says why."""
        return BillPreview(
            account_id=account.id, payer_id=account.id, company_id=company.id,
            currency_id=company.currency_id.id, fiscal_position_id=0, journal_id=0, group_key="",
            address_id=account.id, problems=[problem],
        )

    # === One account === #

    def _share(self, account, lines, differences, company):
        """Split the first charges of an account between it and the account that pays for it."""
        payer = account.with_company(company).isp_payer_id
        if not payer:
            return
        unit = {line: Decimal(repr(line.currency_id.rounding)) for line in lines}
        weights = account._isp_payer_weights(company)
        firsts = [
            (line, one) for line in lines for one in differences.get(line, ()) if not one.charged
        ]
        by_difference = {(line, one.full): weights for line, one in firsts}
        if not weights:
            most = to_decimal(account.with_company(company).isp_payer_amount)
            taken = take_up_to([one.amount for _line, one in firsts], most)
            by_difference = {
                (line, one.full): ((payer.id, part), (account.id, one.amount - part))
                for (line, one), part in zip(firsts, taken, strict=True) if one.amount
            }
        for line in lines:
            differences[line] = [
                shared for one in differences.get(line, ()) for shared in (
                    share(one, by_difference[line, one.full], unit[line])
                    if not one.charged and by_difference.get((line, one.full)) else [one]
                )
            ]

    def _account_bills(self, bills, account, lines, differences, errors, company, journal, target,
                       invoice_date, cache):
        """Add what one account is charged to the bills, keyed as the design says.

        :param dict bills: {key: engine.bill.BillPreview}; a payer's bill takes the charges of
            all accounts that it pays for
        """
        profile = account._isp_profile(company)
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
            if problem:
                payers = {one.payer or account.id for one in found} or {account.id}
                for payer in sorted(payers):
                    bill = self._bill_for(
                        bills, self.env['res.partner'].browse(payer), line, company, journal,
                        position,
                    )
                    bill.problems.append(problem)
                continue
            for one in found:
                payer = self.env['res.partner'].browse(one.payer or account.id)
                bill = self._bill_for(bills, payer, line, company, journal, position, one)
                self._add_line(bill, line, one, company, journal, position, invoice_date, cache)

    def _bill_for(self, bills, payer, line, company, journal, position, difference=None):
        """The bill of a payer that a charge belongs to; made when there is none yet."""
        subscription, profile = line.sale_subscription_id, payer._isp_profile(company)
        group = self._group_key(subscription, profile)
        if profile.split_periods and difference:
            group += f"P{difference.full.first}"
        bill = BillPreview(
            account_id=payer.id, payer_id=payer.id, company_id=company.id,
            currency_id=line.currency_id.id, fiscal_position_id=position.id,
            journal_id=journal.id, group_key=group,
            address_id=subscription.partner_shipping_id.id or line.isp_account_id.id,
            due_days=profile.due_days,
        )
        return bills.setdefault(bill.key, bill)

    def _add_line(self, bill, line, difference, company, journal, position, invoice_date, cache):
        mapper = self.env['isp.tax.mapper']
        if not difference.charged:
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
        rate, due = difference.price_facts(unit), difference.due
        bill.lines.append(ChargeLine(
            account_id=line.isp_account_id.id, line_id=line.id,
            subscription_id=line.sale_subscription_id.id,
            plan_id=line.isp_plan_id.id, product_id=line.product_id.id,
            income_account_id=income.id, tax_ids=tuple(sorted(taxes.ids)),
            kind=self.env['isp.billing.engine']._charge_kind(line.isp_plan_id),
            period_start=difference.full.first, period_end=difference.full.last,
            revision=difference.revision, date_from=difference.first, date_to=difference.last,
            days=difference.days, period_days=difference.full.days,
            quantity=rate.quantity, price_unit=rate.unit_price, discount=rate.discount,
            price_full=rate.price(unit), method=rate.method, amount=difference.amount,
            is_full=bool(difference.is_first and due.is_full and not difference.weights),
            detail=self._detail(difference, rate),
        ))

    @staticmethod
    def _detail(difference, rate):
        """What else the amount rests on, as JSON; empty for a plain charge (str).

        :param rate: price facts of the row (engine.charges.Rate)
        """
        due, detail = difference.due, {}
        if rate.reductions:
            detail['reductions'] = [[one.key, str(one.amount)] for one in rate.reductions]
        served = _served(difference)
        if served is not None:
            detail['served'] = served
        if due and due.instalment:
            detail['instalment'] = list(due.instalment)
        if due and due.usage:
            detail['usage'] = {
                'quantity': plain_text(due.usage.quantity),
                'included': plain_text(due.usage.included),
                'rows': [
                    [plain_text(row.quantity), plain_text(row.price), str(row.amount)]
                    for row in due.usage.rows
                ],
            }
            if rate.discounts:
                detail['usage']['discounts'] = [
                    [one.key, one.kind, plain_text(one.value)] for one in rate.discounts
                ]
        if difference.charged and difference.charged.rerate:
            detail['rerate'] = True
        if difference.weights:
            detail['share'] = [
                [payer, plain_text(weight)] for payer, weight in difference.weights
            ]
        return json.dumps(detail, sort_keys=True) if detail else ""

    def _finish(self, bill, account, charged_before, cache, target, lines):
        """Totals, flags and what becomes of a negative net."""
        company = self.env['res.company'].browse(bill.company_id)
        account = account.with_company(company)
        if not bill.journal_id:
            bill.problems.append(Problem('no_journal', say(self.env)._(
                "Company %(company)s has no sales journal marked for ISP billing. Tick “ISP "
                "billing” on one.", company=company.name,
            )))
        if not bill.problems:
            bill.totals = self.env['isp.tax.mapper']._totals(bill, cache['totals'])
        if not charged_before:
            bill.flags.add('first_bill')
        if (account.isp_delivery_channel or 'email') == 'email' and not self._has_address(account):
            bill.flags.add('no_email')
        running = lines.filtered(lambda line: line.isp_plan_id.kind != 'one_time')
        bill.is_final = all(
            line.isp_date_end and line.isp_date_end <= target for line in running)
        bill.is_last = bill.is_final or all(self._is_over(line, target) for line in running)
        if bill.is_final:
            bill.flags.add('final')
        if bill.is_zero and not bill.problems:
            bill.flags.add('zero')
        if bill.net < 0:
            bill.flags.add('negative')
            profile = account._isp_profile(company)
            bill.carries_credit = profile.negative_policy == 'carry' and not bill.is_last

    # === Lookups === #

    @api.model
    def _has_address(self, account):
        """Whether a bill by e-mail has an address to go to: the account's, or else the one of
        its contact for invoices, which is read for all accounts without one at once (bool)."""
        return bool(account._isp_recipient() or account.sudo().child_ids.filtered(
            lambda contact: contact.type == 'invoice').sorted('id')[:1]._isp_recipient())

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
    def _charged_payers(self, bills, company):
        """Ids of the accounts of bills that were charged before in the company."""
        ids = [bill.account_id for bill in bills]
        groups = self.env['isp.charge']._read_group(
            [('payer_id', 'in', ids), ('company_id', '=', company.id)], ['payer_id'],
        )
        return {account.id for (account,) in groups}
