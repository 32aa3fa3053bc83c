"""Steady noise is taken out of a turn, and what is clean stays as it is."""

import time

import numpy as np
import pytest

from ivr_asr.denoise import FLOOR, NoiseSuppressor

pytestmark = pytest.mark.unit

RATE = 8000


def pcm(signal):
    return np.clip(np.rint(signal), -32768, 32767).astype("<i2").tobytes()


def voice(seconds=2.0, peak=6000.0):
    """300 ms of pause, then syllables: a hundred-hertz tone with overtones, loud and soft four times a second."""
    at = np.arange(int(RATE * seconds)) / RATE
    tone = sum(np.sin(2 * np.pi * 120 * n * at) / n for n in range(1, 12))
    loudness = np.maximum(0.0, np.sin(2 * np.pi * 2 * (at - 0.3))) * (at > 0.3)
    return peak * loudness * tone


def noise(count, level):
    return np.random.default_rng(1).normal(0.0, level, count)


def through(audio, piece=3200, rate=RATE):
    suppressor = NoiseSuppressor(rate)
    pieces = [suppressor.feed(audio[start : start + piece]) for start in range(0, len(audio), piece)]
    return b"".join(pieces) + suppressor.flush()


def decibels(audio, start_s, end_s):
    part = np.frombuffer(audio, "<i2")[int(start_s * RATE) : int(end_s * RATE)].astype(float)
    return 10 * np.log10(np.mean(part**2))


@pytest.mark.parametrize("floor", [0.0, 3.0, 12.0], ids=["silent", "quiet", "35 dB below the voice"])
def test_a_clean_line_passes_to_the_bit(floor):
    said = voice()
    audio = pcm(said + noise(said.size, floor))
    assert through(audio) == audio


def test_steady_noise_goes_down_in_the_pauses_and_the_voice_stays():
    said = voice()
    audio = pcm(said + noise(said.size, 500.0))
    cleaned = through(audio)
    down = decibels(audio, 0.6, 0.75) - decibels(cleaned, 0.6, 0.75)
    assert 5 < down <= -20 * np.log10(FLOOR) + 0.1
    assert abs(decibels(audio, 0.35, 0.5) - decibels(cleaned, 0.35, 0.5)) < 1


def test_what_is_left_is_nearer_to_what_was_said():
    said = voice()
    audio = pcm(said + noise(said.size, 500.0))
    before = np.frombuffer(audio, "<i2") - said
    after = np.frombuffer(through(audio), "<i2") - said
    assert np.mean(after**2) < 0.5 * np.mean(before**2)


def test_a_turn_that_begins_in_the_middle_of_a_word_is_not_taken_for_noise():
    said = voice()[int(0.35 * RATE) :]
    audio = pcm(said + noise(said.size, 500.0))
    cleaned = through(audio)
    assert decibels(cleaned, 0.5, 0.65) > decibels(audio, 0.5, 0.65) - 2


@pytest.mark.parametrize("piece", [2, 320, 1602, 100_000])
def test_in_whatever_pieces_it_comes_the_same_audio_of_the_same_length_goes_on(piece):
    said = voice(1.0)
    audio = pcm(said + noise(said.size, 500.0))
    got = np.frombuffer(through(audio, piece), "<i2").astype(int)
    assert len(got) == len(audio) // 2
    assert np.abs(got - np.frombuffer(through(audio), "<i2")).max() <= 1


@pytest.mark.parametrize("samples", [0, 1, 63, 64, 191, 192, 193, 1000])
def test_a_turn_of_any_length_keeps_it(samples):
    audio = pcm(noise(samples, 500.0))
    assert len(through(audio)) == len(audio)


def test_no_more_than_32_ms_wait_inside():
    suppressor = NoiseSuppressor(RATE)
    fed = pcm(noise(RATE, 500.0))
    assert len(fed) - len(suppressor.feed(fed)) <= 2 * RATE * 32 // 1000


def test_another_rate_is_cleaned_too():
    audio = pcm(noise(16_000, 500.0))
    assert decibels(through(audio, rate=16_000), 1.0, 2.0) < decibels(audio, 1.0, 2.0) - 5


def test_it_costs_less_than_a_hundredth_of_a_core():
    audio = pcm(noise(10 * RATE, 500.0))
    began = time.process_time()
    through(audio)
    assert time.process_time() - began < 0.1
