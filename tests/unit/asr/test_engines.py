"""The fake and the cache, and what the real engine says about wrong settings."""

import json

import pytest

from ivr_asr import cached, scripted, vosk
from ivr_asr.api import Hypothesis, ModelUnusable, RecognizerLost, Word
from ivr_asr.cached import Cached
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


async def test_the_same_audio_and_phrases_are_decoded_once_even_by_another_process(tmp_path):
    full = Hypothesis("查账单", 0.91, True, (Word("查", 10, 200, 0.9),), ("查帐单",))
    first = Cached(Scripted([full]), tmp_path, "model-a")
    assert await heard(first) == full
    second = Cached(Scripted(["something else"]), tmp_path, "model-a")
    assert await heard(second) == full
    assert (first.misses, first.hits, second.misses, second.hits) == (1, 0, 0, 1)
    assert not list(tmp_path.glob(".*"))


@pytest.mark.parametrize(
    ("model", "phrases", "pcm"),
    [("model-b", ("a",), SECOND), ("model-a", ("a", "a"), SECOND), ("model-a", ("a",), SECOND + b"\1\0")],
    ids=["another model", "another weight of a phrase", "other audio"],
)
async def test_whatever_changes_the_answer_is_a_miss(tmp_path, model, phrases, pcm):
    await heard(Cached(Scripted(["old"]), tmp_path, "model-a"), phrases=("a",))
    assert (await heard(Cached(Scripted(["new"]), tmp_path, model), pcm, phrases)).text == "new"


async def test_what_was_heard_with_noise_taken_out_is_no_answer_where_it_is_left_in(tmp_path):
    options = {"engine": "scripted", "script": "有", "folder": str(tmp_path), "model": "m"}
    assert (await heard(cached.engine(options))).text == "有"
    assert (await heard(cached.engine({**options, "script": "没有", "denoise": "false"}))).text == "有"
    assert (await heard(cached.engine({**options, "script": "没有", "denoise": "true"}))).text == "没有"


async def test_a_damaged_file_is_decoded_again_and_mended(tmp_path):
    await heard(Cached(Scripted(["old"]), tmp_path, "m"))
    (path,) = tmp_path.iterdir()
    for damage in ("", "{", "[]", '{"text": 5}'):
        path.write_text(damage)
        assert (await heard(Cached(Scripted(["new"]), tmp_path, "m"))).text == "new"
        assert json.loads(path.read_text())["text"] == "new"


async def test_a_cache_that_cannot_be_written_does_not_cost_the_answer(tmp_path):
    (tmp_path / "file").write_text("")
    recognizer = Cached(Scripted(["好"]), tmp_path / "file", "m")
    assert (await heard(recognizer)).text == "好"
    assert recognizer.fault


async def test_all_in_the_cache_needs_no_model_and_a_miss_names_what_installs_it(tmp_path):
    await heard(Cached(Scripted(["好"]), tmp_path, "vosk-model-x"))
    recognizer = cached.engine({"folder": str(tmp_path), "model": "/nowhere/vosk-model-x"})
    await recognizer.start()
    assert (await heard(recognizer)).text == "好"
    with pytest.raises(ModelUnusable, match="run `ivr models install vosk-model-x`"):
        await heard(recognizer, SECOND * 2)
    await recognizer.close()


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


def test_a_cache_without_a_folder_or_around_itself_is_refused():
    with pytest.raises(ModelUnusable, match="set `folder`"):
        cached.engine({"model": "m"})
    with pytest.raises(ModelUnusable, match="no recogniser `cached`"):
        cached.engine({"folder": "f", "engine": "cached"})
