"""Change of the bill day: stubs, months that are too short for a day, changes taken back."""
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from odoo.addons.isp_billing.engine.charges import LineFacts, Rate, chain_periods
from odoo.addons.isp_billing.engine.difference import Charged, line_differences
from odoo.addons.isp_billing.engine.schedule import ONE_DAY, Period, Schedule, Timeline, month_day

from . import reference, strategies
from .ledger import CENT, Ledger, day
from .strategies import next_bill_day


def changed(anchor, *changes, interval=1):
    """A timeline: bill day of the anchor, then (first day, new bill day)."""
    segments = [(date.min, Schedule(day(anchor), interval))]
    for since, bill_day in changes:
        start = next_bill_day(day(since), bill_day)
        segments.append((day(since), Schedule(start, interval, "month", bill_day)))
    return Timeline(tuple(segments))


def billed(timeline, start, target, price="30.00", **facts):
    """What a first run bills: "first..last amount", days without the year."""
    book = Ledger(timeline).add("line", start, price=price, **facts)
    return [f"{x.first:%m-%d}..{x.last:%m-%d} {x.amount}" for x in book.run(target)]


def test_case_028_stub_is_a_part_of_the_new_period():
    timeline = changed("2024-01-01", ("2024-04-01", 15))
    assert billed(timeline, "2024-04-01", "2024-04-15") == [
        "04-01..04-14 13.55", "04-15..05-14 30.00",
    ]


@pytest.mark.parametrize(("anchor", "start", "since", "bill_day", "target", "expected"), [
    # 30 to 31 in a common year: both periods begin on 28 February, and are not the same
    ("2026-01-30", "2026-02-28", "2026-03-30", 31, "2026-03-31",
     ["02-28..03-29 30.00", "03-30..03-30 0.97", "03-31..04-29 30.00"]),
    # 31 to 30: the stub begins on the last day of March, its period on 30 March
    ("2026-01-31", "2026-02-28", "2026-03-31", 30, "2026-03-31",
     ["02-28..03-30 30.00", "03-31..04-29 29.03"]),
    # 31 to 28 on 28 February: nothing is cut off
    ("2026-01-31", "2026-02-28", "2026-02-28", 28, "2026-02-28", ["02-28..03-27 30.00"]),
    # 29 to 30 on 28 February of a common year: the same start, one more day of March
    ("2026-01-29", "2026-02-28", "2026-02-28", 30, "2026-02-28", ["02-28..03-29 30.00"]),
    ("2024-01-29", "2024-02-29", "2024-02-29", 31, "2024-02-29", ["02-29..03-30 30.00"]),
    ("2024-01-28", "2024-02-28", "2024-02-28", 29, "2024-02-29",
     ["02-28..02-28 0.97", "02-29..03-28 30.00"]),
    ("2024-01-31", "2024-02-29", "2024-02-29", 1, "2024-03-01",
     ["02-29..02-29 1.03", "03-01..03-31 30.00"]),
])
def test_february_clashes(anchor, start, since, bill_day, target, expected):
    assert billed(changed(anchor, (since, bill_day)), start, target) == expected


def test_a_quarter_gets_a_stub_of_its_new_quarter():
    timeline = changed("2026-01-01", ("2026-04-01", 15), interval=3)
    assert billed(timeline, "2026-01-01", "2026-04-15", price="90.00") == [
        "01-01..03-31 90.00", "04-01..04-14 14.00", "04-15..07-14 90.00",
    ]


def test_the_price_of_a_stub_is_the_one_on_its_first_day():
    """Its full period began before the change; its price is not the one of back then."""
    book = Ledger(changed("2024-01-01", ("2024-04-01", 15)))
    book.add("line", "2024-03-01", price=lambda when: (
        Decimal(31 if when < day("2024-04-01") else 62)
    ))
    book.run("2024-03-01")
    assert book.amounts("2024-04-14") == ["28.00"]


def test_a_change_that_is_taken_back_within_its_period_never_was():
    timeline = changed("2026-01-01", ("2026-04-05", 15), ("2026-04-10", 1))
    assert billed(timeline, "2026-04-01", "2026-05-01", timing="arrears") == ["04-01..04-30 30.00"]
    again = changed("2026-01-01", ("2026-04-05", 15), ("2026-04-10", 20))
    assert billed(again, "2026-04-01", "2026-05-20", timing="arrears") == [
        "04-05..04-09 4.84", "04-10..04-19 9.68", "04-01..04-04 4.00", "04-20..05-19 30.00",
    ]
    twice = changed("2026-01-01", ("2026-04-05", 15), ("2026-04-10", 20), ("2026-04-12", 1))
    assert [since for since, _schedule in twice.segments] == [date.min, day("2026-04-12")]


def test_a_stub_after_an_opening_charge_is_billed_though_its_period_began_before():
    """The former system billed through 10 April; from the 11th the bill day is the 12th."""
    timeline = changed("2026-01-01", ("2026-04-11", 12))
    facts = LineFacts("line", "recurring", "advance", timeline, day("2025-01-01"))
    opening = Charged(
        Period(day("04-01"), day("04-30")), Decimal(10), Rate(Decimal(30)), 0, day("04-01"),
        day("04-10"), is_opening=True,
    )
    rows = line_differences(
        facts, chain_periods([facts], day("05-11"))["line"], {opening.full: opening},
        lambda _day: Rate(Decimal(31)), day("04-12"), CENT,
    )
    assert [f"{row.first}..{row.last} {row.amount}" for row in rows] == [
        "2026-04-11..2026-04-11 1.00", "2026-04-12..2026-05-11 31.00",
    ]


# === Against the reference === #


