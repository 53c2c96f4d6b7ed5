"""Bill = due - charged (rule 1 of the design).

The ledger says what was charged; the facts say what is due; the difference is the bill. Running
it twice gives nothing the second time, because the first run has moved the ledger.
"""
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from .charges import ONE_TIME, DuePeriod, Rate
from .money import ZERO
from .schedule import Period


@dataclass(frozen=True)
class Charged:
    """What the ledger holds for one line and full period.

    :param full: the full period
    :param amount: sum of its rows (Decimal), without credits that left the period closed
    :param rate: price facts of the first charge; None when its price is unknown
    :param revision: highest revision in the ledger
    :param first: first day of the first charge
    :param last: last day of the first charge
    :param taxes: taxes of the first charge, any hashable
    :param left: what can still be credited (Decimal); None: the amount
    :param is_opening: charged by a former system, which settles all periods before it
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


@dataclass(frozen=True)
class Difference:
    """One charge to write: a signed amount for a line and full period.

    :param due: what the facts give, None when nothing of the period is served any more
    :param charged: what the ledger holds, None for a first charge
    :param rate: price facts used
    :param amount: due less charged (Decimal, currency of the line)
    """

    key: object
    full: Period
    first: date
    last: date
    due: DuePeriod | None
    charged: Charged | None
    rate: Rate
    amount: Decimal

    @property
    def revision(self):
        """Revision number of the ledger row: 0 for a first charge."""
        return 0 if self.charged is None else self.charged.revision + 1

    @property
    def is_first(self):
        return self.charged is None


class UnknownPriceError(Exception):
    """A charged period would have to be credited, but what was charged for it is not known.

    :param key: the line
    :param full: the period
    """

    def __init__(self, key, full):
        super().__init__(f"No price is known for {full.first} .. {full.last} of {key!r}")
        self.key = key
        self.full = full


def line_differences(facts, due_periods, ledger, rate_at, target, unit):
    """Differences of one line at a target date.

    :param LineFacts facts: the line
    :param dict due_periods: {first day: DuePeriod} of :func:`charges.chain_periods`
    :param dict ledger: {first day of the full period: Charged}
    :param rate_at: function (date) -> Rate, price in force at the start of a period or, for the
        first one, on the first service day
    :param date target: target date of the run
    :param Decimal unit: smallest amount of the currency
    :return: list of :class:`Difference` in order of date; periods not yet due are left out
    :raises UnknownPriceError: when a credit is needed for a charge without a price
    """
    if facts.kind == ONE_TIME:
        due_periods = _pin_one_time(due_periods, ledger)
    result = []
    settled_before = max(
        (start for start, charged in ledger.items() if charged.is_opening), default=date.min,
    )
    for start in sorted(set(due_periods) | set(ledger)):
        due, charged = due_periods.get(start), ledger.get(start)
        if charged is None:
            if due.billable_on <= target and start >= settled_before:
                result.append(_first_charge(facts, due, rate_at, unit))
        else:
            correction = _correction(facts.key, due, charged, unit)
            if correction is not None:
                result.append(correction)
    return result


def _pin_one_time(due_periods, ledger):
    """A one-time charge is due once, also when its day was moved after it was charged."""
    if not ledger or not due_periods:
        return due_periods
    (due,) = due_periods.values()
    return {min(ledger): due}


def _first_charge(facts, due, rate_at, unit):
    rate = rate_at(max(due.full.first, facts.start))
    amount = due.amount(rate, unit)
    return Difference(facts.key, due.full, due.first, due.last, due, None, rate, amount)


def _correction(key, due, charged, unit):
    """The row that brings the ledger to what is due, None when it is there already."""
    if charged.rate is None:
        if due is not None and (due.first, due.last) == (charged.first, charged.last):
            return None
        raise UnknownPriceError(key, charged.full)
    amount = (due.amount(charged.rate, unit) if due else ZERO) - charged.amount
    left = charged.amount if charged.left is None else charged.left
    if amount < 0:
        amount = min(ZERO, max(amount, -left))
    if not amount:
        return None
    first = due.first if due else charged.first
    last = due.last if due else charged.last
    return Difference(key, charged.full, first, last, due, charged, charged.rate, amount)
