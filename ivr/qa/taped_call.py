"""A recorded call as its ears met it, to be lived through again by many callers at once, in real time.

Decided: a tape holds the caller's sound from the first frame to the last, silence too, and before each turn what the
dialogue expected. So the ears and the recogniser do what they did in the call, grammar and pauses included, while
nothing of the dialogue is in the figures. All tapes are one reel, over which the callers stand evenly spread: a load
is steady, and lives through each frame equally often if calls times seconds are whole reels. Some begin in the middle
of a word, which no call does, and half a word is unsure and looked at twice; so what is measured begins later.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from typing import Protocol, Self

import numpy as np

from ivr.audio import FRAME_MS, frames, samples, to_pcm
from ivr.call.ears import Ears
from ivr.call.frame_clock import frame_clock
from ivr.call.line import AudioFrame
from ivr.clock import now
from ivr.dialogue.events import Event, Heard, RecognitionLost
from ivr.hearing.expectation import Expectation
from ivr.qa.decoding_account import Accounted, Spent
from ivr.qa.processes import seconds_used
from ivr_asr.api import Recognizer

_FRAME_S = FRAME_MS / 1000
_LEAST_PAUSE = 75
SETTLED_S = 5.0
"""The half of a turn that a caller may begin in is over by then, and answered."""
_ASKED_BEFORE = 25
"""Frames between the dialogue's next question and the caller's next word, on tape."""


@dataclass(frozen=True, slots=True)
class TapedTurn:
    """Frames counted from the tape's begin: the first of the turn, and the end of the caller's last word."""

    first: int
    speech_end: int
    expectation: Expectation


@dataclass(frozen=True, slots=True)
class Tape:
    """One call, to the hotline `flow`. `speech` is the share of it in which the caller speaks."""

    name: str
    frames: tuple[bytes, ...]
    turns: tuple[TapedTurn, ...]
    flow: str = ""

    @property
    def speech(self) -> float:
        """In [0, 1]."""
        return sum(turn.speech_end - turn.first for turn in self.turns) / max(1, len(self.frames))


def denser(tape: Tape, share: float) -> Tape:
    """The tape with silence taken out between its turns, until `share` of it is speech, or 1.5 s are left each time."""
    left = len(tape.frames)
    excess = left - round(tape.speech * left / share)
    ends = [0, *(turn.speech_end for turn in tape.turns)]
    pauses = [(end, turn.first) for end, turn in zip(ends, tape.turns, strict=False)]
    pauses.append((ends[-1], left))
    room = [max(0, until - since - _LEAST_PAUSE) for since, until in pauses]
    cut_share = min(1.0, max(0.0, excess / max(1, sum(room))))
    sound, turns, removed = list(tape.frames), [], 0
    for number, (_, until) in enumerate(pauses):
        cut = round(room[number] * cut_share)
        middle = until - removed - cut - _ASKED_BEFORE
        del sound[middle : middle + cut]
        removed += cut
        if number < len(tape.turns):
            turn = tape.turns[number]
            turns.append(TapedTurn(turn.first - removed, turn.speech_end - removed, turn.expectation))
    return Tape(tape.name, tuple(sound), tuple(turns), tape.flow)


def on_a_line(tape: Tape, noise_dbfs: float, seed: int) -> Tape:
    """The tape with the white noise that every line has; digital silence, which none has, is cheap to decode."""
    if noise_dbfs <= -100:
        return tape
    generator = np.random.default_rng(seed)
    pcm = samples(b"".join(tape.frames))
    noise = generator.normal(0.0, 10 ** (noise_dbfs / 20), pcm.size).astype(np.float32)
    return Tape(tape.name, tuple(frames(to_pcm(pcm + noise))), tape.turns, tape.flow)


def reel(tapes: Sequence[Tape]) -> Tape:
    """All of them one after the other."""
    sound: list[bytes] = []
    turns: list[TapedTurn] = []
    for tape in tapes:
        start = len(sound)
        turns += (TapedTurn(start + turn.first, start + turn.speech_end, turn.expectation) for turn in tape.turns)
        sound += tape.frames
    return Tape("all", tuple(sound), tuple(turns))


def whole_reels_s(tape: Tape, calls: int, seconds: float) -> float:
    """How long so many callers live, about `seconds`, until together they have lived through whole reels."""
    reel_s = len(tape.frames) * _FRAME_S
    return max(1, round(seconds * calls / reel_s)) * reel_s / calls


class Listener(Protocol):
    """Who hears a tape: a call's ears, or what they are compared with."""

    def expect(self, expectation: Expectation) -> None:
        """The caller's next turn answers this."""
        ...

    def hear(self, frame: AudioFrame) -> None:
        """20 ms."""
        ...


