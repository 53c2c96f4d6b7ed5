"""Bill = due - charged (rule 1 of the design).

The ledger says what was charged; the facts say what is due; the difference is the bill. Running
it twice gives nothing the second time, because the first run has moved the ledger.
"""
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from .charges import ONE_TIME, RECURRING, DuePeriod, Rate
from .days import changed_days, hull
from .money import ZERO
from .schedule import Period
from .shares import split_by_weight


@dataclass(frozen=True)
class PayerPart:
    """What one payer of a shared charge was charged for a line and full period.

    :param payer: identity of the payer, any hashable
    :param amount: sum of its rows (Decimal), without credits that left the period closed
    :param left: what can still be credited to it
    :param revision: highest revision of its rows
    """

    payer: object
    amount: Decimal
    left: Decimal
    revision: int


@dataclass(frozen=True)
class Charged:
    """What the ledger holds for one line and full period.

    :param full: the full period
    :param amount: sum of its rows (Decimal), without credits that left the period closed
    :param rate: price facts of the first charge; None when its price is unknown
    :param revision: highest revision in the ledger
    :param first: first day of the first charge
    :param last: last day of the first charge
    :param spans: days that are charged by now with their share of the price, see
        :attr:`charges.DuePeriod.spans`; None: all from ``first`` to ``last``
    :param taxes: taxes of the first charge, any hashable
    :param left: what can still be credited (Decimal); None: the amount
    :param is_opening: charged by a former system, which settles all periods before it
    :param parts: :class:`PayerPart` of each payer, when the price was shared
    :param weights: ((payer, weight), ...) by which the first charge was shared
    :param rerate: price facts that an approver put in the place of those of the first charge
    :param row: identity of the first charge, any hashable
    :param reopened: everything was credited and is billed again, by the facts of that day
    :param given: of ``amount``, credits from before the period was reopened that left it closed:
        they stay given
    :param revisions: ((payer, highest revision), ...) of a reopened period, None: the account
    """

    full: Period
    amount: Decimal
    rate: Rate | None
    revision: int
    first: date
    last: date
    taxes: object = None
    is_opening: bool = False
    left: Decimal | None = None
    parts: tuple = ()
    weights: tuple = ()
    rerate: Rate | None = None
    spans: tuple | None = None
    row: object = None
    reopened: bool = False
    given: Decimal = ZERO
    revisions: tuple = ()

    @property
    def held(self):
        """Days that are charged by now (tuple of spans)."""
        return ((self.first, self.last, Decimal(1)),) if self.spans is None else self.spans

    @property
    def rate_in_force(self):
        """Price facts by which the period is settled (Rate or None)."""
        return self.rerate or self.rate


@dataclass(frozen=True)
class Difference:
    """One charge to write: a signed amount for a line and full period.

    :param first: first day that the amount is for: of a credit, the first one given back
    :param last: last day that the amount is for
    :param days: number of these days, without those between them that it is not for
    :param due: what the facts give, None when nothing of the period is served any more
    :param charged: what the ledger holds, None for a first charge
    :param rate: price facts used
    :param amount: due less charged (Decimal, currency of the line)
    :param payer: who pays it, None: the account itself
    :param part: what this payer of a shared charge was charged before
    :param weights: by which a shared charge is split between its payers
    :param reopened: what the ledger holds of a period that is billed again like a first time
    """

    key: object
    full: Period
    first: date
    last: date
    due: DuePeriod | None
    charged: Charged | None
    rate: Rate
    amount: Decimal
    payer: object = None
    part: PayerPart | None = None
    weights: tuple = ()
    days: int = 0
    reopened: Charged | None = None

    def price_facts(self, unit):
        """Price facts that the row keeps: of usage, its amount and what was taken off it (Rate).
        """
        used = self.due and self.due.usage
        return self.rate.of_usage(used, unit) if used else self.rate

    @property
    def revision(self):
        """Revision number of the ledger row: 0 for the first row of the payer."""
        if self.reopened:
            return dict(self.reopened.revisions).get(self.payer, -1) + 1
        before = self.charged if self.payer is None else self.part
        return 0 if before is None else before.revision + 1

    @property
    def is_first(self):
        return self.revision == 0 or self.reopened is not None


class UnknownPriceError(Exception):
    """A charged period would have to be credited, but what was charged for it is not known.

    :param key: the line
    :param full: the period
    """

    def __init__(self, key, full):
        super().__init__(f"No price is known for {full.first} .. {full.last} of {key!r}")
        self.key = key
        self.full = full


class ChargedDaysError(Exception):
    """Days that would be charged were charged as a part of another period.

    The grid of the periods was moved after they were charged: neither the one nor the other
    amount can be told from the facts.

    :param key: the line
    :param full: the period as the facts give it
    :param charged: the period that the ledger holds
    """

    def __init__(self, key, full, charged):
        super().__init__(
            f"{full.first} .. {full.last} of {key!r} holds days that were charged with "
            f"{charged.first} .. {charged.last}",
        )
        self.key = key
        self.full = full
        self.charged = charged


