"""The sentences of a comparison, and that their amounts are the whole difference."""
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.isp_billing.engine.compare import Bill, compare
from odoo.addons.isp_billing.engine.explain_facts import Facts
from odoo.addons.isp_billing.engine.proration import full_price, slice_amount

from . import strategies

A0 = '\u00a0'
MINUS = '\u2212'
CENT = Decimal('0.01')
OCTOBER = {'period_start': '2026-10-01', 'period_end': '2026-10-31', 'period_days': 31}
NOVEMBER = {'period_start': '2026-11-01', 'period_end': '2026-11-30', 'period_days': 30}


def line(month, label='Fibre 100', price='30', **values):
    """A full period of a month unless said otherwise."""
    days = month['period_days']
    return Facts.of({
        'label': label, 'key': label, 'days': days, 'date_from': month['period_start'],
        'date_to': month['period_end'], 'price_unit': price, 'price_full': price,
        'amount': price, **month, **values,
    })


def bill(*lines, tax='0'):
    return Bill(lines, sum((row.amount for row in lines), Decimal(0)), Decimal(tax))


def said(ours, theirs, lang='en_CA'):
    return compare(ours, theirs, 'CAD', lang).sentences


def pair(new, old, lang='en_CA'):
    return said(bill(line(NOVEMBER, **new)), bill(line(OCTOBER, **old)), lang)


def test_nothing_changed_says_nothing():
    assert said(bill(line(NOVEMBER), tax='1.50'), bill(line(OCTOBER), tax='1.50')) == []


@pytest.mark.parametrize(('lang', 'price', 'taxes'), [
    ('en_CA', 'Price of Fibre 100, from $30.00 to $35.00: +$5.00',
     'Taxes, from $1.50 to $1.75: +$0.25'),
    ('fr_CA', f'Prix de Fibre 100, de 30,00{A0}$ à 35,00{A0}${A0}: +5,00{A0}$',
     f'Taxes, de 1,50{A0}$ à 1,75{A0}${A0}: +0,25{A0}$'),
    ('fr_FR', f'Prix de Fibre 100, de 30,00{A0}$CA à 35,00{A0}$CA{A0}: +5,00{A0}$CA',
     f'Taxes, de 1,50{A0}$CA à 1,75{A0}$CA{A0}: +0,25{A0}$CA'),
])
def test_price_and_taxes_last(lang, price, taxes):
    ours, theirs = bill(line(NOVEMBER, price='35'), tax='1.75'), bill(line(OCTOBER), tax='1.50')
    assert said(ours, theirs, lang) == [price, taxes]


