"""Debian's package of Odoo, fetched by apt with folders of its own: no root, signatures checked.

Only the part of the package that runs is unpacked, with French as the only translation, and beside
it the packages whose fonts and scripts Odoo's files link to.
"""

import json
import os
import platform
import shutil
import subprocess
from pathlib import Path

from .steps import StepError, run

KEYRING = Path("/usr/share/keyrings/debian-archive-keyring.gpg")
PACKAGES_FOLDER = "usr/lib/python3/dist-packages"
ODOO = "odoo-19"
ODOO_SUITE = "sid"
LINKED = (
    "fonts-montserrat",
    "fonts-roboto-unhinted",
    "fonts-ocr-b",
    "libjs-jquery",
    "libjs-jquery-form",
    "libjs-underscore",
)
# from this system's own suite: newer ones lack the linked files
LINKED_STABLE = ("fonts-font-awesome", "fonts-inconsolata")
# files that Debian removes for their licence although Odoo's pages ask for them
LEFT_OUT = ("mail/static/lib/selfie_segmentation/selfie_segmentation.js",)
EXCLUDED = (
    "*/i18n*/[!f]*.po",
    "*/i18n*/f[!r]*.po",
    "*/i18n*/*.pot",
    f"./{PACKAGES_FOLDER}/*/*/tests/*.xlsx",
)


def usable():
    """Return whether apt on this machine is configured for Debian."""
    return bool(
        KEYRING.exists()
        and shutil.which("apt-get")
        and shutil.which("dpkg-deb")
        and _os_release().get("ID") == "debian"
        and _mirror()
    )


def recipe():
    """Return a text that changes when the content of the unpacked tree would change."""
    return json.dumps([ODOO, LINKED, LINKED_STABLE, LEFT_OUT, EXCLUDED])


def version(tree):
    """Return the version of the unpacked Debian package, if the tree comes from one."""
    found = sorted((tree / "download").glob(f"{ODOO}_*.deb"))
    return found[0].name.split("_")[1] if found else None


def _os_release():
    return platform.freedesktop_os_release()


def _mirror():
    """Return the address of the Debian mirror that this machine already uses."""
    listing = subprocess.run(
        [
            "apt-get",
            "indextargets",
            "--format",
            "$(REPO_URI) $(RELEASE) $(COMPONENT)",
            "Created-By: Packages",
        ],
        capture_output=True,
        text=True,
        check=False,
    ).stdout
    codename = _os_release().get("VERSION_CODENAME", "")
    for line in listing.splitlines():
        words = line.split()
        if len(words) == 3 and words[1] in (codename, "stable") and words[2] == "main":
            return words[0]
    return None


def stable():
    """Return the name of this system's own suite, such as ``bookworm``."""
    return _os_release().get("VERSION_CODENAME")


def _options(folder, suites):
    """Return apt's options for lists, cache and sources of our own."""
    for name in ("lists/partial", "cache/archives/partial"):
        (folder / name).mkdir(parents=True)
    lines = [f"deb [signed-by={KEYRING}] {_mirror()} {suite} main" for suite in suites]
    (folder / "sources.list").write_text("\n".join(lines) + "\n")
    settings = {
        "Dir::State::lists": folder / "lists",
        "Dir::Cache": folder / "cache",
        "Dir::Etc::sourcelist": folder / "sources.list",
        "Dir::Etc::sourceparts": "-",
        "Dir::Etc::preferencesparts": "-",
        "Dir::Etc::preferences": "-",
        "Acquire::Languages": "none",
        "Acquire::Retries": "3",
    }
    if os.geteuid() == 0:
        settings["APT::Sandbox::User"] = "root"  # the folders are ours, not _apt's
    return [word for key, value in settings.items() for word in ("-o", f"{key}={value}")]


def _fetch(download):
    todo = "check the network and apt's configuration, or set ODOO_HOME"
    wanted = [f"{name}/{ODOO_SUITE}" for name in (ODOO, *LINKED)]
    wanted += [f"{name}/{stable()}" for name in LINKED_STABLE]
    fetch(download, (ODOO_SUITE, stable()), lambda _options: wanted, todo)


def fetch(download, suites, choose, todo):
    """Download packages into a folder, with apt folders of our own.

    :param choose: function of apt's options that returns the packages to download
    """
    folder = download / "apt"
    options = _options(folder, suites)
    run(["apt-get", "-q", *options, "update"], todo)
    run(["apt-get", "-q", *options, "download", *choose(options)], todo, cwd=download)
    shutil.rmtree(folder)


def with_missing(package, options):
    """Return a package and those of its dependencies that this system lacks, with versions."""
    words = ["apt-get", "-q", "-s", "-y", "--no-install-recommends", *options, "install", package]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    rows = [line.split() for line in done.stdout.splitlines() if line.startswith("Inst ")]
    return [f"{row[1]}={row[2].lstrip('(')}" for row in rows]


def _extract(package, tree, only):
    """Unpack the part of a package that we use, without its owner's identity."""
    with subprocess.Popen(
        ["dpkg-deb", "--fsys-tarfile", package], stdout=subprocess.PIPE
    ) as source:
        tar = [
            "tar",
            "--extract",
            "--directory",
            tree,
            "--no-same-owner",
            *(f"--exclude={pattern}" for pattern in EXCLUDED),
            "--wildcards",
            only,
        ]
        run(tar, "run again: the download may be damaged", stdin=source.stdout)
    if source.returncode:
        raise StepError(f"{package.name} cannot be read", "run again: the download may be damaged")


def _localise_links(tree):
    """Make absolute links point into the tree instead of into the system."""
    for root, folders, files in os.walk(tree):
        for path in (Path(root, name) for name in folders + files):
            if path.is_symlink() and path.readlink().is_absolute():
                target = tree / path.readlink().relative_to("/")
                path.unlink()
                path.symlink_to(os.path.relpath(target, path.parent))


def _fill_gaps(addons):
    """Put an empty script where Debian left one out: Odoo's pages log an error without it."""
    for name in LEFT_OUT:
        path = addons / name
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text("// Not in Debian's package.\n")


def unpack(tree):
    """Fetch and unpack the packages into a folder; `odoo` is under `PACKAGES_FOLDER`."""
    download = tree / "download"
    download.mkdir()
    _fetch(download)
    for package in sorted(download.glob("*.deb")):
        if package.name.startswith(f"{ODOO}_"):
            _extract(package, tree, f"./{PACKAGES_FOLDER}/odoo*")
        else:
            _extract(package, tree, "./usr/share/*")
    _fill_gaps(tree / PACKAGES_FOLDER / "odoo" / "addons")
    _localise_links(tree / "usr" / "share")
    shutil.rmtree(tree / "usr" / "share" / "doc", ignore_errors=True)
