"""Rating of usage: quantities of a period by tiers of price."""
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from .money import ZERO, round_money

GRADUATED = "graduated"
VOLUME = "volume"
MODES = (GRADUATED, VOLUME)
#: parts of an included quantity are rounded to this
SMALLEST = Decimal('0.001')


@dataclass(frozen=True)
class Tier:
    """A price per unit from a quantity on.

    :param above: quantity above which the tier begins; 0 for the first one
    :param price: price of one unit, before tax; may be finer than the currency's unit
    """

    above: Decimal
    price: Decimal


@dataclass(frozen=True)
class UsageRow:
    """Part of a quantity that falls into one tier.

    :param quantity: units in the tier
    :param price: price of one unit
    :param amount: rounded amount
    """

    quantity: Decimal
    price: Decimal
    amount: Decimal


@dataclass(frozen=True)
class RatedUsage:
    """The usage of a period and what it costs.

    :param first: first day with usage
    :param last: last day with usage
    :param quantity: units in all
    :param included: units that cost nothing
    :param rows: :class:`UsageRow` by tier
    """

    first: date
    last: date
    quantity: Decimal
    included: Decimal
    rows: tuple

    @property
    def amount(self):
        """Amount due (Decimal)."""
        return sum((row.amount for row in self.rows), ZERO)

    @property
    def charged(self):
        """Units above what is included (Decimal)."""
        return sum((row.quantity for row in self.rows), ZERO)


def included_by_days(included, full, first, last):
    """What is included in the price of the days ``first .. last`` of a full period (Decimal).

    Cumulated from the first day of the full period and rounded to :data:`SMALLEST`, so that the
    parts of lines that follow one another add up to the whole.

    :param Decimal included: units of the full period
    :param Period full: the full period
    """
    def upto(days):
        return round_money(included * days / full.days, SMALLEST)

    if (first, last) == (full.first, full.last):
        return included
    before = (first - full.first).days
    return upto(before + (last - first).days + 1) - upto(before)


def rate(quantity, included, tiers, mode, unit):
    """Rows of a quantity by tier.

    :param Decimal quantity: units used in the period
    :param Decimal included: units in the price of the plan, not charged
    :param tiers: :class:`Tier` in order of quantity, counted from the end of the included units
    :param str mode: ``graduated`` (each tier's units at its price) or ``volume`` (all units at
        the price of the tier that the whole quantity reaches)
    :param Decimal unit: smallest amount of the currency
    :return: tuple of :class:`UsageRow`; empty when nothing is above what is included
    :raises ValueError: for an unknown mode, or when tiers do not begin at 0 or are out of order
    """
    if mode not in MODES:
        raise ValueError(f"Unknown mode of tiers: {mode!r}")
    starts = [tier.above for tier in tiers]
    if not starts or starts[0] != 0 or starts != sorted(set(starts)):
        raise ValueError("Tiers begin at 0 and rise")
    charged = quantity - included
    if charged <= 0:
        return ()
    if mode == VOLUME:
        tier = [tier for tier in tiers if tier.above < charged][-1]
        return (UsageRow(charged, tier.price, round_money(charged * tier.price, unit)),)
    rows = []
    for tier, upto in zip(tiers, [*starts[1:], None], strict=True):
        part = (charged if upto is None else min(charged, upto)) - tier.above
        if part > 0:
            rows.append(UsageRow(part, tier.price, round_money(part * tier.price, unit)))
    return tuple(rows)
