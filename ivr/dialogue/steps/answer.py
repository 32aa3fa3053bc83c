"""`answer`: questions answered from a FAQ, until the caller has no more."""

from __future__ import annotations

from ivr.dialogue import later
from ivr.dialogue.commands import BargeIn
from ivr.dialogue.session import Question, Turn
from ivr.dialogue.steps.kind import Go, Outcome, StepKind
from ivr.dialogue.talk import Talk
from ivr.flow.scalars import Prompt
from ivr.flow.step_schema import Answer, Step
from ivr.understanding.result import State

_KEYS = {"1": "yes", "2": "no"}


class AnswerKind(StepKind):
    """Asks, answers, asks for more; a no leads on. With `helped`, whether the answer did help is asked first."""

    def enter(self, talk: Talk, step: Step) -> Outcome:
        if step.answer is None:
            return "done"
        talk.session.form["stage"] = "asking"
        _ask(talk, step, step.answer, step.answer.ask)
        return "wait"

    def turn(self, talk: Talk, step: Step, turn: Turn) -> Outcome:
        if step.answer is None:
            return "done"
        if turn.intent.startswith("faq:"):
            for entry in (turn.intent, *later.questions(talk, tuple(step.answer.faq))):
                say_answer(talk, entry, step.barge_in)
            talk.session.form["stage"] = "helped" if step.answer.helped else "more"
            _ask(talk, step, step.answer, step.answer.helped or step.answer.more)
            return "wait"
        if turn.intent not in {"yes", "no"}:
            return "miss"
        if talk.session.form.get("stage") == "helped":
            return self._helped(talk, step, step.answer, turn)
        if turn.intent == "no":
            return "done"
        _ask(talk, step, step.answer, step.answer.ask)
        return "wait"

    def _helped(self, talk: Talk, step: Step, answer: Answer, turn: Turn) -> Outcome:
        if turn.intent == "no":
            if answer.unhelped:
                return Go(answer.unhelped)
            talk.give_up()
            return "wait"
        talk.session.form["stage"] = "more"
        _ask(talk, step, answer, answer.more)
        return "wait"


def say_answer(talk: Talk, intent: str, barge_in: BargeIn) -> None:
    """Say the answer of the FAQ entry that `intent` (`faq:SET/ID`) names."""
    if answer := talk.answer_to(intent):
        talk.session.subject = intent
        talk.say([answer], barge_in)


def _ask(talk: Talk, step: Step, answer: Answer, prompt: Prompt) -> None:
    text = talk.say(prompt, step.barge_in)
    state = State(("no", "yes"), tuple(answer.faq), threshold=talk.flow.hotline.threshold)
    talk.wait_for(Question(text, state, _KEYS, patience=step.patience, barge_in=step.barge_in))
