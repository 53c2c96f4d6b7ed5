"""What every generated PDF must be, and what stands where on its pages."""
import io
import os
import shutil
import subprocess
import tempfile

import pikepdf
from pypdf import PdfReader
from weasyprint import HTML

from odoo.addons.isp_billing.engine import document_colours, document_layout, pdf_render

ACTIVE = {'/JavaScript', '/JS', '/OpenAction', '/AA', '/Launch', '/EmbeddedFiles', '/RichMedia'}
MIN_POINTS = 7.5
PIXELS_PER_POINT = 96 / 72


def complaints(content):
    """What is wrong with a generated PDF, as texts; an empty list when nothing is."""
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
        for item in pdf.objects:
            if not isinstance(item, pikepdf.Dictionary | pikepdf.Stream):
                continue
            found += [f"active: {key}" for key in ACTIVE & set(item.keys())]
            if item.get('/Type') == '/FontDescriptor' and not any(
                    key in item for key in ('/FontFile', '/FontFile2', '/FontFile3')):
                found.append(f"font not embedded: {item.get('/FontName')}")
        found += [f"syntax: {problem}" for problem in pdf.check_pdf_syntax()]
    if not all(page.extract_text().strip() for page in PdfReader(io.BytesIO(content)).pages):
        found.append("a page without text")
    return found + _qpdf(content)


def _qpdf(content):
    """Complaints of qpdf where it is installed; pikepdf's own check has looked already."""
    if not shutil.which('qpdf'):
        return []
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
        stylesheets=[pdf_render._stylesheet(
            os.getpid(), paper, bool(slip), layout['font'], document_layout.variables(layout))],
        pdf_tags=True)
    pages = []
    for page in made.pages:
        found = []
        _walk(page._page_box, '#ffffff', found)
        pages.append((page.width, page.height, found))
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
