"""Ears with a scripted recogniser and a caller whose audio takes no time, for tests of when a turn is over."""

import asyncio

import numpy as np

from ivr.call.ears import Ears
from ivr.call.line import AudioFrame
from ivr.dialogue.events import Heard
from ivr.hearing.expectation import Expectation
from ivr.understanding.interpreter import Interpreter
from ivr.understanding.result import Digits, State
from ivr_asr.api import Hypothesis
from ivr_asr.scripted import Scripted, ScriptedHearing

UNDERSTANDING = Interpreter(
    {
        "bill": ["查账单", "账单"],
        "bill_details": ["查账单明细"],
        "agent": ["转人工"],
        "yes": ["是", "是的", "对"],
        "no": ["不是", "不对"],
    }
)
MENU = State(("bill", "bill_details", "agent"))
ACCOUNT = State(("yes", "no", "agent"), digits=Digits(8, 8))
SURE = State(("yes", "no", "agent"))


def expecting(state, *, pause_ms=600, complete_ms=200, closed=True):
    return Expectation(("查账单",), pause_ms, closed, complete_ms, lambda text: UNDERSTANDING.completeness(text, state))


def voice(ms):
    """A buzz with formants, which WebRTC's detector takes for a vowel."""
    at = np.arange(ms * 8) / 8000
    signal = sum(np.sin(2 * np.pi * 140 * k * at) / k * (3 if k in (4, 5, 8, 9) else 1) for k in range(1, 20))
    return (signal / np.abs(signal).max() * 0.2 * 32767).astype("<i2").tobytes()


class Listener(Scripted):
    """Understands so many milliseconds of speech as such a text, while it is fed and in the end; `finally_` are
    final texts that differ from the partial ones."""

    def __init__(self, texts, finally_=None, confidence=1.0):
        super().__init__()
        self.texts, self.finally_, self.confidence = texts, finally_ or {}, confidence
        self.finished = 0

    async def open(self, *, phrases=()):
        await super().open(phrases=phrases)
        return _Hearing(self, self.audio[-1])

    def of(self, audio):
        spoken_ms = np.count_nonzero(np.frombuffer(bytes(audio), dtype="<i2")) / 8 + 20
        return next((text for ms, text in sorted(self.texts.items(), reverse=True) if spoken_ms >= ms), "")


class _Hearing(ScriptedHearing):
    async def feed(self, pcm, /):
        await super().feed(pcm)
        return Hypothesis(self._owner.of(self._audio))

    async def finish(self):
        await self.close()
        self._owner.finished += 1
        text = self._owner.of(self._audio)
        return Hypothesis(self._owner.finally_.get(text, text), self._owner.confidence, final=True)


class Late(Listener):
    """Tells nothing while it is fed; the final text is right."""

    async def open(self, *, phrases=()):
        hearing = await super().open(phrases=phrases)
        feed = hearing.feed

        async def late(pcm, /):
            await feed(pcm)

        hearing.feed = late
        return hearing


class Call:
    """Ears that run, and a caller whose audio takes no time."""

    def __init__(self, recognizer, state, **expected):
        self.recognizer, self.events, self.at, self.foreseen = recognizer, [], 0.0, []
        self.ears = Ears(recognizer, self.events.append, foresee=self.foreseen.append)
        self.ears.listen(expecting(state, **expected))

    async def __aenter__(self):
        self._running = asyncio.create_task(self.ears.run())
        await self.pauses(400)
        return self

    async def __aexit__(self, *_):
        await self.ears.close()
        await asyncio.wait([self._running])
        assert self.recognizer.open_hearings == 0

    async def says(self, ms):
        await self._sends(voice(ms))

    async def pauses(self, ms):
        await self._sends(bytes(ms * 16))

    async def _sends(self, pcm):
        for start in range(0, len(pcm), 320):
            self.ears.hear(AudioFrame(round(self.at, 3), pcm[start : start + 320]))
            self.at += 0.02
            for _ in range(12):
                await asyncio.sleep(0)

    @property
    def heard(self):
        return [(event.text, event.silence_ms) for event in self.events if isinstance(event, Heard)]
