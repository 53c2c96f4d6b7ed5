"""Screen readers find the pages that are added to a document."""
import io

import page as validator
import pikepdf
import pytest
from pikepdf import Array, Dictionary, Name, String
from weasyprint import HTML

from odoo.addons.isp_billing.engine import pdf_assemble

SHEET = """
<html lang="{lang}"><head><title>{title}</title></head><body>
<h1>{title}</h1>
<table><thead><tr><th>{title} head</th><th>b</th></tr></thead>
<tbody><tr><td>{title} cell</td><td>2</td></tr></tbody></table>
<p>{title} text <a href="https://example.com/{title}">{title} link</a></p>
<p style="page-break-before: always">{title} second page</p></body></html>
"""


def sheet(title, lang='en', tags=True):
    """A PDF of two pages."""
    return HTML(string=SHEET.format(title=title, lang=lang)).write_pdf(pdf_tags=tags)


def changed(content, change):
    """A PDF that ``change`` had in hand."""
    with pikepdf.open(io.BytesIO(content)) as pdf:
        change(pdf)
        target = io.BytesIO()
        pdf.save(target)
        return target.getvalue()


def read_aloud(content):
    """What a screen reader meets, in its order: (page, number of the text) and links."""
    with pikepdf.open(io.BytesIO(content)) as pdf:
        places = {page.obj.objgen: number for number, page in enumerate(pdf.pages)}
        parents = pikepdf.NumberTree(pdf.Root.StructTreeRoot.ParentTree)
        found = []

        def walk(element, where):
            where = element.get('/Pg', where)
            for item in element.K if isinstance(element.K, Array) else [element.K]:
                if isinstance(item, int):
                    entry = parents[int(where.StructParents)][item]
                    assert entry.objgen == element.objgen
                    found.append((places[where.objgen], item))
                elif item.get('/Type') == '/OBJR':
                    assert parents[int(item.Obj.StructParent)].objgen == element.objgen
                    found.append(str(item.Obj.A.URI))
                else:
                    assert item.P.objgen == element.objgen
                    walk(item, where)

        walk(pdf.Root.StructTreeRoot.K[0], None)
        return found


def complaints(content):
    """Rules of PDF/UA that a copy breaks, without those of the claim that it does not make."""
    return sorted({one.rule_id for one in validator.validate_pdf_bytes(
        content, profile='ua1').failures if one.rule_id not in (
            'PDFUA1-ID-PART-001', 'PDFUA1-ID-SCHEMA-001', 'PDFUA1-METADATA-STRUCTURE-001',
            'PDFUA1-METADATA-TITLE-001')})


def test_added_pages_are_read_behind_the_document():
    invoice, first, second = sheet('one'), sheet('deux', 'fr'), sheet('three')
    merged = pdf_assemble.append(invoice, [first, second])
    alone = read_aloud(invoice)
    expected = alone + [
        (one[0] + 2 * place, one[1]) if isinstance(one, tuple) else one.replace('one', title)
        for place, title in enumerate(('deux', 'three'), start=1) for one in alone]
    assert 'https://example.com/one' in alone
    assert len(alone) > 8
    assert read_aloud(merged) == expected
    assert complaints(merged) == complaints(invoice) == []
    assert pdf_assemble.append(invoice, [first, second]) == merged
    with pikepdf.open(io.BytesIO(merged)) as pdf:
        document = pdf.Root.StructTreeRoot.K[0]
        parts = [item for item in document.K if item.get('/S') == '/Part']
        assert [str(part.Lang) for part in parts] == ['fr', 'en']
        assert [str(part.K[0].S) for part in parts] == ['/Sect', '/Sect']


def test_names_of_heads_stay_apart():
    """The same file twice: each table keeps its own heads."""
    merged = pdf_assemble.append(sheet('one'), [sheet('one'), sheet('one')])
    with pikepdf.open(io.BytesIO(merged)) as pdf:
        names = [bytes(item.ID) for item in pdf.objects
                 if isinstance(item, Dictionary) and item.get('/S') == '/TH']
    assert len(names) == len(set(names)) == 6


