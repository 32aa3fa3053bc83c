"""A recording that is not what it seems is named with its remedy, and nothing else is put into the test instead."""

import numpy as np
import pytest
import soundfile

from ivr.errors import AudioError
from ivr.qa.turn_audio import read_turn_audio

pytestmark = pytest.mark.unit


def voice(seconds=1.0, rate=8000, seed=1):
    """Something that sounds; its rhythm is speech enough."""
    at = np.arange(round(seconds * rate)) / rate
    tone = np.sin(2 * np.pi * (180 + 40 * seed) * at) * (0.2 + 0.15 * np.sin(2 * np.pi * 3 * at + seed))
    return tone.astype(np.float32)


def file(tmp_path, name, signal, rate=8000, **how):
    soundfile.write(tmp_path / name, signal, rate, **how)
    return tmp_path / name


@pytest.mark.parametrize("name", ["a.wav", "a.flac"])
def test_a_telephones_recording_is_taken_as_it_is(tmp_path, name):
    found = read_turn_audio(file(tmp_path, name, voice()))
    assert (len(found.pcm), found.advice) == (16000, ())


def test_another_rate_and_a_second_channel_with_the_same_voice_are_converted_and_said(tmp_path):
    both = np.stack([voice(rate=44100), voice(rate=44100)], axis=1)
    found = read_turn_audio(file(tmp_path, "a.wav", both, 44100))
    assert abs(len(found.pcm) - 16000) <= 4
    assert ["44100 Hz" in found.advice[0], "2 channels" in found.advice[1]] == [True, True]


def test_a_silent_second_channel_is_no_second_voice(tmp_path):
    both = np.stack([voice(), np.zeros(8000, dtype=np.float32)], axis=1)
    assert len(read_turn_audio(file(tmp_path, "a.flac", both)).advice) == 1


def test_two_voices_in_two_channels_are_not_mixed(tmp_path):
    both = np.stack([voice(seed=1), voice(seed=4)], axis=1)
    with pytest.raises(AudioError, match="give the caller's channel alone"):
        read_turn_audio(file(tmp_path, "a.flac", both))


def test_a_wav_that_is_called_flac_is_read_and_its_name_is_mended(tmp_path):
    wav = file(tmp_path, "a.wav", voice())
    found = read_turn_audio(wav.rename(tmp_path / "a.flac"))
    assert "rename it to a.wav" in found.advice[0]


@pytest.mark.parametrize("name", ["a.wav", "a.flac"])
def test_a_recording_that_was_torn_off_is_refused(tmp_path, name):
    path = file(tmp_path, name, voice(3.0))
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    with pytest.raises(AudioError, match=r"a\.(wav|flac) is torn off before its end, or damaged: copy it again"):
        read_turn_audio(path)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "is not a recording that can be read"),
        ("我想查账单".encode(), "is not a recording that can be read"),
        (b"RIFF\x24\x00\x00\x00WAVEfmt ", "is not a recording that can be read"),
    ],
)
def test_what_is_no_recording_is_refused(tmp_path, content, said):
    (tmp_path / "a.wav").write_bytes(content)
    with pytest.raises(AudioError, match=said):
        read_turn_audio(tmp_path / "a.wav")


def test_silence_is_refused_and_the_word_for_it_is_named(tmp_path):
    with pytest.raises(AudioError, match="write `silence: true`"):
        read_turn_audio(file(tmp_path, "a.flac", np.zeros(16000, dtype=np.float32)))


def test_a_head_without_sound_is_refused(tmp_path):
    with pytest.raises(AudioError, match="holds no sound at all"):
        read_turn_audio(file(tmp_path, "a.wav", np.zeros(0, dtype=np.float32)))


def test_a_recording_over_two_minutes_is_refused_by_its_head(tmp_path):
    with pytest.raises(AudioError, match="longer than 120 s: cut it into turns"):
        read_turn_audio(file(tmp_path, "a.flac", np.zeros(121 * 8000, dtype=np.float32)))


def test_a_folder_with_a_recordings_name_is_refused(tmp_path):
    (tmp_path / "a.wav").mkdir()
    with pytest.raises(AudioError, match=r"a\.wav"):
        read_turn_audio(tmp_path / "a.wav")
