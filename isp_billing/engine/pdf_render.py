"""HTML to PDF with WeasyPrint: no network, no files, the same bytes for the same input.

* The stylesheet is parsed once per process and variant, the fonts are loaded once per process:
  parsing them for each document would cost half as much again as the page itself.
* What documents have in common is kept between them (``pdf_fast``): less than half the work.
* One document per invoice: several in one call are slower and break page numbers.
* One document at a time in a process: Pango is not made for several threads (``alone``).
* The fetcher knows ``data:`` addresses and the pictures that are handed in; whatever else a
  template or a pasted text names is not fetched and shows as missing.
"""
import contextlib
import ctypes
import functools
import gc
import itertools
import logging
import os
import pathlib
import threading

from weasyprint import CSS, HTML
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import URLFetcher, URLFetcherResponse

from . import document_layout, pdf_fast
from .fair_clock import countdown

MODULE = pathlib.Path(__file__).resolve().parent.parent
STYLESHEET = MODULE / 'report' / 'invoice.css'
FONTS = {
    font: {
        f'mem:{weight.lower()}.ttf': MODULE / 'static' / 'fonts' / f'{name}-{weight}.ttf'
        for weight in ('Regular', 'Bold')
    } for font, name in (('open_sans', 'OpenSans'), ('roboto', 'Roboto'))
}
PAPERS = ('Letter', 'A4')
#: millimetres of a slip of a third of the sheet, and of the foot of the page above it
THIRDS, FOOT = {'Letter': 93.1, 'A4': 99}, 11
COLLECT_EVERY = 10
# One document may take so long, and a second more for so many characters of its page: an invoice
# of 60 lines takes half a second, one of 3,000 lines 15 to 30.
SECONDS = 20
CHARACTERS_A_SECOND = 10_000
AGAIN_SECONDS = 0.5
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


def render_pdf(html, paper='Letter', slip=True, files=None, layout=None, einvoice=None,
               seconds=None, patience=None):
    """One HTML document as PDF.

    :param str html: complete document, with ``lang`` and a title
    :param str paper: one of PAPERS
    :param slip: size of the payment slip at the foot of the first page (``compact``, which True
        is too, or ``third``), empty without one
    :param dict files: pictures by address (``mem:...``)
    :param dict layout: settings of the layout, see ``document_layout.DEFAULTS``
    :param einvoice: ``pdf_archive.EInvoice``: the PDF becomes an archive that carries it
    :param float seconds: time limit, by the length of the page when empty
    :param float patience: seconds to wait for a document of another thread, no end when empty
    :rtype: bytes
    :raises ValueError: when the paper or the font is not known
    :raises RenderTimeoutError: when it takes too long
    :raises BusyError: when another thread does
    """
    if paper not in PAPERS:
        raise ValueError(f'Unknown paper: {paper}')
    layout = {**document_layout.DEFAULTS, **(layout or {})}
    font = layout['font']
    if font not in FONTS:
        raise ValueError(f'Unknown font: {font}')
    seconds = seconds or time_for(html)
    try:
        with alone(patience):
            return _render(html, paper, slip, ClosedFetcher(files), layout, einvoice, seconds)
    except RenderTimeoutError:
        raise RenderTimeoutError(seconds) from None


def _render(html, paper, slip, fetcher, layout, einvoice, seconds):
    """See ``render_pdf``."""
    font = layout['font']
    fonts = _fonts(os.getpid(), font)
    sheet = stylesheet(paper, slip, layout)
    options = {'stylesheets': [sheet], 'pdf_tags': True}
    options |= einvoice.options() if einvoice else {}
    with pdf_fast.turn() as fast, time_limit(seconds):
        made = fast and pdf_fast.render(html, 'mem:', fetcher, fonts, options)
        if not made:
            made = HTML(string=html, base_url='mem:', url_fetcher=fetcher).render(
                font_config=fonts, **options)
        if einvoice:
            einvoice.describe(made.metadata)
        return made.write_pdf(finisher=einvoice and einvoice.finish, **options)


def time_for(html):
    """Seconds that a page may take (float)."""
    return SECONDS + len(html) / CHARACTERS_A_SECOND


class RenderTimeoutError(Exception):
    """A document took too long."""

    def __init__(self, seconds=0):
        super().__init__(f"The document was not ready after {seconds:.0f} seconds.")


