"""Debian's wkhtmltopdf for the measurements: Odoo's stock report is made with it.

Fetched as Odoo is (tools/bootstrap/debian.py): no root, nothing installed. Only the libraries that
this system lacks come with it.
"""

import os
import shutil
from pathlib import Path

from tools.bootstrap import debian, paths
from tools.bootstrap.steps import StepError, lock, run, step

NAME = "wkhtmltopdf"
HINT = "check the network and apt's configuration"
WRAPPER = """#!/bin/sh
# Qt without a screen, with the libraries beside it.
export LD_LIBRARY_PATH={libraries} QT_PLUGIN_PATH={libraries}/qt5/plugins
export QT_QPA_PLATFORM=offscreen
exec {program} "$@"
"""


def ensure():
    """Return the folder of a wkhtmltopdf for PATH; None where this system offers none."""
    found = shutil.which(NAME)
    if found:
        return Path(found).parent
    if not debian.usable():
        return None
    folder = paths.cache() / f"{NAME}-{debian.stable()}"
    with lock(NAME):
        if not folder.exists():
            with step(f"{NAME} from Debian {debian.stable()}"):
                _unpack(folder)
    return folder / "bin" if (folder / "bin").exists() else None


def _unpack(folder):
    """Fetch and unpack; the folder gets its name when it is whole."""
    building = folder.with_name(f".{folder.name}.{os.getpid()}")
    shutil.rmtree(building, ignore_errors=True)
    download = building / "download"
    download.mkdir(parents=True)
    try:
        debian.fetch(
            download, [debian.stable()], lambda words: debian.with_missing(NAME, words), HINT
        )
    except StepError as error:
        print(f"no {NAME} here: {error}")
        shutil.rmtree(building)
        return
    for package in sorted(download.glob("*.deb")):
        run(["dpkg-deb", "--extract", package, building], HINT)
    shutil.rmtree(download)
    _wrap(building, folder)
    building.rename(folder)


def _wrap(building, folder):
    """Put a script beside the program that shows it its libraries."""
    libraries = next(building.glob("usr/lib/*/libQt5Core.so.5")).parent.relative_to(building)
    script = building / "bin" / NAME
    script.parent.mkdir()
    script.write_text(
        WRAPPER.format(libraries=folder / libraries, program=folder / "usr" / "bin" / NAME)
    )
    script.chmod(0o755)
