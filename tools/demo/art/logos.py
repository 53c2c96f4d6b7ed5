"""Logos of the two invented companies, their words drawn as outlines."""
from pathlib import Path

from .shapes import owl, petals, waves


def outline(text, font_file, size, x, y, colour, spacing=0):
    """Text as one SVG path, so that it looks the same without the font.

    :param font_file: path of a TrueType font
    :param spacing: extra space between letters, in pixels
    """
    from fontTools.pens.svgPathPen import SVGPathPen
    from fontTools.ttLib import TTFont
    font = TTFont(font_file)
    glyphs, names, widths = font.getGlyphSet(), font.getBestCmap(), font['hmtx']
    scale = size / font['head'].unitsPerEm
    pieces, pen_x = [], 0.0
    for char in text:
        pen = SVGPathPen(glyphs, ntos=lambda value: f'{value:.0f}')
        glyphs[names[ord(char)]].draw(pen)
        pieces.append(f'<path transform="translate({pen_x / scale:.0f} 0)" '
                      f'd="{pen.getCommands()}"/>')
        pen_x += widths[names[ord(char)]][0] * scale + spacing
    return (f'<g transform="translate({x} {y}) scale({scale:.5f} {-scale:.5f})" '
            f'fill="{colour}">{"".join(pieces)}</g>')


def _svg(width, height, body):
    return (f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" '
            f'width="{width}" height="{height}">{body}</svg>\n')


def _words(fonts, top, bottom, text, accent, spacing):
    return (outline(top, Path(fonts, 'Lato-Bla-webfont.ttf'), 88, 194, 102, text, -1)
            + outline(bottom, Path(fonts, 'Lato-Bol-webfont.ttf'), 30, 199, 145, accent, spacing))


def harfang(fonts, text='#0b1c3d', accent='#0a8d8d'):
    """Owl, waves and word mark of Harfang Internet."""
    return _svg(530, 180, (
        f'<circle cx="92" cy="90" r="82" fill="#0b1c3d"/>'
        f'{waves(92, 60, 0.5, "#3fe0c5", 11)}{owl(52, 62, 0.4)}'
        f'{_words(fonts, "harfang", "INTERNET", text, accent, 14)}'))


def garance(fonts, text='#4a0d2b', accent='#d9412b'):
    """Flower and word mark of Garance Télécom."""
    return _svg(560, 180, (
        f'{petals(92, 90, 84, ("#d9412b", "#f6b73c", "#b3202e", "#ff7a52"))}'
        f'<circle cx="92" cy="90" r="20" fill="#4a0d2b"/>'
        f'{_words(fonts, "garance", "TÉLÉCOM", text, accent, 16)}'))


def all_logos(fonts):
    """{file name without ending: SVG text}."""
    return {'harfang': harfang(fonts), 'garance': garance(fonts)}
