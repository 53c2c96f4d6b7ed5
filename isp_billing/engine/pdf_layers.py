"""Layers of a PDF, which of them are shown, and how that is carried into another PDF.

Pages name their layers; whether a layer is shown stands in the catalog of their file (ISO 32000-1,
8.11.4).  Pages that are copied without it would show what was hidden: a draft, the prices of
another region.  So the settings come with the pages, or the file is refused.
"""
import dataclasses

from pikepdf import Array, Dictionary, Name, String

from .pdf_faults import PdfRefused

#: lists of layers within lists, as readers show them in a tree
MAX_DEPTH = 30
EVENTS = ('/View', '/Print', '/Export')


@dataclasses.dataclass
class Layers:
    """The layers of a file, which are hidden, their tree, and what shows them by occasion.

    ``groups``, ``hidden``: layers; ``order``: layers, strings and lists of these; ``events``:
    (name of the event, names of the categories, layers) each.
    """

    groups: list
    hidden: list
    order: list
    events: list


def read(pdf):
    """The layers of a PDF as they are shown when it is opened.

    :param pikepdf.Pdf pdf: opened
    :rtype: Layers
    :return: None when it has no layers
    :raises PdfRefused: ``broken`` when the settings are not made as they must be
    """
    settings = pdf.Root.get('/OCProperties')
    if settings is None:
        return None
    _need(isinstance(settings, Dictionary))
    groups = [group for group in _list(settings.get('/OCGs')) if group is not None]
    for group in groups:
        _need(isinstance(group, Dictionary) and group.is_indirect and group.get('/Type') == '/OCG')
    default = settings.get('/D')
    _need(isinstance(default, Dictionary))
    known = {group.objgen for group in groups}
    base = default.get('/BaseState', Name.ON)
    _need(base in (Name.ON, Name.OFF, Name.Unchanged))
    shown, off = (_groups(default.get(key, Array()), known) for key in ('/ON', '/OFF'))
    hidden = _numbers(off)
    if base == Name.OFF:
        hidden |= known - _numbers(shown)
    _need(_can_hide(default, [group for group in groups if group.objgen in hidden]))
    return Layers(
        groups=list({group.objgen: group for group in groups}.values()),
        hidden=[group for group in groups if group.objgen in hidden],
        order=_order(default.get('/Order', Array()), known),
        events=[_event(event, known) for event in _list(default.get('/AS', Array()))])


def _can_hide(default, hidden):
    """Whether layers are hidden, too, by settings for being looked at, as a document has (bool).

    Settings and layers can be for designing only; each counts for its own purpose.
    """
    looked_at = {'/View', '/All'}
    purposes = set(_names(default.get('/Intent', Name.View)))
    return bool(purposes & looked_at) and (purposes == {'/View'} or all(
        looked_at & set(_names(group.get('/Intent', Name.View))) for group in hidden))


def carry(pdf, extra, layers):
    """Show and hide the layers of copied pages as in the file that they come from.

    :param pikepdf.Pdf pdf: the document; it has the pages already
    :param pikepdf.Pdf extra: where they come from, still open
    :param Layers layers: what was read of ``extra``
    :raises PdfRefused: ``broken`` when the settings of the document itself are no good
    """
    own = read(pdf) or Layers([], [], [], [])
    copied = {group.objgen: pdf.copy_foreign(group) for group in layers.groups}

    def ours(item):
        if isinstance(item, list):
            return [ours(part) for part in item]
        return item if isinstance(item, str) else copied[item.objgen]

    whole = Layers(
        own.groups + ours(layers.groups), own.hidden + ours(layers.hidden),
        own.order + ours(layers.order),
        own.events + [(event, names, ours(groups)) for event, names, groups in layers.events])
    pdf.Root.OCProperties = _written(whole)


def _written(layers):
    """The settings as they stand in a catalog (Dictionary)."""
    hidden = _numbers(layers.hidden)
    default = Dictionary(
        BaseState=Name.ON,
        ON=Array([group for group in layers.groups if group.objgen not in hidden]),
        OFF=Array(layers.hidden), Order=_tree(layers.order))
    if layers.events:
        default.AS = Array([
            Dictionary(Event=Name(event), Category=Array([Name(name) for name in names]),
                       OCGs=Array(groups)) for event, names, groups in layers.events])
    return Dictionary(OCGs=Array(layers.groups), D=default)


def _tree(items):
    """Layers, strings and lists of these as an Array."""
    return Array([
        _tree(item) if isinstance(item, list) else String(item) if isinstance(item, str) else item
        for item in items])


def _event(event, known):
    """One row of what shows layers by occasion."""
    _need(isinstance(event, Dictionary) and event.get('/Event') in EVENTS)
    return (str(event.Event), _names(event.get('/Category', Array())),
            _groups(event.get('/OCGs', Array()), known))


def _order(value, known, depth=0):
    """The tree of layers (list); what is no layer of the file any more is left out."""
    _need(depth < MAX_DEPTH)
    found = []
    for item in _list(value):
        if isinstance(item, Array):
            found.append(_order(item, known, depth + 1))
        elif isinstance(item, String):
            found.append(str(item))
        elif item is not None:
            found += _groups([item], known)
    return found


def _groups(value, known):
    """The layers of a list; deleted ones, which leave null behind, are left out."""
    groups = [group for group in (value if isinstance(value, list) else _list(value))
              if group is not None]
    _need(all(isinstance(group, Dictionary) and group.objgen in known for group in groups))
    return groups


def _numbers(groups):
    """Numbers of layers (set)."""
    return {group.objgen for group in groups}


def _names(value):
    """Names, of which one may stand without a list (list of str)."""
    names = list(value) if isinstance(value, Array) else [value]
    _need(all(isinstance(name, Name) for name in names))
    return [str(name) for name in names]


def _list(value):
    """The items of an Array."""
    _need(isinstance(value, Array))
    return list(value)


def _need(condition):
    if not condition:
        raise PdfRefused('broken', detail='/OCProperties')
