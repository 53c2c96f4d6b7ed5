"""Early-termination fees: what is left of a commitment, and what leaving it costs."""
from datetime import timedelta

from .money import ZERO, round_money
from .schedule import month_day

FIXED = "fixed"
DECLINING = "declining"
SHARE = "share"
RULES = (FIXED, DECLINING, SHARE)


def term_end(start, months):
    """First day after a commitment (date).

    :param date start: first day of the commitment
    :param int months: its length
    """
    return month_day(start.year, start.month + months, start.day)


def months_left(start, months, last_day):
    """Months of a commitment that are left after a day; a month that has begun counts whole.

    :param date start: first day of the commitment
    :param int months: its length
    :param date last_day: last service day
    :return: int, from 0 to ``months``
    """
    if not months or last_day < start:
        return months
    next_day = last_day + timedelta(days=1)
    passed = (next_day.year - start.year) * 12 + next_day.month - start.month
    if month_day(start.year, start.month + passed, start.day) > next_day:
        passed -= 1
    return max(0, months - passed)


def termination_fee(rule, left, months, amount, monthly, percent, unit):
    """Fee for leaving a commitment early, 0 after its end.

    :param str rule: ``fixed``: the amount; ``declining``: amount x months left / term;
        ``share``: a percentage of the monthly price for each month left
    :param int left: months left
    :param int months: length of the commitment
    :param Decimal amount: amount of the fee, for the first two
    :param Decimal monthly: price of the service in a month, for the third
    :param Decimal percent: 0 to 100, for the third
    :param Decimal unit: smallest amount of the currency
    :rtype: Decimal
    """
    if not left or not months:
        return ZERO
    if rule == FIXED:
        return round_money(amount, unit)
    if rule == DECLINING:
        return round_money(amount * left / months, unit)
    if rule == SHARE:
        return round_money(monthly * left * percent / 100, unit)
    raise ValueError(f"Unknown rule of a termination fee: {rule!r}")
