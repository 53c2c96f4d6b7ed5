"""What an explanation is made of: the facts of one charge as plain data.

A preview (``engine.bill.ChargeLine``), a row of the ledger and a line of a bill in a run all give
the same facts, so that they are explained in the same words.
"""
from dataclasses import dataclass, fields
from datetime import date
from decimal import Decimal

from .formats import is_french, to_date
from .money import ZERO, to_decimal
from .proration import ACTUAL

RECURRING = 'recurring'
ONE_TIME = 'one_time'
USAGE = 'usage'


@dataclass(frozen=True)
class Facts:
    """Facts of one charge. What the ledger does not know stays at its default.

    :param label: name of the service, in the language of the reader
    :param key: identity of the service over plan changes, any hashable; for comparisons
    :param kind: ``recurring``, ``one_time``, ``usage`` or ``other`` (a line typed by hand)
    :param timing: ``advance``, ``arrears`` or '' when it is not known
    :param method: proration method, see :mod:`engine.proration`
    :param period_start: first day of the full period, ``period_end`` its last
    :param date_from: first day charged, ``date_to`` the last
    :param days: days charged, also at a reduced price, without days held free
    :param period_days: days of the full period
    :param price_unit: price of one unit for a full period, before tax
    :param discount: percent off quantity × unit price
    :param price_full: price of the full period after discount and reductions
    :param amount: what is charged or credited, signed, before tax
    :param unit: smallest amount of the currency (Decimal)
    :param currency: ISO 4217 code, ``decimals`` its number of decimals
    :param revision: 0 for a first charge, more for a correction
    :param before: sum charged before this correction (Decimal), None for first charges
    :param days_before: days charged before this correction
    :param changed: (first, last) of the days that this correction gives back or adds, or None
    :param origin: ``run``, ``opening`` or ``reversal``
    :param reopens: whether a reversed period is billed again
    :param price_known: False for opening charges without an amount
    :param reductions: named discounts of a full period, in their order: dicts of ``label`` (text,
        or {'en', 'fr'}), ``amount`` (positive, taken off the full period), and of those for some
        periods ``number`` (this one) and ``count`` (of so many)
    :param instalment: {'number', 'count', 'total'} or None
    :param usage: {'unit': key of formats.UNITS or explain.USAGE_UNITS, 'tiers': [{'quantity',
        'price', 'amount'}]} or None
    :param share: {'of': whole amount, 'percent': of it or None} when several pay, or None;
        ``before`` of a correction is then what all of them were charged
    :param holds: dicts of ``first``, ``last`` (None: open), ``effect``, ``percent``, ``reason``
    :param replaces: name of the plan that this service replaced within the period, or ''
    :param service_start: first day of service, ``service_end`` its last, None when not known
    :param new_bill_day: first day of the periods of a new bill day, of the part up to it, or None
    :param billed_before: whether an earlier period of the service was charged
    :param opening: (first day, last day, amount) of a former system's own period, where the charge
        is a part of it, or None
    """

    label: str = ''
    key: object = None
    kind: str = RECURRING
    timing: str = ''
    method: str = ACTUAL
    period_start: date | None = None
    period_end: date | None = None
    date_from: date | None = None
    date_to: date | None = None
    days: int = 0
    period_days: int = 0
    quantity: Decimal = Decimal(1)
    price_unit: Decimal = ZERO
    discount: Decimal = ZERO
    price_full: Decimal = ZERO
    amount: Decimal = ZERO
    unit: Decimal = Decimal('0.01')
    currency: str = 'CAD'
    decimals: int | None = None
    revision: int = 0
    before: Decimal | None = None
    days_before: int | None = None
    changed: tuple | None = None
    origin: str = 'run'
    reopens: bool = True
    price_known: bool = True
    reductions: tuple = ()
    instalment: dict | None = None
    usage: dict | None = None
    share: dict | None = None
    holds: tuple = ()
    replaces: str = ''
    service_start: date | None = None
    service_end: date | None = None
    new_bill_day: date | None = None
    billed_before: bool = False
    opening: tuple | None = None

    @classmethod
    def of(cls, values, **more):
        """Facts from a mapping: dates may be ISO text, amounts any number, other keys are left.

        :param dict values: such as ``dataclasses.asdict`` of a ChargeLine, or decoded JSON
        :param more: facts that the mapping does not have
        """
        values = {**values, **more}
        found = {}
        for field in fields(cls):
            if field.name in values:
                found[field.name] = _plain(field.name, values[field.name])
        return cls(**found)

    @property
    def whole(self):
        """The amount of all payers together (Decimal)."""
        return to_decimal(self.share['of']) if self.share else self.amount

    @property
    def reduced(self):
        """Sum of the named reductions of a full period (Decimal)."""
        return sum((to_decimal(row['amount']) for row in self.reductions), ZERO)

    @property
    def is_correction(self):
        return self.before is not None

    @property
    def span(self):
        """First and last day that are named: of a correction, the days that it is for."""
        if self.changed:
            return self.changed
        if self.is_correction and self.kind == RECURRING:
            return self.period_start, self.period_end
        return self.date_from, self.date_to

    def text(self, words, lang):
        """A text that may stand in both languages."""
        if isinstance(words, dict):
            return words.get('fr' if is_french(lang) else 'en') or words.get('en') or ''
        return words or ''


AMOUNTS = ('quantity', 'price_unit', 'discount', 'price_full', 'amount', 'unit')
DATES = ('period_start', 'period_end', 'date_from', 'date_to', 'service_start', 'service_end',
         'new_bill_day')


def _plain(name, value):
    if name in AMOUNTS:
        return to_decimal(value)
    if name in DATES:
        return to_date(value) if value else None
    if name == 'before' and value is not None:
        return to_decimal(value)
    if name in ('holds', 'reductions'):
        return tuple(value or ())
    return value
