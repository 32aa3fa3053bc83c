"""A call's ears with a scripted recogniser: what the dialogue is told, and when."""

import asyncio
from dataclasses import replace

import numpy as np
import pytest

from ivr.call.ears import Ears
from ivr.call.line import AudioFrame
from ivr.dialogue.events import Heard, Partial, RecognitionLost, SpeechStarted
from ivr.hearing.expectation import Expectation
from ivr_asr.api import Hypothesis, RecognizerLost
from ivr_asr.scripted import Scripted, ScriptedHearing

pytestmark = pytest.mark.unit

LOST = RecognizerLost("the recognition worker ended by signal 6")
MENU = Expectation(("查账单", "报故障"), pause_ms=600)
DIGITS = Expectation(("零", "一"), pause_ms=600, closed=True)
WHOLE = Expectation(MENU.phrases, pause_ms=600, completeness=lambda text: "complete" if text == "查账单" else "open")
PART = Expectation(MENU.phrases, pause_ms=600, completeness=lambda _text: "open")


def voice(ms):
    """A buzz with formants, which WebRTC's detector takes for a vowel."""
    at = np.arange(ms * 8) / 8000
    signal = sum(np.sin(2 * np.pi * 140 * k * at) / k * (3 if k in (4, 5, 8, 9) else 1) for k in range(1, 20))
    return (signal / np.abs(signal).max() * 0.2 * 32767).astype("<i2").tobytes()


class Caller:
    """One call's ears being run, and a caller whose audio takes no time."""

    def __init__(self, recognizer):
        self.recognizer = recognizer
        self.events = []
        self.ears = Ears(recognizer, self.events.append)
        self.at = 0.0

    async def __aenter__(self):
        self._running = asyncio.create_task(self.ears.run())
        return self

    async def __aexit__(self, *_):
        await self.ears.close()
        await asyncio.wait([self._running])
        assert self.recognizer.open_hearings == 0

    async def speaks(self, ms, *, settle=True):
        await self._sends(voice(ms), settle=settle)

    async def is_silent(self, ms, *, settle=True):
        await self._sends(bytes(ms * 16), settle=settle)

    async def _sends(self, pcm, *, settle):
        for start in range(0, len(pcm), 320):
            self.ears.hear(AudioFrame(round(self.at, 3), pcm[start : start + 320]))
            self.at += 0.02
            if settle:
                await self.settled()
        await self.settled()

    async def settled(self):
        for _ in range(12):  # turns of the loop, no time: every await in a scripted turn is ready by then
            await asyncio.sleep(0)

    def kinds(self):
        return [type(event) for event in self.events]

    def heard(self):
        return [event for event in self.events if isinstance(event, Heard)]


async def test_a_turn_is_started_heard_and_dated_by_the_frames_that_decided_it():
    async with Caller(Scripted(["查账单"])) as caller:
        caller.ears.listen(MENU)
        await caller.is_silent(1000)
        await caller.speaks(1000)
        await caller.is_silent(1000)
    assert caller.kinds() == [SpeechStarted, Heard]
    started, heard = caller.events
    assert started.at == pytest.approx(1.12, abs=0.04)
    assert heard.at == pytest.approx(2.58, abs=0.03)
    assert heard.text == "查账单"
    assert heard.silence_ms == 600
    assert heard.speech_ms == pytest.approx(1000, abs=100)
    assert caller.recognizer.opened == [MENU.phrases]


async def test_the_recogniser_gets_the_audio_from_300_ms_before_the_onset_to_the_end_of_the_turn():
    async with Caller(Scripted(["好"])) as caller:
        caller.ears.listen(MENU)
        await caller.is_silent(1000)
        await caller.speaks(800)
        await caller.is_silent(1000)
    (audio,) = caller.recognizer.audio
    assert 300 + 800 + 600 <= len(audio) / 16 <= 300 + 800 + 600 + 60


async def test_two_turns_are_answered_in_their_order():
    async with Caller(Scripted(["一", "二"])) as caller:
        caller.ears.listen(DIGITS)
        for _ in range(2):
            await caller.speaks(500, settle=False)
            await caller.is_silent(1000, settle=False)
        await caller.settled()
        await caller.settled()
    assert [event.text for event in caller.heard()] == ["一", "二"]


