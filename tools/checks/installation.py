"""Installing the modules logs no warning and no error."""

from tools import database


def problems():
    """Return the lines of the log of the template's installation."""
    return database.installation_warnings()
