"""Anything in any order and on any date: the books hold what the reference says."""
from datetime import date, timedelta
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from odoo.addons.isp_billing.engine.charges import Hold
from odoo.addons.isp_billing.engine.discounts import Discount
from odoo.addons.isp_billing.engine.schedule import Schedule, Timeline

from . import strategies
from .billing_machine import BillingMachine
from .ledger import Ledger

TestBilling = BillingMachine.TestCase
TestBilling.settings = settings(
    max_examples=max(10, settings.default.max_examples // 2), stateful_step_count=25,
)

first_days = st.dates(date(2024, 1, 1), date(2024, 6, 30))


@st.composite
def same_day_changes(draw):
    """Changes that do not touch one another, as functions of a book."""
    day = draw(first_days)
    percent = draw(st.integers(0, 100))
    held = draw(st.integers(0, 40))
    discount = Discount("promo", "percent", Decimal(percent), day)

    def hold(account):
        holds = account.internet.lines["internet"].facts.holds
        account.internet.change("internet", holds=(
            *holds, Hold(day, day + timedelta(held), "no_charge"),
        ))

    def second_hold(account):
        holds = account.internet.lines["internet"].facts.holds
        account.internet.change("internet", holds=(*holds, Hold(
            day - timedelta(5), day + timedelta(3), "reduced", Decimal(percent),
        )))

    def end_television(account):
        account.television.change("television", end=day)

    def add_router(account):
        account.add("router", str(day), price="5.00", discounts=(discount,))

    def set_up(account):
        account.add("set-up", str(day), price="99.00", kind="one_time", instalments=3)

    changes = [hold, second_hold, end_television, add_router, set_up]
    return day, changes, draw(st.permutations(changes))


class Account(dict):
    """Books of several services, each a chain of its own."""

    def __init__(self, bill_day):
        super().__init__()
        self.timeline = Timeline.of(Schedule(date(2024, 1, bill_day)))
        self.internet = self.add("internet", "2024-01-01", price="59.95")
        self.television = self.add("television", "2024-01-10", price="30.00")

    def add(self, key, *values, **facts):
        self[key] = Ledger(self.timeline).add(key, *values, **facts)
        return self[key]

    def run(self, target):
        return [row for book in self.values() for row in book.run(target)]


@given(same_day_changes(), st.integers(1, 31), st.booleans())
def test_independent_changes_of_a_day_commute(changes, bill_day, billed_before):
    """In any order, the bill of the day and that of a year later are the same."""
    day, one_order, other_order = changes
    results = []
    for order in (one_order, other_order):
        account = Account(bill_day)
        if billed_before:
            account.run(day)
        for change in order:
            change(account)
        rows = account.run(day) + account.run(day + timedelta(365))
        results.append(sorted((row.key, row.full, row.revision, row.amount) for row in rows))
    assert results[0] == results[1]


@given(
    strategies.calendars(2), first_days, st.lists(st.integers(0, 400), max_size=6),
    strategies.units, st.data(),
)
def test_runs_on_any_days_equal_one_run(calendars, start, offsets, unit, data):
    """Also with bill days that change and with discounts on the way."""
    timeline, _calendar = calendars
    price = str(data.draw(strategies.prices(unit)))
    discount = Discount(
        "x", "percent", Decimal(data.draw(st.integers(0, 100))), start,
        periods=data.draw(st.integers(1, 5)),
    )
    several, once = (
        Ledger(timeline, unit).add("line", str(start), price=price, discounts=(discount,))
        for _book in range(2)
    )
    for offset in offsets:
        several.run(start + timedelta(offset))
    last = start + timedelta(max(offsets, default=0))
    several.run(last)
    once.run(last)
    assert several.totals() == once.totals()


@given(strategies.calendars(2), first_days, strategies.units, st.data())
def test_cuts_of_a_service_add_up_to_the_whole(calendars, start, unit, data):
    """However a service is cut into lines of the same price, every period costs the same."""
    timeline, _calendar = calendars
    price, method = data.draw(strategies.prices(unit)), data.draw(
        st.sampled_from(["actual", "days30"]),
    )
    cuts = sorted(data.draw(st.sets(st.integers(1, 200), max_size=6)))
    whole = Ledger(timeline, unit).add("whole", str(start), price=price, method=method)
    cut, first = Ledger(timeline, unit), start
    for number, offset in enumerate([*cuts, None]):
        last = None if offset is None else start + timedelta(offset - 1)
        cut.add(number, str(first), str(last) if last else None, price=price, method=method)
        first = last and last + timedelta(1)
    target = start + timedelta(300)
    whole.run(target)
    cut.run(target)
    sums = {}
    for (_key, full), amount in cut.totals().items():
        sums[full] = sums.get(full, 0) + amount
    assert sums == {full: amount for (_key, full), amount in whole.totals().items()}
