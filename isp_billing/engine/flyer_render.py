"""A flyer of one page from a few words: HTML of a template to PDF, network and files denied."""
import io
import pathlib

from PIL import Image
from weasyprint import CSS, HTML
from weasyprint.text.fonts import FontConfiguration

from .pdf_render import ClosedFetcher, alone, time_for, time_limit

MODULE = pathlib.Path(__file__).resolve().parent.parent
STYLESHEET = MODULE / 'report' / 'flyer.css'
FONTS = {f'mem:{weight}.ttf': MODULE / 'static' / 'fonts' / f'OpenSans-{weight}.ttf'
         for weight in ('Regular', 'Bold')}
PICTURE = (1500, 800)
MAX_PIXELS = 40_000_000
ENDING = {'JPEG': 'jpeg', 'PNG': 'png'}
COLOURS = {
    'blue': ('#0f2b46', '#0b5fa5', '#e8f1f9'),
    'green': ('#0c3b32', '#0a7a63', '#e6f5f1'),
    'plum': ('#3a1740', '#8a2b74', '#f8ecf5'),
    'orange': ('#46210b', '#b4480c', '#fdf1e7'),
}


class PictureRefused(Exception):
    """A file that is no picture which can be printed: ``kind`` or ``size``."""


def picture_for_print(content):
    """A JPEG or PNG at the size of its print, without what the camera noted beside it.

    :param bytes content: the uploaded file
    :return: a JPEG
    :rtype: bytes
    :raises PictureRefused: when it is neither, is damaged, or is too large to be opened
    """
    try:
        with Image.open(io.BytesIO(content), formats=tuple(ENDING)) as picture:
            if picture.width * picture.height > MAX_PIXELS:
                raise PictureRefused('size')
            picture = picture.convert('RGBA')
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise PictureRefused('kind') from error
    flat = Image.new('RGB', picture.size, 'white')
    flat.paste(picture, mask=picture.getchannel('A'))
    flat.thumbnail(PICTURE, Image.Resampling.LANCZOS)
    target = io.BytesIO()
    flat.save(target, 'JPEG', quality=84, optimize=True)
    return target.getvalue()


def render_flyer(html, paper, colour, pictures):
    """One page as PDF.

    :param str html: complete document
    :param str paper: ``Letter`` or ``A4``
    :param str colour: key of COLOURS
    :param dict pictures: bytes by address, such as ``mem:picture``
    :rtype: bytes
    """
    text = STYLESHEET.read_text(encoding='utf-8')
    for name, value in zip(('DARK', 'STRONG', 'PALE'), COLOURS[colour], strict=True):
        text = text.replace(f'var(--{name.lower()})', value)
    text += f'\n@page {{ size: {paper}; }}\n'
    files = {url: path.read_bytes() for url, path in FONTS.items()}
    with alone(), time_limit(time_for(html)):
        fonts = FontConfiguration()
        sheet = CSS(
            string=text, url_fetcher=ClosedFetcher(files), font_config=fonts, base_url='mem:')
        document = HTML(string=html, base_url='mem:', url_fetcher=ClosedFetcher(pictures))
        return document.write_pdf(stylesheets=[sheet], font_config=fonts, pdf_tags=True)
