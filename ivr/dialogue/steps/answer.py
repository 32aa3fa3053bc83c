"""`answer`: questions answered from a FAQ, until the caller has no more."""

from __future__ import annotations

from ivr.dialogue.commands import BargeIn
from ivr.dialogue.session import Question, Turn
from ivr.dialogue.steps.kind import Outcome
from ivr.dialogue.talk import Talk
from ivr.flow.schema import Answer, Step
from ivr.understanding.result import State


class AnswerKind:
    """Asks, answers, asks for more; a no leads on."""

    def enter(self, talk: Talk, step: Step) -> Outcome:
        if step.answer is None:
            return "done"
        _ask(talk, step, step.answer, step.answer.ask)
        return "wait"

    def turn(self, talk: Talk, step: Step, turn: Turn) -> Outcome:
        if step.answer is None or turn.intent == "no":
            return "done"
        if turn.intent == "yes":
            _ask(talk, step, step.answer, step.answer.ask)
            return "wait"
        if not turn.intent.startswith("faq:"):
            return "miss"
        say_answer(talk, turn.intent, step.barge_in)
        _ask(talk, step, step.answer, step.answer.more)
        return "wait"


def say_answer(talk: Talk, intent: str, barge_in: BargeIn) -> None:
    """Say the answer of the FAQ entry that `intent` (`faq:SET/ID`) names."""
    name, _, entry_id = intent.removeprefix("faq:").partition("/")
    for entry in talk.flow.faqs.get(name, ()):
        if entry.id == entry_id:
            talk.say([entry.answer], barge_in)


def _ask(talk: Talk, step: Step, answer: Answer, prompt: list[str]) -> None:
    text = talk.say(prompt, step.barge_in)
    state = State(("no", "yes"), tuple(answer.faq), threshold=talk.flow.hotline.threshold)
    talk.wait_for(Question(text, state, patience=step.patience, barge_in=step.barge_in))
