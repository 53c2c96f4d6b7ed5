"""A working folder in which mutmut changes the engine and runs the unit tests on each change.

The real files are never touched. The engine is laid out under the name by which the tests import
it, so that mutmut, Odoo and the tests agree on the names of its functions.
"""
import hashlib
import json
import os
import shutil
import subprocess
import sys

from tools.bootstrap import paths

#: files that decide about money
MODULES = (
    "schedule", "proration", "charges", "difference", "discounts", "shares", "usage", "money",
    "bill", "fees",
)
TESTS = (
    "bill", "bill_day_change", "charges", "credits_end", "difference", "discounts", "fees",
    "one_time", "proration", "rerate", "schedule", "shares", "stateful", "usage",
)
HELPERS = ("__init__", "billing_machine", "ledger", "reference", "reference_money", "strategies")
ENGINE = "odoo/addons/isp_billing/engine"
CONFTEST = '''"""Few examples, always the same ones: a mutant is judged in a second."""
import sys
import types
from pathlib import Path

from hypothesis import HealthCheck, settings

package = types.ModuleType("odoo.addons.isp_billing")
package.__path__ = [str(Path(__file__).resolve().parents[1] / "odoo/addons/isp_billing")]
sys.modules[package.__name__] = package
settings.register_profile(
    "mutation", max_examples={examples}, deadline=None, derandomize=True, database=None,
    suppress_health_check=list(HealthCheck),
)
settings.load_profile("mutation")
'''
CONFIG = """[mutmut]
source_paths={engine}/
only_mutate=
{modules}
pytest_add_cli_args=
    -p
    no:odoo
pytest_add_cli_args_test_selection=tests/unit
use_git_change_detection=false
"""


def fingerprint(examples):
    """What the verdicts rest on: engine, tests and number of examples (str)."""
    digest = hashlib.sha256(f"{examples} {CONFTEST} {CONFIG} {MODULES}".encode())
    names = [f"isp_billing/engine/{path.name}"
             for path in (paths.ROOT / "isp_billing/engine").glob("*.py")]
    names += [f"tests/unit/{name}.py" for name in (*HELPERS, *(f"test_{name}" for name in TESTS))]
    for name in sorted(names):
        digest.update(name.encode() + (paths.ROOT / name).read_bytes())
    return digest.hexdigest()


def prepare(examples):
    """Make the folder, or go on in the one of an earlier run of the same files; returns its path.

    mutmut notes each verdict as it is found, and lets those that it knows stand.

    :param int examples: examples per property
    """
    folder = paths.cache() / f"mutation-{paths.clone_id()}"
    note, now = folder / "fingerprint.txt", fingerprint(examples)
    if note.exists() and note.read_text() == now:
        return folder
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(
        paths.ROOT / "isp_billing/engine", folder / ENGINE,
        ignore=shutil.ignore_patterns("__pycache__"),
    )
    unit = folder / "tests/unit"
    unit.mkdir(parents=True)
    (folder / "tests/__init__.py").touch()
    (folder / "tests/conftest.py").write_text(CONFTEST.format(examples=examples))
    for name in [*HELPERS, *(f"test_{name}" for name in TESTS)]:
        shutil.copy(paths.ROOT / f"tests/unit/{name}.py", unit)
    (folder / "setup.cfg").write_text(CONFIG.format(
        engine=ENGINE, modules="\n".join(f"    {ENGINE}/{name}.py" for name in MODULES),
    ))
    note.write_text(now)
    return folder


def mutmut(folder, *words, check=True):
    """Run mutmut at low priority; returns what it printed."""
    done = subprocess.run(
        [sys.executable, "-m", "mutmut", *words], cwd=folder, text=True, check=False,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, preexec_fn=lambda: os.nice(10),
        env={**os.environ, "PYTHONPATH": str(folder)},
    )
    if check and done.returncode:
        sys.exit(f"mutmut {' '.join(words)}: {done.stdout[-3000:]}")
    return done.stdout


def judge(folder, workers=1):
    """Run all mutants.

    :return: ({status: number}, {module: [number, killed]}, [names of survivors])
    """
    mutmut(folder, "run", "--max-children", str(workers), check=False)
    mutmut(folder, "export-cicd-stats")
    stats = json.loads((folder / "mutants/mutmut-cicd-stats.json").read_text())
    modules, survivors = {}, []
    for line in mutmut(folder, "results", "--all", "true").splitlines():
        name, _colon, status = line.strip().rpartition(": ")
        if not name.startswith("odoo.addons."):
            continue
        short = name.removeprefix("odoo.addons.isp_billing.engine.")
        counts = modules.setdefault(short.split(".")[0], [0, 0])
        counts[0] += 1
        counts[1] += status in ("killed", "timeout")
        if status not in ("killed", "timeout"):
            survivors.append(name)
    return stats, modules, survivors


def change_of(folder, name):
    """The changed lines of a mutant, as text."""
    lines = mutmut(folder, "show", name, check=False).splitlines()
    return "\n".join(
        line for line in lines if line[:1] in "+-" and line[:3] not in ("---", "+++")
    )
