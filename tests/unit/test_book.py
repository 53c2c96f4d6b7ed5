"""The subscriber book: cells, files, duplicates, references; every fault at once."""
import csv
import datetime
import io
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.isp_billing.engine import book

from tools import make_demo_book

ROOT = Path(__file__).parents[2]

PLANS = 'code,name_en,kind\nF500,Fibre 500,internet\n'
ACCOUNTS = 'account_number,name,country,profile\n1008,Ada Example,CA,Monthly\n'
SUBSCRIPTIONS = ('subscription,line,account_number,plan,start\n'
                 'S1,1,1008,F500,2026-01-15\n')


def codes(issues):
    return [(issue.file, issue.row, issue.column, issue.code) for issue in issues]


@pytest.mark.parametrize(('text', 'value'), [
    ('1234.5', '1234.5'), ('1 234,50', '1234.50'), ('1\u202f234,50', '1234.50'),
    ('1,234.50', '1234.50'), ('1.234,50', '1234.50'), ('-12,5', '-12.5'), ('+3', '3'),
    ('\u221299.00', '-99.00'), ('0,125', '0.125'), ('1,234,567.89', '1234567.89'),
    ('0.000', '0.000'), ('12.345', '12.345'),
])
def test_amounts_of_both_languages_are_read(text, value):
    assert book.parse_amount(text) == Decimal(value)


@pytest.mark.parametrize(('text', 'code'), [
    ('1,234', 'ambiguous_number'), ('-12,345,678', 'ambiguous_number'),
    ('1.2.3', 'bad_number'), ('abc', 'bad_number'), ('$5', 'bad_number'), ('', 'bad_number'),
    ('1e5', 'bad_number'), ('NaN', 'bad_number'), ('inf', 'bad_number'), ('1,2,3', 'bad_number'),
    ('12,34.50', 'bad_number'), ('=1+1', 'bad_number'), ('5-', 'bad_number'),
])
def test_amounts_that_cannot_be_read_are_refused(text, code):
    with pytest.raises(book.BadValue) as caught:
        book.parse_amount(text)
    assert caught.value.code == code


@given(st.decimals(allow_nan=False, allow_infinity=False, places=2,
                   min_value=-10**9, max_value=10**9))
def test_every_plain_amount_round_trips(value):
    assert book.parse_amount(f'{value:f}') == value
    assert book.parse_amount(f'{value:,.2f}'.replace(',', ' ').replace('.', ',')) == value


@pytest.mark.parametrize('text', [
    '2026-02-30', '20261301', '31/01/26', '31/13/2026', '46022', 'today', '2026-01/31',
    '31 ju 2026', '31 mardi 2026', '2026-01-31T00:00:00Z', '٣/٤/٢٠٢٦', '0000-01-01',
])
def test_what_is_no_date_is_refused(text):
    with pytest.raises(book.BadValue) as caught:
        book.parse_date(text)
    assert caught.value.code == 'bad_date'


def test_a_date_is_read():
    assert book.parse_date('2026-02-28') == datetime.date(2026, 2, 28)


@pytest.mark.parametrize(('text', 'value'), [
    ('oui', True), ('Yes', True), ('1', True), ('non', False), ('0', False)])
def test_yes_and_no_in_both_languages(text, value):
    column = book.FILES['accounts'].column('is_company')
    assert book.parse_cell(column, text) is value


@pytest.mark.parametrize('data', [
    'account_number;name;country;profile\n1008;Zoé;CA;Monthly\n'.encode(),
    '\ufeffaccount_number,name,country,profile\r\n1008,Zoé,CA,Monthly\r\n'.encode(),
    'account_number\tname\tcountry\tprofile\n1008\tZoé\tCA\tMonthly\n'.encode('cp1252'),
    [{'account_number': '1008', 'name': 'Zoé', 'country': 'CA', 'profile': 'Monthly'}],
])
def test_any_usual_csv_is_read(data):
    rows, issues = book.parse_file('accounts', data)
    assert not issues
    assert rows[0]['name'] == 'Zoé'
    assert rows[0].number == 2
    assert rows[0]['is_company'] is False


def test_every_fault_is_reported_at_once():
    data = ('account_number,name,country,profile,language,is_company\n'
            '1008,Ada,CA,Monthly,en,no\n'
            ',Bob,CA,Monthly,de,perhaps\n'
            '1016,Cy,CA,Monthly,fr,yes,too,many\n'
            '1024,,CA,,fr,\n')
    rows, issues = book.parse_file('accounts', data)
    assert [row['account_number'] for row in rows] == ['1008']
    assert codes(issues) == [
        ('accounts', 4, '', 'too_many_cells'),
        ('accounts', 3, 'account_number', 'required'),
        ('accounts', 3, 'is_company', 'bad_boolean'),
        ('accounts', 3, 'language', 'bad_choice'),
        ('accounts', 5, 'name', 'required'),
    ]


def test_a_header_without_required_columns_stops_the_file():
    rows, issues = book.parse_file('accounts', 'name,colour\nAda,blue\n')
    assert not rows
    assert {issue.code for issue in issues} == {'missing_column', 'unknown_column'}
    assert {issue.column for issue in issues if issue.code == 'missing_column'} == {
        'account_number', 'country'}


@pytest.mark.parametrize('data', [b'', b'\n'])
def test_an_empty_file_is_an_issue_and_no_crash(data):
    rows, issues = book.parse_file('accounts', data)
    assert not rows
    assert issues


@given(st.binary(max_size=300))
def test_no_bytes_ever_crash_the_reader(data):
    for name in book.FILES:
        book.parse_file(name, data)


