"""A faster way through the layout engine, for pages of our own templates.

WeasyPrint forgets between two documents what it computed, although an invoice has the same
elements, rules and labels as the one before.  Here that is kept, per process and stylesheet:

* **styles**, by the rules that match, the element's own attributes and the style of its parent;
* **which rules match**, by the elements around; rules of the engine that cannot match our elements
  (lists, forms, footnotes) are not tried;
* **measured texts**, by style, text and width; they are not measured again when they are drawn.

The page is read by the parser for XML, as QWeb writes it.  The PDF is the same to the byte.

This is the only file that touches private parts of WeasyPrint.  With other versions than
VERSIONS, for a page with more than our templates print, and in a second thread at the same time,
documents take the public way: the same PDF, and slower.  ``report/invoice.css`` must have no
rules about attributes and contents (``[x]``, ``:has``, ``:empty``) and no sizes of the window.
"""
import contextlib
import copy
import functools
import threading
import weakref
from math import inf
from xml.etree import ElementTree

import cssselect2
import pydyf
import weasyprint

from .pdf_grammar import CHILDREN, STYLED, parse

#: of WeasyPrint and of its writer pydyf
VERSIONS = ('70.', '0.13.')
#: kept styles (some 20 KB each), places and texts; when there are more, all are dropped
MOST_STYLES, MOST_PLACES, MOST_TEXTS = 1500, 20000, 2000
USABLE = (weasyprint.__version__.startswith(VERSIONS[0])
          and pydyf.VERSION.startswith(VERSIONS[1]))
if USABLE:
    from weasyprint.css import (
        AnonymousStyle,
        StyleFor,
        declaration_precedence,
        find_style_attributes,
        preprocess_declarations,
    )
    from weasyprint.css.targets import TargetCollector
    from weasyprint.images import get_image_from_uri
    from weasyprint.layout import (
        LayoutContext,
        absolute,
        block,
        inline,
        percent,
        table,
    )
    from weasyprint.layout import (
        float as float_,
    )
    from weasyprint.text import line_break
else:  # what the classes below are made of is not there, and they are not used
    StyleFor = object

_turn = threading.Lock()
_here = threading.local()
_kept, _texts = weakref.WeakKeyDictionary(), {}


@contextlib.contextmanager
def turn():
    """Whether the block may use what is kept (bool): one thread at a time."""
    mine = USABLE and _turn.acquire(blocking=False)
    _here.on = mine
    try:
        yield mine
    except BaseException:  # a time limit may have struck in the middle of a style
        if mine:
            forget()
        raise
    finally:
        _here.on = False
        if mine:
            _turn.release()


def forget():
    """Drop what is kept."""
    _kept.clear()
    _texts.clear()


def render(text, base_url, fetcher, fonts, options):
    """The laid out document (``weasyprint.Document``), None when the page is not for this way.

    To be called inside ``turn`` only; the document is written inside, too.
    """
    root = parse(str(text))
    return None if root is None else _Page(root, base_url, fetcher).render(fonts, options)


class _Root(cssselect2.ElementWrapper):
    """The root of a page; what is asked for in it (title and the like) stands in its head."""

    def query_all(self, *selectors):
        if self.parent is None:
            return next(self.iter_children()).query_all(*selectors)
        return super().query_all(*selectors)


class _Page(weasyprint.HTML):
    """A page of our templates."""

    def __init__(self, root, base_url, fetcher):
        self.base_url, self.url_fetcher, self.media_type = base_url, fetcher, 'print'
        self.wrapper_element, self.etree_element = _Root.from_html_root(root), root

    def render(self, fonts, options):
        options = {**weasyprint.DEFAULT_OPTIONS, **options}
        return _Document._render(self, fonts, None, None, options)


class _Document(weasyprint.Document):
    """A document whose styles are kept."""

    @classmethod
    def _build_layout_context(cls, html, font_config, counter_style, color_profiles, options):
        collector, sheet = TargetCollector(), options['stylesheets'][0]
        for style in html._ua_counter_style():
            counter_style.update(style)
        styles = _KeptStyles(html, [
            (_engine_sheet(html._ua_stylesheets()[0]), 'user agent', None), (sheet, 'user', None),
        ], font_config, collector)
        images = functools.partial(
            get_image_from_uri, cache={}, url_fetcher=html.url_fetcher, options=options)
        return LayoutContext(styles, images, font_config, counter_style, collector)


