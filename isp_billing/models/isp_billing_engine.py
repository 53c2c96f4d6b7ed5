from collections import defaultdict
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

from odoo import api, models

from ..engine.charges import LineFacts, Rate, chain_periods
from ..engine.difference import ChargedDaysError, UnknownPriceError, line_differences
from ..engine.discounts import in_force, reductions
from ..engine.money import to_decimal
from ..engine.proration import full_price
from ..engine.schedule import Schedule, Timeline, first_bill_day, month_day

#: kinds of plans whose charges are not recurring
OWN_KINDS = {'one_time': 'one_time', 'usage': 'usage'}


class MissingPriceError(Exception):
    """A line has no price for a period in the currency of its subscription.

    :param date day: start of the period
    """

    def __init__(self, day):
        super().__init__(f"No price on {day}")
        self.day = day


class IspBillingEngine(models.AbstractModel):
    """From records to the pure engine and back: what is due, less what was charged.

    Preview, bill run, forecast and credit all come through :meth:`_differences`.
    """

    _name = 'isp.billing.engine'
    _description = "Billing Engine"

    # === Facts === #

    @api.model
    def _billed_lines(self, accounts, company):
        """Subscription lines of accounts that are billed by bill runs in a company."""
        return self.env['sale.subscription.line'].search([
            ('isp_account_id', 'in', accounts.ids), ('company_id', '=', company.id),
            ('sale_subscription_id.isp_billed', '=', True),
            ('sale_subscription_id.stage_id.type', '!=', 'draft'),
        ], order='isp_account_id, sale_subscription_id, isp_date_start, id')

    @api.model
    def _charge_kind(self, plan):
        """Kind of the charges of a plan, see ``const.CHARGE_KINDS`` (str)."""
        return OWN_KINDS.get(plan.kind, 'recurring')

    @api.model
    def _line_facts(self, line, profile, root_start, changes=None):
        """Dated facts of a line for the pure engine (engine.charges.LineFacts).

        :param changes: isp.bill.day.change of the chain up to the line
        """
        subscription, kind = line.sale_subscription_id, self._charge_kind(line.isp_plan_id)
        return LineFacts(
            key=line.id, kind=kind, timing=line.isp_plan_id.timing,
            timeline=self._timeline(line, root_start, changes),
            start=line.isp_date_start,
            end=line.isp_date_end or None,
            holds=subscription.isp_hold_ids._isp_facts() if kind == 'recurring' else (),
            days_ahead=profile.days_ahead,
            instalments=max(1, line.isp_instalments),
            credits_end=line.isp_credit_unused,
        )

    @api.model
    def _timeline(self, line, root_start, changes=None):
        """Schedules of a line over time: one, and one more for each change of the bill day."""
        subscription, plan = line.sale_subscription_id, line.isp_plan_id
        if not changes:
            return Timeline.of(self._schedule(subscription, plan, root_start))
        changes = changes.sorted(lambda change: (change.date_from, change.id))
        first = self._schedule(subscription, plan, root_start, changes[0].previous_day)
        segments = {date.min: first}
        for change in changes:
            # of two changes from the same day, the later one counts
            segments[change.date_from] = self._schedule_from(change, plan, root_start, first)
        return Timeline(tuple(segments.items()))

    def _schedule_from(self, change, plan, root_start, first):
        """Grid of full periods from a change of the bill day on (engine.schedule.Schedule).

        Counted as that of a line which starts on the day of the change, so that a line which
        starts later, such as one with another interval, counts from its own first bill day.
        """
        if plan.unit in ('day', 'week'):
            return first
        since = max(change.date_from, root_start)
        anchor = (
            month_day(since.year, 1, change.bill_day) if plan.calendar_periods
            else first_bill_day(since, change.bill_day)
        )
        return Schedule(anchor, plan.interval, plan.unit, change.bill_day)

    @api.model
    def _schedule(self, subscription, plan, root_start, bill_day=None):
        """Grid of full periods of a line (engine.schedule.Schedule).

        Periods of several months start on the first bill day on or after the start of the chain
        (section 3 of the design), are counted from the subscription's own anchor, or are the
        quarters and years of the calendar.
        """
        own_anchor = subscription.isp_anchor_date or subscription.date_start or root_start
        if plan.unit in ('day', 'week'):
            return Schedule(own_anchor, plan.interval, plan.unit)
        bill_day = bill_day or subscription.isp_bill_day or own_anchor.day
        if subscription.isp_alignment == 'own':
            anchor = month_day(own_anchor.year, own_anchor.month, bill_day)
        elif plan.calendar_periods:
            anchor = month_day(root_start.year, 1, bill_day)
        else:
            anchor = first_bill_day(root_start, bill_day)
        return Schedule(anchor, plan.interval, plan.unit, bill_day)

    @api.model
    def _chain_facts(self, chain, profile, usage=None):
        """Dated facts of a whole chain, oldest first (list of engine.charges.LineFacts).

        :param dict usage: see ``_usage_days``, for many chains at once
        :raises MissingPriceError: when usage cannot be rated
        """
        usage = self._usage_days(chain) if usage is None else usage
        starts, changes = self._root_starts(chain), chain.isp_bill_day_change_ids
        facts = []
        for line in chain:
            one = self._line_facts(line, profile, starts[line], changes)
            if one.kind == 'usage':
                one = replace(one, usage=self._rated_usage(line, one, usage[line.id], chain))
            facts.append(one)
        return facts

    @api.model
    def _chains(self, lines):
        """Lines in chains of replacement, oldest first: list of recordsets."""
        chains = defaultdict(lambda: self.env['sale.subscription.line'])
        known = set(lines.ids)
        for line in lines.sorted(lambda x: (x.isp_date_start or date.min, x.id)):
            root = line
            while root.isp_replaced_line_id.id in known:
                root = root.isp_replaced_line_id
            chains[root] |= line
        # what a chain reads is read for all of them at once
        return [chain.with_prefetch(lines.ids) for chain in chains.values()]

    @api.model
    def _root_starts(self, chain):
        """Start from which the periods of each line of a chain count: {line: date}.

        A successor keeps the grid of the line it replaces while the interval is the same.
        """
        starts = {}
        for line in chain:
            previous = line.isp_replaced_line_id
            same_grid = previous in starts and (
                (previous.isp_plan_id.interval, previous.isp_plan_id.unit)
                == (line.isp_plan_id.interval, line.isp_plan_id.unit)
            )
            starts[line] = starts[previous] if same_grid else line.isp_date_start
        return starts

    # === Rates === #

    @api.model
    def _rate(self, line, profile, day, cache, discounts=(), facts=None, chain_start=None):
        """Price facts in force on a day (engine.charges.Rate).

        :param discounts: engine.discounts.Discount of the chain, in their order
        :param facts: engine.charges.LineFacts of the line, for discounts of n periods
        :param date chain_start: first service day of the chain
        :raises MissingPriceError: when neither line, pricelist nor plan has a price
        """
        method = line.isp_plan_id.proration_method or profile.proration_method
        if facts and facts.kind == 'usage':
            # the records give the price; what the line takes off is taken off their amount
            return Rate(
                Decimal(0), discount=to_decimal(line.discount), method='none',
                discounts=in_force(discounts, day, facts.timeline, chain_start),
            )
        if line.isp_price_source == 'own':
            price = line.price_unit
        else:
            subscription = line.sale_subscription_id
            key = (line.isp_plan_id.id, subscription.pricelist_id.id, line.company_id.id, day,
                   line.product_uom_qty)
            if key not in cache:
                cache[key] = line._isp_product_price(day, line.isp_plan_id)
            if cache[key] is None:
                raise MissingPriceError(day)
            price = self._price_with_taxes(line, cache[key], cache)
        rate = Rate(
            to_decimal(price), to_decimal(line.product_uom_qty), to_decimal(line.discount), method,
        )
        if not discounts:
            return rate
        unit = Decimal(repr(line.currency_id.rounding))
        whole = full_price(rate.unit_price, rate.quantity, rate.discount, unit)
        return replace(rate, reductions=reductions(
            discounts, day, whole, rate.quantity, unit, facts.timeline, chain_start,
        ))

    @staticmethod
    def _price_with_taxes(line, price, cache):
        """A list price in the terms of the taxes of the service address (float)."""
        key = ('includes_tax', line.isp_plan_id.product_id.id, line.company_id.id)
        if key not in cache:
            cache[key] = line.env['isp.tax.mapper']._includes_tax(
                line.isp_plan_id.product_id, line.company_id)
        if not cache[key]:
            return price
        return line._isp_with_own_taxes(price, cache=cache.setdefault('positions', {}))

    # === Differences === #

    @api.model
    def _differences(self, lines, target, cache=None):
        """What to charge for lines at a target date.

        :param lines: sale.subscription.line, all of whole accounts
        :param date target: target date of the run
        :return: ({line: [engine.difference.Difference]}, {line: Exception}); a line that cannot
            be computed is in the second mapping
        """
        cache = {} if cache is None else cache
        billable = lines.filtered(lambda line: line.isp_plan_id and line.isp_date_start)
        ledger = self._ledger(billable)
        usage = self._usage_days(billable)
        differences, errors = {}, {}
        for chain in self._chains(billable):
            first = next(iter(chain))  # unlike chain[0], it is read together with the others
            profile = first.isp_account_id._isp_profile(first.company_id)
            try:
                facts = self._chain_facts(chain, profile, usage)
            except MissingPriceError as error:
                errors.update(dict.fromkeys(chain, error))
                continue
            self._chain_differences(
                chain, facts, profile, target, ledger, cache, differences, errors,
            )
        return differences, errors

    def _chain_differences(self, chain, facts, profile, target, ledger, cache, differences,
                           errors):
        horizon = target + timedelta(days=profile.days_ahead)
        for line in chain:
            for full in ledger[line.id]:
                horizon = max(horizon, full.last)
        periods = chain_periods(facts, horizon)
        settled = cache.setdefault('settled', set())
        discounts = self.env['isp.line.discount']
        for line, line_facts in zip(chain, facts, strict=True):
            if self._is_charged(periods[line.id], ledger[line.id], target):
                settled.add(line.id)
            discounts |= line.isp_discount_ids
            unit = Decimal(repr(line.currency_id.rounding))
            given = discounts._isp_facts(line)

            def rate_at(day, line=line, line_facts=line_facts, given=given):
                return self._rate(line, profile, day, cache, given, line_facts, facts[0].start)

            try:
                charged = self._rerated(line, ledger[line.id], given, unit, cache)
                differences[line] = line_differences(
                    line_facts, periods[line.id], charged, rate_at, target, unit,
                )
            except (MissingPriceError, UnknownPriceError, ChargedDaysError) as error:
                errors[line] = error

    @staticmethod
    def _is_charged(periods, ledger, target):
        """Whether the last period that falls due by ``target`` is in the ledger."""
        due = [start for start, period in periods.items() if period.billable_on <= target]
        last = ledger.get(max(due)) if due else None
        return last is not None and not last.reopened

    @api.model
    def _next_bill_dates(self, lines):
        """First target dates on which the next periods of lines may be charged.

        :return: {line: date}, without lines that have nothing more to charge
        """
        billable = lines.filtered(lambda line: line.isp_plan_id and line.isp_date_start)
        ledger, usage = self._ledger(billable), self._usage_days(billable)
        result = {}
        for chain in self._chains(billable):
            first = next(iter(chain))
            profile = first.isp_account_id._isp_profile(first.company_id)
            try:
                chain_facts = self._chain_facts(chain, profile, usage)
            except MissingPriceError:
                continue
            for line, facts in zip(chain, chain_facts, strict=True):
                charged = ledger[line.id]
                after = max((full.last for full in charged), default=facts.start)
                horizon = facts.timeline.at(after).next_start(after)
                due = chain_periods([facts], horizon)[line.id]
                dates = [
                    period.billable_on for full, period in due.items()
                    if (full not in charged or charged[full].reopened)
                    and (not charged or full > min(charged) or charged[min(charged)].reopened)
                ]
                if dates:
                    result[line] = min(dates)
        return result

    def _chain_of(self, line):
        """The line and the lines that it replaces, oldest first."""
        chain = line
        while chain[0].isp_replaced_line_id:
            chain = chain[0].isp_replaced_line_id | chain
        return chain

    @api.model
    def _facts_of(self, line):
        """Dated facts of one line (engine.charges.LineFacts)."""
        profile = line.isp_account_id._isp_profile(line.company_id)
        return self._chain_facts(self._chain_of(line), profile)[-1]
