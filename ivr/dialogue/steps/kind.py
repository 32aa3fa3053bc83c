"""What every step kind is: it is entered, and while it waits it is given the caller's turns."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from ivr.dialogue.events import ActionDone, Heard
from ivr.dialogue.session import Turn
from ivr.dialogue.talk import Talk
from ivr.flow.step_schema import Step


@dataclass(frozen=True, slots=True)
class Go:
    """Leave the step for another."""

    step: str


Outcome = Go | Literal["done", "wait", "miss", "again", "back", "return"]
"""`done`: on to the next action. `wait`: for the caller, an action, or the call's end. `miss`: this turn
brought nothing.
`again`: ask once more what the action under way asks. `back`: to where the call was before. `return`: out of a
routine."""


class StepKind:
    """Stateless: what it remembers stands in `talk.session`."""

    def enter(self, talk: Talk, step: Step) -> Outcome:
        """The call arrives here."""
        raise NotImplementedError

    def turn(self, talk: Talk, step: Step, turn: Turn) -> Outcome:
        """The caller answered; universals such as 转人工 have been dealt with."""
        del talk, step, turn
        return "wait"

    def takes_any_words(self, talk: Talk, step: Step) -> bool:
        """Whether what the caller says is wanted even if it means nothing that is known: a message, a name."""
        del talk, step
        return False

    def missed(self, talk: Talk, step: Step) -> Outcome:
        """The turn brought nothing. `miss`: the ladder that leads to a person."""
        del talk, step
        return "miss"

    def goes_on(self, talk: Talk, step: Step, event: Heard) -> bool:
        """Whether this is only a part of what the caller is saying."""
        del talk, step, event
        return False

    def resume(self, talk: Talk, step: Step) -> Outcome:
        """The call comes back into the middle of this: ask again, keeping what is known."""
        return self.enter(talk, step)

    def action_done(self, talk: Talk, step: Step, event: ActionDone) -> Outcome:
        """What was done outside is over."""
        del talk, step, event
        return "done"
