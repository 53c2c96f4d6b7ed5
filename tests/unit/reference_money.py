"""The other half of the second calculator: prices with discounts, usage, instalments, payers.

Written from section 3 of the design, with :mod:`fractions` only, and without the engine.
"""
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from .reference import DAY, as_calendar, half_up, place_of


@dataclass(frozen=True)
class Promo:
    """A discount: ``percent``, ``amount`` or promotional ``price`` of a unit."""

    kind: str
    value: Fraction
    first: date
    last: date | None = None
    periods: int | None = None


def whole_periods(grids, first, until):
    """Number of full periods that begin on or after ``first`` and are over before ``until``."""
    calendar, day, entered, count = as_calendar(grids), first, None, 0
    while day < until:
        full = place_of(calendar, day)[1]
        if day == full[0]:
            entered = full
        if day == full[1] and entered == full:
            count += 1
        day += DAY
    return count


def is_in_force(promo, grids, chain_start, day):
    """Whether a discount reduces the price of a period whose first service day is ``day``."""
    if day < promo.first or (promo.last is not None and day > promo.last):
        return False
    if promo.periods is None:
        return True
    return whole_periods(grids, max(promo.first, chain_start), day) < promo.periods


def price(unit_price, quantity, percent, promos, grids, chain_start, day, unit):
    """Price of a full period that is entered on ``day``, after all discounts in their order."""
    left = half_up(unit_price * quantity * (100 - percent) / 100, unit)
    for promo in promos:
        if not is_in_force(promo, grids, chain_start, day):
            continue
        if promo.kind == "percent":
            left -= min(left, half_up(left * promo.value / 100, unit))
        elif promo.kind == "amount":
            left -= min(left, half_up(promo.value, unit))
        else:
            left = min(left, half_up(promo.value * quantity, unit))
    return left


def instalments(amount, count, unit):
    """Parts of a one-time charge: after k of them, k / count of it is charged."""
    reached = [half_up(Fraction(amount) * k / count, unit) for k in range(count + 1)]
    return [after - before for before, after in zip(reached, reached[1:], strict=False)]


def parts(amount, weights, unit):
    """What each payer bears: after the first n of them, their weights of the amount are borne."""
    total, result, borne = sum(weight for _payer, weight in weights), {}, Fraction(0)
    weight_so_far = Fraction(0)
    for payer, weight in weights:
        weight_so_far += Fraction(weight)
        upto = half_up(Fraction(amount) * weight_so_far / Fraction(total), unit)
        result[payer] = result.get(payer, 0) + upto - borne
        borne = upto
    return result


def usage(units, included, tiers, mode, unit, size=Fraction(1)):
    """Price of ``units`` pieces of the same ``size``, looked at one by one.

    :param int included: pieces that cost nothing
    :param tiers: [(pieces above which the price holds, price of a whole unit)]
    """
    chargeable = max(0, units - included)
    if not chargeable:
        return Fraction(0)
    pieces = {}
    for number in range(1, chargeable + 1):
        reached = chargeable if mode == "volume" else number
        tier = max(index for index, (above, _price) in enumerate(tiers) if above < reached)
        pieces[tier] = pieces.get(tier, 0) + 1
    return sum(
        half_up(count * size * tiers[tier][1], unit) for tier, count in pieces.items()
    )
