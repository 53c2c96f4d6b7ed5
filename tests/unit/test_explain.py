"""What a charge says about itself: exact strings in each language, and equations that hold."""
import re
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.isp_billing.engine import explain_words
from odoo.addons.isp_billing.engine.explain import Facts, heading, rule, sentences
from odoo.addons.isp_billing.engine.proration import slice_amount

from . import strategies

A0, NN, MINUS = '\u00a0', '\u202f', '\u2212'
PART = {
    'label': 'Fibre 500', 'period_start': '2026-10-01', 'period_end': '2026-10-31',
    'date_from': '2026-10-15', 'date_to': '2026-10-31', 'days': 17, 'period_days': 31,
    'price_unit': '30', 'price_full': '30', 'amount': '16.45', 'timing': 'advance',
}
FULL = {'date_from': '2026-10-01', 'days': 31, 'amount': 30}
WELCOME = {'label': {'en': 'Welcome discount', 'fr': 'Rabais de bienvenue'}, 'amount': 10}
HOLD = {'first': '2026-10-11', 'last': '2026-10-21'}


def said(lang, **values):
    return sentences(Facts.of({**PART, **values}), lang)


@pytest.mark.parametrize(('lang', 'currency', 'expected'), [
    ('en_CA', 'CAD', '17 of 31 days × $30.00 = $16.45'),
    ('en_US', 'USD', '17 of 31 days × $30.00 = $16.45'),
    ('fr_CA', 'CAD', f'17 jours sur 31 × 30,00{A0}$ = 16,45{A0}$'),
    ('fr_FR', 'EUR', f'17 jours sur 31 × 30,00{A0}€ = 16,45{A0}€'),
])
def test_actual_days(lang, currency, expected):
    assert said(lang, currency=currency) == [expected]


