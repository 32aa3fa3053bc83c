"""What `ivr bench bargein` counts: silence at the phone, pauses apart from interruptions, shares with intervals."""

import numpy as np
import pytest

from ivr.qa.barge_in_figures import summary
from ivr.qa.barge_in_scenes import Material, long_enough, onset_ms, scene, scene_names
from ivr.qa.barge_in_trial import Result, of_half, silence_at

pytestmark = pytest.mark.unit

CHANCE = np.random.default_rng(3)


def sent(*spans):
    """Frames that went out: ("sound" or "silence", seconds), one after the other."""
    kinds = [kind == "silence" for kind, seconds in spans for _ in range(round(seconds * 50))]
    return [(round(number * 0.02, 3), silent) for number, silent in enumerate(kinds)]


def noise(seconds, level=0.1):
    return (CHANCE.standard_normal(int(8000 * seconds)) * level).astype(np.float32)


def test_silence_counts_from_the_first_word_to_the_first_frame_that_stays_silent():
    before, after = silence_at(sent(("sound", 2.0), ("silence", 2.0)), sounds_at=1.5, onset=1.8)
    assert not before
    assert after == pytest.approx(200)


def test_a_pause_that_a_breath_brought_is_silence_at_once():
    assert silence_at(sent(("sound", 2.0), ("silence", 2.0)), sounds_at=1.5, onset=2.3) == (False, 0.0)


def test_a_hotline_that_was_silent_already_is_no_measurement():
    assert silence_at(sent(("sound", 1.0), ("silence", 3.0)), sounds_at=1.5, onset=1.8) == (True, None)


@pytest.mark.parametrize("gap", [0.1, 0.28])
def test_a_pause_between_two_prompts_is_no_silence(gap):
    frames = sent(("sound", 2.0), ("silence", gap), ("sound", 3.0))
    assert silence_at(frames, sounds_at=1.5, onset=1.8) == (False, None)


def test_false_pauses_and_false_interruptions_are_told_apart_with_what_may_be_true_of_more_calls():
    paused = [Result("babble", n, False, None, False, 1, dropped=n == 0) for n in range(4)]
    quiet = [Result("babble", n, False, None, False, 0, dropped=False) for n in range(96)]
    speakers = [Result("speech", n, True, 150.0 if n else None, False, 1, dropped=True) for n in range(20)]
    figures = summary([*paused, *quiet, *speakers])
    babble = figures["scenes"]["babble"]
    assert (babble["false_pauses"]["found"], babble["false_interruptions"]["found"]) == (4, 1)
    assert babble["false_interruptions"]["high_percent"] == pytest.approx(5.45, abs=0.01)  # Wilson, 1 of 100
    assert figures["scenes"]["speech"]["missed"]["found"] == 1
    assert [told["what"] for told in figures["mistakes"]] == ["false interruption", "missed"]


def test_a_caller_who_gets_silence_and_is_spoken_over_afterwards_is_missed():
    assert Result("speech", 0, True, 120.0, False, 1, dropped=False).missed


def test_a_recording_is_always_for_tuning_or_always_for_reporting():
    recordings = [noise(0.1) for _ in range(40)]
    tuning, reporting = of_half(recordings, "tuning"), of_half(recordings[::-1], "reporting")
    assert len(tuning) + len(reporting) == 40
    assert 8 < len(tuning) < 32
    assert not {one.tobytes() for one in tuning} & {one.tobytes() for one in reporting}


def test_the_same_scene_is_the_same_again_and_another_trial_is_another():
    material = Material([noise(1.0)])
    assert "backchannel" not in scene_names(material)
    first, again, other = (scene(material, "speech in babble", trial, 1) for trial in (0, 0, 1))
    assert np.array_equal(first.background, again.background)
    assert first.at == again.at != other.at


def test_an_interruption_begins_with_the_word_and_not_with_the_breath_before_it():
    breath, word, consonant = noise(0.4, 0.025), noise(0.8), noise(0.1, 0.025)
    quiet = np.zeros(1600, dtype=np.float32)
    assert onset_ms(np.concatenate((quiet, breath, quiet, word))) == pytest.approx(800, abs=20)
    assert onset_ms(np.concatenate((quiet, breath, quiet, consonant, word))) == pytest.approx(800, abs=20)


def test_recordings_that_are_no_interruption_are_left_out_and_none_left_is_said():
    assert len(long_enough([noise(0.3), noise(1.5)])) == 1
    with pytest.raises(ValueError, match="nobody could interrupt"):
        long_enough([noise(0.3)])
