"""Every term of the modules is in French, well spaced, and for Canada where that differs."""

import os
import subprocess
import tempfile
from pathlib import Path

import polib

from tools import database, odoo_conf
from tools.bootstrap import paths
from tools.checks import typography, varieties


def export(folder):
    """Return the terms of each of our modules, as Odoo itself extracts them from a database."""
    name = database.make_clone(database.test_name("french"))
    try:
        exported = {}
        for module in database.modules():
            target = Path(folder) / f"{module}.pot"
            words = [
                "i18n",
                "export",
                "-c",
                odoo_conf.write("french"),
                "-d",
                name,
                "-o",
                target,
                module,
            ]
            done = subprocess.run(
                odoo_conf.command(*words),
                cwd=folder,
                capture_output=True,
                text=True,
                check=False,
                env=os.environ | {"PYTHONWARNINGS": "ignore"},
            )
            if done.returncode:
                raise RuntimeError(f"odoo i18n export {module}: {done.stderr[-800:]}")
            # A module without terms has no file.
            exported[module] = polib.pofile(str(target)) if target.exists() else polib.POFile()
        return exported
    finally:
        database.drop(name)


def missing(name, terms, french):
    """Return the terms that a French file does not have, or not in a finished state."""
    known, found = {entry.msgid: entry for entry in french if not entry.obsolete}, []
    for term in terms:
        entry = known.get(term.msgid)
        state = (
            "missing"
            if entry is None
            else "fuzzy"
            if entry.fuzzy
            else "untranslated"
            if not entry.msgstr.strip()
            else None
        )
        if state:
            where = next((place for place, _line in term.occurrences), "")
            found.append(f"{name}: {state}: {term.msgid!r} ({where})")
    return found


def _is_code(entry):
    """Tell whether a term is an expression, such as the one that names a report's file."""
    return any("print_report_name" in place for place, _line in entry.occurrences)


def spacing(name, entries, canadian):
    """Return the faults of typography of a French file."""
    return [
        f"{name}:{entry.linenum}: {complaint}: {entry.msgstr!r}"
        for entry in entries
        for complaint in typography.complaints(entry.msgstr, canadian)
        if not _is_code(entry)
    ]


def without_canadian(name, french, canadian):
    """Return the terms whose spacing is France's and which Canada would get as they are."""
    known = {entry.msgid for entry in canadian if entry.msgstr}
    return [
        f"{name}: needs a version in fr_CA.po: {entry.msgstr!r}"
        for entry in french
        if not entry.obsolete
        and typography.differs_in_canada(entry.msgstr)
        and entry.msgid not in known
    ]


def _file(module, language):
    path = paths.ROOT / module / "i18n" / f"{language}.po"
    name = str(path.relative_to(paths.ROOT))
    return name, polib.pofile(str(path)) if path.exists() else polib.POFile()


def problems():
    """Return what is wrong with the French of both modules."""
    found = []
    with tempfile.TemporaryDirectory() as folder:
        exported = export(folder)
    for module, terms in exported.items():
        name, french = _file(module, "fr")
        _name, canadian = _file(module, "fr_CA")
        found += missing(name, terms, french)
        found += spacing(name, french, canadian=False)
        found += spacing(_name, canadian, canadian=True)
        found += without_canadian(name, french, canadian)
        overrides = {entry.msgid: entry.msgstr for entry in canadian if not entry.obsolete}
        found += varieties.complaints(name, french, {}, canadian=False)
        found += varieties.complaints(_name, french, overrides, canadian=True)
    return found
