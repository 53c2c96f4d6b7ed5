"""Uploads: what is taken out, named truly, told, or kept alive; names of files."""
import io

import pikepdf
import pytest
from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.isp_billing.engine import (
    file_names,
    pdf_assemble,
    pdf_check,
    pdf_clean,
    pdf_notes,
    pdf_streams,
)
from odoo.addons.isp_billing.engine.pdf_faults import PdfRefused

from . import pdf_craft

LETTER, A4 = (215.9, 279.4), (210, 297)


def refusal(content):
    with pytest.raises(PdfRefused) as caught:
        pdf_check.inspect(content, max_bytes=10**8)
    return caught.value.code


def test_case_150_the_source_of_a_document_does_not_travel():
    """Kind: what nobody sees in a PDF travels to every customer."""
    content = pdf_craft.with_source()
    clean = pdf_clean.tidied(content)
    assert b'document itself' in content
    assert b'document itself' not in clean
    assert b'AdditionalStreams' not in clean
    assert pdf_check.inspect(clean).pages == 1
    assert pdf_clean.tidied(clean) == clean
    assert refusal(content) == 'embedded_file'


def test_case_150_pages_that_only_ask_for_another_program():
    """Kind: a file is good, and its page says that it cannot be shown."""
    assert refusal(pdf_craft.dynamic_form()) == 'xfa'
    portfolio = pdf_craft.page_of(pdf_craft.stream(b'q Q'), catalog=b'/Collection << >>')
    assert refusal(portfolio) == 'portfolio'
    assert not {'xfa', 'portfolio'} & pdf_clean.CLEANABLE  # cleaned, they still show nothing


@pytest.mark.parametrize('leading', [b'\xef\xbb\xbf', b'\n', b'\r\n\r\n', b' \t\n', b'\0'])
def test_case_150_what_stands_before_the_header(leading):
    """Kind: a good file is called none for what another program wrote before it."""
    content = leading + pdf_craft.GOOD
    assert refusal(content) == 'leading'
    assert pdf_clean.tidied(content) == pdf_craft.GOOD
    assert refusal(pdf_clean.tidied(b'<?php' + content)) == 'leading'
    assert refusal(pdf_clean.tidied(leading + b'no pdf')) == 'not_pdf'


def test_case_150_fonts_that_are_not_embedded():
    """Kind: what a printer replaces is said by nobody."""
    assert pdf_notes.loose_fonts(pdf_craft.loose_font()) == ['Frutiger']
    held = pdf_craft.loose_font(
        more=b'/FontDescriptor << /Type /FontDescriptor /FontFile2 4 0 R >>')
    assert pdf_notes.loose_fonts(held) == []
    assert pdf_notes.loose_fonts(pdf_craft.letters_that_draw()) == []
    assert pdf_notes.loose_fonts(b'none') == []


def test_case_150_the_figure_for_pictures_is_the_real_one():
    """Kind: a refusal names a limit that is not the one that refused."""
    limit = pdf_streams.most_dpi(11.7, 16.54)
    assert limit == 280
    wide = pdf_craft.lossless(4, b'DeviceCMYK', dots=(int(11.7 * 300), int(16.54 * 300)))
    assert refusal(pdf_craft.pictures([wide])) == 'bomb'
    fits = pdf_craft.lossless(4, b'DeviceCMYK', dots=(int(11.7 * limit), int(16.54 * limit)))
    assert pdf_check.inspect(pdf_craft.pictures([fits]), max_bytes=10**8).pages == 1


@pytest.mark.parametrize('old', [False, True])
def test_case_150_links_within_a_flyer_stay_alive(old):
    """Kind: what a page refers to stays behind when the page is added elsewhere."""
    merged = pdf_assemble.append(pdf_craft.GOOD, [pdf_craft.with_contents_list(old)] * 2)
    with pikepdf.open(io.BytesIO(merged)) as pdf:
        assert len(pdf.pages) == 5
        for first in (1, 3):
            for link in pdf.pages[first].Annots:
                assert '/A' not in link
                assert link.Dest[0].objgen == pdf.pages[first + 1].obj.objgen
                assert [str(link.Dest[1]), int(link.Dest[3])] == ['/XYZ', 700]


def test_case_150_a_page_that_is_larger_than_the_paper():
    """Kind: what a printer cuts or makes smaller is said by nobody."""
    a4 = pdf_craft.with_contents_list()
    assert pdf_notes.too_large(a4, LETTER) == (209.9, 297.0)
    assert pdf_notes.too_large(a4, A4) is None
    assert pdf_notes.too_large(pdf_craft.GOOD, LETTER) is None
    across = a4.replace(b'[0 0 595 842]', b'[0 0 842 595]')
    assert pdf_notes.too_large(across, A4) is None


@pytest.mark.parametrize(('name', 'clean'), [
    ('spring\noffer.pdf', 'spring offer.pdf'), ('../../etc/passwd', 'passwd.pdf'),
    ('C:\\Users\\ada\\offer.PDF', 'offer.pdf'), ('CON.pdf', '_CON.pdf'),
    ('a\r\nBcc: x@y.example.pdf', 'a Bcc- x@y.example.pdf'), ('', 'Flyer.pdf'),
    ('..', 'Flyer.pdf'), ('\u202efdp.exe', 'fdp.exe.pdf'), ('é' * 300, 'é' * 60 + '.pdf'),
    ('Été 2026 – offre.pdf', 'Été 2026 – offre.pdf'), ('tab\tname .pdf', 'tab name.pdf'),
])
def test_case_149_names_of_files(name, clean):
    """Kind: a name that a person gave goes into headers and folders as it is."""
    assert file_names.clean_name(name, 'Flyer') == clean


@given(st.text(max_size=200), st.text(max_size=20))
def test_every_name_is_clean(name, default):
    clean = file_names.clean_name(name, default)
    assert clean.endswith('.pdf') and len(clean) > 4
    assert not set('\r\n\0/\\<>:"|?*') & set(clean)
    assert len(clean.encode()) <= 130
    assert file_names.clean_name(clean, default) == clean
