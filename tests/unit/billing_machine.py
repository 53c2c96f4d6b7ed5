"""A stateful model of a billed service: anything may happen to it, in any order and on any date.

The engine keeps the books in :class:`ledger.Ledger`; beside it, the reference calculator is told
the same facts. What the model itself remembers is only what a rule calls a fact: the price of a
period when it was charged first, and between whom it was shared.
"""
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from odoo.addons.isp_billing.engine.charges import Hold
from odoo.addons.isp_billing.engine.discounts import Discount
from odoo.addons.isp_billing.engine.schedule import Schedule, Timeline

from . import reference, reference_money, strategies
from .ledger import Ledger, _counted, _left, life_start

DAY = timedelta(days=1)
FIRST = date(2024, 1, 1)
SHARES = {"charge": Fraction(1), "no_charge": Fraction(0)}
offsets = st.integers(-40, 70)
counts = st.integers(0, 6000)  # prices, in units of the currency


def schedule(grid):
    """The engine's schedule of a grid of the reference."""
    return Schedule(grid.anchor, grid.step, "month", grid.bill_day or None)


class BillingMachine(RuleBasedStateMachine):
    """Rules are what people do; after each run the ledger must hold what the reference says."""

    @initialize(
        anchor=st.dates(date(2023, 12, 1), date(2024, 2, 29)), unit=strategies.units,
        interval=st.sampled_from([1, 1, 1, 2, 3, 6]), method=strategies.methods, price=counts,
        timing=st.sampled_from(["advance", "advance", "arrears"]), start=offsets,
        ahead=st.sampled_from([0, 0, 5, 30]),
    )
    def begin(self, anchor, unit, interval, method, price, timing, start, ahead):
        self.unit, self.method, self.timing, self.ahead = unit, method, timing, ahead
        self.interval, self.bill_day = interval, anchor.day
        self.today = FIRST
        self.book = Ledger(Timeline.of(Schedule(anchor, interval)), unit)
        self.calendar = {date.min: reference.Grid(anchor, interval)}
        self.list_prices = {date.min: price * unit}
        self.promos, self.holds, self.facts = [], [], {}
        self.prices = {}  # (line, full period): price when it was charged first
        self.terms = {}  # line: (own price or None, quantity)
        self.replaced, self.reversed = {}, set()
        self.charged_days, self.taken_back = {}, set()  # by (line, full period)
        self.current = 0
        self.open_line(0, FIRST + start * DAY, None, None, 1)

    # === Facts === #

    def open_line(self, key, start, end, own_price, quantity):
        """Add a line to the books and to what the reference is told."""
        self.terms[key] = (own_price, quantity)
        self.book.add(
            key, str(start), str(end) if end else None, quantity=quantity, method=self.method,
            timing=self.timing, ahead=self.ahead, discounts=self.discounts,
            price=lambda day: own_price if own_price is not None else self.list_price(day),
            holds=tuple(self.engine_holds()),
        )
        self.current = key

    def list_price(self, day):
        return self.list_prices[max(since for since in self.list_prices if since <= day)]

    @property
    def discounts(self):
        return [discount for discount, _promo in self.promos]

    def engine_holds(self):
        return [hold for hold, _pause in self.holds]

    def line(self, key=None):
        return self.book.lines[self.current if key is None else key].facts

    def is_running(self, day):
        line = self.line()
        return line.start <= day and (line.end is None or day <= line.end)

    # === What people do === #

    @rule(offset=offsets, price=counts, quantity=st.integers(1, 3), own=st.booleans())
    def change(self, offset, price, quantity, own):
        """A change of plan, price or quantity from a day: a line ends and its successor starts."""
        day = self.today + offset * DAY
        if self.method == "none":
            day = self.book.timeline.at(day).next_start(day - DAY)
        if not self.is_running(day):
            return
        line = self.line()
        key, before = max(self.book.lines) + 1, self.current
        self.book.change(before, end=day - DAY)
        self.replaced[key] = before
        self.open_line(key, day, line.end, price * self.unit if own else None, quantity)

    @precondition(lambda self: self.current in self.replaced)
    @rule()
    def change_back(self):
        """The same day, back to the old plan: the old line is reopened."""
        line, before = self.line(), self.replaced[self.current]
        if self.line(before).end != line.start - DAY:
            return
        self.book.change(before, end=line.end)
        self.book.change(self.current, end=line.start - DAY)
        self.current = before

    @rule(offset=offsets, credit=st.booleans())
    def end(self, offset, credit):
        last = max(self.today + offset * DAY, self.line().start - DAY)
        self.book.change(self.current, end=last, credits_end=credit)

    @rule()
    def reopen(self):
        self.book.change(self.current, end=None)

    @rule(offset=offsets, length=st.one_of(st.none(), st.integers(0, 60)),
          effect=st.sampled_from(["charge", "no_charge", "reduced"]), percent=st.integers(0, 100))
    def hold(self, offset, length, effect, percent):
        first = self.today + offset * DAY
        last = None if length is None else first + length * DAY
        self.holds.append((
            Hold(first, last, effect, Decimal(percent)),
            reference.Pause(first, last, SHARES.get(effect, Fraction(percent, 100))),
        ))
        self.tell_holds()

    @precondition(lambda self: self.holds)
    @rule(offset=offsets)
    def resume(self, offset):
        """End the latest hold; before its first day it never was."""
        hold, pause = self.holds.pop()
        last = self.today + offset * DAY
        if last >= hold.first:
            self.holds.append((
                Hold(hold.first, last, hold.effect, hold.percent),
                reference.Pause(hold.first, last, pause.share),
            ))
        self.tell_holds()

    def tell_holds(self):
        for key in self.book.lines:
            self.book.change(key, holds=tuple(self.engine_holds()))

    @rule(offset=offsets, price=counts)
    def new_list_price(self, offset, price):
        """A dated price of the plan: charged periods keep theirs."""
        self.list_prices[self.today + offset * DAY] = price * self.unit

    @rule(offset=offsets, kind=st.sampled_from(["percent", "amount", "price"]),
          value=st.integers(0, 100), length=st.one_of(st.none(), st.integers(0, 150)),
          periods=st.one_of(st.none(), st.integers(1, 4)))
    def discount(self, offset, kind, value, length, periods):
        first = self.today + offset * DAY
        last = None if length is None else first + length * DAY
        amount = Decimal(value) if kind == "percent" else value * 30 * self.unit
        self.promos.append((
            Discount(len(self.promos), kind, amount, first, last, periods),
            reference_money.Promo(kind, Fraction(amount), first, last, periods),
        ))
        for key, (own_price, quantity) in self.terms.items():
            current, facts = self.current, self.line(key)
            self.open_line(key, facts.start, facts.end, own_price, quantity)
            self.book.lines[key].facts = facts
            self.current = current

    def grid(self, since, bill_day):
        start = strategies.next_bill_day(since, bill_day)
        return reference.Grid(start, self.interval, False, bill_day)

    def timeline_with(self, since, bill_day):
        """From the facts, not from what the timeline made of them."""
        calendar = {**self.calendar, since: self.grid(since, bill_day)}
        return Timeline(tuple((day, schedule(grid)) for day, grid in sorted(calendar.items())))

    @rule(offset=offsets, bill_day=st.integers(1, 31))
    def change_bill_day(self, offset, bill_day):
        """From the first day not charged yet, periods start on another day of the month."""
        charged = [
            row.last for periods in self.book.rows.values() for rows in periods.values()
            for row in rows
        ]
        since = max([self.today + offset * DAY, *(last + DAY for last in charged)])
        timeline = self.timeline_with(since, bill_day)
        # a change that charges rest on is not taken back: the new one waits for its next period
        undone = {one for one, _schedule in self.book.timeline.segments} - {since} - {
            one for one, _schedule in timeline.segments}
        if undone and any(last >= min(undone) for last in charged):
            since = schedule(self.grid(since, bill_day)).containing(since).last + DAY
            timeline = self.timeline_with(since, bill_day)
        self.calendar[since] = self.grid(since, bill_day)
        self.book.timeline = timeline
        for key in self.book.lines:
            self.book.change(key, timeline=self.book.timeline)

    @rule(weights=st.lists(st.integers(0, 100), max_size=3).filter(lambda x: not x or any(x)))
    def share(self, weights):
        """Who pays first charges from now on."""
        self.book.weights = tuple(
            (f"payer {number}", Decimal(weight)) for number, weight in enumerate(weights)
        )

    @rule(offset=st.integers(-20, 70))
    def run(self, offset):
        """Bill at a date; at the same date again, nothing; then look at every balance."""
        self.bill(self.today + offset * DAY)

    @rule(gaps=st.lists(st.integers(1, 45), min_size=1, max_size=4))
    def time_passes(self, gaps):
        """Runs as the job makes them, one after the other."""
        for gap in gaps:
            self.bill(self.today + gap * DAY)

    def bill(self, target):
        self.today = max(self.today, target)
        expected = self.expected(target)
        rows = self.book.run(target)
        assert self.book.preview(target) == []
        for row in rows:
            assert row.amount % self.unit == 0
            assert row.amount or row.is_first
        self.check_days(rows, expected)
        self.check(target, expected)

    @precondition(lambda self: self.book.runs)
    @rule(back=st.integers(0, 3), reopens=st.booleans())
    def reverse(self, back, reopens):
        """Credit notes for a run: mirrored rows, with or without opening the periods again."""
        run = max(1, self.book.runs - back)
        if run in self.reversed:
            return  # refused: a run is reversed once
        self.reversed.add(run)
        self.taken_back |= {
            (key, (full.first, full.last)) for key, periods in self.book.rows.items()
            for full, rows in periods.items() if any(row.run == run for row in rows)
        }
        for row in self.book.reverse(run, reopens):
            assert row.amount % self.unit == 0
        self.check_credits()
        for key, periods in self.book.rows.items():
            for full, rows in periods.items():
                if rows and life_start(rows) == len(rows):
                    # billed again by the facts of that day
                    self.prices.pop((key, (full.first, full.last)), None)

    # === What must be true === #

    def expected(self, target):
        """What the reference says is due: {(line, full period): Due}, prices being facts."""
        calendar = tuple(sorted(self.calendar.items()))
        chain_start = min(line.facts.start for line in self.book.lines.values())

        def price_of(key):
            own_price, quantity = self.terms[key]

            def price(full, begins):
                if (key, full) not in quoted:
                    unit_price = self.list_price(begins) if own_price is None else own_price
                    quoted[key, full] = reference_money.price(
                        Fraction(unit_price), quantity, 0, [promo for _one, promo in self.promos],
                        calendar, chain_start, begins, self.unit,
                    )
                return quoted[key, full]

            return price

        quoted, services = dict(self.prices), []
        for key in sorted(self.book.lines):
            facts = self.line(key)
            services.append(reference.Service(
                facts.start, facts.end, price_of(key), self.method, self.timing, self.ahead,
                facts.credits_end,
            ))
        until = max([target + self.ahead * DAY, *(
            full.last for key in self.book.lines for full in self.book.charged(key)
        )])
        due = reference.what_is_due(
            services, calendar, [pause for _hold, pause in self.holds], until, self.unit,
        )
        self.quoted = quoted
        return due

    def check(self, target, expected):
        """Each period of each line holds what the reference says, and nothing was early."""
        charged = {
            (key, (full.first, full.last)): rows
            for key in self.book.lines for full, rows in self.book.rows[key].items() if rows
        }
        for place, due in expected.items():
            if due.billable_on <= target:
                assert place in charged
        for place, rows in charged.items():
            if life_start(rows) == len(rows):
                # open again: billed as soon as it is due
                assert place not in expected or expected[place].billable_on > target
                continue
            if place not in self.prices:
                assert expected[place].billable_on <= target
                self.prices[place] = self.quoted[place]
            due = expected[place].amount if place in expected else Fraction(0)
            self.check_balance(rows, due)
        self.check_credits()
        self.check_first_charges()

    def check_days(self, rows, expected):
        """A correction names the days that are charged otherwise than before, and no others."""
        now = {}
        for row in rows:
            place = (row.key, (row.full.first, row.full.last))
            now[place] = expected[place].shares if place in expected else {}
            before = self.charged_days.get(place)
            if before is None or place in self.taken_back:
                continue
            changed = sorted(
                one for one in {*before, *now[place]} if before.get(one) != now[place].get(one))
            if changed:
                assert (row.first, row.last, row.days) == (changed[0], changed[-1], len(changed))
        self.charged_days.update(now)

    def check_first_charges(self):
        """Days of first charges of a line and payer never overlap: PostgreSQL would refuse them."""
        for periods in self.book.rows.values():
            firsts = sorted(
                (str(row.payer), row.first, row.last)
                for rows in periods.values() for row in rows if not row.revision
            )
            for one, other in zip(firsts, firsts[1:], strict=False):
                assert one[0] != other[0] or one[2] < other[1]

    def check_balance(self, rows, due):
        start = life_start(rows)
        weights, given = rows[start].weights, _counted(rows[:start])
        due, rows = max(Fraction(0), due - Fraction(given)), rows[start:]
        owed = reference_money.parts(due, weights, self.unit) if weights else {None: due}
        for payer, amount in owed.items():
            own = [row for row in rows if row.payer == payer]
            balance = _counted(own)
            # what a credit note took back for good cannot be credited a second time
            assert balance == amount or (balance > amount and not _left(own))

    def check_credits(self):
        """At no moment was more credited than billed; revisions count from 0."""
        for periods in self.book.rows.values():
            for rows in periods.values():
                for payer in {row.payer for row in rows}:
                    balance, own = Decimal(0), [row for row in rows if row.payer == payer]
                    assert [row.revision for row in own] == list(range(len(own)))
                    for row in own:
                        balance += row.amount
                        assert balance >= 0
                        assert row.amount % self.unit == 0
