"""One turn of the caller's script in two runs: what changed.

Decided: turns are aligned by what the caller does, which is the same on both sides, and never by what the hotline makes
of it; a turn that only one side has is one that the call never came to, or that was written into or out of the case.
A change of meaning is one that the caller would notice: what they are taken for, what is filled, where they stand, what
they are told, what is done for them. Other words heard or another score with the same meaning are notes.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

from ivr.qa.recognition_errors import characters
from ivr.qa.run_result import TurnResult

SCORE_TOLERANCE = 0.02
GAP_TOLERANCE_MS = 60
NOTICED_GAP_MS = 200
"""A reply that comes so much later is noticed: it is how long people take to answer each other."""
_NOT_SAID = "nothing"


@dataclass(frozen=True, slots=True)
class Change:
    """`what` of a turn or call: heard, free_text, intent, score, slots, step, prompts, actions, gap, silence,
    interrupted, turn, ended, queue, summary, values. `noticed`: by the caller."""

    what: str
    before: str
    after: str
    noticed: bool = True


@dataclass(frozen=True, slots=True)
class TurnDiff:
    """A turn that changed. `before` and `after` are its numbers in the two runs (0: before the caller's first), None
    on the side that has it not; `cause` is what can be seen of why."""

    before: int | None
    after: int | None
    said: str
    changes: tuple[Change, ...]
    cause: str = ""

    @property
    def number(self) -> int:
        """What a person calls the turn: its number after, or before if it is gone."""
        return self.after if self.after is not None else self.before or 0

    @property
    def noticed(self) -> bool:
        return any(change.noticed for change in self.changes)


def aligned(before: Sequence[TurnResult], after: Sequence[TurnResult]) -> Iterator[tuple[int | None, int | None]]:
    """The numbers of the turns that belong together, in order; None where a side has none."""
    matcher = SequenceMatcher(None, [_script(turn) for turn in before], [_script(turn) for turn in after], False)
    for kind, i1, i2, j1, j2 in matcher.get_opcodes():
        if kind == "equal":
            yield from zip(range(i1, i2), range(j1, j2), strict=True)
        else:
            yield from ((number, None) for number in range(i1, i2))
            yield from ((None, number) for number in range(j1, j2))


def changes_of(
    before: TurnResult, after: TurnResult, earlier: tuple[TurnResult, TurnResult] | None = None
) -> tuple[Change, ...]:
    """What changed in a turn that both runs have; empty if nothing that counts. `earlier`: the turn before it on both
    sides, for a value stays known to the end of the call and is told at the turn that filled it."""
    was, now = ({name: plain(value) for name, value in turn.slots.items()} for turn in (before, after))
    if earlier is not None:
        for name in {*earlier[0].slots, *earlier[1].slots}:
            stood = tuple(name in turn.slots and plain(turn.slots[name]) for turn in earlier)
            if stood == (was.get(name, False), now.get(name, False)):
                was.pop(name, None)
                now.pop(name, None)
    return tuple(_changes(before, after, was, now))


def label(turn: TurnResult) -> str:
    """What a person calls the turn."""
    names = {"begin": "(before the first turn)", "silence": "(silence)", "hang_up": "(hangs up)"}
    return names.get(turn.kind) or turn.said or "(speech that nobody wrote down)"


def listed(values: Sequence[str]) -> str:
    """Several as one text; what is none is said to be."""
    return ", ".join(values) or _NOT_SAID


def _script(turn: TurnResult) -> tuple[str, str]:
    return turn.kind, turn.said


def _changes(before: TurnResult, after: TurnResult, was: dict[str, str], now: dict[str, str]) -> Iterator[Change]:
    """`was`, `now`: the slots that are news on either side, in writing."""
    if characters(before.heard) != characters(after.heard):
        yield Change("heard", before.heard or _NOT_SAID, after.heard or _NOT_SAID, noticed=False)
    if characters(before.free_text) != characters(after.free_text):
        yield Change("free_text", before.free_text or _NOT_SAID, after.free_text or _NOT_SAID, noticed=False)
    if before.intents != after.intents:
        yield Change("intent", listed(before.intents), listed(after.intents))
    if abs(before.score - after.score) > SCORE_TOLERANCE:
        yield Change("score", f"{before.score:.2f}", f"{after.score:.2f}", noticed=False)
    if slots := {name for name in {*was, *now} if was.get(name) != now.get(name)}:
        sides = [written({name: side.get(name, _NOT_SAID) for name in slots}) for side in (was, now)]
        yield Change("slots", sides[0], sides[1])
    if before.step != after.step:
        yield Change("step", before.step or _NOT_SAID, after.step or _NOT_SAID)
    if before.prompts != after.prompts:
        yield Change("prompts", " ".join(before.prompts) or _NOT_SAID, " ".join(after.prompts) or _NOT_SAID)
    if before.actions != after.actions:
        yield Change("actions", listed(before.actions), listed(after.actions))
    if bool(before.cut) != bool(after.cut):
        yield Change("interrupted", before.cut or _NOT_SAID, after.cut or _NOT_SAID)
    yield from _silence(before, after) if after.kind == "silence" else _gap(before, after)


def _gap(before: TurnResult, after: TurnResult) -> Iterator[Change]:
    """A reply that came later, or earlier; where one side has none, the prompts say so."""
    if before.gap_ms is None or after.gap_ms is None:
        return
    longer = after.gap_ms - before.gap_ms
    if abs(longer) > GAP_TOLERANCE_MS:
        yield Change(
            "gap",
            f"{before.gap_ms} ms",
            f"{after.gap_ms} ms",
            noticed=longer > NOTICED_GAP_MS or spoken_over(before.gap_ms, after.gap_ms),
        )


def _silence(before: TurnResult, after: TurnResult) -> Iterator[Change]:
    """Whoever is silent is asked again sooner or later than before: either is another patience."""
    was, now = (turn.ended_ms - turn.began_ms for turn in (before, after))
    if abs(now - was) > GAP_TOLERANCE_MS:
        yield Change("silence", f"{was} ms", f"{now} ms", noticed=abs(now - was) > NOTICED_GAP_MS)


def spoken_over(was: int, now: int) -> bool:
    """Whether the hotline came to speak before the caller has ended, by gaps in ms. Where it is by less than
    NOTICED_GAP_MS, the end may be told wrongly: in a noisy recording it is where the noise ends."""
    return now < 0 <= was and was - now > NOTICED_GAP_MS


def written(values: dict[str, Any]) -> str:
    """Values by name, in one order; the same whether they come from a file or from a call."""
    return listed([f"{name}: {plain(value)}" for name, value in sorted(values.items())])


def plain(value: Any) -> str:
    """A value in writing."""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, sort_keys=True, default=str)
