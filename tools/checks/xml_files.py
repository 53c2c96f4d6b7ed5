"""Every XML and SVG file is well formed."""

from lxml import etree

from tools.bootstrap import paths
from tools.checks import files


def problems():
    """Return the parser's complaints."""
    found = []
    for path in files.listed("*.xml", "*.svg"):
        try:
            etree.parse(path)
        except etree.XMLSyntaxError as error:
            found.append(f"{path.relative_to(paths.ROOT)}:{error.lineno}: {error.msg}")
    return found