@functools.lru_cache(maxsize=1)
def _engine_sheet(sheet):
    """The engine's own stylesheet without the rules that no element of CHILDREN can match."""
    pruned = copy.copy(sheet)
    pruned.matcher = cssselect2.Matcher()
    pruned.matcher.lower_local_name_selectors = {
        name: rules for name, rules in sheet.matcher.lower_local_name_selectors.items()
        if name in CHILDREN}
    return pruned


class _Place:
    """A place in the tree of all pages so far: styles of what stands there, places below it.

    ``below`` has lists of places by what the elements look like: elements that look like those
    of a page before are not matched again.
    """

    __slots__ = ('below', 'styles')

    def __init__(self, styles=None):
        self.styles, self.below = styles, {}


class _Kept:
    """What is kept of a stylesheet."""

    def __init__(self):
        self.styles, self.top, self.places = {}, _Place(), 0


class _KeptStyles(StyleFor):
    """Styles of the elements of a page, most of them from pages before."""

    def __init__(self, html, sheets, font_config, collector):
        self._sheets, self.font_config = sheets, font_config
        self._cascaded_styles, self._computed_styles = {}, {}
        self.initial_page_sizes = {'box': None, 'area': None}
        self.words = {'root': html.etree_element, 'base_url': html.base_url,
                      'target_collector': collector}
        self.wrappers, self.parents = {html.etree_element: html.wrapper_element}, {}
        if (sum(len(one.styles) for one in _kept.values()) > MOST_STYLES
                or sum(one.places for one in _kept.values()) > MOST_PLACES):
            forget()
        self.kept = _kept.setdefault(sheets[-1][0], _Kept())
        self._fill([html.etree_element], self.kept.top)

    def _fill(self, nodes, place):
        """Give brothers their styles, and then the elements in them."""
        key = tuple([(node.tag, *map(node.attrib.get, STYLED)) for node in nodes])
        places = place.below.get(key)
        if places is None:
            places = place.below[key] = [_Place(self._styles(node)) for node in nodes]
            self.kept.places += len(places)
        for node, here in zip(nodes, places, strict=True):
            for pseudo, style in here.styles.items():
                self._computed_styles[node, pseudo] = style
            if len(node):
                self.parents.update(dict.fromkeys(node, node))
                self._fill(list(node), here)

    def _styles(self, node):
        """Styles of an element and its pseudo-elements, as {None or pseudo-element: style}."""
        element, parent = self._wrapper(node), self.parents.get(node)
        found = [(sheet, origin, selector) for sheet, origin, _none in self._sheets
                 for selector in sheet.matcher.match(element)]
        key = (
            None if parent is None else id(self._computed_styles[parent, None]),
            *map(node.attrib.get, STYLED[1:]),
            *((id(payload[0]), specificity, pseudo)
              for _sheet, _origin, (specificity, _order, pseudo, payload) in found),
        )
        if key not in self.kept.styles:
            self.kept.styles[key] = self._compute(node, parent, found)
        return self.kept.styles[key]

    def _wrapper(self, node):
        """An element as the matcher of rules wants it."""
        if node not in self.wrappers:
            for child in self._wrapper(self.parents[node]).iter_children():
                self.wrappers[child.etree_element] = child
        return self.wrappers[node]

    def _compute(self, node, parent, found):
        """Cascade and compute the styles of an element, as the engine does."""
        cascaded = self._cascaded_styles
        for origin, layer, specificity, pseudo, declarations in self._rules(node, found):
            style = cascaded.setdefault((node, pseudo), {})
            for name, values, importance in declarations:
                weight = (declaration_precedence(origin, importance), layer, specificity)
                before = style.get(name, (None, None))[1]
                if before is None or before <= weight:
                    style[name] = values, weight
        pseudos = [pseudo for _node, pseudo in cascaded if pseudo]
        self.set_computed_styles(node, parent=parent, **self.words)
        for pseudo in pseudos:
            self.set_computed_styles(node, parent=node, pseudo_type=pseudo, **self.words)
        cascaded.clear()
        styles = {pseudo: self._computed_styles[node, pseudo] for pseudo in (None, *pseudos)}
        for style in styles.values():
            style.isp_kept = True
        return styles

    def _rules(self, node, found):
        """Origin, layer, specificity, pseudo-element and declarations of rules and attributes."""
        alone = ElementTree.Element(node.tag, node.attrib)
        for specificity, _node, raw, base in find_style_attributes(
                alone, base_url=self.words['base_url']):
            yield 'author', inf, specificity, None, list(preprocess_declarations(base, raw))
        for sheet, origin, (specificity, _order, pseudo, (declarations, layer)) in found:
            place = inf if layer is None else sheet.layers.index(layer)
            yield origin, place, specificity, pseudo, declarations


