"""What goes wrong with a PDF: why one is refused, and what the reading library raises."""
import zlib

import pikepdf

#: raised for a file that cannot be read.  Some faults of the library below arrive as the plain
#: ``RuntimeError`` that they are in C++ (a wrong count of pages is one): they are no ``PdfError``.
UNREADABLE = (pikepdf.PdfError, pikepdf.PasswordError, RuntimeError)
#: raised when a part of a file is of another kind than it must be (a name for a number)
MALFORMED = (ArithmeticError, AttributeError, LookupError, TypeError, ValueError, zlib.error)


class PdfRefused(Exception):
    """A PDF that may not be used.

    :ivar str code: empty, not_pdf, encrypted, broken, script, action, embedded_file, form, media,
        external_stream, link, too_large, too_many_pages, no_page, page_size, bomb, leading,
        portfolio, xfa
    :ivar dict facts: what was measured, such as ``pages`` and ``max_pages``
    """

    def __init__(self, code, **facts):
        super().__init__(code)
        self.code, self.facts = code, facts


def broken(error):
    """The refusal of a file that cannot be read (PdfRefused), from what was raised."""
    return PdfRefused('encrypted' if isinstance(error, pikepdf.PasswordError) else 'broken',
                      detail=str(error)[:200])
