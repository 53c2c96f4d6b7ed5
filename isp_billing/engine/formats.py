"""Money, dates, numbers and units as they are written in each language (CLDR, by babel).

The language codes are those of Odoo (``en_CA``, ``en_US``, ``fr_CA``, ``fr_FR``); any other code
that CLDR knows works too.  Three things differ from plain CLDR, on purpose:

* the first day of a month is ``1er`` in French, not ``1``;
* ``babel`` writes a hyphen for negative amounts; printed documents use the minus sign U+2212,
  ``minus=HYPHEN`` gives the hyphen for e-mail and spreadsheets;
* each currency has its own number of decimals (babel's table, or the one that is given), never two.

Plurals follow CLDR: 0, 1 and 1.5 are singular in French, 1 alone is in English.

Spaces inside French amounts are no-break: U+00A0 in Canada, U+202F between thousands in France,
U+00A0 before the currency sign and the percent sign in both.
"""
import datetime
import re
from decimal import Decimal

from babel import Locale, UnknownLocaleError
from babel.dates import format_date
from babel.numbers import format_currency, format_decimal, get_currency_precision

from .money import round_money, to_decimal

NBSP = '\N{NO-BREAK SPACE}'
NNBSP = '\N{NARROW NO-BREAK SPACE}'
MINUS = '\N{MINUS SIGN}'
HYPHEN = '-'
EN_DASH = '\N{EN DASH}'

DEFAULT_LANG = 'en_US'

# Units printed beside plans, by the language of the document (glossary).
UNITS = {
    'mbps': {'en': 'Mbps', 'fr': 'Mbit/s'},
    'gbps': {'en': 'Gbps', 'fr': 'Gbit/s'},
    'mb': {'en': 'MB', 'fr': 'Mo'},
    'gb': {'en': 'GB', 'fr': 'Go'},
    'tb': {'en': 'TB', 'fr': 'To'},
    'min': {'en': 'min', 'fr': 'min'},
    'sms': {'en': 'SMS', 'fr': 'SMS'},
}


def locale_of(lang):
    """The CLDR locale of an Odoo language code; American English when CLDR has none.

    :param str lang: such as ``fr_CA``, ``fr_BE`` or ``sr@latin``
    :rtype: babel.Locale
    """
    try:
        return Locale.parse((lang or DEFAULT_LANG).split('@')[0])
    except (UnknownLocaleError, ValueError):
        return Locale.parse(DEFAULT_LANG)


def is_french(lang):
    """Whether a language code, or a document language such as ``both``, is written in French."""
    return (lang or '')[:2] in ('fr', 'bo')


def is_singular(count, lang):
    """Whether a count takes the singular: French 0, 1 and 1.5 do, English 1 alone.

    :param count: Decimal, int, float or text of a number; only its size counts
    """
    size = abs(to_decimal(count))
    whole = int(size)
    return locale_of(lang).plural_form(whole if size == whole else size) == 'one'


def money(amount, currency, lang, decimals=None, minus=MINUS):
    """An amount with its currency sign: ``$1,234.56``, ``1 234,56 $``.

    :param amount: Decimal, int, float or text of a number
    :param str currency: ISO 4217 code
    :param str lang: language code
    :param int decimals: decimals of the currency; by default those that CLDR gives
    :param str minus: sign of negative amounts
    :rtype: str
    """
    value = _at(amount, _decimals(currency, decimals))
    text = format_currency(value, currency, locale=locale_of(lang), currency_digits=False,
                           format=_with_decimals(lang, _decimals(currency, decimals)))
    return re.sub(r'(?<=[A-Z])(?=\d)', NBSP, text).replace(HYPHEN, minus)


def amount(value, currency, lang, decimals=None, minus=MINUS):
    """An amount without its sign, for columns of figures: ``1,234.56``, ``1 234,56``."""
    digits = _decimals(currency, decimals)
    pattern = '#,##0' + ('.' + '0' * digits if digits else '')
    text = format_decimal(_at(value, digits), format=pattern, locale=locale_of(lang))
    return text.replace(HYPHEN, minus)


def number(value, lang, max_decimals=3, minus=MINUS):
    """A quantity without useless zeros: ``1``, ``2.5``, ``1 234,125``.

    :param value: Decimal, int, float or text of a number
    :param int max_decimals: decimals kept at most
    """
    pattern = '#,##0' + ('.' + '#' * max_decimals if max_decimals else '')
    text = format_decimal(to_decimal(value), format=pattern, locale=locale_of(lang))
    return text.replace(HYPHEN, minus)


def percent(rate, lang, max_decimals=4, minus=MINUS):
    """A rate given in percent: ``9.975%`` in English, ``9,975 %`` in French.

    :param rate: 5 for five percent
    """
    return number(rate, lang, max_decimals, minus) + (NBSP if is_french(lang) else '') + '%'


def quantity_with_unit(value, unit, lang):
    """A number with its unit, never cut at the end of a line: ``750 Mbps``, ``500 Go``.

    :param str unit: key of UNITS
    :raises KeyError: when the unit is not known
    """
    return number(value, lang) + NBSP + UNITS[unit]['fr' if is_french(lang) else 'en']


def speed(mbps, lang):
    """A speed in megabits, or in gigabits when it is a whole number of them."""
    value = to_decimal(mbps)
    if value >= 1000 and not value % 1000:
        return quantity_with_unit(value / 1000, 'gbps', lang)
    return quantity_with_unit(value, 'mbps', lang)


def long_date(day, lang):
    """A date in words: ``October 1, 2026``, ``1er octobre 2026``.

    :param day: date, or its ISO text
    """
    day = to_date(day)
    text = format_date(day, 'long', locale=locale_of(lang))
    if is_french(lang) and day.day == 1 and text.startswith('1 '):
        text = '1er' + text[1:]
    return text


def short_date(day, lang):
    """A date in figures: ``2026-10-01`` in Canada, ``01/10/2026`` in France, ``10/01/2026`` in
    the United States; four digits of the year and two of the day and the month everywhere."""
    pattern = {'fr_CA': 'yyyy-MM-dd', 'en_CA': 'yyyy-MM-dd', 'en_US': 'MM/dd/yyyy'}.get(lang)
    if not pattern:
        pattern = locale_of(lang).date_formats['short'].pattern
        for letter, width in (('y', 4), ('M', 2), ('d', 2)):
            pattern = re.sub(f'{letter}+', letter * width, pattern)
    return format_date(to_date(day), pattern, locale=locale_of(lang))


def period(first, last, lang):
    """A period from its first to its last day, both included; one day is written once."""
    if to_date(first) == to_date(last):
        return short_date(first, lang)
    return f'{short_date(first, lang)} {EN_DASH} {short_date(last, lang)}'


def to_date(day):
    """A date from a date or its ISO text.

    :raises ValueError: when the text is no date
    """
    if isinstance(day, str):
        return datetime.date.fromisoformat(day[:10])
    return day


def _decimals(currency, decimals):
    return get_currency_precision(currency) if decimals is None else decimals


def _at(value, digits):
    """The number at so many decimals, half up as money is, and never a negative zero."""
    rounded = round_money(to_decimal(value), Decimal(1).scaleb(-digits))
    return rounded if rounded else abs(rounded)


def _with_decimals(lang, digits):
    """The money pattern of a language with another number of decimals."""
    pattern = locale_of(lang).currency_formats['standard'].pattern
    return pattern.replace('0.00', '0' + ('.' + '0' * digits if digits else ''))
