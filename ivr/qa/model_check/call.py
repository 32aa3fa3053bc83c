"""A call of the model check: the real Dialogue's session, what it waits for, and how its prompts take their time.

Decided: a prompt lasts as long as its text (Mandarin 4.5, English 14 characters a second), and a turn is taken when
the prompts are over. What may be done while they last (转人工, key 0) is tried apart, see person.py.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from ivr.dialogue.commands import (
    CancelTimer,
    Command,
    HandOff,
    HangUp,
    PauseSpeaking,
    ResumeSpeaking,
    RunAction,
    Say,
    StartTimer,
    StopSpeaking,
)
from ivr.dialogue.dialogue import Dialogue
from ivr.dialogue.events import (
    ActionDone,
    CallStarted,
    Event,
    HandOffRefused,
    Heard,
    KeyPressed,
    PromptEnded,
    RecognitionLost,
    TimerFired,
)
from ivr.dialogue.session import Session
from ivr.dialogue.talk import HELD, KEYS, NO_INPUT
from ivr.dialogue.walk import Walk
from ivr.flow.load import Flow
from ivr.flow.rules.listening import CHARACTERS_A_SECOND
from ivr.qa.model_check.moves import NOISES_A_TURN, Move, StagedUnderstanding
from ivr.understanding.result import Result

BETWEEN_KEYS_S = 0.3
BEFORE_A_TURN_S = 4.0
"""Longer than any burst of keys, so that every key counts."""
_MOST_PROMPTS = 100


@dataclass
class Call:
    """One call at one moment. `at` in seconds; `speaking` are the prompts under way with their length in seconds;
    `paused`: a sound keeps them waiting; `ending` is the hand-off or hang-up that has been asked for."""

    session: Session
    at: float = 0.0
    timers: dict[str, float] = field(default_factory=dict)
    speaking: list[tuple[int, float]] = field(default_factory=list)
    action: RunAction | None = None
    ending: HandOff | HangUp | None = None
    fault: str = ""
    paused: bool = False

    def fork(self) -> Call:
        """The same call, to go on in another way."""
        speaking, timers = list(self.speaking), dict(self.timers)
        return Call(fork(self.session), self.at, timers, speaking, self.action, self.ending, self.fault, self.paused)


def fork(session: Session) -> Session:
    """As `copy.deepcopy`, thirty times as fast: what is in a session is changed one level deep and no deeper."""
    twin = Session.__new__(Session)
    for name, value in vars(session).items():
        vars(twin)[name] = value.copy() if type(value) in {dict, list, set} else value
    twin.burst = copy.copy(session.burst)
    twin.frames = [copy.copy(frame) for frame in session.frames]
    for frame in twin.frames:
        # a digression goes on with the very same values, a routine puts them aside
        frame.values = twin.values if frame.values is session.values else dict(frame.values)
        frame.form, frame.trail = dict(frame.form), list(frame.trail)
    return twin


class Stage:
    """The one Dialogue on which all calls are played; `watch(call, commands)` sees everything it does."""

    def __init__(self, flow: Flow, watch: Callable[[Call, list[Command]], None] | None = None) -> None:
        self.flow = flow
        self.handled = 0
        self.watch = watch
        self._staged = StagedUnderstanding()
        self._dialogue = Dialogue(flow, self._staged)

    @property
    def entered(self) -> set[str]:
        """Every step that any call has entered, as `step` or `routine/step`."""
        return {to for _, to in self._dialogue.walk.ways}

    def walk_from(self, call: Call) -> Walk:
        """A new walk that sees what is played from now on, and begins where `call` stands."""
        walk = self._dialogue.walk = Walk()
        if call.session.step:
            walk.is_at(call.session)
        return walk

    def play(self, call: Call, move: Move) -> Call:
        """`call` after `move`, with the answer's prompts still to be heard."""
        after = call.fork()
        if move.kind != "start":
            after.at += BEFORE_A_TURN_S
        self.stage_meaning(move)
        for event in _events(after, move):
            self.send(after, event)
        return after

    def stage_meaning(self, move: Move) -> str:
        """Have what is heard next taken for what `move` means; returns its words."""
        self._staged.meaning = move.meaning or Result("", 0.0)
        return move.words

    def settle(self, call: Call) -> float:
        """Let all prompts be heard; returns how long that took, in seconds."""
        began = call.at
        for _ in range(_MOST_PROMPTS):
            if not call.speaking or call.fault:
                break
            if call.paused and not self._let_go(call):
                break
            number, seconds = call.speaking.pop(0)
            call.at += seconds
            self.send(call, PromptEnded(call.at, number, round(seconds * 1000), cut=False))
        return call.at - began

    def _let_go(self, call: Call) -> bool:
        """The sound that has paused the prompts comes to nothing."""
        if HELD in call.timers:
            call.at += call.timers.pop(HELD)
            self.send(call, TimerFired(call.at, HELD))
        if call.paused:
            call.fault = call.fault or "the prompt is paused, and nothing lets it go on"
        return not call.paused

    def send(self, call: Call, event: Event) -> list[Command]:
        """Give the dialogue one event and keep what it asks for."""
        self.handled += 1
        self._dialogue.session = call.session
        try:
            commands = self._dialogue.handle(event)
        except Exception as fault:  # noqa: BLE001  whatever it is, it is what the check is looking for
            call.fault = f"{type(fault).__name__}: {fault}"
            return []
        cut: list[int] = []
        for command in commands:
            cut += self._keep(call, command)
        if self.watch is not None:
            self.watch(call, commands)
        for number in cut:
            commands += self.send(call, PromptEnded(call.at, number, 0, cut=True))
        return commands

    def _keep(self, call: Call, command: Command) -> list[int]:
        """Note what `command` begins; the prompts that it cuts."""
        match command:
            case Say(prompt=number, text=text, language=language):
                rate = CHARACTERS_A_SECOND[language or self.flow.hotline.language]
                call.speaking.append((number, len(text) / rate))
            case PauseSpeaking() | ResumeSpeaking():
                call.paused = isinstance(command, PauseSpeaking)
            case StopSpeaking():
                call.paused = False
                cut, call.speaking = [number for number, _ in call.speaking], []
                return cut
            case StartTimer(timer=timer, seconds=seconds):
                call.timers[timer] = seconds
            case CancelTimer(timer=timer):
                call.timers.pop(timer, None)
            case RunAction():
                call.action = command
            case HandOff() | HangUp():
                call.ending = command
            case _:
                pass
        return []


