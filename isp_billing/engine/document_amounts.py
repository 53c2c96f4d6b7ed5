"""Amounts that are too wide for their columns get wider columns and smaller type.

A month of an ISP has amounts of seven characters; a currency without cents ("14 814 814 F CFA") or
one of three decimals has twice as many.  The classes are those of ``report/invoice.css``.
"""
#: widths in digits that there is room for: in the columns of totals and of the account summary
TOTALS, TOTALS_BESIDE_CODE, WIDE_TOTALS = 10.5, 9, 16.5
#: in the card, at its normal size and at a smaller one
CARD, SMALL_CARD = 13, 16.2
#: in the columns of the details, which have no currency sign
DETAILS = 11.2


def classes(view):
    """Classes of a page with wide amounts (list of str).

    :param dict view: of ``document_view.build_view`` or ``document_letter.build_letter``
    """
    found, widest = [], max(map(width, _sums(view)), default=0)
    if widest > (TOTALS_BESIDE_CODE if view['qr'] and not view['slip'] else TOTALS):
        found.append('amounts-wide')
    if widest > WIDE_TOTALS:
        found.append('amounts-widest')
    due = width(view['amount_due'])
    if due > CARD:
        found.append('due-long' if due <= SMALL_CARD else 'due-longest')
    if max(map(width, _figures(view)), default=0) > DETAILS:
        found.append('figures-long')
    return found


def width(amount):
    """About how wide an amount is, in digits (number)."""
    return sum(
        1.25 if char.isupper() else 0.5 if char.isspace() or char in ".,'’" else 1
        for char in str(amount))


def _sums(view):
    """Amounts with their currency: totals, account summary, ages."""
    summary = view.get('summary') or {'rows': (), 'total': None}
    pairs = [view.get('total'), *summary['rows'], summary['total'],
             *(view['aging'] or ()), *(table['total'] for table in view.get('tables', ()))]
    return [view['amount_due'], *(row[2] for row in view.get('totals', ())),
            *(pair[-1] for pair in pairs if pair)]


def _figures(view):
    """Amounts in the columns of the details; rows of text have none."""
    return [row[key] for section in view.get('sections', ()) for row in section['rows']
            for key in ('unit_price', 'amount') if row.get(key)]
