"""What all parts share: Hypothesis profiles, the engine without Odoo, no silent skips of tours."""

import os
import re
import sys
import types
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

ROOT = Path(__file__).resolve().parents[1]
NOT_A_REASON = re.compile(r"chrome|chromium|websocket|devtools|--odoo-http", re.IGNORECASE)

settings.register_profile(
    "default", max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.register_profile("nightly", settings.get_profile("default"), max_examples=10_000)
settings.register_profile("quick", settings.get_profile("default"), max_examples=50)
settings.load_profile(os.environ.get("ISP_HYPOTHESIS", "default"))


def pytest_configure(config):
    """Without a database, let tests import the pure parts of a module without the rest of it."""
    config.addinivalue_line("markers", "prove: long proofs, run by make prove")
    if not config.getoption("--odoo-database", default=None):
        for name in ("isp_billing", "isp_billing_fr"):
            _register_without_models(name)


def _register_without_models(name):
    """Register an add-on as a package whose own ``__init__`` (models, views) is not run.

    Then ``from odoo.addons.isp_billing.engine import x`` runs the engine's files only.
    """
    package = types.ModuleType(f"odoo.addons.{name}")
    package.__path__ = [str(ROOT / name)]
    sys.modules.setdefault(package.__name__, package)


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item):
    """Turn a tour that was skipped for want of a browser into a failure: it proves nothing."""
    report = (yield).get_result()
    if report.skipped and not hasattr(report, "wasxfail"):
        reason = str(report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longrepr)
        if NOT_A_REASON.search(reason):
            report.outcome = "failed"
            report.longrepr = f"{item.nodeid} was skipped, so nothing was tested: {reason}"
