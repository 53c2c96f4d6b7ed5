"""A corpus of crafted PDFs: each is made here, byte by byte, and named after what it is.

``BAD`` holds (name, bytes, code of the refusal).  Where a file could be refused for more than one
reason, the code is that of the first check that meets it.  ``FLYERS`` holds (name, bytes) of what
printers' programs make and must pass.
"""
import zlib

from .pdf_craft import (
    GOOD,
    ascii_hex,
    compressed_objects,
    drawing,
    drawings_in_drawings,
    dynamic_form,
    encrypted,
    layered,
    letters_that_draw,
    lossless,
    object_stream_bomb,
    packed,
    page_of,
    pages_within_pages,
    photograph,
    picture,
    pictures,
    raw_pdf,
    reference_circle,
    reference_stream_loop,
    stream,
    with_page,
    with_parts,
    with_source,
    with_zip_behind,
)

SCRIPT = b'<< /S /JavaScript /JS (app.alert\\(1\\)) >>'
FLATE_BOMB = packed(70)
HIDDEN = b'/OCGs [5 0 R 6 0 R] /D << /ON [5 0 R] /OFF [6 0 R] /Order [(All) [5 0 R 6 0 R]] >>'
SCAN = picture(2480, 3508, b'/BitsPerComponent 1 /ColorSpace /DeviceGray /Filter /CCITTFaxDecode '
               b'/DecodeParms << /K -1 /Columns 2480 /Rows 3508 >>', b'\0\x10\x01')