@pytest.mark.parametrize(('values', 'english', 'french'), [
    (FULL, ['Full period: $30.00'], [f'Période entière{A0}: 30,00{A0}$']),
    ({'days': 1, 'amount': '0.97'}, ['1 of 31 days × $30.00 = $0.97'],
     [f'1 jour sur 31 × 30,00{A0}$ = 0,97{A0}$']),
    ({'method': 'days30', 'amount': 17}, ['17 of 30 days × $30.00 = $17.00 (30-day month)'],
     [f'17 jours sur 30 × 30,00{A0}$ = 17,00{A0}$ (mois de 30 jours)']),
    ({'method': 'days30', 'days': 15, 'amount': 14},
     ['14 of 30 days × $30.00 = $14.00 (30-day month, 15 days counted as 14)'],
     [f'14 jours sur 30 × 30,00{A0}$ = 14,00{A0}$ (mois de 30 jours, 15 jours comptés pour 14)']),
    ({'method': 'none', 'amount': 30},
     ['No proration, each period that is entered is charged whole: $30.00'],
     [f'Sans prorata, toute période entamée est facturée en entier{A0}: 30,00{A0}$']),
    ({'method': 'days30', 'period_start': '2026-10-01', 'period_end': '2026-12-31',
      'date_to': '2026-11-28', 'days': 45, 'period_days': 92, 'price_full': 90, 'price_unit': 90,
      'amount': 45}, ['45 of 90 days × $90.00 = $45.00 (30-day month)'],
     [f'45 jours sur 90 × 90,00{A0}$ = 45,00{A0}$ (mois de 30 jours)']),
    ({'method': 'days30', 'period_start': '2026-10-05', 'period_end': '2026-10-11',
      'date_from': '2026-10-09', 'date_to': '2026-10-11', 'days': 3, 'period_days': 7,
      'price_full': 7, 'price_unit': 7, 'amount': 3}, ['3 of 7 days × $7.00 = $3.00'],
     [f'3 jours sur 7 × 7,00{A0}$ = 3,00{A0}$']),
    ({**FULL, 'method': 'none', 'amount': 15, 'holds': [
        {'first': '2026-09-20', 'last': None, 'effect': 'reduced', 'percent': 50}]}, [
        'No proration, each period that is entered is charged whole: $15.00',
        '31 days on hold at 50% of the price, 2026-10-01 – 2026-10-31',
    ], [
        f'Sans prorata, toute période entamée est facturée en entier{A0}: 15,00{A0}$',
        f'31 jours de suspension temporaire à 50{A0}% du prix, 2026-10-01 – 2026-10-31',
    ]),
    ({'amount': '16.46'}, [
        '17 of 31 days × $30.00 = $16.45',
        'Rounding, so that the parts of the period add up to $30.00: +$0.01, which gives $16.46',
    ], [
        f'17 jours sur 31 × 30,00{A0}$ = 16,45{A0}$',
        f'Arrondi, pour que les parties de la période fassent 30,00{A0}$ au total{A0}: '
        f'+0,01{A0}$, soit 16,46{A0}$',
    ]),
    ({'amount': '12.34'}, ['17 of 31 days: $12.34'], [f'17 jours sur 31{A0}: 12,34{A0}$']),
    ({**FULL, 'quantity': 2, 'price_unit': 15}, ['Full period: 2 × $15.00 = $30.00'],
     [f'Période entière{A0}: 2 × 15,00{A0}$ = 30,00{A0}$']),
    ({'quantity': 2, 'price_unit': 15, 'discount': 10, 'price_full': 27, 'amount': '14.81'},
     [f'Full period: 2 × $15.00 {MINUS} 10% = $27.00', '17 of 31 days × $27.00 = $14.81'],
     [f'Période entière{A0}: 2 × 15,00{A0}$ {MINUS} 10{A0}% = 27,00{A0}$',
      f'17 jours sur 31 × 27,00{A0}$ = 14,81{A0}$']),
    ({**FULL, 'price_full': 20, 'amount': 20, 'reductions': [{**WELCOME, 'number': 2, 'count': 3}]},
     ['Full period: $30.00', f'Welcome discount, month 2 of 3: {MINUS}$10.00',
      'Full period after discounts: $20.00'],
     [f'Période entière{A0}: 30,00{A0}$',
      f'Rabais de bienvenue, mois 2 sur 3{A0}: {MINUS}10,00{A0}$',
      f'Période entière après rabais{A0}: 20,00{A0}$']),
    ({'days': 20, 'amount': '19.35', 'holds': [{**HOLD, 'effect': 'no_charge'}]},
     ['20 of 31 days × $30.00 = $19.35',
      '11 days on hold free of charge, 2026-10-11 – 2026-10-21'],
     [f'20 jours sur 31 × 30,00{A0}$ = 19,35{A0}$',
      '11 jours de suspension temporaire sans frais, 2026-10-11 – 2026-10-21']),
    ({'days': 31, 'amount': '24.67', 'holds': [
        {**HOLD, 'effect': 'reduced', 'percent': 50, 'reason': 'non_payment'}]},
     ['20 of 31 days × $30.00 + 11 of 31 days × $15.00 = $24.67',
      '11 days suspended at 50% of the price, 2026-10-11 – 2026-10-21'],
     [f'20 jours sur 31 × 30,00{A0}$ + 11 jours sur 31 × 15,00{A0}$ = 24,67{A0}$',
      f'11 jours de suspension du service à 50{A0}% du prix, 2026-10-11 – 2026-10-21']),
    ({**FULL, 'holds': [{**HOLD, 'effect': 'charge'}]},
     ['Full period: $30.00', '11 days on hold at the full price, 2026-10-11 – 2026-10-21'],
     [f'Période entière{A0}: 30,00{A0}$',
      '11 jours de suspension temporaire au plein tarif, 2026-10-11 – 2026-10-21']),
    ({'replaces': 'Fibre 100'},
     ['Replaces Fibre 100 from October 15, 2026', '17 of 31 days × $30.00 = $16.45'],
     ['Remplace Fibre 100 à partir du 15 octobre 2026',
      f'17 jours sur 31 × 30,00{A0}$ = 16,45{A0}$']),
    ({**FULL, 'amount': 18, 'share': {'of': 30, 'percent': 60}},
     ['Full period: $30.00', 'Your share, 60% of $30.00: $18.00'],
     [f'Période entière{A0}: 30,00{A0}$', f'Votre part, 60{A0}% de 30,00{A0}${A0}: 18,00{A0}$']),
    ({**FULL, 'amount': 18, 'share': {'of': 30}},
     ['Full period: $30.00', 'Your share of $30.00: $18.00'],
     [f'Période entière{A0}: 30,00{A0}$', f'Votre part de 30,00{A0}${A0}: 18,00{A0}$']),
])
def test_recurring(values, english, french):
    assert said('en_CA', **values) == english
    assert said('fr_CA', **values) == french


