"""Documents in number: ``make prove P=documents``.

* 2,000 invoices of 1 to 5 pages, a tenth with headings in their notes: each holds its own number
  and nobody else's (F9); half of them with five poisons among them (F8); a hundred sent with five
  lost or altered files (F11).
* 5,000 documents by the layout processes: their memory.

``ISP_SCALE=0.1`` makes a tenth of it, ``ISP_SEED`` repeats. The database stays when it is killed
or fails: started again with the same figures, it goes on where it was.
"""
import json
import os
import subprocess
import sys

from tests.prove.table import show
from tools import database, odoo_conf
from tools.bootstrap import paths

SEED = int(os.environ.get("ISP_SEED", "20260701"))
SCALE = float(os.environ.get("ISP_SCALE") or 1)
COUNT = max(220, round(2000 * SCALE))
IN_NUMBER = max(500, round(5000 * SCALE))


def run(words, log):
    """The last line that a program prints, read as JSON."""
    with log.open("a") as handle:
        done = subprocess.run(
            [sys.executable, *words], stdout=subprocess.PIPE, stderr=handle, text=True,
            cwd=paths.ROOT, check=False)
    assert not done.returncode, f"{log}:\n{log.read_text()[-3000:]}"
    return json.loads(done.stdout.splitlines()[-1])


def test_own_number_poisons_and_lost_files(capsys):
    version = database.template_name().rpartition("_")[2][:6]
    name = f"isp_kept_{paths.clone_id()}_documents_{SEED}_{COUNT}_{version}"
    if not database.exists(name):
        database.make_clone(name)
    found = run(["-m", "tests.prove.documents_world", str(odoo_conf.write(name)), name,
                 str(SEED), str(COUNT)], paths.logs() / f"{name}.log")
    clean, poisoned = found["clean"], found["poisoned_half"]
    pace = [1000 * half["seconds"] / half["made"] for half in (clean, poisoned)]
    sent = found["delivered"]
    show(capsys, f"documents in number, ISP_SEED={SEED}", {
        "documents": found["documents"], "pages": found["pages"], "pages at most": found["most"],
        "with a number of somebody else, or without their own": len(found["faults"]),
        "ms per document, by the clock": f"{pace[0]:.0f}",
        "ms with five poisons among them": f"{pace[1]:.0f}",
        "seconds more for all of these":
            f"{poisoned['seconds'] - pace[0] * poisoned['made'] / 1000:.0f}",
        "poisons set aside": len(poisoned["aside"]),
        **{f"  {reason[:60]}": "" for reason in poisoned["aside"].values()},
        "mended and made afterwards": found["healed"]["made"],
        "sent of 100 with 5 lost files": sent["sent"], "  put back, same bytes": sent["back"],
        "  not sent": len(sent["aside"]), "MB of the process": found["memory"],
    })
    assert found["documents"] == COUNT and not found["faults"], found["faults"][:10]
    assert not clean["aside"] and len(poisoned["aside"]) in (3, 4), poisoned["aside"]
    assert (sent["sent"], sent["back"], len(sent["aside"])) == (98, 3, 2), sent
    assert sent["least"] > 10_000
    database.drop(name)


def test_memory_of_layout_processes(capsys):
    found = run(["-m", "tests.prove.documents_memory", str(IN_NUMBER)],
                paths.logs() / "prove-documents-memory.log")
    peaks = found["memory"]
    show(capsys, f"{IN_NUMBER} documents by layout processes", {
        "processes, one after another": found["processes"],
        "MB after the first tenth": peaks[0], "MB at most afterwards": max(peaks[1:]),
        "MB at the end": peaks[-1], "ms per document": found["ms"],
        "documents with other bytes than at first": found["different"],
    })
    assert not found["different"]
    assert max(peaks[1:]) < peaks[0] * 1.15 + 10, peaks
