"""How crafted PDFs are made, byte by byte: what the corpus of good and bad ones is written with."""
import io
import struct
import zipfile
import zlib

import pikepdf


def raw_pdf(objects, trailer=b'', header=b'%PDF-1.7\n'):
    """A PDF of raw objects (bytes each), numbered from 1, with a right table of references."""
    parts, places = [header], []
    for number, body in enumerate(objects, start=1):
        places.append(sum(map(len, parts)))
        parts.append(b'%d 0 obj\n%s\nendobj\n' % (number, body))
    start = sum(map(len, parts))
    table = b''.join(b'%010d 00000 n \n' % place for place in places)
    parts.append(b'xref\n0 %d\n0000000000 65535 f \n%s' % (len(objects) + 1, table))
    parts.append(b'trailer\n<< /Size %d /Root 1 0 R %s >>\nstartxref\n%d\n%%%%EOF\n' % (
        len(objects) + 1, trailer, start))
    return b''.join(parts)


def stream(content, words=b''):
    return b'<< /Length %d %s >>\nstream\n%s\nendstream' % (len(content), words, content)


def page_of(content, catalog=b'', page=b'', more=()):
    """One page with a content stream; objects: catalog, pages, page, content, then more."""
    if b'/Resources' not in page:
        page += b' /Resources << >>'
    return raw_pdf([
        b'<< /Type /Catalog /Pages 2 0 R %s >>' % catalog,
        b'<< /Type /Pages /Kids [3 0 R] /Count 1 >>',
        b'<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R %s >>' % page,
        content, *more])


GOOD = page_of(stream(b'q Q'))


def packed(megabytes, head=b'', filling=b' '):
    """Compressed filling of so many megabytes, made without ever holding it."""
    engine = zlib.compressobj(9)
    parts = [engine.compress(head)]
    parts += [engine.compress(filling * 1024 * 1024) for _place in range(megabytes)]
    return b''.join([*parts, engine.flush()])


def with_page(words):
    """A good file whose page is described by other words."""
    return raw_pdf([
        b'<< /Type /Catalog /Pages 2 0 R >>', b'<< /Type /Pages /Kids [3 0 R] /Count 1 >>',
        b'<< /Type /Page /Parent 2 0 R /Contents 4 0 R /Resources << >> %s >>' % words,
        stream(b'q Q')])


def encrypted(**passwords):
    target = io.BytesIO()
    with pikepdf.open(io.BytesIO(GOOD)) as pdf:
        pdf.save(target, encryption=pikepdf.Encryption(**passwords))
    return target.getvalue()


def with_zip_behind():
    target = io.BytesIO()
    with zipfile.ZipFile(target, 'w') as archive:
        archive.writestr('payload.exe', b'MZ' + bytes(2000))
    return GOOD + target.getvalue()


def compressed_objects():
    """A script that stands in a compressed object stream, where a search of the bytes is blind."""
    target = io.BytesIO()
    with pikepdf.open(io.BytesIO(page_of(
            stream(b'q Q'), catalog=b'/Extra 5 0 R',
            more=[b'<< /S /JavaScript /JS (app.alert\\(1\\)) >>']))) as pdf:
        pdf.save(target, object_stream_mode=pikepdf.ObjectStreamMode.generate)
    assert b'/JavaScript' not in target.getvalue()
    return target.getvalue()


def ascii_hex(content):
    return content.hex().encode() + b'>'


def object_stream_bomb(words=b'/Filter /FlateDecode', written=bytes):
    """An object stream that grows while the file is being opened."""
    return _with_reference_stream([
        b'<< /Type /Catalog /Pages 2 0 R /Extra 6 0 R >>',
        b'<< /Type /Pages /Kids [3 0 R] /Count 1 >>',
        b'<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R '
        b'/Resources << >> >>',
        stream(b'q Q'),
        stream(written(packed(600, b'6 0 << /A 1 >> ')), words + (
            b'' if b'/Type' in words else b' /Type /ObjStm') + b' /N 1 /First 4'),
    ])


