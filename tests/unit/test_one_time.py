"""One-time charges and instalments: parts that add up, ends, changed prices."""
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.isp_billing.engine.charges import LineFacts, Rate, chain_periods
from odoo.addons.isp_billing.engine.schedule import Schedule, Timeline

from . import reference_money, strategies
from .ledger import Ledger, day

MONTHS = Timeline.of(Schedule(day("2026-01-01")))


def installation(price="100.00", start="2026-01-31", count=3, **values):
    return Ledger.monthly().add(
        "set-up", start, price=price, kind="one_time", instalments=count, **values,
    )


def test_installation_over_three_months_from_a_month_end():
    book = installation()
    assert book.amounts("2026-01-30") == []
    assert book.amounts("2026-01-31") == ["33.33"]
    assert book.amounts("2026-02-27") == []
    assert book.amounts("2026-02-28") == ["33.34"]
    assert book.amounts("2026-03-31") == ["33.33"]
    assert book.amounts("2027-01-31") == []


def test_all_instalments_that_are_due_come_in_one_run_and_know_their_number():
    rows = installation().run("2026-12-31")
    assert [row.due.instalment for row in rows] == [(1, 3), (2, 3), (3, 3)]
    assert [str(row.first) for row in rows] == ["2026-01-31", "2026-02-28", "2026-03-31"]
    assert [row.last for row in rows] == [row.first for row in rows]
    assert sum(row.amount for row in rows) == 100
    assert [row.due.instalment for row in installation(count=1).run("2026-01-31")] == [None]


def test_the_rest_falls_due_on_the_final_bill():
    book = installation()
    book.run("2026-01-31")
    book.change("set-up", end=day("2026-02-10"))
    assert book.amounts("2026-02-10") == []
    assert book.amounts("2026-02-11") == ["33.34", "33.33"]


def test_a_line_ended_before_its_day_owes_no_instalment():
    book = installation(end="2026-01-30")
    assert book.amounts("2026-12-31") == []
    assert installation(end="2026-01-31").amounts("2026-01-31") == ["33.33"]


def test_the_price_is_the_one_of_the_first_day_for_all_parts():
    """A new list price in February does not make the installation dearer half way."""
    book = installation(price=lambda when: Decimal(100 if when < day("2026-02-01") else 130))
    assert book.amounts("2026-03-31") == ["33.33", "33.34", "33.33"]


def test_a_charge_whose_day_was_moved_is_not_charged_again():
    book = installation(count=1)
    book.run("2026-01-31")
    book.change("set-up", start=day("2026-02-15"))
    assert book.amounts("2026-03-31") == []
    assert book.total() == 100


def test_instalments_whose_day_was_moved_still_add_up():
    book = installation()
    book.run("2026-02-28")
    book.change("set-up", start=day("2026-02-15"))
    book.run("2026-04-15")
    assert book.total() == 100


def test_instalments_without_proration_are_still_parts():
    assert installation(method="none").amounts("2026-02-28") == ["33.33", "33.34"]


@pytest.mark.parametrize(("method", "expected"), [("none", "100"), ("actual", "100.00")])
def test_a_whole_charge_is_its_price(method, expected):
    facts = LineFacts("x", "one_time", "advance", MONTHS, day("2026-02-03"))
    ((full, due),) = chain_periods([facts], day("2026-01-01"))["x"].items()
    assert full.days == due.days == 1
    assert due.is_full
    assert str(due.amount(Rate(Decimal(expected), method=method), Decimal("0.01"))) == "100.00"


@given(st.integers(0, 100_000), st.integers(1, 36), strategies.units,
       st.dates(day("2024-01-01"), day("2026-12-31")))
def test_instalments_equal_the_reference(count_of_units, count, unit, start):
    price = count_of_units * unit
    book = Ledger(MONTHS, unit).add(
        "x", str(start), price=price, kind="one_time", instalments=count,
    )
    rows = book.run("2031-01-01")
    assert [row.amount for row in rows] == reference_money.instalments(
        Fraction(price), count, unit,
    )
    assert sum(row.amount for row in rows) == price
    assert rows[0].first == start
    for before, after in zip(rows, rows[1:], strict=False):
        months = (after.first.year - before.first.year) * 12
        assert months + after.first.month - before.first.month == 1
        assert after.first.day <= start.day
