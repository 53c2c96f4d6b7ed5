"""Periods come from the anchor: hard cases and properties of schedules."""
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.isp_billing.engine.schedule import (
    ONE_DAY,
    Period,
    Schedule,
    Timeline,
    first_bill_day,
    month_day,
)

from . import reference, strategies
from .ledger import day


def spans(schedule, count):
    """The first periods as text, "first..last" without the year."""
    periods = [schedule.period(k) for k in range(count)]
    return [f"{p.first:%m-%d}..{p.last:%m-%d}" for p in periods]


def test_case_021_anchor_31_in_a_leap_year():
    assert spans(Schedule(day("2024-01-31")), 5) == [
        "01-31..02-28", "02-29..03-30", "03-31..04-29", "04-30..05-30", "05-31..06-29",
    ]


def test_case_022_anchor_31_in_a_common_year():
    schedule = Schedule(day("2023-01-31"))
    assert [f"{schedule.start(k):%m-%d}" for k in range(5)] == [
        "01-31", "02-28", "03-31", "04-30", "05-31",
    ]


def test_case_025_yearly_from_29_february():
    schedule = Schedule(day("2024-02-29"), 1, "year")
    assert [str(schedule.start(k)) for k in range(1, 5)] == [
        "2025-02-28", "2026-02-28", "2027-02-28", "2028-02-29",
    ]


@pytest.mark.parametrize("interval", [1, 2, 3, 6, 12])
@pytest.mark.parametrize("anchor", range(1, 32))
def test_case_027_any_anchor_and_interval(anchor, interval):
    first = date(2023, 1, anchor)
    schedule = Schedule(first, interval)
    walked = first
    for k in range(600):
        period = schedule.period(k)
        assert period.first == walked == schedule.start(k)
        assert period.first.day == min(
            anchor, reference.length_of_month(period.first.year, period.first.month)
        )
        walked = schedule.next_start(walked)
        assert period.last + ONE_DAY == walked
        assert schedule.index(period.first) == schedule.index(period.last) == k


def test_case_028_change_of_bill_day_makes_a_stub_of_the_new_schedule():
    timeline = Timeline((
        (date.min, Schedule(day("2024-01-01"))), (day("2024-04-01"), Schedule(day("2024-04-15"))),
    ))
    found = list(timeline.spans(day("2024-03-01"), day("2024-05-14")))
    assert [(str(full.first), str(first), str(last)) for full, first, last in found] == [
        ("2024-03-01", "2024-03-01", "2024-03-31"), ("2024-03-15", "2024-04-01", "2024-04-14"),
        ("2024-04-15", "2024-04-15", "2024-05-14"),
    ]
    assert found[1][0].days == 31


def test_case_039_daylight_saving_months_count_dates():
    schedule = Schedule(day("2026-01-01"))
    assert schedule.containing(day("2026-03-29")).days == 31
    assert schedule.containing(day("2026-10-25")).days == 31


anchors = st.dates(date(2019, 1, 1), date(2026, 12, 31))
any_schedule = st.one_of(
    st.builds(
        Schedule, anchors, st.integers(1, 24), st.sampled_from(["month", "year"]),
        st.one_of(st.none(), st.integers(1, 31)),
    ).filter(lambda schedule: schedule.months <= 36),
    st.builds(Schedule, anchors, st.integers(1, 60), st.sampled_from(["day", "week"])),
)


@given(any_schedule, strategies.days)
def test_every_day_lies_in_exactly_one_period(schedule, when):
    k = schedule.index(when)
    assert when in schedule.period(k)
    assert schedule.period(k - 1).last + ONE_DAY == schedule.period(k).first
    assert schedule.period(k).last + ONE_DAY == schedule.period(k + 1).first
    assert schedule.next_start(when) == schedule.start(k + 1) > when


@given(any_schedule, st.integers(-60, 60))
def test_start_number_k_is_next_start_applied_k_times(schedule, k):
    walked = schedule.start(-60)
    for _step in range(k + 60):
        walked = schedule.next_start(walked)
    assert walked == schedule.start(k)


