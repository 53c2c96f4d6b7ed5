"""Run the parts of the test suite, each with a database of its own, and add up what they say.

``make test`` runs all parts; ``make test T=tests/odoo/test_x.py`` (pytest's words may follow) runs
the part that the file belongs to. The model tests are run in two shares at once, each with a
database of its own, since one process keeps one processor busy. The last line is
``N passed, N failed``, and ``, N skipped`` if any were.
"""

import os
import re
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

from tools import database, odoo_conf
from tools.bootstrap import paths


@dataclass(frozen=True)
class Part:
    """A folder of tests and what it needs."""

    name: str
    database: bool = True  # a clone of the template and pytest's Odoo plugin
    shares: int = 1  # processes that share the files, when the whole part is run

    @property
    def folder(self):
        """Return the folder, relative to the repository."""
        return f"tests/{self.name}"


PARTS = (
    Part("unit", database=False),
    Part("checks", database=False),
    Part("odoo", shares=2),
    Part("e2e"),
    Part("faults", database=False),
)
NO_TESTS = 5  # pytest's exit code


@dataclass
class Result:
    """What a part said."""

    name: str
    passed: int = 0
    failed: int = 0
    skipped: int = 0
    seconds: float = 0
    remark: str = ""


def _plugin_words(part, share):
    """Return pytest's words about Odoo: a fresh database, or no plugin at all."""
    if not part.database:
        return ["-p", "no:odoo"], None
    name = database.make_clone(database.test_name(f"{part.name}{share}"))
    database.keep_from_vacuum(name)
    conf = odoo_conf.write(f"test-{part.name}{share}")
    return [f"--odoo-config={conf}", f"--odoo-database={name}", "--odoo-http"], name


def _count(report, result):
    """Add up a JUnit file."""
    for suite in ElementTree.parse(report).getroot().iter("testsuite"):
        numbers = {
            key: int(suite.get(key, 0)) for key in ("tests", "failures", "errors", "skipped")
        }
        failed = numbers["failures"] + numbers["errors"]
        result.failed += failed
        result.skipped += numbers["skipped"]
        result.passed += numbers["tests"] - failed - numbers["skipped"]


def _order_words():
    """Return pytest's words for the order that ISP_ORDER, a seed, stands for.

    Files and classes are shuffled, and the tests of a class among themselves: those of a class
    share what its set-up made, so that they stay together.
    """
    seed = os.environ.get("ISP_ORDER")
    return ["--random-order-bucket=class", f"--random-order-seed={seed}"] if seed else []


def _pytest(words, report, output=None):
    report.unlink(missing_ok=True)
    command = [sys.executable, "-m", "pytest", f"--junitxml={report}", *_order_words(), *words]
    return subprocess.run(
        command, cwd=paths.ROOT, check=False, stdout=output, stderr=output and subprocess.STDOUT,
    ).returncode


def run(part, words):
    """Run one part and return its result; whatever goes wrong counts as one failure."""
    print(f"\n== {part.name}: {' '.join(words)}", flush=True)
    if part.shares > 1 and words == [part.folder]:
        return _run_shares(part)
    return _run_process(part, words)


def _run_shares(part):
    """Run the files of a part in several processes; what the first one says is seen at once."""
    start, outputs = time.monotonic(), []
    files = _divide(sorted((paths.ROOT / part.folder).rglob("test_*.py")), part.shares)
    with ThreadPoolExecutor(part.shares) as pool:
        futures = []
        for number, words in enumerate(files):
            path = paths.logs() / f"tests-{part.name}{number}-{os.getpid()}.txt"
            output = path.open("w") if number else None
            futures.append(pool.submit(_run_process, part, words, number, output))
            outputs.append((path, output))
        results = [future.result() for future in futures]
    for path, output in outputs:
        if output:
            output.close()
            print(f"\n== {part.name}, another share\n{path.read_text()}", flush=True)
            path.unlink()
    return Result(
        part.name, *(sum(getattr(one, key) for one in results)
                     for key in ("passed", "failed", "skipped")),
        time.monotonic() - start, ", ".join(one.remark for one in results if one.remark),
    )


