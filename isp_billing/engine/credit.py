"""How much of an invoice line can still be credited, and what that gives back in the ledger."""
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import product

from .money import ZERO, round_money


class TooMuchError(Exception):
    """More would be credited than is left.

    :param Decimal left: what is left, in the sign of the invoice line
    """

    def __init__(self, left):
        super().__init__(f"{left} is left")
        self.left = left


@dataclass
class Part:
    """A charge behind an invoice line.

    :param key: identity of the charge, any hashable
    :param amount: what was charged (Decimal, signed)
    :param left: what is left of it in the ledger, in the same sign
    """

    key: object
    amount: Decimal
    left: Decimal


@dataclass
class Room:
    """What is left to credit of an invoice line.

    Document and ledger say the same when an invoice is posted. Where older data differ, the
    document is credited by what it says and the ledger in proportion, so that whole credits
    leave both at zero.

    :param billed: amount of the line in the terms of its price (Decimal, signed)
    :param credited: what posted credit notes gave back of it, in the sign of ``billed``
    :param parts: :class:`Part` of its charges; none for a line that the ledger does not know
    :param unit: smallest amount of the currency
    """

    billed: Decimal
    credited: Decimal
    unit: Decimal
    parts: list = field(default_factory=list)

    @property
    def left(self):
        """What a credit note may still say (Decimal, in the sign of ``billed``)."""
        own = self._between(self.billed - self.credited)
        if not self.parts:
            return own
        ledger = self._scaled(self._ledger_left, self.billed, self._charged)
        return self._sign * min(self._sign * own, self._sign * self._between(ledger))

    @property
    def is_empty(self):
        return not self.left

    @property
    def is_cut(self):
        return self.left != self.billed

    @property
    def _sign(self):
        return -1 if self.billed < 0 else 1

    @property
    def _charged(self):
        return sum((part.amount for part in self.parts), ZERO)

    @property
    def _ledger_left(self):
        return sum((part.left for part in self.parts), ZERO)

    def _between(self, amount):
        """An amount in the sign of the line, at most the line."""
        return self._sign * max(ZERO, min(self._sign * amount, self._sign * self.billed))

    def _scaled(self, amount, by, of):
        if by == of or not of:
            return amount
        return round_money(amount * by / of, self.unit)

    def take(self, amount):
        """Credit an amount of the line.

        :param Decimal amount: in the sign of ``billed``
        :return: [(key of a charge, signed amount that the ledger row gives back)]
        :raises TooMuchError: when less is left
        """
        left = self.left
        if self._sign * amount > self._sign * left:
            raise TooMuchError(left)
        given = self._ledger_left if amount == left else self._scaled(
            amount, self._charged, self.billed)
        self.credited += amount
        rows = []
        for part in self.parts:
            sign = -1 if part.amount < 0 else 1
            taken = sign * max(ZERO, min(sign * given, sign * part.left))
            part.left -= taken
            given -= taken
            if taken:
                rows.append((part.key, taken))
        return rows


def spread(asked, lefts, total_of, unit):
    """Amounts of lines whose document comes to an amount with tax.

    Every line gives its part of what is left. Rounding of taxes cannot reach each amount; then it
    is the nearest one below, so that never more is given than was asked.

    :param Decimal asked: wanted total with tax, more than 0
    :param lefts: what is left of each line (Decimal, signed), in the terms of its price
    :param total_of: function (list of amounts) -> total with tax (Decimal)
    :param Decimal unit: smallest amount of the currency
    :return: amounts in the order of the lines
    :raises TooMuchError: when less is left
    """
    whole = total_of(lefts)
    if asked > whole:
        raise TooMuchError(whole)
    if asked == whole:
        return list(lefts)
    amounts = [round_money(left * asked / whole, unit) for left in lefts]
    best = [ZERO] * len(lefts)
    for _step in range(4):
        total = total_of(amounts)
        if total <= asked and total > total_of(best):
            best = list(amounts)
        if total == asked:
            return amounts
        amounts = _moved(amounts, lefts, (asked - total) * sum(lefts, ZERO) / whole, unit)
    return _by_units(best, lefts, asked, total_of, unit)


def _moved(amounts, lefts, by, unit):
    """Amounts changed by about as much on the largest line with room for it."""
    step = round_money(by, unit) or (unit if by > 0 else -unit)
    places = [
        place for place, left in enumerate(lefts) if ZERO <= amounts[place] + step <= left
    ]
    if not places:
        return amounts
    place = max(places, key=lambda one: (lefts[one], -one))
    return [amount + step if one == place else amount for one, amount in enumerate(amounts)]


def _by_units(amounts, lefts, asked, total_of, unit):
    """The nearest total below that units moved on the largest lines can reach.

    Taxes are rounded for each line, so that two lines together reach what one cannot.
    """
    best, reached = amounts, total_of(amounts)
    places = sorted(
        (place for place, left in enumerate(lefts) if left > 0), key=lambda one: -lefts[one])[:3]
    for moves in sorted(product(range(-2, 4), repeat=len(places)), key=lambda one: (
            sum(map(abs, one)), one)):
        tried = list(amounts)
        for place, steps in zip(places, moves, strict=True):
            tried[place] += unit * steps
        if any(not ZERO <= tried[place] <= lefts[place] for place in places):
            continue
        total = total_of(tried)
        if reached < total <= asked:
            best, reached = tried, total
        if total == asked:
            break
    return best
