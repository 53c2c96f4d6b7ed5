"""Discounts and promotional prices: exact figures, and the reference on generated inputs."""
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.isp_billing.engine.discounts import (
    FAR_AWAY,
    Discount,
    Reduction,
    last_day,
    reductions,
)
from odoo.addons.isp_billing.engine.schedule import Schedule, Timeline

from . import reference_money, strategies
from .ledger import CENT, Ledger, day

MONTHS = Timeline.of(Schedule(day("2026-01-01")))
THREE_MONTHS_HALF = Discount("half", "percent", Decimal(50), day("2026-01-01"), periods=3)


def amounts(*discounts, start="2026-01-01", target="2026-06-01", **facts):
    book = Ledger.monthly().add("line", start, discounts=discounts, **facts)
    return book.amounts(target)


def test_percent_for_three_full_periods():
    assert amounts(THREE_MONTHS_HALF) == ["15.00"] * 3 + ["30.00"] * 3


def test_a_stub_takes_the_discount_pro_rata_and_does_not_count():
    assert amounts(THREE_MONTHS_HALF, start="2026-01-15", target="2026-05-01") == [
        "8.23", "15.00", "15.00", "15.00", "30.00",
    ]


def test_a_stub_of_a_changed_bill_day_does_not_count_either():
    timeline = Timeline((
        (date.min, Schedule(day("2026-01-01"))), (day("2026-02-01"), Schedule(day("2026-02-15"))),
    ))
    book = Ledger(timeline).add("line", "2026-01-01", discounts=[
        Discount("half", "percent", Decimal(50), day("2026-01-01"), periods=2),
    ])
    assert book.amounts("2026-03-15") == ["15.00", "6.77", "15.00", "30.00"]


def test_amount_off_until_a_date():
    """It is in force for the period that begins on its last day, and not beyond."""
    ten = Discount("ten", "amount", Decimal(10), day("2026-02-01"), day("2026-04-01"))
    assert amounts(ten, target="2026-05-01") == ["30.00", "20.00", "20.00", "20.00", "30.00"]
    day_less = Discount("ten", "amount", Decimal(10), day("2026-02-02"), day("2026-03-31"))
    assert amounts(day_less, target="2026-04-01") == ["30.00", "30.00", "20.00", "30.00"]


def test_promotional_price_then_list_price():
    promo = Discount("launch", "price", Decimal("19.99"), day("2026-01-01"), periods=2)
    assert amounts(promo, target="2026-03-01") == ["19.99", "19.99", "30.00"]
    assert amounts(promo, target="2026-01-01", quantity=3) == ["59.97"]
    dearer = Discount("launch", "price", Decimal("39.99"), day("2026-01-01"))
    assert amounts(dearer, target="2026-01-01") == ["30.00"]


def test_each_discount_applies_to_what_the_ones_before_leave():
    ten = Discount("ten", "amount", Decimal(10), day("2026-01-01"))
    half = Discount("half", "percent", Decimal(50), day("2026-01-01"))
    assert amounts(ten, half, target="2026-01-01") == ["10.00"]
    assert amounts(half, ten, target="2026-01-01") == ["5.00"]


def test_a_discount_that_is_over_does_not_stop_the_next_one():
    over = Discount("over", "amount", Decimal(10), day("2025-01-01"), day("2025-12-31"))
    half = Discount("half", "percent", Decimal(50), day("2026-01-01"))
    assert amounts(over, half, target="2026-01-01") == ["15.00"]


def test_no_discount_goes_below_nothing():
    forty = Discount("forty", "amount", Decimal(40), day("2026-01-01"))
    free = Discount("free", "percent", Decimal(100), day("2026-01-01"))
    assert amounts(forty, target="2026-01-01") == ["0.00"]
    found = reductions(
        [free, forty], day("2026-01-01"), Decimal(30), Decimal(1), CENT, MONTHS, day("2026-01-01"),
    )
    assert found == (Reduction("free", Decimal(30)),)


def test_a_price_below_zero_has_no_discount():
    """A monthly credit stays what it is, whatever discount its line carries."""
    for kind in ("percent", "amount", "price"):
        discount = Discount(kind, kind, Decimal(10), day("2026-01-01"))
        assert amounts(discount, target="2026-01-01", price="-5.00") == ["-5.00"]


def test_a_credit_goes_back_to_the_reduced_price():
    book = Ledger.monthly().add("line", "2026-04-01", discounts=[
        Discount("half", "percent", Decimal(50), day("2026-04-01")),
    ])
    assert book.amounts("2026-04-01") == ["15.00"]
    book.change("line", end=day("2026-04-15"))
    assert book.amounts("2026-04-16") == ["-7.50"]


