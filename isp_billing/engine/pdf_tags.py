"""The structure that screen readers follow, kept for pages that are added to a document.

A tagged PDF has one tree of elements (ISO 32000-1, 14.7): its pages, links and reused drawings name
entries of the tree's list of parents by number.  When pages are added, their numbers are moved
behind those of the document, and their tree hangs below the document's as a part in its own
language.  Pages whose structure cannot be carried are added without one.
"""
import io

import pikepdf
from pikepdf import Array, Dictionary, Name, NumberTree, String

from .pdf_faults import MALFORMED, UNREADABLE

_NUMBERS = ('/StructParents', '/StructParent')


def add_pages(pdf, extra):
    """Add the pages of a PDF to another one, with their structure when both have one.

    :param pikepdf.Pdf pdf: the document, changed in place
    :param pikepdf.Pdf extra: what is added; its objects are changed, its file is not
    :return: whether the structure came with the pages (bool)
    """
    tree = _prepared(pdf, extra)
    if tree is None:
        for part in _numbered(extra):
            _drop_numbers(part)
    pdf.pages.extend(extra.pages)
    if tree is not None:
        _hang(pdf, pdf.copy_foreign(tree), extra.Root.get('/Lang'))
    return tree is not None


def is_tagged(content):
    """Whether a PDF has the tags that screen readers follow; one that cannot be read has none.

    :rtype: bool
    """
    try:
        with pikepdf.open(io.BytesIO(content)) as pdf:
            return _is_tagged(pdf)
    except UNREADABLE:
        return False


def _prepared(pdf, extra):
    """The tree of the pages to add, its numbers and names made free in the document; or None."""
    if not (_is_tagged(pdf) and _is_tagged(extra)):
        return None
    own, tree = pdf.Root.StructTreeRoot, extra.Root.StructTreeRoot
    try:
        entries = dict(NumberTree(tree.ParentTree).items())
        if not _is_usable(own, tree, entries):
            return None
        shift = max(NumberTree(own.ParentTree).keys(), default=-1) + 1
        for part in _numbered(extra):
            _move_numbers(part, entries, shift)
        for element in _elements(tree):
            _rename(element, f'{shift}:')
        moved = NumberTree.new(extra)
        for key, entry in entries.items():
            moved[key + shift] = entry
        tree.ParentTree = moved.obj
        return tree if tree.is_indirect else extra.make_indirect(tree)
    except (*UNREADABLE, *MALFORMED):
        return None


def _is_usable(own, tree, entries):
    """Whether a tree is made as it must be and fits below the document's (bool)."""
    return (
        isinstance(_listed(own)[0], Dictionary)
        and all(isinstance(child, Dictionary) for child in _listed(tree))
        and all(isinstance(entry, Array | Dictionary) for entry in entries.values())
        and not any(_differs(own, tree, kind) for kind in ('/RoleMap', '/ClassMap')))


def _is_tagged(pdf):
    """Whether a PDF says that it is tagged and has the tree (bool)."""
    marks, tree = pdf.Root.get('/MarkInfo'), pdf.Root.get('/StructTreeRoot')
    return (isinstance(marks, Dictionary) and marks.get('/Marked') is True
            and isinstance(tree, Dictionary) and isinstance(tree.get('/ParentTree'), Dictionary))


def _differs(own, tree, kind):
    """Whether two trees explain the same name in different ways (bool)."""
    ours, theirs = own.get(kind, Dictionary()), tree.get(kind, Dictionary())
    return any(key in ours and ours[key] != value for key, value in theirs.items())


def _elements(tree):
    """All elements of a tree (list of dictionaries), each once."""
    found, seen, todo = [], set(), [tree.get('/K')]
    while todo:
        item = todo.pop()
        if isinstance(item, Array):
            todo.extend(item)
        elif isinstance(item, Dictionary) and '/S' in item and item.objgen not in seen:
            if item.is_indirect:
                seen.add(item.objgen)
            found.append(item)
            todo.append(item.get('/K'))
    return found


def _numbered(pdf):
    """What of a PDF's pages may name an entry of the list of parents: pages, notes, drawings."""
    found, seen, todo = [], set(), [page.obj for page in pdf.pages]
    while todo:
        item = todo.pop()
        if not isinstance(item, Dictionary | pikepdf.Stream) or item.objgen in seen:
            continue
        if item.is_indirect:
            seen.add(item.objgen)
        found.append(item)
        todo.extend(item.get('/Annots', ()))
        resources = item.get('/Resources')
        if isinstance(resources, Dictionary):
            for kind in ('/XObject', '/Pattern'):
                todo.extend(dict(resources.get(kind, {})).values())
    return found


def _drop_numbers(part):
    """Cut the ties of a page, note or drawing with the tree."""
    for name in _NUMBERS:
        if name in part:
            del part[name]


def _move_numbers(part, entries, shift):
    """Give a page, note or drawing its new number; one that the tree does not know is dropped."""
    for name in _NUMBERS:
        number = part.get(name)
        if number is None:
            continue
        if number in entries:
            part[name] = number + shift
        else:
            del part[name]


def _rename(element, prefix):
    """Make the name of an element, and those of the heads that a cell points to, its own."""
    if '/ID' in element:
        element.ID = _prefixed(element.ID, prefix)
    attributes = element.get('/A', ())
    for one in attributes if isinstance(attributes, Array) else [attributes]:
        if isinstance(one, Dictionary) and '/Headers' in one:
            one.Headers = Array([_prefixed(head, prefix) for head in one.Headers])


def _prefixed(name, prefix):
    """A name that no other part of the document has."""
    return String(prefix.encode() + bytes(name))


def _hang(pdf, tree, language):
    """Put a copied tree below the document's."""
    own = pdf.Root.StructTreeRoot
    parents = NumberTree(own.ParentTree)
    for key, entry in NumberTree(tree.ParentTree).items():
        parents[key] = entry
    if '/ParentTreeNextKey' in own:
        own.ParentTreeNextKey = max(parents.keys()) + 1
    for kind in ('/RoleMap', '/ClassMap'):
        if kind in tree:
            own[kind] = Dictionary({**dict(tree[kind]), **dict(own.get(kind, {}))})
    for space in tree.get('/Namespaces', ()):
        if '/Namespaces' not in own:
            own.Namespaces = Array()
        own.Namespaces.append(space)
    top = _listed(own)[0]
    part = pdf.make_indirect(Dictionary(Type=Name.StructElem, S=Name.Part, P=top))
    if language is not None:
        part.Lang = String(str(language))
    part.K = Array(_listed(tree))
    for child in part.K:
        child.P = part
        if child.get('/S') == '/Document':  # a document stands at the top only
            child.S = Name.Sect
    top.K = Array([*_listed(top), part])


def _listed(element):
    """What an element holds, as a list."""
    inside = element.get('/K')
    return list(inside) if isinstance(inside, Array) else [inside]
