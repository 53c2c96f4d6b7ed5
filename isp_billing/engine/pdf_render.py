"""HTML to PDF with WeasyPrint: no network, no files, the same bytes for the same input.

* The stylesheet is parsed once per process and variant, the fonts are loaded once per process:
  parsing them for each document would cost half as much again as the page itself.
* One document per invoice: several in one call are slower and break page numbers.
* The fetcher knows ``data:`` addresses and the pictures that are handed in; whatever else a
  template or a pasted text names is not fetched and shows as missing.
"""
import contextlib
import functools
import gc
import itertools
import logging
import os
import pathlib

from weasyprint import CSS, HTML
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import URLFetcher, URLFetcherResponse

MODULE = pathlib.Path(__file__).resolve().parent.parent
STYLESHEET = MODULE / 'report' / 'invoice.css'
FONTS = {
    'mem:OpenSans-Regular.ttf': MODULE / 'static' / 'fonts' / 'OpenSans-Regular.ttf',
    'mem:OpenSans-Bold.ttf': MODULE / 'static' / 'fonts' / 'OpenSans-Bold.ttf',
}
PAPERS = ('Letter', 'A4')
COLLECT_EVERY = 10
_SIGNATURES = (
    (b'\x89PNG', 'image/png'), (b'\xff\xd8', 'image/jpeg'), (b'GIF8', 'image/gif'),
    (b'RIFF', 'image/webp'), (b'<', 'image/svg+xml'),
)

# Seven lines per document would drown the log of a bill run.
logging.getLogger('weasyprint.progress').setLevel(logging.WARNING)


class ClosedFetcher(URLFetcher):
    """Gives out ``data:`` addresses and registered bytes, and refuses everything else."""

    def __init__(self, files=None):
        """:param dict files: bytes by address, such as ``{'mem:logo': b'...'}``"""
        super().__init__(allowed_protocols=('data',), allow_redirects=False)
        self.files = files or {}

    def fetch(self, url, headers=None):
        if url in self.files:
            content = self.files[url]
            return URLFetcherResponse(url, content, {'Content-Type': mime_type(content)})
        if url.lower().startswith('data:'):
            return super().fetch(url, headers)
        raise ValueError(f'Not fetched, documents use no network and no files: {url[:80]}')


def render_pdf(html, paper='Letter', slip=True, files=None):
    """One HTML document as PDF.

    :param str html: complete document, with ``lang`` and a title
    :param str paper: one of PAPERS
    :param bool slip: whether the foot of the first page is kept for the payment slip
    :param dict files: pictures by address (``mem:...``)
    :rtype: bytes
    :raises ValueError: when the paper is not known
    """
    if paper not in PAPERS:
        raise ValueError(f'Unknown paper: {paper}')
    fonts = _fonts(os.getpid())
    sheet = _stylesheet(os.getpid(), paper, bool(slip))
    document = HTML(string=html, base_url='mem:', url_fetcher=ClosedFetcher(files))
    return document.write_pdf(stylesheets=[sheet], font_config=fonts, pdf_tags=True)


@contextlib.contextmanager
def many():
    """Make many documents faster: their objects are collected every few documents, not always.

    Gives a function to call after each document.  What was there before is not looked at.
    """
    if not gc.isenabled():
        yield lambda: None
        return
    counter = itertools.count(1)
    gc.freeze()
    gc.disable()
    try:
        yield lambda: None if next(counter) % COLLECT_EVERY else gc.collect()
    finally:
        gc.enable()
        gc.unfreeze()


@functools.lru_cache(maxsize=2)
def _fonts(_pid):
    """The fonts of this process: a forked worker must not share the temporary files."""
    return FontConfiguration()


@functools.lru_cache(maxsize=16)
def _stylesheet(pid, paper, slip):
    """The parsed stylesheet of a variant."""
    files = {url: path.read_bytes() for url, path in FONTS.items()}
    text = STYLESHEET.read_text(encoding='utf-8')
    text += f'\n@page {{ size: {paper}; }}\n'
    if not slip:
        text += ('\n@page :first { margin-bottom: 20mm; @bottom-center { content: none; }'
                 ' @bottom-left { content: string(footer); }'
                 ' @bottom-right { content: string(page_word) counter(page) string(of_word)'
                 ' counter(pages); } }\n')
    return CSS(string=text, url_fetcher=ClosedFetcher(files), font_config=_fonts(pid),
               base_url='mem:')


def mime_type(content):
    """The kind of a picture or font, by its first bytes."""
    for signature, mime_type in _SIGNATURES:
        if content.startswith(signature):
            return mime_type
    return 'application/octet-stream'
