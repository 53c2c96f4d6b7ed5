"""Placeholders of invoice messages: a closed list, replaced as text and never evaluated."""
import re

#: what a message may contain in braces
COMMON = ('first_name', 'name', 'account_number', 'amount_due', 'due_date', 'plan',
          'next_bill_date', 'invoice_number', 'company')
#: only in notices that announce something on a day
NOTICE = ('event_date', 'last_day', 'event_plan', 'bills_left', 'new_price', 'old_price')
_FOUND = re.compile(r'\{([^{}\n]*)\}')
#: how long a value is at most, for the counter
_LENGTHS = {'first_name': 12, 'name': 24, 'account_number': 12, 'amount_due': 10, 'due_date': 18,
            'plan': 20, 'next_bill_date': 18, 'invoice_number': 16, 'company': 24,
            'event_date': 18, 'last_day': 18, 'event_plan': 20, 'bills_left': 2, 'new_price': 10,
            'old_price': 10}


def used(text):
    """Names of the placeholders in a text, in order.

    :rtype: list
    """
    return _FOUND.findall(text or '')


def unknown(text, allowed):
    """Names in a text that are not allowed, in order; a brace that stands alone counts as one.

    :param allowed: names
    :rtype: list
    """
    wrong = [name for name in used(text) if name not in allowed]
    rest = _FOUND.sub('', text or '')
    return wrong + [brace for brace in '{}' if brace in rest]


def fill(text, values):
    """The text with its values; None when a value is missing, for a sentence with a hole helps
    nobody.

    A value that itself looks like a placeholder stays as it is: nothing is replaced twice.

    :param dict values: texts by name
    :rtype: str
    """
    if any(not values.get(name) for name in used(text)):
        return None
    return _FOUND.sub(lambda match: values[match.group(1)], text or '')


def length(text):
    """Characters of a text when it is printed, with usual values.

    :rtype: int
    """
    return len(_FOUND.sub(lambda match: '0' * _LENGTHS.get(match.group(1), 0), text or ''))
