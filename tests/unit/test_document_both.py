"""One page in two languages: pairs, single amounts, nothing twice."""
import copy

from odoo.addons.isp_billing.engine import document_both, document_view

from .test_document_page import FACTS, facts


def both(**changes):
    return document_view.build_view(facts(**changes), 'both')


def test_labels_are_pairs_with_french_first():
    view = both()
    assert view['heading'] == (
        'Facture<span class="sep"> / </span><span class="alt" lang="en-CA">Invoice</span>')
    assert view['w']['bill_to'].startswith("Facturé à<span") and "Bill to" in view['w']['bill_to']
    assert "Payment slip" in view['w']['slip'] and "Due date" in view['w']['due_date']
    assert view['title'] == "Facture / Invoice" and '<' not in view['qr_label']
    assert (view['w']['page'], view['w']['of']) == ("Page ", " / ")
    assert view['lang'] == 'fr-CA'


def test_long_titles_stand_in_two_rows_without_a_lost_stroke():
    merged = document_both.merge_views(
        *({'title': title, 'lang': lang, 'page_class': '', 'w': {'page': "Page "}}
          for title, lang in (("Relevé de compte", 'fr-CA'), ("Statement of account", 'en-CA'))))
    assert merged['heading'] == (
        'Relevé de compte<span class="alt row" lang="en-CA">Statement of account</span>')
    assert merged['title'] == "Relevé de compte / Statement of account"


def test_amounts_dates_and_addresses_stand_once_in_french():
    view = both()
    assert view['amount_due'] == "20,55\u00a0$"
    assert view['due_date'] == "21 octobre 2026"
    assert view['customer_address'] == FACTS['customer']['address']['fr']
    assert view['total'][1] == "15,55\u00a0$"
    assert ["1er octobre 2026"] in [fact[1] for fact in view['facts']]
    row, = view['sections'][0]['rows']
    assert (row['period'], row['quantity'], row['amount']) == (
        "2026-10-15 – 2026-10-31", '1', '14,81')


def test_lines_have_both_names_each_with_its_notes():
    row, = both()['sections'][0]['rows']
    french, english = row['text'].split('<span class="sep"> / </span>')
    assert "La fibre" in french and "17 jours sur 31, rabais de 10\u00a0%" in french
    assert "Fibre" in english and "17 of 31 days, discount of 10%" in english
    assert row['notes'] == ''


def test_a_text_of_one_language_stands_once():
    lines = copy.deepcopy(FACTS['lines'])
    lines[0] |= {'text': {'en': "Fibre", 'fr': "Fibre"}, 'days': 31, 'discount': '0'}
    row, = both(lines=lines)['sections'][0]['rows']
    assert row['text'] == "Fibre"
    assert both(message={'en': "News", 'fr': ""})['message'] == "News"


def test_customer_texts_are_escaped_in_pairs():
    lines = copy.deepcopy(FACTS['lines'])
    lines[0] |= {'text': {'en': "<b>A</b>", 'fr': "<i>B</i>"}}
    row, = both(lines=lines)['sections'][0]['rows']
    assert '<b>' not in row['text'] and '<i>' not in row['text']
    assert '&lt;i&gt;B' in row['text']


def test_each_language_writes_its_own_figures_inside_a_sentence():
    rate = [label for label, _number, _amount in both()['totals'] if "TPS" in label][0]
    assert "TPS 5\u00a0%" in rate and "GST 5%" in rate


def test_plain_pairs():
    assert document_both.plain("Facture", "Invoice") == "Facture / Invoice"
    assert document_both.plain("Page", "Page") == "Page"
    assert document_both.plain("", "Draft") == "Draft"


def test_lines_at_the_end_of_both_texts_are_written_once():
    def merged(first, second, notes=''):
        row = document_both._Merger('en').row(
            {'text': first, 'notes': notes}, {'text': second, 'notes': notes})
        return str(row['text'])
    pair = str(document_both.pair("Visite", "Visit", 'en'))
    assert merged("Visite\nBillet <5>", "Visit\nBillet <5>") == f"{pair}Billet &lt;5&gt;"
    assert merged("Visite\nA\nB", "Visit\nA\nB") == f"{pair}A\nB"
    assert merged("Visite\nA", "Visite\nA") == "Visite\nA"
    assert merged("A\nC", "B\nD") == str(document_both.pair("A\nC", "B\nD", 'en'))
    assert merged("Visite\nA", "Visit\nA", "1").endswith("</span>A")
