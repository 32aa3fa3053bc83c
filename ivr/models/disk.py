"""What goes wrong with the disk below the models, told so that it can be mended."""

from __future__ import annotations

import errno
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ivr.errors import ModelError

_FULL = (errno.ENOSPC, errno.EDQUOT)


class DiskError(ModelError):
    """The disk is full or refuses us: no other source would help."""


@contextmanager
def writing(folder: Path) -> Iterator[None]:
    """Turn an OSError met while writing below `folder` into a DiskError; other errors pass."""
    try:
        yield
    except OSError as fault:
        if fault.errno in _FULL:
            raise DiskError(f"the disk below {folder} is full: {_remedy()}") from fault
        where, why = fault.filename or folder, fault.strerror or fault
        raise DiskError(f"{where} cannot be written ({why}): set IVR_MODELS to a folder that can") from fault


def require_space(folder: Path, needed: int) -> None:
    """Raise DiskError, before anything is fetched, if fewer than `needed` bytes are free below `folder`."""
    free = shutil.disk_usage(folder).free
    if free < needed:
        raise DiskError(f"{megabytes(needed)} are needed below {folder} and {megabytes(free)} are free: {_remedy()}")


def megabytes(size: float) -> str:
    """A size for people: "85 MB", "0.5 MB", "26 kB"."""
    value = size / 1e6
    if value < 0.1:
        return f"{size / 1e3:.0f} kB"
    return f"{value:.0f} MB" if value >= 10 else f"{value:.1f} MB"


def _remedy() -> str:
    return "make room, or set IVR_MODELS to a folder elsewhere and run this again"
