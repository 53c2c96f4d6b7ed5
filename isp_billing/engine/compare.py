"""Why a bill differs from the one before it: a sentence per difference, with its amount.

The amounts of the sentences add up exactly to the difference of the two totals before tax; the
difference of the taxes is a sentence of its own, the last one.

How a service that is on both bills is taken apart: what is charged is the price of the full
period (quantity × unit price), less discounts, less days that are not charged, less what other
payers bear.  Each of these four is compared with the bill before, so that their differences add
up to the difference of the charges whatever changed at once.
"""
from collections import defaultdict
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal

from . import formats
from .compare_service import ServiceComparison
from .explain_days import DaysWriter
from .explain_facts import RECURRING, Facts
from .explain_words import say
from .money import ZERO


@dataclass(frozen=True)
class Bill:
    """One of the two bills, as plain values.

    :param tuple lines: of :class:`explain_facts.Facts`, credits negative
    :param Decimal untaxed: total before tax, negative for a credit note
    :param Decimal tax: tax, likewise
    :param str name: number of the document, '' when it has none yet
    :param date day: date of the document, None when it is not known
    """

    lines: tuple = ()
    untaxed: Decimal = ZERO
    tax: Decimal = ZERO
    name: str = ''
    day: date | None = None

    @property
    def until(self):
        """Up to which day services are billed by it, as far as one can tell (date or None)."""
        lasts = [line.date_to for line in self.lines
                 if line.kind == RECURRING and line.date_to and not line.is_correction]
        return max(filter(None, [self.day, min(lasts, default=None)]), default=None)

    @property
    def includes_tax(self):
        """Whether the amounts of the lines hold the tax, as prices with tax do."""
        total = sum((line.amount for line in self.lines), ZERO)
        return total != self.untaxed and total == self.untaxed + self.tax

    def with_tax(self):
        """The same bill with its tax within its amounts (Bill)."""
        return replace(self, untaxed=self.untaxed + self.tax, tax=ZERO)


@dataclass(frozen=True)
class Change:
    """One difference.

    :param str code: stable name of its kind, such as ``new``, ``price`` or ``credit``
    :param str text: what changed, without the amount
    :param Decimal amount: signed difference
    :param str amount_text: the same with its sign and currency
    :param str sentence: text and amount
    """

    code: str
    text: str
    amount: Decimal
    amount_text: str
    sentence: str


@dataclass
class Comparison:
    """Result of :func:`compare`: ``changes`` before tax, in the order of the bill, and ``tax``."""

    changes: list = field(default_factory=list)
    tax: Change | None = None

    @property
    def sentences(self):
        """All sentences, that of the tax last (list of str)."""
        return [change.sentence for change in self.changes + ([self.tax] if self.tax else [])]

    @property
    def amount(self):
        """Sum of the differences before tax (Decimal)."""
        return sum((change.amount for change in self.changes), ZERO)


def compare(bill, before, currency, lang, decimals=None):
    """Differences of a bill and the one before it.

    :param Bill bill: the bill
    :param Bill before: the one before it
    :param str currency: ISO 4217 code of both
    :param str lang: language code of the sentences
    :param int decimals: decimals of the currency; by default those that CLDR gives
    :rtype: Comparison
    """
    writer = _Writer(currency, lang, decimals, bill.until)
    ours, theirs = _by_service(bill.lines), _by_service(before.lines)
    for key in dict.fromkeys([*ours, *theirs]):
        for code, text, amount in ServiceComparison(
                ours.get(key, []), theirs.get(key, []), writer).changes():
            writer.add(code, text, amount)
    rest = bill.untaxed - before.untaxed - sum((row.amount for row in writer.changes), ZERO)
    writer.add('rest', writer.texts['c_rest'], rest)
    tax = None
    if bill.tax != before.tax:
        text = writer.from_to(writer.texts['c_tax'], before.tax, bill.tax)
        tax = writer.change('tax', text, bill.tax - before.tax)
    return Comparison(writer.changes, tax)


def _by_service(lines):
    """Lines by service, in their order; lines without a key by their name."""
    found = defaultdict(list)
    for line in lines:
        found[line.key if line.key is not None else (line.kind, line.label)].append(line)
    return found


class _Writer(DaysWriter):
    """Collects the differences and writes them in one language."""

    def __init__(self, currency, lang, decimals, until):
        super().__init__(Facts(currency=currency, decimals=decimals), lang)
        self.changes, self.until = [], until

    def add(self, code, text, amount):
        """Keep a difference, unless it is nothing."""
        if amount:
            self.changes.append(self.change(code, text, amount))

    def change(self, code, text, amount):
        amount_text = self.signed(amount)
        return Change(code, text, amount, amount_text, say(
            self.texts, 'sentence', self.lang, text=text, amount=amount_text))

    def from_to(self, text, old, new):
        """``Price of Fibre, from $30.00 to $35.00``."""
        return self.say('from_to', text=text, old=self.money(old), new=self.money(new))

    def period(self, facts):
        if not facts.date_from:
            return ''
        return formats.period(*facts.span, self.lang)

    def named(self, key, facts, many=None, /, **values):
        """A sentence about a charge: its name, days and period fill the pattern."""
        text = self.say(key, many, label=facts.label, period=self.period(facts),
                        days=facts.days, of=facts.period_days, **values)
        return text.removesuffix(', ')