NOVEMBER = {'period_start': '2026-11-01', 'period_end': '2026-11-30', 'period_days': 30}


@pytest.mark.parametrize(('values', 'english', 'french'), [
    ({**NOVEMBER, 'days': 15, 'days_before': 30, 'before': 30, 'amount': -15},
     [f'15 of 30 days no longer served, at the price charged: {MINUS}$15.00',
      'Charged before: $30.00', 'Due now: 15 of 30 days × $30.00 = $15.00'],
     [f'15 jours sur 30 ne sont plus fournis, au prix facturé{A0}: {MINUS}15,00{A0}$',
      f'Déjà facturé{A0}: 30,00{A0}$',
      f'Dû à présent{A0}: 15 jours sur 30 × 30,00{A0}$ = 15,00{A0}$']),
    ({'days': 30, 'days_before': 31, 'before': 30, 'amount': '-0.97'},
     [f'1 of 31 days no longer served, at the price charged: {MINUS}$0.97',
      'Charged before: $30.00', 'Due now: 30 of 31 days × $30.00 = $29.03'],
     [f'1 jour sur 31 n’est plus fourni, au prix facturé{A0}: {MINUS}0,97{A0}$',
      f'Déjà facturé{A0}: 30,00{A0}$',
      f'Dû à présent{A0}: 30 jours sur 31 × 30,00{A0}$ = 29,03{A0}$']),
    ({'days': 0, 'days_before': 31, 'before': 30, 'amount': -30},
     [f'31 of 31 days no longer served, at the price charged: {MINUS}$30.00',
      'Charged before: $30.00', 'Due now: $0.00'],
     [f'31 jours sur 31 ne sont plus fournis, au prix facturé{A0}: {MINUS}30,00{A0}$',
      f'Déjà facturé{A0}: 30,00{A0}$', f'Dû à présent{A0}: 0,00{A0}$']),
    ({'days': 31, 'days_before': 17, 'before': '16.45', 'amount': '13.55'},
     ['14 more of 31 days served, at the price charged: $13.55', 'Charged before: $16.45',
      'Due now: $30.00'],
     [f'14 jours de plus sur 31 sont fournis, au prix facturé{A0}: 13,55{A0}$',
      f'Déjà facturé{A0}: 16,45{A0}$', f'Dû à présent{A0}: 30,00{A0}$']),
    ({'days': 31, 'days_before': 31, 'before': 30, 'amount': '-5.33',
      'holds': [{**HOLD, 'effect': 'reduced', 'percent': 50}]},
     [f'Correction at the price charged: {MINUS}$5.33', 'Charged before: $30.00',
      'Due now: 20 of 31 days × $30.00 + 11 of 31 days × $15.00 = $24.67',
      '11 days on hold at 50% of the price, 2026-10-11 – 2026-10-21'],
     [f'Rajustement au prix facturé{A0}: {MINUS}5,33{A0}$', f'Déjà facturé{A0}: 30,00{A0}$',
      f'Dû à présent{A0}: 20 jours sur 31 × 30,00{A0}$ + 11 jours sur 31 × 15,00{A0}$ = '
      f'24,67{A0}$',
      f'11 jours de suspension temporaire à 50{A0}% du prix, 2026-10-11 – 2026-10-21']),
    # 25 % of 10 days after 50 % of them: two parts of a cent each are rounded
    ({**FULL, 'before': '25.17', 'days_before': 31, 'amount': '-2.42', 'holds': [
        {'first': '2026-10-11', 'last': '2026-10-20', 'effect': 'reduced', 'percent': 25}]},
     [f'Correction at the price charged: {MINUS}$2.42', 'Charged before: $25.17',
      'Due now: 21 of 31 days × $30.00 + 10 of 31 days × $7.50 = $22.74',
      'Rounding, so that the parts of the period add up to $30.00: +$0.01, which gives $22.75',
      '10 days on hold at 25% of the price, 2026-10-11 – 2026-10-20'],
     [f'Rajustement au prix facturé{A0}: {MINUS}2,42{A0}$', f'Déjà facturé{A0}: 25,17{A0}$',
      f'Dû à présent{A0}: 21 jours sur 31 × 30,00{A0}$ + 10 jours sur 31 × 7,50{A0}$ = '
      f'22,74{A0}$',
      f'Arrondi, pour que les parties de la période fassent 30,00{A0}$ au total{A0}: '
      f'+0,01{A0}$, soit 22,75{A0}$',
      f'10 jours de suspension temporaire à 25{A0}% du prix, 2026-10-11 – 2026-10-20']),
    # of a correction of −10.00 another account bears 40 %
    ({**NOVEMBER, 'days': 20, 'days_before': 30, 'before': 30, 'amount': -6,
      'share': {'of': -10, 'percent': 60}},
     [f'10 of 30 days no longer served, at the price charged: {MINUS}$10.00',
      'Charged before: $30.00', 'Due now: 20 of 30 days × $30.00 = $20.00',
      f'Your share, 60% of {MINUS}$10.00: {MINUS}$6.00'],
     [f'10 jours sur 30 ne sont plus fournis, au prix facturé{A0}: {MINUS}10,00{A0}$',
      f'Déjà facturé{A0}: 30,00{A0}$',
      f'Dû à présent{A0}: 20 jours sur 30 × 30,00{A0}$ = 20,00{A0}$',
      f'Votre part, 60{A0}% de {MINUS}10,00{A0}${A0}: {MINUS}6,00{A0}$']),
    ({**FULL, 'before': 0, 'days_before': 31},
     ['Charged again after a credit note', 'Full period: $30.00'],
     ['Facturé à nouveau après une note de crédit', f'Période entière{A0}: 30,00{A0}$']),
    ({'kind': 'one_time', 'before': 50, 'amount': -50, 'days': 0},
     [f'No longer due, at the price charged: {MINUS}$50.00', 'Charged before: $50.00',
      'Due now: $0.00'],
     [f'N’est plus dû, au prix facturé{A0}: {MINUS}50,00{A0}$', f'Déjà facturé{A0}: 50,00{A0}$',
      f'Dû à présent{A0}: 0,00{A0}$']),
])
def test_corrections(values, english, french):
    assert said('en_CA', revision=1, **values) == english
    assert said('fr_CA', revision=1, **values) == french


