"""The silent voice takes as long as a speaker would."""

from __future__ import annotations

import pytest

from ivr_tts.silent import engine

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    ("text", "seconds"), [("您好，请问九个字好吗。", 2.0), ("How are you today my friend", 2.4), ("。", 0)]
)
async def test_silence_lasts_as_long_as_the_text_would(text, seconds):
    pcm = b"".join([piece async for piece in engine({}).speak(text)])
    assert len(pcm) / 16000 == pytest.approx(seconds, abs=0.01)
    assert not any(pcm)
