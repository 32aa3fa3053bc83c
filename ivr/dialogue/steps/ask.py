"""`ask`: an open question or a menu; the intent decides where the call goes, a FAQ may answer on the spot."""

from __future__ import annotations

from ivr.dialogue import later
from ivr.dialogue.session import Question, Turn
from ivr.dialogue.steps.answer import say_answer
from ivr.dialogue.steps.kind import Go, Outcome, StepKind
from ivr.dialogue.talk import Talk
from ivr.flow.scalars import in_language
from ivr.flow.step_schema import Step
from ivr.understanding.result import State


class AskKind(StepKind):
    """Asks, and follows the intent: `then[intent]`, else the step of that name, else `next`."""

    def enter(self, talk: Talk, step: Step) -> Outcome:
        here = f"step:{talk.session.scope}/{talk.session.step}"
        came_back = talk.session.asked.get(here, 0) > 0
        talk.session.asked[here] = 1
        _ask(talk, step, again=came_back)
        return "wait"

    def resume(self, talk: Talk, step: Step) -> Outcome:
        _ask(talk, step, again=True)
        return "wait"

    def turn(self, talk: Talk, step: Step, turn: Turn) -> Outcome:
        if turn.intent.startswith("faq:"):
            for entry in (turn.intent, *later.questions(talk, tuple(step.faq))):
                say_answer(talk, entry, step.barge_in)
            _ask(talk, step, again=True)
            return "wait"
        target = step.then.get(turn.intent)
        if target is None and turn.intent in {*step.intents, *step.keys.values()}:
            target = turn.intent if turn.intent in talk.flow.steps(talk.session.scope) else step.next
        return Go(target) if target else "miss"


def _ask(talk: Talk, step: Step, *, again: bool) -> None:
    if again:
        for entry in later.questions(talk, tuple(step.faq)):
            talk.say([talk.wording.asked_before], step.barge_in)
            say_answer(talk, entry, step.barge_in)
    text = talk.worded((step.again if again else None) or step.ask or {})
    intents = tuple(dict.fromkeys((*step.intents, *step.then)))
    question = Question(
        text,
        State(intents, tuple(step.faq), threshold=talk.flow.hotline.threshold),
        dict(step.keys),
        step.patience,
        step.barge_in,
        tuple(tuple(in_language(rung, talk.language)) for rung in step.no_input),
        tuple(tuple(in_language(rung, talk.language)) for rung in step.no_match),
        hints=tuple(step.hints),
    )
    if not again or not later.offer(talk, question):
        talk.say_new(text, step.barge_in)
        talk.wait_for(question)
