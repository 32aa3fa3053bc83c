"""`hand_off`: to the people behind a queue."""

from __future__ import annotations

from ivr.dialogue.steps.kind import Outcome, StepKind
from ivr.dialogue.talk import Talk
from ivr.flow.step_schema import Step


class HandOffKind(StepKind):
    """Announces the hand-off and carries it out when that has been heard."""

    def enter(self, talk: Talk, step: Step) -> Outcome:
        if step.hand_off is None:
            return "done"
        talk.hand_off(step.hand_off.queue, step.hand_off.say or [talk.wording.to_person])
        return "wait"
