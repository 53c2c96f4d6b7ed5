"""What is left to credit of an invoice line, against a plain count of units."""
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.isp_billing.engine.credit import Part, Room, TooMuchError

CENT = Decimal("0.01")


def room(billed, *parts, credited=0):
    """A line; ``parts`` are (charged, left)."""
    return Room(Decimal(billed), Decimal(credited), CENT, [
        Part(place, Decimal(amount), Decimal(left)) for place, (amount, left) in enumerate(parts)])


def test_the_ledger_follows_the_document():
    line = room("30.00", ("30.00", "30.00"))
    assert line.take(Decimal("10.00")) == [(0, Decimal("10.00"))]
    assert line.left == Decimal("20.00")
    with pytest.raises(TooMuchError) as error:
        line.take(Decimal("20.01"))
    assert error.value.left == Decimal("20.00")
    assert line.take(Decimal("20.00")) == [(0, Decimal("20.00"))]
    assert line.is_empty


def test_a_period_credited_meanwhile():
    """A bill gave 15.00 of the period back: 15.00 is left of the line, too."""
    line = room("30.00", ("30.00", "15.00"))
    assert (line.left, line.is_cut) == (Decimal("15.00"), True)


def test_a_credit_line_is_taken_back_once():
    line = room("-10.00", ("-10.00", "-10.00"))
    assert line.left == Decimal("-10.00")
    assert line.take(Decimal("-10.00")) == [(0, Decimal("-10.00"))]
    with pytest.raises(TooMuchError):
        line.take(Decimal("-0.01"))


def test_older_data_that_differ():
    """Ledger 20.00, document 5.00: the document gives 5.00, the ledger all; and in proportion."""
    line = room("5.00", ("20.00", "20.00"))
    assert line.left == Decimal("5.00")
    assert line.take(Decimal("2.00")) == [(0, Decimal("8.00"))]
    assert line.take(Decimal("3.00")) == [(0, Decimal("12.00"))]
    more = room("25.00", ("20.00", "20.00"))
    assert more.take(Decimal("25.00")) == [(0, Decimal("20.00"))]


def test_a_line_without_charges():
    line = room("50.00", credited="20.00")
    assert line.left == Decimal("30.00")
    assert line.take(Decimal("30.00")) == []
    assert line.is_empty


@given(
    st.lists(st.integers(1, 5000), min_size=1, max_size=4),
    st.lists(st.integers(1, 6000), max_size=8), st.sampled_from([1, -1]),
)
def test_never_more_than_billed(charges, asked, sign):
    """Counted in units: each credit is given whole or refused, and ledger equals document."""
    line = room(CENT * sum(charges) * sign, *[
        (CENT * amount * sign, CENT * amount * sign) for amount in charges])
    left, given_back = sum(charges), Decimal(0)
    for units in asked:
        if units > left:
            with pytest.raises(TooMuchError):
                line.take(CENT * units * sign)
            continue
        left -= units
        rows = line.take(CENT * units * sign)
        assert sum(amount for _key, amount in rows) == CENT * units * sign
        given_back += CENT * units * sign
        assert line.left == CENT * left * sign
        assert abs(given_back) <= abs(line.billed)
