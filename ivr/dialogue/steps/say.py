"""`say`: a prompt, and on."""

from __future__ import annotations

from ivr.dialogue.steps.kind import Outcome, StepKind
from ivr.dialogue.talk import Talk
from ivr.flow.step_schema import Step


class SayKind(StepKind):
    """Says its text; the next action begins at once, so that a question's listening starts with the prompt."""

    def enter(self, talk: Talk, step: Step) -> Outcome:
        talk.say(step.say or (), step.barge_in)
        return "done"
