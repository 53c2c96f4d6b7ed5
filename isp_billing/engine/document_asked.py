"""What a document asks for when something was settled after it was posted.

``data['asked']`` stands beside the facts that were frozen at posting: what is left to pay of an
invoice, or what became of the money of a credit note.  Documents without it ask for what was
frozen.
"""
from decimal import Decimal

from . import formats
from .document_both import Value


def at_present(data):
    """Facts with what is asked for in the place of what was frozen: code, parts of the payment."""
    asked = data.get('asked') or {}
    if 'due' not in asked:
        return data
    data = {key: value for key, value in data.items() if key != 'early'}
    if 'qr' in asked:
        data['payment'] = {**data['payment'], 'qr': asked['qr']}
    if asked.get('maturities'):
        data |= {'maturities': asked['maturities'], 'due_date': asked['maturities'][0]['date']}
    elif 'maturities' in asked:
        data['maturities'] = []
    return data


def due(data):
    """What an invoice asks for (Decimal); nothing when it is cancelled."""
    if data.get('cancelled'):
        return Decimal(0)
    asked = data.get('asked') or {}
    if 'due' in asked:
        return Decimal(asked['due'])
    return Decimal(data['summary']['due'] if data.get('summary') else data['total'])


def mark(data, texts):
    """A word across the page and at its head: it is a draft, or it is cancelled (str or None)."""
    if data.get('cancelled'):
        return texts['cancelled_refund' if data['kind'] == 'refund' else 'cancelled']
    return data.get('draft') and texts['draft']


def words_for(data, texts):
    """Words of a document: why there is nothing to be paid."""
    said = _settled_word(data)
    return {**texts, 'no_payment': texts[said]} if said else texts


def mail_label(data, texts):
    """Label of the amount in an e-mail."""
    said = data['kind'] != 'refund' and _settled_word(data)
    return f"{texts['amount_due']} – {texts[said]}" if said else texts['amount_due']


def _settled_word(data):
    """Key of the word that says how an invoice was settled, None while something is due."""
    if data.get('cancelled'):
        return 'cancelled_text'
    asked = data.get('asked') or {}
    if Decimal(asked.get('settled', 0)) <= 0 or due(data) > 0:
        return None
    return 'credited' if asked['reversed'] else 'paid'


def summary_rows(view, texts):
    """What the account summary adds to the frozen balance: [(label, amount)]."""
    asked = view.data.get('asked') or {}
    return [(texts['settled'], view.money(-Decimal(asked['settled'])))] \
        if 'settled' in asked else []


def origin(data, texts, lang):
    """The sentence at the head of a credit note that names the invoice it corrects."""
    origins = data.get('origins') or ()
    if len(origins) == 1:
        return texts['corrects_dated'] % (
            origins[0]['number'], formats.long_date(origins[0]['date'], lang))
    if origins:
        return texts['corrects_several'] % len(origins)
    return data.get('origin') and texts['corrects'] % data['origin']


def annexes(view, texts):
    """Small tables of a credit note, see ``document_totals.annexes``."""
    data, found = view.data, []
    origins = data.get('origins') or ()
    if len(origins) > 1:
        found.append({'title': texts['corrected'], 'rows': [
            (Value(row['number']), Value(formats.long_date(row['date'], view.lang)), '')
            for row in origins]})
    use = (data.get('asked') or {}).get('use')
    if use:
        found.append({'title': texts['credit_use'], 'rows': [
            (_used(texts['credit_' + row['use']], row['number']), '', view.money(row['amount']))
            for row in use]})
    return found


def _used(words, number):
    return words % number if number else words
