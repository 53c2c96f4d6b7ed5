"""What is left of open items: credits settle the oldest debts first. Pure arithmetic."""
from decimal import Decimal

from .document_layout import AGES

ZERO = Decimal(0)
LIMITS = ((0, 'current'), (30, 'd30'), (60, 'd60'), (90, 'd90'))


def age_of(days):
    """The age of an item that was due so many days ago: one of ``document_layout.AGES``."""
    return next((age for limit, age in LIMITS if days <= limit), 'older')


def settle_oldest(rows):
    """Take open credits from the debts, the longest overdue first.

    :param rows: iterable of (days since the due date, open amount as Decimal)
    :return: (debts as a list of (days, rest), oldest first; rest of the credits, not negative)
    """
    rows = list(rows)
    credit = -sum((amount for _days, amount in rows if amount < 0), ZERO)
    left = []
    for days, amount in sorted((row for row in rows if row[1] > 0), reverse=True):
        used = min(credit, amount)
        credit -= used
        left.append((days, amount - used))
    return left, credit


def overdue(rows):
    """What of open items is past its due date after all credits were taken off (Decimal)."""
    return sum((amount for days, amount in settle_oldest(rows)[0] if days > 0), ZERO)


def ages(rows):
    """Open amount by age; what is left of the credits lowers what is not yet due.

    :return: {age: Decimal}; their sum is the balance
    """
    left, credit = settle_oldest(rows)
    found = dict.fromkeys(AGES, ZERO)
    for days, amount in left:
        found[age_of(days)] += amount
    found['current'] -= credit
    return found


def pair_oldest(debts, payments):
    """Which credit settles which debt, both in the order given.

    :param debts: list of (key, open amount); amounts are positive Decimals
    :param payments: list of (key, open amount), positive, too
    :return: list of (key of the debt, key of the credit)
    """
    pairs, debts, payments = [], [list(row) for row in debts], [list(row) for row in payments]
    while debts and payments:
        debt, credit = debts[0], payments[0]
        used = min(debt[1], credit[1])
        pairs.append((debt[0], credit[0]))
        debt[1] -= used
        credit[1] -= used
        debts = debts if debt[1] else debts[1:]
        payments = payments if credit[1] else payments[1:]
    return pairs
