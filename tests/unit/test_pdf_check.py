"""Uploads: good PDFs give facts, bad ones are refused with a code."""
import io
import random
import time
import zlib

import pikepdf
import pytest
from PIL import Image

from odoo.addons.isp_billing.engine import pdf_assemble, pdf_check, pdf_clean, pdf_tags
from odoo.addons.isp_billing.engine.pdf_check import PdfRefused

from .pdf_corpus import BAD


def make_pdf(pages=1, change=None, **save):
    """A small PDF, changed by a function before it is saved."""
    pdf = pikepdf.new()
    for place in range(pages):
        page = pdf.add_blank_page(page_size=(612, 792))
        page.obj.Contents = pdf.make_stream(b'q 1 0 0 1 %d 0 cm Q' % place)
    if change:
        change(pdf)
    target = io.BytesIO()
    pdf.save(target, **save)
    return target.getvalue()


def action(**keys):
    return pikepdf.Dictionary({f'/{key}': value for key, value in keys.items()})


def put_annotation(pdf, **keys):
    annotation = pikepdf.Dictionary({
        '/Type': pikepdf.Name('/Annot'), '/Rect': [0, 0, 10, 10],
        **{f'/{key}': value for key, value in keys.items()}})
    pdf.pages[0].obj['/Annots'] = pdf.make_indirect([pdf.make_indirect(annotation)])


def put_root(key, value):
    def change(pdf):
        pdf.Root[key] = value
    return change


def put_names(key):
    def change(pdf):
        pdf.Root['/Names'] = pdf.make_indirect(pikepdf.Dictionary({key: action(Names=[])}))
    return change


def put_link(uri):
    def change(pdf):
        put_annotation(pdf, Subtype=pikepdf.Name('/Link'),
                       A=action(S=pikepdf.Name('/URI'), URI=pikepdf.String(uri)))
    return change


def put_action(kind):
    def change(pdf):
        put_annotation(pdf, Subtype=pikepdf.Name('/Link'), A=action(S=pikepdf.Name(kind)))
    return change


def put_annotation_kind(kind):
    return lambda pdf: put_annotation(pdf, Subtype=pikepdf.Name(kind))


def put_page_action(pdf):
    pdf.pages[0].obj['/AA'] = action(O=action(S=pikepdf.Name('/Named')))


def put_page_script(pdf):
    """JavaScript on opening a page: what plain merging lets through."""
    pdf.pages[0].obj['/AA'] = action(
        O=action(S=pikepdf.Name('/JavaScript'), JS=pikepdf.String('app.alert(1)')))


def put_script_in_stream(pdf):
    """A script kept in a stream behind an annotation that looks like a link."""
    put_annotation(pdf, Subtype=pikepdf.Name('/Link'),
                   A=action(Next=action(JS=pdf.make_stream(b'app.alert(1)'))))


def put_external_page_content(pdf):
    """The content of the page itself lies in another file."""
    stream = pdf.make_stream(b'')
    stream.stream_dict['/F'] = action(
        Type=pikepdf.Name('/Filespec'), F=pikepdf.String('http://evil.example/x'))
    stream.stream_dict['/FFilter'] = pikepdf.Name('/FlateDecode')
    pdf.pages[0].obj['/Contents'] = stream


def put_reference_xobject(pdf):
    """A form that shows a page of another file."""
    form = pdf.make_stream(b'q Q')
    form.stream_dict['/Type'], form.stream_dict['/Subtype'] = (
        pikepdf.Name('/XObject'), pikepdf.Name('/Form'))
    form.stream_dict['/Ref'] = action(F=pikepdf.String('other.pdf'), Page=0)
    pdf.pages[0].obj['/Resources'] = action(XObject=action(Fm0=form))


def put_external_stream(pdf):
    stream = pdf.make_stream(b'abc')
    stream.stream_dict['/F'] = pikepdf.String('other.bin')
    pdf.Root['/Extra'] = stream


def put_bomb(pdf):
    content = zlib.compress(b'\0' * (pdf_check.MAX_DECODED + 1), 9)
    pdf.Root['/Extra'] = pikepdf.Stream(pdf, content, Filter=pikepdf.Name('/FlateDecode'))


