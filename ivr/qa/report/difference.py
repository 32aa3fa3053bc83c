"""What is otherwise than in another run, as the page shows it: which, before, after, and where within the words.

Decided: what changed and whether it is worse is `ivr.qa.compare`'s to say; here it is only brought to its turn.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from typing import Any

from ivr.qa.compare.case_diff import CaseDiff
from ivr.qa.compare.turn_diff import Change

Parts = list[tuple[str, str]]

_WORDING = {"heard", "free_text", "prompts", "summary", "slots", "values"}
"""What is read letter by letter; a name or a number that changed is another one as a whole."""


def parts(before: str, after: str) -> Parts:
    """Both texts cut where they part: ("=", in both), ("-", only before), ("+", only after), in reading order."""
    found: Parts = []
    for kind, i, j, m, n in difflib.SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if kind == "equal":
            found.append(("=", before[i:j]))
        else:
            found += [(sign, text) for sign, text in (("-", before[i:j]), ("+", after[m:n])) if text]
    return found


def shown(diff: CaseDiff) -> dict[str, Any]:
    """`diff` for the page: `verdict`; `call`, the changes of the whole call; `turns`, by the number after, each with
    `changes`, `cause` and `noticed`; `lost`, what is told of turns that the call no longer came to."""
    here = [turn for turn in diff.turns if turn.after is not None]
    return {
        "verdict": diff.verdict,
        "was": diff.was,
        "call": _changes(diff.changes),
        "turns": {
            turn.after: {"changes": _changes(turn.changes), "cause": turn.cause, "noticed": turn.noticed}
            for turn in here
        },
        "lost": [{"said": turn.said, "cause": turn.cause} for turn in diff.turns if turn.after is None],
    }


def _changes(changes: Iterable[Change]) -> list[dict[str, Any]]:
    return [{"what": change.what, "noticed": change.noticed, "parts": _readable(change)} for change in changes]


def _readable(change: Change) -> Parts:
    """As `parts` for wording, but the whole before and the whole after where little is in both: a patchwork is not
    read."""
    whole = [("-", change.before), ("+", change.after)]
    if change.what not in _WORDING:
        return whole
    found = parts(change.before, change.after)
    common = sum(len(text) for sign, text in found if sign == "=")
    return found if 2 * common >= max(len(change.before), len(change.after)) else whole