FLYERS = [
    ('a lossless page of 300 dpi', pictures([lossless(3, b'DeviceRGB')])),
    ('a lossless page of 300 dpi for the press', pictures([lossless(4, b'DeviceCMYK')])),
    ('two pages of 300 dpi with transparent parts', pictures(*[
        [lossless(3, b'DeviceRGB', b'/SMask NEXT'), lossless(1, b'DeviceGray')]] * 2)),
    ('a photograph', photograph(2480, 3508)),
    ('a photograph of the newer kind', photograph(2480, 3508, newer=True)),
    ('eight pages that a fax made', pictures(*[[SCAN]] * 8)),
    ('a hidden layer', layered(HIDDEN)),
    ('layers that are all hidden but one', layered(
        b'/OCGs [5 0 R 6 0 R] /D << /BaseState /OFF /ON [5 0 R] >>')),
    ('a drawing used five hundred times', with_parts(
        b'/X Do ' * 500, b'/XObject << /X 5 0 R >>', drawing(b'0 0 9 9 re f ' * 50))),
    ('drawings that share their resources', with_parts(
        b'/X Do /Y Do', b'/XObject << /X 5 0 R /Y 6 0 R >>', drawing(
            b'/Y Do', b'/Resources 7 0 R'), drawing(b'0 0 9 9 re f', b'/Resources 7 0 R'),
        b'<< /XObject << /X 5 0 R /Y 6 0 R >> >>')),
    ('a page cut to A4', with_page(b'/MediaBox [0 0 680 920] /CropBox [40 40 635 882]')),
    ('a link into the file', page_of(stream(b'q Q'), page=b'/Annots [<< /Type /Annot /Subtype '
     b'/Link /Rect [0 0 9 9] /A << /Type /Action /S /GoTo /D [3 0 R /Fit] >> >>]')),
]
BAD = [
    # no PDF at all
    ('zero bytes', b'', 'empty'),
    ('a file of zeros', bytes(5000), 'not_pdf'),
    ('a web page, renamed', b'<!DOCTYPE html>\n<html><body>Offer</body></html>', 'not_pdf'),
    ('a web page behind a line of PDF', b'%PDF-1.7\n<html><script>alert(1)</script>\n%%EOF\n',
     'broken'),
    ('a web page before the PDF', b'<html><!--\n' + GOOD, 'leading'),
    ('a program', b'MZ\x90\0' + bytes(500), 'not_pdf'),
    ('an archive behind the PDF', with_zip_behind(), 'broken'),
    # broken
    ('the first half', GOOD[:len(GOOD) // 2], 'broken'),
    ('without its end', GOOD[:-7], 'broken'),
    ('without its references', GOOD.replace(b'startxref', b'startxxxx'), 'broken'),
    ('references to nowhere', GOOD.replace(b'0000000009 00000 n', b'0000009999 00000 n'), 'broken'),
    ('a stream cut in its middle', page_of(
        stream(zlib.compress(b'q Q ' * 400)[:12], b'/Filter /FlateDecode')), 'broken'),
    ('arrays in arrays without end', page_of(
        stream(b'q Q'), catalog=b'/Extra ' + b'[' * 100000 + b']' * 100000), 'broken'),
    ('references that lead to themselves', GOOD.replace(
        b'/Root 1 0 R', b'/Root 1 0 R /Prev %d' % GOOD.index(b'xref\n')), 'broken'),
    ('references that lead in a circle', reference_circle(), 'broken'),
    ('a stream of references that leads to itself', reference_stream_loop(), 'broken'),
    ('a page that is its own parent', raw_pdf([
        b'<< /Type /Catalog /Pages 2 0 R >>',
        b'<< /Type /Pages /Kids [3 0 R 2 0 R] /Count 2 >>',
        b'<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R '
        b'/Resources << >> >>', stream(b'q Q')]), 'broken'),
    ('a page that is not there, and no count', GOOD.replace(
        b'/Kids [3 0 R] /Count 1', b'/Kids [3 0 R 9 0 R]   '), 'broken'),
    ('a length that is itself', page_of(
        b'<< /Length 4 0 R >>\nstream\nq Q\nendstream'), 'broken'),
    ('the content in another file', page_of(stream(
        b'', b'/F (http://evil.example/x) /FFilter /FlateDecode')), 'external_stream'),
    ('a page of another file', page_of(
        stream(b'/X Do'), page=b'/Resources << /XObject << /X 5 0 R >> >>', more=[stream(
            b'q Q', b'/Type /XObject /Subtype /Form /BBox [0 0 9 9] /Ref << /F (other.pdf) '
            b'/Page 0 >>')]), 'external_stream'),
    ('dictionaries in dictionaries without end', page_of(
        stream(b'q Q'), catalog=b'/Extra ' + b'<< /A ' * 50000 + b'1' + b'>>' * 50000), 'broken'),
    ('no page', raw_pdf([b'<< /Type /Catalog /Pages 2 0 R >>',
                         b'<< /Type /Pages /Kids [] /Count 0 >>']), 'no_page'),
    # locked
    ('locked with a password', encrypted(user='secret', owner='owner'), 'encrypted'),
    ('locked for printing only', encrypted(user='', owner='owner'), 'encrypted'),
    ('locked the old way', encrypted(user='', owner='owner', R=3, aes=False, metadata=False),
     'encrypted'),
    # active
    ('a script on opening', page_of(stream(b'q Q'), catalog=b'/OpenAction ' + SCRIPT), 'action'),
    ('a script among the names', page_of(stream(b'q Q'), catalog=b'/Names << /JavaScript << '
                                         b'/Names [(a) ' + SCRIPT + b'] >> >>'), 'script'),
    ('a script with a disguised name', page_of(
        stream(b'q Q'), catalog=b'/Extra << /S /J#61vaScript /J#53 (app.alert\\(1\\)) >>'),
     'script'),
    ('a script in a compressed object', compressed_objects(), 'script'),
    ('a link that is a script', page_of(stream(b'q Q'), page=b'/Annots [<< /Type /Annot /Subtype '
     b'/Link /Rect [0 0 9 9] /A << /S /URI /URI ( JavaScript:alert\\(1\\)) >> >>]'), 'link'),
    ('a program to launch', page_of(stream(b'q Q'), page=b'/Annots [<< /Type /Annot /Subtype /Link '
     b'/Rect [0 0 9 9] /A << /S /Launch /F (cmd.exe) >> >>]'), 'action'),
    ('a program to launch behind a harmless action', page_of(
        stream(b'q Q'), page=b'/Annots [<< /Type /Annot /Subtype /Link /Rect [0 0 9 9] /A << /S '
        b'/URI /URI (https://isp.example) /Next << /S /Launch /F (cmd.exe) >> >> >>]'), 'action'),
    ('a form that is sent', page_of(stream(b'q Q'), page=b'/Annots [<< /Type /Annot /Subtype /Link '
     b'/Rect [0 0 9 9] /A << /S /SubmitForm /F (http://evil.example) >> >>]'), 'action'),
    ('a form', page_of(stream(b'q Q'), catalog=b'/AcroForm << /Fields [] >>'), 'form'),
    ('a form of the other kind', page_of(
        stream(b'q Q'), catalog=b'/Extra << /XFA [(template) 5 0 R] >>',
        more=[stream(b'<xdp:xdp/>')]), 'form'),
    ('a script when a page opens', page_of(
        stream(b'q Q'), page=b'/AA << /O ' + SCRIPT + b' >>'), 'action'),
    ('a script when a page closes, behind a table of its own', page_of(
        stream(b'q Q'), page=b'/AA 5 0 R', more=[b'<< /C ' + SCRIPT + b' >>']), 'action'),
    ('a script of a field', page_of(stream(b'q Q'), page=b'/Annots [<< /Type /Annot /Subtype /Link '
     b'/Rect [0 0 9 9] /AA << /E ' + SCRIPT + b' >> >>]'), 'action'),
    ('PostScript for the printer', page_of(
        stream(b'/X Do'), page=b'/Resources << /XObject << /X 5 0 R >> >>', more=[
            stream(b'showpage', b'/Type /XObject /Subtype /PS')]), 'script'),
    ('an article in another file', page_of(stream(b'q Q'), page=b'/Annots [<< /Type /Annot '
     b'/Subtype /Link /Rect [0 0 9 9] /A << /S /Thread /F (\\\\evil\\x.pdf) /D 0 >> >>]'),
     'action'),
    ('an article in another file, behind a table of its own', page_of(
        stream(b'q Q'), page=b'/Annots [<< /Type /Annot /Subtype /Link /Rect [0 0 9 9] /A 5 0 R >>'
        b']', more=[b'<< /S /Thread /F (x.pdf) /D 0 >>']), 'action'),
    ('an action that nobody knows', page_of(stream(b'q Q'), page=b'/Annots [<< /Type /Annot '
     b'/Subtype /Link /Rect [0 0 9 9] /A << /S /GoTo /D [3 0 R /Fit] /Next [<< /S /New >>] >> >>]'),
     'action'),
    ('an action kept in a stream', page_of(
        stream(b'q Q'), page=b'/Annots [<< /Type /Annot /Subtype /Link /Rect [0 0 9 9] /A 5 0 R >>'
        b']', more=[stream(b'', b'/S /Thread /D 0')]), 'action'),
    ('an outline that shows layers', page_of(
        stream(b'q Q'), catalog=b'/Outlines << /First 5 0 R >>', more=[
            b'<< /Title (x) /A << /S /SetOCGState /State [/ON] >> >>']), 'action'),
    ('an action on its own', page_of(
        stream(b'q Q'), catalog=b'/Extra << /Type /Action /S /New >>'), 'action'),
    ('a script before all links', page_of(
        stream(b'q Q'), catalog=b'/URI << /Base (javascript:alert\\(1\\)//) >>'), 'link'),
    ('a link whose target is no text', page_of(stream(b'q Q'), page=b'/Annots [<< /Type /Annot '
     b'/Subtype /Link /Rect [0 0 9 9] /A << /S /URI /URI /https: >> >>]'), 'link'),
    # layers of which it cannot be said whether they are shown
    ('layers without settings', layered(b'/OCGs [5 0 R 6 0 R]'), 'broken'),
    ('layers that are none', layered(HIDDEN, layer=b'/Type /Other'), 'broken'),
    ('a hidden layer that the file does not name', layered(
        b'/OCGs [5 0 R] /D << /OFF [6 0 R] >>'), 'broken'),
    ('a hidden layer without a list', layered(
        b'/OCGs [5 0 R 6 0 R] /D << /OFF 6 0 R >>'), 'broken'),
    ('layers hidden for designing only', layered(
        b'/OCGs [5 0 R 6 0 R] /D << /OFF [6 0 R] /Intent /Design >>'), 'broken'),
    ('a tree of layers without end', layered(
        b'/OCGs [5 0 R 6 0 R] /D << /OFF [6 0 R] /Order %s >>' % (b'[' * 40 + b']' * 40)),
     'broken'),
    # carrying
    ('a file inside', page_of(stream(b'q Q'), catalog=b'/Names << /EmbeddedFiles << /Names [(a) '
     b'5 0 R] >> >>', more=[b'<< /Type /Filespec /F (a.exe) /EF << /F 6 0 R >> >>',
                            stream(b'MZ', b'/Type /EmbeddedFile')]), 'embedded_file'),
    ('a file pinned to the page', page_of(stream(b'q Q'), page=b'/Annots [<< /Type /Annot /Subtype '
     b'/FileAttachment /Rect [0 0 9 9] >>]'), 'embedded_file'),
    ('a portfolio', page_of(stream(b'q Q'), catalog=b'/Collection << /Type /Collection >>'),
     'portfolio'),
    ('a form that only one program shows', dynamic_form(), 'xfa'),
    ('a PDF with its own source', with_source(), 'embedded_file'),
    ('a film', page_of(stream(b'q Q'), page=b'/Annots [<< /Type /Annot /Subtype /RichMedia '
     b'/Rect [0 0 9 9] >>]'), 'media'),
    # too much
    ('ten thousand pages', raw_pdf([
        b'<< /Type /Catalog /Pages 2 0 R >>',
        b'<< /Type /Pages /Kids [%s] /Count 10000 >>' % b' '.join(
            b'%d 0 R' % (number + 3) for number in range(10000)),
        *[b'<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Resources << >> >>'] * 10000]),
     'too_many_pages'),
    ('pages within pages', pages_within_pages(), 'broken'),
    ('a page of a hundred metres', with_page(b'/MediaBox [0 0 283465 283465]'), 'page_size'),
    ('a page in large units', with_page(b'/MediaBox [0 0 612 792] /UserUnit 75'), 'page_size'),
    ('a page without extent', with_page(b'/MediaBox [0 0 0 0]'), 'page_size'),
    ('a page cut to a point', with_page(b'/MediaBox [0 0 612 792] /CropBox [0 0 1 1]'),
     'page_size'),
    ('a page cut to what is beside it', with_page(
        b'/MediaBox [0 0 612 792] /CropBox [5000 5000 6000 6000]'), 'page_size'),
    ('a sheet of a hundred metres cut to a page', with_page(
        b'/MediaBox [0 0 283465 283465] /CropBox [0 0 612 792]'), 'page_size'),
    ('a bomb on the page', page_of(stream(FLATE_BOMB, b'/Filter /FlateDecode')), 'bomb'),
    ('a bomb in a bomb', page_of(stream(
        zlib.compress(FLATE_BOMB, 9), b'/Filter [/FlateDecode /FlateDecode]')), 'bomb'),
    ('a bomb written in digits', page_of(stream(
        ascii_hex(FLATE_BOMB), b'/Filter [/ASCIIHexDecode /FlateDecode]')), 'bomb'),
    ('a bomb of runs', page_of(stream(
        b'\x81 ' * 700000 + b'\x80', b'/Filter /RunLengthDecode')), 'bomb'),
    ('a bomb of the old compression', page_of(stream(
        bytes(200000), b'/Filter /LZWDecode')), 'bomb'),
    ('a bomb that grows on opening', object_stream_bomb(), 'bomb'),
    ('a bomb that grows on opening, written in digits', object_stream_bomb(
        b'/Filter [/ASCIIHexDecode /FlateDecode]', ascii_hex), 'bomb'),
    ('a bomb that grows on opening, under a disguised name', object_stream_bomb(
        b'/Filter /FlateDecode /Type /Obj#53tm'), 'bomb'),
    ('a picture of a square kilometre', page_of(
        stream(b'/X Do'), page=b'/Resources << /XObject << /X 5 0 R >> >>', more=[
            stream(b'', b'/Type /XObject /Subtype /Image /Width 60000 /Height 60000')]), 'bomb'),
    ('a picture that its data do not fill', pictures([picture(
        60000, 60000, b'/BitsPerComponent 1 /ColorSpace /DeviceGray /Filter /FlateDecode',
        zlib.compress(b'0'))]), 'bomb'),
    ('a mask of a square kilometre', pictures([picture(
        60000, 60000, b'/ImageMask true /BitsPerComponent 1', b'0')]), 'bomb'),
    ('a photograph that is larger than the file says', photograph(65000, 65000), 'bomb'),
    ('the same of the newer kind', photograph(65000, 65000, newer=True), 'bomb'),
    ('a picture among the instructions', page_of(stream(
        b'BI /W 60000 /H 60000 /BPC 8 /CS /G ID 0 EI')), 'bomb'),
    ('pictures that are too large together', pictures(*[[picture(
        7000, 8000, b'/BitsPerComponent 8 /ColorSpace /DeviceGray /Filter /FlateDecode',
        packed(54))]] * 6), 'bomb'),
    ('a picture drawn without end', with_parts(
        b'/X Do ' * 5000, b'/XObject << /X 5 0 R >>', picture(
            1000, 1000, b'/BitsPerComponent 8 /ColorSpace /DeviceGray /Filter /FlateDecode',
            zlib.compress(bytes(1000000)))), 'bomb'),
    ('instructions without end', page_of(stream(
        packed(10, filling=b'q Q '), b'/Filter /FlateDecode')), 'bomb'),
    ('the same instructions without end', page_of(
        stream(b'q Q'), page=b'/Contents [%s] /Resources << >>' % (b'5 0 R ' * 500),
        more=[stream(zlib.compress(b'q Q ' * 25000), b'/Filter /FlateDecode')]).replace(
            b'/Contents 4 0 R ', b'                '), 'bomb'),
    ('drawings in drawings', drawings_in_drawings(), 'bomb'),
    ('two hundred drawings in each other', drawings_in_drawings(200, 1), 'bomb'),
    ('more drawings than can be counted', with_parts(
        b'/X Do ' * 300000, b'/XObject << /X 5 0 R >>', drawing(b'')), 'bomb'),
    ('a drawing that draws itself', with_parts(
        b'/X Do', b'/XObject << /X 5 0 R >>', drawing(
            b'/X Do', b'/Resources << /XObject << /X 5 0 R >> >>')), 'bomb'),
    ('a drawing that draws itself by what the page has', with_parts(
        b'/X Do', b'/XObject << /X 5 0 R >>', drawing(b'/Y#20 Do /#58 Do')), 'bomb'),
    ('a pattern that is filled with itself', with_parts(
        b'/Pattern cs /P scn 0 0 9 9 re f', b'/Pattern << /P 5 0 R >>', stream(
            b'/Pattern cs /P scn 0 0 9 9 re f', b'/PatternType 1 /PaintType 1 /TilingType 1 '
            b'/BBox [0 0 9 9] /XStep 9 /YStep 9 /Resources << /Pattern << /P 5 0 R >> >>')),
     'bomb'),
    ('a mask that is masked by itself', with_parts(
        b'/G gs', b'/ExtGState << /G 5 0 R >>', b'<< /SMask << /S /Luminosity /G 6 0 R >> >>',
        drawing(b'/G gs', b'/Group << /S /Transparency >> /Resources << /ExtGState << /G 5 0 R '
                b'>> >>')), 'bomb'),
    ('letters that are drawings', letters_that_draw(), 'bomb'),
    ('a note that shows itself', page_of(
        stream(b'q Q'), page=b'/Annots [<< /Type /Annot /Subtype /Stamp /Rect [0 0 9 9] /AP << /N '
        b'5 0 R >> >>]', more=[drawing(b'/X Do', b'/Resources << /XObject << /X 5 0 R >> >>')]),
     'bomb'),
]
