"""A ledger in memory that bills a chain of lines with the engine, as a bill run does."""
from collections import defaultdict
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import Decimal

from odoo.addons.isp_billing.engine.charges import LineFacts, Rate, chain_periods
from odoo.addons.isp_billing.engine.difference import (
    Charged,
    PayerPart,
    line_differences,
    share,
)
from odoo.addons.isp_billing.engine.discounts import reductions
from odoo.addons.isp_billing.engine.proration import full_price
from odoo.addons.isp_billing.engine.schedule import Period, Schedule, Timeline

CENT = Decimal("0.01")
ZERO = Decimal(0)


def day(text):
    """A date from its ISO form; "03-15" is in 2026."""
    return date.fromisoformat(text if len(text) == 10 else f"2026-{text}")


@dataclass
class Line:
    """A line of the chain with its price, which may depend on the date."""

    facts: LineFacts
    rate_at: object


@dataclass(frozen=True)
class Row:
    """A row as ``isp.charge`` keeps it."""

    key: object
    full: Period
    first: date
    last: date
    rate: Rate
    amount: Decimal
    revision: int
    payer: object
    weights: tuple
    run: int
    days: int = 0
    spans: tuple | None = None  # days that are charged after it, None: of a first charge
    mirrors: object = None  # (payer, revision) of the row that a credit note took back
    reopens: bool = True  # whether the balance of the period counts it


