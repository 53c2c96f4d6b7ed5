"""The book that the measurements bill."""
import contextlib
import os
import statistics

from tests.faults.harness import World
from tools import database

SUBSCRIBERS = int(os.environ.get('ISP_BENCH_N', '1000'))
ROUNDS = int(os.environ.get('ISP_BENCH_ROUNDS', '3'))
MONTHS = [f"2026-{month:02}-01" for month in range(1, 13)]


@contextlib.contextmanager
def world(modules=(), accounts=SUBSCRIBERS):
    """A database of its own with the book."""
    made = World(
        database.test_name('bench'), 'tests.bench._actions', modules,
        accounts=accounts,
    )
    try:
        yield made
    finally:
        made.close()


def spread(values):
    """Least, median and greatest as text."""
    return f"{min(values):.1f} / {statistics.median(values):.1f} / {max(values):.1f}"
