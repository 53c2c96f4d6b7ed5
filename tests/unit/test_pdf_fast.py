"""The faster way through the layout engine gives the same bytes as the public one."""
import datetime
import gc
import re
import threading
from unittest.mock import patch

import pytest

from odoo.addons.isp_billing.engine import payment_code, pdf_fast, pdf_grammar, pdf_render
from odoo.addons.isp_billing.engine.pdf_archive import EInvoice

from .test_facturx import XML

PAGE = (
    '<!DOCTYPE html><html lang="{lang}" data-running="Bill 1" data-page="Page " data-of=" of "'
    ' data-footer="Foot"><head><meta charset="utf-8"/><title>Bill {number}</title>'
    '<meta name="author" content="Nordet"/></head><body>{body}</body></html>'
)
BODY = (
    '<div class="slip"><div class="cut">Cut</div><div class="qr"><img src="mem:qr" alt="Code"/>'
    '</div><div class="foot pair"><div class="left">Foot</div><div class="right" data-page="Page "'
    ' data-of=" of "></div></div></div><div class="head"><div class="logo">'
    '<img src="mem:logo" alt="Nordet"/></div><div class="title"><h1>Bill</h1></div></div>'
    '<p class="label">Bill to {number}</p><p class="lines">Ada<br/>7 Quay</p>'
    '<table class="details"><thead><tr><th style="width: 60%">What</th><th>Amount</th></tr></thead>'
    '<tbody>{rows}</tbody></table><p class="terms">Some words that go on for more than one line of'
    ' this page, so that they are broken; they are broken again in the next document, at the same'
    ' places, and end <b>here, in bold</b> at the 1<sup>st</sup>.\nA new line.</p>'
)
ROW = '<tr><td class="text">Line {number} <span class="note">(note)</span></td>' \
      '<td class="number">{number}.00</td></tr>'
LOGO = b"""<svg xmlns="http://www.w3.org/2000/svg" width="200" height="40">
<rect width="200" height="40" fill="#0b5fa5"/><text x="4" y="26" font-size="20"
letter-spacing="2" textLength="150">Nordet <tspan>Net</tspan></text></svg>"""


def request(number=1, rows=3, lang='en', body=BODY, **words):
    body = body.format(number=number, rows=''.join(
        ROW.format(number=place * number) for place in range(rows)))
    return {
        'html': PAGE.format(lang=lang, number=number, body=body),
        'files': {'mem:qr': payment_code.qr_picture(str(number)), 'mem:logo': LOGO}, **words}


def both_ways(**words):
    """The PDF of the faster and that of the public way."""
    fast = pdf_render.render_pdf(**words)
    with patch.object(pdf_fast, 'USABLE', False):
        return fast, pdf_render.render_pdf(**words)


def test_versions_are_those_that_it_was_made_for():
    assert pdf_fast.USABLE, "Look through pdf_fast.py for the new version, then name it there."


@pytest.mark.parametrize('words', [
    {}, {'rows': 40}, {'lang': 'fr'}, {'paper': 'A4', 'slip': False},
    {'layout': {'font': 'roboto', 'primary': '#5a1846'}},
    {'einvoice': EInvoice(XML, datetime.date(2026, 10, 1))},
], ids=str)
def test_same_bytes_again_and_again(words):
    assert pdf_grammar.parse(request(**words)['html']) is not None
    for number in (1, 2, 1):
        fast, public = both_ways(**request(number, **words))
        assert fast == public


def test_same_bytes_when_all_was_dropped(monkeypatch):
    for limit in ('MOST_STYLES', 'MOST_PLACES', 'MOST_TEXTS'):
        monkeypatch.setattr(pdf_fast, limit, 5)
    for number in (1, 2):
        fast, public = both_ways(**request(number))
        assert fast == public
        assert len(pdf_fast._texts) < 30


def test_texts_are_not_measured_again():
    pdf_render.render_pdf(**request())
    with patch.object(pdf_fast, '_split_first_line', side_effect=AssertionError):
        pdf_render.render_pdf(**request())


@pytest.mark.parametrize('body', [
    '<p>one<p>two', '<ul><li>one</li></ul>', '<div hidden="">one</div>', '<p><div>one</div></p>',
    '<table><tr><td>one</td></tr></table>', '<table>one<tbody></tbody></table>',
    '<p data-footer="two\nlines">one</p>', '<p>one&nbsp;two</p>', '<p>a<!-- b -->c</p>',
    '<span class="enclosed"/>', '<p id="x">one</p>', '<a href="https://isp.example">one</a>',
    '<tr><td>one</td></tr>',
])
def test_other_pages_take_the_public_way(body):
    words = request(body=body)
    assert pdf_grammar.parse(words['html']) is None
    fast, public = both_ways(**words)
    assert fast == public


def test_a_second_thread_takes_the_public_way():
    found = []
    """Nothing lets a second thread in (``pdf_render.alone``); it would harm nothing kept."""
    with pdf_fast.turn() as mine:
        thread = threading.Thread(
            target=lambda: found.append(pdf_render.render_pdf(**request())))
        thread.start()
        thread.join()
    assert mine and found == [pdf_render.render_pdf(**request())]


def test_nothing_is_kept_of_an_interrupted_document():
    pdf_fast.forget()
    with pytest.raises(pdf_render.RenderTimeoutError):
        pdf_render.render_pdf(**request(rows=800), seconds=0.02)
    assert not pdf_fast._texts and not len(pdf_fast._kept)
    fast, public = both_ways(**request())
    assert fast == public


def test_the_stylesheet_has_no_rules_that_would_be_missed():
    text = re.sub(r'/\*.*?\*/', '', pdf_render.STYLESHEET.read_text(encoding='utf-8'), flags=re.S)
    for selector in re.findall(r'([^{}]+)\{', text):
        assert not re.search(r'\[|:(has|empty|lang|first-l|target|link)', selector), selector
    assert not re.search(r'\d(vw|vh|vmin|vmax)|overflow:|footnote|list-item|text-overflow', text)


def test_threads_make_one_document_at_a_time_and_free_it_before_the_next(monkeypatch):
    """Pango's objects are neither used nor given back by two threads at once."""
    inside, most, freed_elsewhere, render = set(), [], [], pdf_render._render
    collect = gc.collect

    def watched(*words):
        inside.add(threading.get_ident())
        most.append(len(inside))
        assert not gc.isenabled(), "another thread could free what this one uses"
        try:
            return render(*words)
        finally:
            inside.discard(threading.get_ident())

    def collected(*words):
        if inside - {threading.get_ident()}:
            freed_elsewhere.append(True)
        return collect(*words)

    monkeypatch.setattr(pdf_render, '_render', watched)
    monkeypatch.setattr(gc, 'collect', collected)
    want = {number: pdf_render.render_pdf(**request(number, rows=number)) for number in range(6)}
    found = []

    def work():
        for number in range(6):
            found.append((number, pdf_render.render_pdf(**request(number, rows=number))))

    threads = [threading.Thread(target=work) for _place in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 24 and all(content == want[number] for number, content in found)
    assert set(most) == {1} and not freed_elsewhere
    assert gc.isenabled() and not gc.get_freeze_count()
