"""From frozen facts to the texts of the page, the code to pay and the PDF."""
import copy
import gc
import io

import pikepdf
import pytest
from PIL import Image

from odoo.addons.isp_billing.engine import (
    document_view,
    document_words,
    payment_code,
    pdf_render,
    pictures,
)

ADDRESS = {'en': ["7 Quay Street", "Gaspé QC G4X 1A1"], 'fr': ["7, rue du Quai", "Gaspé"]}
FACTS = {
    'version': 1, 'kind': 'invoice', 'draft': False, 'number': 'F-12', 'origin': '',
    'invoice_date': '2026-10-01', 'due_date': '2026-10-21', 'period': ['2026-10-01', '2026-10-31'],
    'currency': 'CAD', 'decimals': 2, 'paper': 'Letter', 'locales': {'en': 'en_CA', 'fr': 'fr_CA'},
    'account_number': '10000007',
    'company': {'name': "Nordet", 'address': ADDRESS, 'phone': '1 888 555-0177', 'website': ''},
    'customer': {'name': "Ada", 'address': ADDRESS}, 'service': None,
    'lines': [
        {'kind': 'internet', 'text': {'en': "Fibre", 'fr': "La fibre"}, 'from': '2026-10-15',
         'to': '2026-10-31', 'days': 17, 'period_days': 31, 'quantity': '1.0',
         'price_unit': '30.00', 'discount': '10.0', 'amount': '14.81'},
    ],
    'taxes': [{'label': {'en': "GST", 'fr': "TPS"}, 'rate': '5.0', 'amount': '0.74',
               'number': 'RT1'}],
    'untaxed': '14.81', 'total': '15.55',
    'summary': {'previous': '20.00', 'forward': '5.00', 'due': '20.55', 'movements': [
        {'type': 'payment', 'date': '2026-09-20', 'amount': '-15.00'}]},
    'message': None, 'terms': {'en': "", 'fr': ""},
    'support': {'phone': '1 888 555-0177', 'hours': {'en': "9 to 5", 'fr': "9 h à 17 h"}},
    'payment': {'slip': True, 'qr': {'type': 'link', 'content': 'https://isp.example/1'},
                'reference': 'F-12', 'portal_host': 'isp.example', 'iban': '',
                'instructions': None},
}


def facts(**changes):
    return {**copy.deepcopy(FACTS), **changes}


def test_every_word_is_there_in_every_variety():
    english = set(document_words.WORDS['en'])
    assert set(document_words.WORDS['fr']) == english
    for lang in ('en_US', 'en_CA', 'fr_CA', 'fr_FR', 'fr_BE', 'de_DE'):
        assert set(document_words.words(lang)) == english
    for variety in ('en_US', 'fr_CA'):
        assert set(document_words.WORDS[variety]) <= english
    assert document_words.words('fr_CA')['title_refund'] == "Note de crédit"
    assert document_words.words('fr_BE')['title_refund'] == "Avoir"
    assert "check" in document_words.words('en_US')['cheque_to']


@pytest.mark.parametrize(('days', 'french', 'english'), [
    (1, "1 jour sur 31", "1 of 31 days"), (2, "2 jours sur 31", "2 of 31 days"),
])
def test_one_day_of_a_period_is_singular(days, french, english):
    line = {**FACTS['lines'][0], 'days': days, 'discount': '0'}
    for language, words in (('fr', french), ('en', english)):
        view = document_view.build_view(facts(lines=[line]), language)
        assert view['sections'][0]['rows'][0]['notes'] == words
    both = document_view.build_view(facts(lines=[line]), 'both')
    assert french in both['sections'][0]['rows'][0]['text']
    assert english in both['sections'][0]['rows'][0]['text']


def test_placeholders_are_the_same_in_every_language():
    for variety, words in document_words.WORDS.items():
        for key, text in words.items():
            assert text.count('%s') == document_words.WORDS['en'][key].count('%s'), (variety, key)


def test_french_view():
    view = document_view.build_view(facts(), 'fr')
    assert view['title'] == "Facture" and view['lang'] == 'fr-CA'
    assert view['amount_due'] == "20,55\u00a0$"
    assert view['due_date'] == "21 octobre 2026"
    row, = view['sections'][0]['rows']
    assert (row['text'], row['quantity'], row['unit_price'], row['amount']) == (
        "La fibre", '1', '30,00', '14,81')
    assert row['notes'] == "17 jours sur 31, rabais de 10\u00a0%"
    assert ("TPS 5\u00a0%", "Nº\u00a0RT1", "0,74\u00a0$") in view['totals']
    assert view['summary']['rows'][1] == ("Paiement reçu le 2026-09-20, merci",
                                          "\u221215,00\u00a0$")


def test_an_absent_wording_falls_back_to_the_other_language():
    view = document_view.build_view(facts(message={'en': "Hello", 'fr': ""}), 'fr')
    assert view['message'] == "Hello"


def test_nothing_due_has_no_slip_and_no_code():
    view = document_view.build_view(
        facts(summary=dict(FACTS['summary'], due='-1.00')), 'en')
    assert not view['slip'] and not view['qr'] and not view['due_date']