def _divide(files, shares):
    """Return the paths in lists that hold about as many tests each, the same in each run."""
    def tests(path):
        return len(re.findall(r"^    def test_", path.read_text(), re.MULTILINE))

    lists = [[0, []] for _share in range(shares)]
    for path in sorted(files, key=lambda path: (-tests(path), path)):
        least = min(lists, key=lambda one: one[0])
        least[0] += tests(path)
        least[1].append(str(path.relative_to(paths.ROOT)))
    return [sorted(found) for _tests, found in lists if found]


def _run_process(part, words, share="", output=None):
    start, result = time.monotonic(), Result(part.name)
    report, name = paths.logs() / f"tests-{part.name}{share}-{os.getpid()}.xml", None
    try:
        plugin, name = _plugin_words(part, share)
        code = _pytest([*plugin, *words], report, output)
        if report.exists():
            _count(report, result)
            report.unlink()
        if code == NO_TESTS:
            result.remark = "no test was found in the files"
        elif code and not result.failed:
            result.remark = f"pytest ended with {code}"
    except (SystemExit, Exception) as error:  # noqa: BLE001  (one part never stops the others)
        result.remark = f"no database: {error}" if str(error) != "1" else "set-up failed, see above"
    finally:
        if name and not os.environ.get("ISP_KEEP"):
            database.drop(name)
        elif name:
            print(f"kept: database {name}")
    result.failed += bool(result.remark and not result.failed)
    result.seconds = time.monotonic() - start
    return result


def summarise(results):
    """Print one line per part and the total; return the exit code."""
    print()
    for result in results:
        counts = f"{result.passed} passed, {result.failed} failed, {result.skipped} skipped"
        remark = f" - {result.remark}" if result.remark else ""
        print(f"[{result.seconds:6.1f} s] {result.name}: {counts}{remark}")
    passed, failed, skipped = (
        sum(getattr(result, key) for result in results) for key in ("passed", "failed", "skipped")
    )
    print(f"{passed} passed, {failed} failed" + (f", {skipped} skipped" if skipped else ""))
    return 1 if failed or not passed else 0


def _has_tests(part):
    return any((paths.ROOT / part.folder).rglob("test_*.py"))


def _part_of(words):
    """Return the part that the first path among the words belongs to."""
    for word in words:
        for part in PARTS:
            if Path(word).as_posix().removeprefix("./").startswith(part.folder):
                return part
    return None


def _prove(words):
    """Return the run of the long proofs of one part: tests/prove/test_<part>.py."""
    os.environ["ISP_PROVE"] = "1"
    name = words[0] if words else ""
    target = f"tests/prove/test_{name}.py" if name else "tests/prove"
    if not (paths.ROOT / target).exists():
        known = sorted(path.stem[5:] for path in (paths.ROOT / "tests/prove").glob("test_*.py"))
        sys.exit(f"no proof named {name!r}; known: {', '.join(known) or 'none yet'}")
    return [run(Part("prove"), [target, *words[1:]])]


def main(words):
    """Run what the words name, or everything."""
    os.environ.setdefault("ISP_ODOO_CONF", str(odoo_conf.write()))
    os.environ.setdefault("ISP_VENV_PYTHON", sys.executable)
    os.environ.setdefault("ISP_CACHE", str(paths.cache()))
    if words[:1] == ["--prove"]:
        return summarise(_prove(words[1:]))
    if words:
        part = _part_of(words)
        if not part:
            sys.exit(f"which part? name a file under {', '.join(part.folder for part in PARTS)}")
        return summarise([run(part, words)])
    return summarise([run(part, [part.folder]) for part in PARTS if _has_tests(part)])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
