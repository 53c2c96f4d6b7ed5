"""A refused PDF made harmless on request: its pages, and nothing that could run, ask or carry.

Never done by itself: the customer must get what was looked at, so the person who uploads asks for
it, and the result is inspected like any upload.
"""
import io

import pikepdf

from . import pdf_layers
from .pdf_check import SAFE_LINKS
from .pdf_faults import MALFORMED, UNREADABLE, broken

#: refusals that a file of its pages alone may be free of
CLEANABLE = frozenset(('script', 'action', 'embedded_file', 'form', 'media', 'link'))
#: what is kept of a page, beside links
PAGE_KEYS = frozenset((
    '/Type', '/Parent', '/MediaBox', '/CropBox', '/BleedBox', '/TrimBox', '/ArtBox', '/Rotate',
    '/Resources', '/Contents', '/Group', '/UserUnit',
))


#: what programs and web servers write before a PDF by mistake
LEADING = b'\xef\xbb\xbf \t\r\n\0\f'
SOURCE = '/AdditionalStreams'


def tidied(content):
    """A PDF (bytes) without what nobody sees: what stands before its header, its own source.

    Word processors can put the document itself into the PDF, to edit it again; it would travel to
    every customer.  A file that cannot be read comes back as it is, to be refused.
    """
    bare = content.lstrip(LEADING)
    if bare.startswith(b'%PDF-'):
        content = bare
    if SOURCE.encode() not in content:
        return content
    try:
        with pikepdf.open(io.BytesIO(content), attempt_recovery=False,
                          suppress_warnings=True) as pdf:
            if SOURCE not in pdf.trailer:
                return content
            del pdf.trailer[SOURCE]
            result = io.BytesIO()
            pdf.save(result, min_version=pdf.pdf_version, deterministic_id=True)
            return result.getvalue()
    except (*UNREADABLE, *MALFORMED):
        return content


def clean(content):
    """A new PDF of the pages of another one (bytes).

    Kept: what is printed, with what forms and notes show on paper, links to the web, to e-mail and
    telephone, and which layers are hidden.  Dropped: everything else of the catalog and of the
    pages.  The same input gives the same bytes.

    :raises PdfRefused: when it cannot be read
    """
    try:
        with pikepdf.open(io.BytesIO(content), attempt_recovery=False,
                          suppress_warnings=True) as pdf, pikepdf.new() as target:
            _copy(pdf, target)
            result = io.BytesIO()
            target.save(result, min_version=pdf.pdf_version, deterministic_id=True)
            return result.getvalue()
    except (*UNREADABLE, *MALFORMED) as error:
        raise broken(error) from error


def _copy(pdf, target):
    """Put the pages of a PDF into a new one."""
    layers = pdf_layers.read(pdf)
    # before the notes become part of the page: a link may have a look, too
    links = [_links(page.obj) for page in pdf.pages]
    for page in pdf.pages:
        _tie_notes_to_layers(pdf, page.obj)
    pdf.flatten_annotations('print')
    target.pages.extend(pdf.pages)
    if layers is not None:
        pdf_layers.carry(target, pdf, layers)
    for page, found in zip(target.pages, links, strict=True):
        for key in set(page.obj.keys()) - PAGE_KEYS:
            del page.obj[key]
        if found:
            page.obj['/Annots'] = pikepdf.Array(found)


def _tie_notes_to_layers(pdf, page):
    """Hand the layer of a note on to what it shows, which alone becomes part of the page."""
    for note in page.get('/Annots', []):
        if not isinstance(note, pikepdf.Dictionary) or '/OC' not in note or '/AP' not in note:
            continue
        looks, kept = note.AP.get('/N'), pikepdf.Dictionary()
        if isinstance(looks, pikepdf.Stream):
            kept.N = _on_layer(pdf, looks, note.OC)
        elif isinstance(looks, pikepdf.Dictionary):
            kept.N = pikepdf.Dictionary({
                state: _on_layer(pdf, look, note.OC) for state, look in looks.items()
                if isinstance(look, pikepdf.Stream)})
        note.AP = kept


def _on_layer(pdf, look, layer):
    """A copy of what a note shows, on its layer (Stream).

    What is on another layer than its note is shown only where both are: it is left away.
    """
    own = look.get('/OC')
    apart = own is not None and (not layer.is_indirect or own.objgen != layer.objgen)
    copy = pikepdf.Stream(pdf, b'' if apart else look.read_bytes())
    for key, value in look.stream_dict.items():
        if key not in ('/Length', '/Filter', '/DecodeParms'):
            copy[key] = value
    copy.OC = layer
    return pdf.make_indirect(copy)


def _links(page):
    """The safe links of a page, made anew (list of Dictionary that belong to no file)."""
    found = []
    for annotation in page.get('/Annots', []):
        if not isinstance(annotation, pikepdf.Dictionary):
            continue
        action = annotation.get('/A')
        target = action.get('/URI') if isinstance(action, pikepdf.Dictionary) else None
        if annotation.get('/Subtype') == '/Link' and '/Rect' in annotation and isinstance(
                target, pikepdf.String) and str(target).lower().startswith(SAFE_LINKS):
            found.append(pikepdf.Dictionary(
                Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.Link,
                Rect=[float(side) for side in annotation.Rect], Border=[0, 0, 0],
                A=pikepdf.Dictionary(S=pikepdf.Name.URI, URI=pikepdf.String(str(target)))))
    return found