@st.composite
def lines_with_changes(draw):
    """Two lines of a chain on a timeline of up to four bill days, with the reference's view."""
    timeline, calendar = draw(strategies.calendars())
    unit = draw(strategies.units)
    timing = draw(st.sampled_from(["advance", "arrears"]))
    method = draw(strategies.methods)
    start = draw(st.dates(day("2023-12-01"), day("2024-04-30")))
    cut = start + timedelta(days=draw(st.integers(0, 120)))
    end = draw(st.one_of(st.none(), st.integers(-1, 200).map(lambda n: cut + timedelta(days=n))))
    credited = draw(st.booleans())
    facts, rates, services = [], [], []
    for key, (first, last) in enumerate([(start, cut - ONE_DAY), (cut, end)]):
        price = draw(strategies.prices(unit))
        facts.append(LineFacts(
            key, "recurring", timing, timeline, first, last, credits_end=credited,
        ))
        rates.append(Rate(price, method=method))
        services.append(reference.Service(
            first, last, Fraction(price), method, timing, credited=credited,
        ))
    return calendar, unit, facts, rates, services


@given(lines_with_changes(), st.dates(day("2024-01-01"), day("2025-03-31")))
def test_engine_equals_the_reference_across_changes(chain, target):
    calendar, unit, facts, rates, services = chain
    found = {
        (key, (full.first, full.last)): (due.amount(rates[key], unit), due.billable_on, due.begins)
        for key, dues in chain_periods(facts, target).items() for full, due in dues.items()
        if due.begins <= target
    }
    expected = {
        key: (due.amount, due.billable_on, due.begins)
        for key, due in reference.what_is_due(services, calendar, (), target, unit).items()
        if due.begins <= target
    }
    assert found == expected


@given(strategies.calendars(), st.dates(day("2023-12-01"), day("2025-03-31")))
@example(
    (Timeline(((date.min, Schedule(date(2024, 1, 1))),)), reference.as_calendar(
        reference.Grid(date(2024, 1, 1)))), date(2024, 2, 29),
)
def test_every_day_has_the_full_period_of_the_reference(calendars, first):
    timeline, calendar = calendars
    last = first + timedelta(days=120)
    seen = first
    for full, begin, end in timeline.spans(first, last):
        assert begin == seen
        while seen <= end:
            assert (full.first, full.last) == reference.place_of(calendar, seen)[1]
            seen += ONE_DAY
    assert seen == last + ONE_DAY


@given(
    st.integers(1, 31), st.integers(1, 31), st.dates(day("2023-01-01"), day("2024-12-31")),
    st.sampled_from([1, 2, 3, 6, 12]),
)
def test_a_change_is_charged_without_gap_or_overlap(before, after, start, interval):
    """Bill, change the day from the first uncharged day, bill: each day once, one whole price."""
    anchor = next_bill_day(start, before)
    book = Ledger(Timeline.of(Schedule(anchor, interval, "month", before)))
    book.add("line", str(start), price="310.00")
    rows = book.run(start)
    since = rows[-1].last + ONE_DAY
    book.change_schedule(since, Schedule(next_bill_day(since, after), interval, "month", after))
    new = book.run(next_bill_day(since, after))
    days = [(row.first, row.last) for row in rows + new]
    assert days[0][0] == start
    assert all(one[1] + ONE_DAY == two[0] for one, two in zip(days, days[1:], strict=False))
    assert new[-1].amount == 310
    assert new[-1].first == next_bill_day(since, after)
    assert len(new) == (1 if since == new[-1].first else 2)
    stub = new[0]
    assert stub.last - stub.first < timedelta(days=31 if len(new) == 2 else 400)
    exact = Decimal(310) * ((stub.last - stub.first).days + 1) / stub.full.days
    assert abs(stub.amount - exact) <= CENT / 2


def test_calendar_quarters_begin_in_january_april_july_and_october():
    schedule = Schedule(month_day(2026, 1, 31), 3, "month", 31)
    assert [f"{schedule.start(k)}" for k in range(-1, 4)] == [
        "2025-10-31", "2026-01-31", "2026-04-30", "2026-07-31", "2026-10-31",
    ]
    book = Ledger(Timeline.of(Schedule(day("2026-01-01"), 3)))
    book.add("line", "2026-02-10", price="90.00")
    assert book.amounts("2026-04-01") == ["50.00", "90.00"]


@given(st.dates(day("2023-01-01"), day("2026-12-31")), st.integers(1, 31),
       st.sampled_from([3, 6, 12]))
def test_calendar_periods_equal_the_reference(start, bill_day, interval):
    schedule = Schedule(month_day(start.year, 1, bill_day), interval, "month", bill_day)
    full = schedule.containing(start)
    grid = reference.Grid(date(2000, 1, 1), interval, False, bill_day)
    assert (full.first, full.last) == reference.full_period(grid, start)
    assert full.first.month % interval == 1 % interval


def test_changed_facts_are_values():
    facts = LineFacts("x", "recurring", "advance", changed("2026-01-01"), day("01-01"))
    assert replace(facts, end=None) == facts


def test_what_a_further_change_takes_back():
    """Back to day 4 within 4 January to 3 February: the change to day 1 never was."""
    timeline = changed("2023-12-01", ("2024-01-01", 4), ("2024-01-05", 1))
    for since, bill_day, expected in (
        ("2024-02-03", 4, "2024-01-05"), ("2024-02-04", 4, None), ("2024-02-03", 9, None),
    ):
        schedule = Schedule(next_bill_day(day(since), bill_day), 1, "month", bill_day)
        assert timeline.takes_back(day(since), schedule) == (expected and day(expected))
