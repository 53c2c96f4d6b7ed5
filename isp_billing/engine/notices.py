"""Notices that count themselves down: how many bills are left before a day."""
from datetime import timedelta

from dateutil.relativedelta import relativedelta

ONE_DAY = timedelta(days=1)


def bills_left(day, event, months=1, days=0):
    """Bills from the one of a day to the last one before an event: 1 on the last one.

    :param date day: first day that the bill is about
    :param date event: the day that is announced, after ``day``
    :param int months: months between two bills
    :param int days: days between two bills, added to the months
    :rtype: int
    """
    if months <= 0 and days <= 0:
        raise ValueError("There is no time between two bills")
    number = 1
    while limit(day, number, months, days) < event:
        number += 1
    return number


def limit(day, number, months, days=0):
    """Last day of events that stand on at most so many bills, counted from the one of a day.

    From the last day of a month one comes to the last day of another.  The query of notices
    (models/isp_invoice_notice.py) says the same in SQL.

    :rtype: date
    """
    step = relativedelta(months=months * number, days=days * number)
    return max(day + step, day + ONE_DAY + step - ONE_DAY)
