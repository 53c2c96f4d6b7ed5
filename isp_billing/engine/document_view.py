"""From the frozen facts of an invoice to the texts that its page shows in one language.

Pure: takes the dict that was frozen when the invoice was posted (amounts and dates as text,
wording in each language) and gives back a dict of ready strings, so that the template holds the
layout only and a re-print depends on nothing that can be edited.
"""
from decimal import Decimal

from . import (
    document_amounts,
    document_asked,
    document_customer,
    document_fit,
    document_layout,
    document_pay,
    document_terms,
    document_totals,
    formats,
)
from .document_both import Value, merge_views
from .document_words import words

KINDS = (
    'internet', 'voice', 'tv', 'equipment', 'addon', 'usage', 'one_time', 'other', 'credit',
)
# Fewer lines than this need no headings of kinds between them.
MIN_LINES_FOR_HEADINGS = 8
# More payments than this are shown as one sum.
MAX_PAYMENT_ROWS = 3


def build_view(data, language):
    """Strings of one document.

    :param dict data: frozen facts, see ``isp.document.data``
    :param str language: ``en``, ``fr`` or ``both`` (French first)
    :return: what the template shows; see the keys below
    :rtype: dict
    """
    if language == 'both':
        return fitted(merge_views(_view(data, 'fr'), _view(data, 'en')))
    return fitted(_view(data, language))


def fitted(view):
    """A view whose page is told which texts need smaller type and which columns more room."""
    page_class = ' '.join([view['page_class'], *document_fit.classes(view),
                           *document_amounts.classes(view)]).strip()
    return {**view, 'page_class': Value(page_class)}


def _view(data, language):
    """Strings of one document in English or French."""
    lang = data['locales'][language]
    data = document_asked.at_present(data)
    view = PageWriter(data, language, lang)
    texts = document_asked.words_for(data, document_terms.words_for(data, words(lang)))
    facts = view.heading(texts)
    refund, payable = facts['refund'], facts['payable']
    slip = view.slip(payable)
    return {
        'lang': lang.replace('_', '-'),
        'w': texts,
        'draft': document_asked.mark(data, texts),
        **view.layout_parts(texts, refund),
        'page_class': view.page_class(slip),
        **facts,
        'heading': facts['title'],
        'origin': refund and document_asked.origin(data, texts, lang),
        'company': data['company'],
        'company_address': view.company_address(),
        'customer': data['customer'],
        'customer_names': document_customer.names(data),
        'customer_address': data['customer']['address'][language],
        'service': data.get('service') and ', '.join(data['service']['address'][language]),
        'amount_label': texts['credit_amount' if refund else 'amount_due'],
        'facts': view.facts(texts, refund),
        'summary': view.summary(texts) if not refund and view.has_statement() else None,
        'message': view.text(data.get('message')),
        'sections': view.sections(texts),
        'totals': document_totals.rows(view, texts),
        'annexes': document_totals.annexes(view, texts),
        'mentions': [view.text(mention) for mention in data.get('mentions', ())],
        'total': (texts['total_refund' if refund else 'total_new'], view.money(data['total'])),
        'details': texts['details_refund' if refund else 'details'],
        'how_to_pay': document_pay.rows(view, texts) if payable else [],
        'instructions': view.text(data['payment'].get('instructions')) if payable else None,
        'note': data.get('note') or None,
        'terms': view.text(view.own('terms') or data.get('terms')),
        'support': view.support(texts),
        'slip': slip, 'qr': view.qr(payable),
        'qr_label': view.scan(texts), 'qr_caption': view.scan(texts),
        'account_number': view.account_digits(),
        'footer': view.footer(),
    }


def mail_texts(data, language):
    """Short texts about a document for its e-mail; a hyphen is the minus sign there.

    :return: dict of title, number, amount, its label, due_date ('' when nothing is to be paid),
        refund, period, name, company, account_number, support
    """
    lang = data['locales'][language]
    data = document_asked.at_present(data)
    view = PageWriter(data, language, lang)
    texts = document_asked.words_for(data, document_terms.words_for(data, words(lang)))
    facts = view.heading(texts)
    return {
        'title': facts['title'], 'number': facts['number'],
        'amount_label': texts['credit_amount'] if facts['refund']
        else document_asked.mail_label(data, texts),
        'pay_by': texts['pay_by'],
        'amount': facts['amount_due'].replace(formats.MINUS, formats.HYPHEN),
        'due_date': document_terms.mail_date(data, facts['due_date'] or '', texts),
        'refund': facts['refund'],
        'period': formats.period(*data['period'], lang) if data.get('period') else '',
        'name': data['customer']['name'], 'company': data['company']['name'],
        'account_number': data.get('account_number') or '',
        'support': view.support(texts),
    }


