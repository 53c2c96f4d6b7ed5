"""What is hidden on a layer stays hidden behind the invoice and after cleaning."""
import io

import pikepdf
import pypdfium2
import pytest

from odoo.addons.isp_billing.engine import pdf_assemble, pdf_check, pdf_clean
from odoo.addons.isp_billing.engine.pdf_check import PdfRefused

from .pdf_corpus import BAD, HIDDEN, SCRIPT
from .pdf_craft import GOOD, drawing, layered, page_of, stream

LEFT, RIGHT = (150, 650), (450, 650)
REST = b'/OCGs [5 0 R 6 0 R] /D << /BaseState /OFF /ON [5 0 R] >>'
SWAPPED = b'/OCGs [6 0 R 5 0 R] /D << /OFF [5 0 R] /ON [5 0 R] >>'
BY_USE = (b'/OCGs [5 0 R 6 0 R] /D << /AS [<< /Event /View /Category [/View] /OCGs [6 0 R] >>] >>')
FOR_PAPER = b'/Type /OCG /Usage << /View << /ViewState /OFF >> >>'


def is_black(content, place, page=0):
    """Whether a reader draws black at a place (points) of a page (bool)."""
    document = pypdfium2.PdfDocument(content)
    picture = document[page].render(scale=1).to_pil().convert('L')
    return picture.getpixel((place[0], picture.height - place[1])) < 128


def shown(content, page=0):
    """Whether a reader shows the square at the left, and the one at the right."""
    return is_black(content, LEFT, page), is_black(content, RIGHT, page)


@pytest.mark.parametrize(('content', 'expected'), [
    (layered(HIDDEN), (True, False)),
    (layered(REST), (True, False)),
    (layered(SWAPPED), (False, True)),
    (layered(BY_USE, layer=FOR_PAPER), (True, False)),
    (layered(HIDDEN, layer=b'/Type /OCG /Intent [/View /Design]'), (True, False)),
], ids=['hidden', 'all but one', 'hidden last', 'by use', 'purposes'])
def test_hidden_layers_stay_hidden(content, expected):
    assert pdf_check.inspect(content).pages == 1
    assert shown(content) == expected
    merged = pdf_assemble.append(GOOD, [content, GOOD])
    assert shown(merged, 1) == expected
    assert pdf_assemble.append(GOOD, [content, GOOD]) == merged
    cleaned = pdf_clean.clean(content)
    assert shown(cleaned) == expected
    assert pdf_check.inspect(cleaned).pages == 1
    assert pdf_clean.clean(content) == cleaned
    assert shown(pdf_assemble.append(GOOD, [cleaned]), 1) == expected


def test_layers_of_several_files_come_together():
    """Also when the document has layers itself, and when a file comes twice."""
    one, other = layered(HIDDEN), layered(SWAPPED)
    merged = pdf_assemble.append(one, [other, one, GOOD, other])
    assert [shown(merged, page) for page in (0, 1, 2, 4)] == [
        (True, False), (False, True), (True, False), (False, True)]
    with pikepdf.open(io.BytesIO(merged)) as pdf:
        settings = pdf.Root.OCProperties
        names = [str(layer.Name) for layer in settings.OCGs]
        assert names == ['offer', 'draft', 'draft', 'offer', 'offer', 'draft', 'draft', 'offer']
        assert [str(layer.Name) for layer in settings.D.OFF] == ['draft', 'offer', 'draft', 'offer']
        assert [str(layer.Name) for layer in settings.D.ON] == ['offer', 'draft', 'offer', 'draft']
        tree = settings.D.Order
        assert [str(tree[place]) for place in (0, 2)] == ['All', 'All']
        assert [str(layer.Name) for layer in tree[3]] == ['offer', 'draft']
        listed = {layer.objgen for layer in settings.OCGs}
        assert len(listed) == 8
        for page in pdf.pages:
            used = dict(page.obj.Resources.get('/Properties', {}))
            assert {layer.objgen for layer in used.values()} <= listed
        assert not pdf.check_pdf_syntax()


def test_files_without_layers_get_no_settings():
    with pikepdf.open(io.BytesIO(pdf_assemble.append(GOOD, [GOOD]))) as pdf:
        assert '/OCProperties' not in pdf.Root


def test_only_the_layers_and_their_settings_are_kept_when_cleaned():
    content = layered(HIDDEN[:-2] + b'/Locked [5 0 R] /Name (x) >> /Configs [<< /AA ' + SCRIPT
                      + b' >>]', catalog=b'/OpenAction ' + SCRIPT)
    with pytest.raises(PdfRefused):
        pdf_check.inspect(content)
    with pikepdf.open(io.BytesIO(pdf_clean.clean(content))) as pdf:
        assert set(pdf.Root.keys()) == {'/Type', '/Pages', '/OCProperties'}
        assert set(pdf.Root.OCProperties.keys()) == {'/OCGs', '/D'}
        assert set(pdf.Root.OCProperties.D.keys()) == {'/BaseState', '/ON', '/OFF', '/Order'}


@pytest.mark.parametrize('name', [
    'layers without settings', 'layers that are none',
    'a hidden layer that the file does not name', 'a hidden layer without a list',
    'layers hidden for designing only', 'a tree of layers without end'])
def test_layers_that_cannot_be_carried_are_never_merged(name):
    """Such a file may be stored since before uploads were looked at for it."""
    content = {row[0]: row[1] for row in BAD}[name]
    assert not pdf_assemble.can_append(content)
    for use in (pdf_clean.clean, lambda file: pdf_assemble.append(GOOD, [file])):
        with pytest.raises(PdfRefused) as refused:
            use(content)
        assert refused.value.code == 'broken'


@pytest.mark.parametrize(('layer', 'look', 'expected'), [
    (b'5 0 R', b'', True), (b'6 0 R', b'', False), (b'6 0 R', b'/OC 6 0 R', False),
    (b'6 0 R', b'/OC 5 0 R', False), (b'5 0 R', b'/OC 6 0 R', False),
    (b'5 0 R', b'/OC 5 0 R', True),
])
def test_notes_on_layers(layer, look, expected):
    """What becomes part of the page when cleaned is shown where the note was."""
    content = page_of(
        stream(b'q Q'), catalog=b'/OCProperties << %s >> /OpenAction %s' % (HIDDEN, SCRIPT),
        page=b'/Annots [<< /Type /Annot /Subtype /FreeText /F 4 /Rect [400 600 500 700] /OC %s '
        b'/AP << /N 7 0 R >> >>]' % layer,
        more=[b'<< /Type /OCG /Name (offer) >>', b'<< /Type /OCG /Name (draft) >>',
              drawing(b'0 0 612 792 re f', look)])
    assert is_black(pdf_clean.clean(content), RIGHT) is expected
