"""Links to places in the same PDF, kept alive when its pages go into another one.

A link may name its place; names are in a list of the file, which stays behind.  So names are
replaced by the places themselves, and these by the pages that were added.
"""
import contextlib

from pikepdf import Array, Dictionary, Name, NameTree, String

from .pdf_faults import MALFORMED, UNREADABLE


def resolved(pdf):
    """The places of a PDF's links: {(page, number of the link): (page, how it is shown)}.

    :param pikepdf.Pdf pdf: before its pages are added elsewhere
    :return: pages by number, how they are shown as list of numbers, names and None
    """
    numbers = {page.obj.objgen: place for place, page in enumerate(pdf.pages)}
    names = _names(pdf)
    found = {}
    for place, page in enumerate(pdf.pages):
        for number, link in enumerate(_links(page.obj)):
            target = _target(link, names)
            if target is not None and target[0].objgen in numbers:
                found[place, number] = numbers[target[0].objgen], list(target)[1:]
    return found


def restore(pdf, first, places):
    """Point links of added pages at the places they had.

    :param int first: number of the first added page
    :param dict places: from :func:`resolved`
    """
    for (place, number), (target, shown) in places.items():
        link = _links(pdf.pages[first + place].obj)[number]
        if '/A' in link:
            del link['/A']
        link['/Dest'] = Array([
            pdf.pages[first + target].obj,
            *(Name(str(part)) if isinstance(part, Name) else part for part in shown)])


def _links(page):
    """The annotations of a page that are links, in order."""
    notes = page.get('/Annots', [])
    return [note for note in notes if isinstance(note, Dictionary)
            and note.get('/Subtype') == '/Link'] if isinstance(notes, (Array, list)) else []


def _names(pdf):
    """The places of a file by name."""
    found = {}
    with contextlib.suppress(*UNREADABLE, *MALFORMED):
        old = pdf.Root.get('/Dests')
        if isinstance(old, Dictionary):
            found.update((key.lstrip('/'), value) for key, value in old.items())
        new = pdf.Root.get('/Names', {}).get('/Dests')
        if new is not None:
            found.update(NameTree(new).items())
    return found


def _target(link, names):
    """The place of a link as an array whose first part is a page, or None."""
    target, action = link.get('/Dest'), link.get('/A')
    if target is None and isinstance(action, Dictionary) and action.get('/S') == '/GoTo':
        target = action.get('/D')
    if isinstance(target, (String, Name)):
        target = names.get(str(target).lstrip('/'))
    if isinstance(target, Dictionary):
        target = target.get('/D')
    if isinstance(target, Array) and len(target) and isinstance(target[0], Dictionary):
        return target
    return None
