"""What the customer receives: the invoice, followed by its flyers, as one PDF."""
import io

import pikepdf

_CLAIMS = ('pdfaid:part', 'pdfaid:conformance', 'pdfuaid:part', 'pdfuaid:rev')


def append(invoice, inserts):
    """The invoice with the pages of other PDFs behind its own.

    The copy claims no archive or accessibility standard any more (the added pages were not made
    for it), and the added pages do not point into the invoice's structure tree.  The same input
    gives the same bytes.

    :param bytes invoice: the legal PDF, left as it is
    :param list inserts: PDFs in the order in which they follow
    :rtype: bytes
    :raises pikepdf.PdfError: when one of them cannot be read; check with ``can_append`` first
    """
    if not inserts:
        return invoice
    with pikepdf.open(io.BytesIO(invoice)) as pdf:
        opened = []
        try:
            for content in inserts:
                extra = pikepdf.open(io.BytesIO(content))
                opened.append(extra)
                first = len(pdf.pages)
                pdf.pages.extend(extra.pages)
                for page in list(pdf.pages)[first:]:
                    _detach(page.obj)
            _drop_claims(pdf)
            target = io.BytesIO()
            pdf.save(target, deterministic_id=True)
            return target.getvalue()
        finally:
            for extra in opened:
                extra.close()


def can_append(content):
    """Whether a stored PDF can still be read and has pages.

    :rtype: bool
    """
    try:
        with pikepdf.open(io.BytesIO(content)) as pdf:
            return len(pdf.pages) > 0
    except (pikepdf.PdfError, pikepdf.PasswordError):
        return False


def page_count(content):
    """Number of pages of a PDF.

    :raises pikepdf.PdfError: when it cannot be read
    """
    with pikepdf.open(io.BytesIO(content)) as pdf:
        return len(pdf.pages)


def _detach(page):
    """Cut the ties of a page with the structure tree of the file that it came from."""
    if '/StructParents' in page:
        del page['/StructParents']
    for annotation in page.get('/Annots', []):
        if isinstance(annotation, pikepdf.Dictionary) and '/StructParent' in annotation:
            del annotation['/StructParent']


def _drop_claims(pdf):
    """Take the names of standards out of the metadata of a merged copy."""
    if '/Metadata' not in pdf.Root:
        return
    with pdf.open_metadata(set_pikepdf_as_editor=False, update_docinfo=False) as metadata:
        for claim in _CLAIMS:
            if claim in metadata:
                del metadata[claim]
