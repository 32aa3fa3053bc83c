"""`say`: a prompt, and on."""

from __future__ import annotations

from ivr.dialogue.session import Turn
from ivr.dialogue.steps.kind import Outcome
from ivr.dialogue.talk import Talk
from ivr.flow.schema import Step


class SayKind:
    """Says its text; the next action begins at once, so that a question's listening starts with the prompt."""

    def enter(self, talk: Talk, step: Step) -> Outcome:
        talk.say(step.say or [], step.barge_in)
        return "done"

    def turn(self, talk: Talk, step: Step, turn: Turn) -> Outcome:
        del talk, step, turn
        return "done"