@pytest.mark.parametrize(('values', 'english', 'french'), [
    ({'origin': 'opening'}, ['Charged by the former system: $16.45'],
     [f'Facturé par l’ancien système{A0}: 16,45{A0}€']),
    ({'origin': 'opening', 'price_known': False, 'amount': 0},
     ['Charged by the former system, amount not known'],
     ['Facturé par l’ancien système, montant inconnu']),
    ({'origin': 'reversal', 'amount': '-16.45'},
     [f'Credit note, the charge is taken back: {MINUS}$16.45', 'The period is billed again'],
     [f'Avoir, les frais sont annulés{A0}: {MINUS}16,45{A0}€',
      'La période est facturée à nouveau']),
    ({'origin': 'reversal', 'amount': '-16.45', 'reopens': False},
     [f'Credit note, the charge is taken back: {MINUS}$16.45', 'The period is not billed again'],
     [f'Avoir, les frais sont annulés{A0}: {MINUS}16,45{A0}€',
      'La période n’est pas facturée à nouveau']),
    ({'kind': 'one_time', 'amount': 30}, ['One-time charge: $30.00'],
     [f'Frais ponctuels{A0}: 30,00{A0}€']),
    ({'kind': 'one_time', 'quantity': 2, 'amount': 60}, ['One-time charge: 2 × $30.00 = $60.00'],
     [f'Frais ponctuels{A0}: 2 × 30,00{A0}€ = 60,00{A0}€']),
    ({'kind': 'one_time', 'amount': 20, 'reductions': [WELCOME]},
     ['One-time charge: $30.00', f'Welcome discount: {MINUS}$10.00', 'After discounts: $20.00'],
     [f'Frais ponctuels{A0}: 30,00{A0}€', f'Rabais de bienvenue{A0}: {MINUS}10,00{A0}€',
      f'Après remises{A0}: 20,00{A0}€']),
    ({'kind': 'one_time', 'amount': 50, 'instalment': {'number': 2, 'count': 6, 'total': 3000}},
     ['Instalment 2 of 6, total $3,000.00: $50.00'],
     [f'Échéance 2 sur 6, total 3{NN}000,00{A0}€{A0}: 50,00{A0}€']),
    ({'kind': 'usage', 'amount': '0.19', 'usage': {'unit': 'gb', 'tiers': [
        {'quantity': 100, 'price': 0, 'amount': 0},
        {'quantity': '12.5', 'price': '0.015', 'amount': '0.19'}]}},
     [f'100{A0}GB included in the price', f'12.5{A0}GB × $0.015 = $0.19', 'Usage: $0.19'],
     [f'100{A0}Go sans supplément', f'12,5{A0}Go × 0,015{A0}€ = 0,19{A0}€',
      f'Consommation{A0}: 0,19{A0}€']),
    ({'kind': 'usage', 'amount': 3, 'usage': {'unit': 'minute', 'tiers': [
        {'quantity': 30, 'price': '0.10', 'amount': 3}]}},
     [f'30{A0}min × $0.10 = $3.00'], [f'30{A0}min × 0,10{A0}€ = 3,00{A0}€']),
    ({'kind': 'other'}, [], []),
])
def test_other_kinds(values, english, french):
    assert said('en_CA', **values) == english
    assert said('fr_FR', currency='EUR', **values) == french


