"""How large the streams of a PDF become, measured without ever holding what they become.

A file of 2 MB can hold streams of gigabytes.  Two kinds are measured apart: those that a reader
unpacks by itself while it opens the file (tables of references and packed objects), on the raw
bytes; all others when the objects are walked.
"""
import base64
import re
import zlib

MAX_DECODED = 60 * 1024 * 1024
PIECE = 16 * 1024
STEP = 1024 * 1024
#: most that one byte of the old compression can become
LZW_GROWTH = 1365
WINDOW = 8192
#: where a stream begins, and what its dictionary may say when the reader unpacks it on opening
STREAM = re.compile(rb'(?<!end)stream\r?\n')
OPENED = re.compile(rb'/(?:ObjStm|XRef)\b')
FILTER = re.compile(
    rb'/Filter\b(?!\s*/Standard\b)(?!\s*/FlateDecode\b)(?!\s*\[\s*/FlateDecode\s*\])')
ESCAPE = re.compile(rb'#([0-9A-Fa-f]{2})')


class PdfRefused(Exception):
    """A PDF that may not be used.

    :ivar str code: empty, not_pdf, encrypted, broken, script, action, embedded_file, form, media,
        external_stream, link, too_large, too_many_pages, no_page, page_size, bomb
    :ivar dict facts: what was measured, such as ``pages`` and ``max_pages``
    """

    def __init__(self, code, **facts):
        super().__init__(code)
        self.code, self.facts = code, facts


class Budget:
    """How many bytes may still come out of the compressed parts."""

    def __init__(self, left):
        self.left = left

    def take(self, size):
        self.left -= size
        if self.left < 0:
            raise PdfRefused('bomb', max_size=MAX_DECODED)


def check_opening(content, budget):
    """Measure, on the raw bytes, what a reader unpacks by itself while it opens the file.

    Their only compression is the usual one, once; anything else is refused, because it could not
    be measured here.
    """
    last = 0
    for found in STREAM.finditer(content):
        words = ESCAPE.sub(
            lambda code: bytes([int(code.group(1), 16)]),
            content[max(last, found.start() - WINDOW):found.start()])
        last = found.end()
        if OPENED.search(words):
            if FILTER.search(words):
                raise PdfRefused('bomb', max_size=MAX_DECODED)
            _measure(memoryview(content)[last:], budget)


def check_size(content, filters, budget):
    """Unpack a stream as far as its size is not known, within the budget.

    :param bytes content: the stream as it stands in the file
    :param list filters: names of its filters, the outermost first; pictures end the chain
    :raises ValueError: when the stream is cut or no stream of its filter
    """
    for name in filters:
        if name in ('/FlateDecode', '/Fl'):
            content = _inflate(content, budget)
        elif name in ('/ASCIIHexDecode', '/AHx'):
            digits = b''.join(content.split(b'>')[0].split())
            content = bytes.fromhex((digits + b'0' * (len(digits) % 2)).decode('ascii'))
        elif name in ('/ASCII85Decode', '/A85'):
            content = base64.a85decode(content.split(b'~')[0].removeprefix(b'<~'))
        elif name in ('/RunLengthDecode', '/RL'):
            content = _runs(content, budget)
        elif name in ('/LZWDecode', '/LZW'):
            budget.take(len(content) * LZW_GROWTH)
            return
        else:  # a picture: measured by its width and height
            return
    budget.take(len(content))


def _measure(content, budget):
    """Take from the budget what compressed bytes become; what follows them is left alone."""
    engine = zlib.decompressobj()
    for start in range(0, len(content), PIECE):
        piece = bytes(content[start:start + PIECE])
        while piece and not engine.eof:
            try:
                budget.take(len(engine.decompress(piece, STEP)))
            except zlib.error:  # not compressed: the reader takes it as it is
                return
            piece = engine.unconsumed_tail
        if engine.eof:
            return


def _inflate(content, budget):
    """Decompress within the budget."""
    engine = zlib.decompressobj()
    parts = []
    while content and not engine.eof:
        part = engine.decompress(content, STEP)
        budget.take(len(part))
        parts.append(part)
        content = engine.unconsumed_tail
    if parts and not engine.eof:
        raise ValueError("a compressed stream is cut")
    return b''.join(parts)


def _runs(content, budget):
    """Expand runs of bytes within the budget."""
    parts, place = [], 0
    while place < len(content) and content[place] != 128:
        length = content[place]
        if length < 128:
            part = content[place + 1:place + 2 + length]
            place += 2 + length
        else:
            part = content[place + 1:place + 2] * (257 - length)
            place += 2
        budget.take(len(part))
        parts.append(part)
    return b''.join(parts)
