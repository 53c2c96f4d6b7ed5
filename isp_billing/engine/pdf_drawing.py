"""How much a reader must draw for a page, found without drawing it.

A page is a list of instructions that can call other lists (drawings used again, patterns, masks,
letters that are drawings), as often as it likes, and these can call others.  3 KB are enough for
twelve levels of ten calls each, which no reader ever finishes.  So each list is read once, and a
page is as long as if every list were written out wherever it is called.
"""
import pikepdf
from pikepdf import Array, Dictionary, Name, Stream

from .pdf_faults import PdfRefused
from .pdf_pictures import pixel_bytes
from .pdf_streams import MAX_DECODED, MAX_TOTAL

#: most bytes of instructions that are read of a file, and that a page has when it is written out
MAX_INSTRUCTIONS = 10 * 1024 * 1024
#: most instructions in a file of the kinds that are looked at: each becomes an object for a moment
MAX_LOOKED_AT = 200_000
#: lists within lists; readers themselves stop at 28 to 50
MAX_DEPTH = 28
#: what beginning and ending a called list costs, as bytes of instructions
CALL = 256
#: bytes of a picture that are drawn in the time of a byte of instructions
PICTURE_SHARE = 32
SHOW_TEXT = ('Tj', 'TJ', "'", '"')


def check_pages(pdf):
    """Refuse a PDF with a page that takes too much drawing.

    :param pikepdf.Pdf pdf: opened; its compressed parts are measured already
    :raises PdfRefused: ``bomb`` when a page is too long, or when a list calls itself
    :raises pikepdf.PdfError: when instructions cannot be read
    """
    drawing = _Drawing()
    for page in pdf.pages:
        drawing.check_page(page)


class _Drawing:
    """The lists of a file, each read once for each page or list whose resources it uses."""

    def __init__(self):
        self.unread, self.unseen = MAX_INSTRUCTIONS, MAX_LOOKED_AT
        self.pixels = MAX_TOTAL
        self.lengths = {}

    def check_page(self, page):
        """Refuse a page that is too long when it is written out."""
        contents = page.obj.get('/Contents')
        content = self._read(contents if isinstance(contents, Array) else [contents])
        resources = page.resources
        calls = self._calls(page, content, resources)
        calls += [(form, None, 1) for form in _appearances(page.obj)]
        self._sum(len(content), calls, resources, page.obj.objgen, ())

    def _length(self, form, resources, owner, above):
        """Bytes of a list with all lists that it calls (int).

        :param resources: those of the page or list that calls; used when the list has none
        :param owner: number of the object that these belong to
        :param tuple above: the lists that are being read
        """
        own = form.get('/Resources')
        if isinstance(own, Dictionary):
            resources, owner = own, form.objgen
        key = (form.objgen, owner)
        if key in above or len(above) >= MAX_DEPTH:
            raise _too_long()
        if key not in self.lengths:
            content = self._read([form])
            calls = self._calls(form, content, resources)
            self.lengths[key] = self._sum(len(content), calls, resources, owner, (*above, key))
        return self.lengths[key]

    def _sum(self, length, calls, resources, owner, above):
        """Bytes of a list of ``length`` and of what it calls, given by ``_calls`` (int)."""
        for stream, font, times in calls:
            if stream.get('/Subtype') == '/Image':
                one = _picture_bytes(stream) // PICTURE_SHARE
            elif font is not None and isinstance(font.get('/Resources'), Dictionary):
                one = self._length(stream, font.Resources, font.objgen, above)
            else:
                one = self._length(stream, resources, owner, above)
            length += times * (CALL + one)
            if length > MAX_INSTRUCTIONS:
                raise _too_long()
        return length

    def _read(self, streams):
        """The bytes of a list, within what may be read of a file."""
        parts = []
        for stream in streams:
            if isinstance(stream, Stream):
                parts.append(stream.read_bytes())
                self.unread -= len(parts[-1])
                if self.unread < 0:
                    raise _too_long()
        return b'\n'.join(parts)

    def _calls(self, source, content, resources):
        """What a list calls: list of (stream, its font when it is a letter, how often)."""
        called, fonts = _callable(resources), _drawn_fonts(resources)
        words = [*called, *(('Tf', 'q', 'Q', *SHOW_TEXT) if fonts else ()),
                 *(('BI', 'ID', 'EI') if b'BI' in content else ())]
        self.unseen -= sum(content.count(word.encode()) for word in words)
        if self.unseen < 0:
            raise _too_long()
        counts, text = {}, _Text(fonts)
        # read even when nothing can be called: what cannot be read is refused
        for operands, operator in pikepdf.parse_content_stream(source, ' '.join(words) or 'Do'):
            word, found = str(operator), ()
            if word == 'INLINE IMAGE':
                self._take_pixels(pixel_bytes(operands[0].obj))
            elif word in called:
                found = [called[word].get(str(operands[-1]) if len(operands) else '')]
            else:
                found = text.shown(word, operands)
            for stream, font in filter(None, found):
                before = counts.get(stream.objgen, (None, None, 0))[2]
                counts[stream.objgen] = (stream, font, before + 1)
        return list(counts.values())

    def _take_pixels(self, pixels):
        """Count a picture that stands among the instructions."""
        self.pixels -= pixels
        if pixels > MAX_DECODED or self.pixels < 0:
            raise PdfRefused('bomb', max_size=MAX_DECODED)