@given(st.lists(st.dictionaries(
    st.sampled_from([column.name for column in book.FILES['subscriptions'].columns]),
    st.text(max_size=12)), max_size=5))
def test_no_cells_ever_crash_the_reader(rows):
    found, issues = book.read_book({'subscriptions': rows})
    assert len(found['subscriptions']) <= len(rows)
    assert len(found['subscriptions']) == len(rows) or issues


def test_blank_lines_keep_the_numbering_of_the_spreadsheet():
    rows, issues = book.parse_file(
        'plans', 'code,name_en,kind\n\n,,\nF500,Fibre,internet\nX,Y,boat\n')
    assert rows[0].number == 4
    assert issues[0].row == 5


def test_rows_between_quotes_may_hold_line_breaks():
    rows, issues = book.parse_file(
        'plans', 'code,name_en,kind,description_en\nF,Fibre,internet,"Fast,\nvery fast"\n')
    assert not issues
    assert rows[0]['description_en'] == 'Fast,\nvery fast'


def test_a_duplicate_names_the_first_row():
    rows, issues = book.read_book({'plans': PLANS + 'F500,Again,internet\n'})
    assert len(rows['plans']) == 1
    assert codes(issues) == [('plans', 3, 'code', 'duplicate')]
    assert issues[0].params == {'first': 2}


def test_same_account_number_in_two_companies_is_fine():
    data = ('company,account_number,name,country,profile\n'
            'A,1008,Ada,CA,M\nB,1008,Bob,FR,M\n')
    rows, issues = book.read_book({'accounts': data})
    assert not issues
    assert len(rows['accounts']) == 2


def test_dates_in_the_wrong_order():
    data = SUBSCRIPTIONS.replace('start\n', 'start,end\n').replace('-15\n', '-15,2026-01-14\n')
    _rows, issues = book.parse_file('subscriptions', data)
    assert codes(issues) == [('subscriptions', 2, 'end', 'dates_reversed')]


def test_small_rules_between_columns():
    _rows, issues = book.read_book({
        'subscriptions': 'subscription,line,account_number,plan,start,discount,replaces\n'
                         'S1,1,1008,F,2026-01-15,101,\nS1,2,1008,F,2026-01-15,0,2\n',
        'holds': 'subscription,date_from,effect\nS9,2026-01-01,reduced\n',
        'opening_balances': 'account_number,document,date,amount\n1008,INV1,2026-01-01,0.00\n',
    })
    assert {issue.code for issue in issues} == {
        'discount_over_100', 'replaces_itself', 'required', 'zero_amount'}


def test_what_depends_on_a_refused_row_is_held_back_and_said():
    rows, issues = book.read_book({
        'plans': PLANS,
        'accounts': ACCOUNTS.replace('CA', ''),
        'subscriptions': SUBSCRIPTIONS,
        'billed_through': 'subscription,line,billed_through,amount\nS1,1,2026-01-31,74.95\n',
        'opening_balances': 'account_number,document,date,amount\n1008,INV1,2026-01-01,5\n',
    })
    assert not any(rows[name] for name in ('accounts', 'subscriptions', 'billed_through',
                                           'opening_balances'))
    assert codes(issues) == [
        ('accounts', 2, 'country', 'required'),
        ('subscriptions', 2, 'account_number', 'parent_refused'),
        ('billed_through', 2, 'line', 'parent_refused'),
        ('opening_balances', 2, 'account_number', 'parent_refused'),
    ]


def test_a_line_whose_billed_through_date_is_bad_is_held_back():
    """Else the first run would bill its whole history."""
    rows, issues = book.read_book({
        'subscriptions': SUBSCRIPTIONS,
        'billed_through': 'subscription,line,billed_through,amount\nS1,1,31/02/2026,74.95\n',
    })
    assert not rows['subscriptions']
    assert ('subscriptions', 2, 'line', 'billed_through_refused') in codes(issues)


def test_references_to_records_outside_the_book_are_left_to_the_importer():
    rows, issues = book.read_book({'plans': PLANS, 'subscriptions': SUBSCRIPTIONS})
    assert not issues
    assert len(rows['subscriptions']) == 1


def test_an_unknown_file_is_named():
    _rows, issues = book.read_book({'clients.csv': b'a,b\n'})
    assert codes(issues) == [('clients.csv', 0, '', 'unknown_file')]


def test_ten_thousand_rows_are_read_in_a_moment():
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(['account_number', 'name', 'country', 'profile'])
    for number in range(10_000):
        writer.writerow([number, f'Name {number}', 'CA', 'M'])
    rows, issues = book.read_book({'accounts': out.getvalue().encode()})
    assert not issues
    assert len(rows['accounts']) == 10_000


def test_the_demo_book_is_what_its_maker_writes_and_has_no_fault():
    files = make_demo_book.build()
    assert {path.name: path.read_text(encoding='utf-8')
            for path in (ROOT / 'demo' / 'book').glob('*.csv')} == files
    rows, issues = book.read_book(files)
    assert not issues
    assert 230 <= len(rows['accounts']) <= 260


def test_every_file_and_column_is_documented():
    text = (ROOT / 'docs' / 'administrators' / 'import.md').read_text(encoding='utf-8')
    for name, spec in book.FILES.items():
        section = text.split(f'### {name}.csv')[1].split('\n### ')[0].split('\n## ')[0]
        for column in spec.columns:
            named = f'**`{column.name}`**' if column.required else f'`{column.name}`'
            assert named in section, f'{name}.{column.name}'
