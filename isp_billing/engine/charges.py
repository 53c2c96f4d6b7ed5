"""What is due: from the dated facts of a line to the slices of its periods.

The caller (``models``) gives the facts; the rules of section 3 of the design give the slices.
"""
from collections import defaultdict
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import Decimal

from .discounts import applied
from .money import ZERO, round_money
from .proration import ACTUAL, DAYS_30, NONE, full_price, slice_amount
from .schedule import ONE_DAY, Period, Timeline, month_day

ADVANCE = "advance"
ARREARS = "arrears"
RECURRING = "recurring"
ONE_TIME = "one_time"
USAGE = "usage"

HOLD_CHARGE = "charge"
HOLD_NO_CHARGE = "no_charge"
HOLD_REDUCED = "reduced"


@dataclass(frozen=True)
class Hold:
    """A suspension of service with its billing effect.

    :param first: first day held
    :param last: last day held, None while it is open
    :param effect: ``charge``, ``no_charge`` or ``reduced``
    :param percent: percent of the price charged while ``reduced``
    """

    first: date
    last: date | None
    effect: str = HOLD_NO_CHARGE
    percent: Decimal = ZERO


@dataclass(frozen=True)
class Rate:
    """Price of a full period and how it is cut: facts once they are charged (rule 2).

    :param unit_price: price of one unit for a full period, before tax
    :param quantity: units
    :param discount: percent
    :param method: proration method
    :param reductions: :class:`engine.discounts.Reduction` in force, in their order
    :param discounts: for usage, whose amount is only known by its records:
        :class:`engine.discounts.Discount` in force, in their order
    """

    unit_price: Decimal
    quantity: Decimal = Decimal(1)
    discount: Decimal = ZERO
    method: str = ACTUAL
    reductions: tuple = ()
    discounts: tuple = ()

    def price(self, unit):
        """Price of the full period after all reductions, rounded to the currency's ``unit``."""
        price = full_price(self.unit_price, self.quantity, self.discount, unit)
        return price - sum((one.amount for one in self.reductions), ZERO)

    def of_usage(self, usage, unit):
        """The price facts of a rated usage: its amount as the price of one, with its discounts.

        :param usage: :class:`engine.usage.RatedUsage`
        :rtype: Rate
        """
        whole = full_price(usage.amount, Decimal(1), self.discount, unit)
        return replace(
            self, unit_price=usage.amount, quantity=Decimal(1),
            reductions=applied(self.discounts, whole, usage.charged, unit),
        )


@dataclass(frozen=True)
class LineFacts:
    """Dated facts of a subscription line.

    :param key: identity of the line, any hashable
    :param kind: ``recurring``, ``one_time`` or ``usage``
    :param timing: ``advance`` or ``arrears``
    :param timeline: schedules in force
    :param start: first service day
    :param end: last service day, None while it runs; before ``start``: never served
    :param holds: suspensions
    :param days_ahead: days between the bill date and the first day of a period in advance
    :param instalments: number of monthly parts of a one-time charge
    :param credits_end: whether days after ``end`` of a period in advance are credited; unset,
        the period in which the service ends is due whole, or until another line of the chain
        goes on with it
    :param usage: for usage: {full period: :class:`engine.usage.RatedUsage`}
    """

    key: object
    kind: str
    timing: str
    timeline: Timeline
    start: date
    end: date | None = None
    holds: tuple = ()
    days_ahead: int = 0
    instalments: int = 1
    credits_end: bool = True
    usage: dict | None = None


@dataclass(frozen=True)
class Slice:
    """Served days of a line in one full period that share a price factor.

    :param factor: share of the price: 1, 0 while held free, or the reduced part
    :param before: served days of the chain before this slice in the full period
    """

    first: date
    last: date
    days: int
    before: int
    factor: Decimal = Decimal(1)


@dataclass
class DuePeriod:
    """A line's part of one full period: what it is due for.

    :param full: the full period
    :param slices: served slices, in order of date
    :param billable_on: first target date at which it may be charged
    :param instalment: pair (number, of how many) of a part of a one-time charge
    :param usage: :class:`engine.usage.RatedUsage` of the period
    :param begins: day whose price is in force: the first service day in the period, also when
        it is held free; for instalments the first day of the whole charge
    """

    full: Period
    slices: list = field(default_factory=list)
    billable_on: date | None = None
    instalment: tuple | None = None
    usage: object = None
    begins: date | None = None

    @property
    def days(self):
        """Days that are charged or partly charged (int)."""
        return sum(part.days for part in self.slices if part.factor)

    @property
    def first(self):
        return self.slices[0].first

    @property
    def last(self):
        return self.slices[-1].last

    @property
    def spans(self):
        """The days that are charged, with their share of the price: ((first, last, factor), ...).
        """
        return tuple((part.first, part.last, part.factor) for part in self.slices)

    @property
    def is_full(self):
        """Whether the whole period is served at the whole price."""
        return self.days == self.full.days and all(part.factor == 1 for part in self.slices)

    def amount(self, rate, unit):
        """Amount due at ``rate``, in multiples of the currency's ``unit`` (Decimal)."""
        if self.usage is not None:
            return rate.of_usage(self.usage, unit).price(unit)
        price = rate.price(unit)
        if self.instalment:
            return _instalment(price, *self.instalment, unit)
        if rate.method == NONE:
            # reduced only where no day of the period is served at a higher share
            return round_money(price * max(part.factor for part in self.slices), unit)
        total = ZERO
        for part in self.slices:
            total += slice_amount(
                price * part.factor, rate.method, part.before, part.days, self.full.days, unit
            )
        return total


