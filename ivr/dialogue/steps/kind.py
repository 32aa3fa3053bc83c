"""What every step kind is: it is entered, and while it waits it is given the caller's turns."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, Protocol

from ivr.dialogue.session import Turn
from ivr.dialogue.talk import Talk
from ivr.flow.schema import Step


@dataclass(frozen=True, slots=True)
class Go:
    """Leave the step for another."""

    step: str


Outcome = Go | Literal["done", "wait", "miss"]
"""`done`: on to the next action. `wait`: for the caller, or for the call's end. `miss`: this turn brought nothing."""


class StepKind(Protocol):
    """Stateless: what it remembers stands in `talk.session`."""

    def enter(self, talk: Talk, step: Step) -> Outcome:
        """The call arrives here."""
        ...

    def turn(self, talk: Talk, step: Step, turn: Turn) -> Outcome:
        """The caller answered; universals such as 转人工 have been dealt with."""
        ...
