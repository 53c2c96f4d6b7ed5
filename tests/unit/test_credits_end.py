"""Ends with and without credit of the unused days, and who may go on in the same period."""
from datetime import timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.isp_billing.engine.charges import Hold, LineFacts, Rate, chain_periods
from odoo.addons.isp_billing.engine.schedule import Schedule, Timeline

from . import reference, strategies
from .ledger import Ledger, day


def ended(end, credits_end, timing="advance", **values):
    """A month that was billed before the line was ended; what the next run says."""
    book = Ledger.monthly().add("line", "2026-04-01", timing=timing, **values)
    first = book.amounts("2026-04-01")
    book.change("line", end=day(end), credits_end=credits_end)
    return first, book.amounts("2026-04-20"), book.amounts("2026-06-01")


def test_an_end_with_and_without_credit():
    assert ended("2026-04-10", True) == (["30.00"], ["-20.00"], [])
    assert ended("2026-04-10", False) == (["30.00"], [], [])


def test_without_credit_a_period_not_yet_billed_is_due_whole():
    book = Ledger.monthly().add("line", "2026-04-01", "2026-04-10", credits_end=False)
    assert book.amounts("2026-04-01") == ["30.00"]
    assert book.amounts("2026-06-01") == []


def test_in_arrears_only_served_days_are_due():
    assert ended("2026-04-10", False, "arrears") == ([], [], ["10.00"])


def test_periods_after_the_end_are_always_credited():
    book = Ledger.monthly().add("line", "2026-04-01", ahead=40)
    assert book.amounts("2026-04-01") == ["30.00", "30.00"]
    book.change("line", end=day("2026-04-10"), credits_end=False)
    assert book.amounts("2026-04-20") == ["-30.00"]


def test_an_end_on_the_last_day_of_the_period_gives_nothing_back():
    for credits_end in (True, False):
        assert ended("2026-04-30", credits_end) == (["30.00"], [], [])


def test_a_line_that_goes_on_under_another_plan_has_not_ended():
    """Ended without credit, taken back and changed: the successor's days are paid once."""
    book = Ledger.monthly().add("old", "2026-04-01")
    book.run("2026-04-01")
    book.change("old", end=day("2026-04-15"), credits_end=False)
    book.add("new", "2026-04-16", price="60.00")
    assert book.amounts("2026-04-16") == ["-15.00", "30.00"]


def test_days_between_two_lines_of_a_chain_are_due_without_credit():
    book = Ledger.monthly().add("old", "2026-04-01", "2026-04-10", credits_end=False)
    book.add("new", "2026-04-21", price="60.00")
    assert book.amounts("2026-04-21") == ["20.00", "20.00"]


def test_a_successor_of_a_single_day_counts():
    book = Ledger.monthly().add("old", "2026-04-01", "2026-04-15", credits_end=False)
    book.add("new", "2026-04-16", "2026-04-16", price="60.00")
    assert book.amounts("2026-04-16") == ["15.00", "2.00"]


def test_a_successor_that_was_never_served_does_not_count():
    book = Ledger.monthly().add("old", "2026-04-01", "2026-04-15", credits_end=False)
    book.add("new", "2026-04-16", "2026-04-15", price="60.00")
    assert book.amounts("2026-04-16") == ["30.00"]


def test_a_hold_after_the_end_is_still_free():
    hold = Hold(day("2026-04-21"), None)
    assert ended("2026-04-10", False, holds=[hold]) == (["20.00"], [], [])


@st.composite
def ended_chains(draw):
    """Lines one after the other, with gaps, ended with or without credit."""
    anchor = draw(st.dates(day("2023-01-01"), day("2024-12-31")))
    interval = draw(st.sampled_from([1, 3, 12]))
    timing = draw(st.sampled_from(["advance", "advance", "arrears"]))
    method, unit = draw(strategies.methods), draw(strategies.units)
    start = draw(st.dates(day("2024-01-01"), day("2024-03-31")))
    facts, rates, services = [], [], []
    for key in range(draw(st.integers(1, 3))):
        end = start + timedelta(days=draw(st.integers(-1, 80)))
        price, credited = draw(strategies.prices(unit)), draw(st.booleans())
        facts.append(LineFacts(
            key, "recurring", timing, Timeline.of(Schedule(anchor, interval)), start, end,
            credits_end=credited,
        ))
        rates.append(Rate(price, method=method))
        services.append(reference.Service(
            start, end, Fraction(price), method, timing, credited=credited,
        ))
        start = end + timedelta(days=draw(st.sampled_from([1, 1, 1, 9])))
    return reference.Grid(anchor, interval), unit, facts, rates, services


@given(ended_chains())
def test_ends_equal_the_reference(chain):
    grid, unit, facts, rates, services = chain
    horizon = day("2025-12-31")
    found = {
        (key, (full.first, full.last)): due.amount(rates[key], unit)
        for key, dues in chain_periods(facts, horizon).items() for full, due in dues.items()
    }
    expected = {
        key: due.amount
        for key, due in reference.what_is_due(services, grid, (), horizon, unit).items()
    }
    assert found == expected


@pytest.mark.parametrize(("percent", "expected"), [
    ("0", "-19.00"), ("40", "-11.40"), ("100", None), ("33.3", "-12.67"),
])
def test_a_reduced_hold_after_the_bill(percent, expected):
    """19 of 30 days at a part of the price, rounded per slice: 33.3 % of 30.00 is 9.99."""
    book = Ledger.monthly().add("line", "2026-04-01")
    book.run("2026-04-01")
    book.change("line", holds=(
        Hold(day("2026-04-12"), day("2026-04-30"), "reduced", Decimal(percent)),
    ))
    assert book.amounts("2026-04-12") == ([expected] if expected else [])
