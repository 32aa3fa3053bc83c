"""A late recogniser: the caller is told, and not left waiting for ever. On virtual time, the recogniser's too."""

import asyncio

import numpy as np
import pytest

from ivr.call.ears import Ears
from ivr.call.line import AudioFrame
from ivr.dialogue.events import Heard, RecognitionLost, RecognitionSlow, SpeechStarted
from ivr.hearing.expectation import Expectation
from ivr.simulate.virtual_loop import VirtualLoop
from ivr_asr.api import Hypothesis, Pressure, RecognizerLost
from ivr_asr.scripted import Scripted, ScriptedHearing

pytestmark = pytest.mark.unit

MENU = Expectation(("查账单", "报故障"), pause_ms=600)
UNSURE = Hypothesis("查账单", 0.5, final=True)
SURE = Hypothesis("查账单", 1.0, final=True)


class Loop(VirtualLoop):
    """Virtual time that passes while the recogniser works: here it is what takes long."""

    @property
    def hold(self):
        raise AttributeError("nothing is held")


def run(work):
    with asyncio.Runner(loop_factory=Loop) as runner:
        return runner.run(work)


class SlowHearing(ScriptedHearing):
    async def finish(self):
        await asyncio.sleep(self._owner.waits.pop(0))
        return await super().finish()


class Slow(Scripted):
    """`waits`: how long each final result takes, in seconds. `pressure` and second looks as an engine of a pool."""

    def __init__(self, script, waits):
        super().__init__(script)
        self.waits = list(waits)
        self.pressure = Pressure()
        self.second_looks = 0

    async def open(self, *, phrases=()):
        await super().open(phrases=phrases)
        return SlowHearing(self, self.audio[-1])

    async def open_unhurried(self, *, phrases=()):
        self.second_looks += 1
        return await self.open(phrases=phrases)


def voice(ms):
    at = np.arange(ms * 8) / 8000
    signal = sum(np.sin(2 * np.pi * 140 * k * at) / k * (3 if k in (4, 5, 8, 9) else 1) for k in range(1, 20))
    return (signal / np.abs(signal).max() * 0.2 * 32767).astype("<i2").tobytes()


def call(recognizer, *sounds):
    """The events of a caller who makes these sounds: `voice(…)`, or so many ms of silence."""
    events = []

    async def work():
        ears = Ears(recognizer, events.append)
        running = asyncio.create_task(ears.run())
        ears.listen(MENU)
        pcm = b"".join(sound if isinstance(sound, bytes) else bytes(sound * 16) for sound in sounds)
        for number, start in enumerate(range(0, len(pcm), 320)):
            ears.hear(AudioFrame(round(number * 0.02, 3), pcm[start : start + 320]))
            await asyncio.sleep(0.02)
        await ears.close()
        await asyncio.wait([running])
        assert recognizer.open_hearings == 0

    run(work())
    return [event for event in events if not isinstance(event, SpeechStarted)]


def test_an_answer_in_time_is_no_reason_to_say_anything():
    (heard,) = call(Slow([SURE], [1.2]), 500, voice(800), 4000)
    assert heard.text == "查账单"
    assert heard.decoding_ms == pytest.approx(1200, abs=40)


def test_an_answer_that_is_late_is_told_as_late_once_and_still_comes():
    slow, heard = call(Slow([SURE], [3.0]), 500, voice(800), 8000)
    assert isinstance(slow, RecognitionSlow)
    assert slow.waited_ms == 1500
    assert isinstance(heard, Heard)


def test_an_answer_that_is_too_late_is_lost_and_the_next_turn_is_heard():
    recognizer = Slow([SURE], [600.0, 0.1])
    slow, lost, heard = call(recognizer, 500, voice(800), 9000, voice(800), 2000)
    assert isinstance(slow, RecognitionSlow)
    assert isinstance(lost, RecognitionLost)
    assert "6 s" in lost.reason
    assert lost.at - slow.at == pytest.approx(4.5)
    assert heard.text == "查账单"


def test_a_turn_that_waits_behind_a_late_one_is_late_as_well():
    kinds = [type(event) for event in call(Slow([SURE, SURE], [4.0, 0.1]), 500, voice(800), 1000, voice(800), 6000)]
    assert kinds == [RecognitionSlow, RecognitionSlow, Heard, Heard]


def test_a_recogniser_that_dies_and_is_replaced_in_time_costs_a_pause_only():
    lost = RecognizerLost("the recognition worker ended by signal 9")
    (heard,) = call(Slow([lost, SURE], [0.5, 0.5]), 500, voice(800), 4000)
    assert heard.text == "查账单"
    assert heard.decoding_ms == pytest.approx(1000, abs=40)


def test_a_second_look_is_put_behind_live_audio():
    recognizer = Slow([UNSURE, Hypothesis("开发票", 1.0, final=True)], [0.1, 0.5])
    (heard,) = call(recognizer, 500, voice(800), 4000)
    assert heard.free_text == "开发票"
    assert recognizer.second_looks == 1


def test_a_second_look_that_takes_too_long_is_done_without():
    *_, heard = call(Slow([UNSURE, SURE], [0.1, 60.0]), 500, voice(800), 6000)
    assert isinstance(heard, Heard)
    assert heard.free_text == ""
    assert heard.decoding_ms == pytest.approx(2600, abs=40)


def test_there_is_no_second_look_while_live_audio_waits():
    recognizer = Slow([UNSURE], [0.1])
    recognizer.pressure = Pressure(load=1.0, lag_ms=900)
    (heard,) = call(recognizer, 500, voice(800), 4000)
    assert heard.free_text == ""
    assert recognizer.second_looks == 0
