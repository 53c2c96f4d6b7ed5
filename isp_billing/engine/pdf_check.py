"""Inspection of a PDF that somebody uploads, before it may travel with invoices.

One walk over all objects of the file (a few milliseconds for a flyer).  A file is refused when it
is no PDF, is broken, is locked, could run or fetch something, or is larger than the limits;
nothing is repaired or cleaned silently, because the customer must get what was looked at.

``inspect`` returns facts or raises ``PdfRefused`` with a code; the model turns the code into a
translated sentence that says what to do.
"""
import dataclasses
import hashlib
import io
import zlib

import pikepdf

MAX_DECODED = 60 * 1024 * 1024
POINT_MM = 25.4 / 72

# Keys whose mere presence in any dictionary refuses the file, with the code of the refusal.
KEYS = {
    '/JS': 'script', '/JavaScript': 'script',
    '/OpenAction': 'action', '/AA': 'action',
    '/EmbeddedFiles': 'embedded_file', '/EF': 'embedded_file', '/AF': 'embedded_file',
    '/XFA': 'form', '/AcroForm': 'form',
    '/OPI': 'external_stream',
    '/RichMediaContent': 'media', '/RichMediaSettings': 'media', '/Movie': 'media',
}
# Kinds of action (/S) and of annotation (/Subtype) that refuse the file.
ACTIONS = {
    '/JavaScript': 'script', '/Rendition': 'media', '/Movie': 'media', '/Sound': 'media',
    '/RichMediaExecute': 'media', '/GoTo3DView': 'media',
    '/Launch': 'action', '/SubmitForm': 'action', '/ImportData': 'action', '/ResetForm': 'action',
    '/GoToR': 'action', '/GoToE': 'action', '/Hide': 'action', '/Named': 'action',
}
ANNOTATIONS = {
    '/RichMedia': 'media', '/Movie': 'media', '/Screen': 'media', '/Sound': 'media',
    '/3D': 'media', '/FileAttachment': 'embedded_file', '/Widget': 'form',
}
SAFE_LINKS = ('https:', 'http:', 'mailto:', 'tel:')


class PdfRefused(Exception):
    """A PDF that may not be used.

    :ivar str code: empty, not_pdf, encrypted, broken, script, action, embedded_file, form, media,
        external_stream, link, too_large, too_many_pages, no_page, bomb
    :ivar dict facts: what was measured, such as ``pages`` and ``max_pages``
    """

    def __init__(self, code, **facts):
        super().__init__(code)
        self.code, self.facts = code, facts


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
        raise PdfRefused('not_pdf')
    if b'%%EOF' not in content[-1024:]:
        raise PdfRefused('broken', detail='%%EOF')
    try:
        with pikepdf.open(io.BytesIO(content), attempt_recovery=False,
                          suppress_warnings=True) as pdf:
            return _inspect_open(pdf, content, max_pages)
    except pikepdf.PasswordError as error:
        raise PdfRefused('encrypted') from error
    except (pikepdf.PdfError, ValueError, TypeError, zlib.error, RecursionError) as error:
        raise PdfRefused('broken', detail=str(error)[:200]) from error


def _inspect_open(pdf, content, max_pages):
    """The checks of an opened file."""
    if pdf.is_encrypted:
        raise PdfRefused('encrypted')
    pages = len(pdf.pages)
    if not pages:
        raise PdfRefused('no_page')
    if pages > max_pages:
        raise PdfRefused('too_many_pages', pages=pages, max_pages=max_pages)
    budget = _Budget(MAX_DECODED)
    for item in pdf.objects:
        _check_object(item, budget)
    _check_object(pdf.trailer, budget)
    box = [float(value) for value in pdf.pages[0].mediabox]
    for page in pdf.pages:
        pikepdf.parse_content_stream(page)
    if warnings := pdf.get_warnings():
        raise PdfRefused('broken', detail=str(warnings[0])[:200])
    return PdfFacts(
        pages=pages,
        width_mm=round(abs(box[2] - box[0]) * POINT_MM, 1),
        height_mm=round(abs(box[3] - box[1]) * POINT_MM, 1),
        size=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
    )


class _Budget:
    """How many bytes may still come out of the compressed parts."""

    def __init__(self, left):
        self.left = left

    def take(self, size):
        self.left -= size
        if self.left < 0:
            raise PdfRefused('bomb', max_size=MAX_DECODED)


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
        if key in KEYS:
            raise PdfRefused(KEYS[key], detail=key)
        if _is_direct_container(value):
            inside.append(value)
    action, kind = dictionary.get('/S'), dictionary.get('/Subtype')
    if isinstance(action, pikepdf.Name) and str(action) in ACTIONS:
        raise PdfRefused(ACTIONS[str(action)], detail=str(action))
    if isinstance(kind, pikepdf.Name) and str(kind) in ANNOTATIONS:
        raise PdfRefused(ANNOTATIONS[str(kind)], detail=str(kind))
    if kind == '/Form' and '/Ref' in dictionary:
        raise PdfRefused('external_stream', detail='/Ref')
    target = dictionary.get('/URI')
    if isinstance(target, pikepdf.String) and not str(target).lower().startswith(SAFE_LINKS):
        raise PdfRefused('link', detail=str(target)[:80])
    return inside


def _is_direct_container(value):
    """Whether a value is written in place; indirect objects are walked on their own."""
    return (isinstance(value, (pikepdf.Dictionary, pikepdf.Array))
            and not isinstance(value, pikepdf.Stream) and not value.is_indirect)


def _check_stream(stream, budget):
    """Refuse streams kept in other files, and those that grow beyond the budget."""
    if '/F' in stream.stream_dict:
        raise PdfRefused('external_stream')
    if stream.stream_dict.get('/Subtype') == '/Image':
        width, height = (int(stream.stream_dict.get(key, 0)) for key in ('/Width', '/Height'))
        budget.take(max(width, 0) * max(height, 0) * 4)
    filters = stream.stream_dict.get('/Filter')
    names = [filters] if isinstance(filters, pikepdf.Name) else list(filters or [])
    content = stream.read_raw_bytes()
    for name in names:
        if str(name) not in ('/FlateDecode', '/Fl'):
            return
        content = _inflate(content, budget)
    if not names:
        budget.take(len(content))


def _inflate(content, budget):
    """Decompress within the budget."""
    engine = zlib.decompressobj()
    parts = []
    while content:
        part = engine.decompress(content, 1024 * 1024)
        budget.take(len(part))
        parts.append(part)
        content = engine.unconsumed_tail
    return b''.join(parts)