async def test_frames_are_not_lost_while_the_recogniser_lags():
    stuck = asyncio.Event()

    class Slow(ScriptedHearing):
        async def feed(self, pcm, /):
            await stuck.wait()
            return await super().feed(pcm)

    class SlowRecognizer(Scripted):
        async def open(self, *, phrases=()):
            await super().open(phrases=phrases)
            return Slow(self, self.audio[-1])

    async with Caller(SlowRecognizer(["好"])) as caller:
        caller.ears.listen(MENU)
        await caller.speaks(3000)
        await caller.is_silent(1000)
        assert caller.kinds() == [SpeechStarted]
        stuck.set()
        await caller.settled()
    (heard,) = caller.heard()
    assert heard.text == "好"
    assert len(caller.recognizer.audio[0]) / 16 >= 3600


async def test_a_dead_recogniser_costs_the_caller_nothing_the_first_time():
    async with Caller(Scripted([LOST, "查账单"])) as caller:
        caller.ears.listen(MENU)
        await caller.speaks(600)
        await caller.is_silent(800)
    assert [event.text for event in caller.heard()] == ["查账单"]
    first, again = caller.recognizer.audio
    assert first == again


async def test_a_recogniser_that_dies_twice_over_one_turn_is_told_and_the_next_turn_is_heard():
    async with Caller(Scripted([LOST, LOST, "报故障"])) as caller:
        caller.ears.listen(MENU)
        for _ in range(2):
            await caller.speaks(600)
            await caller.is_silent(800)
    assert caller.kinds() == [SpeechStarted, RecognitionLost, SpeechStarted, Heard]
    assert "signal 6" in caller.events[1].reason


async def test_who_speaks_as_the_question_changes_answers_the_new_question():
    async with Caller(Scripted(["一"])) as caller:
        caller.ears.listen(MENU)
        await caller.speaks(600)
        caller.ears.listen(DIGITS)
        await caller.speaks(200)
        await caller.is_silent(800)
    assert caller.kinds() == [SpeechStarted, Heard]
    assert caller.recognizer.opened == [MENU.phrases, DIGITS.phrases]
    assert len(caller.recognizer.audio[1]) / 16 >= 800 + 600


async def test_a_turn_that_was_over_keeps_the_phrases_it_was_spoken_to():
    async with Caller(Scripted(["查账单"])) as caller:
        caller.ears.listen(MENU)
        await caller.speaks(600, settle=False)
        await caller.is_silent(800, settle=False)
        caller.ears.listen(DIGITS)
        await caller.settled()
    assert set(caller.recognizer.opened) == {MENU.phrases}


async def test_while_deaf_nothing_is_told_and_nothing_is_decoded():
    async with Caller(Scripted(["查账单"])) as caller:
        await caller.speaks(600)
        await caller.is_silent(800)
        caller.ears.listen(MENU)
        await caller.is_silent(200)
        caller.ears.deaf()
        await caller.speaks(600)
        await caller.is_silent(800)
    assert caller.events == []
    assert caller.recognizer.opened == []


async def test_who_speaks_before_the_question_is_asked_is_heard_from_the_first_word():
    async with Caller(Scripted(["查账单"])) as caller:
        await caller.speaks(600)
        caller.ears.listen(MENU)
        assert caller.kinds() == [SpeechStarted]
        await caller.speaks(200)
        await caller.is_silent(800)
    assert len(caller.recognizer.audio[0]) / 16 >= 800 + 600
    assert caller.kinds() == [SpeechStarted, Heard]


async def test_deafness_in_the_middle_of_a_turn_drops_it_and_frees_the_recogniser():
    async with Caller(Scripted(["查账单"])) as caller:
        caller.ears.listen(MENU)
        await caller.speaks(600)
        assert caller.recognizer.open_hearings == 1
        caller.ears.deaf()
        await caller.settled()
        assert caller.recognizer.open_hearings == 1  # kept, in case a question still comes
        await caller.is_silent(800)
        assert caller.recognizer.open_hearings == 0
    assert caller.kinds() == [SpeechStarted]


