"""Cleaning on request: what is printed stays, what could run or carry goes."""
import io

import pikepdf
import pypdfium2
import pytest

from odoo.addons.isp_billing.engine import pdf_check, pdf_clean
from odoo.addons.isp_billing.engine.pdf_check import PdfRefused

from .pdf_corpus import BAD, SCRIPT
from .pdf_craft import page_of, raw_pdf, stream

LINKS = (b'/Annots [<< /Type /Annot /Subtype /Link /Rect [0 0 9 9] /A << /S /URI /URI '
         b'(https://isp.example/offer) /Next << /S /Launch /F (cmd.exe) >> >> >> '
         b'<< /Type /Annot /Subtype /Link /Rect [0 0 9 9] /A << /S /URI /URI (file:///etc/hosts) '
         b'>> >> << /Type /Annot /Subtype /FileAttachment /Rect [0 0 9 9] >>] '
         b'/AA << /O ' + SCRIPT + b' >>')


def test_what_is_cleaned_passes_every_check():
    cleaned = 0
    for name, content, code in BAD:
        if code not in pdf_clean.CLEANABLE:
            continue
        try:
            facts = pdf_check.inspect(pdf_clean.clean(content))
        except PdfRefused as refused:  # a script that is printed cannot be taken out of a page
            assert name == 'PostScript for the printer', (name, refused.code)
            continue
        assert facts.pages == 1, name
        cleaned += 1
    assert cleaned >= 12


def test_what_is_printed_and_safe_links_stay():
    content = page_of(stream(b'0 0 612 792 re f'), catalog=b'/OpenAction ' + SCRIPT, page=LINKS)
    result = pdf_clean.clean(content)
    with pikepdf.open(io.BytesIO(result)) as pdf:
        page = pdf.pages[0].obj
        assert page.Contents.read_bytes() == b'0 0 612 792 re f'
        assert [str(link.A.URI) for link in page.Annots] == ['https://isp.example/offer']
        assert set(pdf.Root.keys()) == {'/Type', '/Pages'}
        assert '/Next' not in page.Annots[0].A
        assert '/AA' not in page
    assert b'cmd.exe' not in result
    assert pdf_clean.clean(content) == result


def test_inherited_sizes_stay():
    content = raw_pdf([
        b'<< /Type /Catalog /Pages 2 0 R /AA << >> >>',
        b'<< /Type /Pages /Kids [3 0 R] /Count 1 /MediaBox [0 0 595 842] /Resources << >> >>',
        b'<< /Type /Page /Parent 2 0 R /Contents 4 0 R >>', stream(b'q Q')])
    facts = pdf_check.inspect(pdf_clean.clean(content))
    assert (facts.width_mm, facts.height_mm) == (209.9, 297.0)


def test_what_a_form_shows_stays():
    content = page_of(
        stream(b'q Q'), catalog=b'/AcroForm << /Fields [5 0 R] >>', page=b'/Annots [5 0 R]', more=[
            b'<< /Type /Annot /Subtype /Widget /FT /Tx /T (code) /V (SPRING) /F 4 '
            b'/Rect [10 10 90 30] /AP << /N 6 0 R >> >>',
            stream(b'0 0 80 20 re f', b'/Type /XObject /Subtype /Form /BBox [0 0 80 20]')])
    with pikepdf.open(io.BytesIO(pdf_clean.clean(content))) as pdf:
        page = pdf.pages[0].obj
        shown = [item.read_bytes() for item in page.Resources.XObject.values()]
        assert shown == [b'0 0 80 20 re f']
        assert '/Annots' not in page
    assert pdf_check.inspect(pdf_clean.clean(content)).pages == 1


@pytest.mark.parametrize('opening', [
    b'[3 0 R /XYZ null null 0]', b'<< /S /GoTo /D [3 0 R /Fit] >>'])
def test_the_place_where_a_file_opens_is_no_action(opening):
    """Word processors write it into each file."""
    assert pdf_check.inspect(page_of(stream(b'q Q'), catalog=b'/OpenAction ' + opening)).pages == 1


@pytest.mark.parametrize('opening', [
    b'<< /S /GoTo /D [3 0 R /Fit] /Next ' + SCRIPT + b' >>', b'<< /S /Launch /F (cmd.exe) >>',
    b'<< >>', b'[' + SCRIPT + b']', b'5 0 R'])
def test_anything_else_on_opening_is_refused(opening):
    content = page_of(stream(b'q Q'), catalog=b'/OpenAction ' + opening, more=[SCRIPT])
    with pytest.raises(PdfRefused):
        pdf_check.inspect(content)


def note(words):
    """A page with a note that shows a black square, in a file that is refused for a script."""
    return page_of(
        stream(b'q Q'), catalog=b'/OpenAction ' + SCRIPT,
        page=b'/Annots [<< /Type /Annot /Rect [400 600 500 700] /AP << /N 5 0 R >> %s >>]' % words,
        more=[stream(b'0 0 80 80 re f', b'/Type /XObject /Subtype /Form /BBox [0 0 80 80]')])


@pytest.mark.parametrize(('words', 'stays'), [
    (b'/Subtype /FreeText /F 4 /Contents (19.95 $)', True),
    (b'/Subtype /Stamp /F 4', True),
    (b'/Subtype /FreeText /Contents (a remark that is not printed)', False),
    (b'/Subtype /FreeText /F 6 /Contents (hidden)', False),
])
def test_notes_that_are_printed_stay(words, stays):
    result = pdf_clean.clean(note(words))
    picture = pypdfium2.PdfDocument(result)[0].render(scale=1).to_pil().convert('L')
    assert (picture.getpixel((450, 142)) < 128) is stays
    with pikepdf.open(io.BytesIO(result)) as pdf:
        assert '/Annots' not in pdf.pages[0].obj
    assert pdf_check.inspect(result).pages == 1
    assert pdf_clean.clean(note(words)) == result


def test_a_link_that_shows_something_stays_a_link():
    result = pdf_clean.clean(note(
        b'/Subtype /Link /F 4 /A << /S /URI /URI (https://isp.example/offer) >>'))
    with pikepdf.open(io.BytesIO(result)) as pdf:
        links = [str(link.A.URI) for link in pdf.pages[0].obj.Annots]
        assert links == ['https://isp.example/offer']
        assert len(pdf.pages[0].obj.Resources.XObject) == 1