def _with_reference_stream(objects):
    """A PDF whose references stand in a stream; object 6 lies in object stream 5."""
    parts, places = [b'%PDF-1.7\n'], []
    for number, body in enumerate(objects, start=1):
        places.append(sum(map(len, parts)))
        parts.append(b'%d 0 obj\n%s\nendobj\n' % (number, body))
    start = sum(map(len, parts))
    rows = [(0, 0, 255), *((1, place, 0) for place in places), (2, 5, 0), (1, start, 0)]
    table = b''.join(bytes([kind]) + place.to_bytes(4, 'big') + bytes([last])
                     for kind, place, last in rows)
    parts.append(b'7 0 obj\n%s\nendobj\nstartxref\n%d\n%%%%EOF\n' % (stream(
        zlib.compress(table), b'/Type /XRef /Size 8 /W [1 4 1] /Root 1 0 R /Filter /FlateDecode'),
        start))
    return b''.join(parts)


def pages_within_pages(levels=9):
    """Ten times ten times … the same page: a page tree that never ends."""
    objects = [b'<< /Type /Catalog /Pages 2 0 R >>']
    for level in range(levels):
        kids = b'%d 0 R ' % (level + 3)
        objects.append(b'<< /Type /Pages /Kids [%s] /Count %d >>' % (
            kids * 10, 10 ** (levels - level)))
    objects.append(b'<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Resources << >> >>')
    return raw_pdf(objects)


def reference_circle():
    """Two tables of references, each of which names the other as its predecessor."""
    start = GOOD.index(b'xref\n')
    table = GOOD[start:GOOD.index(b'startxref')].replace(b'/Root', b'/Prev %010d /Root')
    second = start + len(table % 0)
    return GOOD[:start] + table % second + table % start + b'startxref\n%d\n%%%%EOF\n' % second


def reference_stream_loop():
    """A stream of references whose predecessor is itself."""
    content = _with_reference_stream([
        b'<< /Type /Catalog /Pages 2 0 R >>', b'<< /Type /Pages /Kids [3 0 R] /Count 1 >>',
        b'<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R '
        b'/Resources << >> >>', stream(b'q Q'), stream(zlib.compress(b'6 0 << /A 1 >> '),
        b'/Type /ObjStm /N 1 /First 4 /Filter /FlateDecode')])
    start = int(content.rsplit(b'startxref\n', 1)[1].split(b'\n')[0])
    return content.replace(b'/Root 1 0 R', b'/Root 1 0 R /Prev %d' % start)


def with_parts(content, resources, *parts, catalog=b''):
    """One page with a list of instructions, its resources, and objects from number 5 on."""
    return page_of(stream(content), page=b'/Resources << %s >>' % resources, catalog=catalog,
                   more=parts)


def drawing(content, words=b''):
    return stream(content, b'/Type /XObject /Subtype /Form /BBox [0 0 612 792] ' + words)


def drawings_in_drawings(levels=12, times=10):
    """Ten drawings that each make ten drawings that …: 3 KB that no reader finishes."""
    inside = [
        drawing(b'/X Do ' * times, b'/Resources << /XObject << /X %d 0 R >> >>' % (level + 6))
        for level in range(levels)]
    return with_parts(b'/X Do', b'/XObject << /X 5 0 R >>', *inside, drawing(b'0 0 9 9 re f'))


def letters_that_draw():
    """A line of text whose only letter is a long drawing."""
    return with_parts(
        b'BT /F 9 Tf (%s) Tj ET' % (b'a' * 40000), b'/Font << /F 5 0 R >>',
        b'<< /Type /Font /Subtype /Type3 /FontBBox [0 0 9 9] /FontMatrix [1 0 0 1 0 0] /FirstChar '
        b'97 /LastChar 97 /Widths [9] /Encoding << /Differences [97 /a] >> /CharProcs << /a 6 0 R '
        b'>> /Resources << >> >>', stream(b'9 0 d0 ' + b'0 0 9 9 re f ' * 1000))


def picture(width, height, words, content):
    """A picture that is as wide and high as it says, or only says so."""
    return stream(content, b'/Type /XObject /Subtype /Image /Width %d /Height %d %s' % (
        width, height, words))


