"""Discounts and promotional prices between dates or for a number of periods.

A discount is in force for a period when it is in force on the period's first service day, like
a price. A discount of n periods counts full periods of the schedule; a stub takes it pro rata
and does not count (section 3 of the design), so n periods are turned into a last day first.
"""
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from .money import ZERO, round_money

PERCENT = "percent"
AMOUNT = "amount"
PRICE = "price"
KINDS = (PERCENT, AMOUNT, PRICE)
FAR_AWAY = date(9000, 1, 1)


@dataclass(frozen=True)
class Discount:
    """What is taken off the price of a full period.

    :param key: identity of the discount, any hashable
    :param kind: ``percent``, ``amount`` (of the line, per full period) or ``price`` (promotional
        price of one unit in place of the list price, when it is lower)
    :param value: percent or amount, 0 or more
    :param first: first day in force
    :param last: last day in force, None: open
    :param periods: number of full periods, None: by dates alone
    """

    key: object
    kind: str
    value: Decimal
    first: date
    last: date | None = None
    periods: int | None = None

    def __post_init__(self):
        if self.kind not in KINDS:
            raise ValueError(f"Unknown kind of discount: {self.kind!r}")
        if self.periods is not None and self.periods < 1:
            raise ValueError(f"A discount runs for 1 period or more, not {self.periods}")
        if self.value < 0:
            raise ValueError(f"A discount cannot be negative: {self.value}")


@dataclass(frozen=True)
class Reduction:
    """What a discount takes off a full period: an amount, kept with the charge.

    :param key: the discount
    :param amount: positive Decimal, in the currency
    """

    key: object
    amount: Decimal


def last_day(discount, timeline, start):
    """Last day on which a discount is in force for the periods that begin by then.

    :param Timeline timeline: schedules of the line
    :param date start: first service day of the chain of lines
    :rtype: date
    """
    last = discount.last or FAR_AWAY
    if discount.periods is None or last < max(discount.first, start):
        return last
    counted = 0
    for full, first, end in timeline.spans(max(discount.first, start), last):
        counted += (first, end) == (full.first, full.last)
        if counted == discount.periods:
            return end
    return last


def reductions(discounts, day, price, quantity, unit, timeline, start):
    """Reductions in force for a period that begins on ``day``.

    :param discounts: :class:`Discount` in the order in which they apply, each to what is left
    :param Decimal price: price of the full period before them
    :param Decimal quantity: units of the line, for promotional prices
    :param Decimal unit: smallest amount of the currency
    :return: tuple of :class:`Reduction`, those of 0.00 left out; together never above the price;
        none of a price below zero, which is a credit already
    """
    return applied(in_force(discounts, day, timeline, start), price, quantity, unit)


def in_force(discounts, day, timeline, start):
    """Discounts in force for a period that begins on ``day``, in their order (tuple)."""
    return tuple(
        one for one in discounts if one.first <= day <= last_day(one, timeline, start)
    )


def applied(discounts, price, quantity, unit):
    """Reductions that discounts in force make of a price, see :func:`reductions`."""
    left, found = max(ZERO, price), []
    for discount in discounts:
        amount = min(left, max(ZERO, _worth(discount, left, quantity, unit)))
        if amount:
            found.append(Reduction(discount.key, amount))
            left -= amount
    return tuple(found)


def again(discounts, given, price, quantity, unit):
    """The reductions of a period at another price: of the same discounts, whatever their dates.

    :param discounts: :class:`Discount` in their order
    :param given: :class:`Reduction` of the period as it was charged; one whose discount is not
        among ``discounts`` keeps its amount
    :param Decimal price: other price of the full period before them
    :return: tuple of :class:`Reduction`, together never above the price
    """
    known = {discount.key: discount for discount in discounts}
    left, found = max(ZERO, price), []
    for reduction in given:
        discount = known.get(reduction.key)
        worth = _worth(discount, left, quantity, unit) if discount else reduction.amount
        amount = min(left, max(ZERO, worth))
        if amount:
            found.append(Reduction(reduction.key, amount))
            left -= amount
    return tuple(found)


def _worth(discount, left, quantity, unit):
    if discount.kind == PERCENT:
        return round_money(left * discount.value / 100, unit)
    if discount.kind == AMOUNT:
        return round_money(discount.value, unit)
    return left - round_money(discount.value * quantity, unit)