def _events(call: Call, move: Move) -> Iterator[Event]:
    """The events of `move`; made one at a time, since what follows depends on what is asked for."""
    match move.kind:
        case "start":
            yield CallStarted(0.0, move.caller, "", move.moment, "audio")
        case "say":
            yield Heard(call.at, move.words)
        case "keys" | "begin_number":
            yield from _pressed(call, move)
        case "silence":
            call.at += call.timers.pop(NO_INPUT, 0.0)
            yield TimerFired(call.at, NO_INPUT)
        case "cough":
            for _ in range(NOISES_A_TURN):
                call.at += BEFORE_A_TURN_S
                yield Heard(call.at, "")
        case "lost":
            yield RecognitionLost(call.at, "lost")
        case _:
            yield from _from_outside(call, move)


def _pressed(call: Call, move: Move) -> Iterator[Event]:
    for key in move.words:
        call.at += BETWEEN_KEYS_S
        yield KeyPressed(call.at, key)
    if move.kind == "keys" and KEYS in call.timers:
        call.at += call.timers.pop(KEYS)
        yield TimerFired(call.at, KEYS)


def _from_outside(call: Call, move: Move) -> Iterator[Event]:
    if move.kind == "done" and call.session.action is not None:
        yield ActionDone(call.at, call.session.action, move.outcome, move.value)
    elif move.kind == "refused" and isinstance(call.ending, HandOff):
        queue, call.ending = call.ending.queue, None
        yield HandOffRefused(call.at, queue, "full")
