"""`hang_up`: a last word, and the end of the call."""

from __future__ import annotations

from ivr.dialogue.commands import HangUp
from ivr.dialogue.steps.kind import Outcome, StepKind
from ivr.dialogue.talk import Talk
from ivr.flow.step_schema import Step


class HangUpKind(StepKind):
    """Says goodbye and hangs up when it has been heard."""

    def enter(self, talk: Talk, step: Step) -> Outcome:
        talk.finish(HangUp("flow"), step.hang_up or ())
        return "wait"
