"""What the manifests need, what the code imports and what requirements.txt lists agree."""

import ast
import re
import sys
from importlib import metadata
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
MODULES = [path.parent for path in sorted(ROOT.glob("isp_billing*/__manifest__.py"))]
# distribution: the name it is imported by
IMPORT_OF = {"psycopg2-binary": "psycopg2", "fonttools": "fontTools"}
NOT_IMPORTED = {"odoo", "odoo-addon-subscription-oca"}  # add-ons are depended on, not imported


def odoos_own():
    """Return what Odoo itself requires: a module may import it without declaring it."""
    required = {re.split(r"[^\w.-]", line)[0].lower() for line in metadata.requires("odoo")}
    providers = metadata.packages_distributions()
    return {
        name
        for name, distributions in providers.items()
        if required & {distribution.lower() for distribution in distributions}
    }


def listed(name="requirements.txt"):
    """Return the distributions that a requirement file names, each with its comment."""
    entries = {}
    for line in (ROOT / name).read_text().splitlines():
        text, _hash, reason = line.partition("#")
        if text.strip() and not text.startswith("-"):
            entries[re.split(r"[=<>!~ ]", text.strip())[0]] = reason.strip()
    return entries


def importable(names):
    """Return the names by which distributions are imported."""
    return {IMPORT_OF.get(name, name.replace("-", "_")) for name in names}


def imported(module):
    """Return the top-level packages that a module's own code imports, tests apart."""
    found = set()
    for path in module.rglob("*.py"):
        if "tests" in path.relative_to(module).parts:
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Import):
                found |= {alias.name.split(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and not node.level:
                found.add(node.module.split(".")[0])
    return found - set(sys.stdlib_module_names) - {"odoo"}


def declared(module):
    """Return the Python packages of a manifest's external dependencies."""
    manifest = ast.literal_eval((module / "__manifest__.py").read_text())
    return set(manifest.get("external_dependencies", {}).get("python", []))


@pytest.mark.parametrize("module", MODULES, ids=lambda path: path.name)
def test_imports_are_declared(module):
    """What a module imports beyond Odoo's own needs is in its manifest, and nothing more is."""
    assert imported(module) - odoos_own() == declared(module) - odoos_own()


@pytest.mark.parametrize("module", MODULES, ids=lambda path: path.name)
def test_declared_is_listed(module):
    """What a manifest declares can be installed from requirements.txt."""
    assert declared(module) <= importable(listed())


def test_listed_is_used():
    """Nothing is listed that no module needs."""
    used = set().union(*(imported(module) | declared(module) for module in MODULES))
    used |= {"psycopg2"}  # Odoo's driver
    assert importable(set(listed()) - NOT_IMPORTED) <= used


@pytest.mark.parametrize(
    "name",
    [f"requirements{part}.txt" for part in ("", "-dev", "-bench", "-prove")],
)
def test_each_has_its_reason(name):
    """Each line says what it is for."""
    assert [entry for entry, reason in listed(name).items() if not reason] == []


def test_community_modules_are_listed():
    """Modules that come from wheels are listed under their distribution's name."""
    needed = {
        dependency
        for module in MODULES
        for dependency in ast.literal_eval((module / "__manifest__.py").read_text())["depends"]
    }
    names = {
        name.removeprefix("odoo-addon-").replace("-", "_") for name in listed() if "addon" in name
    }
    assert names <= needed
