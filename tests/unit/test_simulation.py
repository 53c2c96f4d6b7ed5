"""A simulated clock, short: 36 months day by day; the long one is `make prove P=simulation`."""
from datetime import date, timedelta

import pytest

from . import clock, clock_world

SEED = 20270101


def test_the_clock_meets_every_local_day_once_as_the_first():
    days = (clock.last_day() - clock.FIRST).days + 1
    assert days == 1096
    assert clock.last_day() == date(2029, 12, 31)
    for zone in clock.ZONES:
        ticks = clock.ticks(zone, SEED)
        firsts = [day for day, first in ticks if first]
        assert firsts == [clock.FIRST + timedelta(days=n) for n in range(days)]
        assert date(2028, 2, 29) in firsts
        assert len(ticks) > 3 * days - 10


@pytest.mark.parametrize("zone", clock.ZONES)
def test_three_years_of_days(zone):
    """In each zone a few lives; the ledger holds to the unit what the reference says."""
    place = list(clock.ZONES).index(zone)
    lives = [clock.life(SEED, place + 4 * number) for number in range(4)]
    assert {life.zone for life in lives} == {zone}
    faults, figures = clock_world.simulate(lives, SEED)
    assert not faults, faults[:5]
    assert figures["rows"] > 20
