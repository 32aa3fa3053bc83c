"""The voice: which source speaks, once for all who ask, and what happens when it cannot."""

from __future__ import annotations

import asyncio

import numpy as np
import pytest
import soundfile

from ivr_tts.api import SynthesisError, VoiceUnusable
from ivr_tts.cache import PromptCache
from ivr_tts.recorded import RecordedPrompts
from ivr_tts.voice import Voice

pytestmark = pytest.mark.unit


class ScriptedVoice:
    """Speaks each text as two pieces of a constant level, waits for `go` between them, fails as told."""

    rate = 8000

    def __init__(self, level=100, *, fails=None, rate=8000):
        self.fingerprint = f"scripted/{level}"
        self.rate = rate
        self.texts: list[str] = []
        self.speaking = 0
        self.most_at_once = 0
        self.closed = False
        self.fails = fails
        self.go = asyncio.Event()
        self.go.set()
        self.piece = np.full(rate // 10, level, dtype="<i2").tobytes()

    async def speak(self, text):
        self.texts.append(text)
        self.speaking += 1
        self.most_at_once = max(self.most_at_once, self.speaking)
        try:
            if self.fails == "at once":
                raise VoiceUnusable("no model")
            yield self.piece
            await self.go.wait()
            if self.fails == "half way":
                raise ZeroDivisionError("a bug in somebody's engine")
            yield self.piece
        finally:
            self.speaking -= 1

    async def close(self):
        self.closed = True


@pytest.fixture
async def engine():
    return ScriptedVoice()


@pytest.fixture
async def voice(engine, tmp_path):
    voice = Voice(engine, cache=PromptCache(tmp_path / "cache"))
    yield voice
    await voice.close()


async def heard(voice, text, language="zh-CN"):
    return [piece async for piece in voice.render(text, language)]


async def test_a_text_is_spoken_as_it_is_said_and_then_kept(voice, engine):
    assert not voice.ready("按1")
    assert b"".join(await heard(voice, "按1")) == engine.piece * 2
    await voice.prepare(["按1"])
    assert voice.ready("按1")
    assert voice.ready("按一")
    assert b"".join(await heard(voice, "按1")) == engine.piece * 2
    assert engine.texts == ["按一"]


async def test_a_number_is_said_in_the_language_of_the_hotline(voice, engine):
    await heard(voice, "Press 1", "en-US")
    assert engine.texts == ["Press one"]


async def test_the_first_piece_is_heard_before_the_second_is_rendered(voice, engine):
    engine.go.clear()
    pieces = voice.render("您好")
    assert await anext(pieces) == engine.piece
    engine.go.set()
    assert [piece async for piece in pieces] == [engine.piece]


async def test_the_same_text_asked_twice_at_once_is_rendered_once(voice, engine):
    both = await asyncio.gather(heard(voice, "您好"), heard(voice, "您好"))
    assert both[0] == both[1] == [engine.piece] * 2
    assert engine.texts == ["您好"]


async def test_one_text_at_a_time_is_rendered(voice, engine):
    await asyncio.gather(*(heard(voice, text) for text in "一二三四"))
    assert engine.most_at_once == 1
    assert sorted(engine.texts) == sorted("一二三四")


async def test_a_caller_who_interrupts_leaves_the_prompt_to_be_finished_and_kept(voice, engine):
    engine.go.clear()
    pieces = voice.render("您好")
    await anext(pieces)
    await pieces.aclose()
    engine.go.set()
    await voice.prepare(["您好"])
    assert voice.ready("您好")
    assert engine.texts == ["您好"]


async def test_audio_of_another_rate_becomes_telephone_audio(tmp_path):
    voice = Voice(ScriptedVoice(rate=24000), cache=PromptCache(tmp_path))
    pcm = b"".join(await heard(voice, "您好"))
    assert len(pcm) == pytest.approx(3200, abs=4)
    await voice.close()


async def test_a_recording_is_played_and_no_engine_asked(engine, tmp_path):
    soundfile.write(tmp_path / "您好.wav", np.full(800, 7, dtype="<i2"), 8000, subtype="PCM_16")
    voice = Voice(engine, cache=PromptCache(tmp_path / "cache", recorded=RecordedPrompts(tmp_path)))
    assert voice.ready("您好！")
    assert await heard(voice, "您好！") == [np.full(800, 7, dtype="<i2").tobytes()]
    assert engine.texts == []
    await voice.close()


@pytest.mark.parametrize("fails", ["at once", "half way"])
async def test_when_the_voice_fails_the_last_resort_says_the_whole_text_and_nothing_is_kept(tmp_path, fails):
    resort = ScriptedVoice(9)
    voice = Voice(ScriptedVoice(fails=fails), cache=PromptCache(tmp_path), last_resort=resort)
    assert (await heard(voice, "您好"))[-2:] == [resort.piece] * 2
    assert not voice.ready("您好")
    await voice.close()
    assert resort.closed


@pytest.mark.parametrize("fails", ["at once", "half way"])
async def test_without_a_last_resort_the_fault_is_told(tmp_path, fails):
    voice = Voice(ScriptedVoice(fails=fails), cache=PromptCache(tmp_path))
    with pytest.raises(SynthesisError, match=r"no model|choose another engine"):
        await heard(voice, "您好")
    with pytest.raises(SynthesisError):
        await voice.prepare(["您好"])
    await voice.close()


async def test_a_damaged_prompt_is_rendered_again(voice, engine, tmp_path):
    await voice.prepare(["您好"])
    for path in (tmp_path / "cache").iterdir():
        path.write_bytes(b"torn")
    assert b"".join(await heard(voice, "您好")) == engine.piece * 2
    assert engine.texts == ["您好", "您好"]


async def test_preparing_tells_how_far_it_is_and_renders_only_what_is_missing(voice, engine):
    await voice.prepare(["一"])
    told = []
    assert await voice.prepare(["一", "二", "二", "3"], progress=lambda *step: told.append(step)) == 2
    assert told == [(1, 3, "一"), (2, 3, "二"), (3, 3, "三")]
    assert engine.texts == ["一", "二", "三"]


async def test_closing_in_the_middle_of_a_prompt_ends_it_for_whoever_listens(engine, tmp_path):
    voice = Voice(engine, cache=PromptCache(tmp_path))
    engine.go.clear()
    pieces = voice.render("您好")
    await anext(pieces)
    await voice.close()
    with pytest.raises(SynthesisError, match="closed"):
        await anext(pieces)
    assert engine.closed
    assert engine.speaking == 0
    with pytest.raises(SynthesisError, match="closed"):
        await heard(voice, "再见")


async def test_opening_loads_the_engine_and_says_if_it_cannot(tmp_path, engine):
    voice = Voice(engine, cache=PromptCache(tmp_path))
    await voice.open()
    assert engine.texts
    await voice.close()
    broken = Voice(ScriptedVoice(fails="at once"), cache=PromptCache(tmp_path))
    with pytest.raises(VoiceUnusable):
        await broken.open()
    await broken.close()


async def test_when_the_voice_fails_for_all_callers_at_once_the_last_resort_speaks_to_two_at_a_time(tmp_path):
    resort = ScriptedVoice(level=7)
    voice = Voice(ScriptedVoice(fails="at once"), cache=PromptCache(tmp_path), last_resort=resort)
    await asyncio.gather(*(heard(voice, f"第{number}句") for number in range(6)))
    assert resort.most_at_once <= 2
    assert len(resort.texts) == 6
    await voice.close()
