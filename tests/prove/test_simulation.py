"""36 months day by day on real records: four zones, a leap day, both clock changes.

``ISP_SEED`` repeats a simulation, ``ISP_SIM_SUBSCRIPTIONS`` and ``ISP_SIM_MONTHS`` make it smaller.
Its database stays when it is killed or fails: started again with the same figures, it goes on
with the first day that was not committed.
"""
import json
import os
import subprocess
import sys

from tests.prove.table import show
from tests.unit import clock, clock_world
from tools import database, odoo_conf
from tools.bootstrap import paths

SEED = int(os.environ.get("ISP_SEED", "20270101"))
SUBSCRIPTIONS = int(os.environ.get("ISP_SIM_SUBSCRIPTIONS", "500"))
MONTHS = int(os.environ.get("ISP_SIM_MONTHS", str(clock.MONTHS)))


def test_the_engine_alone(capsys):
    lives = [clock.life(SEED, number, MONTHS) for number in range(SUBSCRIPTIONS)]
    faults, figures = clock_world.simulate(lives, SEED, MONTHS)
    show(capsys, f"simulated clock, engine alone, {MONTHS} months, ISP_SEED={SEED}",
         {**figures, "faults": len(faults)})
    assert not faults, faults[:20]


def test_real_records(capsys):
    # of these very modules: one of an older working copy cannot go on
    version = database.template_name().rpartition("_")[2][:6]
    size = f"{SEED}_{SUBSCRIPTIONS}_{MONTHS}_{version}"
    name = f"isp_kept_{paths.clone_id()}_simulation_{size}"
    if not database.exists(name):
        database.make_clone(name)
    log = paths.logs() / f"{name}.log"
    with log.open("a") as handle:
        done = subprocess.run(
            [sys.executable, "-m", "tests.prove.simulation_world", str(odoo_conf.write(name)),
             name, str(SEED), str(SUBSCRIPTIONS), str(MONTHS)],
            stdout=subprocess.PIPE, stderr=handle, text=True, cwd=paths.ROOT, check=False,
        )
    assert not done.returncode, f"{log}:\n{log.read_text()[-3000:]}"
    found = json.loads(done.stdout.splitlines()[-1])
    warnings = [line for line in log.read_text().splitlines() if " WARNING " in line]
    half = max(1, len(found["memory"]) // 2)
    first, second = max(found["memory"][:half]), max(found["memory"][half:] or [0])
    show(capsys, f"simulated clock, real records, {MONTHS} months, ISP_SEED={SEED}", {
        "subscriptions": SUBSCRIPTIONS, **found["figures"], "seconds": found["seconds"],
        "resumed after": found["resumed_after"] or "-", "MB in the first half": first,
        "MB in the second half": second, "warnings in the log": len(warnings),
        "faults": len(found["faults"]),
    })
    assert not found["faults"], found["faults"][:20]
    assert not warnings, warnings[:5]
    assert second < first * 1.1 + 20
    database.drop(name)
