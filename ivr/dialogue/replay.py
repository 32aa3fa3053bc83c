"""Replay: a journal's events to a fresh dialogue; the commands must be the same, to the letter."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from ivr.dialogue.commands import Command
from ivr.dialogue.dialogue import Dialogue
from ivr.dialogue.events import Event


@dataclass(frozen=True)
class Divergence:
    """The first place at which a replay went another way: after `event`, command number `index`; None where
    one side has no more."""

    exchange: int
    event: Event
    index: int
    then: Command | None
    now: Command | None


def replay(dialogue: Dialogue, exchanges: Iterable[tuple[Event, list[Command]]]) -> Divergence | None:
    """The first divergence, or None if every command was the same."""
    for number, (event, before) in enumerate(exchanges):
        after = dialogue.handle(event)
        for index in range(max(len(before), len(after))):
            then = before[index] if index < len(before) else None
            now = after[index] if index < len(after) else None
            if then != now:
                return Divergence(number, event, index, then, now)
    return None
