"""Amounts split between payers: nothing is lost, and credits go back to whoever paid."""
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.isp_billing.engine.shares import split_by_weight, split_share, take_up_to

from . import reference_money, strategies
from .ledger import CENT, Ledger, day


def texts(parts):
    return [(payer, str(amount)) for payer, amount in parts]


def test_three_payers_of_ten():
    weights = [("a", Decimal(1)), ("b", Decimal(1)), ("c", Decimal(1))]
    assert texts(split_by_weight(Decimal("10.00"), weights, CENT)) == [
        ("a", "3.33"), ("b", "3.34"), ("c", "3.33"),
    ]
    assert texts(split_by_weight(Decimal("-10.00"), weights, CENT)) == [
        ("a", "-3.33"), ("b", "-3.34"), ("c", "-3.33"),
    ]


@pytest.mark.parametrize(("percent", "expected"), [
    (60, [("payer", "17.99"), ("account", "12.00")]), (100, [("payer", "29.99")]),
    (0, [("account", "29.99")]),
])
def test_percentage_of_a_parent_account(percent, expected):
    found = split_share(Decimal("29.99"), "payer", "account", Decimal(percent), CENT)
    assert texts(found) == expected


def test_up_to_an_amount():
    amounts = [Decimal(20), Decimal(15), Decimal(-30), Decimal(40)]
    assert take_up_to(amounts, Decimal(25)) == [20, 5, -25, 25]
    assert take_up_to([Decimal(-5), Decimal(5)], Decimal(0)) == [0, 0]


def test_weights_may_be_fractions():
    weights = [("a", Decimal("0.25")), ("b", Decimal("0.5"))]
    assert texts(split_by_weight(Decimal("9.00"), weights, CENT)) == [("a", "3.00"), ("b", "6.00")]


def test_weights_of_nothing_are_refused():
    for weights in ([], [("a", Decimal(0))]):
        with pytest.raises(ValueError, match="^The weights .* add up to more than 0$"):
            split_by_weight(Decimal(1), weights, CENT)


def test_a_shared_charge_is_credited_to_each_payer():
    book = Ledger.monthly()
    book.weights = (("payer", Decimal(70)), ("nobody", Decimal(0)), ("account", Decimal(30)))
    book.add("line", "2026-04-01", price="29.99")
    rows = book.run("2026-04-01")
    assert [(row.payer, str(row.amount), row.revision) for row in rows] == [
        ("payer", "20.99", 0), ("account", "9.00", 0),
    ]
    # who pays from now on changes nothing of what was charged
    book.weights = ()
    book.change("line", end=day("2026-04-15"))
    rows = book.run("2026-04-16")
    assert [(row.payer, str(row.amount), row.revision) for row in rows] == [
        ("payer", "-10.49", 1), ("account", "-4.50", 1),
    ]
    book.change("line", end=None)
    rows = book.run("2026-05-01")
    assert [(row.payer, str(row.amount), row.revision) for row in rows] == [
        ("payer", "10.49", 2), ("account", "4.50", 2), (None, "29.99", 0),
    ]
    assert [row.is_first for row in rows] == [False, False, True]


def test_a_payers_credit_is_at_most_what_is_left_of_its_own_part():
    book = Ledger.monthly()
    book.weights = (("payer", Decimal(50)), ("account", Decimal(50)))
    book.add("line", "2026-04-01")
    book.run("2026-04-01")
    (full,) = book.rows["line"]
    kept = book.rows["line"][full][1]
    # the payer's invoice was credited in full and its period left closed
    book.rows["line"][full] = [book.rows["line"][full][0], kept]
    book.reverse(1, reopens=False)
    account = [row for row in book.rows["line"][full] if row.payer == "account"]
    book.rows["line"][full] = [
        row for row in book.rows["line"][full] if row not in account[1:]
    ]
    book.change("line", end=day("2026-04-15"))
    rows = book.run("2026-04-16")
    assert [(row.payer, str(row.amount)) for row in rows] == [("account", "-7.50")]


weights_of = st.lists(st.integers(0, 100), min_size=1, max_size=5).filter(any)


@given(st.integers(-100_000, 100_000), weights_of, strategies.units)
def test_parts_equal_the_reference_and_add_up(count, weights, unit):
    amount = count * unit
    named = [(number, Decimal(weight)) for number, weight in enumerate(weights)]
    found = split_by_weight(amount, named, unit)
    assert sum(part for _payer, part in found) == amount
    assert dict(found) == reference_money.parts(Fraction(amount), named, unit)
    assert [payer for payer, _part in found] == [payer for payer, _weight in named]
    for (_payer, part), weight in zip(found, weights, strict=True):
        exact = Fraction(amount) * weight / sum(weights)
        assert abs(Fraction(part) - exact) <= Fraction(unit)
        assert part % unit == 0
        assert part * amount >= 0
        assert weight or not part


@given(st.lists(st.integers(-5000, 5000), max_size=8), st.integers(0, 8000))
def test_a_sum_is_never_passed_and_is_used_up_as_far_as_it_goes(cents, most):
    amounts, most = [Decimal(one) / 100 for one in cents], Decimal(most) / 100
    taken = Decimal(0)
    for amount, part in zip(amounts, take_up_to(amounts, most), strict=True):
        expected = max(min(taken + amount, most), min(taken, 0)) - taken
        assert part == max(expected, -taken)
        taken += part
        assert 0 <= taken <= most
