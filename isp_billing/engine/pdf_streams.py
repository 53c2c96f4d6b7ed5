"""How large the streams of a PDF become, measured without ever holding what they become.

A file of 2 MB can hold streams of gigabytes.  Two kinds are measured apart: those that a reader
unpacks by itself while it opens the file (tables of references and packed objects), on the raw
bytes; all others when the objects are walked.
"""
import base64
import re
import zlib

from .pdf_faults import PdfRefused
from .pdf_pictures import coded_bytes

#: most that one part may become: a page of A4 at 300 dpi is 26 MB in RGB, 35 in CMYK
MAX_DECODED = 60 * 1024 * 1024
#: most that all parts together may become: eight such pages
MAX_TOTAL = 300 * 1024 * 1024
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


def most_dpi(width, height, colours=4):
    """Finest picture of a paper (in inches) that one part may hold, in dots per inch (int)."""
    return int((MAX_DECODED / (width * height * colours)) ** 0.5) // 10 * 10


class Budget:
    """How many bytes may still come out of the compressed parts: of each, and of all together."""

    def __init__(self, total=MAX_TOTAL):
        self.total = total
        self.begin()

    def begin(self):
        """The next part begins."""
        self.part = MAX_DECODED

    def take(self, size):
        self.part -= size
        self.total -= size
        if self.part < 0 or self.total < 0:
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

    Each filter but the last is unpacked, because the next one reads what comes out of it; of the
    last one the bytes are only counted.

    :param bytes content: the stream as it stands in the file
    :param list filters: names of its filters, the outermost first; pictures end the chain
    :return: bytes that the last filter makes (int); of a picture's filter, what the picture says
    :raises ValueError: when the stream is cut or no stream of its filter
    """
    for place, name in enumerate(filters, start=1):
        if name in ('/FlateDecode', '/Fl'):
            if place == len(filters):
                return sum(map(len, _inflated(content, budget)))
            content = b''.join(_inflated(content, budget))
        elif name in ('/ASCIIHexDecode', '/AHx'):
            digits = b''.join(content.split(b'>')[0].split())
            content = bytes.fromhex((digits + b'0' * (len(digits) % 2)).decode('ascii'))
        elif name in ('/ASCII85Decode', '/A85'):
            content = base64.a85decode(content.split(b'~')[0].removeprefix(b'<~'))
        elif name in ('/RunLengthDecode', '/RL'):
            content = _runs(content, budget)
            if place == len(filters):  # counted while it grew
                return len(content)
        elif name in ('/LZWDecode', '/LZW'):
            budget.take(len(content) * LZW_GROWTH)
            return len(content) * LZW_GROWTH
        else:  # a picture, which is not unpacked here
            size = coded_bytes(name, content)
            budget.take(size)
            return size
    budget.take(len(content))
    return len(content)


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


def _inflated(content, budget):
    """The pieces (bytes) of decompressed content, each within the budget."""
    engine = zlib.decompressobj()
    some = bool(content)
    while content and not engine.eof:
        part = engine.decompress(content, STEP)
        budget.take(len(part))
        yield part
        content = engine.unconsumed_tail
    if some and not engine.eof:
        raise ValueError("a compressed stream is cut")


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
