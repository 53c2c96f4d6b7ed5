"""An invented invoice that shows every part of a layout, for its preview."""
import copy

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
TAXES = {
    'CA': (({'en': "GST", 'fr': "TPS"}, '5.0', '9.35'),
           ({'en': "QST", 'fr': "TVQ"}, '9.975', '18.66')),
    '': (({'en': "VAT", 'fr': "TVA"}, '20.0', '37.42'),),
}
TOTALS = {'CA': ('215.09', '246.56'), '': ('224.50', '255.97')}
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
    :param registrations: numbers of the tax registrations, in their order
    :rtype: dict
    """
    place = country if country in CUSTOMERS else ''
    total, due = TOTALS[place]
    numbers = [*registrations, '', '']
    return copy.deepcopy({
        **shared,
        'version': 1, 'kind': 'invoice', 'draft': False, 'number': 'F2026-000127', 'origin': '',
        'invoice_date': '2026-10-01', 'due_date': '2026-10-21',
        'period': ['2026-10-01', '2026-10-31'], 'currency': currency, 'decimals': decimals,
        'account_number': ACCOUNT, 'customer': CUSTOMERS[place],
        'service': {'address': PLACES[0]},
        'lines': [_line(*line, number) for number, line in enumerate(LINES)],
        'taxes': [{'label': label, 'rate': rate, 'amount': amount, 'number': numbers[at]}
                  for at, (label, rate, amount) in enumerate(TAXES[place])],
        'untaxed': '187.08', 'total': total, 'message': MESSAGE,
        'summary': {'previous': '131.47', 'forward': '31.47', 'due': due, 'movements': [
            {'type': 'payment', 'date': '2026-09-18', 'amount': '-100.00'}]},
        'aging': {'current': total, 'd30': '31.47', 'd60': '0.00', 'd90': '0.00',
                  'older': '0.00'},
    })


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