def put_nested_bomb(pdf):
    content = zlib.compress(zlib.compress(b'\0' * (pdf_check.MAX_DECODED + 1), 9), 9)
    pdf.Root['/Extra'] = pikepdf.Stream(
        pdf, content, Filter=pikepdf.Array([pikepdf.Name('/FlateDecode')] * 2))


def put_huge_image(pdf):
    pdf.Root['/Extra'] = pikepdf.Stream(
        pdf, b'', Subtype=pikepdf.Name('/Image'), Width=30000, Height=30000)


def test_a_good_pdf_gives_facts():
    content = make_pdf(3)
    facts = pdf_check.inspect(content)
    assert (facts.pages, facts.width_mm, facts.height_mm) == (3, 215.9, 279.4)
    assert facts.size == len(content) and len(facts.sha256) == 64


@pytest.mark.parametrize('uri', ['https://isp.example/offer', 'mailto:a@isp.example', 'tel:+1555'])
def test_ordinary_links_are_allowed(uri):
    assert pdf_check.inspect(make_pdf(1, put_link(uri))).pages == 1


@pytest.mark.parametrize(('change', 'code'), [
    (put_root('/OpenAction', action(S=pikepdf.Name('/Named'))), 'action'),
    (put_root('/AA', action()), 'action'),
    (put_page_action, 'action'),
    (put_root('/AcroForm', action(Fields=[])), 'form'),
    (put_root('/Extra', action(XFA=[])), 'form'),
    (put_root('/Extra', [[action(JS=pikepdf.String('app.alert(1)'))]]), 'script'),
    (put_names('/JavaScript'), 'script'),
    (put_names('/EmbeddedFiles'), 'embedded_file'),
    (put_action('/Launch'), 'action'),
    (put_action('/JavaScript'), 'script'),
    (put_action('/SubmitForm'), 'action'),
    (put_action('/GoToR'), 'action'),
    (put_annotation_kind('/RichMedia'), 'media'),
    (put_annotation_kind('/FileAttachment'), 'embedded_file'),
    (put_annotation_kind('/Widget'), 'form'),
    (put_link('javascript:alert(1)'), 'link'),
    (put_link('file:///etc/hosts'), 'link'),
    (put_page_script, 'action'),
    (put_script_in_stream, 'script'),
    (put_external_stream, 'external_stream'),
    (put_external_page_content, 'external_stream'),
    (put_reference_xobject, 'external_stream'),
    (put_bomb, 'bomb'),
    (put_nested_bomb, 'bomb'),
    (put_huge_image, 'bomb'),
])
def test_active_and_hostile_content_is_refused(change, code):
    with pytest.raises(PdfRefused) as refused:
        pdf_check.inspect(make_pdf(1, change, compress_streams=False,
                                   stream_decode_level=pikepdf.StreamDecodeLevel.none))
    assert refused.value.code == code


@pytest.mark.parametrize(('content', 'code'), [
    (b'', 'empty'),
    (b'PK\x03\x04 a spreadsheet', 'not_pdf'),
    (b'<html>%PDF-1.7</html>', 'not_pdf'),
    (b'%PDF-1.7\nnothing else', 'broken'),
    (b'%PDF-1.7\nnothing else\n%%EOF', 'broken'),
])
def test_other_files_are_refused(content, code):
    with pytest.raises(PdfRefused) as refused:
        pdf_check.inspect(content)
    assert refused.value.code == code


@pytest.mark.parametrize('cut', [0.3, 0.6, 0.9, 0.99])
def test_truncated_files_are_refused(cut):
    content = make_pdf(2)
    with pytest.raises(PdfRefused) as refused:
        pdf_check.inspect(content[:int(len(content) * cut)])
    assert refused.value.code == 'broken'


def test_a_cut_middle_is_refused_and_not_repaired():
    content = make_pdf(2)
    with pytest.raises(PdfRefused) as refused:
        pdf_check.inspect(content[:200] + content[260:])
    assert refused.value.code == 'broken'


@pytest.mark.parametrize('passwords', [{'user': 'u', 'owner': 'o'}, {'user': '', 'owner': 'o'}])
def test_locked_files_are_refused(passwords):
    with pytest.raises(PdfRefused) as refused:
        pdf_check.inspect(make_pdf(1, encryption=pikepdf.Encryption(**passwords)))
    assert refused.value.code == 'encrypted'


