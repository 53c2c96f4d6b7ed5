"""When a document is to be paid: in parts, or with a discount for paying early."""
from . import formats
from .document_both import Value


def words_for(data, texts):
    """Words of a document; one that is paid in parts names the day of its first part.

    :param dict data: frozen facts
    :param dict texts: words of the language
    :rtype: dict
    """
    if not data.get('maturities'):
        return texts
    return {**texts, 'pay_by': texts['pay_first_by'], 'due_date': texts['first_due_date']}


def mail_date(data, day, texts):
    """The day by which an e-mail asks to pay: it says so when it is that of the first part."""
    return texts['first_payment'] % day if day and data.get('maturities') else day


def annexes(view, texts):
    """Small tables below the total, see ``document_totals.annexes``.

    :param view: document_view.PageWriter
    """
    found = []
    if view.data.get('maturities'):
        found.append({'title': texts['maturities'], 'rows': [
            _row(view, texts['due_on'], part) for part in view.data['maturities']]})
    if view.data.get('early'):
        early = view.data['early']
        found.append({
            'title': texts['early'] % formats.percent(early['rate'], view.lang),
            'rows': [_row(view, texts['early_by'], early)]})
    return found


def _row(view, label, part):
    return label, Value(formats.long_date(part['date'], view.lang)), view.money(part['amount'])
