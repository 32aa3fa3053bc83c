"""Holds a stopwatch to a call that is really being carried: every moment that the reply gap is made of.

Decided: nothing in the pipeline is changed to be measured. It is watched where it is open to anyone: the observer of
events and commands, the recorder that is given both directions, and the engines, which are wrapped. Moments are
read from the loop's clock as they happen; watching costs one look at the disk for each part of a prompt (was
it rendered ahead?), about 0.1 ms, which counts as the mouth's.
"""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from ivr.audio import FRAME_MS, SILENCE, level_dbfs
from ivr.call.recording import Recorder
from ivr.clock import now
from ivr.dialogue.commands import Command, Listen, Say
from ivr.dialogue.events import Event, Heard, PromptEnded, PromptStarted
from ivr.qa.reply_gap import Moments, Reply, ReplyGap, speech_end_s
from ivr.simulate.caller import CallerTurn
from ivr.understanding.completeness import Completeness
from ivr.understanding.interpreter import Interpreter
from ivr.understanding.result import Result, State, Utterance
from ivr_asr.api import Hearing, Hypothesis, Recognizer
from ivr_tts.voices import Voices

_FRAME_S = FRAME_MS / 1000
_AUDIBLE_DBFS = -50.0


@dataclass(slots=True)
class _Spoken:
    """A turn of the caller's and when its frames came in."""

    turn: CallerTurn
    frames: list[float] = field(default_factory=list)

    def ended(self) -> float:
        """When its last sample was spoken. A frame is handed over when its last sample has been, as a telephone does
        it; the earliest frame for its number gives the beat, for the others can only have been late."""
        first = min(at - number * _FRAME_S for number, at in enumerate(self.frames))
        return first - _FRAME_S + speech_end_s(self.turn.pcm)


@dataclass(slots=True)
class _Answer:
    """One `Heard` and what came of it."""

    event: Heard
    heard: float
    listen: Listen
    second_look: bool
    understanding_s: float = 0.0
    said: float = 0.0
    prompt: int = -1
    reply: Reply | None = None
    began: float = 0.0
    first_frame: float = 0.0


@dataclass(frozen=True, slots=True)
class Decoded:
    """What the recogniser was given for one turn, to be decoded again with no call around it."""

    pcm: bytes
    phrases: tuple[str, ...]


class TurnClock:
    """Watches one call. Give its methods and wrappers to `play`; afterwards ask for `gaps`."""

    def __init__(self) -> None:
        self.decoded: list[Decoded] = []
        self._began = 0.0
        self._spoken: list[_Spoken] = []
        self._answers: list[_Answer] = []
        self._listen = Listen()
        self._free_looks = 0
        self._understood_s = 0.0
        self._replies: dict[int, Reply] = {}
        self._newest: Reply | None = None
        self._playing: int | None = None
        self._starved_frames = 0
        self._lead_frames = 0

    def spoken(self, at: float, turn: CallerTurn) -> None:
        """The caller begins a turn."""
        self._began = now() - at
        if turn.pcm:
            self._spoken.append(_Spoken(turn))

    def observe(self, at: float, what: Event | Command) -> None:
        """Every event before the dialogue sees it, every command before it is carried out."""
        del at
        match what:
            case Listen():
                self._listen = what
            case Heard():
                self._understood_s = 0.0
                self._answers.append(_Answer(what, self._now(), self._listen, self._free_looks > 0))
                self._free_looks = 0
            case Say(prompt=number, text=text):
                self._newest = self._replies[number] = Reply(text)
                if self._answers and self._answers[-1].reply is None:
                    answer = self._answers[-1]
                    answer.said, answer.prompt, answer.reply = self._now(), number, self._newest
                    answer.understanding_s = self._understood_s
            case PromptStarted(at=began, prompt=number):
                self._playing = number
                for answer in self._answers:
                    if answer.prompt == number:
                        answer.began = began
            case PromptEnded():
                self._playing = None
                self._starved_frames = self._lead_frames = 0

    def from_caller(self, frame: bytes) -> None:
        """A frame of the caller's; the script's silence is one and the same object."""
        if frame is not SILENCE and self._spoken:
            self._spoken[-1].frames.append(self._now())

    def to_caller(self, frame: bytes) -> None:
        """A frame to the caller; the player's own silence is one and the same object."""
        if frame is SILENCE:
            self._starved_frames += self._playing is not None
            return
        for answer in self._answers[-1:]:
            if answer.said and not answer.first_frame:
                answer.first_frame = self._now()
        reply = self._replies.get(self._playing) if self._playing is not None else None
        if reply is not None and self._starved_frames:
            reply.stalls_ms.append(self._starved_frames * FRAME_MS)
            self._starved_frames = 0
        self._lead(reply or self._newest, frame)

    def understood(self, seconds: float) -> None:
        """Understanding took this long."""
        self._understood_s += seconds

    def rendering(self, *, ahead: bool) -> None:
        """A part of the newest prompt is asked of the voice."""
        if self._newest is not None:
            self._newest.rendered_ahead.append(ahead)

    def opened(self, phrases: Sequence[str]) -> None:
        """The recogniser begins; without phrases where the question has some, it is a second look."""
        self._free_looks += not phrases

    def gaps(self) -> tuple[list[ReplyGap], list[str]]:
        """The turns by voice that were answered by voice, and the labels of the others: those that were answered
        before they were over, or by something else than their own words."""
        found: list[ReplyGap] = []
        unanswered: list[str] = []
        for number, spoken in enumerate(self._spoken):
            ended = spoken.ended() if spoken.frames else 0.0
            until = self._spoken[number + 1].frames[:1] if number + 1 < len(self._spoken) else []
            answer = self._answer(ended, until[0] if until else float("inf"))
            if not spoken.frames or answer is None or answer.reply is None:
                unanswered.append(spoken.turn.label)
                continue
            moments = Moments(
                ended,
                answer.event.at,
                answer.heard,
                answer.understanding_s,
                answer.said,
                answer.began,
                answer.first_frame,
            )
            text, listen = answer.event.text, answer.listen
            label = spoken.turn.label or text
            found.append(
                ReplyGap(label, text, listen.closed, listen.pause_ms, answer.second_look, moments, answer.reply)
            )
        return found, unanswered

    def _answer(self, after: float, before: float) -> _Answer | None:
        """The first words heard after the caller's speech and before the next, if they were replied to."""
        heard = (answer for answer in self._answers if after < answer.event.at < before)
        first = next(heard, None)
        return first if first is not None and first.first_frame and first.began else None

    def _lead(self, reply: Reply | None, frame: bytes) -> None:
        if reply is None or reply.lead_ms is not None:
            return
        if level_dbfs(frame) >= _AUDIBLE_DBFS:
            reply.lead_ms = self._lead_frames * FRAME_MS
        else:
            self._lead_frames += 1

    def _now(self) -> float:
        return now() - self._began


