"""Totals of a document: subtotal, one row per tax, rounding, and the small tables below them."""
from . import document_asked, document_terms, formats
from .document_both import Value


def rows(view, texts):
    """Rows above the total: [(label, registration number, amount, what it is counted from)].

    The last one is there for taxes whose base was frozen, and left out otherwise.

    :param view: document_view.PageWriter
    :param dict texts: words of the language
    """
    data = view.data
    found = [(texts['subtotal'], '', view.money(data['untaxed']))]
    for tax in data['taxes']:
        number = tax.get('number') and texts['registration'] % tax['number'] or ''
        row = (tax_label(view, tax), Value(number), view.money(tax['amount']))
        if tax.get('base'):
            row += (Value(texts['tax_base'] % view.money(tax['base'])),)
        found.append(row)
    if data.get('rounding'):
        found.append((texts['rounding'], '', view.money(data['rounding'])))
    return found


def tax_label(view, tax):
    """Name of a tax with its rate."""
    label = view.text(tax['label'])
    if tax.get('rate') is None:
        return label
    return f"{label} {formats.percent(tax['rate'], view.lang)}"


def annexes(view, texts):
    """Small tables below the total: [{'title', 'rows': [(label, date, amount)]}]."""
    found = [_company_currency(view, texts)] if view.data.get('company_currency') else []
    return found + document_terms.annexes(view, texts) + document_asked.annexes(view, texts)


def _company_currency(view, texts):
    """The taxes of an invoice in another currency, in that of the company's books."""
    books = view.data['company_currency']

    def money(value):
        return Value(formats.money(value, books['currency'], view.lang, books['decimals']))

    return {
        'title': texts['taxes_in'] % books['currency'],
        'rows': [(texts['subtotal'], '', money(books['untaxed']))] + [
            (tax_label(view, tax), '', money(tax['company_amount']))
            for tax in view.data['taxes'] if tax.get('company_amount')],
    }
