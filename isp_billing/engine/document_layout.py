"""How documents look: the settings of a layout and what they change on a page.

``DEFAULTS`` are the settings of a company without a layout and of invoices that were frozen
before there were layouts.  A layout is frozen with each invoice as plain JSON, so a page depends
on nothing that can be edited later.
"""
import hashlib
import json
from decimal import Decimal

from . import document_colours, formats

FONTS = {'open_sans': 'Open Sans', 'roboto': 'Roboto'}
GROUPINGS = ('auto', 'none', 'kind', 'address')
AGES = ('current', 'd30', 'd60', 'd90', 'older')
DEFAULTS = {
    'primary': '#0f2b46', 'accent': '#19b39b', 'totals': '#0b5fa5', 'font': 'open_sans',
    'website': True, 'phone': True, 'support': True,
    'zero_lines': True, 'unit_prices': True, 'quantities': True, 'periods': True, 'codes': False,
    'usage_details': False,
    'grouping': 'auto', 'statement': True, 'aging': False, 'past_due': False,
    'slip': True, 'slip_side': 'left', 'slip_size': 'compact', 'window': 'none',
    'check_digit': False, 'qr': 'auto',
    'footer': {'en': '', 'fr': ''}, 'terms': {'en': '', 'fr': ''},
    'address': {'en': '', 'fr': ''}, 'website_text': '', 'phone_text': '',
    'hours': {'en': '', 'fr': ''}, 'reminder': {'en': '', 'fr': ''},
    'logo': False, 'paper': 'country',
}
#: width of each column of the details in percent; what hidden ones leave goes to the description
COLUMNS = {'code': 11, 'period': 25, 'quantity': 8, 'unit_price': 13, 'amount': 14}
#: rows that are only text, and their class
TEXT_KINDS = {'section': 'section', 'subsection': 'section subsection', 'note': 'remark'}
_SWITCHES = {'code': 'codes', 'period': 'periods', 'quantity': 'quantities',
             'unit_price': 'unit_prices'}


def settings_of(data):
    """Settings of the layout that an invoice was made with, every key filled."""
    return {**DEFAULTS, **(data.get('layout') or {})}


def canonical(settings):
    """Settings as text that is the same for equal settings."""
    return json.dumps(settings, sort_keys=True, ensure_ascii=False, separators=(',', ':'))


def fingerprint(settings):
    """SHA-256 of settings (hexadecimal text)."""
    return hashlib.sha256(canonical(settings).encode()).hexdigest()


def columns(settings):
    """Columns of the details: [(key, width in percent)], the description first."""
    shown = [(key, width) for key, width in COLUMNS.items()
             if key not in _SWITCHES or settings[_SWITCHES[key]]]
    text = 100 - sum(width for _key, width in shown)
    return [('text', text), *shown]


def variables(settings):
    """Variables of the stylesheet as a sorted tuple, fit as a key of a cache."""
    chosen = (settings[name] for name in ('primary', 'accent', 'totals'))
    return tuple(sorted(document_colours.palette(*chosen).items()))


def slip_size(settings, wanted):
    """How high the slip is: ``compact``, ``third`` (of the sheet), or False without one."""
    return wanted and settings['slip'] and settings['slip_size']


def page_classes(settings, slip=False, paper=None):
    """Classes of the page: which side things stand on, and where windows of envelopes are.

    :param slip: see ``slip_size``
    """
    found = []
    if settings['window'] != 'none':
        found.append(f"window-{settings['window']}")
        if paper == 'Letter':
            found.append('window-letter')
    if settings['slip_side'] == 'right':
        found.append('slip-right')
    if slip == 'third':
        found.append('slip-third')
    return ' '.join(found)


def shown_lines(lines, settings):
    """Lines that are printed: those of 0.00 only when the layout shows them."""
    if settings['zero_lines']:
        return lines
    return [line for line in lines if line['kind'] in TEXT_KINDS or Decimal(line['amount'])]


def groups(data, settings, kinds, language, headings_from):
    """The lines under their headings.

    An invoice with sections of its own keeps its order; a note stays below its line.

    :param kinds: kinds of lines in the order in which they are printed
    :param int headings_from: so many lines get headings of kinds when grouping is automatic
    :return: [(heading: kind, text of an address or None, lines)]
    """
    lines = shown_lines(data['lines'], settings)
    grouping = settings['grouping']
    sectioned = any(line['kind'] in ('section', 'subsection') for line in lines)
    if grouping == 'none' or sectioned:
        return [(None, None, lines)] if lines else []
    if grouping == 'address':
        return _by_address(lines, language)
    by_kind, kind = {}, None
    for line in lines:
        if line['kind'] != 'note':
            kind = line['kind'] if line['kind'] in kinds else 'other'
            if grouping == 'kind' and data['kind'] != 'refund' and Decimal(line['amount']) < 0:
                kind = 'credit'
        by_kind.setdefault(kind or _first_kind(lines, kinds), []).append(line)
    headed = len(by_kind) > 1 and (grouping == 'kind' or len(lines) >= headings_from)
    return [(kind if headed else None, None, by_kind[kind]) for kind in kinds if kind in by_kind]


def _first_kind(lines, kinds):
    """Kind of the first line that is no note: a note above all lines goes with it."""
    found = next((line['kind'] for line in lines if line['kind'] != 'note'), None)
    return found if found in kinds else 'other'


def _by_address(lines, language):
    """Lines below the address of their service; those of no address follow under a heading.

    A note stays with the line above it.
    """
    places, others, address = {}, [], ''
    for line in lines:
        if line['kind'] != 'note':
            address = ', '.join((line.get('place') or {}).get(language, []))
        (places.setdefault(address, []) if address else others).append(line)
    found = [(None, address, rows) for address, rows in places.items()]
    return found + ([('other' if places else None, None, others)] if others else [])


def account_digits(number, grouped, settings):
    """Groups of an account number; with its check digit apart when the layout says so."""
    if not settings['check_digit'] or not number.isdecimal() or len(number) < 3:
        return grouped(number)
    groups_of_body = grouped(number[:-1])
    return [*groups_of_body[:-1], f'{groups_of_body[-1]}{formats.HYPHEN}{number[-1]}']


def overdue(data):
    """Amount of the previous balance that was past its due date at issue (Decimal)."""
    aging = (data.get('aging') or {})
    return sum((Decimal(aging[age]) for age in AGES[1:] if age in aging), Decimal(0))
