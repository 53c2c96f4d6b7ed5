"""How large the pixels of a PDF's pictures are, from what the file and the pictures say."""
import struct

import pikepdf

#: colours of a pixel by the name of their space
COLOURS = {
    '/DeviceGray': 1, '/G': 1, '/CalGray': 1, '/Separation': 1, '/Indexed': 1, '/I': 1,
    '/DeviceRGB': 3, '/RGB': 3, '/CalRGB': 3, '/Lab': 3,
    '/DeviceCMYK': 4, '/CMYK': 4,
}
#: for a space that is not known, or that only the picture itself names
MOST_COLOURS = 4
#: marks in a JPEG: those before its size have a length or, alone, none; three of the row of sizes
#: are something else
SIZES, NO_SIZES = range(0xC0, 0xD0), (0xC4, 0xC8, 0xCC)
ALONE = (0x01, *range(0xD0, 0xDA))


def pixel_bytes(words):
    """Bytes that the pixels of a picture take in the reader (int).

    A colour takes a byte at least, also where the file keeps eight pixels in one: readers have no
    smaller ones.

    :param pikepdf.Dictionary words: the picture's dictionary, with its long or short keys
    """
    width, height, bits = (
        max(int(_said(words, long, short, default)), 0) for long, short, default in (
            ('/Width', '/W', 0), ('/Height', '/H', 0), ('/BitsPerComponent', '/BPC', 8)))
    if _said(words, '/ImageMask', '/IM', False) is True:
        return width * height
    return width * height * _colours(_said(words, '/ColorSpace', '/CS', None)) * max(
        -(-bits // 8), 1)


def coded_bytes(name, content):
    """Bytes that the pixels take by what the picture says of itself (int).

    A reader unpacks a picture by that, also where the file says that it is smaller.

    :param str name: the picture's filter
    :param bytes content: the picture as a file of its own
    :return: 0 for kinds that do not say it, and when it cannot be found
    """
    if name in ('/DCTDecode', '/DCT'):
        return _jpeg_bytes(content)
    if name == '/JPXDecode':
        return _jpeg_2000_bytes(content)
    return 0


def _jpeg_bytes(content):
    place = 2
    while place + 10 <= len(content):
        mark = content[place + 1]
        if content[place] != 0xFF or mark == 0xFF:  # filling
            place += 1
        elif mark in SIZES and mark not in NO_SIZES:
            bits, height, width, colours = struct.unpack_from('>BHHB', content, place + 4)
            return width * height * colours * max(-(-bits // 8), 1)
        elif mark in ALONE:
            place += 2
        else:
            place += 2 + struct.unpack_from('>H', content, place + 2)[0]
    return 0


def _jpeg_2000_bytes(content):
    start = content.find(b'\xff\x4f\xff\x51')
    if start < 0 or len(content) < start + 43:
        return 0
    right, lower, left, upper = struct.unpack_from('>4I', content, start + 8)
    colours, bits = struct.unpack_from('>HB', content, start + 40)
    return max(right - left, 0) * max(lower - upper, 0) * colours * (-(-(bits % 128 + 1) // 8))


def _said(words, long, short, default):
    """A value of the dictionary under either of its keys."""
    return words.get(long, words.get(short, default))


def _colours(space):
    """How many colours a pixel of a space has (int)."""
    kind, more = space, []
    if isinstance(space, pikepdf.Array) and len(space):
        kind, *more = space
    if not isinstance(kind, pikepdf.Name):
        return MOST_COLOURS
    if kind == '/ICCBased' and more and isinstance(more[0], pikepdf.Stream):
        return max(int(more[0].get('/N', MOST_COLOURS)), 1)
    if kind == '/DeviceN' and more and isinstance(more[0], pikepdf.Array):
        return max(len(more[0]), 1)
    return COLOURS.get(str(kind), MOST_COLOURS)
