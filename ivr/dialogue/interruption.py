"""Who spoke into a prompt: the caller, or a cough, a passing car, the television, a 嗯?

Decided: a sound only *pauses* the prompt (`PauseSpeaking`); words drop it, and whatever turns out to be nothing lets it
go on where it was (`ResumeSpeaking`). So a prompt may be paused early, while it is not yet known what the sound is.
- Nothing: an empty recognition, no words within 2.5 s of the sound, or a backchannel (嗯, 好的, uh-huh): callers say
  these to be polite, not to be answered. So is a short sound that means nothing here or that the recogniser only
  guessed at; as one of its readings is always near to some wish (嗯嗯: 没人呢), it is judged by the best alone.
  A backchannel is an answer all the same where yes is, once that question is being asked.
- After two sounds that were nothing, a prompt is paused by words only: a noisy place may not keep it from its end.
"""

from __future__ import annotations

from ivr.dialogue.commands import CancelTimer, PauseSpeaking, ResumeSpeaking, StartTimer
from ivr.dialogue.events import Heard
from ivr.dialogue.session import Question
from ivr.dialogue.talk import HELD, Talk
from ivr.understanding.normalise import normalise
from ivr.understanding.result import Result

HELD_S = 2.5
_FALSE_STARTS = 2
_SYLLABLE_MS, _GUESSED = 500, 0.7
_SHORT_MS = 700
_FEW_SYLLABLES, _FEW_MS = 3, 1000
_SHORT_ANSWERS = frozenset({"yes", "no"})


def sound_began(talk: Talk) -> None:
    """Something that may be speech: hold the prompt, if it may be interrupted so."""
    if talk.session.false_starts < _FALSE_STARTS:
        _hold(talk)


def words_came(talk: Talk, text: str) -> None:
    """A partial result: words hold the prompt for as long as there are more of them, a backchannel does not."""
    session = talk.session
    if session.question is None or session.listen_after_prompt or not session.caller_speaks:
        return
    if text and not is_backchannel(talk, session.question, text):
        _hold(talk)


def came_to_nothing(talk: Talk) -> None:
    """What held the prompt was no turn: it goes on."""
    session = talk.session
    if session.held:
        session.held = False
        session.false_starts += 1
        talk.commands += [CancelTimer(HELD), ResumeSpeaking()]


def settle(talk: Talk) -> None:
    """Nobody speaks any more, and nothing was decided about the prompt that was held: it goes on. Nothing hangs."""
    if talk.session.held and not talk.session.caller_speaks:
        came_to_nothing(talk)


def is_backchannel(talk: Talk, question: Question, text: str) -> bool:
    """Whether `text`, said into a prompt, only tells that the caller listens."""
    prompts = _said_into(talk)
    if not prompts or normalise(text) not in talk.flow.words[talk.language].listening:
        return False
    return "yes" not in question.state.intents or prompts > 1


def readings(talk: Talk, heard: Heard) -> tuple[str, ...]:
    """What else was perhaps heard: nothing, where a short sound was said into a prompt and no short answer is due."""
    question = talk.session.question
    if question is None or not _said_into(talk) or not heard.speech_ms or question.closed or _wants_digits(talk):
        return heard.alternatives
    return () if heard.speech_ms < _FEW_MS and _syllables(heard) <= _FEW_SYLLABLES else heard.alternatives


def is_too_little(talk: Talk, heard: Heard, result: Result) -> bool:
    """Whether what was said into a prompt is a short sound that means nothing, or that the recogniser only guessed:
    嗯 in a voice that it does not know, a cough that it took for a word."""
    question = talk.session.question
    if question is None or not _said_into(talk) or not heard.speech_ms or _wants_digits(talk):
        return False
    syllables = _syllables(heard)
    if syllables == 1 and not _SHORT_ANSWERS.intersection(question.state.intents):
        return True
    guessed = heard.speech_ms <= _SYLLABLE_MS and heard.confidence < _GUESSED
    shortest_ms = _FEW_MS if syllables <= _FEW_SYLLABLES else _SHORT_MS
    return guessed or (not result.intent and heard.speech_ms < shortest_ms)


def _syllables(heard: Heard) -> int:
    return len(normalise(heard.text or heard.free_text).replace(" ", ""))


def _wants_digits(talk: Talk) -> bool:
    """Whether single syllables are to be expected as an answer."""
    question = talk.session.question
    return question is not None and question.most_keys > 0


def _said_into(talk: Talk) -> int:
    """How many prompts are being said or held, but for the one that asks to wait for this very turn."""
    return sum(prompt[0] != talk.session.patience_prompt for prompt in talk.session.speaking)


def _hold(talk: Talk) -> None:
    session = talk.session
    if not talk.may_stop("speech"):
        return
    if not session.held:
        session.held = True
        talk.commands.append(PauseSpeaking())
    talk.commands.append(StartTimer(HELD, HELD_S))
