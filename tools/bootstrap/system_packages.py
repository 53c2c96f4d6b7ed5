"""What must come from the system: Python's venv, Pango, and for the tests Chromium and qpdf."""

import ctypes
import importlib.util
import os
import shutil
import subprocess
from pathlib import Path

from .steps import StepError, run, step

LIBRARIES = {  # shared library that WeasyPrint opens: Debian package
    "libpango-1.0.so.0": "libpango-1.0-0",
    "libpangoft2-1.0.so.0": "libpangoft2-1.0-0",
    "libharfbuzz-subset.so.0": "libharfbuzz-subset0",
}
BROWSERS = (
    "google-chrome",
    "chromium",
    "chromium-browser",
    "google-chrome-stable",
)  # as Odoo looks


def _has_library(name):
    try:
        ctypes.CDLL(name)
    except OSError:
        return False
    return True


def missing(browser, prove=False):
    """Return the Debian packages that this machine lacks.

    :param bool browser: whether tests of pages and documents will run
    :param bool prove: whether the long proofs will run, under other clocks too
    """
    packages = [package for name, package in LIBRARIES.items() if not _has_library(name)]
    if not importlib.util.find_spec("ensurepip"):
        packages.append("python3-venv")
    if browser and not any(map(shutil.which, BROWSERS)):
        packages.append("chromium")
    if browser and not shutil.which("qpdf"):
        packages.append("qpdf")
    if prove and not shutil.which("cc"):
        packages += ["gcc", "libc6-dev"]
    return packages


def _administrator():
    """Return the words to put before a command to run it as root, or None when that is refused."""
    if os.geteuid() == 0:
        return []
    sudo = shutil.which("sudo")
    if (
        sudo
        and subprocess.run([sudo, "-n", "true"], capture_output=True, check=False).returncode == 0
    ):
        return [sudo, "-n"]
    return None


def _install(packages):
    command = f"apt-get update && apt-get install --no-install-recommends {' '.join(packages)}"
    if not shutil.which("apt-get"):
        raise StepError(
            f"missing, under Debian's names: {', '.join(packages)}",
            "install them with this system's package manager, then run again",
        )
    prefix = _administrator()
    if prefix is None:
        raise StepError(
            f"missing: {', '.join(packages)}, and installing them needs root",
            f"run: sudo sh -c '{command}'",
        )
    apt = [*prefix, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-q", "-y"]
    todo = f"run by hand: {command}"
    if not any(Path("/var/lib/apt/lists").glob("*Packages*")):
        run([*apt, "update"], todo)
    try:
        run([*apt, "install", "--no-install-recommends", *packages], todo)
    except StepError:  # the lists may be older than the archive
        run([*apt, "update"], todo)
        run([*apt, "install", "--no-install-recommends", *packages], todo)


def ensure(browser=False, prove=False):
    """Install what the system lacks, or say exactly what to install."""
    with step("system libraries present") as line:
        packages = missing(browser, prove)
        if packages:
            line["title"] = f"system packages {', '.join(packages)}"
            _install(packages)
            line["title"] += " installed"
        left = missing(browser, prove)
        if left:
            raise StepError(
                f"still missing after installation: {', '.join(left)}",
                "check that apt's packages fit this system's Python",
            )
