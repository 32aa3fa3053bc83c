"""`hand_off`: to the people behind a queue."""

from __future__ import annotations

from ivr.dialogue.session import Turn
from ivr.dialogue.steps.kind import Outcome
from ivr.dialogue.talk import Talk
from ivr.flow.schema import Step


class HandOffKind:
    """Announces the hand-off and carries it out when that has been heard."""

    def enter(self, talk: Talk, step: Step) -> Outcome:
        if step.hand_off is None:
            return "done"
        talk.hand_off(step.hand_off.queue, step.hand_off.say or [talk.flow.wording.to_person])
        return "wait"

    def turn(self, talk: Talk, step: Step, turn: Turn) -> Outcome:
        del talk, step, turn
        return "wait"
