"""What is written in `expect`, held against what came: the words that twin tests and recorded cases share."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ivr.qa.twin import CallExpected, TurnExpected


@dataclass(frozen=True, slots=True)
class Miss:
    """One thing that is not as expected, in a person's words."""

    what: str
    expected: str
    came: str


_Check = tuple[str, Any, bool, str]


@dataclass(frozen=True, slots=True)
class TurnSeen:
    """What followed one turn: `known` is what stands in the call's values then, or is being confirmed; an action is
    its kind, its address, or both."""

    intents: Sequence[str]
    step: str
    prompts: Sequence[str]
    known: Mapping[str, Any]
    actions: Sequence[str]


@dataclass(frozen=True, slots=True)
class CallSeen:
    """How a call went."""

    ended: str
    queue: str
    steps: Sequence[str]
    values: Mapping[str, Any]


def turn_misses(expect: TurnExpected, seen: TurnSeen) -> list[Miss]:
    """Everything that is not as `expect` says; what it leaves out is not looked at."""
    said = "".join(seen.prompts)
    return misses(
        [
            ("intent", expect.intent, _is_intent(expect.intent, seen.intents), ", ".join(seen.intents)),
            ("step", expect.step, expect.step == seen.step, seen.step),
            *(("prompt", part, part in said, " ".join(seen.prompts)) for part in expect.prompt),
            *_values("slot", expect.slots, seen.known),
            (
                "action",
                expect.action,
                any((expect.action or "") in one for one in seen.actions),
                ", ".join(seen.actions),
            ),
        ]
    )


def call_misses(expect: CallExpected, seen: CallSeen) -> list[Miss]:
    """Everything about the whole call that is not as `expect` says."""
    return misses(
        [
            ("ended", expect.ended, expect.ended == seen.ended, seen.ended),
            ("queue", expect.queue or None, expect.queue == seen.queue, seen.queue),
            ("steps", ", ".join(expect.steps) or None, in_order(expect.steps, seen.steps), ", ".join(seen.steps)),
            *_values("value", expect.values, seen.values),
        ]
    )


def misses(checks: Iterable[_Check]) -> list[Miss]:
    """Those checks, (what, expected or None, whether it holds, what came), that are looked at and do not hold."""
    return [
        Miss(what, str(expected), came or "nothing")
        for what, expected, holds, came in checks
        if expected is not None and not holds
    ]


def same(found: Any, written: Any) -> bool:
    """Whether a value is what a test has written, where every scalar is text; of a record, the parts written."""
    if isinstance(written, dict):
        return isinstance(found, dict) and all(same(found.get(name), value) for name, value in written.items())
    if isinstance(written, list):
        return isinstance(found, list) and len(found) == len(written) and all(map(same, found, written))
    if isinstance(found, bool):
        return str(written) in ({"yes", "true"} if found else {"no", "false"})
    if isinstance(found, int | float):
        try:
            return float(found) == float(written)
        except ValueError:
            return False
    return ("none" if found is None else str(found)) == str(written)


def in_order(wanted: Sequence[str], went: Sequence[str]) -> bool:
    """Whether all of `wanted` are in `went`, in this order; others may come between."""
    rest = iter(went)
    return all(name in rest for name in wanted)


def parts_in_order(parts: Sequence[str], said: Sequence[str]) -> bool:
    """Whether what was said holds all of `parts`, in this order."""
    text, place = "\n".join(said), 0
    for part in parts:
        found = text.find(part, place)
        if found < 0:
            return False
        place = found + len(part)
    return True


def _values(what: str, wanted: Mapping[str, Any], known: Mapping[str, Any]) -> Iterator[_Check]:
    for name, value in wanted.items():
        yield f"{what} {name}", str(value), same(known.get(name), value), str(known[name]) if name in known else ""


def _is_intent(wanted: str | None, came: Sequence[str]) -> bool:
    return any(intent == wanted or intent.endswith(f".{wanted}") for intent in came)