@dataclass
class TapedCaller:
    """One caller on a tape that begins anew at its end. `gaps_ms`: from each turn's last word to its result."""

    tape: Tape
    position: int
    listener: Listener | None = None
    gaps_ms: list[float] = field(default_factory=list)
    turns: int = 0
    _at: int = 0
    _ended: float | None = None

    def __post_init__(self) -> None:
        self._expect = {max(0, turn.first - _ASKED_BEFORE): turn.expectation for turn in self.tape.turns}
        self._ends = {turn.speech_end for turn in self.tape.turns}

    def begin(self) -> None:
        """Expect what was expected at this place of the tape."""
        before = [place for place in sorted(self._expect) if place <= self.position]
        if self.listener is not None and self._expect:
            self.listener.expect(self._expect[before[-1] if before else max(self._expect)])

    def forget(self) -> None:
        """What was until now does not count."""
        self.gaps_ms.clear()
        self.turns, self._ended = 0, None

    def tick(self) -> None:
        """The next 20 ms."""
        listener = self.listener
        if listener is None:
            return
        if expectation := self._expect.get(self.position):
            listener.expect(expectation)
        if self.position in self._ends:
            self.turns += 1
            self._ended = now()
        listener.hear(AudioFrame(self._at * _FRAME_S, self.tape.frames[self.position]))
        self._at += 1
        self.position = (self.position + 1) % len(self.tape.frames)

    def result(self) -> None:
        """A result came; the first after the turn's last word is its answer."""
        if self._ended is not None:
            self.gaps_ms.append((now() - self._ended) * 1000)
            self._ended = None


class TapedEars:
    """Our ears as a Listener, and an `account` of what they decode; use as `async with`."""

    def __init__(self, recognizer: Recognizer, caller: TapedCaller) -> None:
        self._caller = caller
        self.account = Accounted(recognizer)
        self._ears = Ears(self.account, self._emit)
        self._running: asyncio.Task[None] | None = None
        self.lost = 0
        self.expect = self._ears.listen
        self.hear = self._ears.hear
        self.played = self._ears.played

    async def __aenter__(self) -> Self:
        self._running = asyncio.create_task(self._ears.run(), name="taped-ears")
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._ears.close()
        if self._running is not None:
            await asyncio.wait([self._running])

    def _emit(self, event: Event) -> None:
        if isinstance(event, Heard):
            self.account.answered()
            self._caller.result()
        elif isinstance(event, RecognitionLost):
            self.lost += 1


@dataclass(frozen=True, slots=True)
class Load:
    """What `calls` cost in `seconds`: CPU seconds of this process and of the recognition workers, gaps in ms, turns
    whose last word fell into the time, and how many of them had no result by its end. `decoding`: what it was for."""

    calls: int
    seconds: float
    own_cpu_s: float
    workers_cpu_s: float
    gaps_ms: tuple[float, ...]
    turns: int
    decoding: Mapping[str, Spent] = field(default_factory=dict)

    @property
    def cores_a_call(self) -> float:
        """CPU seconds a second of one call."""
        return (self.own_cpu_s + self.workers_cpu_s) / self.seconds / self.calls

    @property
    def unanswered(self) -> int:
        """Turns without a result when the time was over; those that ended in its last second are too."""
        return self.turns - len(self.gaps_ms)


async def live_through(
    callers: Sequence[TapedCaller],
    seconds: float,
    pids: Callable[[], Sequence[int]],
    beside: Sequence[Callable[[], None]] = (),
    *,
    settled_s: float = 0.0,
    settled: Callable[[], None] = lambda: None,
) -> Load:
    """Let all live at once on the 20 ms clock; `beside` is called each tick too. `pids`: the workers'. What is measured
    begins after `settled_s`, when `settled` is called."""
    clock = frame_clock()
    ticks = [*(caller.tick for caller in callers), *beside]
    for caller in callers:
        caller.begin()
    for tick in ticks:
        clock.join(tick)
    try:
        await asyncio.sleep(settled_s)
        for caller in callers:
            caller.forget()
        settled()
        own, workers, began = time.process_time(), _used(pids()), now()
        await asyncio.sleep(seconds)
    finally:
        for tick in ticks:
            clock.leave(tick)
    lived = now() - began
    gaps = tuple(round(gap, 1) for caller in callers for gap in caller.gaps_ms)
    turns = sum(caller.turns for caller in callers)
    return Load(len(callers), lived, time.process_time() - own, max(0.0, _used(pids()) - workers), gaps, turns)


def spread_callers(tape: Tape, calls: int) -> list[TapedCaller]:
    """So many callers, evenly spread over the tape."""
    return [TapedCaller(tape, number * len(tape.frames) // calls) for number in range(calls)]


async def ears_of(callers: Sequence[TapedCaller], recognizer: Recognizer, stack: AsyncExitStack) -> list[TapedEars]:
    """Give every caller ears of their own; `stack` ends them."""
    ears = [await stack.enter_async_context(TapedEars(recognizer, caller)) for caller in callers]
    for caller, own in zip(callers, ears, strict=True):
        caller.listener = own
    return ears


def _used(pids: Sequence[int]) -> float:
    return sum(map(seconds_used, pids))
