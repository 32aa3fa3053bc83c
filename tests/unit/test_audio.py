"""Recordings as they come: whole, and torn off by the end of their writer."""

from __future__ import annotations

import numpy as np
import pytest
import soundfile

from ivr.audio import RATE, duration_ms, read_audio
from ivr.errors import AudioError

pytestmark = pytest.mark.unit


def test_a_recording_whose_writer_was_killed_is_read_up_to_where_it_was_torn_off(tmp_path):
    torn = tmp_path / "torn.flac"
    noise = np.random.default_rng(1).integers(-9000, 9000, (4 * RATE, 2), dtype="<i2")
    with soundfile.SoundFile(tmp_path / "call.flac", "w", RATE, 2, "PCM_16", format="FLAC") as writer:
        writer.write(noise)
        torn.write_bytes((tmp_path / "call.flac").read_bytes())  # as a killed process leaves it: no length, no end
    read = read_audio(torn)
    assert 3000 < duration_ms(read) < 4000
    mixed = noise[: len(read) // 2].mean(axis=1)
    assert np.abs(np.frombuffer(read, "<i2") - mixed).max() <= 1


def test_a_recording_torn_off_before_its_first_sound_is_said_to_be_none(tmp_path):
    for number, left in enumerate((b"", b"fLaC")):
        torn = tmp_path / f"{number}.flac"
        torn.write_bytes(left)
        with pytest.raises(AudioError, match=r"give a WAV or FLAC file|holds no sound"):
            read_audio(torn)