def _is_kept(style):
    """Whether a style is the same object in the next document."""
    known = style.__dict__.get('isp_kept')
    if known is None:
        parent = style.parent_style
        known = style.isp_kept = (
            isinstance(style, AnonymousStyle) and parent.__dict__.get('anonymous_style') is style
            and _is_kept(parent))
    return known


def _measured(text, style, context, max_width, justification_spacing, is_line_start=True,
              minimum=False):
    """``split_first_line``, from what is kept."""
    if justification_spacing or not getattr(_here, 'on', False) or not _is_kept(style):
        return _split_first_line(
            text, style, context, max_width, justification_spacing, is_line_start, minimum)
    key = id(style), text, max_width, is_line_start, minimum
    known = _texts.get(key)
    if known is None:
        if len(_texts) > MOST_TEXTS:
            _texts.clear()
        # the style is kept with it: no other one gets its number
        known = _texts[key] = style, _split_first_line(
            text, style, context, max_width, justification_spacing, is_line_start, minimum)
    return known[1]


def _deactivate(layout):
    """Keep what was measured until it is drawn."""
    if not getattr(_here, 'on', False):
        _deactivate_layout(layout)


def _reactivate(layout, style):
    """Measure again only what was not kept."""
    if layout.justification_spacing or layout.__dict__.get('style') is not style:
        _reactivate_layout(layout, style)


def _resolve(box, containing_block):
    """``resolve_percentages``, at once where a kept style has none."""
    known = box.style.__dict__
    if 'isp_lengths' not in known:
        known['isp_lengths'] = _lengths(box.style) if _is_kept(box.style) else None
    if known['isp_lengths']:
        box.__dict__.update(known['isp_lengths'])
    else:
        _resolve_percentages(box, containing_block)


def _lengths(style):
    """Used lengths of each box of a style (dict), None when they depend on what is around."""
    if style['border_collapse'] != 'separate' or style['box_sizing'] != 'content-box':
        return None
    lengths = {f'border_{side}_width': style[f'border_{side}_width']
               for side in ('top', 'right', 'bottom', 'left')}
    for name in LENGTHS:
        value = style[name]
        if value == 'auto':
            lengths[name] = 0 if name in ('min_width', 'min_height') else 'auto'
        elif getattr(value, 'unit', None) == 'px':
            lengths[name] = value.value
        else:
            return None
    return lengths


def _strut(style):
    """``strut``: line height and baseline of a style."""
    known = style.__dict__
    if 'isp_strut' not in known:
        result = _strut_of(style)
        if not _is_kept(style):
            return result
        known['isp_strut'] = result
    return known['isp_strut']


def _to_bytes(item):
    """``pydyf._to_bytes``, the usual kinds first."""
    kind = type(item)
    if kind is bytes:
        return item
    if kind is str:
        return item.encode('ascii')
    if kind is int:
        return b'%d' % item
    return _to_bytes_of(item)


LENGTHS = (
    *(f'{kind}_{side}' for kind in ('margin', 'padding')
      for side in ('left', 'right', 'top', 'bottom')),
    *(f'{limit}{axis}' for limit in ('', 'min_', 'max_') for axis in ('width', 'height')),
)

if USABLE:
    _split_first_line, inline.split_first_line = inline.split_first_line, _measured
    _resolve_percentages = percent.resolve_percentages
    for module in (absolute, block, float_, inline, table):
        module.resolve_percentages = _resolve
    _strut_of, inline.strut = inline.strut, _strut
    _to_bytes_of, pydyf._to_bytes = pydyf._to_bytes, _to_bytes
    _deactivate_layout = line_break.Layout.deactivate
    _reactivate_layout = line_break.Layout.reactivate
    line_break.Layout.deactivate, line_break.Layout.reactivate = _deactivate, _reactivate