class PageWriter:
    """Writes the parts of one document in one language."""

    def __init__(self, data, language, lang):
        self.data, self.language, self.lang = data, language, lang
        self.layout = document_layout.settings_of(data)

    def heading(self, texts):
        """What the document is and what it asks for: all that its e-mail needs, too."""
        data, refund = self.data, self.data['kind'] == 'refund'
        due = document_asked.due(data)
        payable = not refund and due > 0
        return {
            'refund': refund, 'payable': payable,
            'title': texts['title_refund' if refund else 'title_invoice'],
            'number': data['number'] or '',
            'amount_due': self.money(data['total'] if refund else due),
            'due_date': payable and data['due_date'] and formats.long_date(
                data['due_date'], self.lang),
        }

    def layout_parts(self, texts, refund):
        """What the layout adds to a page: columns, classes, aging and the past-due stamp."""
        late = not refund and min(
            document_layout.overdue(self.data), document_asked.due(self.data))
        marked = document_asked.mark(self.data, texts)
        return {
            'columns': document_layout.columns(self.layout),
            'aging': self.aging(texts) if not refund and self.layout['aging'] else None,
            'stamp': marked or self.layout['past_due'] and late > 0 and texts['past_due'] or None,
            'overdue': self.layout['past_due'] and late > 0 and (
                texts['overdue_amount'], self.money(late)) or None,
        }

    def slip(self, payable):
        """Size of the payment slip, False without one."""
        return document_layout.slip_size(
            self.layout, payable and bool(self.data['payment'].get('slip')))

    def qr(self, payable):
        """Facts of the square code, None without one."""
        wanted = payable and self.layout['qr'] != 'none'
        return wanted and self.data['payment'].get('qr') or None

    def page_class(self, slip):
        return Value(document_layout.page_classes(self.layout, slip, self.data.get('paper')))

    def has_statement(self):
        """Whether the account summary is printed: always when something is brought forward."""
        facts = self.data.get('summary')
        if not facts or self.data.get('cancelled'):
            return False
        return bool(self.layout['statement'] or Decimal(facts['forward']) != 0
                    or self.data.get('asked'))

    def aging(self, texts):
        """What is owed by age: [(label, amount)]."""
        ages = self.data.get('aging')
        return [(texts['age_' + age], self.money(ages[age]))
                for age in document_layout.AGES] if ages else None

    def own(self, name):
        """A text of the layout in both languages, None when it has none."""
        return self.layout[name] if any(self.layout[name].values()) else None

    def company_address(self):
        """Lines of the company's address: those of the layout, else of the company."""
        own = self.text(self.own('address'))
        return own.splitlines() if own else self.data['company']['address'][self.language]

    def account_digits(self):
        return document_layout.account_digits(
            self.data.get('account_number') or '', _group_digits, self.layout)

    def text(self, pair):
        """The wording of this language, or of the other one when it has none."""
        if not pair:
            return None
        return pair.get(self.language) or pair.get('en') or pair.get('fr') or None

    def money(self, value):
        return Value(
            formats.money(value, self.data['currency'], self.lang, self.data['decimals']))

    def amount(self, value):
        return Value(
            formats.amount(value, self.data['currency'], self.lang, self.data['decimals']))

    def facts(self, texts, refund):
        """Rows of the card: account, date, period, what the customer's books need."""
        data, rows = self.data, []
        if data.get('account_number'):
            rows.append((texts['account_no'], self.account_digits()))
        if data['invoice_date']:
            rows.append((texts['refund_date' if refund else 'invoice_date'],
                         [Value(formats.long_date(data['invoice_date'], self.lang))]))
        if data.get('period'):
            rows.append((texts['billing_period'],
                         [Value(formats.period(*data['period'], self.lang))]))
        return rows + document_customer.rows(data, texts, self.language)

    def summary(self, texts):
        """Rows of the account summary and its total."""
        facts = self.data['summary']
        total = (texts['total_due'], self.money(document_asked.due(self.data)))
        since = document_asked.summary_rows(self, texts)
        if not self.layout['statement']:
            return {'total': total, 'rows': [
                (texts['balance_forward'], self.money(facts['forward'])),
                (texts['new_charges'], self.money(self.data['total'])), *since]}
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
        return {'rows': rows + since, 'total': total}

    def sections(self, texts):
        """Lines in the groups of the layout, each with its heading or None."""
        found = document_layout.groups(
            self.data, self.layout, KINDS, self.language, MIN_LINES_FOR_HEADINGS)
        return [{
            'title': texts['kind_' + kind] if kind else place and Value(place),
            'rows': [self.line(line, texts) for line in lines],
        } for kind, place, lines in found]

    def line(self, line, texts):
        """One row of the details."""
        if line['kind'] in document_layout.TEXT_KINDS:
            return {'span': document_layout.TEXT_KINDS[line['kind']],
                    'text': self.text(line['text']), 'notes': '', 'details': []}
        notes = []
        if line.get('days') and line.get('period_days') and line['days'] != line['period_days']:
            notes.append(self.part_of_period(line, texts))
        if line.get('discount') and Decimal(line['discount']):
            notes.append(texts['discount'] % formats.percent(line['discount'], self.lang))
        if line.get('instalment'):
            notes.append(texts['instalment'] % tuple(line['instalment']))
        details = [self.detail(row) for row in line.get('reductions') or ()]
        if self.layout['usage_details']:
            details += [self.detail(row) for row in line.get('details') or ()]
        return {
            'text': self.text(line['text']),
            'notes': ', '.join(notes),
            'code': Value(line.get('code') or ''),
            'period': Value(formats.period(line['from'], line['to'], self.lang))
            if line.get('from') and line.get('to') else '',
            'quantity': Value(formats.number(
                line['quantity'], self.lang, line.get('quantity_decimals', 3))),
            'unit_price': self.rate(line['price_unit']),
            'amount': self.amount(line['amount']),
            'details': details,
        }

    def part_of_period(self, line, texts):
        """How many days of its period a line bills: ``1 jour sur 31``, ``10 of 31 days``."""
        one = '_one' if formats.is_singular(line['days'], self.lang) else ''
        return texts['part_of_period' + one] % (line['days'], line['period_days'])

    def detail(self, detail):
        """One small row under a line: what its amount is made of.

        Facts of a detail, of which any may be missing: ``text`` in each language, ``date`` (ISO),
        ``quantity`` and ``unit`` (key of ``formats.UNITS``), ``price_unit``, ``amount``.  Date and
        quantity stand in the column of periods, beside the text where that is hidden.
        """
        quantity = detail.get('quantity') or ''
        if quantity:
            quantity = formats.quantity_with_unit(quantity, detail['unit'], self.lang) \
                if detail.get('unit') else formats.number(quantity, self.lang)
        day = formats.short_date(detail['date'], self.lang) if detail.get('date') else ''
        when = ' · '.join(part for part in (day, quantity) if part)
        apart = self.layout['periods']
        return {
            'text': self.text(detail.get('text')) or '', 'notes': '',
            'before': Value('' if apart else when), 'period': Value(when if apart else ''),
            'code': Value(''), 'quantity': Value(''),
            'unit_price': self.rate(detail['price_unit']) if detail.get('price_unit') else '',
            'amount': self.amount(detail['amount']) if detail.get('amount') else '',
        }

    def rate(self, value):
        """A price per unit, which may have more decimals than the currency."""
        digits = -Decimal(value).normalize().as_tuple().exponent
        return Value(formats.number(value, self.lang, 6)) if digits > self.data['decimals'] \
            else self.amount(value)

    def scan(self, texts):
        """What the code is for."""
        code = self.data['payment'].get('qr') or {}
        return texts['scan_' + (code.get('type') or 'link')]

    def support(self, texts):
        """Where to ask, in one line."""
        if not self.layout['support']:
            return ''
        support = self.data.get('support') or {}
        parts = [self.layout['phone_text'] or support.get('phone'),
                 self.text(self.own('hours') or support.get('hours'))]
        found = ' · '.join(part for part in parts if part)
        return found and f"{texts['questions']} {found}"

    def footer(self):
        """Name, address and ways to reach the company, in one line."""
        own = self.text(self.own('footer'))
        if own:
            return own
        company, layout = self.data['company'], self.layout
        parts = [company['name'], ', '.join(self.company_address()),
                 layout['phone'] and (layout['phone_text'] or company.get('phone')),
                 layout['website'] and (layout['website_text'] or company.get('website')),
                 self.text(company.get('legal'))]
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