@dataclass
class Ledger:
    """Rows that were written, and the lines that they are for."""

    timeline: Timeline = None
    unit: Decimal = CENT
    weights: tuple = ()  # of the payers of the account
    lines: dict = field(default_factory=dict)
    rows: dict = field(default_factory=lambda: defaultdict(lambda: defaultdict(list)))
    runs: int = 0

    @classmethod
    def monthly(cls, anchor="2026-01-01", interval=1, bill_day=None, unit=CENT):
        schedule = Schedule(day(anchor), interval, "month", bill_day)
        return cls(Timeline.of(schedule), Decimal(unit))

    def add(self, key, start, end=None, price="30.00", quantity=1, discount=0, method="actual",
            timing="advance", holds=(), ahead=0, kind="recurring", discounts=(), **facts):
        """Add a line; ``price`` is an amount or a function of the day."""
        facts = LineFacts(
            key, kind, timing, self.timeline, day(start), day(end) if end else None, tuple(holds),
            ahead, **facts,
        )

        def rate_at(when):
            unit_price = price(when) if callable(price) else Decimal(price)
            rate = Rate(unit_price, Decimal(quantity), Decimal(discount), method)
            if not discounts:
                return rate
            whole = full_price(rate.unit_price, rate.quantity, rate.discount, self.unit)
            return replace(rate, reductions=reductions(
                discounts, when, whole, rate.quantity, self.unit, self.lines[key].facts.timeline,
                min(line.facts.start for line in self.lines.values()),
            ))

        self.lines[key] = Line(facts, rate_at)
        return self

    def change(self, key, **facts):
        """Change dated facts of a line (``start``, ``end``, ``holds``)."""
        line = self.lines[key]
        line.facts = LineFacts(**{**vars(line.facts), **facts})

    def change_schedule(self, since, schedule):
        """From a day on, the periods of all lines are those of another schedule."""
        segments = {**dict(self.timeline.segments), since: schedule}
        self.timeline = Timeline(tuple(sorted(segments.items(), key=lambda one: one[0])))
        for key in self.lines:
            self.change(key, timeline=self.timeline)

    def charged(self, key):
        """What the rows of a line add up to: {full period: Charged}."""
        return {full: self._charged(rows) for full, rows in self.rows[key].items() if rows}

    @staticmethod
    def _charged(rows):
        start = life_start(rows)
        reopened = start == len(rows)
        first = rows[0 if reopened else start]
        by_payer, revisions = defaultdict(list), {}
        for place, row in enumerate(rows):
            revisions[row.payer] = row.revision
            if place >= start:
                by_payer[row.payer].append(row)
        parts = tuple(
            PayerPart(payer, _counted(own), _left(own), revisions[payer])
            for payer, own in by_payer.items()
        )
        return Charged(
            first.full, _counted(rows), first.rate, max(row.revision for row in rows),
            first.first, first.last, left=_left(rows), parts=parts if first.weights else (),
            weights=first.weights, spans=_spans(rows), reopened=reopened,
            revisions=tuple(revisions.items()), given=_counted(rows[:start]),
        )

    def preview(self, target):
        """Differences at a target date, without writing them."""
        horizon = target + timedelta(days=max(x.facts.days_ahead for x in self.lines.values()))
        for key in self.lines:
            for charged in self.charged(key).values():
                horizon = max(horizon, charged.full.last)
        periods = chain_periods([line.facts for line in self.lines.values()], horizon)
        found = [
            difference for key, line in self.lines.items()
            for difference in line_differences(
                line.facts, periods[key], self.charged(key), line.rate_at, target, self.unit,
            )
        ]
        if not self.weights:
            return found
        return [
            part for one in found
            for part in ([one] if one.charged else share(one, self.weights, self.unit))
        ]

    def run(self, target):
        """Bill at a target date; returns the new rows."""
        found = self.preview(day(target) if isinstance(target, str) else target)
        self.runs += 1
        for one in found:
            self.rows[one.key][one.full].append(Row(
                one.key, one.full, one.first, one.last, one.rate, one.amount, one.revision,
                one.payer, one.weights, self.runs, one.days, one.due.spans if one.due else (),
            ))
        return found

    def reverse(self, run, reopens):
        """Mirror the rows of a run, each at most what is left of its period and payer.

        The rules of ``isp.charge._isp_mirror``; returns the mirrored rows.
        """
        mirrored = []
        for periods in self.rows.values():
            for rows in periods.values():
                for row in [one for one in rows if one.run == run and one.amount]:
                    own = [one for one in rows if one.payer == row.payer]
                    amount = -min(row.amount, _left(own)) if row.amount > 0 else -row.amount
                    if amount:
                        rows.append(replace(
                            row, amount=amount, run=-run, reopens=reopens,
                            mirrors=(row.payer, row.revision),
                            revision=max(one.revision for one in own) + 1,
                        ))
                        mirrored.append(rows[-1])
        return mirrored

    def amounts(self, target):
        """Bill at a target date; returns the amounts as text, in order of lines and dates."""
        return [str(row.amount) for row in self.run(target)]

    def totals(self):
        """Sums per line and period without those of zero: {(key, full period): amount}."""
        return {
            (key, full): charged.amount for key in self.lines
            for full, charged in self.charged(key).items() if charged.amount
        }

    def total(self, key=None):
        """Sum of all rows, or of a line's."""
        return sum(
            (row.amount for name, periods in self.rows.items() if key in (None, name)
             for rows in periods.values() for row in rows), ZERO,
        )


def _spans(rows):
    """Days that are charged by now: of the last row that was not taken back to be billed again."""
    gone = {row.mirrors for row in rows if row.mirrors and row.reopens}
    own = [row for row in rows if not row.mirrors and (row.payer, row.revision) not in gone]
    return own[-1].spans if own else ()


def life_start(rows):
    """Place of the first row after everything was credited and the period opened again."""
    start = 0
    for place, row in enumerate(rows):
        before = rows[:place + 1]
        if row.run < 0 and row.reopens and not _left(before) and (
            not row.weights or not _counted(before)
        ):
            start = place + 1
    return start


def _counted(rows):
    """Balance of a period: without credits that left it closed."""
    return sum((row.amount for row in rows if row.reopens), ZERO)


def _left(rows):
    """What can still be credited."""
    return sum((row.amount for row in rows), ZERO)
