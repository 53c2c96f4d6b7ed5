"""Value of a part of a period (rule 5 of the design).

In a full period of N days, a line and the lines it replaces form a chain. A slice of *d* served
days after *b* served days is worth ``round(P x F(b + d)) - round(P x F(b))``. The slices of a
period therefore always add up to the whole, whatever the cuts.
"""
from decimal import Decimal

from .money import ZERO, round_money

ACTUAL = "actual"
DAYS_30 = "days30"
NONE = "none"
METHODS = (ACTUAL, DAYS_30, NONE)
DAYS_IN_METHOD_30 = 30
#: days of a month on average, four years of 1461 days
MONTH = Decimal(1461) / 48


def months_of(period_days):
    """Months that a full period is as long as, by its number of days (int).

    28 to 31 days are 1, 89 to 92 are 3, 365 and 366 are 12: periods of whole months are less than
    3 days away from months of average length. 0 for lengths in between, as weeks have them.
    """
    months = round(period_days / MONTH)
    return months if abs(period_days - months * MONTH) < 3 else 0


def thirtieths(period_days):
    """Days that a full period counts as in the 30-day method (int): 30 for each of its months.

    A period that is not made of months, such as a week, counts as its own days.
    """
    return DAYS_IN_METHOD_30 * months_of(period_days) or period_days


def fraction_numerator(method, days, period_days):
    """Numerator and denominator of F(days): exact, so that P x F is rounded only once.

    :param str method: ``actual`` (days of the period), ``days30`` (30-day month) or ``none``
    :param int days: served days from the start of the chain
    :param int period_days: days of the full period, N
    :return: pair of int
    :raises ValueError: for an unknown method or more days than the period has
    """
    if not 0 <= days <= period_days:
        raise ValueError(f"{days} served days do not fit in a period of {period_days} days")
    if method == NONE:
        return (1, 1) if days else (0, 1)
    if method == DAYS_30:
        if days == period_days:
            return 1, 1
        counted = thirtieths(period_days)
        return min(days, counted), counted
    if method == ACTUAL:
        return days, period_days
    raise ValueError(f"Unknown proration method: {method!r}")


def value_of_days(price, method, days, period_days, unit):
    """``round(P x F(days))``: value of the first ``days`` served days of a period."""
    numerator, denominator = fraction_numerator(method, days, period_days)
    return round_money(price * numerator / denominator, unit)


def slice_amount(price, method, before, days, period_days, unit):
    """Value of a slice of ``days`` served days after ``before`` served days.

    :param Decimal price: price of the full period, P, before tax
    :param str method: proration method
    :param int before: served days of the chain before the slice, b
    :param int days: served days of the slice, d
    :param int period_days: days of the full period, N
    :param Decimal unit: smallest amount of the currency
    :rtype: Decimal
    """
    if not days:
        return ZERO
    price = round_money(price, unit)
    upto = value_of_days(price, method, before + days, period_days, unit)
    return upto - value_of_days(price, method, before, period_days, unit)


def full_price(unit_price, quantity, discount, unit):
    """Price of a full period: quantity x unit price less a discount in percent.

    :param Decimal unit_price: price of one unit for a full period
    :param Decimal quantity: number of units
    :param Decimal discount: percent, 0 to 100
    :param Decimal unit: smallest amount of the currency
    """
    return round_money(unit_price * quantity * (Decimal(100) - discount) / 100, unit)