@given(any_schedule, strategies.days)
def test_periods_equal_the_reference(schedule, when):
    grid = reference.Grid(
        schedule.anchor, schedule.months or (schedule.start(1) - schedule.start(0)).days,
        not schedule.months, schedule.day or 0,
    )
    period = schedule.containing(when)
    assert (period.first, period.last) == reference.full_period(grid, when)


@given(any_schedule, any_schedule, strategies.days, st.integers(0, 400), st.integers(0, 700))
def test_spans_cover_each_day_once_across_a_change_of_schedule(one, other, first, offset, length):
    last = first + timedelta(days=length)
    timeline = Timeline(((date.min, one), (first + timedelta(days=offset), other)))
    expected = first
    for full, begin, end in timeline.spans(first, last):
        assert begin == expected
        assert begin in full
        assert end in full
        assert timeline.at(begin).containing(begin) == full
        expected = end + ONE_DAY
    assert expected == last + ONE_DAY


@given(strategies.days, st.integers(1, 31))
def test_first_bill_day_is_the_next_one(when, bill_day):
    found = first_bill_day(when, bill_day)
    assert when <= found <= when + timedelta(days=31)
    assert found == month_day(found.year, found.month, bill_day)
    between = ((when + timedelta(days=n)) for n in range((found - when).days))
    assert all(x != month_day(x.year, x.month, bill_day) for x in between)


def test_the_monthly_grid_of_a_quarterly_schedule_keeps_the_bill_day():
    monthly = Schedule(day("2026-01-31"), 3).monthly()
    assert str(monthly.next_start(day("2026-02-10"))) == "2026-02-28"
    weekly = Schedule(day("2026-01-31"), 2, "week")
    assert weekly.monthly() is weekly


def test_the_monthly_grid_keeps_a_bill_day_that_the_anchor_month_does_not_have():
    monthly = Schedule(day("2026-02-28"), 3, "month", 31).monthly()
    assert str(monthly.next_start(day("2026-03-01"))) == "2026-03-31"


def test_the_first_schedule_holds_for_all_days_before_it():
    timeline = Timeline(((day("2026-05-01"), Schedule(day("2026-05-01"))),))
    ((full, first, last),) = timeline.spans(day("2026-04-10"), day("2026-04-20"))
    assert (first, last) == (day("2026-04-10"), day("2026-04-20"))
    assert full == Period(day("2026-04-01"), day("2026-04-30"))
    assert timeline.at(day("2026-01-01")) == Schedule(day("2026-05-01"))


def test_only_changes_that_were_taken_back_within_their_period_are_left_out():
    old, other = Schedule(day("2026-01-01")), Schedule(day("2026-04-15"), 1, "month", 15)
    again = Schedule(day("2026-05-01"), 1, "month", 1)

    def kept(*segments):
        timeline = Timeline(((date.min, old), *((day(since), one) for since, one in segments)))
        return [str(since) for since, _schedule in timeline.segments[1:]]

    assert kept(("2026-04-02", other)) == ["2026-04-02"]
    assert kept(("2026-04-02", other), ("2026-04-20", again)) == ["2026-04-20"]
    # the other schedule had the whole month from its first day on: nothing is cut in two
    assert kept(("2026-04-01", other), ("2026-04-20", again)) == ["2026-04-01", "2026-04-20"]
    assert kept(("2026-04-02", other), ("2026-05-01", again)) == ["2026-04-02", "2026-05-01"]
    assert kept(("2026-04-02", other), ("2026-04-09", other)) == ["2026-04-02", "2026-04-09"]


@pytest.mark.parametrize("values", [
    {"unit": "fortnight"}, {"interval": 0}, {"day": 0}, {"day": 32},
])
def test_impossible_schedules_are_refused(values):
    with pytest.raises(ValueError, match="schedule"):
        Schedule(day("2026-01-01"), **values)


def test_periods_have_days():
    period = Period(day("2026-02-01"), day("2026-02-28"))
    assert period.days == 28
    assert period.intersect(day("2026-02-10"), None) == Period(day("2026-02-10"), day("2026-02-28"))
    assert period.intersect(day("2026-03-01"), None) is None
    with pytest.raises(ValueError, match="ends before"):
        Period(day("2026-02-02"), day("2026-02-01"))