def line_differences(facts, due_periods, ledger, rate_at, target, unit):
    """Differences of one line at a target date.

    :param LineFacts facts: the line
    :param dict due_periods: {full period: DuePeriod} of :func:`charges.chain_periods`
    :param dict ledger: {full period: Charged}
    :param rate_at: function (date) -> Rate, price in force on the first service day of a period
    :param date target: target date of the run
    :param Decimal unit: smallest amount of the currency
    :return: list of :class:`Difference` in order of date; periods not yet due are left out
    :raises UnknownPriceError: when a credit is needed for a charge without a price
    :raises ChargedDaysError: when days were charged as a part of another full period
    """
    if facts.kind == ONE_TIME:
        due_periods = _pin_one_time(due_periods, ledger)
    result = []
    # by days and not by full periods: that of a stub may begin before the opening charge's
    settled_before = max(
        (charged.first for charged in ledger.values() if charged.is_opening), default=date.min,
    )
    _check_grid(facts, due_periods, ledger, target, settled_before)
    for full in sorted(set(due_periods) | set(ledger)):
        due, charged = due_periods.get(full), ledger.get(full)
        if charged is None or charged.reopened:
            if due and due.billable_on <= target and due.first >= settled_before:
                result.append(_first_charge(facts, due, rate_at, unit, charged))
        else:
            result += _corrections(facts.key, due, charged, unit)
    return result


def _pin_one_time(due_periods, ledger):
    """A one-time charge is due once, also when its day was moved after it was charged."""
    if not ledger or len(due_periods) != 1:
        return due_periods
    (due,) = due_periods.values()
    return {min(ledger): due}


def _first_charge(facts, due, rate_at, unit, reopened=None):
    """The first charge of a period, or the first one after everything was credited.

    Of what is due then, credits that left the period closed stay given.
    """
    rate = rate_at(due.begins or max(due.full.first, facts.start))
    amount = due.amount(rate, unit)
    if reopened and reopened.amount:
        sign = -1 if rate.price(unit) < 0 else 1
        amount = sign * max(ZERO, sign * (amount - reopened.amount))
    return Difference(
        facts.key, due.full, due.first, due.last, due, None, rate, amount, days=due.days,
        reopened=reopened,
    )


def _check_grid(facts, due_periods, ledger, target, settled_before):
    """Refuse days of which a part of another full period was charged."""
    if facts.kind != RECURRING or not ledger:
        return
    known = sorted(ledger.values(), key=lambda one: one.first)
    moved = [one for one in known if one.amount and one.full not in due_periods]
    for full, due in due_periods.items():
        if due.last < settled_before:
            continue
        others = () if full in ledger else known if due.billable_on <= target else moved
        for charged in others:
            if charged.first <= due.last and due.first <= charged.last:
                raise ChargedDaysError(facts.key, full, charged.full)


def _corrections(key, due, charged, unit):
    """The rows that bring the ledger to what is due: none when it is there already.

    A shared charge has a row for each payer, whose part follows from the weights of the first
    charge, so that a credit goes back to whoever paid.
    """
    if charged.rate is None:
        if due is not None and (due.first, due.last) == (charged.first, charged.last):
            return []
        raise UnknownPriceError(key, charged.full)
    total = due.amount(charged.rate_in_force, unit) if due else ZERO
    # a price below zero is a credit by itself: what bounds its corrections is mirrored
    sign = -1 if charged.rate_in_force.price(unit) < 0 else 1
    if not charged.weights:
        left = charged.amount if charged.left is None else charged.left
        amount = sign * _within(sign * (total - charged.amount), sign * left)
        return [_row(key, due, charged, amount)] if amount else []
    rows, parts = [], {part.payer: part for part in charged.parts}
    for payer, owed in split_by_weight(total - charged.given, charged.weights, unit):
        part = parts.get(payer)
        amount = sign * _within(sign * (owed - part.amount), sign * part.left) if part else owed
        if amount:
            rows.append(_row(key, due, charged, amount, payer, part))
    return rows


def _within(amount, left):
    """A credit is at most what is left of what was charged."""
    return amount if amount >= 0 else min(ZERO, max(amount, -left))


def _row(key, due, charged, amount, payer=None, part=None):
    first, last, days = _days(due, charged)
    return Difference(
        key, charged.full, first, last, due, charged, charged.rate_in_force, amount, payer, part,
        charged.weights, days,
    )


def _days(due, charged):
    """Days that a correction is for: (first, last, number of days).

    Those that are charged otherwise than before. Where none are, as after another price, it is
    for all that is due.
    """
    if due is not None and due.usage is not None:
        return due.first, due.last, due.days
    spans = due.spans if due else ()
    return changed_days(charged.held, spans) or hull(spans) or hull(charged.held) or (
        charged.first, charged.last, (charged.last - charged.first).days + 1)


def share(difference, weights, unit):
    """Split a first charge between its payers.

    :param Difference difference: a first charge
    :param weights: [(payer, Decimal weight)]; those of 0 pay nothing
    :return: list of :class:`Difference`, one for each payer
    """
    weights = tuple(one for one in weights if one[1])
    return [
        replace(difference, payer=payer, amount=amount, weights=weights)
        for payer, amount in split_by_weight(difference.amount, weights, unit)
    ]
