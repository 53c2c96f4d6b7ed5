"""A second calculator of what is due: slow, day by day, written from the rules and not the engine.

Rule 4 (periods from the anchor), rule 5 (parts of a period) and section 3 (when a period falls
due) of the design. It knows nothing of slices, segments, ledgers or corrections: it walks through
the calendar, asks for each day which service runs and what the hold says, and adds up the worth of
single days. Only :mod:`fractions` and :mod:`datetime` are used.
"""
from bisect import bisect_right
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from functools import lru_cache

DAY = timedelta(days=1)
FIRST_YEAR, LAST_YEAR = 1995, 2085


@dataclass(frozen=True)
class Grid:
    """Bill days: counted from an anchor, every ``step`` months or days."""

    anchor: date
    step: int = 1
    in_days: bool = False
    bill_day: int = 0  # 0: the anchor's day


@dataclass(frozen=True)
class Service:
    """One line: between two days, at one price for a full period."""

    start: date
    end: date | None
    price: Fraction
    method: str = "actual"
    timing: str = "advance"
    ahead: int = 0


@dataclass(frozen=True)
class Pause:
    """Days on which only ``share`` (0 to 1) of the price is charged."""

    first: date
    last: date | None
    share: Fraction = Fraction(0)


@dataclass
class Due:
    """What a service owes for one full period, and from when on it may be billed."""

    amount: Fraction
    billable_on: date


def length_of_month(year, month):
    """Days of a month, by asking for the day before the first of the next one."""
    following = date(year + month // 12, month % 12 + 1, 1)
    return (following - DAY).day


@lru_cache(maxsize=4096)
def starts(grid, step=None):
    """All starts of full periods between two far years, in order."""
    step = step or grid.step
    if grid.in_days:
        first = grid.anchor - ((grid.anchor - date(FIRST_YEAR, 1, 1)).days // step) * step * DAY
        return tuple(
            first + n * step * DAY for n in range((LAST_YEAR - FIRST_YEAR) * 366 // step)
        )
    wanted, found = grid.bill_day or grid.anchor.day, []
    for year in range(FIRST_YEAR, LAST_YEAR):
        for month in range(1, 13):
            months = (year - grid.anchor.year) * 12 + month - grid.anchor.month
            if months % step == 0:
                found.append(date(year, month, min(wanted, length_of_month(year, month))))
    return tuple(found)


def full_period(grid, day):
    """First and last day of the full period that a day lies in."""
    found = starts(grid)
    place = bisect_right(found, day)
    return found[place - 1], found[place] - DAY


def half_up(amount, unit):
    """Round to a multiple of ``unit``, halves away from zero."""
    unit = Fraction(unit)
    steps = abs(Fraction(amount)) / unit
    whole = steps.numerator // steps.denominator
    whole += steps - whole >= Fraction(1, 2)
    return whole * unit * (1 if amount >= 0 else -1)


def share_of(method, days, period_days):
    """F of rule 5."""
    if method == "days30":
        return Fraction(1) if days == period_days else Fraction(min(days, 30), 30)
    return Fraction(days, period_days)


def share_on(day, pauses):
    """Share of the price that is charged on a day: the least of the pauses in force."""
    shares = [
        pause.share for pause in pauses
        if pause.first <= day and (pause.last is None or day <= pause.last)
    ]
    return min(shares, default=Fraction(1))


def what_is_due(services, grid, pauses, until, unit):
    """What a chain of services owes, day by day.

    :param services: :class:`Service`, each replacing the one before it
    :param until: every period that has begun by then is looked at whole
    :return: {(number of the service, first day of the full period): :class:`Due`}
    """
    last_day = full_period(grid, until)[1]
    sums, entered, spans, served = {}, set(), {}, {}
    for number, service in enumerate(services):
        day, last = service.start, date.min
        while day <= last_day and (service.end is None or day <= service.end):
            if day > last:
                first, last = full_period(grid, day)
                length, key = (last - first).days + 1, (number, first)
            spans[key] = (spans.get(key, (day,))[0], day)
            share = share_on(day, pauses) if pauses else 1
            if share:
                entered.add(key)
                before = served.get(first, 0)
                price = half_up(service.price * share, unit)
                sums[key] = sums.get(key, 0) + (
                    half_up(price * share_of(service.method, before + 1, length), unit)
                    - half_up(price * share_of(service.method, before, length), unit)
                )
                served[first] = before + 1
            day += DAY
    return {
        key: Due(
            half_up(services[key[0]].price, unit) if services[key[0]].method == "none"
            else sums[key],
            billable_on(services[key[0]], grid, *spans[key]),
        )
        for key in entered
    }


def billable_on(service, grid, first, last):
    """First day on which days ``first .. last`` of one full period may be billed."""
    if service.timing == "advance":
        return first - service.ahead * DAY
    end_of_period = full_period(grid, last)[1]
    if last == end_of_period:
        return last + DAY
    bill_days = starts(grid, None if grid.in_days else 1)
    return min(bill_days[bisect_right(bill_days, last)], end_of_period + DAY)


def owed(services, grid, pauses, target, unit):
    """Sum that should have been billed by a target date, per service: {number: Fraction}."""
    ahead = max((service.ahead for service in services), default=0)
    result = {}
    for (number, _first), due in what_is_due(
        services, grid, pauses, target + ahead * DAY, unit,
    ).items():
        if due.billable_on <= target:
            result[number] = result.get(number, 0) + due.amount
    return result
