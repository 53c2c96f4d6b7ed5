"""The virtual environment: Odoo on its path, and the packages of the requirement files."""

import shutil
import sys
from pathlib import Path

from . import odoo_source, paths
from .steps import StepError, forget_unused, run, step

REQUIREMENTS = ("requirements.txt", "requirements-dev.txt")
OLDEST_PYTHON = (3, 11)
CONSTRAINTS = "tools/bootstrap/constraints.txt"


def _key(tree):
    files = [paths.ROOT / name for name in (*REQUIREMENTS, CONSTRAINTS)]
    return paths.short_hash(sys.version, tree, *files)


def folder(tree):
    """Return the folder of the environment for this tree of Odoo and these requirement files."""
    return paths.cache() / "venv" / _key(tree)


def python(tree):
    """Return the environment's Python program."""
    return folder(tree) / "bin" / "python"


def _expose_odoo(environment, tree):
    """Put Odoo on the path, with metadata that pip understands and names of maintained wheels."""
    site = next((environment / "lib").glob("python3*/site-packages"))
    (site / "odoo.pth").write_text(f"{tree}\n")
    info = site / f"odoo-{odoo_source.SERIES}.dist-info"
    info.mkdir()
    lines = ["Metadata-Version: 2.1", "Name: odoo", f"Version: {odoo_source.SERIES}"]
    lines += [f"Requires-Dist: {line}" for line in odoo_source.origin(tree)["requires"]]
    (info / "METADATA").write_text("\n".join(lines) + "\n")
    (info / "INSTALLER").write_text("isp-billing-bootstrap\n")
    names = ["METADATA", "INSTALLER", "RECORD"]
    (info / "RECORD").write_text(
        "".join(f"{info.name}/{name},,\n" for name in names) + "odoo.pth,,\n"
    )


def install(python_program, *words):
    """Install packages with the environment's pip."""
    log = paths.logs() / "pip.log"
    run(
        [
            python_program,
            "-m",
            "pip",
            "install",
            "--no-input",
            "--disable-pip-version-check",
            "-c",
            CONSTRAINTS,
            *words,
        ],
        "check the network and pip's configuration, then run again",
        log=log,
        cwd=paths.ROOT,
    )


def _make(environment, tree):
    shutil.rmtree(environment, ignore_errors=True)
    run([sys.executable, "-m", "venv", environment], "install Python's venv module (python3-venv)")
    _expose_odoo(environment, tree)
    program = environment / "bin" / "python"
    install(program, *(word for name in REQUIREMENTS for word in ("-r", name)))
    run([program, "-m", "pip", "check"], "adjust tools/bootstrap/constraints.txt")
    (environment / "complete").touch()


def ensure(tree):
    """Return the environment's Python program, after making the environment if needed."""
    if sys.version_info[:2] < OLDEST_PYTHON:
        with step("Python"):
            raise StepError(
                f"this is Python {sys.version.split()[0]}; 3.11 or later is needed",
                "run make PYTHON=/path/to/python3.11",
            )
    environment = folder(tree)
    with step("Python packages in the cache") as line:
        if not (environment / "complete").exists():
            line["title"] = "Python packages"
            _make(environment, tree)
            line["title"] = "Python packages installed"
        forget_unused(environment / "complete")
    return Path(environment / "bin" / "python")


def ensure_extra(program, name):
    """Install a further requirement file into the environment, once per content."""
    marker = program.parents[1] / f"{name}.{paths.short_hash(paths.ROOT / name)}"
    with step(f"packages of {name}"):
        if not marker.exists():
            install(program, "-r", name)
            marker.touch()
