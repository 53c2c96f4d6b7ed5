"""From the frozen facts of an invoice to the texts that its page shows in one language.

Pure: takes the dict that was frozen when the invoice was posted (amounts and dates as text,
wording in each language) and gives back a dict of ready strings, so that the template holds the
layout only and a re-print depends on nothing that can be edited.
"""
from decimal import Decimal

from . import formats
from .document_words import words

KINDS = ('internet', 'voice', 'tv', 'equipment', 'addon', 'one_time', 'other')
# Fewer lines than this need no headings of kinds between them.
MIN_LINES_FOR_HEADINGS = 8
# More payments than this are shown as one sum.
MAX_PAYMENT_ROWS = 3


def build_view(data, language):
    """Strings of one document.

    :param dict data: frozen facts, see ``isp.document.data``
    :param str language: ``en`` or ``fr``
    :return: what the template shows; see the keys below
    :rtype: dict
    """
    lang = data['locales'][language]
    view = _Writer(data, language, lang)
    texts = words(lang)
    refund = data['kind'] == 'refund'
    due = Decimal(data['summary']['due']) if data.get('summary') else Decimal(data['total'])
    payable = not refund and due > 0
    return {
        'lang': lang.replace('_', '-'),
        'w': texts,
        'refund': refund,
        'draft': data.get('draft') and texts['draft'],
        'title': texts['title_refund' if refund else 'title_invoice'],
        'number': data['number'] or '',
        'origin': refund and data.get('origin') and texts['corrects'] % data['origin'],
        'company': data['company'],
        'company_address': data['company']['address'][language],
        'customer': data['customer'],
        'customer_address': data['customer']['address'][language],
        'service': data.get('service') and ', '.join(data['service']['address'][language]),
        'amount_label': texts['credit_amount' if refund else 'amount_due'],
        'amount_due': view.money(data['total'] if refund else due),
        'payable': payable,
        'due_date': payable and data['due_date'] and formats.long_date(data['due_date'], lang),
        'facts': view.facts(texts, refund),
        'summary': view.summary(texts) if not refund and data.get('summary') else None,
        'message': view.text(data.get('message')),
        'sections': view.sections(texts),
        'totals': view.totals(texts, refund),
        'total': (texts['total_refund' if refund else 'total_new'], view.money(data['total'])),
        'details': texts['details_refund' if refund else 'details'],
        'how_to_pay': view.how_to_pay(texts) if payable else [],
        'instructions': view.text(data['payment'].get('instructions')) if payable else None,
        'terms': view.text(data.get('terms')),
        'support': view.support(texts),
        'slip': payable and data['payment'].get('slip'),
        'qr': payable and data['payment'].get('qr') or None,
        'qr_label': texts['scan_' + ((data['payment'].get('qr') or {}).get('type') or 'link')],
        'account_number': _group_digits(data.get('account_number') or ''),
        'footer': view.footer(),
    }


def mail_texts(data, language):
    """Short texts about a document for its e-mail; a hyphen is the minus sign there.

    :return: dict of title, number, amount, due_date ('' when nothing is to be paid),
        refund, period, name, company, account_number, support
    """
    view = build_view(data, language)
    return {
        'title': view['title'], 'number': view['number'],
        'amount': view['amount_due'].replace(formats.MINUS, formats.HYPHEN),
        'due_date': view['due_date'] or '', 'refund': view['refund'],
        'period': formats.period(*data['period'], data['locales'][language])
        if data.get('period') else '',
        'name': view['customer']['name'], 'company': view['company']['name'],
        'account_number': data.get('account_number') or '',
        'support': view['support'],
    }


