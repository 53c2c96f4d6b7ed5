"""What is due: slices of periods with holds, chains and ends, against the reference."""
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.isp_billing.engine.charges import (
    ARREARS,
    Hold,
    LineFacts,
    Rate,
    chain_periods,
)
from odoo.addons.isp_billing.engine.schedule import Schedule, Timeline

from . import reference, strategies
from .ledger import CENT, Ledger, day

SHARES = {"charge": Fraction(1), "no_charge": Fraction(0)}


@pytest.mark.parametrize(("effect", "percent", "expected"), [
    ("no_charge", 0, "19.00"), ("charge", 0, "30.00"), ("reduced", 50, "24.50"),
    ("reduced", 100, "30.00"), ("reduced", 0, "19.00"),
])
def test_case_056_hold_within_a_month(effect, percent, expected):
    hold = Hold(day("04-10"), day("04-20"), effect, Decimal(percent))
    book = Ledger.monthly().add("line", "2026-04-01", holds=[hold])
    assert book.amounts("2026-04-01") == [expected]


@pytest.mark.parametrize(("first", "last", "expected"), [
    ("04-01", "04-01", "29.00"), ("04-30", "04-30", "29.00"), ("04-30", "05-31", "29.00"),
    ("03-01", "04-01", "29.00"), ("04-01", "04-30", None), ("04-01", "04-29", "1.00"),
])
def test_case_056_hold_at_the_edges_of_a_month(first, last, expected):
    hold = Hold(day(first), day(last))
    book = Ledger.monthly().add("line", "2026-04-01", "2026-04-30", holds=[hold])
    assert book.amounts("2026-04-01") == ([expected] if expected else [])


@pytest.mark.parametrize(("first", "last", "expected"), [
    ("04-10", "04-20", []), ("04-02", "04-30", []), ("04-01", "04-30", ["-30.00"]),
])
def test_without_proration_only_a_period_never_entered_is_free(first, last, expected):
    book = Ledger.monthly().add("line", "2026-04-01", method="none")
    assert book.amounts("2026-04-01") == ["30.00"]
    book.change("line", holds=(Hold(day(first), day(last)),))
    assert book.amounts("2026-04-21") == expected


def test_without_proration_a_free_month_costs_nothing():
    hold = Hold(day("04-01"), day("04-30"), "reduced", Decimal(0))
    book = Ledger.monthly().add("line", "2026-03-20", holds=[hold], method="none")
    assert book.amounts("2026-04-01") == ["30.00"]


@pytest.mark.parametrize(("first", "last", "expected"), [
    ("03-20", "04-30", "15.00"), ("04-01", "04-29", "30.00"), ("04-02", None, "30.00"),
])
def test_without_proration_a_reduced_hold_counts_for_whole_periods(first, last, expected):
    """Half price for a month that is reduced from its first to its last day, else all of it."""
    hold = Hold(day(first), last and day(last), "reduced", Decimal(50))
    book = Ledger.monthly().add("line", "2026-04-01", holds=[hold], method="none")
    assert book.amounts("2026-04-01") == [expected]


def test_overlapping_holds_charge_the_least():
    holds = [
        Hold(day("04-01"), day("04-30"), "reduced", Decimal(50)), Hold(day("04-11"), None),
        Hold(day("04-01"), day("04-05"), "charge"),
    ]
    book = Ledger.monthly().add("line", "2026-04-01", holds=holds)
    assert book.amounts("2026-04-01") == ["5.00"]
    assert book.amounts("2026-06-01") == []


def test_a_line_that_ends_before_its_start_is_never_due():
    book = Ledger.monthly()
    book.add("line", "2026-04-01", "2026-03-31").add("once", "2026-04-01", "2026-03-31",
                                                     kind="one_time")
    assert book.amounts("2026-12-01") == []


def test_a_one_time_charge_is_due_whole_on_its_day():
    book = Ledger.monthly().add("once", "2026-04-15", price="99.00", kind="one_time")
    assert book.amounts("2026-04-14") == []
    assert book.amounts("2026-04-15") == ["99.00"]
    book.change("once", start=day("05-15"))
    assert book.amounts("2026-06-01") == []


def test_days_ahead_bring_a_period_in_advance_forward():
    book = Ledger.monthly().add("line", "2026-01-01", ahead=10)
    assert book.amounts("2026-01-21") == ["30.00"]
    assert book.amounts("2026-01-22") == ["30.00"]


def test_arrears_that_end_in_a_quarter_are_billed_on_the_next_bill_day():
    book = Ledger.monthly(interval=3)
    book.add("line", "2026-01-01", "2026-02-10", price="90.00", timing=ARREARS)
    assert book.amounts("2026-02-28") == []
    assert book.amounts("2026-03-01") == ["41.00"]


@st.composite
def holds(draw):
    """Up to three holds with the reference's view of them."""
    found, pauses = [], []
    for _number in range(draw(st.integers(0, 3))):
        first = draw(st.dates(day("2023-12-01"), day("2024-12-31")))
        length = draw(st.one_of(st.none(), st.integers(0, 90)))
        last = None if length is None else first + timedelta(days=length)
        effect = draw(st.sampled_from(["charge", "no_charge", "reduced"]))
        percent = draw(st.integers(0, 100))
        found.append(Hold(first, last, effect, Decimal(percent)))
        pauses.append(
            reference.Pause(first, last, SHARES.get(effect, Fraction(percent, 100)))
        )
    return tuple(found), tuple(pauses)


