"""Statements of account, receipts and reminders: from facts to the texts of their page."""
from decimal import Decimal

from . import document_customer, document_pay, formats
from .document_both import Value, merge_views
from .document_view import PageWriter, fitted
from .document_words import words

KINDS = ('statement', 'receipt', 'reminder')
AMOUNT_LABELS = {
    'statement': 'amount_due', 'receipt': 'received_amount', 'reminder': 'overdue_total'}


def build_letter(data, language):
    """Strings of one letter, in the shape of ``document_view.build_view`` where they share parts.

    :param dict data: facts, see ``isp.account.document``
    :param str language: ``en``, ``fr`` or ``both`` (French first)
    :rtype: dict
    """
    if language == 'both':
        return fitted(merge_views(_view(data, 'fr'), _view(data, 'en')))
    return fitted(_view(data, language))


def _view(data, language):
    """Strings of one letter in English or French."""
    lang = data['locales'][language]
    texts, write = words(lang), PageWriter(data, language, lang)
    kind = data['kind']
    payable = kind != 'receipt' and Decimal(data['amount']) > 0
    slip = write.slip(payable)
    view = {
        'lang': lang.replace('_', '-'), 'w': texts, 'draft': None,
        'refund': kind != 'statement' or Decimal(data['amount']) > 0,
        'columns': [], 'page_class': write.page_class(slip),
        'aging': write.aging(texts) if kind == 'statement' else None, 'stamp': None,
        'overdue': None, 'title': texts['title_' + kind], 'heading': texts['title_' + kind],
        'number': data.get('number') or '', 'origin': None, 'company': data['company'],
        'company_address': write.company_address(), 'customer': data['customer'],
        'customer_names': document_customer.names(data),
        'customer_address': data['customer']['address'][language], 'service': None,
        'amount_label': texts[AMOUNT_LABELS[kind]],
        'amount_due': write.money(data['amount']), 'due_date': None, 'text': None,
        'facts': _facts(data, texts, write), 'support': write.support(texts), 'slip': slip,
        'qr': write.qr(payable), 'qr_label': write.scan(texts), 'qr_caption': write.scan(texts),
        'account_number': write.account_digits(),
        'how_to_pay': document_pay.rows(write, texts) if payable else [],
        'instructions': write.text(data['payment'].get('instructions')) if payable else None,
        'terms': write.text(write.own('terms') or data.get('terms')) if payable else None,
        'footer': write.footer(),
    }
    return view | {'statement': _statement, 'receipt': _receipt, 'reminder': _reminder}[kind](
        data, texts, write)


def _facts(data, texts, write):
    rows = []
    if data.get('account_number'):
        rows.append((texts['account_no'], write.account_digits()))
    rows.append((texts['date'], [Value(formats.long_date(data['date'], write.lang))]))
    if data.get('method'):
        rows.append((texts['payment_method'], [write.text(data['method'])]))
    return rows


def _statement(data, texts, write):
    payments = [[Value(row['number']), Value(formats.short_date(row['date'], write.lang)),
                 write.money(row['amount'])] for row in data['payments']]
    tables = [_open_items(data, texts, write, texts['balance'], data['balance'])]
    if payments:
        tables.append({
            'title': texts['payments_title'], 'empty': '', 'total': None, 'rows': payments,
            'columns': [texts['document'], texts['date'], texts['amount']]})
    return {'tables': tables}


def _reminder(data, texts, write):
    if Decimal(data['overdue']) <= 0:
        return {'text': texts['reminder_none'], 'tables': []}
    table = _open_items(data, texts, write, texts['overdue_total'], data['overdue'])
    if Decimal(data['unused']):
        table['rows'].append([texts['unused_credits'], '', '', '', write.money(data['unused'])])
    return {
        'text': write.text(write.own('reminder')) or texts['reminder_text'], 'tables': [table]}


def _receipt(data, texts, write):
    rows = [[Value(row['number']), Value(formats.short_date(row['date'], write.lang)),
             write.money(row['amount'])] for row in data['items']]
    unused = Decimal(data['unused'])
    tables = [{
        'title': texts['paid_invoices'], 'empty': '', 'rows': rows,
        'total': unused and (texts['unused_amount'], write.money(unused)) or None,
        'columns': [texts['document'], texts['date'], texts['amount']]}] if rows else []
    if unused and not rows:
        tables.append({'title': texts['unused_amount'], 'rows': [], 'columns': [],
                       'empty': write.money(unused), 'total': None})
    return {'text': texts['receipt_thanks'], 'tables': tables}


def _open_items(data, texts, write, label, total):
    return {
        'title': texts['open_items'], 'empty': texts['open_none'],
        'columns': [texts['document'], texts['date'], texts['due_date'], texts['amount'],
                    texts['open_amount']],
        'rows': [[
            Value(row['number']), Value(formats.short_date(row['date'], write.lang)),
            Value(formats.short_date(row['due'], write.lang)), write.money(row['amount']),
            write.money(row['open']),
        ] for row in data['items']],
        'total': data['items'] and (label, write.money(total)) or None,
    }
