"""What the hotline does of its own accord, at every question: universals, ladders, and always a person in the end.

Decided: three turns in a row that bring nothing (silence, or not understood, in any mixture) lead to a person.
A caller who was refused by the queue and asks again is queued whatever the queue looks like. Nothing a flow
writes can take that away.
"""

from __future__ import annotations

from typing import Any, Literal

from ivr.dialogue import bad_line
from ivr.dialogue.commands import HangUp, StartTimer
from ivr.dialogue.session import Frame, Question, Session
from ivr.dialogue.steps.kind import Go, Outcome
from ivr.dialogue.talk import FILLER, FILLER_AGAIN_S, TRIES_BEFORE_A_PERSON, Talk
from ivr.dialogue.vocabulary import LANGUAGE_WISHES
from ivr.flow.load import MAIN
from ivr.flow.step_schema import Step

_TRAIL_LENGTH = 20
_FRAMES = 8
_LOST_BEFORE_A_PERSON = 2


def universal(talk: Talk, name: str) -> Outcome:
    """Carry out 转人工, 重复, 返回, 主菜单, 挂断 or English; where it leads to another step, that step."""
    hotline, wording = talk.flow.hotline, talk.wording
    if name == "agent":
        talk.hand_off(hotline.person.queue, [wording.to_person])
    elif name == "hang_up":
        talk.finish(HangUp("caller asked for it"), [wording.goodbye])
    elif name == "main_menu":
        return main_menu(talk)
    elif name == "back":
        return _back(talk)
    elif name in LANGUAGE_WISHES:
        talk.session.language = LANGUAGE_WISHES[name]
        return "again"
    elif name == "repeat":
        say_again(talk)
    return "wait"


def main_menu(talk: Talk) -> Go:
    """To the main menu, out of whatever routine or digression."""
    session = talk.session
    if session.frames:
        _know_what_the_main_part_knows(session)
        session.trail = session.frames[0].trail if session.frames[0].scope == MAIN else []
        session.frames.clear()
    session.scope = MAIN
    return Go(talk.flow.hotline.main_menu or talk.flow.hotline.start)


Miss = Literal["no_input", "no_match", "lost"]
"""Why a turn brought nothing: silence, not understood, or the recogniser lost it."""


def miss(talk: Talk, kind: Miss) -> None:
    """The turn brought nothing: the next rung of the ladder, then a person."""
    session, question, wording = talk.session, talk.session.question, talk.wording
    if question is None or question.patient:
        return
    session.misses += 1
    if session.misses >= TRIES_BEFORE_A_PERSON:
        talk.give_up()
        return
    if kind == "lost":
        _lost(talk, question)
        return
    if (fault := bad_line.tell(session, kind)) is not None:
        _ask_by_keys(talk, question, wording.bad_line[fault])
        return
    own = question.no_input if kind == "no_input" else question.no_match
    built_in = wording.no_input if kind == "no_input" else wording.no_match
    rung = session.misses - 1
    session.said.clear()
    if rung < len(own):
        talk.say(own[rung], question.barge_in)
    else:
        talk.say(built_in[min(rung, len(built_in) - 1)], question.barge_in)
    if rung and (offer := keys_offer(talk, question)):
        talk.say([offer], question.barge_in)
    if rung >= len(own):
        talk.say_again([question.prompt], question.barge_in)
        session.said.append(question.prompt)
    talk.wait_for(question)


def _lost(talk: Talk, question: Question) -> None:
    """Our fault, not the caller's: keys at once, which need no recogniser. Twice in a row, and a person shall help."""
    session = talk.session
    session.lost += 1
    if session.lost >= _LOST_BEFORE_A_PERSON:
        talk.hand_off(talk.flow.hotline.person.queue, [talk.wording.trouble])
        return
    fault = bad_line.tell(session, "lost")
    _ask_by_keys(talk, question, talk.wording.words_lost if fault is None else talk.wording.bad_line[fault])


def _ask_by_keys(talk: Talk, question: Question, why: str) -> None:
    """`why` we could not hear, what to press instead, and the question again."""
    by_keys = talk.wording.enter_by_keys if question.most_keys else talk.wording.person_by_key
    talk.session.said.clear()
    talk.say([why], question.barge_in)
    talk.say([keys_offer(talk, question) or by_keys], question.barge_in)
    talk.say_again([question.prompt], question.barge_in)
    talk.session.said.append(question.prompt)
    talk.wait_for(question)


