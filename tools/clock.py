"""Run a command under another clock, its PostgreSQL server included: for ``make prove P=clocks``.

``python -m tools.clock '2027-01-01 00:30:00' -m tools.test_run tests/odoo/test_x.py`` runs these
words of Python as if it were that moment in UTC; the clock then goes on as usual
(``clock_shim.c``). The cache folder ``clock`` holds what must not meet the real clock: the server
and file stores.
"""

import datetime
import os
import shutil
import subprocess
import sys
from pathlib import Path

from tools.bootstrap import paths

#: what the set-up of the environment leaves to the processes that it starts, and this must not
OWN = ("ISP_CACHE", "ISP_ODOO_CONF", "ISP_PROVE", "PGHOST", "PGPORT", "PGUSER", "PGPASSWORD",
       "PGSERVICE")
START = """
import datetime, sys
from tools import database
from tools.bootstrap import postgres
postgres.ensure(sys.executable)
with database.server() as cursor:
    cursor.execute("SELECT extract(epoch FROM clock_timestamp())")
    apart = abs(float(cursor.fetchone()[0]) - datetime.datetime.now().timestamp())
sys.exit(f"the server's clock is {apart:.0f} s from ours" if apart > 60 else 0)
"""
STOP = "from tools.bootstrap import postgres; postgres.stop()"


def library():
    """Return the path of the library that moves the clock, compiled if it was not yet.

    :raises SystemExit: when there is no C compiler
    """
    source = Path(__file__).with_name("clock_shim.c")
    # the user that the server runs as cannot look into root's home, and would go without it
    own = Path("/var/tmp") if os.geteuid() == 0 else paths.cache()
    target = own / f"isp-billing-clock-{paths.short_hash(source, paths.cache())}" / "shim.so"
    if not target.exists():
        compiler = shutil.which("cc") or sys.exit("no C compiler: apt install gcc libc6-dev")
        target.parent.mkdir(mode=0o755, exist_ok=True)
        part = target.with_suffix(".part")
        words = ["-shared", "-fPIC", "-O1", "-o", part, source, "-ldl"]
        subprocess.run([compiler, *words], check=True)
        part.chmod(0o755)
        part.rename(target)
    return target


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
            "LD_PRELOAD": str(library()), "ISP_CLOCK_OFFSET": str(offset),
        }
    return clean


def run(moment, words, **options):
    """Run Python with these words under a clock and return its exit code.

    The server is started anew under the same clock and stopped afterwards.
    """
    moved = environment(moment)
    _python(STOP, environment(""))
    try:
        _python(START, moved, check=True)
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
