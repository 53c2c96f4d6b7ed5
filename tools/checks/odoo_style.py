"""Pylint with its Odoo plugin, with the list of .pylintrc."""

import subprocess
import sys

from tools.bootstrap import paths


def problems():
    """Return pylint's complaints about the two modules."""
    modules = [name for name in paths.MODULES if (paths.ROOT / name / "__init__.py").exists()]
    done = subprocess.run(
        [sys.executable, "-m", "pylint", "--rcfile=.pylintrc", *modules],
        cwd=paths.ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    lines = [line for line in done.stdout.splitlines() if line and not line.startswith("*****")]
    return lines or (done.stderr.splitlines() if done.returncode else [])
