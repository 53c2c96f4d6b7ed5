"""Months left of a commitment, and the fee for leaving it."""
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.isp_billing.engine.fees import RULES, months_left, term_end, termination_fee

CENT = Decimal("0.01")
START = date(2026, 1, 15)


@pytest.mark.parametrize(
    ("last_day", "left"),
    [
        (date(2025, 10, 1), 12), (date(2026, 1, 14), 12), (date(2026, 1, 15), 12),
        (date(2026, 2, 13), 12),
        (date(2026, 2, 14), 11), (date(2026, 12, 13), 2), (date(2026, 12, 14), 1),
        (date(2027, 1, 13), 1), (date(2027, 1, 14), 0), (date(2030, 1, 1), 0),
    ],
)
def test_months_left(last_day, left):
    """A month that has begun counts whole: 11 are left only after a whole month of service."""
    assert months_left(START, 12, last_day) == left


def test_month_ends():
    """From 31 January the months end where the days of the month do."""
    assert term_end(date(2026, 1, 31), 1) == date(2026, 2, 28)
    assert months_left(date(2026, 1, 31), 12, date(2026, 2, 26)) == 12
    assert months_left(date(2026, 1, 31), 12, date(2026, 2, 27)) == 11


@pytest.mark.parametrize(
    ("rule", "fee"), [("fixed", "120.00"), ("declining", "70.00"), ("share", "104.91")],
)
def test_fee(rule, fee):
    """7 of 12 months left: 120.00; 120 x 7 / 12; 25 % of 59.95 for 7 months."""
    assert termination_fee(
        rule, 7, 12, Decimal(120), Decimal("59.95"), Decimal(25), CENT) == Decimal(fee)


@pytest.mark.parametrize("rule", RULES)
def test_nothing_after_the_term(rule):
    for left, months in ((0, 12), (0, 0)):
        assert termination_fee(rule, left, months, Decimal(9), Decimal(9), Decimal(9), CENT) == 0


def test_unknown_rule():
    with pytest.raises(ValueError, match="magic"):
        termination_fee("magic", 1, 2, Decimal(1), Decimal(1), Decimal(1), CENT)


@given(st.dates(date(2020, 1, 1), date(2030, 12, 31)), st.integers(1, 36), st.integers(0, 1200))
def test_left_only_falls(start, months, day):
    """One day later never leaves more, and the day before the end of the term leaves one."""
    last = date.fromordinal(start.toordinal() + day)
    later = date.fromordinal(last.toordinal() + 1)
    assert 0 <= months_left(start, months, later) <= months_left(start, months, last) <= months
    end = term_end(start, months)
    assert months_left(start, months, date.fromordinal(end.toordinal() - 1)) == 0
    assert months_left(start, months, date.fromordinal(end.toordinal() - 2)) == 1