@pytest.mark.parametrize(('new', 'old', 'english', 'french'), [
    ({'quantity': 2, 'price_full': 60, 'amount': 60}, {},
     'Quantity of Fibre 100 from 1 to 2, price, from $30.00 to $60.00: +$30.00',
     f'Quantité de Fibre 100 passée de 1 à 2, prix, de 30,00{A0}$ à 60,00{A0}${A0}: +30,00{A0}$'),
    ({'label': 'Fibre 500', 'key': 'Fibre 100', 'price': '45'}, {},
     'Fibre 500 instead of Fibre 100, from $30.00 to $45.00: +$15.00',
     f'Fibre 500 au lieu de Fibre 100, de 30,00{A0}$ à 45,00{A0}${A0}: +15,00{A0}$'),
    ({'days': 15, 'amount': 15}, {},
     f'Fibre 100, only 15 of 30 days on this bill: {MINUS}$15.00',
     f'Fibre 100, seulement 15 jours sur 30 sur cette facture{A0}: {MINUS}15,00{A0}$'),
    ({}, {'days': 17, 'amount': '16.45'},
     'Fibre 100, only 17 of 31 days on the bill before: +$13.55',
     f'Fibre 100, seulement 17 jours sur 31 sur la facture précédente{A0}: +13,55{A0}$'),
    ({'days': 20, 'amount': 20, 'holds': [
        {'first': '2026-11-01', 'last': '2026-11-10', 'effect': 'no_charge'}]}, {},
     f'Fibre 100, on hold: 20 of 30 days on this bill: {MINUS}$10.00',
     f'Fibre 100, suspendu{A0}: 20 jours sur 30 sur cette facture{A0}: {MINUS}10,00{A0}$'),
    ({'discount': 10, 'price_full': 27, 'amount': 27}, {},
     f'Discount on Fibre 100, from $0.00 to {MINUS}$3.00: {MINUS}$3.00',
     f'Rabais sur Fibre 100, de 0,00{A0}$ à {MINUS}3,00{A0}${A0}: {MINUS}3,00{A0}$'),
    ({'price_full': 20, 'amount': 20, 'reductions': [{'label': 'Welcome', 'amount': 10}]}, {},
     f'Discount started on Fibre 100: Welcome: {MINUS}$10.00',
     f'Début du rabais sur Fibre 100{A0}: Welcome{A0}: {MINUS}10,00{A0}$'),
    ({}, {'price_full': 20, 'amount': 20, 'reductions': [{'label': 'Welcome', 'amount': 10}]},
     'Discount ended on Fibre 100: Welcome: +$10.00',
     f'Fin du rabais sur Fibre 100{A0}: Welcome{A0}: +10,00{A0}$'),
    ({'amount': 18, 'share': {'of': 30, 'percent': 60}}, {},
     f'Part of Fibre 100 that another account pays, from $0.00 to $12.00: {MINUS}$12.00',
     f'Partie de Fibre 100 que paie un autre compte, de 0,00{A0}$ à 12,00{A0}${A0}: '
     f'{MINUS}12,00{A0}$'),
])
def test_a_service_on_both_bills(new, old, english, french):
    assert pair(new, old) == [english]
    assert pair(new, old, 'fr_CA') == [french]


@pytest.mark.parametrize(('extra', 'english', 'french'), [
    ({}, 'New: TV: +$12.00', f'Nouveau{A0}: TV{A0}: +12,00{A0}$'),
    ({'days': 12, 'amount': '4.80'}, 'New: TV, 12 of 30 days: +$4.80',
     f'Nouveau{A0}: TV, 12 jours sur 30{A0}: +4,80{A0}$'),
    ({'billed_before': True}, 'Billed this time: TV, 2026-11-01 – 2026-11-30: +$12.00',
     f'Facturé cette fois{A0}: TV, 2026-11-01 – 2026-11-30{A0}: +12,00{A0}$'),
    ({'kind': 'one_time', 'instalment': {'number': 2, 'count': 3, 'total': 36}},
     'Instalment 2 of 3: TV: +$12.00', f'Versement 2 sur 3{A0}: TV{A0}: +12,00{A0}$'),
    ({'kind': 'one_time'}, 'One-time charge: TV: +$12.00',
     f'Frais uniques{A0}: TV{A0}: +12,00{A0}$'),
    ({'kind': 'usage'}, 'Usage of TV, 2026-11-01 – 2026-11-30: +$12.00',
     f'Utilisation de TV, 2026-11-01 – 2026-11-30{A0}: +12,00{A0}$'),
    ({'before': 30, 'revision': 1, 'amount': -12},
     f'Credit for TV, 2026-11-01 – 2026-11-30: {MINUS}$12.00',
     f'Crédit pour TV, 2026-11-01 – 2026-11-30{A0}: {MINUS}12,00{A0}$'),
    ({'before': 10, 'revision': 1}, 'Charged afterwards: TV, 2026-11-01 – 2026-11-30: +$12.00',
     f'Facturé après coup{A0}: TV, 2026-11-01 – 2026-11-30{A0}: +12,00{A0}$'),
    ({'kind': 'other'}, 'Other line: TV, 2026-11-01 – 2026-11-30: +$12.00'.replace(
        ', 2026-11-01 – 2026-11-30', ''), f'Autre ligne{A0}: TV{A0}: +12,00{A0}$'),
])
def test_on_this_bill_only(extra, english, french):
    ours = bill(line(NOVEMBER), line(NOVEMBER, **{'label': 'TV', 'price': '12', **extra}))
    assert said(ours, bill(line(OCTOBER))) == [english]
    assert said(ours, bill(line(OCTOBER)), 'fr_CA') == [french]


