"""Rated usage: tiers, included units, when it is billed, records that come late."""
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.isp_billing.engine.charges import LineFacts, Rate, chain_periods
from odoo.addons.isp_billing.engine.discounts import Discount
from odoo.addons.isp_billing.engine.schedule import Period, Schedule, Timeline
from odoo.addons.isp_billing.engine.usage import (
    RatedUsage,
    Tier,
    UsageRow,
    included_by_days,
    rate,
)

from . import reference, reference_money, strategies
from .ledger import CENT, Ledger, day

TIERS = (Tier(Decimal(0), Decimal("0.50")), Tier(Decimal(10), Decimal("0.30")),
         Tier(Decimal(50), Decimal("0.105")))
APRIL = Period(day("2026-04-01"), day("2026-04-30"))
MONTHS = Timeline.of(Schedule(day("2026-01-01")))


def rated(quantity, first="2026-04-03", last="2026-04-28", included=0, mode="graduated"):
    rows = rate(Decimal(quantity), Decimal(included), TIERS, mode, CENT)
    return RatedUsage(day(first), day(last), Decimal(quantity), Decimal(included), rows)


@pytest.mark.parametrize(("quantity", "graduated", "volume"), [
    ("0", "0", "0"), ("0.1", "0.05", "0.05"), ("10", "5.00", "5.00"), ("10.01", "5.00", "3.00"),
    ("11", "5.30", "3.30"), ("50", "17.00", "15.00"), ("51", "17.11", "5.36"),
    ("100", "22.25", "10.50"),
])
def test_graduated_and_volume(quantity, graduated, volume):
    """With 0.105 a unit, one unit of the third tier costs 0.11 and 51 units 5.355."""
    assert str(rated(quantity).amount) == graduated
    assert str(rated(quantity, mode="volume").amount) == volume


def test_included_units_are_not_charged_and_tiers_count_after_them():
    assert rated(5, included=5).rows == ()
    assert rated("5.5", included=5).rows == (
        UsageRow(Decimal("0.5"), Decimal("0.50"), Decimal("0.25")),
    )
    assert [str(row.quantity) for row in rated(70, included=5).rows] == ["10", "40", "15"]
    assert rated(70, included=5, mode="volume").rows == (
        UsageRow(Decimal(65), Decimal("0.105"), Decimal("6.83")),
    )
    assert [str(row.quantity) for row in rated(10).rows] == ["10"]
    assert [str(row.quantity) for row in rated(50).rows] == ["10", "40"]
    assert rated(4, included=5).amount == 0


@pytest.mark.parametrize("tiers", [
    (), (Tier(Decimal(1), Decimal(1)),), TIERS[::-1], (TIERS[0], TIERS[0]),
])
def test_tiers_out_of_order_are_refused(tiers):
    with pytest.raises(ValueError, match="^Tiers begin at 0 and rise$"):
        rate(Decimal(1), Decimal(0), tiers, "graduated", CENT)


def test_an_unknown_mode_is_refused():
    with pytest.raises(ValueError, match="mode of tiers: 'stairs'"):
        rate(Decimal(1), Decimal(0), TIERS, "stairs", CENT)


@given(
    st.integers(0, 300), st.integers(0, 60), st.integers(1, 4), st.data(),
    st.sampled_from(["graduated", "volume"]), strategies.units,
)
def test_rating_equals_the_reference_piece_by_piece(pieces, included, count, data, mode, unit):
    """Quantities in tenths, looked at one after the other by the reference."""
    above = sorted(data.draw(st.sets(st.integers(1, 200), max_size=count - 1)))
    prices = data.draw(st.lists(
        st.integers(0, 9999), min_size=len(above) + 1, max_size=len(above) + 1,
    ))
    tiers = [
        Tier(Decimal(start) / 10, Decimal(price) / 1000)
        for start, price in zip([0, *above], prices, strict=True)
    ]
    rows = rate(Decimal(pieces) / 10, Decimal(included) / 10, tiers, mode, unit)
    expected = reference_money.usage(
        pieces, included,
        list(zip([0, *above], [Fraction(one, 1000) for one in prices], strict=True)), mode, unit,
        Fraction(1, 10),
    )
    assert sum(row.amount for row in rows) == expected
    assert sum(row.quantity for row in rows) == Decimal(max(0, pieces - included)) / 10
    assert all(row.quantity > 0 and row.amount % unit == 0 for row in rows)


