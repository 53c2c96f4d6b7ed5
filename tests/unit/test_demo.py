"""The demonstration's pure parts: numbers, flyers, table, mailbox."""
import smtplib
from datetime import date
from email.message import EmailMessage

import pikepdf
import pytest

from tools import import_book, make_demo_book, make_flyers
from tools.demo import facts, mailbox, table
from tools.demo.art import texts
from tools.demo.month import RunResult

FLYERS = make_demo_book.ROOT / 'demo' / 'flyers'


def luhn_ok(number):
    return make_demo_book.with_check_digit(number[:-1]) == number


def test_registration_numbers_are_well_formed():
    assert luhn_ok(facts.SIREN)
    assert luhn_ok(facts.siret())
    assert len(facts.siret()) == 14
    assert facts.french_vat() == f"FR{(12 + 3 * (int(facts.SIREN) % 97)) % 97:02d}{facts.SIREN}"
    assert luhn_ok(facts.HARFANG['vat'][:9])


@pytest.mark.parametrize('name', ['fibre-gig-en', 'fibre-gig-fr', 'neighbour-en', 'neighbour-fr'])
def test_flyers_are_one_small_page_each(name):
    path = FLYERS / f'{name}.pdf'
    assert path.stat().st_size < 200 * 1024
    with pikepdf.open(path) as pdf:
        assert len(pdf.pages) == 1


@pytest.mark.parametrize(('month', 'end'), [
    (date(2026, 11, 1), date(2026, 12, 31)), (date(2026, 12, 1), date(2027, 1, 31)),
    (date(2026, 1, 1), date(2026, 2, 28)), (date(2027, 10, 1), date(2027, 11, 30))])
def test_offers_end_with_the_month_after(month, end):
    assert make_flyers.end_of_offer(month) == end


def test_dates_in_words():
    assert texts.last_day(date(2026, 12, 31), 'en') == "December 31, 2026"
    assert texts.last_day(date(2026, 12, 1), 'fr') == "1er décembre 2026"


@pytest.mark.parametrize('month', [date(2026, 1, 1), date(2027, 2, 1), date(2028, 3, 1)])
def test_the_book_tells_the_same_story_in_any_month(month):
    """Only dates move: the same accounts, lines and amounts."""
    def shape(files):
        return {name: len(text.splitlines()) for name, text in files.items()}

    assert shape(make_demo_book.build(month)) == shape(make_demo_book.build())


def test_demo_people_use_addresses_and_numbers_of_fiction():
    rows = make_demo_book.build()['accounts.csv']
    assert all('555-01' in line or '+33 4 65 71' in line for line in rows.splitlines()[1:])
    assert '.com' not in rows


def test_the_table_is_aligned():
    result = RunResult(
        name="R", company="Ours", accounts=3, due=2, nothing=1, already=0, posted=2,
        credit_notes=1, totals={'CAD': (10.0, 1.5, 11.5)}, taxes={('CAD', "GST"): 0.5},
        rendered=2, inserts=2, pages=2, deliveries={'sent': 1},
        exceptions=[('exception', '1', "Ada", "No price. " * 30)])
    lines = list(table.run_table([result], 1))
    assert len({len(line) for line in lines[2:]}) == 1
    assert any('11.50' in line for line in table.tax_table([result]))
    assert all(len(line) <= table.WIDTH for line in table.exception_table([result]))


def test_rows_with_the_same_fault_are_named_together():
    assert import_book.ranges([4, 2, 3, 7]) == '2-4, 7'
    issues = [{'file': 'accounts', 'row': row, 'column': 'country', 'reason': "bad"}
              for row in (2, 3)] + [{'file': 'x', 'row': 0, 'column': '', 'reason': "odd"}]
    assert list(import_book.issue_lines(issues)) == [
        "accounts row 2-3, country: bad", "x: odd"]


def test_the_mailbox_keeps_what_it_accepts(tmp_path):
    message = EmailMessage()
    message['From'], message['To'] = 'a@harfang.example', 'b@client.example'
    message['Subject'] = "Facture"
    message.set_content("Voilà")
    with mailbox.server(tmp_path / 'mail') as (keeper, port):
        with smtplib.SMTP('127.0.0.1', port, timeout=10) as client:
            client.send_message(message)
        assert keeper.accepted == 1
        assert [found['Subject'] for found in keeper.messages()] == ["Facture"]