def photograph(width, height, newer=False):
    """A page with a picture of 16 by 16 dots, whose own head tells another size: JPEG or JPEG 2000.

    The head is all there is of it.
    """
    jpeg = b'\xff\xd8\xff\xe0\0\x10JFIF\0\1\1\0\0\1\0\1\0\0' + struct.pack(
        '>HHBHHB', 0xFFC0, 17, 8, height, width, 3) + bytes(9) + b'\xff\xd9'
    jpeg_2000 = struct.pack(
        '>HHHH8IH', 0xFF4F, 0xFF51, 47, 0, width, height, 0, 0, width, height, 0, 0, 3
    ) + b'\x07\1\1' * 3
    return pictures([picture(
        16, 16, b'/BitsPerComponent 8 /ColorSpace /DeviceRGB /Filter /%s' % (
            b'JPXDecode' if newer else b'DCTDecode'), jpeg_2000 if newer else jpeg)])


def pictures(*rows):
    """Pages of A4, each filled by one picture: (objects of the page, the picture first)."""
    objects, kids = [b'<< /Type /Catalog /Pages 2 0 R >>', b''], []
    for parts in rows:
        place = len(objects) + 1
        kids.append(b'%d 0 R' % place)
        objects += [
            b'<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents %d 0 R '
            b'/Resources << /XObject << /X %d 0 R >> >> >>' % (place + 1, place + 2),
            stream(b'q 595 0 0 842 0 0 cm /X Do Q'),
            *(part.replace(b'NEXT', b'%d 0 R' % (place + 3)) for part in parts)]
    objects[1] = b'<< /Type /Pages /Kids [%s] /Count %d >>' % (b' '.join(kids), len(kids))
    return raw_pdf(objects)


def lossless(colours, space, words=b'', dots=(2480, 3508)):
    """A picture of A4 at 300 dpi without losses, of one colour."""
    content = zlib.compress(b'\x80' * dots[0] * dots[1] * colours, 1)
    return picture(*dots, b'/BitsPerComponent 8 /ColorSpace /%s /Filter /FlateDecode %s' % (
        space, words), content)


def layered(settings, page=b'', layer=b'/Type /OCG', catalog=b''):
    """A black square on layer 5 at the left, another one on layer 6 at the right."""
    return with_parts(
        b'/OC /A BDC 100 600 100 100 re f EMC /OC /B BDC 400 600 100 100 re f EMC',
        b'/Properties << /A 5 0 R /B 6 0 R >>' + page,
        b'<< /Type /OCG /Name (offer) >>', b'<< %s /Name (draft) >>' % layer,
        catalog=b'/OCProperties << %s >> %s' % (settings, catalog))


def with_source(source=b'PK the document itself'):
    """A hybrid of a word processor: its own document stands beside the pages."""
    content = page_of(stream(b'q Q'), more=[stream(source)])
    return content.replace(
        b'/Root 1 0 R ', b'/Root 1 0 R /AdditionalStreams [/application#2Fodt 5 0 R] ')


def dynamic_form():
    """A form of which every reader but one shows a page that asks to wait."""
    return page_of(
        stream(b'BT (Please wait...) Tj ET'), catalog=b'/NeedsRendering true /AcroForm << '
        b'/Fields [] /XFA [(template) 5 0 R] >>', more=[stream(b'<template/>')])


def loose_font(name=b'Frutiger', more=b''):
    """A page in a font that is named and not held."""
    return page_of(
        stream(b'BT /F 9 Tf (a) Tj ET'), page=b'/Resources << /Font << /F 5 0 R >> >>',
        more=[b'<< /Type /Font /Subtype /TrueType /BaseFont /%s %s >>' % (name, more)])


def with_contents_list(old=False):
    """Two pages: the first has links to a place on the second, by name and by itself."""
    place = b'[4 0 R /XYZ 0 700 null]'
    names = b'/Dests << /chapter %s >>' if old else (
        b'/Names << /Dests << /Names [(chapter) << /D %s >>] >> >>')
    link = b'<< /Type /Annot /Subtype /Link /Rect [0 0 99 99] %s >>'
    by_name = b'/Dest /chapter' if old else b'/A << /S /GoTo /D (chapter) >>'
    page = b'<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Resources << >> %s >>'
    return raw_pdf([
        b'<< /Type /Catalog /Pages 2 0 R %s >>' % (names % place),
        b'<< /Type /Pages /Kids [3 0 R 4 0 R] /Count 2 >>',
        page % (b'/Annots [%s %s]' % (link % by_name, link % (b'/Dest ' + place))), page % b''])
