"""What a former system charged: the period that its amount was for, and the price behind it."""
from datetime import timedelta

from .money import round_money
from .proration import fraction_numerator, slice_amount
from .schedule import ONE_DAY, Period, month_day


def opening(schedule, start, first, last, amount, method, unit, usual=None):
    """The last charge of a former system, as one of a full period of a schedule.

    Its own period is as long as those of the schedule and ends on the last billed day; a service
    that began later was charged from its first day on. What of it lies in earlier full periods is
    settled: the charge is worth its days in the full period that holds the last one. A former
    system with the periods of the schedule may have charged a part of one: then the price that
    follows from these days is nearer to the usual one.

    :param Schedule schedule: of the line on the last billed day
    :param date start: first service day of the line
    :param date first: first service day in the full period that holds ``last``
    :param date last: last billed day
    :param Decimal amount: what was charged for the former system's own period
    :param str method: proration method
    :param Decimal unit: smallest amount of the currency
    :param Decimal usual: price of a full period of the line, None when it has none
    :return: (price of a full period, amount of the charge, own period): the price is the one by
        which the next run finds the same amount due for the days that were charged
    """
    full = schedule.containing(last)
    whole = Period(former_start(schedule, last), last)
    days = (last - first).days + 1
    numerator, denominator = fraction_numerator(method, days, full.days)
    inside = amount * denominator / numerator
    own = Period(min(first, max(start, whole.first)), last)
    numerator, denominator = fraction_numerator(method, own.days, max(own.days, whole.days))
    price = round_money(amount * denominator / numerator, unit)
    if last == full.last or own.first == first or (
            usual is not None and abs(inside - usual) < abs(price - usual)):
        return inside, amount, Period(first, last)
    return price, slice_amount(price, method, 0, days, full.days, unit), own


def former_start(schedule, last):
    """First day of a period as long as those of a schedule that ends on a day (date)."""
    following = last + ONE_DAY
    if schedule.months:
        return month_day(following.year, following.month - schedule.months, following.day)
    return following - timedelta(days=schedule.period(0).days)