def test_many_payments_are_one_row():
    movements = [{'type': 'payment', 'date': '2026-09-20', 'amount': '-1.00'}] * 4
    movements.append({'type': 'adjustment', 'date': '2026-09-21', 'amount': '2.00'})
    view = document_view.build_view(
        facts(summary=dict(FACTS['summary'], movements=movements)), 'en')
    assert ("Payments received, thank you", "\u2212$4.00") in view['summary']['rows']
    assert ("Adjustments", "$2.00") in view['summary']['rows']


def test_headings_only_when_there_are_many_lines():
    line = FACTS['lines'][0]
    few = [line, dict(line, kind='tv')]
    view = document_view.build_view(facts(lines=few), 'en')
    assert [section['title'] for section in view['sections']] == [None, None]
    view = document_view.build_view(facts(lines=few * 4), 'en')
    assert [section['title'] for section in view['sections']] == ["Internet", "Television"]
    view = document_view.build_view(facts(lines=[dict(line, kind='new_kind')]), 'en')
    assert len(view['sections']) == 1


@pytest.mark.parametrize(('number', 'groups'), [
    ('100000033', ['100', '000', '033']), ('3795742288', ['379', '574', '2288']),
    ('1000007', ['100', '0007']), ('123456', ['123456']), ('A-17', ['A-17']), ('', []),
])
def test_account_numbers_are_grouped_for_reading(number, groups):
    view = document_view.build_view(facts(account_number=number), 'en')
    assert view['account_number'] == groups
    assert ''.join(view['account_number']) == number


def test_mail_texts_have_a_hyphen_for_minus():
    texts = document_view.mail_texts(facts(summary=dict(FACTS['summary'], due='-5')), 'en')
    assert texts['amount'] == '-$5.00' and texts['due_date'] == ''


def test_epc_content_and_iban():
    iban = "FR14 2004 1010 0505 0001 3M02 606"
    assert payment_code.is_iban(iban)
    assert not payment_code.is_iban(iban.replace('606', '607'))
    assert not payment_code.is_iban('') and not payment_code.is_iban('003-12345-1234567')
    assert payment_code.group_iban('FR1420041010050500013M02606') == iban
    content = payment_code.epc_content("Rivelin", iban, '12.30', 'F-12')
    assert content.split('\n') == ['BCD', '002', '1', 'SCT', '', 'Rivelin',
                                   'FR1420041010050500013M02606', 'EUR12.30', '', '', 'F-12']


def test_the_code_is_sharp_and_small():
    with Image.open(io.BytesIO(payment_code.qr_picture('https://isp.example/1'))) as code:
        assert code.mode == 'L' and code.width == code.height == 25 * payment_code.DOTS
        assert {level for _count, level in code.getcolors()} == {0, 255}
        assert [code.getpixel((place * payment_code.DOTS + 3, 3)) for place in range(8)] == (
            [0] * 7 + [255])


def render(body='ok', **kwargs):
    return pdf_render.render_pdf(
        f'<html lang="en"><title>t</title><body>{body}</body></html>', **kwargs)


def test_the_same_bytes_every_time_and_tagged():
    assert render() == render()
    with pikepdf.open(io.BytesIO(render())) as pdf:
        assert pdf.Root.MarkInfo.Marked and str(pdf.Root.Lang) == 'en'
        assert '/CreationDate' not in pdf.docinfo


def test_paper():
    with pikepdf.open(io.BytesIO(render(paper='A4', slip=False))) as pdf:
        assert [round(float(x)) for x in pdf.pages[0].mediabox] == [0, 0, 595, 842]
    with pytest.raises(ValueError, match='Unknown paper'):
        render(paper='A5')


@pytest.mark.parametrize('url', ['file:///etc/hostname', 'http://127.0.0.1:9/x', 'mem:other',
                                 'ftp://127.0.0.1/x'])
def test_the_fetcher_gives_out_what_it_was_given_and_nothing_else(url):
    fetcher = pdf_render.ClosedFetcher({'mem:logo': b'\x89PNG'})
    assert fetcher.fetch('mem:logo').read() == b'\x89PNG'
    assert fetcher.fetch('data:text/plain,hi').read() == b'hi'
    with pytest.raises(ValueError, match='Not fetched'):
        fetcher.fetch(url)


def test_a_file_cannot_be_smuggled_in(tmp_path):
    secret = tmp_path / 'secret.txt'
    secret.write_text('top secret')
    url = secret.as_uri()
    content = render(f'<link rel="attachment" href="{url}"><img src="{url}">'
                     f'<a rel="attachment" href="{url}">x</a>')
    with pikepdf.open(io.BytesIO(content)) as pdf:
        assert not any(isinstance(item, pikepdf.Stream) and b'top secret' in item.read_bytes()
                       for item in pdf.objects)


def test_many_documents_leave_the_collector_as_it_was():
    frozen = gc.get_freeze_count()
    with pdf_render.many() as tidy:
        assert not gc.isenabled()
        for _place in range(pdf_render.COLLECT_EVERY):
            tidy()
    assert gc.isenabled() and gc.get_freeze_count() == frozen


def test_logos_are_made_small_and_drawings_left_alone():
    picture = io.BytesIO()
    Image.new('RGBA', (1600, 400), (10, 20, 30, 0)).save(picture, 'PNG')
    with Image.open(io.BytesIO(pictures.print_logo(picture.getvalue()))) as logo:
        assert logo.mode == 'RGB' and logo.width <= pictures.PRINT_SIZE[0]
        assert logo.getpixel((5, 5)) == (255, 255, 255)
    assert pictures.print_logo(b'<svg/>') == b'<svg/>'