LATE = {'kind': 'usage', 'revision': 1, 'before': '34.15', 'amount': '7.61', 'usage': {
    'unit': 'gb', 'tiers': [
        {'quantity': 100, 'price': 0, 'amount': 0},
        {'quantity': 50, 'price': '0.5', 'amount': 25},
        {'quantity': 50, 'price': '0.3', 'amount': 15},
        {'quantity': '70.5', 'price': '0.025', 'amount': '1.76'}]}}


def test_usage_that_was_recorded_late():
    """The tiers are those of the whole period, and add up to what is due for it now."""
    assert said('en_CA', **LATE) == [
        'Usage recorded after its period was billed: $7.61', 'Charged before: $34.15',
        'Due now: $41.76', 'All usage of the period, counted again:',
        f'100{A0}GB included in the price', f'50{A0}GB × $0.50 = $25.00',
        f'50{A0}GB × $0.30 = $15.00', f'70.5{A0}GB × $0.025 = $1.76']
    assert said('fr_CA', **LATE)[:4] == [
        f'Utilisation enregistrée après la facturation de sa période{A0}: 7,61{A0}$',
        f'Déjà facturé{A0}: 34,15{A0}$', f'Dû à présent{A0}: 41,76{A0}$',
        f'Toute l’utilisation de la période, comptée à nouveau{A0}:']
    # tiers that do not give what is due are not named
    assert said('en_CA', **{**LATE, 'amount': '7.60'})[3:] == []


