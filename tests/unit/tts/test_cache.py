"""The prompt cache: never a wrong sound, never a lost call over a bad disk."""

from __future__ import annotations

import logging
import os

import numpy as np
import pytest
import soundfile

from ivr_tts.cache import PromptCache, prompt_key
from ivr_tts.recorded import RecordedPrompts

pytestmark = pytest.mark.unit
VOICE = "test/1"
NOISE = np.random.default_rng(1).normal(0, 1000, 8000).astype("<i2")
PCM = NOISE.tobytes()


def file_of(folder, text, fingerprint=VOICE):
    return folder / f"{prompt_key(text, fingerprint)}.flac"


def test_what_was_kept_comes_back_to_the_last_sample(tmp_path):
    cache = PromptCache(tmp_path / "new" / "folder")
    assert cache.find("您好", VOICE) is None
    cache.store("您好", VOICE, PCM)
    assert cache.has("您好", VOICE)
    assert cache.find("您好", VOICE) == PCM
    assert not list(tmp_path.rglob("*.part"))


def test_another_voice_or_another_text_is_another_prompt(tmp_path):
    cache = PromptCache(tmp_path)
    cache.store("您好", VOICE, PCM)
    assert not cache.has("您好", "test/2")
    assert not cache.has("您好！", VOICE)


def test_the_same_sound_is_the_same_file(tmp_path):
    for name in ("a", "b"):
        PromptCache(tmp_path / name).store("您好", VOICE, PCM)
    assert file_of(tmp_path / "a", "您好").read_bytes() == file_of(tmp_path / "b", "您好").read_bytes()


def test_a_prompt_is_readable_by_its_owner_alone(tmp_path):
    PromptCache(tmp_path).store("您的账号是幺二三", VOICE, PCM)
    assert file_of(tmp_path, "您的账号是幺二三").stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(
    "harm",
    [
        lambda _: b"",
        lambda _: b"<html>not found</html>",
        lambda content: content[: len(content) // 2],
        lambda content: content[:5000] + b"\xff\xff" + content[5002:],
        lambda content: content[:30] + bytes([content[30] ^ 1]) + content[31:],
    ],
    ids=["empty", "another format", "half", "a flipped byte in the sound", "a flipped byte in the checksum"],
)
def test_a_damaged_file_is_never_played_and_it_is_said(tmp_path, caplog, harm):
    cache = PromptCache(tmp_path)
    cache.store("您好", VOICE, PCM)
    path = file_of(tmp_path, "您好")
    path.write_bytes(harm(path.read_bytes()))
    with caplog.at_level(logging.WARNING):
        assert cache.find("您好", VOICE) is None
    assert "damaged" in caplog.text
    assert "您好" not in caplog.text  # what is said to callers is no matter for a log
    assert not path.exists()


def test_a_damaged_shipped_prompt_is_left_alone_and_ours_is_played(tmp_path):
    PromptCache(tmp_path / "shipped").store("您好", VOICE, PCM)
    shipped = file_of(tmp_path / "shipped", "您好")
    shipped.write_bytes(b"torn")
    cache = PromptCache(tmp_path / "own", shipped=[tmp_path / "missing", tmp_path / "shipped"])
    cache.store("您好", VOICE, PCM)
    assert cache.find("您好", VOICE) == PCM
    assert shipped.read_bytes() == b"torn"


def test_a_recording_goes_before_a_shipped_prompt_and_that_before_a_rendered_one(tmp_path):
    first, second, third = (np.full(800, level, dtype="<i2") for level in (100, 200, 300))
    PromptCache(tmp_path / "shipped").store("您好。", VOICE, second.tobytes())
    PromptCache(tmp_path / "own").store("您好。", VOICE, third.tobytes())
    assert PromptCache(tmp_path / "own").find("您好。", VOICE) == third.tobytes()
    assert PromptCache(tmp_path / "own", shipped=[tmp_path / "shipped"]).find("您好。", VOICE) == second.tobytes()
    (tmp_path / "studio").mkdir()
    soundfile.write(tmp_path / "studio" / "您好.wav", first, 8000, subtype="PCM_16")
    cache = PromptCache(tmp_path / "own", shipped=[tmp_path / "shipped"], recorded=RecordedPrompts(tmp_path / "studio"))
    assert cache.find("您好。", VOICE) == first.tobytes()
    assert cache.has("您好。", "no such voice")


def test_the_folder_stays_small_and_what_was_heard_longest_ago_goes_first(tmp_path):
    cache = PromptCache(tmp_path, limit_mb=1)
    long = np.random.default_rng(2).normal(0, 8000, 100_000).astype("<i2").tobytes()  # about 180 kB as FLAC
    for index in range(8):
        cache.store(str(index), VOICE, long)
        os.utime(file_of(tmp_path, str(index)), (1000 + index, 1000 + index)) if index < 5 else None
        if index == 4:
            cache.find("0", VOICE)  # heard again: now it is the youngest
    assert sum(path.stat().st_size for path in tmp_path.iterdir()) <= 1_000_000
    assert cache.has("0", VOICE)
    assert not cache.has("1", VOICE)
    assert cache.has("7", VOICE)


def test_a_disk_that_cannot_be_written_costs_a_rendering_and_not_a_call(tmp_path, caplog):
    (tmp_path / "file").write_text("in the way")
    cache = PromptCache(tmp_path / "file" / "cache")
    cache.store("您好", VOICE, PCM)
    assert "not kept" in caplog.text
    assert cache.find("您好", VOICE) is None
