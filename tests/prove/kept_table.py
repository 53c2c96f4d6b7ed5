"""Rows of a long proof, kept on disk: a proof that was stopped goes on with the rows that miss."""
import json
import re
import time

from tools.bootstrap import paths

COUNTS = re.compile(r"^(\d+) passed, (\d+) failed(?:, (\d+) skipped)?$", re.MULTILINE)


def sources():
    """A text that stands for the sources of modules and tests."""
    files = sorted(
        path for folder in (*paths.MODULES, "tests", "tools")
        for path in (paths.ROOT / folder).rglob("*")
        if path.suffix in (".py", ".xml", ".csv", ".sql", ".po"))
    return paths.short_hash(*files)


class KeptTable:
    """What came out so far, by row and column.

    :param str name: of the proof, its seed and the version of the sources
    """

    def __init__(self, name):
        self.path = paths.logs() / f"proof-{name}.json"
        self.rows = json.loads(self.path.read_text()) if self.path.exists() else {}

    def done(self, row):
        """Whether a row came out without a failure already (bool)."""
        return self.rows.get(row, {}).get("failed") == 0

    def keep(self, row, **figures):
        """Keep a row and write the table."""
        self.rows[row] = figures
        part = self.path.with_suffix(".part")
        part.write_text(json.dumps(self.rows, indent=1))
        part.replace(self.path)

    def run(self, row, log, act):
        """Run tests unless they passed already, keep their counts, and assert that they passed.

        :param log: path of the file for what they say
        :param act: runs them with that file, open; gives their exit code
        """
        if self.done(row):
            return
        start = time.monotonic()
        with log.open("w") as output:
            code = act(output)
        counts = COUNTS.findall(log.read_text())
        numbers = counts[-1] if counts else (0, 1, 0)
        passed, failed, skipped = (int(number or 0) for number in numbers)
        self.keep(row, passed=passed, failed=failed, skipped=skipped,
                  seconds=round(time.monotonic() - start))
        assert code == 0, f"see {log}"
        assert passed and not failed

    def lines(self, title):
        """The table as text, in the order in which rows were kept (list of str)."""
        width = max((len(row) for row in self.rows), default=0)
        head = f"  {'':<{width}}  {'passed':>7} {'failed':>7} {'skipped':>8} {'seconds':>8}"
        return [title, head] + [
            f"  {row:<{width}}  {one['passed']:>7} {one['failed']:>7} {one['skipped']:>8}"
            f" {one['seconds']:>8}" for row, one in self.rows.items()
        ]
