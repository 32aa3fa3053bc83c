"""A line is called dead, clipped or noisy once, by the audio alone."""

import numpy as np
import pytest

from ivr.hearing.line_quality import LineQuality

pytestmark = pytest.mark.unit


def noise(level, seed):
    return (np.random.default_rng(seed).standard_normal(160) * level).clip(-32124, 32124).astype("<i2").tobytes()


def faults(frames):
    line = LineQuality()
    return [(number, fault) for number, frame in enumerate(frames) if (fault := line.hear(frame))]


def test_three_seconds_of_digital_silence_are_a_dead_line_and_told_once():
    assert faults([bytes(320)] * 600) == [(149, "dead")]


def test_frames_that_never_came_count_as_well():
    line = LineQuality()
    assert line.missing(2000) is None
    assert line.missing(1000) == "dead"


def test_a_quiet_room_is_a_good_line():
    assert faults(noise(30, n) for n in range(600)) == []


def test_a_caller_who_shouts_into_a_bad_telephone_is_clipped():
    assert faults(noise(20000, n) for n in range(60))[0][1] == "clipped"


def test_noise_without_a_pause_is_a_noisy_line_and_speech_with_pauses_is_not():
    assert [fault for _, fault in faults(noise(1500, n) for n in range(500))] == ["noisy"]
    assert faults(noise(1500 if n % 100 else 30, n) for n in range(1000)) == []
