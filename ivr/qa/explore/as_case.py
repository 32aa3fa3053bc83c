"""An explored call as a case: what the caller does, and what was seen, or meant, to be confirmed by a person.

Decided: what is written is loose (what each turn was taken for, the steps gone, how it ended), so that a prompt may be
reworded without a case to mend. A call that the text search left open ends with the caller's hanging up.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from ivr.errors import UsageError
from ivr.qa.explore.script import Turn
from ivr.qa.explore.trial import Finding, Seen

TO_CONFIRM = "  # to confirm"
_NO_NAME = frozenset({"either", "backchannel"})
_NOBODY_CAME = frozenset({"no_person", "dead_end", "circle", "person"})
"""Failures of calls that should have ended with a person."""


def case_of(seen: Seen, *, flow: str, voice: str, tags: list[str], finding: Finding | None = None) -> dict[str, Any]:
    """case.yaml as data. `flow`: how the case names its hotline; with a `finding`, the turn that shows it expects what
    was meant."""
    script = seen.made if finding is None else seen.script
    case: dict[str, Any] = {"case": _sentence(seen, finding), "flow": flow, "tags": tags}
    case |= {"voice": voice, "at": script.at[:16].replace("T", " "), "caller": script.caller}
    case |= {name: value for name, value in (("mock", script.mock), ("refuse", list(script.refuse))) if value}
    case["turns"] = turns = [_turn(seen, number, turn, finding) for number, turn in enumerate(script.turns, start=1)]
    if finding is not None and finding.kind in _NOBODY_CAME:
        return case | {"expect": {"ended": "handed_off"}}
    if seen.left_by_caller or finding is not None:
        turns.append({"hang_up": True})
    if finding is None:
        ending = {"ended": seen.ended} | ({"queue": seen.queue} if seen.queue else {})
        case["expect"] = {"steps": list(seen.walk.steps)} | ending
    return case


def write_case(folder: Path, case: dict[str, Any], head: str) -> Path:
    """Write case.yaml into the new `folder` and return it. Raises UsageError if it cannot be written."""
    text = yaml.safe_dump(case, allow_unicode=True, sort_keys=False, width=110)
    lines = [line + TO_CONFIRM if line.strip() == "expect:" else line for line in text.splitlines()]
    try:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "case.yaml").write_text("\n".join([f"# {head}", *lines, ""]), encoding="utf-8")
    except OSError as fault:
        raise UsageError(f"{folder} cannot be written ({fault.strerror}): give another place by --to.") from fault
    return folder


def _sentence(seen: Seen, finding: Finding | None) -> str:
    if finding is not None:
        return str(finding)
    return " → ".join(seen.walk.steps) or "a caller rings"


def _turn(seen: Seen, number: int, turn: Turn, finding: Finding | None) -> dict[str, Any]:
    made: dict[str, Any] = {"text": turn.say} if turn.say else {"keys": turn.keys} if turn.keys else {"silence": True}
    if number >= len(seen.answered) or (finding is not None and finding.kind in _NOBODY_CAME):
        return made
    if finding is not None and finding.turn == number and finding.kind in {"taken", "crash"}:
        return made | ({"expect": {"intent": _intent(turn.means)}} if turn.means else {})
    taken = seen.taken_for(number)
    expect: dict[str, Any] = {"intent": _intent(taken[0])} if taken and taken[0] not in _NO_NAME else {}
    if taken[:1] == ("digits",) and turn.say:
        expect["slots"] = {"digits": seen.meaning(number)}
    if finding is not None and finding.turn == number and finding.kind == "heard":
        return made | {"expect": expect}
    return made | {"expect": expect | {"step": seen.answered[number].step}}


def _intent(name: str) -> str:
    """An option by its own name, as people write it."""
    return name.rpartition(".")[2] if name.startswith("option:") else name