@pytest.mark.parametrize(
    ("listen", "confidence", "free_text"),
    [
        (MENU, 0.8, "我的狗叫什么"),
        (MENU, 0.95, ""),
        (DIGITS, 0.5, ""),
        (Expectation((), 600), 0.5, ""),
        (PART, 0.85, "我的狗叫什么"),
        (WHOLE, 0.85, ""),
        (WHOLE, 0.75, "我的狗叫什么"),
        (replace(MENU, own_words=True), 1.0, "我的狗叫什么"),
    ],
    ids=[
        "open and unsure",
        "sure",
        "closed",
        "was free already",
        "a part of an answer",
        "a whole answer",
        "a whole answer, guessed",
        "the caller's own words, however sure",
    ],
)
async def test_an_unsure_answer_to_an_open_question_is_looked_at_twice(listen, confidence, free_text):
    unsure = Hypothesis("查账单", confidence, True, (), ("报故障",))
    async with Caller(Scripted([unsure, "我的狗叫什么"])) as caller:
        caller.ears.listen(listen)
        await caller.speaks(600)
        await caller.is_silent(800)
    (heard,) = caller.heard()
    assert (heard.text, heard.confidence, heard.alternatives) == ("查账单", confidence, ("报故障",))
    assert heard.free_text == free_text
    if free_text:
        assert caller.recognizer.opened == [MENU.phrases, ()]
        assert caller.recognizer.audio[0] == caller.recognizer.audio[1]


async def test_a_recogniser_lost_over_the_second_look_leaves_the_first():
    async with Caller(Scripted([Hypothesis("查账单", 0.5, final=True), LOST])) as caller:
        caller.ears.listen(MENU)
        await caller.speaks(600)
        await caller.is_silent(800)
    assert caller.kinds() == [SpeechStarted, Heard]
    assert caller.heard()[0].free_text == ""


async def test_a_partial_hypothesis_is_told_when_it_changes():
    class Eager(ScriptedHearing):
        async def feed(self, pcm, /):
            await super().feed(pcm)
            return Hypothesis("查" if len(self._audio) < 16 * 1000 else "查账单")

    class EagerRecognizer(Scripted):
        async def open(self, *, phrases=()):
            await super().open(phrases=phrases)
            return Eager(self, self.audio[-1])

    async with Caller(EagerRecognizer(["查账单"])) as caller:
        caller.ears.listen(MENU)
        await caller.is_silent(400)
        await caller.speaks(1200)
        await caller.is_silent(800)
    assert [event.text for event in caller.events if isinstance(event, Partial)] == ["查", "查账单"]


async def test_audio_lost_on_the_way_is_silence_and_ends_the_turn():
    async with Caller(Scripted(["查账单"])) as caller:
        caller.ears.listen(MENU)
        await caller.speaks(600)
        caller.at += 2.0
        await caller.is_silent(20)
    (heard,) = caller.heard()
    assert heard.silence_ms >= 1900


async def test_a_phone_that_stops_sending_when_its_owner_stops_speaking_is_answered_all_the_same():
    answered = asyncio.Event()
    recognizer = Scripted(["查账单"])
    events = []

    def emit(event):
        events.append(event)
        if isinstance(event, Heard):
            answered.set()

    ears = Ears(recognizer, emit)
    running = asyncio.create_task(ears.run())
    ears.listen(Expectation(("查账单",), pause_ms=200))
    pcm = voice(600)
    for number in range(30):
        ears.hear(AudioFrame(number * 0.02, pcm[number * 320 : number * 320 + 320]))
    async with asyncio.timeout(5):
        await answered.wait()
    assert events[-1].at == pytest.approx(0.8, abs=0.2)
    await ears.close()
    await asyncio.wait([running])


async def test_a_recogniser_that_is_far_behind_gives_up_the_oldest_turn_and_says_so():
    class Stuck(Scripted):
        async def open(self, *, phrases=()):  # noqa: ARG002
            await asyncio.Event().wait()  # as a worker that never comes up

    async with Caller(Stuck()) as caller:
        caller.ears.listen(MENU)
        for _ in range(8):
            await caller.speaks(300, settle=False)
            await caller.is_silent(700, settle=False)
    assert caller.kinds().count(RecognitionLost) == 2
    assert caller.kinds().count(SpeechStarted) == 8


async def test_closed_ears_are_silent_and_may_be_closed_again():
    async with Caller(Scripted(["查账单"])) as caller:
        caller.ears.listen(MENU)
        await caller.speaks(600)
        await caller.ears.close()
        await caller.speaks(600)
        await caller.is_silent(800)
        await caller.ears.close()
    assert caller.kinds() == [SpeechStarted]