def photo(place, size):
    """A picture of soft colours, as large as a page at 300 dpi."""
    dots = random.Random(place).randbytes(30 * 40 * 3)
    return Image.frombytes('RGB', (30, 40), dots).resize(size, Image.Resampling.BICUBIC)


@pytest.mark.parametrize(('size', 'millimetres'), [
    ((2480, 3508), (210.0, 297.0)), ((2550, 3300), (215.9, 279.4))], ids=['A4', 'Letter'])
def test_two_pages_of_print_quality_are_good(size, millimetres):
    """Two photographs of 300 dpi, within the 2 MB that a file may have."""
    first, second = (photo(place, size) for place in (1, 2))
    target = io.BytesIO()
    first.save(target, 'PDF', save_all=True, append_images=[second], resolution=300, quality=80)
    assert 300_000 < len(target.getvalue()) < 2048 * 1024
    start = time.process_time()
    facts = pdf_check.inspect(target.getvalue())
    assert time.process_time() - start < 0.5
    assert (facts.pages, facts.width_mm, facts.height_mm) == (2, *millimetres)


def test_limits_are_told():
    content = make_pdf(3)
    with pytest.raises(PdfRefused) as refused:
        pdf_check.inspect(content, max_pages=2)
    assert (refused.value.code, refused.value.facts) == (
        'too_many_pages', {'pages': 3, 'max_pages': 2})
    with pytest.raises(PdfRefused) as refused:
        pdf_check.inspect(content, max_bytes=100)
    assert refused.value.code == 'too_large'


def test_five_thousand_pages_are_refused_quickly():
    pdf = pikepdf.new()
    page = pdf.add_blank_page(page_size=(612, 792))
    pdf.pages.extend([page] * 4999)
    target = io.BytesIO()
    pdf.save(target, compress_streams=True,
             object_stream_mode=pikepdf.ObjectStreamMode.generate)
    start = time.process_time()
    with pytest.raises(PdfRefused) as refused:
        pdf_check.inspect(target.getvalue())
    assert (refused.value.code, refused.value.facts['pages']) == ('too_many_pages', 5000)
    assert time.process_time() - start < 2


# ---- assembly ---------------------------------------------------------------

def put_claims(pdf):
    pdf.pages[0].obj['/StructParents'] = 0
    with pdf.open_metadata() as metadata:
        metadata['pdfaid:part'] = '3'
        metadata['pdfuaid:part'] = '1'


def test_flyers_follow_the_invoice_in_order():
    invoice, first, second = make_pdf(2), make_pdf(1), make_pdf(3)
    merged = pdf_assemble.append(invoice, [first, second])
    assert pdf_assemble.page_count(merged) == 6
    assert pdf_assemble.append(invoice, []) == invoice
    assert pdf_assemble.append(invoice, [first, second]) == merged


def test_the_merged_copy_drops_the_claims_and_keeps_the_invoice_structure():
    merged = pdf_assemble.append(make_pdf(1, put_claims), [make_pdf(1, put_claims)])
    with pikepdf.open(io.BytesIO(merged)) as pdf:
        with pdf.open_metadata() as metadata:
            assert 'pdfaid:part' not in metadata and 'pdfuaid:part' not in metadata
        assert '/StructParents' in pdf.pages[0].obj
        assert '/StructParents' not in pdf.pages[1].obj


def test_a_broken_flyer_is_seen():
    assert pdf_assemble.can_append(make_pdf(1))
    assert not pdf_assemble.can_append(b'%PDF-1.7 broken')


def test_a_fault_below_the_reading_library_is_a_refusal():
    """It is no ``PdfError``: 'Count is wrong after flattening pages tree'."""
    content = {row[0]: row[1] for row in BAD}['a page that is not there, and no count']
    with pytest.raises(RuntimeError):
        pikepdf.open(io.BytesIO(content))
    assert not pdf_assemble.can_append(content)
    assert not pdf_tags.is_tagged(content)
    for use in (pdf_check.inspect, pdf_clean.clean):
        with pytest.raises(PdfRefused) as refused:
            use(content)
        assert refused.value.code == 'broken'
