"""A refused PDF made harmless on request: its pages, and nothing that could run, ask or carry.

Never done by itself: the customer must get what was looked at, so the person who uploads asks for
it, and the result is inspected like any upload.
"""
import io

import pikepdf

from .pdf_check import SAFE_LINKS

#: refusals that a file of its pages alone may be free of
CLEANABLE = frozenset(('script', 'action', 'embedded_file', 'form', 'media', 'link'))
#: what is kept of a page, beside links
PAGE_KEYS = frozenset((
    '/Type', '/Parent', '/MediaBox', '/CropBox', '/BleedBox', '/TrimBox', '/ArtBox', '/Rotate',
    '/Resources', '/Contents', '/Group', '/UserUnit',
))


def clean(content):
    """A new PDF of the pages of another one (bytes).

    Kept: what is printed, what a form shows, links to the web, to e-mail and telephone.  Dropped:
    everything else of the catalog and of the pages.  The same input gives the same bytes.

    :raises pikepdf.PdfError: when it cannot be read
    """
    with pikepdf.open(io.BytesIO(content), attempt_recovery=False,
                      suppress_warnings=True) as pdf, pikepdf.new() as target:
        if '/AcroForm' in pdf.Root:
            pdf.flatten_annotations('print')
        target.pages.extend(pdf.pages)
        for page in target.pages:
            links = _links(page.obj)
            for key in set(page.obj.keys()) - PAGE_KEYS:
                del page.obj[key]
            if links:
                page.obj['/Annots'] = pikepdf.Array(links)
        result = io.BytesIO()
        target.save(result, deterministic_id=True)
        return result.getvalue()


def _links(page):
    """The safe links of a page, made anew."""
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
