"""`hang_up`: a last word, and the end of the call."""

from __future__ import annotations

from ivr.dialogue import later, policy
from ivr.dialogue.commands import HangUp
from ivr.dialogue.steps.kind import Go, Outcome, StepKind
from ivr.dialogue.talk import Talk
from ivr.flow.step_schema import Step


class HangUpKind(StepKind):
    """Says goodbye and hangs up when it has been heard; what the caller wished for besides is offered before."""

    def enter(self, talk: Talk, step: Step) -> Outcome:
        if waits_at := later.before_the_end(talk):
            policy.main_menu(talk)
            return Go(waits_at)
        talk.finish(HangUp("flow"), step.hang_up or ())
        return "wait"
