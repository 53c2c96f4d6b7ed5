"""The cells of a subscriber book: what a text means as date, amount, choice, yes or no.

Exports of other systems write these in their own ways.  What has one meaning is read; what has two
is refused with a code, never guessed.
"""
import datetime
import re
import unicodedata
from decimal import Decimal, InvalidOperation

from .book_spec import AMOUNT, BOOLEAN, CHOICE, DATE, EMAIL, INTEGER, NUMBER, PERCENT, TEXT

_TRUE = {'1', 'true', 'yes', 'y', 'x', 'oui', 'o', 'vrai'}
_FALSE = {'', '0', 'false', 'no', 'n', 'non', 'faux'}
_SPACES = re.compile(r'[\s\u00a0\u202f\u2009]')
_NUMBER = re.compile(r'[+-]?\d+(\.\d+)?$', re.ASCII)
_DASHES = str.maketrans('\u2212\u2013\u2012', '---')

_UNIT = r"(?:[A-Za-z]{3}|[A-Za-z]{0,3}[$€£¥])"
_MONEY = re.compile(
    rf"(?P<sign>[+-]?)\s*(?P<before>{_UNIT})?\s*(?P<inner>[+-]?)\s*"
    r"(?P<body>\d[\d.,'’\s]*)(?P<behind>-?)"
    rf"\s*(?P<after>{_UNIT})?\s*(?P<last>-?)", re.ASCII)
_QUOTED = re.compile(r"(?<=\d)['’](?=\d{3})")

_CLOCK = re.compile(r'[T ]\d{1,2}:\d{2}(:\d{2}([.,]\d+)?)?$', re.ASCII)
_YEAR_FIRST = re.compile(r'(\d{4})([-/.])(\d{1,2})\2(\d{1,2})$', re.ASCII)
_COMPACT = re.compile(r'((?:19|20)\d{2})(\d{2})(\d{2})$', re.ASCII)
_YEAR_LAST = re.compile(r'(\d{1,2})([-/.])(\d{1,2})\2(\d{4})$', re.ASCII)
_DAY_WORD = re.compile(r'(\d{1,2})(?:er|st|nd|rd|th)?[-/ ]([a-z]+)[-/, ]+(\d{4})$', re.ASCII)
_WORD_DAY = re.compile(r'([a-z]+)[- ](\d{1,2})(?:st|nd|rd|th)?[-, ]+(\d{4})$', re.ASCII)
#: names of the months in English and in French, as :func:`plain` writes them
_MONTHS = tuple(names.split() for names in (
    'january janvier', 'february fevrier', 'march mars', 'april avril', 'may mai', 'june juin',
    'july juillet', 'august aout', 'september septembre', 'october octobre', 'november novembre',
    'december decembre',
))
_EMAIL = re.compile(r'[^\s@<>;,"()]+@[^\s@<>;,"().]+(\.[^\s@<>;,"().]+)+$')
#: what a spreadsheet writes where it has no value
_SHEET_ERRORS = {'#REF!', '#N/A', '#VALUE!', '#DIV/0!', '#NAME?', '#NUM!', '#NULL!', '#VALEUR!',
                 '#NOM?', '#NOMBRE!', '#NUL!'}
#: a long number that a spreadsheet has rounded: its digits are lost
_ROUNDED = re.compile(r'\d([.,]\d+)?E\+\d+$', re.ASCII)


class BadValue(ValueError):
    """A cell that cannot be read; ``code`` says why, ``params`` carries the allowed values."""

    def __init__(self, code, **params):
        super().__init__(code)
        self.code = code
        self.params = params


def plain(text):
    """A text without accents, in small letters, with single spaces and no dashes."""
    letters = unicodedata.normalize('NFKD', text).casefold()
    letters = ''.join(letter for letter in letters if not unicodedata.combining(letter))
    return ' '.join(re.sub(r"[-_’'\s]+", ' ', letters).split())


# ---------------------------------------------------------------------------------------------
# Numbers
# ---------------------------------------------------------------------------------------------

def parse_amount(text):
    """Return the Decimal that ``text`` means.

    Accepts ``1234.50``, ``1 234,50``, ``1,234.50`` and ``1.234,50``. One separator followed by
    exactly three digits (``1,234``) is two different numbers in English and French, so it is
    refused with the code ``ambiguous_number`` rather than guessed; ``1.234`` with a point is
    read as a decimal, because that is what every export program writes.

    :raise BadValue: when the text is no finite number or has two meanings
    """
    plain_text = _SPACES.sub('', text).replace('\u2212', '-')
    if ',' in plain_text and '.' in plain_text:
        thousands = ',' if plain_text.rfind('.') > plain_text.rfind(',') else '.'
        whole = re.split(r'[.,]', plain_text.lstrip('+-'))[:-1]
        if any(len(group) != 3 for group in whole[1:]) or plain_text[-1] in ',.':
            raise BadValue('bad_number')
        plain_text = plain_text.replace(thousands, '').replace(',', '.')
    elif re.fullmatch(r'[+-]?[1-9]\d{0,2}(,\d{3})+', plain_text):
        raise BadValue('ambiguous_number')
    elif plain_text.count(',') == 1:
        plain_text = plain_text.replace(',', '.')
    if not _NUMBER.fullmatch(plain_text):
        raise BadValue('bad_number')
    try:
        return Decimal(plain_text)
    except InvalidOperation as error:
        raise BadValue('bad_number') from error