def test_a_part_up_to_a_new_bill_day():
    values = {'period_start': '2024-03-15', 'period_end': '2024-04-14', 'period_days': 31,
              'date_from': '2024-04-01', 'date_to': '2024-04-14', 'days': 14, 'amount': '13.55',
              'new_bill_day': '2024-04-15'}
    assert said('en_CA', **values) == [
        'The bill day has changed, this is the part of a period up to April 15, 2024',
        '14 of 31 days × $30.00 = $13.55']
    assert said('fr_CA', **values)[0] == (
        f'Le jour de facturation a changé{A0}: partie de période jusqu’au 15 avril 2024')


def test_words_of_the_united_states():
    instalment = {'number': 2, 'count': 6, 'total': 300}
    assert said('en_US', kind='one_time', currency='USD', amount=50, instalment=instalment) == [
        'Installment 2 of 6, total $300.00: $50.00']


@pytest.mark.parametrize(('lang', 'values', 'expected'), [
    ('en_CA', {}, 'By the actual days of the full period 2026-10-01 – 2026-10-31, billed in '
                  'advance'),
    ('fr_CA', {'method': 'days30', 'timing': 'arrears'},
     'Par trentièmes de la période entière 2026-10-01 – 2026-10-31, quel que soit le mois, '
     'facturé à terme échu'),
    ('fr_FR', {'method': 'none', 'timing': ''},
     'En entier pour toute période entamée, période entière 01/10/2026 – 31/10/2026'),
    ('fr_FR', {'kind': 'one_time'}, 'Frais ponctuels du 15 octobre 2026'),
    ('fr_CA', {'kind': 'usage'}, 'Utilisation, 2026-10-01 – 2026-10-31'),
    ('en_CA', {'kind': 'other'}, ''),
])
def test_rule(lang, values, expected):
    assert rule(Facts.of({**PART, **values}), lang) == expected


def test_heading():
    facts = Facts.of(PART)
    assert heading(facts, 'fr_FR') == 'Fibre 500, 15/10/2026 – 31/10/2026'
    correction = Facts.of({**PART, 'before': 30})
    assert heading(correction, 'en_CA') == 'Fibre 500, 2026-10-01 – 2026-10-31'
    assert heading(Facts(label='Typed'), 'en_CA') == 'Typed'


def test_a_hold_entered_afterwards_does_not_explain_what_was_charged():
    for effect in ('no_charge', 'reduced'):
        found = said('en_CA', **FULL, holds=[{**HOLD, 'effect': effect, 'percent': 50}])
        assert found == ['Full period: $30.00']


def test_each_language_has_the_same_patterns():
    """The same names to fill in, so that no sentence fails in one language."""
    def names(text):
        return set(re.findall(r'{(\w+)}', text))

    english = explain_words.WORDS['en']
    for lang, texts in explain_words.WORDS.items():
        for key, text in texts.items():
            assert names(text) == names(english[key.removesuffix('_one')]), (lang, key)
    # a product of figures is written alike
    assert set(english) - set(explain_words.WORDS['fr']) == {'tier'}


MONTH = st.integers(28, 31)


@given(strategies.prices(), st.data(), st.sampled_from(['actual', 'days30']))
def test_a_slice_is_an_equation_that_holds(price, data, method):
    """The product, rounded, plus the sentence about rounding is the amount of any slice."""
    of = data.draw(MONTH)
    before = data.draw(st.integers(0, of - 1))
    days = data.draw(st.integers(1, of - before))
    amount = slice_amount(price, method, before, days, of, Decimal('0.01'))
    first = date(2026, 10, 1)
    found = said(
        'en_CA', method=method, period_start=first, period_days=of, days=days, amount=amount,
        period_end=first + timedelta(days=of - 1), price_unit=price, price_full=price)
    numbers = [Decimal(text.replace(',', '').replace(MINUS, '-').replace('$', ''))
               for text in re.findall(r'[−+]?\$[\d,]+\.\d\d', ' '.join(found))]
    if days == of:
        assert numbers == [price]
    else:
        head = re.match(r'(\d+) of (\d+) days × ', found[0])
        assert head, found
        exact = price * int(head[1]) / int(head[2])
        assert abs(numbers[1] - exact) <= Decimal('0.005')
        gap = numbers[3] if len(found) > 1 else 0
        assert numbers[1] + gap == amount
