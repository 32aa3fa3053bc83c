"""What a call did, held against what its case expects."""

from __future__ import annotations

from dataclasses import dataclass, field

from ivr.dialogue.commands import Command, NoteTurn
from ivr.dialogue.events import Event, HandedOff, HungUp
from ivr.qa.case import SpokenCallExpected


@dataclass
class Observed:
    """An observer of a call that keeps what cases speak of."""

    intents: list[str] = field(default_factory=list)
    slots: dict[str, str] = field(default_factory=dict)
    ended: str = ""
    queue: str = ""

    def __call__(self, at: float, what: Event | Command) -> None:
        """Take one event or command."""
        del at
        if isinstance(what, NoteTurn):
            self.intents.append(what.intent)
            self.slots.update(what.slots)
        elif isinstance(what, HandedOff):
            self.ended, self.queue = "handed_off", what.queue
        elif isinstance(what, HungUp):
            self.ended = self.ended or "hung_up"


def differences(expected: SpokenCallExpected, observed: Observed) -> list[str]:
    """Everything that is not as expected, a sentence each; empty if the case passes."""
    found: list[str] = []
    if expected.intents is not None and expected.intents != observed.intents:
        found.append(f"turns were taken for {', '.join(observed.intents)}; expected {', '.join(expected.intents)}")
    for name, value in expected.slots.items():
        if observed.slots.get(name) != value:
            found.append(f"slot {name} is {observed.slots.get(name, 'not filled')}; expected {value}")
    if expected.ended is not None and expected.ended != observed.ended:
        found.append(f"the call was {observed.ended or 'not ended'}; expected {expected.ended}")
    if expected.queue and expected.queue != observed.queue:
        found.append(f"the caller reached queue {observed.queue or '(none)'}; expected {expected.queue}")
    return found
