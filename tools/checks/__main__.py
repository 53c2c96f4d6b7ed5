"""Run the checks: all, or those named on the command line."""

import importlib
import sys
import time

from tools.bootstrap.steps import report

NAMES = ("style", "boundaries", "xml_files", "odoo_style", "installation", "french")


def main(names):
    """Run the checks and return the exit code."""
    total = 0
    for name in names or NAMES:
        start = time.monotonic()
        found = importlib.import_module(f"tools.checks.{name}").problems()
        report(start, f"{name}: {len(found)} problems" if found else f"{name}: fine")
        for problem in found:
            print(f"  {problem}")
        total += len(found)
    return 1 if total else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