@pytest.mark.parametrize(('extra', 'english'), [
    ({'service_end': '2026-10-31'}, f'Ended on October 31, 2026: TV: {MINUS}$12.00'),
    ({'service_end': '2027-10-31'},
     f'Not on this bill: TV, billed up to October 31, 2026: {MINUS}$12.00'),
    ({'holds': [{'first': '2026-10-20', 'last': None, 'effect': 'no_charge'}]},
     f'On hold, not billed: TV: {MINUS}$12.00'),
    ({'kind': 'one_time', 'instalment': {'number': 3, 'count': 3, 'total': 36}},
     f'Instalment 3 of 3 on the bill before: TV: {MINUS}$12.00'),
    ({'kind': 'one_time'}, f'One-time charge on the bill before only: TV: {MINUS}$12.00'),
    ({'before': 30, 'amount': -12},
     'Credit on the bill before only: TV, 2026-10-01 – 2026-10-31: +$12.00'),
])
def test_on_the_bill_before_only(extra, english):
    theirs = bill(line(OCTOBER), line(OCTOBER, **{'label': 'TV', 'price': '12', **extra}))
    assert said(bill(line(NOVEMBER)), theirs) == [english]


def test_a_share_of_more_is_more_that_the_other_pays():
    """40 % of 16.45, then of 30.00: the whole grows by 13.55, of which the other bears 8.13."""
    assert pair(
        {'amount': 12, 'share': {'of': 30, 'percent': 40}},
        {'days': 17, 'amount': '6.58', 'share': {'of': '16.45', 'percent': 40}},
    ) == ['Fibre 100, only 17 of 31 days on the bill before: +$13.55',
          f'Part of Fibre 100 that another account pays, from $9.87 to $18.00: {MINUS}$8.13']


def test_a_year_billed_before_did_not_end_while_it_runs():
    """It is missing on the next bills because it was billed up to October, whatever its end."""
    year = line({'period_start': '2025-11-01', 'period_end': '2026-10-31', 'period_days': 365},
                label='TV', price='120', service_end='2025-12-31')
    december = {'period_start': '2025-12-01', 'period_end': '2025-12-31', 'period_days': 31}
    november = {'period_start': '2025-11-01', 'period_end': '2025-11-30', 'period_days': 30}
    ours, theirs = bill(line(december)), bill(year, line(november))
    assert said(replace(ours, day=date(2025, 12, 1)), theirs) == [
        f'Not on this bill: TV, billed up to October 31, 2026: {MINUS}$120.00']
    # its credit says that it ended, however early the bill is made
    credit = replace(year, before=Decimal(120), revision=1, amount=Decimal('-99.94'))
    assert said(replace(bill(line(december), credit), day=date(2025, 12, 1)), theirs) == [
        f'Ended on December 31, 2025: TV: {MINUS}$120.00',
        f'Credit for TV, 2025-11-01 – 2026-10-31: {MINUS}$99.94']


def test_usage_of_both_bills_is_one_sentence():
    ours = bill(line(NOVEMBER, price='20', kind='usage'))
    theirs = bill(line(OCTOBER, price='12', kind='usage'))
    assert said(ours, theirs) == ['Usage of Fibre 100, from $12.00 to $20.00: +$8.00']


