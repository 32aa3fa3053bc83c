"""`hang_up`: a last word, and the end of the call."""

from __future__ import annotations

from ivr.dialogue.commands import HangUp
from ivr.dialogue.session import Turn
from ivr.dialogue.steps.kind import Outcome
from ivr.dialogue.talk import Talk
from ivr.flow.schema import Step


class HangUpKind:
    """Says goodbye and hangs up when it has been heard."""

    def enter(self, talk: Talk, step: Step) -> Outcome:
        talk.finish(HangUp("flow"), step.hang_up or ())
        return "wait"

    def turn(self, talk: Talk, step: Step, turn: Turn) -> Outcome:
        del talk, step, turn
        return "wait"
