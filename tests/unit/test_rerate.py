"""Charged periods settled at another price, in the pure engine."""
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.isp_billing.engine.charges import DuePeriod, LineFacts, Rate, Slice
from odoo.addons.isp_billing.engine.difference import Charged, PayerPart, line_differences
from odoo.addons.isp_billing.engine.discounts import Discount, Reduction, again
from odoo.addons.isp_billing.engine.schedule import Period, Schedule, Timeline

CENT = Decimal("0.01")
APRIL = Period(date(2024, 4, 1), date(2024, 4, 30))
FACTS = LineFacts(
    "line", "recurring", "advance", Timeline.of(Schedule(date(2024, 4, 1))), date(2024, 4, 1))


def differences(charged, last=30):
    due = DuePeriod(APRIL, [Slice(APRIL.first, date(2024, 4, last), last, 0)], APRIL.first)
    return line_differences(
        FACTS, {APRIL: due}, {APRIL: charged}, lambda day: None, APRIL.first, CENT)


def charged(amount, price="30.00", **values):
    return Charged(
        APRIL, Decimal(amount), Rate(Decimal(price)), 0, APRIL.first, APRIL.last, **values)


@pytest.mark.parametrize(
    ("price", "last", "amount"),
    [("24.00", 30, "-6.00"), ("36.00", 30, "6.00"), ("24.00", 15, "-18.00"),
     ("60.00", 15, None), ("0.00", 30, "-30.00")],
)
def test_difference_at_the_other_price(price, last, amount):
    """30.00 charged for April; 60.00 for half of it is what was charged."""
    rate = Rate(Decimal(price))
    rows = differences(charged("30.00", rerate=rate), last)
    assert [row.amount for row in rows] == ([Decimal(amount)] if amount else [])
    assert all(row.rate == rate and row.revision == 1 for row in rows)


def test_parts_of_both_payers_follow():
    one = charged(
        "30.00", rerate=Rate(Decimal("20.00")), weights=(("a", Decimal(60)), ("b", Decimal(40))),
        parts=(PayerPart("a", Decimal(18), Decimal(18), 0),
               PayerPart("b", Decimal(12), Decimal(12), 0)))
    assert [(row.payer, row.amount) for row in differences(one)] == [
        ("a", Decimal("-6.00")), ("b", Decimal("-4.00"))]


@given(st.decimals(0, 500, places=2), st.decimals(0, 500, places=2))
def test_settled_once(price, before):
    """After the correction nothing is left, whatever the prices."""
    rate = Rate(price)
    one = charged(before, str(before), rerate=rate)
    total = before + sum(row.amount for row in differences(one))
    assert total == price
    assert not differences(replace(one, amount=total, left=total))


def test_reductions_of_the_other_price():
    """10 % and 5.00 were taken of 30.00; of 20.00 they are 2.00 and 5.00, and never more."""
    discounts = (
        Discount(1, "percent", Decimal(10), APRIL.first),
        Discount(2, "amount", Decimal(5), APRIL.first))
    given_ = (Reduction(1, Decimal(3)), Reduction(2, Decimal(5)), Reduction(9, Decimal(1)))

    def amounts(price):
        return [one.amount for one in again(discounts, given_, Decimal(price), Decimal(1), CENT)]

    assert amounts(20) == [Decimal("2.00"), Decimal("5.00"), Decimal(1)]
    assert amounts(5) == [Decimal("0.50"), Decimal("4.50")]
