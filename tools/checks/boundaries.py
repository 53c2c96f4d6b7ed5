"""Who may not know whom: the module the French one, the engine the ORM, anybody a machine."""

import re

from tools.checks import files

ORM = re.compile(
    r"^\s*(?:from|import)\s+odoo(?!\.addons\.isp_billing\.(?:engine|const)\b)", re.MULTILINE
)
MACHINE = re.compile(r"(?<![\w.\-/$}])/(?:root|work|home/\w+)/\w")


def _lines(pattern, text):
    for found in pattern.finditer(text):
        yield text.count("\n", 0, found.start()) + 1


def french_names():
    """Yield mentions of the French module inside the billing module."""
    pattern = re.compile("isp_billing_fr")
    for name, text in files.texts("isp_billing", ":!isp_billing/i18n"):
        for line in _lines(pattern, text):
            yield f"{name}:{line}: names isp_billing_fr"


def orm_in_engine():
    """Yield imports of Odoo in the engine, which is plain Python."""
    for name, text in files.texts("isp_billing/engine/*.py"):
        for line in _lines(ORM, text):
            yield f"{name}:{line}: the engine imports odoo"


def machine_paths():
    """Yield absolute paths that exist on somebody's machine only."""
    for name, text in files.texts():
        for line in _lines(MACHINE, text):
            yield f"{name}:{line}: a path of one machine"


def problems():
    """Return all of them."""
    return [*french_names(), *orm_in_engine(), *machine_paths()]
