"""What the customer receives: the invoice, followed by its flyers, as one PDF."""
import io

import pikepdf

from . import pdf_layers, pdf_places, pdf_tags
from .pdf_faults import UNREADABLE, PdfRefused

_CLAIMS = ('pdfaid:part', 'pdfaid:conformance', 'pdfuaid:part', 'pdfuaid:rev')


def append(invoice, inserts):
    """The invoice with the pages of other PDFs behind its own.

    The copy claims no archive or accessibility standard any more (the added pages were not made
    for it).  Screen readers find the added pages that are tagged behind the invoice.  What is
    hidden on a layer stays hidden.  The same input gives the same bytes.

    :param bytes invoice: the legal PDF, left as it is
    :param list inserts: PDFs in the order in which they follow
    :rtype: bytes
    :raises pikepdf.PdfError: when one of them cannot be read; check with ``can_append`` first
    :raises PdfRefused: when it cannot be said which layers one of them shows; likewise
    """
    if not inserts:
        return invoice
    with pikepdf.open(io.BytesIO(invoice)) as pdf:
        opened = []
        try:
            for content in inserts:
                extra = pikepdf.open(io.BytesIO(content))
                opened.append(extra)
                layers = pdf_layers.read(extra)
                places, first = pdf_places.resolved(extra), len(pdf.pages)
                pdf_tags.add_pages(pdf, extra)
                pdf_places.restore(pdf, first, places)
                if layers is not None:
                    pdf_layers.carry(pdf, extra, layers)
            _drop_claims(pdf)
            target = io.BytesIO()
            pdf.save(target, deterministic_id=True)
            return target.getvalue()
        finally:
            for extra in opened:
                extra.close()


def whole_sheets(content):
    """A document that ends on the back of a sheet: with a blank page where its last one is odd.

    For printing on both sides, so that the next document begins on a sheet of its own. The copy
    claims no standard any more, as the page was not made for it.

    :param bytes content: PDF
    :rtype: bytes, the same ones where no page is missing
    """
    with pikepdf.open(io.BytesIO(content)) as pdf:
        if not len(pdf.pages) % 2:
            return content
        box = pdf.pages[-1].mediabox
        pdf.add_blank_page(page_size=(box[2] - box[0], box[3] - box[1]))
        _drop_claims(pdf)
        target = io.BytesIO()
        pdf.save(target, deterministic_id=True)
        return target.getvalue()


def can_append(content):
    """Whether a stored PDF can still be read, has pages, and says which layers it shows.

    :rtype: bool
    """
    try:
        with pikepdf.open(io.BytesIO(content)) as pdf:
            pdf_layers.read(pdf)
            return len(pdf.pages) > 0
    except (*UNREADABLE, PdfRefused):
        return False


def page_count(content):
    """Number of pages of a PDF.

    :raises pikepdf.PdfError: when it cannot be read
    """
    with pikepdf.open(io.BytesIO(content)) as pdf:
        return len(pdf.pages)


def _drop_claims(pdf):
    """Take the names of standards out of the metadata of a merged copy."""
    if '/Metadata' not in pdf.Root:
        return
    with pdf.open_metadata(set_pikepdf_as_editor=False, update_docinfo=False) as metadata:
        for claim in _CLAIMS:
            if claim in metadata:
                del metadata[claim]
