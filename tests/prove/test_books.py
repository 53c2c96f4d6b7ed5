"""The check of the books: ``make prove P=books``.

* 2,000 generated months (what one account gets for one month): no false alarm;
* each corruption that SQL can plant: which checks name it.

``ISP_SEED`` repeats a book, ``ISP_SCALE=0.1`` makes a tenth of it. The database stays when it is
killed or fails: started again with the same figures, it goes on with the first month that was not
committed.
"""
import json
import os
import subprocess
import sys

from tests.prove.table import show
from tools import database, odoo_conf
from tools.bootstrap import paths

SEED = int(os.environ.get("ISP_SEED", "20261113"))
COUNT = max(40, round(2000 * float(os.environ.get("ISP_SCALE") or 1)))


def test_no_false_alarm_and_no_silence(capsys):
    version = database.template_name().rpartition("_")[2][:6]
    name = f"isp_kept_{paths.clone_id()}_books_{SEED}_{COUNT}_{version}"
    if not database.exists(name):
        database.make_clone(name)
    log = paths.logs() / f"{name}.log"
    with log.open("a") as handle:
        done = subprocess.run(
            [sys.executable, "-m", "tests.prove.books_world", str(odoo_conf.write(name)), name,
             str(SEED), str(COUNT)],
            stdout=subprocess.PIPE, stderr=handle, text=True, cwd=paths.ROOT, check=False)
    assert not done.returncode, f"{log}:\n{log.read_text()[-3000:]}"
    found = json.loads(done.stdout.splitlines()[-1])
    show(capsys, f"generated months, ISP_SEED={SEED}", {
        "months": found["months"], "documents": found["documents"],
        "credit notes": found["credit_notes"], "runs": found["runs"],
        "false alarms": len(found["alarms"]),
    })
    show(capsys, "planted by SQL, and the checks that named it", {
        what: ", ".join(codes) for what, codes, _right in found["planted"]})
    assert found["months"] >= COUNT and not found["alarms"], found["alarms"][:10]
    silent = [what for what, _codes, right in found["planted"] if not right]
    assert found["planted"] and not silent, silent
    database.drop(name)
