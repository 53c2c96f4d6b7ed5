"""The tests pass on any day: under moved clocks, the database server's too.

``make prove P=clocks`` runs the unit, model and fault tests from eleven moments on (UTC), while the
companies of the tests are west and east of it. ``ISP_CLOCK_PARTS="unit odoo"`` and
``ISP_CLOCKS="2027-01-01 00:30:00"`` choose. What passed is not run again until a source changes.
"""
import os

import pytest

from tests.prove.kept_table import KeptTable, sources
from tools import clock
from tools.bootstrap import paths

#: when days, months, years and clocks change, in UTC; each after the day on which this was written
MOMENTS = {
    "2026-12-31 23:30:00": "last half hour of a year",
    "2027-01-01 00:30:00": "first half hour of a year",
    "2027-01-31 23:40:00": "last evening of a month",
    "2027-02-28 12:00:00": "28 February",
    "2027-03-01 02:00:00": "1 March, still February in the west",
    "2027-03-14 06:30:00": "night of summer time in Canada",
    "2027-03-28 00:30:00": "night of summer time in France",
    "2027-10-31 00:30:00": "night of winter time in France",
    "2027-11-07 05:30:00": "night of winter time in Canada",
    "2028-02-28 23:30:00": "28 February of a leap year, 29 in the east",
    "2028-02-29 12:00:00": "29 February",
}
PARTS = os.environ.get("ISP_CLOCK_PARTS", "unit odoo faults").split()
CHOSEN = [moment.strip() for moment in os.environ.get("ISP_CLOCKS", "").split(",") if moment]
TABLE = KeptTable(f"clocks-{sources()}")


@pytest.mark.parametrize("part", PARTS)
@pytest.mark.parametrize("moment", CHOSEN or MOMENTS)
def test_the_tests_pass_at(moment, part):
    row = f"{moment} {part}"
    log = paths.logs() / f"clock-{moment[:13].replace(' ', '-')}-{part}.txt"
    TABLE.run(row, log, lambda output: clock.run(
        moment, ["-m", "tools.test_run", f"tests/{part}"], stdout=output))


def test_show_the_table(capsys):
    with capsys.disabled():
        print("\n" + "\n".join(TABLE.lines("tests under moved clocks (UTC)")), flush=True)
    assert TABLE.rows
