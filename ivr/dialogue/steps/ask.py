"""`ask`: an open question or a menu; the intent decides where the call goes, a FAQ may answer on the spot."""

from __future__ import annotations

from ivr.dialogue.session import Question, Turn
from ivr.dialogue.steps.answer import say_answer
from ivr.dialogue.steps.kind import Go, Outcome
from ivr.dialogue.talk import Talk
from ivr.flow.schema import Step
from ivr.understanding.result import State


class AskKind:
    """Asks, and follows the intent: `then[intent]`, else the step of that name, else `next`."""

    def enter(self, talk: Talk, step: Step) -> Outcome:
        came_back = talk.session.asked.get(f"step:{talk.session.step}", 0) > 0
        talk.session.asked[f"step:{talk.session.step}"] = 1
        variants = step.again if came_back and step.again else step.ask or []
        text = talk.say(variants, step.barge_in)
        talk.wait_for(_question(talk, step, text))
        return "wait"

    def turn(self, talk: Talk, step: Step, turn: Turn) -> Outcome:
        if turn.intent.startswith("faq:"):
            say_answer(talk, turn.intent, step.barge_in)
            text = talk.say(step.again or step.ask or [], step.barge_in)
            talk.wait_for(_question(talk, step, text))
            return "wait"
        target = step.then.get(turn.intent)
        if target is None and turn.intent in {*step.intents, *step.keys.values()}:
            target = turn.intent if turn.intent in talk.flow.hotline.steps else step.next
        return Go(target) if target else "miss"


def _question(talk: Talk, step: Step, text: tuple[str, ...]) -> Question:
    intents = tuple(dict.fromkeys((*step.intents, *step.then)))
    return Question(
        text,
        State(intents, tuple(step.faq), threshold=talk.flow.hotline.threshold),
        dict(step.keys),
        step.patience,
        step.barge_in,
        tuple(tuple(rung) for rung in step.no_input),
        tuple(tuple(rung) for rung in step.no_match),
    )
