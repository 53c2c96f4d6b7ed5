"""A second calculator of what is due: slow, day by day, written from the rules and not the engine.

Rule 4 (periods from the anchor), rule 5 (parts of a period) and section 3 (when a period falls
due) of the design. It knows nothing of slices, segments, ledgers or corrections: it walks through
the calendar, asks for each day which service runs, which full period the day belongs to and what
the hold says, and adds up the worth of single days. Only :mod:`fractions` and :mod:`datetime` are
used. Prices, usage and shares are in :mod:`reference_money`.
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
    """One line: between two days, at one price for a full period.

    :param price: Fraction, or a function (full period, first service day in it) -> Fraction
    :param credited: whether prepaid days after the end are credited
    """

    start: date
    end: date | None
    price: object
    method: str = "actual"
    timing: str = "advance"
    ahead: int = 0
    credited: bool = True

    def price_of(self, full, begins):
        return self.price(full, begins) if callable(self.price) else self.price


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
    begins: date
    shares: dict  # {day: share of the price}, without days of none


# === Calendar === #


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


def as_calendar(grids):
    """Grids over time, ((first day, grid), ...); a single grid holds for ever."""
    return ((date.min, grids),) if isinstance(grids, Grid) else tuple(grids)


@lru_cache(maxsize=1024)
def days_of_change(calendar):
    """{day: (grid, full period)} of the days from before the first change to the last change.

    A full period that comes back after another schedule has come and gone was never left: the
    days between belong to it.
    """
    found, day, before = {}, calendar[1][0] - DAY, None
    while day <= calendar[-1][0]:
        grid = [grid for since, grid in calendar if since <= day][-1]
        found[day] = grid, full_period(grid, day)
        if before and found[before][1] != found[day][1]:
            earlier = [one for one in found if one < day and found[one][1] == found[day][1]]
            if earlier:
                for one in [one for one in found if one > earlier[0]]:
                    found[one] = found[earlier[0]]
        before, day = day, day + DAY
    return found


def place_of(calendar, day):
    """Grid in force on a day and the full period that the day belongs to."""
    if len(calendar) > 1:
        found = days_of_change(calendar).get(day)
        if found:
            return found
    grid = calendar[0][1] if len(calendar) == 1 or day < calendar[1][0] else calendar[-1][1]
    return grid, full_period(grid, day)


# === Worth of days === #


def half_up(amount, unit):
    """Round to a multiple of ``unit``, halves away from zero."""
    unit = Fraction(unit)
    steps = abs(Fraction(amount)) / unit
    whole = steps.numerator // steps.denominator
    whole += steps - whole >= Fraction(1, 2)
    return whole * unit * (1 if amount >= 0 else -1)


def months_in(period_days):
    """Whole months that come to within three days of so many days, 0 when none do."""
    for months in range(1, period_days // 28 + 1):
        if abs(period_days - Fraction(1461 * months, 48)) < 3:
            return months
    return 0


def share_of(method, days, period_days):
    """F of rule 5: in the 30-day method each month of a period counts 30, weeks their days."""
    if method == "days30" and days != period_days and months_in(period_days):
        whole = 30 * months_in(period_days)
        return Fraction(min(days, whole), whole)
    return Fraction(days, period_days)


@lru_cache(maxsize=100_000)
def worth(price, method, days, period_days, unit):
    """Worth of the first ``days`` served days of a period."""
    return half_up(price * share_of(method, days, period_days), unit)


def share_on(day, pauses):
    """Share of the price that is charged on a day: the least of the pauses in force."""
    shares = [
        pause.share for pause in pauses
        if pause.first <= day and (pause.last is None or day <= pause.last)
    ]
    return min(shares, default=Fraction(1))


def last_due_day(services, number, calendar):
    """Last day that a service owes: its end, or that of the period when nothing is credited."""
    service = services[number]
    if service.end is None or service.end < service.start or service.credited:
        return service.end
    if service.timing != "advance":
        return service.end
    whole = full_period(place_of(calendar, service.end)[0], service.end)[1]
    followers = [
        one.start - DAY for one in services[number + 1:]
        if one.end is None or one.end >= one.start
    ]
    return max(service.end, min([whole, *followers]))


def what_is_due(services, grids, pauses, until, unit):
    """What a chain of services owes, day by day.

    :param services: :class:`Service`, each replacing the one before it
    :param grids: :class:`Grid`, or a calendar of several
    :param until: every period that has begun by then is looked at whole
    :return: {(number of the service, (first, last) day of the full period): :class:`Due`}
    """
    calendar, unit = as_calendar(grids), Fraction(unit)
    horizon = place_of(calendar, until)[1][1]
    sums, spans, served, shares, by_day = {}, {}, {}, {}, {}
    for number, service in enumerate(services):
        day, end = service.start, last_due_day(services, number, calendar)
        full, last = None, date.min
        while day <= horizon and (end is None or day <= end):
            if day > last or len(calendar) > 1:
                full = place_of(calendar, day)[1]
                last, key = full[1], (number, full)
            spans[key] = (spans.get(key, (day,))[0], day)
            share = share_on(day, pauses) if pauses else 1
            if share:
                length, before = (last - full[0]).days + 1, served.get(full, 0)
                price = half_up(service.price_of(full, spans[key][0]) * share, unit)
                shares[key] = max(shares.get(key, 0), share)
                by_day.setdefault(key, {})[day] = share
                sums[key] = (
                    sums.get(key, 0) + worth(price, service.method, before + 1, length, unit)
                    - worth(price, service.method, before, length, unit)
                )
                served[full] = before + 1
            day += DAY
    return {
        key: Due(
            half_up(services[key[0]].price_of(key[1], spans[key][0]) * shares[key], unit)
            if services[key[0]].method == "none" else amount,
            billable_on(services[key[0]], calendar, key[1], *spans[key]),
            spans[key][0], by_day[key],
        )
        for key, amount in sums.items()
    }


def billable_on(service, calendar, full, first, last):
    """First day on which days ``first .. last`` of one full period may be billed."""
    if service.timing == "advance":
        return first - service.ahead * DAY
    end_of_period = full[1]
    if last == end_of_period:
        return last + DAY
    grid = place_of(calendar, last)[0]
    bill_days = starts(grid, None if grid.in_days else 1)
    return min(bill_days[bisect_right(bill_days, last)], end_of_period + DAY)


def owed(services, grids, pauses, target, unit):
    """Sum that should have been billed by a target date, per service: {number: Fraction}."""
    ahead = max((service.ahead for service in services), default=0)
    result = {}
    for (number, _full), due in what_is_due(
        services, grids, pauses, target + ahead * DAY, unit,
    ).items():
        if due.billable_on <= target:
            result[number] = result.get(number, 0) + due.amount
    return result
