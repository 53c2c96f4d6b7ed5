"""Future documents as values: totals, zero bills and the fingerprint of a result."""
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.isp_billing.engine.bill import BillPreview, ChargeLine, Problem

TODAY = date(2026, 4, 1)
LINE = ChargeLine(
    account_id=1,
    line_id=1, subscription_id=1, plan_id=1, product_id=1, income_account_id=1, tax_ids=(1, 2),
    kind="recurring", period_start=date(2026, 4, 1), period_end=date(2026, 4, 30), revision=0,
    date_from=date(2026, 4, 1), date_to=date(2026, 4, 30), days=30, period_days=30,
    quantity=Decimal(1), price_unit=Decimal("59.95"), discount=Decimal(0),
    price_full=Decimal("59.95"), method="actual", amount=Decimal("59.95"), is_full=True,
)


def bill(*lines, **values):
    return BillPreview(
        account_id=1, payer_id=1, company_id=1, currency_id=1, fiscal_position_id=1, journal_id=1,
        group_key="", address_id=1, lines=list(lines),
        totals={"untaxed": "59.95", "tax": "8.98", "total": "68.93", "taxes": []}, **values,
    )


def test_net_and_kind_of_document():
    credit = replace(LINE, amount=Decimal("-80.00"))
    assert bill(LINE).net == Decimal("59.95")
    assert not bill(LINE).is_refund
    assert bill(LINE, credit).is_refund


def test_case_062_only_lines_of_zero_make_no_document():
    free = replace(LINE, amount=Decimal("0.00"))
    assert bill(free).is_zero
    back = replace(LINE, amount=Decimal("-59.95"), line_id=2)
    assert bill(LINE, back).net == 0
    assert not bill(LINE, back).is_zero
    assert not bill(LINE, back).is_refund
    assert not bill(LINE, free).is_zero


def test_the_fingerprint_follows_the_result_and_nothing_else():
    other = replace(LINE, line_id=2)
    known = bill(LINE, other).fingerprint(TODAY)
    assert bill(other, LINE).fingerprint(TODAY) == known
    assert bill(LINE, other, flags={"first_bill"}).fingerprint(TODAY) == known
    same = replace(LINE, amount=Decimal("59.950"), quantity=Decimal("1.0"))
    assert bill(same, other).fingerprint(TODAY) == known


@pytest.mark.parametrize("changed", [
    {"amount": Decimal("59.96")}, {"tax_ids": (1,)}, {"income_account_id": 2},
    {"date_to": date(2026, 4, 29)}, {"days": 29}, {"price_unit": Decimal("60")}, {"revision": 1},
    {"discount": Decimal(5)}, {"period_end": date(2026, 5, 1)}, {"product_id": 7},
])
def test_case_072_any_change_of_a_line_changes_the_fingerprint(changed):
    assert bill(replace(LINE, **changed)).fingerprint(TODAY) != bill(LINE).fingerprint(TODAY)


@pytest.mark.parametrize("changed", [
    {"due_days": 30}, {"carries_credit": True}, {"problems": [Problem("no_tax", "No tax.")]},
])
def test_case_072_any_change_of_the_bill_changes_the_fingerprint(changed):
    assert bill(LINE, **changed).fingerprint(TODAY) != bill(LINE).fingerprint(TODAY)


def test_the_fingerprint_does_not_depend_on_how_a_number_is_written():
    """A hundred is a hundred; in JSON a normalized Decimal would be 1E+2."""
    hundred, same = (replace(LINE, amount=Decimal(text)) for text in ("1E+2", "100.00"))
    assert bill(hundred).fingerprint(TODAY) == bill(same).fingerprint(TODAY)
    assert len(bill(LINE).fingerprint(TODAY)) == 64


def test_the_fingerprint_does_not_depend_on_the_order_of_the_totals():
    """They come from the database as they were stored."""
    one, other = bill(LINE), bill(LINE)
    other.totals = dict(reversed(one.totals.items()))
    assert list(other.totals) != list(one.totals)
    assert one.fingerprint(TODAY) == other.fingerprint(TODAY)


def taxed(**values):
    """Totals with one tax."""
    tax = {"id": 5, "base": "59.95", "amount": "3.00", "name": "GST", **values}
    return {"untaxed": "59.95", "tax": "3.00", "total": "62.95", "taxes": [tax]}


@pytest.mark.parametrize(("values", "same"), [
    ({"name": "TPS"}, True), ({"id": 6}, False), ({"base": "59.94"}, False),
    ({"amount": "3.01"}, False), ({}, True),
])
def test_case_072_taxes_count_by_what_they_are_and_not_by_their_names(values, same):
    one, other = bill(LINE), bill(LINE)
    one.totals, other.totals = taxed(), taxed(**values)
    assert (one.fingerprint(TODAY) == other.fingerprint(TODAY)) is same
    without = bill(LINE)
    without.totals = {}
    assert without.fingerprint(TODAY) != one.fingerprint(TODAY)


def test_case_072_the_invoice_date_is_part_of_the_result():
    assert bill(LINE).fingerprint(date(2026, 4, 2)) != bill(LINE).fingerprint(TODAY)


@given(st.lists(st.integers(1, 9), unique=True, min_size=1), st.randoms())
def test_the_order_of_lines_does_not_matter(numbers, random):
    lines = [replace(LINE, line_id=number) for number in numbers]
    shuffled = random.sample(lines, len(lines))
    assert bill(*shuffled).fingerprint(TODAY) == bill(*lines).fingerprint(TODAY)
