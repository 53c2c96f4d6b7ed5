"""What Odoo's log of an installation must not contain: any warning or error of ours."""

import re
from pathlib import Path

LINE = re.compile(r"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d+ \d+ (?P<level>[A-Z]+) ")
BAD = ("WARNING", "ERROR", "CRITICAL")
ALLOWED = (
    # (pattern, reason): lines that are not about our modules
)


def warnings(log):
    """Return the warnings and errors of a log, each with the lines that follow it."""
    found, bad = [], False
    for line in Path(log).read_text(errors="replace").splitlines():
        head = LINE.match(line)
        if head:
            bad = head["level"] in BAD and not any(
                re.search(pattern, line) for pattern, _reason in ALLOWED
            )
            if bad:
                found.append(line)
        elif bad:
            found[-1] += f"\n{line}"
    return found


def tail(log, count=12):
    """Return the lines of a log that say why it ended: its last error, else its last lines."""
    lines = Path(log).read_text(errors="replace").splitlines()
    heads = [number for number, line in enumerate(lines) if LINE.match(line)]
    bad = [number for number in heads if LINE.match(lines[number])["level"] in BAD[1:]]
    if bad:
        end = next((number for number in heads if number > bad[-1]), len(lines))
        lines = [lines[bad[-1]], *lines[bad[-1] + 1 : end][-count:]]
    return "\n".join(f"       {line}" for line in lines[-count - 1 :])
