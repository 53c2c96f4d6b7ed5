"""Bring the lists of terms up to date with the sources: ``make terms``.

The terms are exported by Odoo itself. Translations are kept, terms that are gone leave the files,
new ones stand untranslated in ``fr.po`` (``make lint`` names them until they are filled).
``fr_CA.po`` holds only what differs in Canada, so nothing is added to it.
"""

import sys
import tempfile

import polib

from tools.bootstrap import paths
from tools.checks import french

MODULE = "isp_billing"


def refreshed(old, exported, every_term):
    """Return a French file in the order of the export, with the translations of the old one.

    :param every_term: terms without a translation are taken up too
    """
    known = {(entry.msgctxt, entry.msgid): entry for entry in old if not entry.obsolete}
    new = polib.POFile()
    new.header, new.metadata = old.header, old.metadata
    for term in exported:
        entry = known.get((term.msgctxt, term.msgid))
        if entry is None and not every_term:
            continue
        new.append(
            polib.POEntry(
                msgid=term.msgid,
                msgstr=entry.msgstr if entry else "",
                msgctxt=term.msgctxt,
                comment=term.comment,
                tcomment=entry.tcomment if entry else "",
                flags=[flag for flag in (entry.flags if entry else []) if flag != "fuzzy"],
                occurrences=term.occurrences,
            )
        )
    return new


def main():
    """Write the three files and say what is left to translate."""
    folder = paths.ROOT / MODULE / "i18n"
    with tempfile.TemporaryDirectory() as target:
        exported = french.export(target)[MODULE]
    template = polib.pofile(str(folder / f"{MODULE}.pot"))
    template_entries = refreshed(template, exported, every_term=True)
    template_entries.save(str(folder / f"{MODULE}.pot"))
    for language, every_term in (("fr", True), ("fr_CA", False)):
        path = str(folder / f"{language}.po")
        new = refreshed(polib.pofile(path), exported, every_term)
        new.save(path)
        empty = [entry.msgid for entry in new if not entry.msgstr]
        print(f"{language}: {len(new)} terms, {len(empty)} without a translation")
        for msgid in empty:
            print(f"  {msgid!r}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
