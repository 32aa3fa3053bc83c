"""A folder of calls with a new flow, one journal in memory at a time: what is damaged is named, the rest goes on."""

from __future__ import annotations

import json
from collections import ChainMap
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from ivr.call.journal import read_journal
from ivr.dialogue.dialogue import Dialogue
from ivr.dialogue.vocabulary import Vocabulary, prepared_vocabulary_for
from ivr.errors import JournalError
from ivr.flow.load import Flow
from ivr.models.store import learned_folder
from ivr.qa.whatif import Unusable, WhatIf, lengths_in, what_if
from ivr.qa.whatif_figures import Figures

_MOST_LENGTHS = 20_000


@dataclass
class Seen:
    """What came of the calls to `hotline` since `begin`. `passed_over`: calls that tell nothing, by why."""

    hotline: str
    begin: datetime
    figures: Figures = field(default_factory=Figures)
    passed_over: dict[str, list[str]] = field(default_factory=dict)

    def pass_over(self, path: Path, why: str) -> None:
        """This call tells nothing."""
        self.passed_over.setdefault(why, []).append(path.stem)


def imagine(
    flow: Flow,
    folder: Path,
    begin: datetime,
    *,
    of: str = "",
    shown: Callable[[Sequence[Path]], Iterable[Path]] = lambda paths: paths,
) -> Seen:
    """Every call in `folder` to the hotline `of` (the flow's own name, if left out) since `begin` (aware), with `flow`.
    `shown` is given the journals and gives them back, and may tell how far that is."""
    seen = Seen(of or flow.name, begin)
    paths = list(_calls(folder, seen))
    if not paths:
        return seen
    vocabulary = prepared_vocabulary_for(flow, learned_folder())
    lengths: dict[str, float] = {}
    for path in shown(paths):
        try:
            seen.figures.add(_one(path, flow, vocabulary, lengths))
        except (JournalError, Unusable) as why:
            seen.pass_over(path, _short(why, path))
    return seen


def _one(path: Path, flow: Flow, vocabulary: Vocabulary, lengths: dict[str, float]) -> WhatIf:
    header, exchanges = read_journal(path)
    own = lengths_in(exchanges)
    if len(lengths) < _MOST_LENGTHS:
        lengths |= own
    return what_if(header, exchanges, Dialogue(flow, vocabulary), ChainMap(own, lengths).get)


def _calls(folder: Path, seen: Seen) -> Iterator[Path]:
    """The journals of calls to the hotline in the time; a file whose first line is none is passed over."""
    for path in sorted(folder.glob("*.jsonl")):
        try:
            with path.open("rb") as file:
                header = json.loads(file.readline())
            if "call_id" not in header:
                continue  # notes of another kind, such as call backs to be made
            wanted = header["flow"] == seen.hotline
            if wanted and datetime.fromisoformat(header["started"]).astimezone() >= seen.begin:
                yield path
        except (OSError, ValueError, KeyError, TypeError, RecursionError):
            seen.pass_over(path, "the first line is damaged")


def _short(why: Exception, path: Path) -> str:
    """The reason without the file's name and line, so that files with the same trouble are told together."""
    if isinstance(why, Unusable):
        return str(why)
    return "a line is damaged" if "damaged" in str(why) else str(why).replace(str(path), "").strip(" :")
