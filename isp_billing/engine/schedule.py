"""Recurring schedules: which full period a day belongs to.

Rule 4 of the design: period *k* is computed from the anchor, never from period *k - 1*, so that
a month-end anchor never drifts (31 January, 29 February, 31 March).
"""
from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta

ONE_DAY = timedelta(days=1)
UNITS = ("day", "week", "month", "year")
MONTHS_PER_UNIT = {"month": 1, "year": 12}
DAYS_PER_UNIT = {"day": 1, "week": 7}
LAST_DAY = 31


@dataclass(frozen=True, order=True)
class Period:
    """A span of calendar days, first and last day both served.

    :param first: first day
    :param last: last day, never before ``first``
    """

    first: date
    last: date

    def __post_init__(self):
        if self.last < self.first:
            raise ValueError(f"A period ends before it starts: {self.first} .. {self.last}")

    @property
    def days(self):
        """Number of calendar days, both ends counted (int, days)."""
        return (self.last - self.first).days + 1

    def __contains__(self, day):
        return self.first <= day <= self.last

    def intersect(self, first, last):
        """The common span with ``first .. last`` (``last`` None: open), or None."""
        start = max(self.first, first)
        end = self.last if last is None else min(self.last, last)
        return Period(start, end) if start <= end else None


def month_day(year, month, day):
    """The given day of a month, or its last day when the month is shorter.

    :param int month: 1 to 12, or beyond: months carry into the year
    :param int day: 1 to 31
    :rtype: date
    """
    carry, index = divmod(month - 1, 12)
    year, month = year + carry, index + 1
    return date(year, month, min(day, monthrange(year, month)[1]))


def first_bill_day(day, bill_day):
    """The first date on or after ``day`` that is a bill day.

    :param date day: the day from which to look
    :param int bill_day: 1 to 31; 31 means the last day of each month
    """
    candidate = month_day(day.year, day.month, bill_day)
    return candidate if candidate >= day else month_day(day.year, day.month + 1, bill_day)


@dataclass(frozen=True)
class Schedule:
    """A grid of full periods, counted from an anchor in both directions.

    :param anchor: first day of period 0
    :param interval: number of units in a period, 1 or more
    :param unit: ``day``, ``week``, ``month`` or ``year``
    :param day: day of the month (1 to 31) of each start; the anchor's own when None
    """

    anchor: date
    interval: int = 1
    unit: str = "month"
    day: int | None = None

    def __post_init__(self):
        if self.unit not in UNITS:
            raise ValueError(f"Unknown unit of a schedule: {self.unit!r}")
        if self.interval < 1:
            raise ValueError(f"The interval of a schedule must be 1 or more, not {self.interval}")
        if self.day is not None and not 1 <= self.day <= LAST_DAY:
            raise ValueError(f"The day of a schedule must be from 1 to 31, not {self.day}")

    @property
    def months(self):
        """Length of a period in months, 0 for schedules counted in days."""
        return MONTHS_PER_UNIT.get(self.unit, 0) * self.interval

    @property
    def _length_in_days(self):
        return DAYS_PER_UNIT[self.unit] * self.interval

    def start(self, k):
        """First day of period ``k`` (any integer), straight from the anchor."""
        if self.months:
            return month_day(
                self.anchor.year, self.anchor.month + k * self.months, self.day or self.anchor.day
            )
        return self.anchor + timedelta(days=k * self._length_in_days)

    def period(self, k):
        """Full period ``k``."""
        return Period(self.start(k), self.start(k + 1) - ONE_DAY)

    def index(self, day):
        """Number of the full period that contains ``day``."""
        if not self.months:
            return (day - self.anchor).days // self._length_in_days
        months = (day.year - self.anchor.year) * 12 + day.month - self.anchor.month
        k = months // self.months
        return k if self.start(k) <= day else k - 1

    def containing(self, day):
        """Full period that contains ``day``."""
        return self.period(self.index(day))

    def next_start(self, day):
        """First start of a period after ``day``."""
        return self.start(self.index(day) + 1)

    def monthly(self):
        """The bill days between the starts: the same grid, month by month.

        Schedules counted in days have no bill day of their own and are returned unchanged.
        """
        if not self.months:
            return self
        return Schedule(self.anchor, 1, "month", self.day)


@dataclass(frozen=True)
class Timeline:
    """The schedules of a line over time; a change of bill day starts a new one.

    :param segments: pairs (first day of validity, schedule) in order of date; the first one
        also holds for all earlier days. Changes that were taken back within the full period in
        which they were made are left out: a period is never cut in two by a schedule that came
        and went
    """

    segments: tuple

    def __post_init__(self):
        kept = list(self.segments[:1])
        for valid_from, schedule in self.segments[1:]:
            full = schedule.containing(valid_from)
            for number, (_since, earlier) in enumerate(kept[:-1]):
                if earlier.containing(kept[number + 1][0] - ONE_DAY) == full:
                    del kept[number + 1:]
                    break
            kept.append((valid_from, schedule))
        object.__setattr__(self, "segments", tuple(kept))

    @classmethod
    def of(cls, schedule):
        """A timeline of one schedule that never changes."""
        return cls(((date.min, schedule),))

    def takes_back(self, valid_from, schedule):
        """First day of the changes that a further one would take back (date), None for none.

        :param date valid_from: first day of the further schedule, after all changes so far
        :param Schedule schedule: the further schedule
        """
        after = dict(Timeline((*self.segments, (valid_from, schedule))).segments)
        return min((since for since, _schedule in self.segments if since not in after),
                   default=None)

    def spans(self, first, last):
        """Split ``first .. last`` into full periods of the schedule in force.

        A day belongs to the full period of the schedule in force on that day (rule 5), so that
        a stub before a new bill day is a part of a period of the *new* schedule.

        :return: iterator of (full period, first day, last day) in order of date
        """
        waiting = None
        for full, begin, end in self._parts(first, last):
            if waiting and waiting[0] == full:
                # the same full period under both schedules: its days belong together
                waiting = (full, waiting[1], end)
                continue
            if waiting:
                yield waiting
            waiting = (full, begin, end)
        if waiting:
            yield waiting

    def _parts(self, first, last):
        for number, (valid_from, schedule) in enumerate(self.segments):
            begin = first if number == 0 else max(first, valid_from)
            end = last
            if number + 1 < len(self.segments):
                end = min(last, self.segments[number + 1][0] - ONE_DAY)
            if begin > end:
                continue
            for k in range(schedule.index(begin), schedule.index(end) + 1):
                full = schedule.period(k)
                part = full.intersect(begin, end)
                yield full, part.first, part.last

    def at(self, day):
        """Schedule in force on ``day``."""
        current = self.segments[0][1]
        for valid_from, schedule in self.segments[1:]:
            if valid_from <= day:
                current = schedule
        return current
