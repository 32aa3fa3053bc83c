"""Which folders hold cases. A case's name is its folder's: runs, journals and baselines are kept by it."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from ivr.errors import UsageError


def find_cases(places: Iterable[Path]) -> list[Path]:
    """Every folder with a case.yaml in or below `places`, each once, by name. Raises UsageError where there is none."""
    found: dict[Path, Path] = {}
    for place in places:
        folders = [place.parent] if place.name == "case.yaml" else [path.parent for path in place.rglob("case.yaml")]
        if not folders:
            what = f"there is no case.yaml in {place}" if place.is_dir() else f"there is no folder {place}"
            raise UsageError(f"{what}: give the folder of a recorded case, or one that holds such folders.")
        for folder in folders:
            found.setdefault(folder.resolve(), folder)
    return sorted(found.values(), key=lambda folder: (folder.resolve().name, str(folder)))
