"""What other systems export is read when it has one meaning, and refused when it has two."""
import contextlib
import datetime
import io
from decimal import Decimal

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.isp_billing.engine import book, book_cells
from odoo.addons.isp_billing.engine.book_spec import FILES

ACCOUNT = {'account_number': '1008', 'name': "Ada", 'country': 'CA'}
DAYS = st.dates(datetime.date(1950, 1, 1), datetime.date(2099, 12, 31))
MONTHS = {
    'en': "January February March April May June July August September October November December",
    'fr': "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
}
UNITS = ('$', '€', 'CA$', '£', 'CAD', 'EUR')


def account(**values):
    """The row of accounts with these values, and the codes of its faults by column."""
    rows, issues = book.parse_file('accounts', [{**ACCOUNT, **values}])
    return rows and rows[0], {issue.column: issue.code for issue in issues}


def workbook(**sheets):
    """Bytes of a workbook with these sheets (lists of rows)."""
    made = openpyxl.Workbook()
    made.remove(made.active)
    for title, rows in sheets.items():
        sheet = made.create_sheet(title.replace('_', ' '))
        for row in rows:
            sheet.append(row)
    content = io.BytesIO()
    made.save(content)
    return content.getvalue()


@pytest.mark.parametrize(('text', 'value', 'unit'), [
    ('(15.00)', '-15.00', ''), ('-45,10 $', '-45.10', '$'), ('$45.10', '45.10', '$'),
    ('($1,234.50)', '-1234.50', '$'), ('$ (15.00)', '-15.00', '$'), ('EUR 45.10', '45.10', 'EUR'),
    ('1\u202f234,50\u202f€', '1234.50', '€'), ('-CA$5', '-5', 'CA$'), ('$-5.00', '-5.00', '$'),
    ("1'234.50", '1234.50', ''), ('1’234’567,80', '1234567.80', ''), ('15.00-', '-15.00', ''),
    ('\u221215,00\xa0$', '-15.00', '$'),
])
def test_case_186_amounts_of_exports(text, value, unit):
    """Kind: what other systems write is refused or read as something else."""
    assert book_cells.parse_money(text) == (Decimal(value), unit)


@pytest.mark.parametrize('text', [
    '(-15.00)', '-15.00-', '-$-5', '$5 EUR', '((5))', '(5', '5)', '()', '$', '-', 'CR 5 DR',
    "1'23.50", '5 %', '1 e5', '12:30', '5 USDT',
])
def test_amounts_with_two_meanings_are_refused(text):
    with pytest.raises(book.BadValue):
        book_cells.parse_money(text)


@given(st.decimals(allow_nan=False, allow_infinity=False, places=2, min_value=-10**9,
                   max_value=10**9), st.sampled_from(UNITS), st.booleans(), st.booleans(),
       st.booleans())
def test_every_amount_round_trips(value, unit, before, french, brackets):
    number = f'{abs(value):,.2f}'
    if french:
        number = number.replace(',', '\u202f').replace('.', ',')
    text = f'{unit} {number}' if before else f'{number} {unit}'
    if value < 0:
        text = f'({text})' if brackets else f'-{text}'
    assert book_cells.parse_money(text) == (value, unit)


@given(st.text(max_size=20))
def test_no_text_crashes_a_cell(text):
    for read in (book_cells.parse_money, book_cells.parse_date, book_cells.parse_email):
        with contextlib.suppress(book.BadValue):
            read(text)


@given(DAYS, st.sampled_from('-/.'), st.sampled_from(['', '00:00', '00:00:00', '23:59:59.5']))
def test_dates_with_the_year_first_have_one_meaning(day, mark, clock):
    for text in (day.strftime(f'%Y{mark}%m{mark}%d'), f'{day.year}{mark}{day.month}{mark}{day.day}',
                 f'{day:%Y%m%d}'):
        assert book.parse_date(f'{text} {clock}'.strip()) == day
    assert book.parse_date(f'{day:%Y-%m-%d}T00:00:00') == day


@given(DAYS, st.sampled_from('-/.'))
def test_dates_with_the_day_first(day, mark):
    """Read where they have one meaning; else asked for, and read in the order that was chosen."""
    text = f'{day.day:02}{mark}{day.month:02}{mark}{day.year}'
    assert book.parse_date(text, 'dmy') == day
    swapped = f'{day.month:02}{mark}{day.day:02}{mark}{day.year}'
    assert book.parse_date(swapped, 'mdy') == day
    if day.day > 12 or day.day == day.month:
        assert book.parse_date(text) == day == book.parse_date(swapped)
    else:
        with pytest.raises(book.BadValue, match='ambiguous_date'):
            book.parse_date(text)
    if day.day > 12:
        with pytest.raises(book.BadValue, match='other_date_order'):
            book.parse_date(text, 'mdy')
        with pytest.raises(book.BadValue, match='other_date_order'):
            book.parse_date(swapped, 'dmy')


@given(DAYS, st.sampled_from(['en', 'fr']), st.booleans())
def test_dates_with_the_name_of_a_month(day, language, short):
    name = MONTHS[language].split()[day.month - 1]
    if short:
        name = name[:4 if language == 'fr' else 3]
    assert book.parse_date(f'{day.day} {name} {day.year}') == day
    assert book.parse_date(f'{day.day}-{name}-{day.year}') == day
    assert book.parse_date(f'{name} {day.day}, {day.year}') == day


