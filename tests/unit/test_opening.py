"""What a former system charged, on grids of its own, against the second calculator."""
from datetime import timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.isp_billing.engine.opening import former_start, opening
from odoo.addons.isp_billing.engine.schedule import Period, Schedule

from . import reference, strategies
from .ledger import CENT, day

DAY = timedelta(days=1)


def test_case_117_opening_charge_is_worth_what_it_was_for_its_own_period():
    """30.00 for 15 March to 14 April: 14 days of April of it, and 16.00 are left."""
    price, charged, own = opening(
        Schedule(day("2019-06-01")), day("2019-05-15"), day("2026-04-01"), day("2026-04-14"),
        Decimal("30.00"), "actual", CENT, Decimal(30))
    assert (price, charged) == (Decimal("30.00"), Decimal("14.00"))
    assert own == Period(day("2026-03-15"), day("2026-04-14"))


@pytest.mark.parametrize(("start", "amount", "price", "charged"), [
    ("2026-04-05", "10.00", "30.00", "10.00"),  # began within the period
    ("2026-03-25", "20.32", "30.00", "14.00"),  # 21 of the 31 days of 15 March to 14 April
    ("2019-01-01", "14.00", "30.00", "14.00"),  # the former system charged a part of April
])
def test_where_a_service_began_in_the_former_period(start, amount, price, charged):
    first = max(day("2026-04-01"), day(start))
    found = opening(Schedule(day("2026-01-01")), day(start), first, day("2026-04-14"),
                    Decimal(amount), "actual", CENT, Decimal(30))
    assert (round(found[0], 2), found[1]) == (Decimal(price), Decimal(charged))


@given(st.sampled_from(strategies.INTERVALS), strategies.days, strategies.days, strategies.methods,
       strategies.units, st.integers(1, 100_000), st.booleans())
def test_what_is_left_of_the_period_is_what_the_calculator_leaves(
        months, anchor, last, method, unit, count, in_weeks):
    """Former periods of the same length and price, ending on any day of any grid: the charge and
    what the next run bills are the price of the full period, and the next run bills its days.
    """
    price = count * unit
    schedule = Schedule(anchor, months, "week" if in_weeks else "month")
    grid = reference.Grid(anchor, months * 7 if in_weeks else months, in_weeks)
    first, final = reference.full_period(grid, last)
    found, charged, own = opening(
        schedule, day("2010-01-01"), first, last, price, method, unit, price)
    whole, length = Fraction(price), (final - first).days + 1
    if last == final:
        assert (found, charged, own) == (price, price, Period(first, last))
        return
    assert found == price
    assert charged == (whole if method == "none" else reference.worth(
        whole, method, (last - first).days + 1, length, Fraction(unit)))
    assert own.last == last
    assert own.first == former_start(schedule, last) <= first


@given(st.integers(1, 12), strategies.days)
def test_former_periods_follow_one_another(months, last):
    """The day before a former period is the last one of a period as long as this."""
    start = former_start(Schedule(day("2020-01-01"), months), last)
    following = last + DAY
    assert (following.year - start.year) * 12 + following.month - start.month == months
    assert start.day == min(following.day, reference.length_of_month(start.year, start.month))
