"""What a layout changes on a page, and which colours can be read."""
import copy
import io
import re

import pikepdf
import pytest

from odoo.addons.isp_billing.engine import (
    document_colours,
    document_layout,
    document_sample,
    document_view,
    pdf_render,
)

ADDRESS = {'en': ["7 Quay Street"], 'fr': ["7, rue du Quai"]}
SHARED = {
    'company': {'name': "Nordet", 'address': ADDRESS, 'phone': '555', 'website': 'nordet.example'},
    'locales': {'en': 'en_CA', 'fr': 'fr_CA'}, 'paper': 'Letter', 'logo': False,
    'support': {'phone': '1 888', 'hours': {'en': "9 to 5", 'fr': "9 h à 17 h"}},
    'terms': {'en': "Late fee", 'fr': "Frais de retard"},
    'payment': {'slip': True, 'qr': {'type': 'link', 'content': 'https://isp.example'},
                'reference': 'F', 'portal_host': 'isp.example', 'iban': '', 'instructions': None},
}


def view(language='en', **layout):
    facts = document_sample.sample_facts(SHARED, 'CA', 'CAD', 2)
    return document_view.build_view(facts | {'layout': layout}, language)


def test_the_sample_adds_up():
    facts = document_sample.sample_facts(SHARED, 'CA', 'CAD', 2)
    amounts = [line['amount'] for line in facts['lines']] + [t['amount'] for t in facts['taxes']]
    assert f'{sum(map(float, amounts)):.2f}' == facts['total']
    assert f"{float(facts['total']) + float(facts['summary']['forward']):.2f}" == (
        facts['summary']['due'])


@pytest.mark.parametrize(('switch', 'column'), [
    ('periods', 'period'), ('quantities', 'quantity'), ('unit_prices', 'unit_price'),
    ('codes', 'code'),
])
def test_columns_follow_the_switches_and_fill_the_width(switch, column):
    for shown in (True, False):
        columns = view(**{switch: shown})['columns']
        assert (column in dict(columns)) == shown
        assert sum(width for _key, width in columns) == 100


def test_lines_of_zero():
    def texts(made):
        return [row['text'] for section in made['sections'] for row in section['rows']]
    assert "Security pack, offered" in texts(view())
    assert "Security pack, offered" not in texts(view(zero_lines=False))


@pytest.mark.parametrize(('language', 'text', 'amounts'), [
    ('en', "Call to Portugal", ['0.15', '1.80']),
    ('fr', "Appel vers le Portugal", ['0,15', '1,80']),
    ('both', "Appel vers le Portugal / Call to Portugal", ['0,15', '1,80']),
])
def test_details_of_usage_stand_under_their_line(language, text, amounts):
    def details(**layout):
        return [detail for section in view(language, **layout)['sections']
                for row in section['rows'] for detail in row['details']]
    assert details() == []
    first, *others = details(usage_details=True)
    assert re.sub('<[^>]*>', '', str(first['text'])) == text and len(others) == 2
    assert [first['unit_price'], first['amount']] == amounts
    assert first['period'] == "2026-10-04 · 12\u00a0min" and first['before'] == ''
    first = details(usage_details=True, periods=False)[0]
    assert first['before'] == "2026-10-04 · 12\u00a0min" and first['period'] == ''


def test_a_detail_may_be_bare_and_a_rate_may_be_small():
    facts = document_sample.sample_facts(SHARED, 'CA', 'CAD', 2)
    facts['lines'] = [facts['lines'][0] | {'details': [
        {}, {'quantity': '1234.5', 'price_unit': '0.0125', 'text': {'en': "Data", 'fr': ""}}]}]
    facts['layout'] = {'usage_details': True}
    bare, small = document_view.build_view(facts, 'fr')['sections'][0]['rows'][0]['details']
    assert set(bare.values()) == {''}
    assert (small['text'], small['period'], small['unit_price'], small['amount']) == (
        "Data", "1\u00a0234,5", "0,0125", '')


def test_groupings():
    def titles(**layout):
        return [section['title'] for section in view(**layout)['sections']]
    assert titles(grouping='none') == [None]
    assert titles(grouping='kind') == [
        "Internet", "Telephone", "Television", "Equipment", "Add-ons", "Usage",
        "One-time charges", "Credits"]
    assert titles(grouping='address') == ["27 Quay Street", "4 Lighthouse Road"]
    assert view('fr', grouping='address')['sections'][1]['title'] == "4, chemin du Phare"


def test_lines_of_no_address_stand_under_a_heading_of_their_own():
    facts = document_sample.sample_facts(SHARED, 'CA', 'CAD', 2)
    facts['layout'] = {'grouping': 'address'}
    facts['lines'][1] |= {'place': None}
    facts['lines'][2] |= {'place': {'en': [], 'fr': []}}
    for language, title in (('en', "Other charges"), ('fr', "Autres frais")):
        last = document_view.build_view(facts, language)['sections'][-1]
        assert (last['title'], len(last['rows'])) == (title, 2)
    for line in facts['lines']:
        line['place'] = None
    titles = [section['title'] for section in document_view.build_view(facts, 'en')['sections']]
    assert titles == [None]