def test_case_186_words_of_exports():
    """Kind: what other systems write is refused, or taken as it is where it cannot be right."""
    row, faults = account(language="Français", delivery="papier")
    assert (row['language'], row['delivery'], faults) == ('fr', 'paper', {})
    for text, language in (('FR', 'fr'), ('fr_CA', 'fr'), ('English', 'en'), ('BILINGUE', 'both')):
        assert account(language=text)[0]['language'] == language
    assert account(delivery='Courriel')[0]['delivery'] == 'email'
    assert account(delivery='mail')[1] == {'delivery': 'bad_choice'}  # two meanings
    assert account(email='pas une adresse')[1] == {'email': 'bad_email'}
    assert account(email='ada@client')[1] == {'email': 'bad_email'}
    assert account(email="Ada <ada@client.example>; bo@client.example")[1] == {}
    assert account(account_number='8.1E+15')[1] == {'account_number': 'rounded_number'}
    assert account(name='#REF!')[1] == {'name': 'sheet_error'}


def test_other_names_mean_one_choice_each():
    for spec in FILES.values():
        for column in spec.columns:
            for alias, choice in column.aliases.items():
                assert book_cells.plain(alias) == alias, alias
                assert alias not in column.choices or alias == choice


def test_case_186_order_of_dates_is_asked_once():
    """Kind: dates with two meanings are guessed, or refused one by one."""
    rows = [{'subscription': f'S{number}', 'line': '1', 'account_number': '1008', 'plan': 'F',
             'start': '03/04/2025', 'end': '15/06/2025'} for number in range(3)]
    found, issues = book.read_book({'subscriptions': rows})
    assert not found['subscriptions']
    assert len(found.refused['subscriptions']) == 3
    assert [(issue.row, issue.column, issue.code, issue.params) for issue in issues] == [
        (2, 'start', 'ambiguous_date', {'count': 3})]
    found, issues = book.read_book({'subscriptions': rows}, 'dmy')
    assert not issues
    assert {row['start'] for row in found['subscriptions']} == {datetime.date(2025, 4, 3)}


@pytest.mark.parametrize(('title', 'name'), [
    ('subscriptions (2).csv', 'subscriptions'), ('Subscriptions.CSV', 'subscriptions'),
    ('plan prices.xlsx', 'plan_prices'), ('plan-prices - Copie (3).csv', 'plan_prices'),
    ('Copy of accounts.csv', 'accounts'), ('accounts - Copy.csv', 'accounts'),
    ('opening_balances.txt', 'opening_balances'), ('clients.csv', None), ('plans2.csv', None),
])
def test_case_186_names_of_files(title, name):
    """Kind: a file is not known by its name because a browser or a copy changed it."""
    assert book.file_key(title) == name


def test_case_186_a_workbook_is_read():
    """Kind: files of a spreadsheet are refused, or their numbers and dates read as others."""
    subscriptions = [
        ['Subscription', 'line', 'account_number', 'plan', 'start', 'price', None],
        ['S1', 1, 1008, 'F', datetime.datetime(2025, 3, 15), 45.1, None],
        [None, None], ['S2', 1.0, '1008', 'F', '15/03/2025', '-45,10 $', None]]
    content = workbook(subscriptions=subscriptions, notes=[['x']])
    for title in ('subscriptions (2).xlsx', 'all of it.xlsx'):
        found, issues = book.read_book({title: content})
        assert not issues
        first, second = found['subscriptions']
        assert (first.number, second.number) == (2, 4)
        assert (first['line'], first['account_number'], second['line']) == ('1', '1008', '1')
        assert first['start'] == second['start'] == datetime.date(2025, 3, 15)
        assert (first['price'], second['price']) == (Decimal('45.1'), Decimal('-45.10'))
        assert second.units == {'price': '$'}


def test_a_workbook_that_cannot_be_read_is_refused():
    formula = workbook(plans=[['code', 'name_en', 'kind'], ['F', '=A2', 'internet']])
    assert [issue.code for issue in book.read_book({'plans.xlsx': formula})[1]] == ['formula']
    for content in (b'PK\x03\x04', formula[:200], formula[:-300]):
        assert [issue.code for issue in book.read_book({'plans.xlsx': content})[1]] == ['not_csv']
        assert not book.read_book({'plans.xlsx': content})[0]['plans']
    twice = book.read_book({'plans.csv': 'code,name_en,kind\n', 'plans (1).csv': 'code\n'})[1]
    assert [issue.code for issue in twice] == ['double_file']


def test_case_185_all_faults_of_a_row():
    """Kind: a row with a fault that is found early is not checked any further."""
    _row, faults = account(language='de', delivery='pigeon', email='x', is_company='?')
    assert faults == {'language': 'bad_choice', 'delivery': 'bad_choice', 'email': 'bad_email',
                      'is_company': 'bad_boolean'}
    rows = [{'subscription': 'S1', 'line': '1', 'account_number': '1008', 'plan': 'F',
             'start': '2025-05-02', 'end': '2025-05-01', 'price': 'x', 'discount': '120 %',
             'replaces': '1'}]
    issues = book.parse_file('subscriptions', rows)[1]
    assert {issue.column: issue.code for issue in issues} == {
        'end': 'dates_reversed', 'price': 'bad_number', 'discount': 'discount_over_100',
        'replaces': 'replaces_itself'}
