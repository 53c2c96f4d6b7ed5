"""Parts of a period: rounding, methods, and that slices add up to the whole."""
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.isp_billing.engine.money import round_money, to_decimal
from odoo.addons.isp_billing.engine.proration import (
    fraction_numerator,
    full_price,
    months_of,
    slice_amount,
    thirtieths,
    value_of_days,
)
from odoo.addons.isp_billing.engine.schedule import ONE_DAY, Period, month_day

from . import reference, strategies

CENT = Decimal("0.01")


@pytest.mark.parametrize(("price", "unit", "expected"), [
    ("3000", "1", "1645"), ("30.000", "0.001", "16.452"), ("30.00", "0.01", "16.45"),
])
def test_case_063_each_currency_has_its_own_decimals(price, unit, expected):
    amount = slice_amount(Decimal(price), "actual", 0, 17, 31, Decimal(unit))
    assert str(amount) == expected


@pytest.mark.parametrize(("days", "period_days", "expected"), [
    (17, 31, "17.00"), (31, 31, "30.00"), (28, 28, "30.00"), (30, 31, "30.00"),
    (15, 30, "15.00"), (27, 28, "27.00"),
])
def test_case_060_thirty_day_method(days, period_days, expected):
    assert str(slice_amount(Decimal(30), "days30", 0, days, period_days, CENT)) == expected


@pytest.mark.parametrize(("price", "days", "period_days", "expected"), [
    (90, 45, 91, "45.00"), (90, 89, 90, "89.00"), (90, 90, 92, "90.00"), (90, 1, 92, "1.00"),
    (60, 15, 60, "15.00"), (60, 59, 59, "60.00"),
    (180, 45, 182, "45.00"), (360, 45, 366, "45.00"), (360, 360, 365, "360.00"),
    (720, 45, 731, "45.00"), (7, 3, 7, "3.00"), (14, 13, 14, "13.00"),
])
def test_thirty_day_method_of_quarters_years_and_weeks(price, days, period_days, expected):
    """30 days for each month of the period; weeks have no month and count their own days."""
    assert str(slice_amount(Decimal(price), "days30", 0, days, period_days, CENT)) == expected


def test_months_are_known_by_their_days():
    """Any period of 1 to 36 months from any day counts its months; weeks other than 4 do not."""
    for bill_day in range(1, 32):
        for first in range(48):
            for months in range(1, 37):
                period = Period(
                    month_day(2023, 1 + first, bill_day),
                    month_day(2023, 1 + first + months, bill_day) - ONE_DAY,
                )
                assert months_of(period.days) == months
    assert [months_of(7 * weeks) for weeks in (1, 2, 3, 5, 6, 8)] == [0] * 6
    assert [thirtieths(days) for days in (7, 28, 35, 91, 366)] == [7, 30, 35, 90, 360]


def test_case_039_half_of_march_equals_half_of_october():
    march = slice_amount(Decimal("30.00"), "actual", 0, 15, 31, CENT)
    assert str(march) == "14.52"


@st.composite
def cut_periods(draw):
    """Length of a period and the lengths of its consecutive slices."""
    period_days = draw(st.one_of(st.integers(28, 31), st.integers(1, 370)))
    cuts = draw(st.lists(st.integers(0, period_days), max_size=12))
    places = [0, *sorted(cuts), period_days]
    return period_days, [b - a for a, b in zip(places, places[1:], strict=False)]


@given(cut_periods(), strategies.methods, strategies.units, st.data())
def test_slices_add_up_to_the_whole(cut, method, unit, data):
    period_days, lengths = cut
    price = data.draw(strategies.prices(unit))
    before, total = 0, Decimal(0)
    for length in lengths:
        amount = slice_amount(price, method, before, length, period_days, unit)
        assert amount >= 0
        assert amount % unit == 0
        total += amount
        before += length
    assert total == price


@given(st.integers(1, 370), strategies.units, st.data())
def test_value_of_days_equals_the_reference_and_never_falls(period_days, unit, data):
    method = data.draw(st.sampled_from(["actual", "days30"]))
    price = data.draw(strategies.prices(unit))
    days = data.draw(st.integers(1, period_days))
    value = value_of_days(price, method, days, period_days, unit)
    exact = reference.Fraction(price) * reference.share_of(method, days, period_days)
    assert value == reference.half_up(exact, unit)
    assert value_of_days(price, method, days - 1, period_days, unit) <= value <= price


@given(st.decimals(-10**7, 10**7, places=6), strategies.units)
def test_rounding_is_half_up_away_from_zero(amount, unit):
    rounded = round_money(amount, unit)
    assert rounded == reference.half_up(amount, unit)
    assert rounded == -round_money(-amount, unit)


@given(st.integers(-10**9, 10**9))
def test_a_float_of_a_form_is_what_it_looks_like(cents):
    exact = Decimal(cents) / 100
    assert to_decimal(float(exact)) == exact
    assert to_decimal(str(exact)) == to_decimal(exact) == exact


@given(strategies.prices(), st.integers(0, 20), st.integers(0, 100), strategies.units)
def test_price_of_a_full_period(unit_price, quantity, discount, unit):
    price = full_price(unit_price, Decimal(quantity), Decimal(discount), unit)
    exact = unit_price * quantity * (100 - discount) / 100
    assert price % unit == 0
    assert abs(price - exact) <= unit / 2


def test_wrong_values_are_refused():
    with pytest.raises(ValueError, match="served days"):
        fraction_numerator("actual", 32, 31)
    with pytest.raises(ValueError, match="method"):
        fraction_numerator("weekly", 1, 31)
    with pytest.raises(ValueError, match="positive"):
        round_money(Decimal(1), Decimal(0))
    assert slice_amount(Decimal(30), "actual", 3, 0, 31, CENT) == 0
