"""A question in between: which of two meanings was it, or shall a wish told before be met now?

It stands in for the question under way (`Question.aside`): everything that is understood there is understood here, so
that whoever says something else gets that. What answers it is turned into the meaning it stands for, and the step under
way takes that as if it had been said. A turn that brings nothing leads back to the question it stood in for, where the
ladder goes on, and where no second one is asked: three turns that bring nothing are three all the same.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from ivr.dialogue.session import Aside, Question, Turn
from ivr.dialogue.talk import Talk

NOTHING = ""
"""What a "no" stands for: none of it."""


def ask(talk: Talk, text: tuple[str, ...], question: Question, means: Mapping[str, str], *, offers: bool) -> None:
    """Wait for the answer to `text`, said in place of `question`. `means`: what each answer stands for."""
    state = question.state
    more = tuple(name for name in means if name not in state.intents)
    meant = [meaning for meaning in dict.fromkeys(means.values()) if meaning] + (["no"] if offers else [])
    keys = {**question.keys, **{str(number): meaning for number, meaning in enumerate(meant, start=1)}}
    aside = replace(
        question,
        prompt=text,
        state=replace(state, intents=(*more, *state.intents)),  # 不用了 answers the offer before it ends the call
        keys=keys,
        aside=Aside(tuple(means.items()), replace(question, had_aside=True), offers),
    )
    talk.wait_for(aside)


def answered(question: Question | None, turn: Turn) -> Turn | None:
    """The turn as the step under way shall take it; None where it says no to all that was asked."""
    if question is None or question.aside is None:
        return turn
    meaning = dict(question.aside.means).get(turn.intent, turn.intent)
    if meaning == NOTHING and turn.intent:
        return None
    return replace(turn, intent=meaning)


def end(talk: Talk) -> bool:
    """Go back to the question that an aside stood in for; returns whether it only offered something."""
    question = talk.session.question
    if question is None or question.aside is None:
        return False
    talk.session.question = question.aside.instead_of
    return question.aside.offers