def test_plan_change_within_a_charged_period():
    """The credit of the old plan and the part of the new one stand for themselves."""
    ours = bill(
        line(OCTOBER, before=30, revision=1, days=15, days_before=31, amount='-15.48'),
        line(OCTOBER, label='Fibre 500', key='Fibre 100', price='45', days=16, amount='23.23',
             date_from='2026-10-16'),
        line(NOVEMBER, label='Fibre 500', key='Fibre 100', price='45'),
    )
    assert said(ours, bill(line(OCTOBER))) == [
        'Fibre 500 instead of Fibre 100, from $30.00 to $45.00: +$15.00',
        f'Credit for Fibre 100, 2026-10-01 – 2026-10-31: {MINUS}$15.48',
        'Earlier period: Fibre 500, 2026-10-16 – 2026-10-31: +$23.23',
    ]


def test_what_lines_do_not_say_is_one_sentence():
    ours = replace(bill(line(NOVEMBER)), untaxed=Decimal('26.09'))
    assert said(ours, bill(line(OCTOBER))) == [
        f'Other differences, taxes within prices and rounding: {MINUS}$3.91']


@st.composite
def charges(draw, unit, month):
    """Any charge of a service: facts that belong together, as the engine makes them."""
    price = draw(strategies.prices(unit, 9000))
    quantity, discount = Decimal(draw(st.integers(1, 3))), Decimal(draw(st.integers(0, 100)))
    base = full_price(price, quantity, discount, unit)
    reductions = [
        {'label': label, 'amount': draw(strategies.prices(unit, 500))}
        for label in draw(st.lists(st.sampled_from(['Welcome', 'Bundle']), unique=True))
    ]
    full = base - sum((row['amount'] for row in reductions), Decimal(0))
    days, of = draw(st.integers(1, month['period_days'])), month['period_days']
    amount = slice_amount(full, draw(strategies.methods), 0, days, of, unit)
    kind = draw(st.sampled_from(['recurring'] * 4 + ['one_time', 'usage', 'other']))
    share = draw(st.none() | strategies.prices(unit, 300))
    correction = draw(st.none() | strategies.prices(unit, 300))
    first = date.fromisoformat(month['period_start'])
    return Facts.of({
        **month, 'kind': kind, 'key': draw(st.sampled_from(['a', 'b', 'c'])),
        'label': draw(st.sampled_from(['Fibre', 'TV'])), 'price_unit': price,
        'quantity': quantity, 'discount': discount, 'reductions': reductions, 'price_full': full,
        'days': days, 'date_from': first, 'date_to': first + timedelta(days=days - 1),
        'amount': amount if share is None else share, 'unit': unit,
        'share': share and {'of': amount}, 'before': correction,
        'instalment': draw(st.sampled_from([None, {'number': 1, 'count': 2, 'total': 10}])),
        'billed_before': draw(st.booleans()),
        'service_end': draw(st.none() | strategies.days),
        'holds': draw(st.sampled_from([(), ({
            'first': first, 'last': None, 'effect': 'reduced', 'percent': 50},)])),
    })


@st.composite
def two_bills(draw):
    unit = draw(strategies.units)
    found = []
    for month in (NOVEMBER, OCTOBER):
        rows = tuple(draw(st.lists(charges(unit, month), max_size=5)))
        found.append(Bill(
            rows, sum((row.amount for row in rows), Decimal(0)), draw(strategies.prices(unit))))
    return found


@given(two_bills(), st.sampled_from(['en_CA', 'fr_CA', 'fr_FR']))
def test_the_amounts_are_the_difference(bills, lang):
    """Exactly, without a sentence for what is left, whatever changed at once."""
    ours, theirs = bills
    found = compare(ours, theirs, 'TND', lang, 3)
    assert found.amount == ours.untaxed - theirs.untaxed
    assert not [change for change in found.changes if change.code == 'rest']
    assert (found.tax.amount if found.tax else 0) == ours.tax - theirs.tax
    assert all(change.amount and change.sentence for change in found.changes)
