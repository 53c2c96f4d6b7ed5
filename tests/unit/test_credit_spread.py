"""An amount with tax spread over lines: never more than asked, nor than is left of a line."""
from decimal import ROUND_HALF_UP, Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from odoo.addons.isp_billing.engine.credit import TooMuchError, spread

CENT = Decimal("0.01")


def taxed(*percents):
    """Total of amounts with taxes that are rounded for each line."""
    def total_of(amounts):
        return sum((amount + sum(
            (amount * percent / 100).quantize(CENT, ROUND_HALF_UP) for percent in percents
        ) for amount in amounts), Decimal(0))
    return total_of


def test_without_tax_each_line_gives_its_part():
    lefts = [Decimal("30.00"), Decimal("20.00"), Decimal("10.00")]
    assert spread(Decimal("6.00"), lefts, taxed(), CENT) == [
        Decimal("3.00"), Decimal("2.00"), Decimal("1.00")]
    assert spread(Decimal("60.00"), lefts, taxed(), CENT) == lefts
    with pytest.raises(TooMuchError):
        spread(Decimal("60.01"), lefts, taxed(), CENT)


def test_a_credit_line_gives_its_part_too():
    assert spread(Decimal("10.00"), [Decimal("30.00"), Decimal("-10.00")], taxed(), CENT) == [
        Decimal("15.00"), Decimal("-5.00")]


def test_an_amount_that_cannot_be_reached():
    total_of = taxed(Decimal(20))
    assert total_of(spread(Decimal("0.03"), [Decimal("5.00")], total_of, CENT)) == Decimal("0.02")


@settings(max_examples=60)
@given(
    st.lists(st.integers(1, 9999), min_size=1, max_size=4), st.integers(1, 10 ** 6),
    st.sampled_from([(), (Decimal(20),), (Decimal(5), Decimal("9.975")), (Decimal(13),)]),
)
def test_never_more_than_asked(cents, share, percents):
    """At most 0.05 below what was asked, in lines that each have as much left."""
    lefts, total_of = [CENT * one for one in cents], taxed(*percents)
    whole = total_of(lefts)
    asked = max(CENT, (whole * share / 10 ** 6).quantize(CENT))
    amounts = spread(asked, lefts, total_of, CENT)
    assert all(0 <= amount <= left for amount, left in zip(amounts, lefts, strict=True))
    assert asked - CENT * 5 <= total_of(amounts) <= asked
    if not percents:
        assert total_of(amounts) == asked
