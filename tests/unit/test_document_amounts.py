"""Pages with wide amounts get classes that give them room."""
import pytest

from odoo.addons.isp_billing.engine import document_amounts

CFA = "14\u202f814\u202f814\u00a0F\u202fCFA"
DINARS = "KWD\u00a012,345,678.000"


def view(total="$114.98", **changes):
    return {
        'slip': 'compact', 'qr': {}, 'amount_due': "$129.96", 'summary': None, 'aging': None,
        'totals': [("Subtotal", '', "$100.00")], 'total': ("Total", total), **changes}


def test_ordinary_amounts_change_nothing():
    for total in ("$114.98", "−$12,345.67", "123\u00a0456,78\u00a0$"):
        assert document_amounts.classes(view(total)) == []
        assert document_amounts.classes(view(total, amount_due=total)) == []


@pytest.mark.parametrize(('changes', 'expected'), [
    ({'total': CFA}, ['amounts-wide']),
    ({'totals': [("TVA 20 %", "N° FR 46 999999998", "9,17 €", "base 12\u00a0345,83 €")]}, []),
    ({'totals': [("TVA 20 %", '', CFA, "base 45,83 €")]}, ['amounts-wide']),
    ({'total': DINARS}, ['amounts-wide', 'amounts-widest']),
    ({'amount_due': CFA}, ['amounts-wide', 'due-long']),
    ({'amount_due': DINARS}, ['amounts-wide', 'amounts-widest', 'due-longest']),
    ({'aging': [("Not yet due", CFA)]}, ['amounts-wide']),
    ({'summary': {'rows': [("Previous", CFA)], 'total': ("Due", "$1.00")}}, ['amounts-wide']),
    ({'tables': [{'total': None}, {'total': ("Balance", CFA)}]}, ['amounts-wide']),
    ({'total': "12\u00a0345,67\u00a0$"}, []),
    ({'total': "12\u00a0345,67\u00a0$", 'slip': False, 'qr': {'type': 'link'}}, ['amounts-wide']),
    ({'sections': [{'rows': [{'unit_price': "12,345,678.000", 'amount': "1"}]}]},
     ['figures-long']),
])
def test_wide_ones_get_a_class(changes, expected):
    assert document_amounts.classes(view(**changes)) == expected
