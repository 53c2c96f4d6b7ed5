"""The list of terms beside the French files: Odoo drops what it does not hold."""

from pathlib import Path

import polib
import pytest

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "isp_billing" / "i18n"


@pytest.mark.parametrize("name", ["fr.po", "fr_CA.po"])
def test_every_term_stands_in_the_list(name):
    """A term that the .pot does not hold would be English on the screen."""
    listed = {entry.msgid for entry in polib.pofile(str(FOLDER / "isp_billing.pot"))}
    used = {entry.msgid for entry in polib.pofile(str(FOLDER / name)) if not entry.obsolete}
    assert not used - listed


def test_corrections_have_no_list():
    """With a .pot of its own, the corrections of other modules' terms would be dropped."""
    assert not list((ROOT / "isp_billing_fr" / "i18n").glob("*.pot"))
