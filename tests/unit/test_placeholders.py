"""Placeholders are a closed list and are replaced as text."""
import pytest

from odoo.addons.isp_billing.engine import placeholders

ALLOWED = placeholders.COMMON


@pytest.mark.parametrize(('text', 'wrong'), [
    ("Hello {first_name}", []),
    ("", []),
    ("{amount_due} by {due_date}", []),
    ("{nope} and {name}", ['nope']),
    ("{first_name.__class__}", ['first_name.__class__']),
    ("{0}", ['0']),
    ("{ first_name }", [' first_name ']),
    ("{first_name", ['{']),
    ("first_name}", ['}']),
    ("{{first_name}}", ['{', '}']),
    ("{first_name!r}", ['first_name!r']),
    ("{new_price}", ['new_price']),
])
def test_unknown_names(text, wrong):
    assert placeholders.unknown(text, ALLOWED) == wrong


def test_values_are_not_replaced_again():
    values = {'name': "{company}", 'company': "X"}
    assert placeholders.fill("{name} of {company}", values) == "{company} of X"


def test_a_missing_value_gives_nothing():
    assert placeholders.fill("{name} {plan}", {'name': "A", 'plan': ''}) is None
    assert placeholders.fill("{name}", {}) is None
    assert placeholders.fill("plain", {}) == "plain"


def test_length_counts_usual_values():
    assert placeholders.length("Hi {first_name}!") == 16
    assert placeholders.length(None) == 0
    assert set(placeholders._LENGTHS) == {*placeholders.COMMON, *placeholders.NOTICE}
