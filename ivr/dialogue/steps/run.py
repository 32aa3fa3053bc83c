"""`run` and `return`: routines, with values given and results returned."""

from __future__ import annotations

from ivr.dialogue import policy
from ivr.dialogue.steps.kind import Go, Outcome, StepKind
from ivr.dialogue.talk import Talk
from ivr.flow.step_schema import Step


class RunKind(StepKind):
    """Runs a routine: it knows what it is given and nothing else."""

    def enter(self, talk: Talk, step: Step) -> Outcome:
        if step.run is None:
            return "done"
        given = {name: talk.value(expression) for name, expression in step.run.with_.items()}
        verified = talk.session.values.get("verified", False)
        policy.enter_frame(talk, "routine", step.run.routine, dict(step.run.save))
        talk.session.values = {**given, "verified": verified}
        return Go(talk.flow.hotline.routines[step.run.routine].start)


class ReturnKind(StepKind):
    """Ends a routine, giving its results; that the caller is verified stays known."""

    def enter(self, talk: Talk, step: Step) -> Outcome:
        gives = {name: talk.value(expression) for name, expression in (step.return_ or {}).items()}
        verified = talk.session.values.get("verified", False)
        outcome = policy.leave(talk, gives)
        if verified:
            talk.session.values["verified"] = True
        return outcome
