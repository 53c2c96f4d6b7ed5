"""Where things live: the repository, the cache folder and the few files in it that tools share."""

import hashlib
import os
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
MODULES = ("isp_billing", "isp_billing_fr")


def cache() -> Path:
    """Return the cache folder (``ISP_CACHE``, else the user's own), created when missing."""
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    folder = Path(os.environ.get("ISP_CACHE") or Path(base) / "isp-billing").expanduser().absolute()
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def logs() -> Path:
    """Return the folder of the logs of set-up and test runs."""
    folder = cache() / "logs"
    folder.mkdir(exist_ok=True)
    return folder


def data_dir() -> Path:
    """Return Odoo's data folder (file stores, sessions) of all development databases."""
    return cache() / "data"


def short_hash(*parts) -> str:
    """Return ten hexadecimal digits that stand for the given texts, bytes or contents of files."""
    digest = hashlib.sha256()
    for part in parts:
        if isinstance(part, Path) and part.is_file():
            part = part.read_bytes()
        digest.update(part if isinstance(part, bytes) else str(part).encode())
        digest.update(b"\0")
    return digest.hexdigest()[:10]


def clone_id() -> str:
    """Return the name of this working copy in the names of its databases."""
    return short_hash(ROOT)[:6]
