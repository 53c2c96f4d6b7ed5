"""What is worth knowing of a good PDF: fonts that it lacks, pages that are larger than the paper.

Nothing here refuses a file: a person is told.
"""
import io

import pikepdf
from pikepdf import Dictionary

from .pdf_check import page_size
from .pdf_faults import MALFORMED, UNREADABLE, PdfRefused

#: printers keep no paper exactly, in millimetres
PLAY = 2


def loose_fonts(content):
    """Names of the fonts that a PDF uses and does not hold (sorted list).

    A printer or reader that lacks one prints another one in its place.
    """
    found = set()
    try:
        with pikepdf.open(io.BytesIO(content)) as pdf:
            for item in pdf.objects:
                if isinstance(item, Dictionary) and item.get('/Type') == '/Font':
                    found |= _loose(item)
    except (*UNREADABLE, *MALFORMED):
        return []
    return sorted(found)


def _loose(font):
    """The name of a font without its letters: a set of one or none."""
    if font.get('/Subtype') in ('/Type0', '/Type3'):  # letters are in its descendant, or drawn
        return set()
    kept = font.get('/FontDescriptor')
    if isinstance(kept, Dictionary) and any(
            key in kept for key in ('/FontFile', '/FontFile2', '/FontFile3')):
        return set()
    return {str(font.get('/BaseFont', '?')).lstrip('/')}


def too_large(content, paper):
    """The first page that does not fit on a paper: (width, height) in millimetres, or None.

    :param tuple paper: width and height in millimetres; a page may lie across
    """
    room = sorted(paper)
    try:
        with pikepdf.open(io.BytesIO(content)) as pdf:
            for page in pdf.pages:
                size = page_size(page)
                if any(side > most + PLAY for side, most in zip(sorted(size), room, strict=True)):
                    return size
    except (*UNREADABLE, *MALFORMED, PdfRefused):
        return None
    return None