@st.composite
def grids(draw):
    """A schedule with the reference's view of it."""
    anchor = draw(st.dates(day("2023-01-01"), day("2024-12-31")))
    if draw(st.integers(0, 9)) == 0:
        weeks = draw(st.integers(1, 8))
        return Schedule(anchor, weeks, "week"), reference.Grid(anchor, weeks * 7, True)
    interval = draw(st.sampled_from(strategies.INTERVALS))
    bill_day = draw(st.one_of(st.none(), st.integers(1, 31)))
    return (
        Schedule(anchor, interval, "month", bill_day),
        reference.Grid(anchor, interval, False, bill_day or 0),
    )


@st.composite
def chains(draw):
    """A chain of up to four lines, with the reference's services.

    :return: schedule, grid, unit, facts, rates, services, pauses
    """
    schedule, grid = draw(grids())
    unit = draw(strategies.units)
    line_holds, pauses = draw(holds())
    timing = draw(st.sampled_from(["advance", "arrears"]))
    method = draw(strategies.methods)
    ahead = draw(st.sampled_from([0, 0, 5, 30]))
    start = draw(st.dates(day("2024-01-01"), day("2024-06-30")))
    count = draw(st.integers(1, 4))
    facts, rates, services = [], [], []
    for number in range(count):
        length = draw(st.integers(0, 120))  # 0: ended before its first day
        last = start + timedelta(days=length - 1)
        end = None if number == count - 1 and draw(st.booleans()) else last
        price = draw(strategies.prices(unit))
        facts.append(LineFacts(
            number, "recurring", timing, Timeline.of(schedule), start, end, line_holds, ahead,
        ))
        rates.append(Rate(price, method=method))
        services.append(
            reference.Service(start, end, Fraction(price), method, timing, ahead)
        )
        start = last + timedelta(days=1)
    return schedule, grid, unit, facts, rates, services, pauses


@given(chains(), st.dates(day("2024-01-01"), day("2025-06-30")))
def test_engine_equals_the_reference_period_by_period(chain, target):
    schedule, grid, unit, facts, rates, services, pauses = chain
    horizon = target + timedelta(days=facts[0].days_ahead)
    periods = chain_periods(facts, horizon)
    found = {
        (number, (full.first, full.last)): (due.amount(rates[number], unit), due.billable_on)
        for number, dues in periods.items() for full, due in dues.items()
    }
    expected = {
        key: (due.amount, due.billable_on)
        for key, due in reference.what_is_due(services, grid, pauses, horizon, unit).items()
    }
    assert found == expected


@given(chains(), st.dates(day("2024-01-01"), day("2025-06-30")))
def test_due_days_of_a_chain_never_overlap_and_money_keeps_its_decimals(chain, target):
    _schedule, _grid, unit, facts, rates, _services, _pauses = chain
    seen = set()
    for number, dues in chain_periods(facts, target).items():
        for full, due in dues.items():
            assert due.full == full
            amount = due.amount(rates[number], unit)
            assert amount % unit == 0
            assert 0 <= amount <= rates[number].price(unit)
            for part in due.slices:
                days = {part.first + timedelta(days=n) for n in range(part.days)}
                assert part.last == max(days)
                assert not days & seen
                seen |= days


@given(chains())
def test_same_price_in_a_chain_adds_up_to_whole_periods(chain):
    """However a period is cut by changes at the same price, it costs the same."""
    schedule, _grid, unit, facts, rates, _services, _pauses = chain
    served = [one for one in facts if one.end is None or one.end >= one.start]
    if rates[0].method == "none" or not served:
        return
    whole = replace(served[0], end=served[-1].end)
    horizon = day("2025-06-30")
    cut = {}
    for dues in chain_periods(facts, horizon).values():
        for start, due in dues.items():
            cut[start] = cut.get(start, 0) + due.amount(rates[0], unit)
    joined = {
        start: due.amount(rates[0], unit)
        for start, due in chain_periods([whole], horizon)[whole.key].items()
    }
    if any(hold.effect == "reduced" for hold in facts[0].holds):
        # a cut inside reduced days moves no cent either: the factor is the same on both sides
        assert cut.keys() == joined.keys()
    assert cut == joined


def test_holds_that_change_nothing_cut_no_days():
    found = [Hold(day("04-05"), day("04-20"), "charge"), Hold(day("04-10"), day("04-12"), "charge")]
    facts = LineFacts("line", "recurring", "advance", Timeline.of(Schedule(day("01-01"))),
                      day("04-01"), day("04-30"), tuple(found))
    (due,) = chain_periods([facts], day("04-30"))["line"].values()
    assert [(one.first, one.last, one.days) for one in due.slices] == [
        (day("04-01"), day("04-30"), 30),
    ]
    assert due.is_full


def test_rate_price_counts_quantity_and_discount():
    assert Rate(Decimal("19.99"), Decimal(3), Decimal(10)).price(CENT) == Decimal("53.97")
