"""Two meanings that a turn is as near to: 您是想查话费，还是想交话费？

Asked where both are at or near the threshold, neither is sure, they are close, and they lead to different places; at
most once a question, and it counts as a turn that brought nothing until it is answered. A plain yes stands for the
likelier one, which would have been done without the question. Not asked where a number is wanted, about yes and no,
the universals or what ends the call: for those, saying it again is plainer.
"""

from __future__ import annotations

from ivr.dialogue import asides
from ivr.dialogue.session import Question
from ivr.dialogue.talk import TRIES_BEFORE_A_PERSON, Talk
from ivr.dialogue.vocabulary import REACHABLE_EVERYWHERE, final_intents
from ivr.flow.step_schema import Step
from ivr.understanding.result import Result

SURE = 0.97
"""From this score on there is nothing to ask: the words, or just the words but for politeness, are an example's."""
NEARLY = 0.1
"""How far below the threshold a meaning is still worth asking about."""
CLOSE = 0.05
"""The most by which the better of two may lead."""

Pair = tuple[str, str]


def pair(talk: Talk, step: Step, question: Question, result: Result) -> Pair | None:
    """The two meanings to ask about, the likelier first; None if one of them, or neither, is plainly meant."""
    if not may_ask(talk, question) or result.also or len(result.ranking) < 2:
        return None
    (first, score), (second, runner_up) = result.ranking[:2]
    least = question.state.threshold - NEARLY
    if score >= SURE or runner_up < least or score - runner_up > CLOSE:
        return None
    return (first, second) if _worth_asking(talk, step, first, second) else None


def may_ask(talk: Talk, question: Question) -> bool:
    """Whether a choice may be asked in place of this question at all."""
    session = talk.session
    kind = talk.flow.steps(session.scope)[session.step].actions[session.position]
    return (
        kind in {"ask", "answer"}
        and question.aside is None
        and not question.had_aside
        and question.state.digits is None
        and question.state.wanted is None
        and session.misses < TRIES_BEFORE_A_PERSON - 1
    )


def candidates(talk: Talk, step: Step, question: Question) -> list[str]:
    """The intents of a question that a choice may name, and the first question of each of its FAQs."""
    faqs = talk.flow.words[talk.language].faqs
    entries = [f"faq:{name}/{entry.id}" for name in question.state.faqs for entry in faqs.get(name, ())[:1]]
    worth: list[str] = []
    for name in (*question.state.intents, *entries):
        if _nameable(talk, name) and all(_worth_asking(talk, step, name, other) for other in worth):
            worth.append(name)
    return worth


def ask(talk: Talk, question: Question, between: Pair) -> None:
    """Ask which."""
    first, second = between
    talk.session.misses += 1
    talk.session.said.clear()
    names = {"first": talk.wish(first), "second": talk.wish(second)}
    text = talk.say([talk.wording.either], question.barge_in, names)
    means = {"first": first, "second": second, "yes": first, "no": asides.NOTHING}
    asides.ask(talk, text, question, means, offers=False)


def _worth_asking(talk: Talk, step: Step, first: str, second: str) -> bool:
    nameable = _nameable(talk, first) and _nameable(talk, second)
    return nameable and _leads_to(talk, step, first) != _leads_to(talk, step, second)


def _nameable(talk: Talk, name: str) -> bool:
    never = {"yes", "no", "digits", *REACHABLE_EVERYWHERE, *final_intents(talk.flow)}
    return name not in never and not name.startswith("option:") and bool(talk.wish(name))


def _leads_to(talk: Talk, step: Step, meaning: str) -> str:
    if meaning.startswith("faq:"):
        return talk.answer_to(meaning)
    return step.then.get(meaning) or talk.flow.hotline.anywhere.get(meaning) or meaning