class _Writer:
    """Writes the parts of one document in one language."""

    def __init__(self, data, language, lang):
        self.data, self.language, self.lang = data, language, lang

    def text(self, pair):
        """The wording of this language, or of the other one when it has none."""
        if not pair:
            return None
        return pair.get(self.language) or pair.get('en') or pair.get('fr') or None

    def money(self, value):
        return formats.money(value, self.data['currency'], self.lang, self.data['decimals'])

    def amount(self, value):
        return formats.amount(value, self.data['currency'], self.lang, self.data['decimals'])

    def facts(self, texts, refund):
        """Rows of the card: account, date, period."""
        data, rows = self.data, []
        if data.get('account_number'):
            rows.append((texts['account_no'], _group_digits(data['account_number'])))
        if data['invoice_date']:
            rows.append((texts['refund_date' if refund else 'invoice_date'],
                         [formats.long_date(data['invoice_date'], self.lang)]))
        if data.get('period'):
            rows.append((texts['billing_period'],
                         [formats.period(*data['period'], self.lang)]))
        return rows

    def summary(self, texts):
        """Rows of the account summary and its total."""
        facts = self.data['summary']
        rows = [(texts['previous_balance'], self.money(facts['previous']))]
        payments = [row for row in facts['movements'] if row['type'] == 'payment']
        others = [row for row in facts['movements'] if row['type'] != 'payment']
        if len(payments) > MAX_PAYMENT_ROWS:
            rows.append((texts['payments_received'], self.money(_total(payments))))
        else:
            rows += [(texts['payment_received'] % formats.short_date(row['date'], self.lang),
                      self.money(row['amount'])) for row in payments]
        if others:
            rows.append((texts['adjustments'], self.money(_total(others))))
        rows.append((texts['balance_forward'], self.money(facts['forward'])))
        rows.append((texts['new_charges'], self.money(self.data['total'])))
        return {'rows': rows, 'total': (texts['total_due'], self.money(facts['due']))}

    def sections(self, texts):
        """Lines by kind of plan, with a heading for each kind when there are many lines."""
        by_kind = {}
        for line in self.data['lines']:
            by_kind.setdefault(line['kind'] if line['kind'] in KINDS else 'other', []).append(line)
        headings = len(by_kind) > 1 and len(self.data['lines']) >= MIN_LINES_FOR_HEADINGS
        return [{
            'title': texts['kind_' + kind] if headings else None,
            'rows': [self.line(line, texts) for line in by_kind[kind]],
        } for kind in KINDS if kind in by_kind]

    def line(self, line, texts):
        """One row of the details."""
        notes = []
        if line.get('days') and line.get('period_days') and line['days'] != line['period_days']:
            notes.append(texts['part_of_period'] % (line['days'], line['period_days']))
        if line.get('discount') and Decimal(line['discount']):
            notes.append(texts['discount'] % formats.percent(line['discount'], self.lang))
        return {
            'text': self.text(line['text']),
            'notes': ', '.join(notes),
            'period': formats.period(line['from'], line['to'], self.lang)
            if line.get('from') and line.get('to') else '',
            'quantity': formats.number(line['quantity'], self.lang),
            'unit_price': self.amount(line['price_unit']),
            'amount': self.amount(line['amount']),
        }

    def totals(self, texts, refund):
        """Subtotal and one row per tax, each with its registration number."""
        rows = [(texts['subtotal'], '', self.money(self.data['untaxed']))]
        for tax in self.data['taxes']:
            label = self.text(tax['label'])
            if tax.get('rate') is not None:
                label = f"{label} {formats.percent(tax['rate'], self.lang)}"
            number = tax.get('number') and texts['registration'] % tax['number'] or ''
            rows.append((label, number, self.money(tax['amount'])))
        return rows

    def how_to_pay(self, texts):
        """Ways to pay, as (name, text)."""
        payment, rows = self.data['payment'], []
        if payment.get('instructions'):
            return rows
        if payment.get('portal_host'):
            rows.append((texts['pay_online'], texts['pay_online_text'] % payment['portal_host']))
        if payment.get('iban'):
            rows.append((texts['pay_transfer'], texts['pay_transfer_text'] % (
                payment['iban'], self.data['payment'].get('reference') or self.data['number'])))
        elif self.data.get('account_number'):
            rows.append((texts['pay_bank'],
                         texts['pay_bank_text'] % self.data['company']['name']))
        if payment.get('slip'):
            rows.append((texts['pay_mail'], texts['pay_mail_text']))
        return rows

    def support(self, texts):
        """Where to ask, in one line."""
        support = self.data.get('support') or {}
        parts = [part for part in (support.get('phone'), self.text(support.get('hours'))) if part]
        return parts and f"{texts['questions']} {' · '.join(parts)}" or ''

    def footer(self):
        """Name, address and ways to reach the company, in one line."""
        company = self.data['company']
        parts = [company['name'], ', '.join(company['address'][self.language]),
                 company.get('phone'), company.get('website'), self.text(company.get('legal'))]
        return ' · '.join(part for part in parts if part)


def _total(rows):
    return sum((Decimal(row['amount']) for row in rows), Decimal(0))


def _group_digits(number):
    """Groups of a long number, for reading; joined they are the number itself."""
    if not number.isdecimal() or len(number) < 7:
        return [number] if number else []
    head = [number[place:place + 3] for place in range(0, len(number) - 4, 3)]
    used = sum(len(group) for group in head)
    if used > len(number) - 3:
        head, used = head[:-1], used - len(head[-1])
    return head + [number[used:]]
