"""What a caller wished for in the same breath as something else is kept until it can be done.

It is offered once, at the next question that can lead to it and that the call comes back to ("请问还要办什么？"), and
before the flow hangs up; further questions of a FAQ are answered there at once. The caller may take it, refuse it or
say something else; what was not done stands in the summary for the agent. What the caller asks for by themselves is
not offered any more, and nothing is after 没有了.
"""

from __future__ import annotations

from ivr.dialogue import asides
from ivr.dialogue.session import Question, Turn
from ivr.dialogue.talk import Talk
from ivr.dialogue.vocabulary import final_intents
from ivr.flow.load import MAIN

_MOST = 3


def remember(talk: Talk, turn: Turn) -> None:
    """Keep what `turn` wishes for besides; what it wishes for itself is kept no longer."""
    session = talk.session
    if turn.intent in final_intents(talk.flow):
        session.later.clear()
        return
    for kept in (session.later, session.offered):
        if turn.intent in kept:
            kept.remove(turn.intent)
    new = [meaning for meaning in turn.also if meaning not in session.later]
    if new:
        session.later = [*session.later, *new][-_MOST:]
        session.later_at = session.step if session.scope == MAIN else ""


def questions(talk: Talk, faqs: tuple[str, ...]) -> list[str]:
    """The FAQ entries that wait to be answered and can be where `faqs` are asked; they wait no longer."""
    found = [meaning for meaning in talk.session.later if meaning.removeprefix("faq:").partition("/")[0] in faqs]
    talk.session.later = [meaning for meaning in talk.session.later if meaning not in found]
    return found


def offer(talk: Talk, question: Question) -> bool:
    """Offer what waits, in place of `question`, if that can lead to it; returns whether something was."""
    session = talk.session
    reachable = {*question.state.intents, *talk.flow.hotline.anywhere}
    meaning = next((meaning for meaning in session.later if meaning in reachable and talk.wish(meaning)), "")
    if not meaning or question.state.digits is not None or question.state.wanted is not None:
        return False
    session.later.remove(meaning)
    session.offered.append(meaning)
    text = talk.say([talk.wording.still_wanted], question.barge_in, {"called": talk.wish(meaning)})
    asides.ask(talk, text, question, {"yes": meaning, "no": asides.NOTHING}, offers=True)
    return True


def before_the_end(talk: Talk) -> str:
    """The step to go to before the call is hung up, where something waits that can be offered there; else ""."""
    session = talk.session
    place, session.later_at = session.later_at, ""
    if not session.later or not place or not talk.flow.steps(MAIN)[place].ask:
        return ""
    return place
