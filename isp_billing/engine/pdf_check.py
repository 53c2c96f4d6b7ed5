"""Inspection of a PDF that somebody uploads, before it may travel with invoices.

One walk over all objects of the file (a few milliseconds for a flyer).  A file is refused when it
is no PDF, is broken, is locked, could run or fetch something, or is larger than the limits;
nothing is repaired or cleaned silently (``pdf_clean`` does it on request), because the customer
must get what was looked at.

``inspect`` returns facts or raises ``PdfRefused`` with a code; the model turns the code into a
translated sentence that says what to do.
"""
import dataclasses
import hashlib
import io

import pikepdf

from . import pdf_drawing, pdf_layers, pdf_pictures, pdf_streams
from .pdf_faults import MALFORMED, UNREADABLE, PdfRefused, broken
from .pdf_streams import MAX_DECODED, Budget

POINT_MM = 25.4 / 72
#: shortest and longest side of a page: printers and readers cope with these (A3 and tabloid fit)
MIN_SIDE_MM, MAX_SIDE_MM = 20, 450

# Keys whose mere presence in any dictionary refuses the file, with the code of the refusal.
KEYS = {
    '/JS': 'script', '/JavaScript': 'script',
    '/OpenAction': 'action', '/AA': 'action',
    '/EmbeddedFiles': 'embedded_file', '/EF': 'embedded_file', '/AF': 'embedded_file',
    '/Collection': 'portfolio', '/AdditionalStreams': 'embedded_file',
    '/XFA': 'form', '/AcroForm': 'form',
    '/OPI': 'external_stream',
    '/RichMediaContent': 'media', '/RichMediaSettings': 'media', '/Movie': 'media',
}
#: where actions stand; what else is called so (attributes of tags, outlines) has no kind
ACTION_PLACES = ('/A', '/PA', '/Next', '/OpenAction')
#: the only kinds of action (/S): a link that is looked at, and a place in the same file
SAFE_ACTIONS = ('/URI', '/GoTo')
# Why other kinds of action refuse the file, wherever they stand; those that are not here: action.
ACTIONS = {
    '/JavaScript': 'script', '/Rendition': 'media', '/Movie': 'media', '/Sound': 'media',
    '/RichMediaExecute': 'media', '/GoTo3DView': 'media',
    '/Launch': 'action', '/SubmitForm': 'action', '/ImportData': 'action', '/ResetForm': 'action',
    '/GoToR': 'action', '/GoToE': 'action', '/Hide': 'action', '/Named': 'action',
}
# Kinds of annotation or stream (/Subtype) that refuse the file.
ANNOTATIONS = {
    '/RichMedia': 'media', '/Movie': 'media', '/Screen': 'media', '/Sound': 'media',
    '/3D': 'media', '/FileAttachment': 'embedded_file', '/Widget': 'form', '/PS': 'script',
}
SAFE_LINKS = ('https:', 'http:', 'mailto:', 'tel:')


@dataclasses.dataclass(frozen=True)
class PdfFacts:
    """What a good PDF is: pages, size of its first page in millimetres, bytes, fingerprint."""

    pages: int
    width_mm: float
    height_mm: float
    size: int
    sha256: str


def inspect(content, max_bytes=2048 * 1024, max_pages=8):
    """Check an uploaded PDF.

    :param bytes content: the file
    :param int max_bytes: largest file, in bytes
    :param int max_pages: most pages
    :rtype: PdfFacts
    :raises PdfRefused: see the codes there
    """
    if not content:
        raise PdfRefused('empty')
    if len(content) > max_bytes:
        raise PdfRefused('too_large', size=len(content), max_size=max_bytes)
    if not content.startswith(b'%PDF-'):
        inside = b'%PDF-' in content[:1024] and b'%%EOF' in content[-1024:]
        raise PdfRefused('leading' if inside else 'not_pdf')
    if b'%%EOF' not in content[-1024:]:
        raise PdfRefused('broken', detail='%%EOF')
    pdf_streams.check_opening(content, Budget(total=MAX_DECODED))
    try:
        with pikepdf.open(io.BytesIO(content), attempt_recovery=False,
                          suppress_warnings=True) as pdf:
            return _inspect_open(pdf, content, max_pages)
    except (*UNREADABLE, *MALFORMED) as error:
        raise broken(error) from error


def _inspect_open(pdf, content, max_pages):
    """The checks of an opened file."""
    if pdf.is_encrypted:
        raise PdfRefused('encrypted')
    pages = len(pdf.pages)
    if not pages:
        raise PdfRefused('no_page')
    if pages > max_pages:
        raise PdfRefused('too_many_pages', pages=pages, max_pages=max_pages)
    _check_kind(pdf.Root)
    budget = Budget()
    for item in pdf.objects:
        _check_object(item, budget)
    _check_object(pdf.trailer, budget)
    sizes = [page_size(page) for page in pdf.pages]
    pdf_layers.read(pdf)
    pdf_drawing.check_pages(pdf)
    if warnings := pdf.get_warnings():
        raise PdfRefused('broken', detail=str(warnings[0])[:200])
    return PdfFacts(
        pages=pages,
        width_mm=sizes[0][0],
        height_mm=sizes[0][1],
        size=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
    )


