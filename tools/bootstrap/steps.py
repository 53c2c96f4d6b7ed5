"""A step of the set-up: one line with its time, or one failure that says what to do about it."""

import contextlib
import fcntl
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

from . import paths

UNUSED_DAYS = 14


class StepError(Exception):
    """A step that cannot go on.

    :param str why: what was found, in one or a few lines
    :param str todo: what the reader can do about it
    """

    def __init__(self, why, todo=""):
        super().__init__(why)
        self.why, self.todo = why, todo


def report(start, text):
    """Print the line of a finished step, on stderr: stdout is for what a command answers."""
    print(f"[{time.monotonic() - start:6.1f} s] {text}", file=sys.stderr, flush=True)


@contextlib.contextmanager
def step(title):
    """Time a step. The block may change the line by writing to the yielded dictionary."""
    start, line = time.monotonic(), {"title": title}
    try:
        yield line
    except StepError as error:
        report(start, f"FAILED: {title}")
        print(f"  why: {error.why}", file=sys.stderr)
        if error.todo:
            print(f"  what to do: {error.todo}", file=sys.stderr)
        raise SystemExit(1) from error
    report(start, line["title"])


def run(command, todo="", log=None, **options):
    """Run a command quietly and return its output; raise StepError with its last lines."""
    options = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True, **options}
    try:
        done = subprocess.run([str(word) for word in command], check=False, **options)
    except FileNotFoundError as error:
        raise StepError(f"the program {error.filename} is missing", todo) from error
    if log:
        Path(log).write_text(done.stdout or "")
    if done.returncode:
        tail = "\n       ".join((done.stdout or "").strip().splitlines()[-12:])
        hint = f" (whole output: {log})" if log else ""
        raise StepError(
            f"{Path(str(command[0])).name} ended with {done.returncode}{hint}\n       {tail}", todo
        )
    return done.stdout


@contextlib.contextmanager
def fresh_folder(target):
    """Yield a temporary folder that takes the place of `target` only when the block succeeds."""
    target = Path(target)
    target.parent.mkdir(parents=True, exist_ok=True)
    temporary = target.with_name(f".{target.name}.{os.getpid()}.part")
    for left in target.parent.glob(f".{target.name}.*.part"):  # of a run that was killed
        shutil.rmtree(left, ignore_errors=True)
    temporary.mkdir()
    try:
        yield temporary
        if target.exists():
            shutil.rmtree(target)
        temporary.rename(target)
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


def forget_unused(marker):
    """Note the use of a folder by touching its marker; remove its neighbours that nobody uses."""
    os.utime(marker)
    for other in marker.parent.parent.glob(f"*/{marker.name}"):
        if time.time() - other.stat().st_mtime > UNUSED_DAYS * 86400:
            shutil.rmtree(other.parent, ignore_errors=True)


@contextlib.contextmanager
def lock(name):
    """Hold a lock of the cache folder, so that two runs at the same time do not clash."""
    with (paths.cache() / f".{name}.lock").open("w") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            print(f"waiting for another run to finish its {name} ...", file=sys.stderr, flush=True)
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield
