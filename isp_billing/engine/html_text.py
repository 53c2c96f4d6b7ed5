"""Formatted text, as Odoo's editor stores it, to the plain text of a document.

No marks stand for what is bold or a heading.  Paragraphs, line breaks and the points of lists
are kept, and a link shows its address where its text does not.
"""
import re

from lxml import html

HEADINGS = frozenset(('h1', 'h2', 'h3', 'h4', 'h5', 'h6'))
BLOCKS = HEADINGS | {
    'address', 'article', 'blockquote', 'dd', 'div', 'dl', 'dt', 'footer', 'header', 'hr', 'li',
    'ol', 'p', 'pre', 'section', 'table', 'tr', 'ul'}
UNSEEN = frozenset(('script', 'style', 'head', 'title', 'template'))
#: addresses that say something on paper
_ADDRESS = re.compile(r'https?://|mailto:|tel:', re.IGNORECASE)
#: no-break spaces are no such spaces: French punctuation needs them
_SPACES = re.compile(r'[ \t\r\n\f]+')


def plain_text(formatted):
    """The words of HTML in their lines (str); '' when there are none."""
    if not (formatted or '').strip():
        return ''
    writer = _Writer()
    writer.element(html.fragment_fromstring(str(formatted), create_parent='div'))
    return writer.text()


class _Writer:
    """Writes elements, one after the other, into lines."""

    def __init__(self):
        self.lines, self.point = [''], ''

    def text(self):
        """What was written; never more than one empty line."""
        lines = [_SPACES.sub(' ', line).strip(' ') for line in self.lines]
        return '\n'.join(
            line for place, line in enumerate(lines) if line or any(lines[place - 1:place])
        ).strip('\n')

    def element(self, node):
        """An element with all that is below it."""
        if not isinstance(node.tag, str) or node.tag in UNSEEN:
            return  # comments, and what nobody sees on a screen
        block = node.tag in BLOCKS
        if block:
            self.new_line()
        self.begin(node)
        self.words(node.text)
        for child in node:
            self.element(child)
            self.words(child.tail)
        if node.tag == 'a':
            self.words(_address(node))
        if block:
            self.new_line()

    def begin(self, node):
        """What an element means for the lines before its text."""
        if node.tag == 'br' or node.tag in HEADINGS:
            self.lines.append('')
        elif node.tag in ('td', 'th'):
            self.words(' ')
        elif node.tag == 'li':
            self.point = _point(node)

    def new_line(self):
        """Go to the next line, unless this one is empty."""
        if self.lines[-1].strip(' '):
            self.lines.append('')

    def words(self, text):
        """Add words to the line, after the point that waits for them."""
        text = _SPACES.sub(' ', text or '')
        if self.point and text.strip(' '):
            text, self.point = self.point + text.lstrip(' '), ''
        self.lines[-1] += text


def _point(item):
    """What stands before the item of a list."""
    parent = item.getparent()
    if parent is None or parent.tag != 'ol':
        return '• '
    return f"{1 + sum(1 for _item in item.itersiblings('li', preceding=True))}. "


def _address(link):
    """The address of a link in parentheses; '' when its text says it or paper has no use for it."""
    href = (link.get('href') or '').strip()
    if not _ADDRESS.match(href):
        return ''
    if not href.lower().startswith('http'):
        href = _ADDRESS.sub('', href, count=1)
    return '' if _bare(href) in _bare(link.text_content()) else f' ({href})'


def _bare(address):
    return _ADDRESS.sub('', address).strip().rstrip('/').lower()
