"""How large pictures are in a reader: by what the file says of them, and by what they say."""
import io

import pikepdf
import pytest
from pikepdf import Array, Dictionary, Name
from PIL import Image

from odoo.addons.isp_billing.engine.pdf_pictures import coded_bytes, pixel_bytes


@pytest.mark.parametrize(('mode', 'colours'), [('L', 1), ('RGB', 3), ('CMYK', 4)])
@pytest.mark.parametrize('progressive', [False, True])
def test_the_size_that_a_photograph_says(mode, colours, progressive):
    target = io.BytesIO()
    Image.new(mode, (300, 200)).save(
        target, 'JPEG', progressive=progressive, exif=b'Exif\0\0\xff\xc0' + bytes(500))
    assert coded_bytes('/DCTDecode', target.getvalue()) == 300 * 200 * colours


@pytest.mark.parametrize('content', [b'', b'\xff\xd8', b'\xff\xd8' + b'\xff' * 99, bytes(99)])
@pytest.mark.parametrize('name', ['/DCTDecode', '/JPXDecode', '/CCITTFaxDecode'])
def test_pictures_that_say_nothing(name, content):
    assert coded_bytes(name, content) == 0


@pytest.mark.parametrize(('words', 'size'), [
    ({'BitsPerComponent': 8, 'ColorSpace': Name.DeviceGray}, 1),
    ({'BitsPerComponent': 1, 'ColorSpace': Name.DeviceGray}, 1),
    ({'BitsPerComponent': 16, 'ColorSpace': Name.DeviceRGB}, 6),
    ({'BitsPerComponent': 8, 'ColorSpace': Name.DeviceCMYK}, 4),
    ({'BitsPerComponent': 1, 'ImageMask': True}, 1),
    ({'BitsPerComponent': 8, 'ColorSpace': Array([Name.Separation, Name.Spot])}, 1),
    ({'BitsPerComponent': 8, 'ColorSpace': Array([Name.DeviceN, Array([Name.A] * 6)])}, 6),
    ({'BitsPerComponent': 4, 'ColorSpace': Array([Name.Indexed, Name.DeviceRGB, 15])}, 1),
    ({}, 4),
])
def test_bytes_of_a_dot(words, size):
    assert pixel_bytes(Dictionary(Width=30, Height=20, **words)) == 600 * size


def test_colours_of_a_profile():
    with pikepdf.new() as pdf:
        space = Array([Name.ICCBased, pdf.make_stream(b'', N=3)])
        assert pixel_bytes(Dictionary(Width=30, Height=20, ColorSpace=space)) == 1800
