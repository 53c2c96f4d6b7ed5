"""Exact code points of money, dates, numbers and units in each language."""
import datetime
from decimal import Decimal

import pytest

from odoo.addons.isp_billing.engine import formats

A0, NN, MINUS, DASH = '\u00a0', '\u202f', '\u2212', '\u2013'


@pytest.mark.parametrize(('lang', 'currency', 'expected'), [
    ('fr_CA', 'CAD', f'1{A0}234,56{A0}$'),
    ('fr_CA', 'USD', f'1{A0}234,56{A0}${A0}US'),
    ('fr_CA', 'EUR', f'1{A0}234,56{A0}€'),
    ('fr_FR', 'EUR', f'1{NN}234,56{A0}€'),
    ('fr_FR', 'CAD', f'1{NN}234,56{A0}$CA'),
    ('en_CA', 'CAD', '$1,234.56'),
    ('en_CA', 'USD', 'US$1,234.56'),
    ('en_US', 'USD', '$1,234.56'),
    ('en_US', 'CAD', 'CA$1,234.56'),
    ('en_CA', 'EUR', '€1,234.56'),
    ('fr_BE', 'EUR', f'1{NN}234,56{A0}€'),
    ('xx_YY', 'USD', '$1,234.56'),
    (False, 'USD', '$1,234.56'),
])
def test_money_code_points(lang, currency, expected):
    assert formats.money(Decimal('1234.56'), currency, lang) == expected


@pytest.mark.parametrize(('amount', 'lang', 'expected'), [
    ('-1234567.5', 'fr_CA', f'{MINUS}1{A0}234{A0}567,50{A0}$'),
    ('-1234567.5', 'en_CA', f'{MINUS}$1,234,567.50'),
    ('-0.001', 'en_CA', '$0.00'),
    ('-0.001', 'fr_CA', f'0,00{A0}$'),
    ('0.005', 'en_CA', '$0.01'),
    ('-0.005', 'en_CA', f'{MINUS}$0.01'),
    (2.675, 'en_CA', '$2.68'),
])
def test_negative_zero_and_half_up(amount, lang, expected):
    assert formats.money(amount, 'CAD', lang) == expected


def test_text_may_keep_the_hyphen():
    assert formats.money('-1', 'CAD', 'fr_CA', minus=formats.HYPHEN) == f'-1,00{A0}$'


@pytest.mark.parametrize(('currency', 'decimals', 'lang', 'expected'), [
    ('XPF', None, 'fr_FR', f'1{NN}645{A0}FCFP'),
    ('TND', None, 'fr_FR', f'1{NN}644,999{A0}TND'),
    ('TND', None, 'en_US', f'TND{A0}1,644.999'),
    ('JPY', None, 'en_US', '¥1,645'),
    ('CAD', 3, 'en_CA', '$1,644.999'),
    ('CAD', 0, 'fr_CA', f'1{A0}645{A0}$'),
])
def test_each_currency_has_its_own_decimals(currency, decimals, lang, expected):
    assert formats.money('1644.9990', currency, lang, decimals) == expected


def test_amount_has_no_sign():
    assert formats.amount('-1234.5', 'CAD', 'fr_CA') == f'{MINUS}1{A0}234,50'
    assert formats.amount('1234.5', 'CAD', 'en_CA') == '1,234.50'
    assert formats.amount('1234.5', 'XPF', 'fr_FR') == f'1{NN}235'


@pytest.mark.parametrize(('lang', 'rate', 'expected'), [
    ('fr_CA', '9.975', f'9,975{A0}%'),
    ('fr_FR', '5', f'5{A0}%'),
    ('en_CA', '9.975', '9.975%'),
    ('en_US', 5.0, '5%'),
])
def test_percent(lang, rate, expected):
    assert formats.percent(rate, lang) == expected


def test_numbers_have_no_useless_zeros():
    assert formats.number('1.000', 'en_CA') == '1'
    assert formats.number(2.5, 'fr_CA') == '2,5'
    assert formats.number('1234.125', 'fr_FR') == f'1{NN}234,125'
    assert formats.number(-2, 'fr_FR') == f'{MINUS}2'


@pytest.mark.parametrize(('lang', 'day', 'expected'), [
    ('fr_CA', '2026-01-01', '1er janvier 2026'),
    ('fr_FR', '2026-08-01', '1er août 2026'),
    ('fr_CA', '2026-10-21', '21 octobre 2026'),
    ('fr_CA', '2026-10-11', '11 octobre 2026'),
    ('en_CA', '2026-10-01', 'October 1, 2026'),
    ('en_US', '2026-10-21', 'October 21, 2026'),
])
def test_long_date(lang, day, expected):
    assert formats.long_date(day, lang) == expected
    assert formats.long_date(datetime.date.fromisoformat(day), lang) == expected


@pytest.mark.parametrize(('lang', 'expected'), [
    ('fr_CA', '2026-10-01'), ('en_CA', '2026-10-01'), ('fr_FR', '01/10/2026'),
    ('en_US', '10/01/2026'), ('fr_BE', '01/10/2026'),
])
def test_short_date(lang, expected):
    assert formats.short_date('2026-10-01', lang) == expected


def test_period_shows_first_and_last_day():
    assert formats.period('2026-10-01', '2026-10-31', 'fr_CA') == (
        f'2026-10-01 {DASH} 2026-10-31')
    assert formats.period('2026-10-01', '2026-10-01', 'en_CA') == '2026-10-01'


def test_units_follow_the_language():
    assert formats.speed(750, 'en_CA') == f'750{A0}Mbps'
    assert formats.speed(750, 'fr_CA') == f'750{A0}Mbit/s'
    assert formats.speed(3000, 'fr_FR') == f'3{A0}Gbit/s'
    assert formats.speed(1500, 'fr_FR') == f'1{NN}500{A0}Mbit/s'
    assert formats.quantity_with_unit(500, 'gb', 'fr_CA') == f'500{A0}Go'
    assert formats.quantity_with_unit(500, 'gb', 'en_CA') == f'500{A0}GB'


@pytest.mark.parametrize(('lang', 'singular', 'plural'), [
    ('fr_CA', (0, 1, '1.5', -1, 1.0, '1.00'), (2, '2.5', 31)),
    ('fr_FR', (0, 1, '1.5', -1, 1.0), (2, -2, 1000000)),
    ('en_CA', (1, -1, '1.00', 1.0), (0, '1.5', '0.5', 2)),
    ('en_US', (1,), (0, 2, 1000000)),
    (False, (1,), (0, 2)),
])
def test_french_nought_and_one_are_singular(lang, singular, plural):
    assert [formats.is_singular(count, lang) for count in singular] == [True] * len(singular)
    assert [formats.is_singular(count, lang) for count in plural] == [False] * len(plural)


def test_both_languages_means_french_first():
    assert formats.is_french('both') and formats.is_french('fr_CA')
    assert not formats.is_french('en') and not formats.is_french(False)


def test_a_wrong_date_is_refused():
    with pytest.raises(ValueError, match='month'):
        formats.long_date('2026-13-01', 'en_CA')