# === When it is billed === #


def usage_book(usage, **facts):
    book = Ledger(MONTHS)
    book.add("minutes", "2026-01-10", price="0", method="none", kind="usage",
             usage=usage, **facts)
    return book


@pytest.mark.parametrize("timing", ["arrears", "advance"])
def test_usage_is_billed_after_its_period_whatever_the_plan_says(timing):
    book = usage_book({APRIL: rated(20)}, timing=timing)
    assert book.amounts("2026-04-30") == []
    rows = book.run("2026-05-01")
    assert [(str(row.amount), str(row.first), str(row.last)) for row in rows] == [
        ("8.00", "2026-04-03", "2026-04-28"),
    ]
    assert rows[0].due.amount(Rate(Decimal(5)), CENT) == 8
    assert book.amounts("2026-06-01") == []


def test_a_late_record_of_a_billed_period_is_billed_as_the_difference():
    book = usage_book({APRIL: rated(20)})
    book.run("2026-05-01")
    book.change("minutes", usage={APRIL: rated(51, last="2026-04-30")})
    assert book.amounts("2026-06-01") == ["9.11"]
    book.change("minutes", usage={})
    assert book.amounts("2026-06-01") == ["-17.11"]


def test_a_late_record_as_a_period_of_its_own():
    late = Period(day("2026-04-17"), day("2026-04-17"))
    book = usage_book({APRIL: rated(20)})
    book.run("2026-05-01")
    book.change("minutes", usage={
        APRIL: rated(20), late: rated(1, "2026-04-17", "2026-04-17"),
    })
    assert book.amounts("2026-05-02") == ["0.50"]
    assert book.amounts("2026-06-01") == []


@pytest.mark.parametrize(("end", "last", "billable"), [
    ("2026-04-20", "2026-04-18", "2026-05-01"), ("2026-05-20", "2026-04-28", "2026-05-01"),
    ("2026-03-31", "2026-04-05", "2026-05-01"),
])
def test_the_last_usage_is_on_the_final_bill(end, last, billable):
    facts = LineFacts(
        "minutes", "usage", "arrears", MONTHS, day("2026-01-10"), day(end),
        usage={APRIL: rated(20, last=last)},
    )
    (due,) = chain_periods([facts], day("2026-12-31"))["minutes"].values()
    assert str(due.billable_on) == billable
    assert due.full == APRIL
    assert due.days == 1


def test_usage_of_a_quarter_is_billed_on_the_bill_day_after_the_end():
    quarter = Timeline.of(Schedule(day("2026-01-01"), 3))
    full = Period(day("2026-04-01"), day("2026-06-30"))
    facts = LineFacts(
        "minutes", "usage", "arrears", quarter, day("2026-01-10"), day("2026-05-10"),
        usage={full: rated(20)},
    )
    (due,) = chain_periods([facts], day("2026-12-31"))["minutes"].values()
    assert str(due.billable_on) == "2026-06-01"
    (due,) = chain_periods([replace(facts, end=None)], day("2026-12-31"))["minutes"].values()
    assert str(due.billable_on) == "2026-07-01"


def test_a_line_without_usage_owes_nothing():
    facts = LineFacts("minutes", "usage", "arrears", MONTHS, day("2026-01-10"))
    assert chain_periods([facts], day("2026-12-31")) == {"minutes": {}}


