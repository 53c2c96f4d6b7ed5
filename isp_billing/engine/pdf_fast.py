"""A faster way through the layout engine, for pages of our own templates.

WeasyPrint forgets between two documents what it computed, although an invoice has the same
elements, rules and labels as the one before.  Here that is kept, per process:

* **styles**, by the rules that match, the element's own attributes and the style of its parent;
* **measured texts**, by style, text and width; they are not measured again when they are drawn;
* rules of the engine that cannot match our elements (lists, forms, footnotes) are not tried.

The page is read by the parser for XML, as QWeb writes it.  The PDF is the same to the byte.

This is the only file that touches private parts of WeasyPrint.  With a version that is not in
VERSIONS, for a page with more than our templates print, and in a second thread at the same time,
documents take the public way: the same PDF, and slower.
"""
import contextlib
import copy
import functools
import threading
import weakref
from math import inf
from xml.etree import ElementTree

import cssselect2
import weasyprint

VERSIONS = ('70.',)
#: kept styles (some 20 KB each) and texts; when there are more, all are dropped
MOST_STYLES, MOST_TEXTS = 1500, 2000
#: what a page may consist of to come this way, and the attributes that styles depend on
TAGS = frozenset((
    'html', 'head', 'meta', 'title', 'body', 'div', 'p', 'h1', 'h2', 'span', 'b', 'br', 'sup',
    'img', 'table', 'thead', 'tbody', 'tr', 'th', 'td',
))
STYLED = ('style', 'lang', 'name')
ATTRIBUTES = frozenset((
    *STYLED, 'class', 'src', 'alt', 'scope', 'colspan', 'rowspan', 'content', 'charset',
    'data-running', 'data-page', 'data-of', 'data-footer',
))

USABLE = weasyprint.__version__.startswith(VERSIONS)
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
    from weasyprint.layout import LayoutContext, inline
    from weasyprint.text import line_break
else:  # what the classes below are made of is not there, and they are not used
    StyleFor = object

_turn = threading.Lock()
_here = threading.local()
_styles, _texts = weakref.WeakKeyDictionary(), {}


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
    _styles.clear()
    _texts.clear()


def render(text, base_url, fetcher, fonts, options):
    """The laid out document (``weasyprint.Document``), None when the page is not for this way.

    To be called inside ``turn`` only; the document is written inside, too.
    """
    try:
        page = _Page(str(text), base_url, fetcher)
    except ElementTree.ParseError:
        return None
    if any(node.tag not in TAGS or not ATTRIBUTES.issuperset(node.attrib)
           for node in page.etree_element.iter()):
        return None
    return page.render(font_config=fonts, **options)


class _Page(weasyprint.HTML):
    """A page of our templates, which is XML."""

    def __init__(self, text, base_url, fetcher):
        self.base_url, self.url_fetcher, self.media_type = base_url, fetcher, 'print'
        self.wrapper_element = cssselect2.ElementWrapper.from_html_root(
            ElementTree.fromstring(text))
        self.etree_element = self.wrapper_element.etree_element

    def render(self, font_config=None, **options):
        options = {**weasyprint.DEFAULT_OPTIONS, **options}
        return _Document._render(self, font_config, None, None, options)


class _Document(weasyprint.Document):
    """A document whose styles are kept."""

    @classmethod
    def _build_layout_context(cls, html, font_config, counter_style, color_profiles, options):
        collector, sheet = TargetCollector(), options['stylesheets'][0]
        for style in html._ua_counter_style():
            counter_style.update(style)
        styles = _KeptStyles(html, [
            (_engine_sheet(html._ua_stylesheets()[0]), 'user agent', None), (sheet, 'user', None),
        ], font_config, collector, _styles.setdefault(sheet, {}))
        images = functools.partial(
            get_image_from_uri, cache={}, url_fetcher=html.url_fetcher, options=options)
        return LayoutContext(styles, images, font_config, counter_style, collector)


@functools.lru_cache(maxsize=1)
def _engine_sheet(sheet):
    """The engine's own stylesheet without the rules that no element of TAGS can match."""
    pruned = copy.copy(sheet)
    pruned.matcher = cssselect2.Matcher()
    pruned.matcher.lower_local_name_selectors = {
        name: rules for name, rules in sheet.matcher.lower_local_name_selectors.items()
        if name in TAGS}
    return pruned


class _KeptStyles(StyleFor):
    """Styles of the elements of a page, most of them from pages before."""

    def __init__(self, html, sheets, font_config, collector, kept):
        self._sheets, self.font_config = sheets, font_config
        self._cascaded_styles, self._computed_styles = {}, {}
        self.initial_page_sizes = {'box': None, 'area': None}
        if len(kept) > MOST_STYLES:
            forget()
        for element in html.wrapper_element.iter_subtree():
            node, computed = element.etree_element, self._computed_styles
            parent = element.parent.etree_element if element.parent else None
            found = [(sheet, origin, selector) for sheet, origin, _none in sheets
                     for selector in sheet.matcher.match(element)]
            key = (
                id(computed[parent, None]) if element.parent else None,
                tuple(map(node.attrib.get, STYLED)),
                tuple((id(payload[0]), specificity, pseudo)
                      for _sheet, _origin, (specificity, _order, pseudo, payload) in found),
            )
            styles = kept.get(key)
            if styles is None:
                styles = kept[key] = self._compute(html, node, parent, found, collector)
            for pseudo, style in styles.items():
                computed[node, pseudo] = style

    def _compute(self, html, node, parent, found, collector):
        """Styles of an element and its pseudo-elements as {None or pseudo-element: style}."""
        cascaded = self._cascaded_styles
        rules = [
            ('author', inf, specificity, None, declarations)
            for specificity, _node, raw, base in find_style_attributes(
                ElementTree.Element(node.tag, node.attrib), False, html.base_url)
            for declarations in [list(preprocess_declarations(base, raw))]
        ] + [
            (origin, inf if layer is None else sheet.layers.index(layer), specificity, pseudo,
             declarations)
            for sheet, origin, (specificity, _order, pseudo, (declarations, layer)) in found
        ]
        for origin, layer, specificity, pseudo, declarations in rules:
            style = cascaded.setdefault((node, pseudo), {})
            for name, values, importance in declarations:
                weight = (declaration_precedence(origin, importance), layer, specificity)
                before = style.get(name, (None, None))[1]
                if before is None or before <= weight:
                    style[name] = values, weight
        words = {'root': html.etree_element, 'base_url': html.base_url,
                 'target_collector': collector}
        self.set_computed_styles(node, parent=parent, **words)
        pseudos = [pseudo for _node, pseudo in cascaded if pseudo]
        for pseudo in pseudos:
            self.set_computed_styles(node, parent=node, pseudo_type=pseudo, **words)
        cascaded.clear()
        styles = {pseudo: self._computed_styles[node, pseudo] for pseudo in (None, *pseudos)}
        for style in styles.values():
            style.isp_kept = True
        return styles


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


if USABLE:
    _split_first_line, inline.split_first_line = inline.split_first_line, _measured
    _deactivate_layout = line_break.Layout.deactivate
    _reactivate_layout = line_break.Layout.reactivate
    line_break.Layout.deactivate, line_break.Layout.reactivate = _deactivate, _reactivate
