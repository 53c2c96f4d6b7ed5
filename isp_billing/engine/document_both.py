"""One page in two languages: the French view and the English view of the same facts, paired.

One number, one set of amounts: figures, dates and addresses (``Value``, and the keys of
``FIRST_ONLY``) are printed once, as the first language writes them; every other text that differs
is printed as a pair, the first language first and the second one smaller beside or below it (the
stylesheet decides).  Texts that are the same in both languages are printed once.
"""
from markupsafe import Markup, escape

#: entries of a view that are printed as the first language writes them
FIRST_ONLY = frozenset((
    'lang', 'number', 'company', 'company_address', 'customer', 'customer_names',
    'customer_address', 'service', 'account_number', 'footer', 'slip', 'qr', 'payable', 'refund',
    'amount_due', 'due_date',
))
#: entries whose text stands in attributes or in the marginal boxes, where nothing can be smaller
PLAIN = frozenset(('title', 'qr_label', 'draft'))
SEPARATOR = ' / '
PAIR = Markup('%s<span class="sep"> / </span><span class="alt" lang="%s">%s</span>')
STACKED = Markup('%s<span class="alt row" lang="%s">%s</span>')
#: longer titles stand below each other: beside each other they would not fit
HEADING_CHARS = 30
SECOND_ROW = Markup('%s<span class="alt row" lang="%s">%s — %s</span>')
NOTE = Markup('%s <span class="note">(%s)</span>')


class Value(str):
    """A figure or a date: written once in a document of two languages."""

    __slots__ = ()


def merge_views(first, second):
    """The page of two languages.

    :param dict first: view of ``document_view.build_view`` in the language that comes first
    :param dict second: view of the same facts in the other language
    :return: a view with the same keys; paired texts are ``Markup``
    :rtype: dict
    """
    merger = _Merger(second['lang'])
    merged = {key: merger.entry(key, value, second.get(key)) for key, value in first.items()}
    merged['heading'] = _heading(first['title'], second['title'], second['lang'])
    merged['page_class'] = f"{first['page_class']} both".strip()
    merged['w'] |= {'page': first['w']['page'], 'of': SEPARATOR}
    return merged


def pair(first, second, lang):
    """Two wordings as one text; equal or missing ones are written once.

    :param str lang: language code of the second wording, for screen readers
    :rtype: str or Markup
    """
    if not second or str(first) == str(second):
        return first
    return PAIR % (first, lang, second) if first else second


def _heading(first, second, lang):
    """The title of the page: on one line when both fit, else in two rows."""
    if first == second or len(first) + len(second) <= HEADING_CHARS:
        return pair(first, second, lang)
    return STACKED % (first, lang, second)


class _Merger:
    """Walks two views of the same shape."""

    def __init__(self, lang):
        self.lang = lang

    def mapping(self, first, second):
        if 'notes' in first and 'text' in first:
            return self.row(first, second)
        return {key: self.any(value, second.get(key)) for key, value in first.items()}

    def entry(self, key, first, second):
        """An entry of the view itself; the same key inside another part is a label."""
        if key in FIRST_ONLY:
            return first
        if key in PLAIN:
            return plain(first, second)
        if key == 'how_to_pay':
            return self.ways(first, second)
        return self.any(first, second)

    def ways(self, first, second):
        """Ways to pay: the sentence of each language in a row of its own."""
        return [(way[0], SECOND_ROW % (way[1], self.lang, other[0], other[1])) if way != other
                else way for way, other in zip(first, second, strict=True)]

    def row(self, first, second):
        """A line of the details: each language keeps its notes beside its own name."""
        merged = {key: self.any(value, second.get(key)) for key, value in first.items()}
        one, other, same = _same_end(first, second)
        merged['text'] = pair(_noted(one), _noted(other), self.lang) + same
        merged['notes'] = ''
        return merged

    def any(self, first, second):
        if isinstance(first, Value) or type(first) is not type(second):
            return first
        if isinstance(first, dict):
            return self.mapping(first, second)
        if isinstance(first, list | tuple):
            if len(first) != len(second):
                return first
            return type(first)(
                self.any(one, other) for one, other in zip(first, second, strict=True))
        return pair(first, second, self.lang) if isinstance(first, str) else first


def plain(first, second):
    """Two wordings without markup: ``Facture / Invoice``."""
    if not first or not second or first == second:
        return first or second
    return f'{first}{SEPARATOR}{second}'


def _same_end(first, second):
    """Two rows without the lines at the end of their texts that are the same, and these lines."""
    ones, others = ((row['text'] or '').split('\n') for row in (first, second))
    same = []
    while ones[1:] and others[1:] and ones[-1] == others[-1]:
        same.insert(0, ones.pop())
        others.pop()
    if not same or ones == others:
        return first, second, ''
    return ({**first, 'text': '\n'.join(ones)}, {**second, 'text': '\n'.join(others)},
            escape('\n'.join(same)))


def _noted(row):
    """The name of a line with its notes in brackets."""
    return NOTE % (row['text'], row['notes']) if row['notes'] else escape(row['text'] or '')
