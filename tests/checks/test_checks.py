"""Each check finds a planted problem, and leaves correct text alone."""

import polib
import pytest

from tools import install_log
from tools.checks import boundaries, french, typography

NB, NN = "\u00a0", "\u202f"


@pytest.mark.parametrize(
    ("text", "canadian", "faults"),
    [
        (f"Total{NB}: 5{NB}%", False, 0),
        (f"Total{NB}: 5{NB}%", True, 0),
        ("Total : 5", False, 1),
        ("Total: 5", True, 1),
        ("Rabais de 5 %", False, 1),
        ("Rabais de %s %%", False, 1),
        (f"Rabais de %(rate)s{NB}%%", False, 0),
        (f"Bonjour{NN}!", False, 0),
        (f"Bonjour{NN}!", True, 1),
        ("Bonjour!", True, 0),
        ("Bonjour!", False, 1),
        (f"Vraiment{NN}?!", False, 0),
        ("« ici »", False, 2),
        (f"«{NB}ici{NB}»", False, 0),
        ("l'abonnement", False, 1),
        ("l’abonnement", False, 0),
        ('<a style="color:red;x" href="a?b">ici</a>', False, 0),
        ("http://exemple.fr/a?b=c à 10:30", False, 0),
    ],
)
def test_typography(text, canadian, faults):
    """Spaces before marks, quotes and apostrophes, in France and in Canada."""
    assert len(typography.complaints(text, canadian)) == faults


def _file(*entries):
    file = polib.POFile()
    for msgid, msgstr, flags in entries:
        file.append(polib.POEntry(msgid=msgid, msgstr=msgstr, flags=flags))
    return file


def test_missing_french():
    """A term that is absent, empty or fuzzy is listed; a finished one is not."""
    terms = _file(("a", "", []), ("b", "", []), ("c", "", []), ("d", "", []))
    known = _file(("a", "A", []), ("b", "", []), ("c", "C", ["fuzzy"]))
    found = french.missing("fr.po", terms, known)
    assert [line.split()[1] for line in found] == ["untranslated:", "fuzzy:", "missing:"]


def test_canadian_version_needed():
    """Spacing that is France's own needs a Canadian version."""
    known = _file(("Hello!", f"Bonjour{NN}!", []), ("Bye", "Au revoir", []))
    assert len(french.without_canadian("fr.po", known, _file())) == 1
    assert not french.without_canadian("fr.po", known, _file(("Hello!", "Bonjour!", [])))


def test_warnings_of_an_installation(tmp_path):
    """Warnings and errors are found with the lines that follow them; other lines are not."""
    log = tmp_path / "log"
    log.write_text(
        "2026-01-01 00:00:00,000 1 INFO db odoo.x: WARNING is only a word here\n"
        "2026-01-01 00:00:00,000 1 WARNING db odoo.y: bad\n"
        "  because\n"
        "2026-01-01 00:00:00,000 1 INFO db odoo.x: fine\n"
        "2026-01-01 00:00:00,000 1 ERROR db odoo.z: worse\n"
    )
    found = install_log.warnings(log)
    assert len(found) == 2
    assert found[0].endswith("because")


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("import odoo", True),
        ("from odoo import fields", True),
        ("from odoo.addons.isp_billing.models import x", True),
        ("from odoo.addons.isp_billing.engine import x", False),
        ("from .money import x", False),
    ],
)
def test_engine_is_plain_python(line, found):
    """Only the engine's own files may be imported in the engine."""
    assert bool(boundaries.ORM.search(line)) is found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("/ro" + "ot/x", True),
        ("'/ho" + "me/ann/x'", True),
        ("/usr/lib", False),
        ("a/ro" + "ot/x", False),
    ],
)
def test_paths_of_one_machine(text, found):
    """A home folder in a file is a mistake, a relative path is not."""
    assert bool(boundaries.MACHINE.search(text)) is found