class BusyError(Exception):
    """Another thread is making a document, and does not end."""


_alone = threading.Lock()


@contextlib.contextmanager
def alone(patience=None):
    """Keep other threads off the layout engine.

    Pango's objects bear neither two threads at once nor a thread that gives them back while
    another one uses their fonts, and Python does the latter in whichever thread looks for what is
    no longer used.  So nothing is looked for inside, and what a document leaves is freed before
    the next one begins.

    :param float patience: seconds to wait, no end when empty
    :raises BusyError: when it took longer
    """
    if not _alone.acquire(timeout=-1 if patience is None else patience):
        raise BusyError
    try:
        with _no_collection(gc.isenabled()):
            yield
    finally:
        _alone.release()


@contextlib.contextmanager
def _no_collection(mine):
    """Free what is made inside at its end and not before, unless somebody else sees to it."""
    if mine:
        gc.freeze()
        gc.disable()
    try:
        yield
    finally:
        if mine:
            gc.collect()
            gc.enable()
            gc.unfreeze()


@contextlib.contextmanager
def time_limit(seconds):
    """Raise RenderTimeoutError in this thread when the block is not done in time.

    Works in any thread and without signals; the layout engine is Python, so it is interrupted
    between two steps.  Put nothing into the block that must not be interrupted.  Time in which
    others used the processors does not count.
    """
    thread = threading.get_ident()

    def stop():
        ctypes.pythonapi.PyThreadState_SetAsyncExc(
            ctypes.c_ulong(thread), ctypes.py_object(RenderTimeoutError))
        return AGAIN_SECONDS  # raised inside a callback of the memory management, it would be lost

    with countdown(seconds, stop):
        yield


@contextlib.contextmanager
def many():
    """Make many documents faster: their objects are collected every few documents, not always.

    Gives a function to call after each document.  What was there before is not looked at.
    """
    with _alone:
        mine, counter = gc.isenabled(), itertools.count(1)
        if mine:
            gc.freeze()
            gc.disable()

    def tidy():
        if mine and not next(counter) % COLLECT_EVERY and _alone.acquire(blocking=False):
            gc.collect()
            _alone.release()

    try:
        yield tidy
    finally:
        if mine:
            with _alone:
                gc.collect()
                gc.enable()
                gc.unfreeze()


@functools.lru_cache(maxsize=4)
def _fonts(_pid, _font):
    """The fonts of this process: a forked worker must not share the temporary files."""
    return FontConfiguration()


def stylesheet_text(variables):
    """The stylesheet with the colours of a layout.

    :param variables: pairs of name and colour, see ``document_layout.variables``
    """
    text = STYLESHEET.read_text(encoding='utf-8')
    for name, colour in variables:
        text = text.replace(f'var(--{name})', colour)
    return text


def stylesheet(paper, slip, layout):
    """The parsed stylesheet of a paper, a size of the slip and a layout."""
    size = slip if slip == 'third' else bool(slip)
    return _stylesheet(
        os.getpid(), paper, size, layout['font'], document_layout.variables(layout))


@functools.lru_cache(maxsize=32)
def _stylesheet(pid, paper, slip, font, variables):
    """The parsed stylesheet of a variant."""
    files = {url: path.read_bytes() for url, path in FONTS[font].items()}
    text = stylesheet_text(variables) + f'\n@page {{ size: {paper}; }}\n'
    if slip == 'third':
        height = THIRDS[paper] + FOOT
        text += (f'\n@page :first {{ margin-bottom: {height}mm; }}'
                 f'\n.slip {{ height: {height}mm; }}\n')
    if not slip:
        text += ('\n@page :first { margin-bottom: 20mm; @bottom-center { content: none; }'
                 ' @bottom-left { content: string(footer); }'
                 ' @bottom-right { content: string(page_word) counter(page) string(of_word)'
                 ' counter(pages); } }\n')
    return CSS(string=text, url_fetcher=ClosedFetcher(files), font_config=_fonts(pid, font),
               base_url='mem:')


def mime_type(content):
    """The kind of a picture or font, by its first bytes."""
    for signature, mime_type in _SIGNATURES:
        if content.startswith(signature):
            return mime_type
    return 'application/octet-stream'
