"""An invented invoice that shows every part of a layout, for its preview."""
import copy
from decimal import ROUND_HALF_UP, Decimal

ACCOUNT = '104729016'
LINES = (
    ('internet', 'FIB500', "Fibre 500", "Fibre 500", '2026-10-01', '74.95', 0),
    ('voice', 'TEL', "Home phone", "Téléphonie résidentielle", '2026-10-01', '24.95', 0),
    ('tv', 'TV-E', "Television, Essentials", "Télévision Essentiel", '2026-10-15', '21.93', 17),
    ('equipment', 'BOX6', "Wi-Fi 6 modem rental", "Location du modem Wi-Fi 6", '2026-10-01',
     '9.95', 0),
    ('addon', 'IP4', "Static IP address", "Adresse IP fixe", '2026-10-01', '10.00', 0),
    ('addon', 'SEC', "Security pack, offered", "Pack sécurité, offert", '2026-10-01', '0.00', 0),
    ('usage', 'MIN', "Calls abroad, 42 minutes", "Appels à l’étranger, 42 minutes", None, '6.30',
     0),
    ('one_time', 'VISIT', "Visit of a technician", "Déplacement d’un technicien", None, '49.00',
     0),
    ('addon', 'REF', "Friend referred", "Parrainage d’un ami", None, '-10.00', 0),
)
PLACES = (
    {'en': ["27 Quay Street"], 'fr': ["27, rue du Quai"]},
    {'en': ["4 Lighthouse Road"], 'fr': ["4, chemin du Phare"]},
)
CUSTOMERS = {
    'CA': {'name': "Mélodie Tremblay-Roy", 'address': {
        'en': ["27 Quay Street, apt. 4", "Rimouski QC G5L 2B2"],
        'fr': ["27, rue du Quai, app. 4", "Rimouski (Québec) G5L 2B2"]}},
    '': {'name': "Mélodie Arnaud", 'address': {
        'en': ["27 rue du Quai", "17000 La Rochelle"],
        'fr': ["27 rue du Quai", "17000 La Rochelle"]}},
}
UNTAXED, FORWARD = Decimal('187.08'), Decimal('31.47')
TAXES = {
    'CA': (({'en': "GST", 'fr': "TPS"}, '5.0'), ({'en': "QST", 'fr': "TVQ"}, '9.975')),
    '': (({'en': "VAT", 'fr': "TVA"}, '20.0'),),
}
# The calls of the line MIN: day, minutes, what, amount.
CALLS = (
    ('2026-10-04', '12', "Call to Portugal", "Appel vers le Portugal", '1.80'),
    ('2026-10-11', '25', "Call to Senegal", "Appel vers le Sénégal", '3.75'),
    ('2026-10-27', '5', "Call to Belgium", "Appel vers la Belgique", '0.75'),
)
MESSAGE = {
    'en': "Good news: from November 1 your Fibre 500 service is faster, at no extra cost.",
    'fr': "Bonne nouvelle\u00a0: dès le 1er novembre, votre service Fibre 500 est plus rapide, "
          "sans "
          "supplément.",
}


def sample_facts(shared, country, currency, decimals, registrations=()):
    """Facts of an invented invoice of a company.

    :param dict shared: company, locales, paper, logo, support, instructions, terms, payment
    :param str country: code of the company's country
    :param str currency: ISO code
    :param registrations: the company's tax registrations, in their order: dicts of ``label`` (in
        both languages), ``rate`` and ``number``; taxes of its country without a number when empty
    :rtype: dict
    """
    place = country if country in CUSTOMERS else ''
    taxes = [_tax(**row) for row in registrations] or [
        _tax(label, rate) for label, rate in TAXES[place]]
    total = UNTAXED + sum(Decimal(tax['amount']) for tax in taxes)
    return copy.deepcopy({
        **shared,
        'version': 1, 'kind': 'invoice', 'draft': False, 'number': 'F2026-000127', 'origin': '',
        'invoice_date': '2026-10-01', 'due_date': '2026-10-21',
        'period': ['2026-10-01', '2026-10-31'], 'currency': currency, 'decimals': decimals,
        'account_number': ACCOUNT, 'customer': CUSTOMERS[place],
        'service': {'address': PLACES[0]},
        'lines': [_line(*line, number) for number, line in enumerate(LINES)],
        'taxes': taxes,
        'untaxed': str(UNTAXED), 'total': str(total), 'message': MESSAGE,
        'summary': {'previous': '131.47', 'forward': str(FORWARD), 'due': str(total + FORWARD),
                    'movements': [{'type': 'payment', 'date': '2026-09-18', 'amount': '-100.00'}]},
        'aging': {'current': str(total), 'd30': str(FORWARD), 'd60': '0.00', 'd90': '0.00',
                  'older': '0.00'},
    })


def _tax(label, rate, number=''):
    amount = (UNTAXED * Decimal(rate) / 100).quantize(Decimal('0.01'), ROUND_HALF_UP)
    return {'label': label, 'rate': rate, 'amount': str(amount), 'number': number}


def _line(kind, code, english, french, start, amount, days, number):
    recurring = bool(start)
    return {
        'kind': kind, 'code': code, 'text': {'en': english, 'fr': french},
        'from': start, 'to': '2026-10-31' if recurring else None,
        'days': days, 'period_days': 31 if days else 0, 'quantity': '1',
        'discount': '0', 'price_unit': '39.99' if days else amount, 'amount': amount,
        'place': PLACES[number % 5 // 4],
        'details': [_call(*call) for call in CALLS] if code == 'MIN' else [],
    }


def _call(day, minutes, english, french, amount):
    return {'date': day, 'quantity': minutes, 'unit': 'min', 'amount': amount,
            'price_unit': '0.15', 'text': {'en': english, 'fr': french}}