def test_the_statement_can_be_left_out_but_not_what_is_brought_forward():
    assert len(view()['summary']['rows']) == 4
    rows = view(statement=False)['summary']['rows']
    assert [row[0] for row in rows] == ["Balance forward", "New charges"]
    facts = document_sample.sample_facts(SHARED, 'CA', 'CAD', 2)
    facts['summary'] |= {'forward': '0.00', 'due': facts['total']}
    facts['layout'] = {'statement': False}
    assert document_view.build_view(facts, 'en')['summary'] is None


def test_past_due_stamp_and_ages():
    assert view()['stamp'] is None
    assert view(past_due=True)['stamp'] == "Past due"
    assert view('fr', past_due=True)['stamp'] == "En souffrance"
    assert view(past_due=True)['overdue'][1] == "$31.47"
    assert [amount for _label, amount in view(aging=True)['aging']] == [
        "$215.09", "$31.47", "$0.00", "$0.00", "$0.00"]
    facts = document_sample.sample_facts(SHARED, 'CA', 'CAD', 2)
    facts['aging']['d30'] = '0.00'
    facts['layout'] = {'past_due': True}
    assert document_view.build_view(facts, 'en')['stamp'] is None


def test_slip_code_and_check_digit():
    assert view()['slip'] and view()['qr']
    assert not view(slip=False)['slip'] and not view(qr='none')['qr']
    assert "By mail" not in dict(view(slip=False)['how_to_pay'])
    assert view()['account_number'] == ['104', '729', '016']
    number = view(check_digit=True)['account_number']
    assert number[-1].endswith('-6') and ''.join(number) == '10472901-6'


def test_texts_of_the_layout_come_first():
    own = {'en': "Own words", 'fr': "Mots à soi"}
    assert view(terms=own)['terms'] == "Own words" and view()['terms'] == "Late fee"
    assert view('fr', footer=own)['footer'] == "Mots à soi"
    assert view(hours=own, phone_text='42')['support'] == "Questions? 42 · Own words"
    assert view(address={'en': "A\nB", 'fr': ""})['company_address'] == ["A", "B"]
    assert "nordet.example" in view()['footer']
    assert "nordet.example" not in view(website=False)['footer']
    assert "555" not in view(phone=False)['footer']
    assert view(support=False)['support'] == ''


def test_contrast_is_computed_as_the_guidelines_do():
    assert document_colours.contrast('#000000', '#ffffff') == pytest.approx(21)
    assert document_colours.contrast('#777777', '#ffffff') == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize('primary', ['#0f2b46', '#5a1846', '#00573d', '#767676', '#c0392b'])
@pytest.mark.parametrize('accent', ['#ffff00', '#19b39b', '#000000', '#ff8800', '#ffffff'])
def test_whatever_is_accepted_can_be_read(primary, accent):
    totals = '#0b5fa5'
    faults = document_colours.too_pale(primary, accent, totals)
    pairs = document_colours.text_pairs(primary, accent, totals)
    lowest = min(document_colours.contrast(text, ground) for _name, text, ground in pairs)
    assert bool(faults) == (lowest < document_colours.MIN_CONTRAST)


def test_pale_colours_are_refused_with_one_that_can_be_read():
    faults = document_colours.too_pale('#88ccff', '#19b39b', '#ffcc00')
    assert set(faults) == {'primary', 'totals'}
    better = {name: colour for name, (_contrast, colour) in faults.items()}
    assert not document_colours.too_pale(better['primary'], '#19b39b', better['totals'])


def test_colours_of_the_stylesheet_can_be_read():
    """Every fixed text colour of the stylesheet against the darkest of the light grounds."""
    text = pdf_render.STYLESHEET.read_text(encoding='utf-8')
    found = set(re.findall(r'[;{ ]color: (#[0-9a-f]{6})\b', text))
    assert len(found) >= 4
    watermark = {'#dfe6ee'}
    for colour in found - watermark:
        for ground in ('#ffffff', document_colours.LIGHT_GREY, '#edf2f7'):
            if colour != '#ffffff':
                assert document_colours.contrast(colour, ground) >= 4.5, (colour, ground)


def test_no_variable_is_left_and_no_text_is_small():
    text = pdf_render.stylesheet_text(document_layout.variables(document_layout.DEFAULTS))
    assert 'var(' not in text
    sizes = [float(size) for size in re.findall(r'([\d.]+)pt', text)]
    assert min(sizes) >= 7.5


def test_each_font_is_embedded_with_its_two_weights():
    html = '<html lang="en"><title>t</title><body>Amount <b>1 234,56 $</b></body></html>'
    found = {}
    for font in (*pdf_render.FONTS, *pdf_render.FONTS):
        content = pdf_render.render_pdf(html, layout={'font': font})
        with pikepdf.open(io.BytesIO(content)) as pdf:
            files = {item.FontFile2.read_bytes() for item in pdf.objects
                     if isinstance(item, pikepdf.Dictionary) and '/FontFile2' in item}
        assert len(files) == 2
        assert found.setdefault(font, files) == files, "the same font every time"
    assert not found['roboto'] & found['open_sans']
    with pytest.raises(ValueError, match='Unknown font'):
        pdf_render.render_pdf(html, layout={'font': 'comic'})


def test_equal_settings_have_one_fingerprint():
    settings = copy.deepcopy(document_layout.DEFAULTS)
    shuffled = dict(reversed(settings.items()))
    assert document_layout.fingerprint(settings) == document_layout.fingerprint(shuffled)
    assert document_layout.fingerprint(settings | {'codes': True}) != (
        document_layout.fingerprint(settings))
