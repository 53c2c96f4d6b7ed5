"""The whole suite in random order: ``make prove P=order``, ten times unless told otherwise.

Files and classes are shuffled, tests within a class too. ``ISP_SEED`` is the first of the seeds,
``ISP_ORDERS`` their number; what passed is not run again until a source changes.
"""
import os
import subprocess
import sys

import pytest

from tests.prove.kept_table import KeptTable, sources
from tools.bootstrap import paths

SEED = int(os.environ.get("ISP_SEED", "1"))
ORDERS = int(os.environ.get("ISP_ORDERS", "10"))
PARTS = os.environ.get("ISP_ORDER_PARTS", "unit checks odoo e2e faults").split()
TABLE = KeptTable(f"order-{sources()}")


@pytest.mark.parametrize("part", PARTS)
@pytest.mark.parametrize("seed", range(SEED, SEED + ORDERS))
def test_the_tests_pass_in_the_order_of(seed, part):
    row = f"seed {seed} {part}"
    # a run of its own: the words of the proof are not for it
    clean = {key: value for key, value in os.environ.items() if key != "ISP_PROVE"}
    TABLE.run(row, paths.logs() / f"order-{seed}-{part}.txt", lambda output: subprocess.run(
        [sys.executable, "-m", "tools.test_run", f"tests/{part}"], cwd=paths.ROOT, check=False,
        env=clean | {"ISP_ORDER": str(seed)}, stdout=output, stderr=subprocess.STDOUT,
    ).returncode)


def test_show_the_table(capsys):
    with capsys.disabled():
        print("\n" + "\n".join(TABLE.lines("the whole suite in random order")), flush=True)
    assert TABLE.rows
