"""Ruff, with the rules of ruff.toml."""

import subprocess
import sys

from tools.bootstrap import paths


def problems():
    """Return ruff's complaints."""
    done = subprocess.run(
        [sys.executable, "-m", "ruff", "check", "--quiet", "--output-format=concise", "."],
        cwd=paths.ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    return (done.stdout + done.stderr).splitlines() if done.returncode else []