def _hold_of(day, holds):
    """The hold in force on ``day``: with several, the one that charges least."""
    best = None
    for hold in holds:
        if hold.first <= day and (hold.last is None or day <= hold.last):
            factor = _factor(hold)
            if best is None or factor < best:
                best = factor
    return Decimal(1) if best is None else best


def _factor(hold):
    if hold.effect == HOLD_NO_CHARGE:
        return ZERO
    if hold.effect == HOLD_REDUCED:
        return hold.percent / 100
    return Decimal(1)


def _cut_by_holds(first, last, holds):
    """Cut ``first .. last`` where a hold starts or ends: (first, last, factor)."""
    cuts = {first}
    for hold in holds:
        if first < hold.first <= last:
            cuts.add(hold.first)
        if hold.last is not None and first <= hold.last < last:
            cuts.add(hold.last + ONE_DAY)
    starts = sorted(cuts)
    for number, begin in enumerate(starts):
        end = starts[number + 1] - ONE_DAY if number + 1 < len(starts) else last
        yield begin, end, _hold_of(begin, holds)


def _merge(spans):
    """Join neighbouring spans of the same factor."""
    merged = []
    for first, last, factor in spans:
        if merged and merged[-1][2] == factor:
            merged[-1] = (merged[-1][0], last, factor)
        else:
            merged.append((first, last, factor))
    return merged


def chain_periods(chain, horizon):
    """Due periods of the lines of a chain up to and including ``horizon``.

    :param chain: :class:`LineFacts` of a line and the lines that replace it, oldest first
    :param date horizon: last day looked at; a period that starts by then is given whole
    :return: {line key: {full period: DuePeriod}}
    """
    result = {}
    served = defaultdict(int)
    for number, facts in enumerate(chain):
        if facts.kind == ONE_TIME:
            result[facts.key] = _one_time(facts)
        elif facts.kind == USAGE:
            result[facts.key] = _usage(facts)
        else:
            goes_on = _goes_on(chain[number + 1:])
            result[facts.key] = _recurring(facts, horizon, served, goes_on)
    return result


def _goes_on(successors):
    """First day on which another line of the chain goes on with the service, or None."""
    served = [
        one.start for one in successors if one.end is None or one.end >= one.start
    ]
    return min(served, default=None)


def _one_time(facts):
    """A one-time charge is due on its day, or in monthly instalments from that day on.

    A line that was ended before its day owes nothing; instalments after the end of a line fall
    due on the final bill.
    """
    if facts.end is not None and facts.end < facts.start:
        return {}
    result = {}
    for number in range(1, facts.instalments + 1):
        day = month_day(facts.start.year, facts.start.month + number - 1, facts.start.day)
        due = DuePeriod(Period(day, day), [Slice(day, day, 1, 0)], day, begins=facts.start)
        if facts.instalments > 1:
            due.instalment = (number, facts.instalments)
            if facts.end is not None:
                due.billable_on = min(day, facts.end + ONE_DAY)
        result[due.full] = due
    return result


def _instalment(price, number, count, unit):
    """Instalment ``number`` of ``count``: cumulated and rounded, so that they add up."""
    upto = round_money(price * number / count, unit)
    return upto - round_money(price * (number - 1) / count, unit)


def _usage(facts):
    """Rated usage is due in arrears, on the first bill date after its period."""
    facts, result = replace(facts, timing=ARREARS), {}
    for full, rated in (facts.usage or {}).items():
        last = full.last if facts.end is None else max(min(full.last, facts.end), rated.first)
        due = DuePeriod(full, [Slice(rated.first, rated.last, 1, 0)], None, None, rated)
        due.billable_on = _billable_on(facts, full, rated.first, last)
        result[full] = due
    return result


def _recurring(facts, horizon, served, goes_on):
    periods = {}
    # the period that contains the horizon is looked at whole: in advance it is due whole
    last = facts.timeline.at(horizon).containing(horizon).last
    if facts.end is not None:
        last = min(facts.end, last)
    if last < facts.start:
        return periods
    if last == facts.end and not facts.credits_end and facts.timing == ADVANCE:
        whole = facts.timeline.at(last).containing(last).last
        last = whole if goes_on is None else max(last, min(whole, goes_on - ONE_DAY))
    for full, first, end in facts.timeline.spans(facts.start, last):
        due = DuePeriod(full, begins=first)
        for begin, finish, factor in _merge(_cut_by_holds(first, end, facts.holds)):
            days = (finish - begin).days + 1
            if not factor:
                continue
            due.slices.append(Slice(begin, finish, days, served[full], factor))
            served[full] += days
        if due.slices:
            due.billable_on = _billable_on(facts, full, first, end)
            periods[full] = due
    return periods


def _billable_on(facts, full, first, last):
    """First target date at which the served part ``first .. last`` may be charged."""
    if facts.timing == ADVANCE:
        return first - timedelta(days=facts.days_ahead)
    after_period = full.last + ONE_DAY
    if last == full.last:
        return after_period
    return min(after_period, facts.timeline.at(last).monthly().next_start(last))


__all__ = [
    "ACTUAL", "ADVANCE", "ARREARS", "DAYS_30", "NONE", "ONE_TIME", "RECURRING",
    "USAGE", "DuePeriod", "Hold", "LineFacts", "Rate", "Slice", "chain_periods",
]
