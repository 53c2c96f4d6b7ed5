"""Which characters the fonts of documents have; others are printed as empty boxes.

A machine may have more fonts, which the layout engine then takes; the next machine has not, so
they do not count.
"""
import functools
import unicodedata

from fontTools.ttLib import TTFont

from . import pdf_render

#: kinds of characters that nobody sees: controls, formats, spaces, line ends, unassigned
_UNSEEN = ('Cc', 'Cf', 'Zs', 'Zl', 'Zp', 'Cn')
#: they choose the look of the character before them
_SELECTORS = frozenset(range(0xFE00, 0xFE10))


@functools.cache
def known(fonts):
    """Code points that all weights of all these fonts have (frozenset).

    :param fonts: frozenset of keys of ``pdf_render.FONTS``
    """
    found = None
    for font in fonts:
        for path in pdf_render.FONTS[font].values():
            with TTFont(path, lazy=True) as file:
                points = frozenset(file.getBestCmap())
            found = points if found is None else found & points
    return found or frozenset()


def missing(text, fonts):
    """Characters of a text that the fonts lack, each once (str)."""
    there = known(fonts)
    return ''.join(
        char for char in dict.fromkeys(unicodedata.normalize('NFC', text or ''))
        if ord(char) not in there and ord(char) not in _SELECTORS
        and unicodedata.category(char) not in _UNSEEN)


def pattern(fonts):
    """Regular expression of PostgreSQL that finds a text with a character the fonts lack.

    It finds some more, which ``missing`` sorts out: invisible and composed ones.
    """
    return '[^\\u0001-\\u0020' + ''.join(
        f'\\U{first:08x}-\\U{last:08x}' for first, last in _ranges(sorted(known(fonts)))) + ']'


def _ranges(points):
    """Ranges of numbers that follow each other: [(first, last)]."""
    found = []
    for point in points:
        if found and found[-1][1] == point - 1:
            found[-1][1] = point
        else:
            found.append([point, point])
    return found
