"""Colours of printed documents: which can be read, and what is made of those that were chosen.

A company chooses three colours.  Texts stand on them or are written in them, so the contrast of
each pair is computed (WCAG 2, relative luminance); where a colour may be moved without changing
the company's look (tints, small texts) it is, where it may not it is refused with the nearest
colour that can be read.
"""
import re

MIN_CONTRAST = 4.5
WHITE = '#ffffff'
#: greys of the stylesheet on which texts in the colour of totals stand
LIGHT_GREY = '#f2f6fa'
_COLOUR = re.compile(r'#[0-9a-f]{6}')


def is_colour(text):
    """Whether a text is a colour as stylesheets write it: ``#0f2b46``."""
    return bool(_COLOUR.fullmatch((text or '').lower()))


def mix(first, second, share):
    """A colour between two.

    :param float share: 0 gives the first colour, 1 the second
    :rtype: str
    """
    return '#' + ''.join(
        f'{round(one + (other - one) * share):02x}'
        for one, other in zip(_channels(first), _channels(second), strict=True))


def contrast(first, second):
    """Contrast of two colours, 1.0 (the same) to 21.0 (black on white)."""
    light, dark = sorted((_luminance(first), _luminance(second)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def readable(colour, background, towards='#000000', least=MIN_CONTRAST):
    """The colour, moved towards another one just so far that it can be read on a background."""
    for step in range(101):
        moved = mix(colour, towards, step / 100)
        if contrast(moved, background) >= least:
            return moved
    return towards


def palette(primary, accent, totals):
    """Value of each variable of the stylesheet, by name without the two hyphens."""
    tint = mix(accent, WHITE, 0.9)
    return {
        'primary': primary,
        'totals': totals,
        'accent': accent,
        'accent-tint': tint,
        'accent-text': readable(accent, tint, least=5.2),
        'on-primary-soft': readable(mix(primary, WHITE, 0.72), primary, WHITE, least=5),
        'on-primary-line': mix(primary, WHITE, 0.25),
    }


def text_pairs(primary, accent, totals):
    """Each text of a document that stands on or is written in a chosen colour.

    :return: [(what it is, text colour, background)]
    """
    made = palette(primary, accent, totals)
    return [
        ('primary', WHITE, made['primary']),
        ('primary', made['on-primary-soft'], made['primary']),
        ('accent', made['accent-text'], made['accent-tint']),
        ('totals', made['totals'], WHITE),
        ('totals', made['totals'], LIGHT_GREY),
    ]


def too_pale(primary, accent, totals):
    """The chosen colours that cannot be read.

    :return: {name: (contrast, the nearest colour that can be read)}, empty when all is well
    """
    faults = {}
    chosen = {'primary': primary, 'totals': totals}
    for name, text, background in text_pairs(primary, accent, totals):
        found = contrast(text, background)
        if name in chosen and found < MIN_CONTRAST:
            paper = WHITE if name == 'primary' else LIGHT_GREY
            faults[name] = (min(found, faults.get(name, (found,))[0]),
                            readable(chosen[name], paper))
    return faults


def _channels(colour):
    return [int(colour[place:place + 2], 16) for place in (1, 3, 5)]


def _luminance(colour):
    linear = [
        value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4
        for value in (channel / 255 for channel in _channels(colour))
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