class _Text:
    """The letters of a list that are drawings: which font is in force, and what is shown."""

    def __init__(self, fonts):
        self.fonts, self.glyphs, self.kept = fonts, {}, []

    def shown(self, word, operands):
        """The letters (stream, font) that an instruction shows, one for each time (list)."""
        if word == 'q':
            self.kept.append(self.glyphs)
        elif word == 'Q':
            self.glyphs = self.kept.pop() if self.kept else self.glyphs
        elif word == 'Tf':
            self.glyphs = self.fonts.get(str(operands[0]) if len(operands) else '', {})
        elif self.glyphs and len(operands):
            shown = operands[-1]
            return [self.glyphs.get(code)
                    for part in (shown if isinstance(shown, Array) else [shown])
                    if isinstance(part, pikepdf.String) for code in bytes(part)]
        return []


def _too_long():
    """The refusal of a page that takes too much drawing (PdfRefused)."""
    return PdfRefused('bomb', detail='Do', max_size=MAX_INSTRUCTIONS)


def _picture_bytes(picture):
    """Bytes of the pixels of a picture and of its mask (int)."""
    mask = picture.get('/SMask')
    return pixel_bytes(picture) + (pixel_bytes(mask) if isinstance(mask, Stream) else 0)


def _appearances(page):
    """What the notes of a page show, in each of their states (list of streams)."""
    found = []
    for note in page.get('/Annots', ()):
        looks = note.get('/AP') if isinstance(note, Dictionary) else None
        normal = looks.get('/N') if isinstance(looks, Dictionary) else None
        states = dict(normal).values() if isinstance(normal, Dictionary) else [normal]
        found += [state for state in states if isinstance(state, Stream)]
    return found


def _part(resources, kind):
    """A part of the resources (dict), empty when there is none."""
    part = resources.get(kind) if isinstance(resources, Dictionary) else None
    return dict(part) if isinstance(part, Dictionary) else {}


def _callable(resources):
    """What the instructions of a list can call: {instruction: {name: (stream, None)}}."""
    patterns = {name: (pattern, None) for name, pattern in _part(resources, '/Pattern').items()
                if isinstance(pattern, Stream) and pattern.get('/PatternType') == 1}
    masks = {}
    for name, state in _part(resources, '/ExtGState').items():
        mask = state.get('/SMask') if isinstance(state, Dictionary) else None
        group = mask.get('/G') if isinstance(mask, Dictionary) else None
        if isinstance(group, Stream):
            masks[name] = (group, None)
    drawings = {name: (drawing, None) for name, drawing in _part(resources, '/XObject').items()
                if isinstance(drawing, Stream)}
    found = {'Do': drawings, 'scn': patterns, 'SCN': patterns, 'gs': masks}
    return {word: names for word, names in found.items() if names}


def _drawn_fonts(resources):
    """Fonts whose letters are drawings: {name: {code of the letter: (stream, font)}}."""
    found = {}
    for name, font in _part(resources, '/Font').items():
        if not isinstance(font, Dictionary) or font.get('/Subtype') != '/Type3':
            continue
        glyphs, encoding = _part(font, '/CharProcs'), font.get('/Encoding')
        found[name], code = {}, 0
        for item in encoding.get('/Differences', ()) if isinstance(encoding, Dictionary) else ():
            if not isinstance(item, Name):
                code = int(item)
                continue
            glyph = glyphs.get(str(item))
            if isinstance(glyph, Stream):
                found[name][code] = (glyph, font)
            code += 1
    return found
