"""The simulated clock for the engine alone: subscriptions as books in memory."""
from decimal import Decimal
from fractions import Fraction

from odoo.addons.isp_billing.engine.charges import Hold
from odoo.addons.isp_billing.engine.discounts import Discount
from odoo.addons.isp_billing.engine.schedule import Schedule, Timeline

from . import clock, reference, reference_money
from .clock import DAY
from .ledger import Ledger
from .strategies import next_bill_day

SHARES = {"charge": Fraction(1), "no_charge": Fraction(0)}


class Subscription:
    """A life in the books."""

    def __init__(self, life):
        self.life, self.grids = life, {clock.date.min: life.grid}
        self.book = Ledger(self.timeline(), life.unit)
        self.holds, self.discounts = [], []
        self.ended, self.billed_on = False, {}
        self.prices = []
        self.open(life.start, life.price)

    def timeline(self):
        return Timeline(tuple(
            (since, Schedule(grid.anchor, grid.step, "month", grid.bill_day))
            for since, grid in sorted(self.grids.items())
        ))

    def open(self, start, price):
        self.prices.append(price)
        self.book.add(
            len(self.book.lines), str(start), price=price, quantity=self.life.quantity,
            method=self.life.method, timing=self.life.timing, holds=tuple(self.holds),
            discounts=self.discounts,
        )

    @property
    def line(self):
        return self.book.lines[max(self.book.lines)].facts

    def uncharged(self):
        """First day that was not charged yet, None when nothing was."""
        days = [row.last + DAY for periods in self.book.rows.values()
                for rows in periods.values() for row in rows]
        return max(days, default=None)

    def happen(self, event):
        """What a person enters on the day of an event."""
        if not self.ended and event.day >= self.life.start:
            getattr(self, f"on_{event.kind}")(event.day, event.offset, **event.values)

    def on_change(self, today, offset, price):
        day = today + offset * DAY
        if self.life.method == "none":
            day = self.book.timeline.at(day).next_start(day - DAY)
        if day >= self.line.start:
            self.book.change(self.line.key, end=day - DAY)
            self.open(day, price)

    def on_hold(self, today, offset, length, percent, effect):
        first = today + offset * DAY
        last = first + length * DAY
        if any(first <= hold.last and hold.first <= last for hold in self.holds):
            return
        self.holds.append(Hold(first, last, effect, Decimal(percent)))
        for key in self.book.lines:
            self.book.change(key, holds=tuple(self.holds))

    def on_discount(self, today, offset, kind, value, periods):
        amount = Decimal(value) if kind == "percent" else value * 20 * self.life.unit
        self.discounts.append(Discount(
            len(self.discounts), kind, amount, self.uncharged() or today, None, periods or None,
        ))

    def on_bill_day(self, today, offset, bill_day):
        since = max(today, self.uncharged() or self.line.start)
        self.grids[since] = reference.Grid(
            next_bill_day(since, bill_day), self.life.interval, False, bill_day,
        )
        self.book.timeline = self.timeline()
        for key in self.book.lines:
            self.book.change(key, timeline=self.book.timeline)

    def on_end(self, today, offset, credit):
        last = max(today + offset * DAY, self.line.start - DAY)
        self.book.change(self.line.key, end=last, credits_end=credit)
        self.ended = True

    def run(self, day):
        """Bill the day; remember when each period was billed first."""
        rows = self.book.run(day)
        for row in rows:
            self.billed_on.setdefault((row.key, (row.full.first, row.full.last)), day)
        return rows

    def facts(self):
        lines = [
            (line.facts.start, line.facts.end, price, line.facts.credits_end)
            for line, price in zip(self.book.lines.values(), self.prices, strict=True)
        ]
        pauses = [
            reference.Pause(
                one.first, one.last, SHARES.get(one.effect, Fraction(one.percent) / 100),
            ) for one in self.holds
        ]
        promos = [
            reference_money.Promo(
                one.kind, Fraction(one.value), one.first, one.last, one.periods,
            ) for one in self.discounts
        ]
        return clock.Facts(self.life, lines, self.grids, pauses, promos)

    def faults(self, until):
        charged = {
            (key, (full.first, full.last)): (
                one.amount, self.billed_on[key, (full.first, full.last)],
            )
            for key in self.book.lines for full, one in self.book.charged(key).items()
        }
        return self.facts().faults(charged, until)


def simulate(lives, seed, months=clock.MONTHS):
    """Live through all days of all lives; return what went wrong and what was done."""
    faults, figures = [], {"subscriptions": 0, "runs": 0, "again": 0, "rows": 0, "events": 0}
    ticks = {}
    for life in lives:
        one, events = Subscription(life), list(life.events)
        if life.zone not in ticks:
            ticks[life.zone] = clock.ticks(life.zone, seed, months)
        for day, first in ticks[life.zone]:
            if day < life.start - 40 * DAY:
                continue
            if not first:
                figures["again"] += 1
                if figures["again"] % 20 == 0 and one.run(day):
                    faults.append(f"{life.number}: a second run of {day} billed something")
                continue
            while events and events[0].day <= day:
                one.happen(events.pop(0))
                figures["events"] += 1
            figures["runs"] += 1
            figures["rows"] += len(one.run(day))
        figures["subscriptions"] += 1
        faults += one.faults(clock.last_day(months))
    return faults, figures
