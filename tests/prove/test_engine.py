"""Properties of the engine and the stateful model, with many examples and a seed.

``ISP_EXAMPLES`` sets the examples per property (10,000), half as many histories of the stateful
model; ``ISP_SEED`` repeats a proof.
"""
import importlib
import os
import random
import time

import hypothesis
from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.prove.table import show
from tests.unit.billing_machine import BillingMachine

EXAMPLES = int(os.environ.get("ISP_EXAMPLES", "10000"))
SEED = int(os.environ.get("ISP_SEED") or random.SystemRandom().randrange(10**6))
MODULES = (
    "bill", "bill_day_change", "charges", "credits_end", "difference", "discounts", "one_time",
    "proration", "schedule", "shares", "stateful", "usage",
)
LONG = settings(
    max_examples=EXAMPLES, deadline=None, database=None,
    suppress_health_check=list(HealthCheck),
)


def properties(module):
    """Tests of a module that take generated inputs: [(name, test)]."""
    found = importlib.import_module(f"tests.unit.test_{module}")
    return [
        (name, test) for name, test in vars(found).items()
        if name.startswith("test_") and hasattr(test, "hypothesis")
    ]


def prove(test):
    """Run a property with the seed; returns the number of inputs that it was tried on."""
    handle, tried = test.hypothesis, 0
    inner = handle.inner_test

    def counted(*words, **values):
        nonlocal tried
        tried += 1
        return inner(*words, **values)

    handle.inner_test = counted
    try:
        hypothesis.seed(SEED)(LONG(test))()
    finally:
        handle.inner_test = inner
    return tried


def test_properties(capsys):
    figures, start = {}, time.monotonic()
    for module in MODULES:
        for name, test in properties(module):
            figures[name.removeprefix("test_")] = prove(test)
    figures["all"] = sum(figures.values())
    figures["seconds"] = round(time.monotonic() - start)
    show(capsys, f"properties of the engine, inputs tried, ISP_SEED={SEED}", figures)
    assert len(figures) > 25


class Counted(BillingMachine):
    """The stateful model, with figures."""

    figures = {"runs looked at": 0, "rows": 0, "corrections": 0, "credits": 0, "lines": 0}

    def check(self, target, expected):
        super().check(target, expected)
        rows = [
            row for periods in self.book.rows.values() for found in periods.values()
            for row in found
        ]
        self.figures["runs looked at"] += 1
        self.figures["rows"] += len(rows)
        self.figures["corrections"] += sum(row.revision > 0 for row in rows)
        self.figures["credits"] += sum(row.amount < 0 for row in rows)
        self.figures["lines"] += len(self.book.lines)


def test_anything_in_any_order(capsys):
    start, histories = time.monotonic(), max(1, EXAMPLES // 2)
    run_state_machine_as_test(
        hypothesis.seed(SEED)(Counted),
        settings=settings(LONG, max_examples=histories, stateful_step_count=40),
    )
    show(capsys, f"stateful model, ISP_SEED={SEED}", {
        "histories of up to 40 steps": histories, **Counted.figures,
        "seconds": round(time.monotonic() - start),
    })
    assert Counted.figures["runs looked at"] >= histories