def parse_money(text):
    """Return the Decimal that ``text`` means, and the currency written with it ('' if none).

    Also ``(15.00)`` and ``15.00-``, which are negative, ``-45,10 $``, ``EUR 45.10`` and
    ``1'234.50``.  The number itself is read by :func:`parse_amount`.

    :raise BadValue: when it is none, has two meanings, two signs or two currencies
    """
    written = _SPACES.sub(' ', text).translate(_DASHES).strip()
    bracket = re.fullmatch(rf'({_UNIT})?\s*\(([^()]*)\)\s*({_UNIT})?', written, re.ASCII)
    inside = ' '.join(part for part in bracket.groups() if part) if bracket else written
    found = _MONEY.fullmatch(inside)
    if not found:
        return parse_amount(written), ''
    signs = [found[name] for name in ('sign', 'inner', 'behind', 'last') if found[name]]
    units = [found[name] for name in ('before', 'after') if found[name]]
    if len(signs) + bool(bracket) > 1 or len(units) > 1:
        raise BadValue('bad_number')
    value = parse_amount(_QUOTED.sub('', found['body']).strip())
    return -value if bracket or signs == ['-'] else value, units[0] if units else ''


def parse_percent(text):
    """Return the Decimal of a percentage, with or without its sign."""
    return parse_amount(text.removesuffix('%'))


def _parse_integer(text):
    value = parse_amount(text)
    if value != value.to_integral_value():
        raise BadValue('bad_integer')
    return int(value)


# ---------------------------------------------------------------------------------------------
# Dates, choices, addresses
# ---------------------------------------------------------------------------------------------

def parse_date(text, order=''):
    """Return the date that ``text`` means.

    Read are ``2025-03-15`` (also with a time of day, as spreadsheets write it), ``20250315``,
    ``15/03/2025``, ``15 mars 2025`` and ``Mar 15, 2025``.  Years have four digits.

    :param str order: 'dmy' or 'mdy': how dates like ``03/04/2025`` are written in the file; ''
        when nobody said it
    :raise BadValue: ``ambiguous_date`` without an order, ``other_date_order`` for a date that
        contradicts it, ``bad_date``
    """
    year, month, day = _date_parts(_CLOCK.sub('', _SPACES.sub(' ', text).strip()), order)
    try:
        return datetime.date(year, month, day)
    except ValueError as error:
        raise BadValue('bad_date') from error


def _date_parts(text, order):
    """Year, month and day as written."""
    if found := _YEAR_FIRST.fullmatch(text):
        return int(found[1]), int(found[3]), int(found[4])
    if found := _COMPACT.fullmatch(text):
        return int(found[1]), int(found[2]), int(found[3])
    if found := _YEAR_LAST.fullmatch(text):
        return (int(found[4]), *_month_and_day(int(found[1]), int(found[3]), order))
    words = plain(text).replace('.', '')
    if found := _DAY_WORD.fullmatch(words):
        return int(found[3]), _month(found[2]), int(found[1])
    if found := _WORD_DAY.fullmatch(words):
        return int(found[3]), _month(found[1]), int(found[2])
    raise BadValue('bad_date')


def _month_and_day(first, second, order):
    if order == 'mdy':
        first, second = second, first  # now the day comes first
    elif not order and first <= 12 and second <= 12 and first != second:
        raise BadValue('ambiguous_date')
    if second > 12 >= first:
        if order:
            raise BadValue('other_date_order')
        first, second = second, first
    return second, first


def _month(word):
    """Number of the month whose name begins so, when there is only one."""
    found = [number for number, names in enumerate(_MONTHS, start=1)
             if any(name.startswith(word) for name in names)]
    if len(word) < 3 or len(found) != 1:
        raise BadValue('bad_date')
    return found[0]


def _parse_boolean(text):
    lowered = text.lower()
    if lowered in _TRUE:
        return True
    if lowered in _FALSE:
        return False
    raise BadValue('bad_boolean')


def _parse_choice(column, text):
    """The choice that a text names: itself, or one of its other names in either language."""
    known = {plain(choice): choice for choice in column.choices}
    known.update(column.aliases)
    choice = known.get(plain(text))
    if choice is None:
        raise BadValue('bad_choice', choices=', '.join(column.choices))
    return choice


def parse_email(text):
    """One or more e-mail addresses, as written."""
    parts = [part.strip() for part in re.split('[;,]', text) if part.strip()]
    for part in parts:
        named = re.fullmatch(r'[^<>]*<([^<>]*)>', part)
        if not _EMAIL.fullmatch(named[1].strip() if named else part):
            raise BadValue('bad_email')
    if not parts:
        raise BadValue('bad_email')
    return text


def _parse_text(text):
    if _ROUNDED.fullmatch(text):
        raise BadValue('rounded_number')
    return text


_PARSERS = {NUMBER: parse_amount, PERCENT: parse_percent, INTEGER: _parse_integer,
            BOOLEAN: _parse_boolean, TEXT: _parse_text, EMAIL: parse_email}


def parse_cell(column, text, order='', units=None):
    """Return the typed value of one cell, the column's default where it is empty.

    :param str order: of dates, see :func:`parse_date`
    :param dict units: gets the currency that is written with an amount, by column
    :raise BadValue: required but empty, of the wrong type, not an allowed choice, too small
    """
    text = (text or '').strip()
    if not text:
        if column.required:
            raise BadValue('required')
        return column.default
    if text.upper() in _SHEET_ERRORS:
        raise BadValue('sheet_error')
    if column.kind == CHOICE:
        return _parse_choice(column, text)
    if column.kind == DATE:
        return parse_date(text, order)
    if column.kind == AMOUNT:
        value, unit = parse_money(text)
        if unit and units is not None:
            units[column.name] = unit
    else:
        value = _PARSERS[column.kind](text)
    if column.minimum is not None and value < column.minimum:
        raise BadValue('too_small', minimum=str(column.minimum))
    return value