def test_a_discount_that_ends_before_the_service_begins_is_never_in_force():
    early = Discount("early", "percent", Decimal(50), day("2025-01-01"), day("2025-12-31"), 3)
    assert last_day(early, MONTHS, day("2026-01-01")) == day("2025-12-31")
    assert amounts(early, target="2026-01-01") == ["30.00"]


@pytest.mark.parametrize(("values", "expected"), [
    ({"periods": 3}, "2026-04-30"),
    ({"periods": 3, "last": date(2026, 3, 10)}, "2026-03-10"),
    ({"periods": 1, "last": date(2026, 3, 31)}, "2026-02-28"),
    ({"last": date(2026, 3, 10)}, "2026-03-10"),
    ({}, str(FAR_AWAY)),
])
def test_last_day_of_a_discount(values, expected):
    """From 15 January on: February to April are the first full periods."""
    discount = Discount("x", "percent", Decimal(5), day("2026-01-15"), **values)
    assert str(last_day(discount, MONTHS, day("2026-01-01"))) == expected
    later = Discount("x", "percent", Decimal(5), day("2025-01-15"), **values)
    assert str(last_day(later, MONTHS, day("2026-01-15"))) == expected


@pytest.mark.parametrize(("values", "message"), [
    ({"kind": "gift"}, "kind of discount: 'gift'"), ({"periods": 0}, "1 period or more, not 0"),
    ({"value": Decimal("-0.01")}, "negative: -0.01"),
])
def test_impossible_discounts_are_refused(values, message):
    with pytest.raises(ValueError, match=message):
        Discount(**{
            "key": 1, "kind": "percent", "value": Decimal(1), "first": day("01-01"), **values,
        })


def test_a_discount_of_nothing_leaves_no_trace():
    nothing = Discount("x", "percent", Decimal(0), day("2026-01-01"), periods=1)
    assert reductions(
        [nothing], day("2026-01-01"), Decimal(30), Decimal(1), CENT, MONTHS, day("2026-01-01"),
    ) == ()


# === Against the reference === #


@st.composite
def discounts(draw):
    """A discount with the reference's view of it."""
    kind = draw(st.sampled_from(["percent", "amount", "price"]))
    value = Decimal(draw(st.integers(0, 100 if kind == "percent" else 4000)))
    value /= 1 if kind == "percent" else 100
    first = draw(st.dates(day("2023-11-01"), day("2024-10-31")))
    last = draw(st.one_of(st.none(), st.integers(0, 200).map(lambda n: first + timedelta(n))))
    periods = draw(st.one_of(st.none(), st.integers(1, 8)))
    return (
        Discount(draw(st.integers(1, 9)), kind, value, first, last, periods),
        reference_money.Promo(kind, Fraction(value), first, last, periods),
    )


@given(
    strategies.calendars(2), st.lists(discounts(), max_size=3), strategies.units,
    st.dates(day("2024-01-01"), day("2024-06-30")), st.integers(0, 300), st.integers(0, 5000),
    st.integers(1, 3), st.sampled_from([0, 10, 33]),
)
def test_price_after_discounts_equals_the_reference(
    calendars, promos, unit, start, offset, cents, quantity, percent,
):
    timeline, calendar = calendars
    when, unit_price = start + timedelta(days=offset), Decimal(cents) / 100
    whole = reference_money.price(
        Fraction(unit_price), quantity, percent, (), calendar, start, when, unit,
    )
    price = Decimal(whole.numerator) / Decimal(whole.denominator)
    found = reductions(
        [one for one, _promo in promos], when, price, Decimal(quantity), unit, timeline, start,
    )
    expected = reference_money.price(
        Fraction(unit_price), quantity, percent, [promo for _one, promo in promos], calendar,
        start, when, unit,
    )
    assert price - sum(one.amount for one in found) == expected
    assert all(one.amount > 0 and one.amount % unit == 0 for one in found)
    assert expected >= 0


@given(strategies.calendars(2), st.integers(1, 6), st.dates(day("2024-01-01"), day("2024-06-30")))
def test_n_periods_are_n_full_charges_at_the_reduced_price(calendars, periods, start):
    """Billed a year on: exactly n full periods at half the price, and never one after them."""
    timeline, _calendar = calendars
    book = Ledger(timeline).add("line", str(start), discounts=[
        Discount("half", "percent", Decimal(50), start, periods=periods),
    ])
    rows = book.run(start + timedelta(days=800))
    full = [row.amount for row in rows if (row.first, row.last) == (row.full.first, row.full.last)]
    halves = [amount for amount in full if amount == 15]
    assert len(halves) == min(periods, len(full))
    assert full == halves + [Decimal(30)] * (len(full) - len(halves))
