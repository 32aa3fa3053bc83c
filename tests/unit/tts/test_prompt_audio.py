"""Prompts made fit for a telephone."""

from __future__ import annotations

import numpy as np
import pytest

from ivr_tts.prompt_audio import TelephoneRate, for_telephone, from_pcm, to_pcm, trimmed

pytestmark = pytest.mark.unit
RATE = 24000


def tone(seconds, level):
    return (level * np.sin(2 * np.pi * 440 * np.arange(int(RATE * seconds)) / RATE)).astype(np.float32)


def dbfs(signal):
    return 10 * np.log10(np.mean(signal.astype(np.float64) ** 2))


def within_silence(speech, lead_s=0.4, tail_s=0.8):
    return np.concatenate([np.zeros(int(RATE * lead_s)), speech, np.zeros(int(RATE * tail_s))]).astype(np.float32)


def test_the_caller_does_not_wait_for_the_silence_before_a_prompt():
    out = for_telephone(within_silence(tone(1, 0.3)), RATE)
    assert np.flatnonzero(np.abs(out) > 0.01)[0] < RATE * 0.040
    assert len(out) <= RATE * 1.12


def test_a_quiet_beginning_of_a_word_is_not_cut_off():
    whisper = tone(0.05, 0.01)  # 30 dB below what follows, as an f or s is
    out = trimmed(within_silence(np.concatenate([whisper, tone(1, 0.3)])), RATE)
    assert len(out) >= RATE * 1.05


@pytest.mark.parametrize("level", [0.01, 0.1, 0.9])
def test_every_voice_is_equally_loud(level):
    out = for_telephone(tone(1, level), RATE)
    assert dbfs(out) == pytest.approx(-20, abs=0.5)


def test_no_sample_is_driven_over_full_scale():
    spiky = tone(1, 0.02)
    spiky[12000] = 1.0
    assert np.abs(for_telephone(spiky, RATE)).max() <= 0.96


def test_silence_becomes_nothing():
    assert for_telephone(np.zeros(RATE, dtype=np.float32), RATE).size == 0


def test_the_pause_after_a_sentence_is_added():
    plain, paused = (for_telephone(tone(1, 0.3), RATE, pause_ms=ms) for ms in (0, 300))
    assert len(paused) - len(plain) == RATE * 300 // 1000


def test_pieces_resampled_one_by_one_sound_like_the_whole():
    whole = to_pcm(tone(1, 0.3))
    cut, once = TelephoneRate(RATE), TelephoneRate(RATE)
    parts = b"".join(cut.convert(whole[at : at + 4800]) for at in range(0, len(whole), 4800)) + cut.convert(
        b"", last=True
    )
    together = once.convert(whole) + once.convert(b"", last=True)
    assert len(parts) == len(together) == pytest.approx(16000, abs=4)
    assert np.abs(from_pcm(parts) - from_pcm(together)).max() < 0.001
