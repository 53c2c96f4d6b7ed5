"""What pages of our templates consist of: read by the parser for XML as by the one for HTML.

HTML has rules that repair pages (open paragraphs are closed, table bodies are added).  What is
named here needs no repair, so that both parsers find the same elements; XML is read much faster.
"""
import re
from xml.etree import ElementTree

#: what a page may consist of to come this way: children of each element
WORDS = frozenset(('span', 'b', 'br', 'sup', 'img'))
FLOW = WORDS | {'div', 'p', 'h1', 'h2', 'table'}
CHILDREN = {
    'html': {'head', 'body'}, 'head': {'meta', 'title'}, 'table': {'thead', 'tbody'},
    'thead': {'tr'}, 'tbody': {'tr'}, 'tr': {'th', 'td'}, 'title': (), 'meta': (), 'br': (),
    'img': (), **dict.fromkeys(('body', 'div', 'th', 'td'), FLOW),
    **dict.fromkeys(('p', 'h1', 'h2', 'span', 'b', 'sup'), WORDS),
}
#: no text stands directly in these
BARE = frozenset(('html', 'head', 'table', 'thead', 'tbody', 'tr'))
#: attributes that styles depend on, and those they do not
STYLED = ('class', 'style', 'lang')
ATTRIBUTES = frozenset((
    *STYLED, 'src', 'alt', 'scope', 'colspan', 'rowspan', 'name', 'content', 'charset',
    'data-running', 'data-page', 'data-of', 'data-footer',
))
#: what the parsers for XML and HTML read differently
DIFFERENT = re.compile(r'="[^"]*[\n\t]|<(?!(?:br|img|meta)\b)\w[^<>]*/>|<!(?!DOCTYPE html>)|<\?')


def parse(text):
    """The root of a page that both parsers read alike and that has nothing unknown, or None."""
    if DIFFERENT.search(text):
        return None
    try:
        root = ElementTree.fromstring(text)
    except ElementTree.ParseError:
        return None
    whole = [node.tag for node in (root, *root)] == ['html', 'head', 'body']
    return root if whole and all(map(_is_known, root.iter())) else None


def _is_known(node):
    """Whether an element has attributes, children and text that our templates print."""
    allowed = CHILDREN.get(node.tag)
    return (
        allowed is not None and ATTRIBUTES.issuperset(node.attrib)
        and all(child.tag in allowed for child in node)
        and (node.tag not in BARE or not (
            (node.text or '').strip() or any((child.tail or '').strip() for child in node))))
