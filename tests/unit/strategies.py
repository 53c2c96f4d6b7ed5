"""Random inputs that the property tests share."""
from datetime import date, timedelta
from decimal import Decimal

from hypothesis import strategies as st

from odoo.addons.isp_billing.engine.schedule import Schedule, Timeline

from . import reference

UNITS = {
    "EUR": Decimal("0.01"), "XPF": Decimal("1"), "TND": Decimal("0.001"), "CHF": Decimal("0.05"),
}
METHODS = ("actual", "days30", "none")
INTERVALS = (1, 2, 3, 6, 12)

units = st.sampled_from(sorted(UNITS.values()))
methods = st.sampled_from(METHODS)
days = st.dates(date(2020, 1, 1), date(2030, 12, 31))


def prices(unit=Decimal("0.01"), most=100_000):
    """Prices in multiples of a currency's unit."""
    return st.integers(0, most).map(lambda count: count * unit)


def next_bill_day(since, bill_day):
    """First bill day on or after a day, by trying one day after the other."""
    while since.day != min(bill_day, reference.length_of_month(since.year, since.month)):
        since += timedelta(days=1)
    return since


@st.composite
def calendars(draw, most=3):
    """A timeline of up to ``most`` changes of the bill day, with the reference's calendar."""
    interval = draw(st.sampled_from(INTERVALS))
    anchor = draw(st.dates(date(2023, 1, 1), date(2024, 12, 31)))
    segments = [(date.min, Schedule(anchor, interval))]
    calendar = [(date.min, reference.Grid(anchor, interval))]
    since = draw(st.dates(date(2024, 1, 1), date(2024, 6, 30)))
    # few different days, so that the old one comes back
    choices = draw(st.lists(st.integers(1, 31), min_size=1, max_size=2)) + [anchor.day]
    for _number in range(draw(st.integers(0, most))):
        bill_day = draw(st.sampled_from(choices))
        start = next_bill_day(since, bill_day)
        segments.append((since, Schedule(start, interval, "month", bill_day)))
        calendar.append((since, reference.Grid(start, interval, False, bill_day)))
        since += timedelta(days=draw(st.one_of(st.integers(1, 30), st.integers(1, 200))))
    return Timeline(tuple(segments)), tuple(calendar)
