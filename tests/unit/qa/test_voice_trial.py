"""Scenes whose truth is known, and what becomes of a true turn: whole, cut, run together with the next, or missed."""

import numpy as np
import pytest

from ivr.qa.voice_scenes import VoiceScene, fluent, voice_scenes
from ivr.qa.voice_trial import HeardTurn, Trial, figures

pytestmark = pytest.mark.unit


def tone(ms, level=0.1):
    return (level * np.sin(np.arange(ms * 8) / 4)).astype(np.float32)


def silence(ms):
    return np.zeros(ms * 8, dtype=np.float32)


def scene(*turns, ms=10_000):
    active = np.zeros(ms // 10, dtype=np.bool_)
    for first, last in turns:
        active[int(first) // 10 : int(last) // 10] = True
    return VoiceScene("made", bytes(ms * 16), bytes(ms * 16), turns, active)


def heard(first, last):
    return HeardTurn(first - 300, first, last, last + 600)


@pytest.mark.parametrize(
    ("found", "one", "fates"),
    [
        ([heard(1100, 2000), heard(4100, 5000)], 100.0, (0, 0, 0)),
        ([heard(1100, 1300), heard(1500, 2000), heard(4100, 5000)], 50.0, (1, 0, 0)),
        ([heard(1100, 5000)], 0.0, (0, 2, 0)),
        ([heard(1100, 2000)], 50.0, (0, 0, 1)),
    ],
)
def test_every_true_turn_is_whole_cut_merged_or_missed(found, one, fates):
    row = figures([Trial(scene((1000.0, 2000.0), (4000.0, 5000.0)), tuple(found), 0, 0.1)])
    assert row["one_percent"] == one
    assert (row["cut"], row["merged"], row["missed"]) == fates


def test_delays_are_counted_from_the_clean_speech_and_after_the_pause():
    row = figures([Trial(scene((1000.0, 2000.0)), (heard(1100, 2040),), 0, 0.1)])
    assert row["onset_ms"] == {"p50": 100, "p95": 100}
    assert row["end_ms"] == {"p50": 40, "p95": 40}
    assert row["speech_lost_percent"] == 0.0
    assert row["cpu_percent"] == 1.0


def test_turns_made_of_noise_alone_are_counted_a_minute():
    row = figures([Trial(scene(ms=30_000), (heard(1000, 2000),), 1, 0.0)])
    assert row["false_per_min"] == 2.0
    assert row["false_s_per_min"] == 2.0
    assert row["one_percent"] is None


def test_a_single_word_that_is_missed_is_counted_by_itself():
    row = figures([Trial(scene((1000.0, 1400.0), (4000.0, 5000.0)), (heard(4100, 5000),), 0, 0.0)])
    assert (row["short_turns"], row["short_missed"]) == (1, 1)


def test_recordings_that_pause_are_left_out_and_a_click_begins_no_speech():
    click = tone(20, 0.05)
    whole = np.concatenate([silence(300), click, silence(200), tone(900), silence(300)])
    pausing = np.concatenate([tone(500), silence(500), tone(500)])
    (kept,) = fluent([whole, pausing])
    assert len(kept) / 8 == pytest.approx(1100, abs=40)


def test_the_truth_of_a_scene_stands_where_the_caller_was_put():
    made = voice_scenes([tone(600 + 50 * n) for n in range(8)], 1, 1)
    quiet, alone = made[0], made[1]
    assert quiet.turns[0][0] == 4500
    assert alone.turns == ()
    assert not alone.active.any()
    for first, last in quiet.turns:
        inside = np.frombuffer(quiet.caller, "<i2")[int(first) * 8 : int(last) * 8].astype(float)
        assert np.sqrt(np.mean(inside**2)) > 500
    assert made[0].caller == voice_scenes([tone(600 + 50 * n) for n in range(8)], 1, 1)[0].caller


def test_with_too_few_recordings_there_is_no_babble():
    with pytest.raises(ValueError, match="eight"):
        voice_scenes([tone(800)] * 7, 1, 1)
