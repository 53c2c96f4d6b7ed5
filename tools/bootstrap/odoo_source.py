"""Odoo 19.0 on this machine: the one that is there, else Debian's package, else a shallow clone."""

import ast
import json
import os
import shutil
import subprocess
import sys
from email import message_from_string
from pathlib import Path

from . import debian, paths
from .steps import StepError, forget_unused, fresh_folder, run, step

REPOSITORY = "https://github.com/odoo/odoo"
SERIES = "19.0"
MEND = f"set ODOO_HOME to a folder that holds the odoo package of Odoo {SERIES}"
RENAMED = {"pypdf2": "pypdf", "psycopg2": "psycopg2-binary"}  # same imports, maintained wheels
NOT_NEEDED = {"pypiwin32", "python-ldap", "rl-renderpm"}


def series(home):
    """Return the series (such as 19.0) of the Odoo in a folder, or None."""
    release = Path(home) / "odoo" / "release.py"
    if not release.exists():
        return None
    values = {}
    for node in ast.parse(release.read_text()).body:
        if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == "version_info":
            values["version"] = [getattr(part, "value", "") for part in node.value.elts]
    return ".".join(map(str, values.get("version", [])[:2]))


def _installed():
    """Return the folder of an Odoo 19 that the system's Python can import, or None."""
    for entry in sys.path:
        if entry and Path(entry).resolve() != paths.ROOT and series(entry) == SERIES:
            return Path(entry).resolve()
    return None


def _requirements(home):
    """Return Odoo's own Python requirements, from its metadata or its setup.py."""
    if (home / "origin.json").exists():  # a tree of ours
        return origin(home)["requires"]
    for folder in sorted(home.glob("odoo-*info")):
        for name in ("PKG-INFO", "METADATA"):
            if (folder / name).exists():
                message = message_from_string((folder / name).read_text())
                return [
                    line for line in message.get_all("Requires-Dist", []) if "extra ==" not in line
                ]
    if (home / "setup.py").exists():
        for node in ast.walk(ast.parse((home / "setup.py").read_text())):
            if isinstance(node, ast.keyword) and node.arg == "install_requires":
                return ast.literal_eval(node.value)
    raise StepError(f"no list of requirements beside the odoo package in {home}", MEND)


def _maintained_names(lines):
    for line in lines:
        name = line.split(";")[0].strip()
        bare = name.split(">")[0].split("=")[0].strip().lower()
        if bare not in NOT_NEEDED:
            yield RENAMED.get(bare, name)


def dangling_links(folder):
    """Return the symbolic links under a folder that lead nowhere."""
    return [
        Path(root, name)
        for root, folders, files in os.walk(folder)
        for name in folders + files
        if not Path(root, name).exists()
    ]


def _check_links(tree):
    dangling = dangling_links(tree)
    if dangling:
        shown = "\n       ".join(f"{link} -> {link.readlink()}" for link in dangling[:5])
        raise StepError(
            f"{len(dangling)} links of Odoo's files lead nowhere:\n       {shown}",
            "install the packages they belong to, or " + MEND,
        )


def _adopt(home, tree):
    """Make a tree that holds only links to an Odoo which is already on the machine."""
    home = Path(home).expanduser().resolve()
    if series(home) != SERIES:
        raise StepError(
            f"{home} holds {series(home) or 'no odoo package'}, not Odoo {SERIES}", MEND
        )
    (tree / "odoo").symlink_to(home / "odoo")
    if (home / "addons" / "account" / "__manifest__.py").exists():
        (tree / "addons").symlink_to(home / "addons")
    _check_links(home / "odoo")
    return home


def _clone(tree):
    """Make a shallow clone of the public repository."""
    run(
        ["git", "clone", "--quiet", "--depth=1", f"--branch={SERIES}", REPOSITORY, tree / "src"],
        "check the network, or " + MEND,
    )
    for name in ("odoo", "addons"):
        (tree / name).symlink_to(Path("src") / name)
    return tree / "src"


def _unpack(tree):
    """Unpack Debian's packages; the odoo package ends up at the top of the tree."""
    debian.unpack(tree)
    home = debian.PACKAGES_FOLDER
    (tree / "odoo").symlink_to(Path(home) / "odoo")
    _check_links(tree)
    return tree / home


def _choose():
    """Return the way that Odoo gets here and a text that changes whenever its files must change."""
    named = os.environ.get("ODOO_HOME")
    if named:
        return (
            "ODOO_HOME",
            lambda tree: _adopt(named, tree),
            f"{Path(named).resolve()} {_revision(named)}",
        )
    installed = _installed()
    if installed:
        return (
            "installed",
            lambda tree: _adopt(installed, tree),
            f"{installed} {_revision(installed)}",
        )
    if debian.usable():
        return "Debian package", _unpack, debian.recipe()
    return "git clone", _clone, f"{REPOSITORY} {SERIES}"


def _revision(home):
    """Return what tells two states of an Odoo folder apart."""
    git = subprocess.run(
        ["git", "-C", str(home), "rev-parse", "HEAD"], capture_output=True, text=True, check=False
    )
    return git.stdout.strip() or paths.short_hash(Path(home) / "odoo" / "release.py")


def ensure():
    """Return the tree of Odoo, whose top goes on the Python path, after making it if needed."""
    with step(f"Odoo {SERIES}") as line:
        way, make, state = _choose()
        tree = paths.cache() / "odoo" / paths.short_hash(way, state)
        line["title"] = f"Odoo {SERIES} in the cache ({way})"
        if not (tree / "origin.json").exists():
            line["title"] = f"Odoo {SERIES} fetched ({way})"
            with fresh_folder(tree) as folder:
                home = make(folder)
                _finish(folder, home, way, state)
        forget_unused(tree / "origin.json")
    return tree


def _finish(tree, home, way, state):
    """Write down where the tree comes from and what it requires; it marks the tree as complete."""
    if series(tree) != SERIES:
        raise StepError(f"what was fetched is Odoo {series(tree)}, not {SERIES}", MEND)
    origin = {
        "way": way,
        "state": state,
        "version": debian.version(tree) or _revision(home),
        "requires": list(_maintained_names(_requirements(home))),
    }
    (tree / "origin.json").write_text(json.dumps(origin, indent=1))
    shutil.rmtree(tree / "download", ignore_errors=True)


def origin(tree):
    """Return what `_finish` wrote down."""
    return json.loads((tree / "origin.json").read_text())