def test_cells_point_to_the_heads_of_their_own_table():
    merged = pdf_assemble.append(sheet('one'), [sheet('two')])
    with pikepdf.open(io.BytesIO(merged)) as pdf:
        tables = [item for item in pdf.objects
                  if isinstance(item, Dictionary) and item.get('/S') == '/Table']
        assert len(tables) == 2
        for table in tables:
            head, body = (group.K[0].K for group in table.K)
            assert [[bytes(name) for name in cell.A.Headers] for cell in body] == [
                [bytes(cell.ID)] for cell in head]


def loosen(pdf):
    del pdf.Root.StructTreeRoot
    del pdf.Root.MarkInfo


def explain_otherwise(pdf):
    pdf.Root.StructTreeRoot.RoleMap = Dictionary({'/H1': Name.P})


def break_the_list(pdf):
    pdf.Root.StructTreeRoot.ParentTree = Dictionary(Nums=Array([String('x'), 3]))


def bare_numbers(pdf):
    pdf.Root.StructTreeRoot.K = Array([3])


@pytest.mark.parametrize('change', [loosen, explain_otherwise, break_the_list, bare_numbers])
def test_pages_whose_structure_cannot_be_carried(change):
    """They are added, and point nowhere; the document's structure stays."""
    invoice = changed(sheet('one'), lambda pdf: pdf.Root.StructTreeRoot.__setitem__(
        '/RoleMap', Dictionary({'/H1': Name.H2})))
    merged = pdf_assemble.append(invoice, [changed(sheet('two'), change)])
    assert read_aloud(merged) == read_aloud(invoice)
    with pikepdf.open(io.BytesIO(merged)) as pdf:
        assert len(pdf.pages) == 4
        assert not any('/StructParents' in page.obj for page in list(pdf.pages)[2:])
        assert not pdf.check_pdf_syntax()


def test_elements_in_a_circle_end():
    def circle(pdf):
        document = pdf.Root.StructTreeRoot.K[0]
        document.K.append(document)

    merged = pdf_assemble.append(sheet('one'), [changed(sheet('two'), circle)])
    assert pdf_assemble.page_count(merged) == 4


def test_a_number_that_the_tree_does_not_know_is_dropped():
    def forget(pdf):
        pdf.pages[1].obj.StructParents = 99

    merged = pdf_assemble.append(sheet('one'), [changed(sheet('two'), forget)])
    with pikepdf.open(io.BytesIO(merged)) as pdf:
        assert '/StructParents' in pdf.pages[2].obj
        assert '/StructParents' not in pdf.pages[3].obj


def test_drawings_used_again_have_their_numbers_moved():
    def draw(pdf):
        form = pdf.make_stream(b'', Type=Name.XObject, Subtype=Name.Form, BBox=[0, 0, 1, 1],
                               StructParents=7)
        pdf.pages[0].obj.Resources.XObject = Dictionary(F0=form)
        tree = pikepdf.NumberTree(pdf.Root.StructTreeRoot.ParentTree)
        tree[7] = Array([pdf.Root.StructTreeRoot.K[0]])

    invoice = sheet('one')
    merged = pdf_assemble.append(invoice, [changed(sheet('two'), draw)])
    with pikepdf.open(io.BytesIO(merged)) as pdf, pikepdf.open(io.BytesIO(invoice)) as before:
        last = max(pikepdf.NumberTree(before.Root.StructTreeRoot.ParentTree).keys())
        number = int(pdf.pages[2].obj.Resources.XObject.F0.StructParents)
        assert number == 7 + last + 1
        entry = pikepdf.NumberTree(pdf.Root.StructTreeRoot.ParentTree)[number]
        assert str(entry[0].S) == '/Sect'


def test_a_document_without_structure_gets_none():
    merged = pdf_assemble.append(sheet('one', tags=False), [sheet('two')])
    with pikepdf.open(io.BytesIO(merged)) as pdf:
        assert '/StructTreeRoot' not in pdf.Root
        assert not any('/StructParents' in page.obj for page in pdf.pages)
