"""What befalls a call and is no turn: a sound that is nothing, a late recogniser, a bad line, a part that fails.

Decided: these lead to no state of their own, so they are tried apart, once at every place, prompt and rung of the
ladder, and each is played to its end. What must hold:
    a sound         pauses the prompt at most; without words the prompt goes on, and the call stands where it stood;
                    one that never ends keeps neither the prompt nor the caller waiting for ever
    late words      are told as late, and when they are lost the caller hears so or gets a person, as if never told
    a bad line      changes what is said of a turn that brought nothing, never that something is said
    a failed part   leads to a person at once, whatever the queue
and after each, somebody speaks again to a caller who stays silent.
"""

from __future__ import annotations

from collections.abc import Iterator

from ivr.dialogue.commands import Command, HandOff, Say
from ivr.dialogue.events import (
    Event,
    Heard,
    LineIsBad,
    LineIsGood,
    PartFailed,
    RecognitionLost,
    RecognitionSlow,
    SpeechStarted,
    TimerFired,
)
from ivr.dialogue.talk import FILLER, HELD, KEYS, NO_INPUT
from ivr.flow.load import Flow
from ivr.hearing.line_fault import LineFault
from ivr.qa.model_check.call import Call, Stage
from ivr.qa.model_check.moves import Disturbance, Move
from ivr.qa.model_check.same_state import Key, SameState

SLOW_S, LOST_S = 1.5, 6.0
"""After the end of a turn, as the ears tell it (ivr/call/ears.py)."""
_SOUND_S = 0.5
_BAD_LINES: tuple[tuple[LineFault, str], ...] = (("noisy", "lost"), ("dead", "silence"))


class Disturbances:
    """Those of one flow; each kind of moment is tried once."""

    def __init__(self, flow: Flow, same: SameState) -> None:
        self._stage = Stage(flow, self._watch)
        self._same = same
        self._tried: set[Key] = set()
        self._spoken = 0

    def of(self, call: Call) -> Iterator[tuple[Move, str]]:
        """What each of them breaks in `call`, whose prompts have just begun: the move, and what was seen."""
        if call.fault or call.ending is not None or (moment := _moment(call)) in self._tried:
            return
        self._tried.add(moment)
        yield from _told("sound", self._sound_that_is_nothing(call))
        yield from _told("endless_sound", self._sound_without_end(call))
        yield from _told("part_failed", self._part_fails(call))
        heard = call.fork()
        self._stage.settle(heard)
        if heard.fault or heard.ending is not None or heard.session.question is None:
            return
        yield from _told("part_failed", self._part_fails(heard))
        yield from _told("late", self._late(heard))
        for kind, miss in _BAD_LINES:
            yield from _told("bad_line", self._bad_line(heard, kind, miss))

    def _sound_that_is_nothing(self, call: Call) -> str:
        if not call.speaking:
            return ""  # then it is a cough, and a move
        plain, here = call.fork(), call.fork()
        self._stage.settle(plain)
        self._send(here, SpeechStarted(here.at))
        here.at += _SOUND_S
        self._send(here, Heard(here.at, ""))
        if here.paused:
            return "a sound that was nothing leaves the prompt paused"
        if len(here.speaking) < len(call.speaking):
            return "a sound that was nothing takes the prompt away"
        self._stage.settle(here)
        if not here.fault and self._same.whole(here) != self._same.whole(plain):
            return "a sound that was nothing changes where the call stands"
        return here.fault

    def _sound_without_end(self, call: Call) -> str:
        here = call.fork()
        self._send(here, SpeechStarted(here.at))
        if here.paused and HELD in here.timers:
            here.at += here.timers.pop(HELD)
            self._send(here, TimerFired(here.at, HELD))
        self._stage.settle(here)
        return _company(here)

    def _part_fails(self, call: Call) -> str:
        here = call.fork()
        self._send(here, PartFailed(here.at, "mouth"))
        if not isinstance(here.ending, HandOff) or not here.ending.insist:
            return here.fault or "a part of the call that fails does not bring the caller to a person"
        return ""

    def _late(self, call: Call) -> str:
        plain, here = call.fork(), call.fork()
        self._send(here, SpeechStarted(here.at))
        here.at += SLOW_S
        if not self._says(here, RecognitionSlow(here.at, round(SLOW_S * 1000))):
            return "a caller whose words are late hears nothing"
        self._stage.settle(here)
        if silent := _company(here):
            return silent
        here.at = max(here.at, call.at + LOST_S)
        for lost in (here, plain):
            if not self._says(lost, RecognitionLost(lost.at, "late")):
                return "a caller whose words are lost hears nothing"
            self._stage.settle(lost)
        if not here.fault and self._same.whole(here) != self._same.whole(plain):
            return "words that are lost lead elsewhere when they were late before"
        return _company(here) or self._lost_again(here)

    def _lost_again(self, here: Call) -> str:
        question = here.session.question
        if here.ending is not None or question is None or question.patient:
            return ""
        self._send(here, RecognitionLost(here.at, "late"))
        self._stage.settle(here)
        if not isinstance(here.ending, HandOff):
            return here.fault or "words that are lost twice in a row bring no person"
        return ""

    def _bad_line(self, call: Call, kind: LineFault, miss: str) -> str:
        here = call.fork()
        self._send(here, LineIsBad(here.at, kind))
        if miss == "silence" and NO_INPUT not in here.timers:
            return _company(here)
        if miss == "silence":
            here.at += here.timers.pop(NO_INPUT)
        event = TimerFired(here.at, NO_INPUT) if miss == "silence" else RecognitionLost(here.at, "late")
        if not self._says(here, event):
            return "a caller on a bad line hears nothing"
        self._stage.settle(here)
        if here.ending is None:
            self._send(here, LineIsGood(here.at))
        return _company(here)

    def _says(self, call: Call, event: Event) -> bool:
        """Whether the caller hears something then, is on the way out, or waits for a service in company anyway."""
        question = call.session.question
        before = self._spoken
        self._send(call, event)
        in_company = question is not None and question.patient
        return self._spoken > before or in_company or bool(call.fault) or call.ending is not None

    def _send(self, call: Call, event: Event) -> None:
        self._stage.send(call, event)

    def _watch(self, call: Call, commands: list[Command]) -> None:
        del call
        self._spoken += sum(isinstance(command, Say) for command in commands)


def _told(kind: Disturbance, trouble: str) -> Iterator[tuple[Move, str]]:
    if trouble:
        yield Move(kind, willing=False), trouble


def _moment(call: Call) -> Key:
    """Equal for two calls that every disturbance meets alike: values and what was put aside play no part in them."""
    session, question = call.session, call.session.question
    asked = None if question is None else (question.patient, question.aside is not None, question.most_keys)
    patience = (session.misses, session.lost)
    place = (session.scope, session.step, session.position, tuple(sorted(session.form)), session.action is not None)
    prompts = tuple(barge_in for _, barge_in in session.speaking)
    return (place, asked, patience, prompts, type(session.ending).__name__, bool(session.keys), session.language)


def _company(call: Call) -> str:
    """Whether somebody will speak again to a caller who stays silent; "" if so."""
    session = call.session
    if call.fault or call.ending is not None:
        return call.fault
    if call.paused:
        return "the prompt stays paused for ever"
    if session.question is None:
        return "nothing is asked, and nothing ends the call"
    if session.action is not None:
        return "" if FILLER in call.timers else "nobody keeps the caller company while a service takes its time"
    waits = NO_INPUT in call.timers or (KEYS in call.timers and bool(session.keys))
    return "" if waits else "nobody ever speaks again to a caller who stays silent"