@given(
    strategies.calendars(2), st.dates(day("2024-01-01"), day("2024-12-31")), st.integers(0, 40),
    st.integers(-10, 60),
)
def test_usage_is_billed_when_the_reference_says(calendars, when, length, offset):
    """Like a service in arrears of which only the usage counts."""
    timeline, calendar = calendars
    ((full, first, last), *_rest) = timeline.spans(when, when + timedelta(days=length))
    end = max(when, first + timedelta(days=offset)) if offset >= 0 else None
    usage = RatedUsage(first, last, Decimal(1), Decimal(0), ())
    facts = LineFacts("x", "usage", "arrears", timeline, when, end, usage={full: usage})
    (due,) = chain_periods([facts], day("2030-01-01"))["x"].values()
    service = reference.Service(when, end, Fraction(1), timing="arrears")
    reached = full.last if end is None else max(min(full.last, end), first)
    expected = reference.billable_on(
        service, calendar, (full.first, full.last), first, reached,
    )
    assert due.billable_on == expected
    assert due.billable_on > reached


def test_case_121_what_is_included_goes_by_days():
    """100 GB of April, another plan from the 16th on: 50 each."""
    halves = [(day("2026-04-01"), day("2026-04-15")), (day("2026-04-16"), day("2026-04-30"))]
    assert [included_by_days(Decimal(100), APRIL, *half) for half in halves] == [50, 50]


@given(st.integers(0, 10**6), st.sets(st.integers(2, 30), max_size=6))
def test_what_is_included_in_parts_of_a_period_adds_up(thousandths, cuts):
    included, starts = Decimal(thousandths) / 1000, sorted({1, *cuts})
    ends = [start - 1 for start in starts[1:]] + [30]
    parts = [
        included_by_days(included, APRIL, APRIL.first.replace(day=first),
                         APRIL.first.replace(day=last))
        for first, last in zip(starts, ends, strict=True)
    ]
    assert sum(parts) == included
    for part, first, last in zip(parts, starts, ends, strict=True):
        exact = Fraction(included) * (last - first + 1) / 30
        assert abs(Fraction(part) - exact) <= Fraction(1, 1000)


@pytest.mark.parametrize(("percent", "discounts", "expected"), [
    (10, (), "27.00"), (0, (("percent", 50),), "15.00"), (0, (("amount", 40),), "0.00"),
    (10, (("percent", 50), ("amount", 1)), "12.50"), (0, (("price", "0.2"),), "12.00"),
])
def test_case_120_discounts_are_taken_off_usage(percent, discounts, expected):
    """160 GB, 100 included, 0.50 each."""
    rows = rate(Decimal(160), Decimal(100), TIERS[:1], "graduated", CENT)
    used = RatedUsage(APRIL.first, APRIL.last, Decimal(160), Decimal(100), rows)
    price = Rate(Decimal(0), discount=Decimal(percent), method="none", discounts=tuple(
        Discount(key, kind, Decimal(value), APRIL.first)
        for key, (kind, value) in enumerate(discounts)))
    assert price.of_usage(used, CENT).price(CENT) == Decimal(expected)


@given(strategies.units, st.integers(0, 10_000), st.integers(0, 100), st.lists(st.tuples(
    st.sampled_from(["percent", "amount", "price"]), st.integers(0, 100)), max_size=3))
def test_discounts_of_usage_against_the_reference(unit, units, percent, discounts):
    tiers = (Tier(Decimal(0), 3 * unit),)
    rows = rate(Decimal(units), Decimal(0), tiers, "graduated", unit)
    used = RatedUsage(APRIL.first, APRIL.last, Decimal(units), Decimal(0), rows)
    found = Rate(Decimal(0), discount=Decimal(percent), method="none", discounts=tuple(
        Discount(key, kind, _value(kind, value, unit), APRIL.first)
        for key, (kind, value) in enumerate(discounts)))
    promos = [reference_money.Promo(kind, Fraction(_value(kind, value, unit)), APRIL.first)
              for kind, value in discounts]
    assert found.of_usage(used, unit).price(unit) == reference_money.price(
        3 * Fraction(unit), units, percent, promos, reference.Grid(APRIL.first), APRIL.first,
        APRIL.first, unit)


def _value(kind, value, unit):
    if kind == "percent":
        return Decimal(value)
    return (value if kind == "amount" else value // 40) * unit
