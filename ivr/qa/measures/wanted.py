"""What a case says that a turn is to be taken for, and which of a run's turns it says that of."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from ivr.qa.case import Case
from ivr.qa.run_result import CaseResult, RunResult, TurnResult

NOTHING = frozenset({"no_match", "no_input"})
"""Meanings that are none."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """`intent`: None where the case does not say; `slots`: what is to be known after the turn, as written."""

    intent: str | None = None
    slots: Mapping[str, Any] = field(default_factory=dict)


def wanted_turns(case: Case) -> list[Wanted]:
    """For each turn of `case`, from its first. What is expected of the whole call counts, too, where it lists as many
    intents as there are turns that can be taken for anything."""
    told = [turn for turn in case.turns if not turn.hang_up]
    listed = case.expect.intents or []
    of_call = iter(listed if len(listed) == len(told) else [])
    found = []
    for turn in case.turns:
        intent = None if turn.hang_up else next(of_call, None)
        found.append(Wanted(turn.expect.intent or intent, turn.expect.slots))
    return found


def turns_with_wanted(
    run: RunResult, cases: Mapping[str, Case]
) -> Iterator[tuple[CaseResult, int, TurnResult, Wanted]]:
    """Every turn of every case that was played, by number from 1, with what is wanted of it. Of a case that is not in
    `cases` nothing is known to be wanted."""
    for result in run.cases:
        case = cases.get(result.case)
        wanted = wanted_turns(case) if case is not None else []
        for number, turn in enumerate(result.turns[1:], start=1):
            yield result, number, turn, wanted[number - 1] if number <= len(wanted) else Wanted()


def taken_for(turn: TurnResult, wanted: str | None) -> str:
    """What a turn was taken for: of several meanings the wanted one if it is among them, else the last; `no_match`
    where nothing came of it."""
    meant = next((intent for intent in turn.intents if is_meant(intent, wanted)), None)
    return (meant and wanted) or (turn.intents[-1] if turn.intents else "no_match")


def is_meant(intent: str, wanted: str | None) -> bool:
    """Whether `intent` is what a case writes as `wanted`, which may leave out the routine."""
    return wanted is not None and (intent == wanted or intent.endswith(f".{wanted}"))
