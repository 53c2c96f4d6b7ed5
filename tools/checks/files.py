"""The files that belong to the repository: tracked ones and new ones that git does not ignore."""

import subprocess

from tools.bootstrap import paths

BINARY = {".png", ".ico", ".pdf", ".ttf", ".otf", ".woff", ".woff2", ".xlsx", ".gz", ".zip", ".jpg"}


def listed(*patterns):
    """Return the paths, relative to the repository, that match git's patterns (all by default)."""
    names = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", "--", *patterns],
        cwd=paths.ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split("\0")
    return [
        paths.ROOT / name for name in sorted(set(names)) if name and (paths.ROOT / name).is_file()
    ]


def texts(*patterns):
    """Yield the relative name and the text of each file that is text."""
    for path in listed(*patterns):
        if path.suffix.lower() not in BINARY:
            yield (
                str(path.relative_to(paths.ROOT)),
                path.read_text(encoding="utf-8", errors="replace"),
            )
