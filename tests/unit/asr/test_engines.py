"""The fake, and what the real engine says about wrong settings."""

import pytest

from ivr_asr import scripted, vosk
from ivr_asr.api import ModelUnusable, RecognizerLost
from ivr_asr.scripted import Scripted

pytestmark = pytest.mark.unit

SECOND = bytes(16_000)


async def heard(recognizer, pcm=SECOND, phrases=()):
    hearing = await recognizer.open(phrases=phrases)
    await hearing.feed(pcm[:4000])
    await hearing.feed(pcm[4000:])
    return await hearing.finish()


async def test_the_scripted_caller_says_the_lines_in_order_and_then_nothing():
    recognizer = scripted.engine({"script": "查账单\n转人工"})
    assert [(await heard(recognizer)).text for _ in range(3)] == ["查账单", "转人工", ""]


async def test_a_line_with_a_length_is_said_for_audio_of_that_length():
    recognizer = scripted.engine({"script": "查账单\n2000: 一二三四"})
    assert (await heard(recognizer, SECOND * 2)).text == "一二三四"
    assert (await heard(recognizer)).text == "查账单"


async def test_the_script_can_lose_the_recogniser():
    recognizer = Scripted([RecognizerLost("gone"), "好"])
    with pytest.raises(RecognizerLost):
        await heard(recognizer)
    assert (await heard(recognizer)).text == "好"
    assert recognizer.open_hearings == 0


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({}, "set `model`"),
        ({"model": "m", "workers": "many"}, "whole numbers"),
        ({"model": "m", "workers": "0"}, "1 to 64"),
        ({"model": "m", "denoise": "perhaps"}, "true or false"),
        ({"model": "m", "rate": "10"}, "8000 to 48000"),
    ],
)
def test_settings_of_vosk_that_cannot_be_are_refused_with_the_mend(options, message):
    with pytest.raises(ModelUnusable, match=message):
        vosk.engine(options)
