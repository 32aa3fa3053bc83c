"""`set`, `branch`, `speak`: what is known, where that leads, and in which language."""

from __future__ import annotations

from ivr.dialogue.steps.kind import Go, Outcome, StepKind
from ivr.dialogue.talk import Talk
from ivr.flow.expression import truth
from ivr.flow.step_schema import Step


class SetKind(StepKind):
    """Keeps the values of expressions; each sees what those before it have set."""

    def enter(self, talk: Talk, step: Step) -> Outcome:
        for name, expression in (step.set or {}).items():
            talk.session.values[name] = talk.value(expression)
        return "done"


class BranchKind(StepKind):
    """Goes where the first condition that holds leads."""

    def enter(self, talk: Talk, step: Step) -> Outcome:
        for branch in step.branch or []:
            if branch.else_:
                return Go(branch.else_)
            if branch.if_ is not None and branch.next and truth(talk.value(branch.if_)):
                return Go(branch.next)
        return "done"


class SpeakKind(StepKind):
    """From here on in another language."""

    def enter(self, talk: Talk, step: Step) -> Outcome:
        if step.speak in talk.flow.words:
            talk.session.language = step.speak or ""
        return "done"