def _check_kind(root):
    """Refuse files whose pages only say that another program is needed to see their contents."""
    if '/Collection' in root:
        raise PdfRefused('portfolio', detail='/Collection')
    form = root.get('/AcroForm')
    if isinstance(form, pikepdf.Dictionary) and '/XFA' in form and (
            root.get('/NeedsRendering') is True or not len(form.get('/Fields', []))):
        raise PdfRefused('xfa', detail='/XFA')


def page_size(page):
    """Width and height in millimetres of what a page shows.

    :raises PdfRefused: when no printer has such paper
    """
    unit = float(page.obj.get('/UserUnit', 1)) * POINT_MM
    sheet, shown = _box(page.mediabox), _box(page.cropbox)
    whole = [(sheet[place + 2] - sheet[place]) * unit for place in (0, 1)]
    width, height = (
        round(max(min(sheet[place + 2], shown[place + 2]) - max(sheet[place], shown[place]), 0)
              * unit, 1) for place in (0, 1))
    if min(width, height) < MIN_SIDE_MM or max(width, height) > MAX_SIDE_MM:
        raise PdfRefused('page_size', width=width, height=height)
    if max(whole) > MAX_SIDE_MM:  # some printers take the sheet, whatever part of it is shown
        raise PdfRefused('page_size', width=round(whole[0], 1), height=round(whole[1], 1))
    return width, height


def _box(corners):
    """Left, lower, right and upper side of a box, of which any two opposite corners are given."""
    left, lower, right, upper = (float(value) for value in corners)
    return min(left, right), min(lower, upper), max(left, right), max(lower, upper)


def _check_object(item, budget):
    """One object of the file and what is written directly inside it."""
    todo = [item]
    while todo:
        current = todo.pop()
        if isinstance(current, pikepdf.Stream):
            _check_stream(current, budget)
            todo.extend(_check_dictionary(current.stream_dict))
        elif isinstance(current, pikepdf.Dictionary):
            todo.extend(_check_dictionary(current))
        elif isinstance(current, pikepdf.Array):
            todo.extend(part for part in current if _is_direct_container(part))


def _check_dictionary(dictionary):
    """Refuse forbidden keys, actions, annotations and links; give back what is inside."""
    inside = []
    for key, value in dictionary.items():
        if key in KEYS and not (key == '/OpenAction' and _only_opens_at(value)):
            raise PdfRefused(KEYS[key], detail=key)
        if _is_direct_container(value):
            inside.append(value)
        if key in ACTION_PLACES:
            _check_actions(value)
    action, kind = dictionary.get('/S'), dictionary.get('/Subtype')
    if isinstance(action, pikepdf.Name) and str(action) in ACTIONS:
        raise PdfRefused(ACTIONS[str(action)], detail=str(action))
    if dictionary.get('/Type') == '/Action':
        _check_actions(dictionary)
    if isinstance(kind, pikepdf.Name) and str(kind) in ANNOTATIONS:
        raise PdfRefused(ANNOTATIONS[str(kind)], detail=str(kind))
    if kind == '/Form' and '/Ref' in dictionary:
        raise PdfRefused('external_stream', detail='/Ref')
    _check_link(dictionary)
    return inside


def _check_actions(value):
    """Refuse an action, or one of several, that is no safe one.

    What happens in a link is looked at where its dictionary is met, and so is what follows it.
    """
    for action in value if isinstance(value, pikepdf.Array) else [value]:
        if not isinstance(action, (pikepdf.Dictionary, pikepdf.Stream)):
            continue
        kind = str(action.get('/S', ''))
        if kind not in SAFE_ACTIONS and (kind or action.get('/Type') == '/Action'):
            raise PdfRefused(ACTIONS.get(kind, 'action'), detail=kind)


def _check_link(dictionary):
    """Refuse a link, or what is put before all links of a file, that is no safe one."""
    target = dictionary.get('/URI')
    if isinstance(target, pikepdf.Dictionary):
        target = target.get('/Base')
    if target is None and dictionary.get('/S') != '/URI':
        return
    if not isinstance(target, pikepdf.String) or not str(target).lower().startswith(SAFE_LINKS):
        raise PdfRefused('link', detail=str(target)[:80])


def _only_opens_at(value):
    """Whether a file only says at which place it opens, as word processors write it."""
    return isinstance(value, pikepdf.Array) or (
        isinstance(value, pikepdf.Dictionary) and value.get('/S') == '/GoTo')


def _is_direct_container(value):
    """Whether a value is written in place; indirect objects are walked on their own."""
    return (isinstance(value, (pikepdf.Dictionary, pikepdf.Array))
            and not isinstance(value, pikepdf.Stream) and not value.is_indirect)


def _check_stream(stream, budget):
    """Refuse streams kept in other files, and those that grow beyond the budget."""
    if '/F' in stream.stream_dict:
        raise PdfRefused('external_stream')
    filters = stream.stream_dict.get('/Filter')
    names = [filters] if isinstance(filters, pikepdf.Name) else list(filters or [])
    budget.begin()
    size = pdf_streams.check_size(stream.read_raw_bytes(), [str(name) for name in names], budget)
    if stream.stream_dict.get('/Subtype') == '/Image':
        # the reader needs room for the pixels that are said, also where fewer are unpacked
        budget.take(max(pdf_pictures.pixel_bytes(stream.stream_dict) - size, 0))
