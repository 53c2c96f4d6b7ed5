"""Names and addresses that are too long for their place are set in smaller type, and a page with
room to spare is set wider.

The places have fixed sizes (head, window of an envelope, payment slip), and the texts are
anybody's.  How many lines a text takes is estimated from its characters, on the safe side; the
classes are those of ``report/invoice.css``.
"""
#: width of letters as a share of an ordinary one
WIDE, NARROW = 1.25, 0.6
_WIDE, _NARROW = frozenset('mwMW@%—'), frozenset("iljtfrI1.,;:'’()[]|! ")

#: ordinary letters in a line and the lines that there is room for, at the normal size
HEAD, SMALL_HEAD = (31, 2), (45, 3)
WINDOW = (40, 5)
SLIP, SLIP_OF_TWO, SLIP_WINDOW = (33, 5), (28, 4), (42, 5)
#: the same at the smaller size, with the customer's name that is left out last
DENSE_SLIP, DENSE_SLIP_OF_TWO = (40, 8), (34, 6)
#: both names above the window of a slip of a third of the sheet
NAMES, NAMES_OF_TWO, DENSE_NAMES, DENSE_NAMES_OF_TWO = (33, 8), (28, 7), (40, 12), (34, 10)
#: so many rows of an invoice in two languages leave room on its page where there is no slip
FEW_ROWS = 8
#: letters in a line of terms, and so many lines of them may go on over two pages
TERMS = (110, 8)
#: letters in a line and lines of what a company types, at the smallest size
SMALL_SLIP, FOOT = (34, 7), (97, 3)


def classes(view):
    """Classes of a page whose texts need smaller type (list of str).

    :param dict view: of ``document_view.build_view`` or ``document_letter.build_letter``, with
        its ``page_class``
    """
    found, known = [], view['page_class'].split()
    name = [view['company']['name']]
    if not fits(name, HEAD):
        found.append('name-long' if fits(name, SMALL_HEAD) else 'name-longest')
    if not fits(str(view.get('terms') or '').splitlines(), TERMS):
        found.append('terms-long')
    windowed = {'window-left', 'window-right'} & set(known)
    if windowed and not fits([*view['customer_names'], *view['customer_address']], WINDOW):
        found.append('address-dense')
    if view['slip']:
        found += _slip_classes(view, 'both' in known)
    elif 'both' in known and _few_rows(view):
        found.append('airy')
    return found


def _slip_classes(view, two):
    """Classes of a page whose payment slip has long names.

    :param bool two: whether it is written in two languages
    """
    name, customer = view['company']['name'], view['customer']['name']
    payee = [name, *view['company_address']]
    if view['slip'] == 'third':
        texts, roomy = [name, customer], fits(payee, SLIP_WINDOW)
        normal, dense = (NAMES_OF_TWO, DENSE_NAMES_OF_TWO) if two else (NAMES, DENSE_NAMES)
    else:
        texts, roomy = [*payee, customer], True
        normal, dense = (SLIP_OF_TWO, DENSE_SLIP_OF_TWO) if two else (SLIP, DENSE_SLIP)
    found = [] if roomy and fits(texts, normal) else ['slip-dense']
    return found if fits(texts, dense) else [*found, 'slip-full']


def _few_rows(view):
    """Whether it is an invoice of few rows (bool)."""
    return 0 < sum(len(section['rows']) for section in view.get('sections', ())) <= FEW_ROWS


def lines(text, letters):
    """How many lines a text takes where so many ordinary letters stand in one (int)."""
    taken, room = 1, letters
    for word in text.split():
        width = _width(word)
        while width > room:
            if room == letters:  # longer than a line: cut anywhere
                width -= letters
            taken, room = taken + 1, letters
        room -= width + NARROW
    return taken


def fits(texts, place):
    """Whether texts, each in lines of its own, have room in a place (bool).

    :param place: letters in a line and number of lines
    """
    letters, most = place
    return sum(lines(text, letters) for text in texts) <= most


def _width(word):
    """Width of a word in ordinary letters; capitals are wider."""
    return sum(
        NARROW if char in _NARROW else WIDE if char in _WIDE or char.isupper() else 1
        for char in word)
