"""Run a command under another clock, its PostgreSQL server included: for ``make prove P=clocks``.

``python -m tools.clock '2027-01-01 00:30:00' -m tools.test_run tests/odoo/test_x.py`` runs these words
of Python as if it were that moment in UTC; the clock then goes on as usual. Debian's libfaketime does
it. The cache folder ``clock`` holds what must not meet the real clock: the server and file stores.
"""

import datetime
import os
import subprocess
import sys
from pathlib import Path

from tools.bootstrap import paths

#: what the set-up of the environment leaves to the processes that it starts, and this must not
OWN = ("ISP_CACHE", "ISP_ODOO_CONF", "ISP_PROVE", "PGHOST", "PGPORT", "PGUSER", "PGPASSWORD",
       "PGSERVICE")
SERVER = "from tools.bootstrap import postgres; import sys; postgres.{}(sys.executable)"
STOP = "from tools.bootstrap import postgres; postgres.stop()"


def library():
    """Return the path of libfaketime, which is on no path of the linker.

    :raises SystemExit: when it is not installed
    """
    found = sorted(Path("/usr/lib").glob("*/faketime/libfaketime.so.1"))
    if not found:
        sys.exit("libfaketime is missing: apt install libfaketime")
    return found[0]


def environment(moment):
    """Return the environment variables of processes whose clock starts at a moment.

    :param str moment: ``YYYY-MM-DD HH:MM:SS`` in UTC; empty for the real clock
    """
    clean = {key: value for key, value in os.environ.items() if key not in OWN}
    folder = paths.cache() / "clock"
    folder.mkdir(exist_ok=True)
    clean |= {"ISP_CACHE": str(folder), "ISP_VENV_PYTHON": sys.executable, "TZ": "UTC"}
    if moment:
        # an offset, not a moment: each process would begin at the moment again
        wanted = datetime.datetime.fromisoformat(moment).replace(tzinfo=datetime.UTC)
        offset = round((wanted - datetime.datetime.now(datetime.UTC)).total_seconds())
        clean |= {
            "LD_PRELOAD": str(library()), "FAKETIME": f"{offset:+d}s",
            # what counts seconds, such as time limits and waits, keeps the real pace
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
        }
    return clean


def run(moment, words, **options):
    """Run Python with these words under a clock and return its exit code.

    The server is started anew under the same clock and stopped afterwards.
    """
    moved = environment(moment)
    _python(STOP, environment(""))
    try:
        _python(SERVER.format("ensure"), moved, check=True)
        return subprocess.run(
            [sys.executable, *words], cwd=paths.ROOT, env=moved, check=False, **options,
        ).returncode
    finally:
        _python(STOP, environment(""))


def _python(code, variables, check=False):
    subprocess.run(
        [sys.executable, "-c", code], cwd=paths.ROOT, env=variables, check=check,
        stdout=subprocess.DEVNULL,
    )


if __name__ == "__main__":
    sys.exit(run(sys.argv[1], sys.argv[2:]))