def ask_for_patience(talk: Talk) -> None:
    """Recognition is late: a word, unless something is being said anyway. What 重复 says again stays what it was."""
    session, question = talk.session, talk.session.question
    if question is None or question.patient or session.listen_after_prompt or session.speaking:
        return
    session.patience_prompt = session.next_prompt
    talk.say_again([talk.worded(talk.wording.one_moment)])


def fill_the_wait(talk: Talk, step: Step) -> None:
    """An action takes its time: the step's own words for that, or the hotline's."""
    if not talk.session.speaking:
        talk.say(step.call.filler if step.call and step.call.filler else talk.wording.filler)
    talk.commands.append(StartTimer(FILLER, FILLER_AGAIN_S))


def keys_offer(talk: Talk, question: Question) -> str:
    """`查账单请按1，…，转人工请按零。` for what the question's keys stand for; "" without keys."""
    wording = talk.wording
    options = [
        wording.key_option.format(label=talk.label(meaning), key=key)
        for key, meaning in question.keys.items()
        if meaning != "agent"
    ]
    comma = "，" if talk.language.startswith("zh") else ", "
    return wording.keys_offer.format(options=comma.join(options)) if options else ""


def part_failed(talk: Talk) -> None:
    """Ears or mouth are gone: to a person, without a word."""
    session = talk.session
    talk.drop_speech()
    session.speaking.clear()  # a mouth that failed may never report them
    session.refusals += 1  # a caller who meets a fault is not to be refused on top
    talk.hand_off(talk.flow.hotline.person.queue, [])


def refused(talk: Talk) -> Go:
    """The queue did not take the caller: somewhere better than waiting, and never nowhere.

    The reason is for the journal; callers hear the same words whether a queue is full or empty.
    """
    session, hotline = talk.session, talk.flow.hotline
    session.refusals += 1
    session.misses = session.noises = 0
    session.said.clear()
    if hotline.person.refused:
        main_menu(talk)
        return Go(hotline.person.refused)
    talk.say([talk.wording.person_refused])
    asks = not session.scope and session.step in hotline.steps and hotline.steps[session.step].ask
    return Go(session.step) if asks else main_menu(talk)


def remember_step(talk: Talk, step: str) -> None:
    """A question was reached: 返回 leads back to it from the next one."""
    trail = talk.session.trail
    if step in trail:
        del trail[trail.index(step) :]
    trail.append(step)
    del trail[:-_TRAIL_LENGTH]


def _back(talk: Talk) -> Outcome:
    session = talk.session
    if len(session.trail) > 1:
        session.trail.pop()
        return Go(session.trail.pop())
    return leave(talk) if session.frames else "again"


def enter_frame(talk: Talk, kind: Literal["routine", "digression"], scope: str, save: dict[str, str]) -> None:
    """Put aside where the call is, to go on there later; of too many, the oldest but the first is forgotten."""
    session = talk.session
    frame = Frame(
        kind,
        session.scope,
        session.step,
        session.position,
        session.values,
        dict(session.form),
        list(session.trail),
        save,
    )
    session.frames.append(frame)
    if kind == "digression" and session.scope != MAIN:
        _know_what_the_main_part_knows(session)
    if len(session.frames) > _FRAMES:
        del session.frames[1]  # the first is where the main part's values are
    session.scope, session.trail = scope, []
    session.form.clear()


def leave(talk: Talk, gives: dict[str, Any] | None = None) -> Outcome:
    """Go on where the last frame was put aside, keeping what a routine gives; without one, to the main menu."""
    session = talk.session
    if not session.frames:
        return main_menu(talk)
    frame = session.frames.pop()
    session.scope, session.step, session.position = frame.scope, frame.step, frame.position
    session.form, session.trail = frame.form, frame.trail
    if frame.kind == "digression":
        if frame.values is not session.values:
            verified = session.values.get("verified", False)
            session.values = frame.values
            if verified:
                session.values["verified"] = True
        return "again"
    session.values = frame.values
    for ours, theirs in frame.save.items():
        session.values[ours] = (gives or {}).get(theirs)
    return "done"


def _know_what_the_main_part_knows(session: Session) -> None:
    """Out of a routine, which knows its own values only, into the main part; who is verified there stays verified."""
    outermost = next((frame for frame in session.frames if frame.kind == "routine"), None)
    if outermost is not None:
        verified = session.values.get("verified", False)
        session.values = outermost.values
        if verified:
            session.values["verified"] = True


def say_again(talk: Talk) -> None:
    """What was said last, and the question with it."""
    question = talk.session.question
    if question is not None:
        talk.say_again(talk.session.said or [question.prompt], question.barge_in)
        talk.wait_for(question)
