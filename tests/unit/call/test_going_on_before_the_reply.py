"""The turn is over and told, and before a word of the reply the caller goes on: neither lost nor spoken over."""

import asyncio

import numpy as np
import pytest

from ivr.call.ears import Ears
from ivr.call.line import AudioFrame
from ivr.dialogue.events import Heard, Partial, SpeechStarted
from ivr.hearing.expectation import Expectation
from ivr_asr.api import Hypothesis
from ivr_asr.scripted import Scripted, ScriptedHearing

pytestmark = pytest.mark.unit

TEXTS = ("查账单", "八六五二零四三九")


class Late(Scripted):
    """The first turn's final text waits for `ready`."""

    def __init__(self):
        super().__init__()
        self.ready = asyncio.Event()

    async def open(self, *, phrases=()):
        await super().open(phrases=phrases)
        return _Hearing(self, self.audio[-1])


class _Hearing(ScriptedHearing):
    async def finish(self):
        number = len(self._owner.audio) - 1
        await self.close()
        if not number:
            await self._owner.ready.wait()
        return Hypothesis(TEXTS[number], 1.0, final=True)


def voice(ms):
    """A buzz with formants, which WebRTC's detector takes for a vowel."""
    at = np.arange(ms * 8) / 8000
    signal = sum(np.sin(2 * np.pi * 140 * k * at) / k * (3 if k in (4, 5, 8, 9) else 1) for k in range(1, 20))
    return (signal / np.abs(signal).max() * 0.2 * 32767).astype("<i2").tobytes()


class Listening:
    """Ears that run, and what they tell."""

    def __init__(self):
        self.recognizer, self.events, self.at = Late(), [], 0.0
        self.ears = Ears(self.recognizer, self.events.append)
        self.ears.listen(Expectation())

    async def __aenter__(self):
        self._running = asyncio.create_task(self.ears.run())
        return self

    async def __aexit__(self, *_):
        await self.ears.close()
        await asyncio.wait([self._running])

    async def hears(self, pcm):
        for start in range(0, len(pcm), 320):
            self.ears.hear(AudioFrame(round(self.at, 3), pcm[start : start + 320]))
            self.at += 0.02
            for _ in range(12):
                await asyncio.sleep(0)

    def told(self):
        return [type(event) for event in self.events if not isinstance(event, Partial)]


async def test_who_speaks_again_before_the_first_answer_is_told_is_announced_again_after_it():
    async with Listening() as call:
        await call.hears(voice(600) + bytes(16 * 700) + voice(300))
        assert call.told() == [SpeechStarted, SpeechStarted]
        call.recognizer.ready.set()
        await call.hears(voice(40))
        assert call.told() == [SpeechStarted, SpeechStarted, Heard, SpeechStarted]
        await call.hears(voice(300) + bytes(16 * 700))
        assert [event.text for event in call.events if isinstance(event, Heard)] == list(TEXTS)


async def test_who_is_silent_when_the_answer_is_told_is_not_announced_again():
    async with Listening() as call:
        call.recognizer.ready.set()
        await call.hears(voice(600) + bytes(16 * 900))
        assert call.told() == [SpeechStarted, Heard]


async def test_who_speaks_through_an_action_is_announced_when_the_hotline_listens_again():
    async with Listening() as call:
        await call.hears(voice(300))
        call.ears.deaf()
        await call.hears(voice(300))
        assert call.told() == [SpeechStarted]
        call.ears.listen(Expectation())
        assert call.told() == [SpeechStarted, SpeechStarted]
