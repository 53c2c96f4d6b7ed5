"""Run the measurements of tests/bench, each a script with a ``main()``; print what they say."""

import importlib
import os
import sys
import time

from tools.bootstrap import paths
from tools.bootstrap.steps import report


def scripts():
    """Return the names of the measurements."""
    return sorted(
        path.stem
        for path in (paths.ROOT / "tests" / "bench").glob("*.py")
        if not path.stem.startswith("_")
    )


def main(names):
    """Run all measurements, or those named; return the exit code."""
    unknown = sorted(set(names) - set(scripts()))
    if unknown or not scripts():
        print(f"no such measurement: {', '.join(unknown)}; known: {', '.join(scripts()) or 'none'}")
        return 1
    os.environ.setdefault("ISP_PATIENCE", "3600")  # a slow machine is measured, not given up
    failed = 0
    for name in names or scripts():
        start = time.monotonic()
        print(f"\n== {name}", flush=True)
        module = importlib.import_module(f"tests.bench.{name}")
        failed += bool(module.main())
        report(start, name)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
