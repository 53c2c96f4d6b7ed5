"""Long names and addresses are set smaller: how lines are counted, which class a page gets."""
import pytest

from odoo.addons.isp_billing.engine import document_fit

LONG = "Coopérative de télécommunications et de câblodistribution du Bas-Saint-Laurent"
STREET = "410, rue du Quai, bureau 300, édifice Jean-Paul-Riopelle"


def view(**changes):
    return {
        'page_class': '', 'slip': 'compact', 'company': {'name': "Nordet Fibre inc."},
        'company_address': ["410, rue du Quai", "Rimouski QC G5L 1A1"],
        'customer': {'name': "Ada"}, 'customer_names': ["Ada"],
        'customer_address': ["1, rue Principale", "Rimouski"],
        **changes}


@pytest.mark.parametrize(('text', 'letters', 'expected'), [
    ("", 10, 1), ("one", 10, 1), ("aaaa bbbb cccc", 10, 2), ("a" * 25, 10, 3),
    ("MMMMMMMM", 10, 1), ("MMMMMMMMM", 10, 2), ("i" * 16, 10, 1), ("aa " * 10, 12, 3),
])
def test_lines(text, letters, expected):
    assert document_fit.lines(text, letters) == expected


def test_ordinary_names_change_nothing():
    assert document_fit.classes(view()) == []
    assert document_fit.classes(view(page_class='window-left both', slip='third')) == []


@pytest.mark.parametrize(('changes', 'expected'), [
    ({'company': {'name': LONG}}, ['name-long', 'slip-dense']),
    ({'company': {'name': LONG}, 'slip': False}, ['name-long']),
    ({'company': {'name': f"{LONG} {LONG}"}, 'slip': False}, ['name-longest']),
    ({'company_address': [STREET, STREET, STREET]}, ['slip-dense']),
    ({'company_address': [STREET, STREET, STREET], 'page_class': 'both'},
     ['slip-dense', 'slip-full']),
    ({'company_address': [STREET, STREET, STREET], 'slip': 'third'}, ['slip-dense']),
    ({'company': {'name': LONG}, 'customer': {'name': f"{LONG}, {LONG}, {LONG}"}, 'slip': 'third'},
     ['name-long', 'slip-dense']),
    ({'company': {'name': LONG}, 'customer': {'name': ', '.join([LONG] * 6)}, 'slip': 'third'},
     ['name-long', 'slip-dense', 'slip-full']),
    ({'terms': f"{LONG}. " * 4}, []), ({'terms': f"{LONG}. " * 14}, ['terms-long']),
    ({'terms': "A clause.\n" * 9}, ['terms-long']), ({'terms': None}, []),
    ({'customer_address': [STREET, STREET, STREET]}, []),
    ({'customer_address': [STREET, STREET, STREET], 'page_class': 'window-right'},
     ['address-dense']),
])
def test_long_ones_get_a_class(changes, expected):
    assert document_fit.classes(view(**changes)) == expected


@pytest.mark.parametrize(('rows', 'changes', 'expected'), [
    (8, {}, ['airy']), (9, {}, []), (8, {'slip': 'compact'}, []), (8, {'page_class': ''}, []),
])
def test_two_languages_with_few_rows_and_no_slip_are_set_wider(rows, changes, expected):
    sections = [{'rows': [{}] * (rows - 3)}, {'rows': [{}] * 3}]
    assert document_fit.classes(view(**{
        'page_class': 'both', 'slip': False, 'sections': sections, **changes})) == expected
