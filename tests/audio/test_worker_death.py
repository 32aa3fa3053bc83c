"""Real recognition workers, killed at each stage of a turn: the caller's words are heard all the same."""

import asyncio
import os
import signal

import pytest

from ivr.audio import frames, read_audio, through_g711
from ivr.call.ears import Ears
from ivr.call.line import AudioFrame
from ivr.dialogue.events import Heard, RecognitionLost, SpeechStarted
from ivr.hearing.expectation import Expectation
from ivr_asr.vosk import Vosk

pytestmark = pytest.mark.audio

DIGITS = tuple("零一幺二两三四五六七八九")
SAME = str.maketrans("幺两", "一二")
CHUNKS_BEFORE_THE_MIDDLE = 4


class Doomed:
    """A real recogniser whose workers are all killed, once, in the moment in which `stage` is asked of them."""

    def __init__(self, vosk, stage):
        self.vosk, self.stage, self.rate = vosk, stage, vosk.rate
        self.killed = ()
        self.feeds = 0

    @property
    def pressure(self):
        return self.vosk.pressure

    async def start(self):
        await self.vosk.start()

    async def close(self):
        await self.vosk.close()

    async def open(self, *, phrases=()):
        self.at("open")
        return _Hearing(self, await self.vosk.open(phrases=phrases))

    async def open_unhurried(self, *, phrases=()):
        self.at("second look")
        return await self.vosk.open_unhurried(phrases=phrases)

    def at(self, stage):
        if stage == self.stage and not self.killed:
            self.killed = self.vosk.worker_pids
            for pid in self.killed:
                os.kill(pid, signal.SIGKILL)


class _Hearing:
    def __init__(self, owner, hearing):
        self._owner, self._hearing = owner, hearing

    async def feed(self, pcm, /):
        self._owner.feeds += 1
        if self._owner.feeds == 1:
            self._owner.at("first feed")
        elif self._owner.feeds == CHUNKS_BEFORE_THE_MIDDLE:
            self._owner.at("middle")
        return await self._hearing.feed(pcm)

    async def finish(self):
        self._owner.at("finish")
        return await self._hearing.finish()

    async def close(self):
        await self._hearing.close()


async def answer_of(recognizer, pcm, expectation, *, sure=0.9):
    """The events of a caller who says `pcm` at once, until the turn is answered."""
    events, answered = [], asyncio.Event()

    def take(event):
        events.append(event)
        if isinstance(event, Heard | RecognitionLost):
            answered.set()

    ears = Ears(recognizer, take, sure=sure)
    running = asyncio.create_task(ears.run())
    try:
        ears.listen(expectation)
        for number, frame in enumerate(frames(pcm)):
            ears.hear(AudioFrame(number * 0.02, frame))
            await asyncio.sleep(0.004)  # five times as fast as people speak
        async with asyncio.timeout(30):
            await answered.wait()
    finally:
        await ears.close()
        await asyncio.wait([running])
    return events


@pytest.fixture
def number(speech_folder):
    """A number that somebody said on the telephone, and what it is."""
    rows = [row.split("\t") for row in (speech_folder / "zh" / "transcripts.tsv").read_text("utf-8").splitlines()[1:]]
    name, text = next((row[0], row[3]) for row in rows if len(row[3]) > 6 and set(row[3]) <= set(DIGITS))
    return through_g711(read_audio(speech_folder / "zh" / name)) + bytes(24_000), text.translate(SAME)


@pytest.mark.parametrize("stage", ["open", "first feed", "middle", "finish"])
async def test_a_worker_killed_at_any_stage_of_a_turn_costs_the_caller_a_pause_at_most(model, number, stage):
    pcm, said = number
    vosk = Vosk(model("vosk-model-small-cn-0.22"), workers=1)
    await vosk.start()
    try:
        undisturbed = await answer_of(Doomed(vosk, "never"), pcm, Expectation(DIGITS, pause_ms=1000, closed=True))
        doomed = Doomed(vosk, stage)
        events = await answer_of(doomed, pcm, Expectation(DIGITS, pause_ms=1000, closed=True))
        assert doomed.killed
        assert not set(doomed.killed) & set(vosk.worker_pids)
        assert isinstance(events[-1], Heard)
        assert events[-1].text == undisturbed[-1].text
        assert events[-1].text.translate(SAME) == said
        assert [type(event) for event in events].count(SpeechStarted) == 1
    finally:
        await vosk.close()


async def test_a_worker_killed_in_the_second_look_leaves_the_first_and_hears_the_next_turn(model, number):
    pcm, said = number
    vosk = Vosk(model("vosk-model-small-cn-0.22"), workers=1)
    await vosk.start()
    try:
        doomed = Doomed(vosk, "second look")
        open_question = Expectation(DIGITS, pause_ms=1000)
        *_, heard = await answer_of(doomed, pcm, open_question, sure=2.0)  # nothing is that sure: always a second look
        assert doomed.killed
        assert heard.text.translate(SAME) == said  # whether the second look is lost or another worker takes it
        *_, again = await answer_of(doomed, pcm, open_question, sure=2.0)
        assert again.text == heard.text
        assert not set(doomed.killed) & set(vosk.worker_pids)
    finally:
        await vosk.close()
