"""Which cases a run has: found in folders, told apart by name, and what is wrong with one kept from the others.

Decided: a case's name is its folder's, for runs, journals and baselines are kept by it. Of two with one name neither
is played: whichever it were, the other would be compared with its past.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from ivr.errors import AudioError, FlowError, UsageError
from ivr.flow.load import Flow
from ivr.flow.problem import listing
from ivr.qa.case import LoadedCase, load_case


@dataclass(frozen=True, slots=True)
class UnplayableCase:
    """A case that cannot be played, and why: lines for a person, with file, place and remedy."""

    folder: Path
    name: str
    why: str


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


def read_cases(folders: Sequence[Path]) -> tuple[list[LoadedCase], list[UnplayableCase]]:
    """The cases in `folders`, and those that cannot be read. Neither flows nor recordings are looked at."""
    loaded: list[LoadedCase] = []
    unplayable: list[UnplayableCase] = []
    names = Counter(folder.resolve().name for folder in folders)
    for folder in folders:
        name = folder.resolve().name
        if names[name] > 1:
            others = ", ".join(str(one) for one in folders if one.resolve().name == name and one != folder)
            why = f"{folder}: there is another case called {name}, in {others}: rename one of the folders."
            unplayable.append(UnplayableCase(folder, str(folder), why))
            continue
        try:
            loaded.append(load_case(folder))
        except FlowError as fault:
            unplayable.append(UnplayableCase(folder, name, str(fault)))
    return loaded, unplayable


def why_unplayable(loaded: LoadedCase, flow: Flow) -> str:
    """Why the case cannot be played against `flow`: names that are gone, recordings that are none. "" if it can."""
    if problems := loaded.problems(flow):
        return listing(problems)
    try:
        loaded.turns()
    except AudioError as fault:
        return str(fault)
    return ""