class WatchedRecorder(Recorder):
    """The call's recorder, with the clock looking on."""

    def __init__(self, path: Path, clock: TurnClock) -> None:
        super().__init__(path)
        self._clock = clock

    def caller(self, frame: bytes) -> None:
        """20 ms from the caller."""
        self._clock.from_caller(frame)
        super().caller(frame)

    def hotline(self, frame: bytes) -> None:
        """20 ms to the caller."""
        self._clock.to_caller(frame)
        super().hotline(frame)


class WatchedInterpreter(Interpreter):
    """Understanding with a stopwatch. It stands before `inner` and builds nothing of its own."""

    def __init__(self, inner: Interpreter, clock: TurnClock) -> None:
        self._inner = inner
        self._clock = clock

    def understand(self, utterance: Utterance, state: State) -> Result:
        """As `inner` does."""
        began = time.perf_counter()
        try:
            return self._inner.understand(utterance, state)
        finally:
            self._clock.understood(time.perf_counter() - began)

    def phrases(self, state: State) -> tuple[str, ...]:
        """As `inner` does."""
        return self._inner.phrases(state)

    def completeness(self, text: str, state: State, at: datetime | None = None) -> Completeness:
        """As `inner` does."""
        return self._inner.completeness(text, state, at)


class WatchedVoice:
    """The voice; tells the clock which parts were rendered ahead."""

    def __init__(self, inner: Voices, clock: TurnClock) -> None:
        self._inner = inner
        self._clock = clock

    def render(self, text: str, language: str) -> AsyncIterator[bytes]:
        """As `inner` does."""
        self._clock.rendering(ahead=self._inner.ready(text, language))
        return self._inner.render(text, language)


class WatchedRecognizer:
    """The recogniser; keeps what each turn was decoded from."""

    def __init__(self, inner: Recognizer, clock: TurnClock) -> None:
        self.rate = inner.rate
        self._inner = inner
        self._clock = clock

    async def start(self) -> None:
        """As `inner` does."""
        await self._inner.start()

    async def open(self, *, phrases: Sequence[str] = ()) -> Hearing:
        """As `inner` does."""
        self._clock.opened(phrases)
        return _WatchedHearing(await self._inner.open(phrases=phrases), tuple(phrases), self._clock)

    async def close(self) -> None:
        """As `inner` does."""
        await self._inner.close()


class _WatchedHearing:
    def __init__(self, inner: Hearing, phrases: tuple[str, ...], clock: TurnClock) -> None:
        self._inner, self._phrases, self._clock = inner, phrases, clock
        self._pcm = bytearray()

    async def feed(self, pcm: bytes, /) -> Hypothesis | None:
        self._pcm += pcm
        return await self._inner.feed(pcm)

    async def finish(self) -> Hypothesis:
        hypothesis = await self._inner.finish()
        self._clock.decoded.append(Decoded(bytes(self._pcm), self._phrases))
        return hypothesis

    async def close(self) -> None:
        await self._inner.close()
