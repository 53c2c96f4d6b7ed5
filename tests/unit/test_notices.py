"""Notices count bills, not months: by hand-made calendars."""
from datetime import date

import pytest

from odoo.addons.isp_billing.engine import notices


@pytest.mark.parametrize(('day', 'event', 'months', 'days', 'left'), [
    # monthly, on the first
    ('2026-11-01', '2027-01-01', 1, 0, 2),
    ('2026-12-01', '2027-01-01', 1, 0, 1),
    ('2026-11-01', '2027-01-15', 1, 0, 3),
    ('2026-11-02', '2027-01-01', 1, 0, 2),
    # the last day of the month, and the 30th
    ('2027-01-31', '2027-03-31', 1, 0, 2),
    ('2027-02-28', '2027-03-31', 1, 0, 1),
    ('2027-01-30', '2027-02-28', 1, 0, 1),
    ('2028-01-31', '2028-02-29', 1, 0, 1),
    # quarterly, yearly, weekly, every ten days
    ('2026-10-01', '2027-02-01', 3, 0, 2),
    ('2027-01-01', '2027-02-01', 3, 0, 1),
    ('2026-07-01', '2027-02-01', 12, 0, 1),
    ('2026-07-01', '2027-07-02', 12, 0, 2),
    ('2026-11-02', '2026-11-23', 0, 7, 3),
    ('2026-11-02', '2026-11-12', 0, 10, 1),
])
def test_bills_left(day, event, months, days, left):
    day, event = date.fromisoformat(day), date.fromisoformat(event)
    assert notices.bills_left(day, event, months, days) == left
    assert notices.limit(day, left, months, days) >= event
    assert left == 1 or notices.limit(day, left - 1, months, days) < event


def test_no_time_between_bills_is_refused():
    with pytest.raises(ValueError, match="no time"):
        notices.bills_left(date(2026, 1, 1), date(2026, 2, 1), 0, 0)
