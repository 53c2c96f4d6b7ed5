"""A ledger in memory that bills a chain of lines with the engine, as a bill run does."""
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal

from odoo.addons.isp_billing.engine.charges import LineFacts, Rate, chain_periods
from odoo.addons.isp_billing.engine.difference import Charged, line_differences
from odoo.addons.isp_billing.engine.schedule import Schedule, Timeline

CENT = Decimal("0.01")


def day(text):
    """A date from its ISO form; "03-15" is in 2026."""
    return date.fromisoformat(text if len(text) == 10 else f"2026-{text}")


@dataclass
class Line:
    """A line of the chain with its price, which may depend on the date."""

    facts: LineFacts
    rate_at: object


@dataclass
class Ledger:
    """Rows that were written, and the lines that they are for."""

    timeline: Timeline = None
    unit: Decimal = CENT
    lines: dict = field(default_factory=dict)
    rows: dict = field(default_factory=lambda: defaultdict(lambda: defaultdict(list)))

    @classmethod
    def monthly(cls, anchor="2026-01-01", interval=1, bill_day=None, unit=CENT):
        schedule = Schedule(day(anchor), interval, "month", bill_day)
        return cls(Timeline.of(schedule), Decimal(unit))

    def add(self, key, start, end=None, price="30.00", quantity=1, discount=0, method="actual",
            timing="advance", holds=(), ahead=0, kind="recurring"):
        """Add a line; ``price`` is an amount or a function of the day."""
        facts = LineFacts(
            key, kind, timing, self.timeline, day(start), day(end) if end else None, tuple(holds),
            ahead,
        )

        def rate_at(when):
            unit_price = price(when) if callable(price) else Decimal(price)
            return Rate(unit_price, Decimal(quantity), Decimal(discount), method)

        self.lines[key] = Line(facts, rate_at)
        return self

    def change(self, key, **facts):
        """Change dated facts of a line (``start``, ``end``, ``holds``)."""
        line = self.lines[key]
        line.facts = LineFacts(**{**vars(line.facts), **facts})

    def charged(self, key):
        """What the rows of a line add up to: {full period: Charged}."""
        return {
            start: Charged(
                rows[0].full, sum(row.amount for row in rows), rows[0].rate,
                max(row.revision for row in rows), rows[0].first, rows[0].last,
            )
            for start, rows in self.rows[key].items()
        }

    def preview(self, target):
        """Differences at a target date, without writing them."""
        horizon = target + timedelta(days=max(x.facts.days_ahead for x in self.lines.values()))
        for key in self.lines:
            for charged in self.charged(key).values():
                horizon = max(horizon, charged.full.last)
        periods = chain_periods([line.facts for line in self.lines.values()], horizon)
        return [
            difference for key, line in self.lines.items()
            for difference in line_differences(
                line.facts, periods[key], self.charged(key), line.rate_at, target, self.unit,
            )
        ]

    def run(self, target):
        """Bill at a target date; returns the new rows."""
        found = self.preview(day(target) if isinstance(target, str) else target)
        for row in found:
            self.rows[row.key][row.full].append(row)
        return found

    def amounts(self, target):
        """Bill at a target date; returns the amounts as text, in order of lines and dates."""
        return [str(row.amount) for row in self.run(target)]

    def totals(self):
        """Sums per line and period without those of zero: {(key, first day): amount}."""
        return {
            (key, start): charged.amount for key in self.lines
            for start, charged in self.charged(key).items() if charged.amount
        }

    def total(self, key=None):
        """Sum of all rows, or of a line's."""
        return sum(
            (row.amount for name, periods in self.rows.items() if key in (None, name)
             for rows in periods.values() for row in rows), Decimal(0),
        )
