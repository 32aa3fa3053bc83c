"""What the hotline does of its own accord, at every question: universals, ladders, and always a person in the end.

Decided: three turns in a row that bring nothing (silence, or not understood, in any mixture) lead to a person.
A caller who was refused by the queue and asks again is queued whatever the queue looks like. Nothing a flow
writes can take that away.
"""

from __future__ import annotations

from typing import Literal

from ivr.dialogue.commands import HangUp
from ivr.dialogue.session import Question
from ivr.dialogue.steps.kind import Go
from ivr.dialogue.talk import TRIES_BEFORE_A_PERSON, Talk

_TRAIL_LENGTH = 20


def universal(talk: Talk, name: str) -> Go | None:
    """Carry out 转人工, 重复, 返回, 主菜单 or 挂断; where it leads to another step, that step."""
    hotline, wording = talk.flow.hotline, talk.flow.wording
    if name == "agent":
        talk.hand_off(hotline.person.queue, [wording.to_person])
    elif name == "hang_up":
        talk.finish(HangUp("caller asked for it"), [wording.goodbye])
    elif name == "main_menu":
        return Go(hotline.main_menu or hotline.start)
    elif name == "back":
        return _back(talk)
    elif name == "repeat":
        say_again(talk)
    return None


def miss(talk: Talk, kind: Literal["no_input", "no_match"]) -> None:
    """The turn brought nothing: the next rung of the ladder, then a person."""
    session, question, wording = talk.session, talk.session.question, talk.flow.wording
    if question is None:
        return
    session.misses += 1
    if session.misses >= TRIES_BEFORE_A_PERSON:
        talk.give_up()
        return
    own = question.no_input if kind == "no_input" else question.no_match
    built_in = wording.no_input if kind == "no_input" else wording.no_match
    rung = session.misses - 1
    session.said.clear()
    ladder = own if rung < len(own) else built_in
    talk.say(list(ladder[min(rung, len(ladder) - 1)]), question.barge_in)
    if rung and (offer := keys_offer(talk, question)):
        talk.say([offer], question.barge_in)
    if ladder is built_in:
        talk.say_again([question.prompt], question.barge_in)
        session.said.append(question.prompt)
    talk.wait_for(question)


def keys_offer(talk: Talk, question: Question) -> str:
    """`查账单请按1，…，转人工请按零。` for what the question's keys stand for; "" without keys."""
    wording = talk.flow.wording
    options = [
        wording.key_option.format(label=talk.label(meaning), key=key)
        for key, meaning in question.keys.items()
        if meaning != "agent"
    ]
    comma = "，" if talk.flow.hotline.language.startswith("zh") else ", "
    return wording.keys_offer.format(options=comma.join(options)) if options else ""


def refused(talk: Talk) -> Go:
    """The queue did not take the caller: somewhere better than waiting, and never nowhere.

    The reason is for the journal; callers hear the same words whether a queue is full or empty.
    """
    session, hotline = talk.session, talk.flow.hotline
    session.refusals += 1
    session.misses = session.noises = 0
    session.said.clear()
    if hotline.person.refused:
        return Go(hotline.person.refused)
    talk.say([talk.flow.wording.person_refused])
    asks = session.step in hotline.steps and hotline.steps[session.step].ask
    return Go(session.step if asks else hotline.main_menu or hotline.start)


def remember_step(talk: Talk, step: str) -> None:
    """A question was reached: 返回 leads back to it from the next one."""
    trail = talk.session.trail
    if step in trail:
        del trail[trail.index(step) :]
    trail.append(step)
    del trail[:-_TRAIL_LENGTH]


def _back(talk: Talk) -> Go:
    trail = talk.session.trail
    if len(trail) > 1:
        trail.pop()
    return Go(trail.pop() if trail else talk.flow.hotline.start)


def say_again(talk: Talk) -> None:
    """What was said last, and the question with it."""
    question = talk.session.question
    if question is not None:
        talk.say_again(talk.session.said or [question.prompt], question.barge_in)
        talk.wait_for(question)
