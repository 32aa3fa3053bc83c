"""The real Silero on a recorded caller: it hears what is said, hardly takes chords and traffic for one, and two
callers do not get into each other's way."""

import numpy as np
import pytest

from ivr.audio import FRAME_BYTES, RATE, frames, read_audio, through_g711, to_pcm
from ivr.hearing.silero import SILERO_FILE, SILERO_MODEL, Silero
from ivr.hearing.turns import TurnEnded, Turns
from ivr.hearing.voice_activity import settings_for
from ivr.qa.barge_in_scenes import at_level, music
from ivr.qa.voice_scenes import street
from ivr.shipped import shipped

pytestmark = pytest.mark.audio


@pytest.fixture
def path(model):
    return str(model(SILERO_MODEL) / SILERO_FILE)


@pytest.fixture(scope="module")
def caller():
    return read_audio(shipped("audio_fixtures") / "bill_then_person" / "01.flac") + bytes(FRAME_BYTES * 100)


def turns_of(pcm, voice):
    turns = Turns(600, voice)
    return [change for frame in frames(pcm) for change in turns.hear(frame) if isinstance(change, TurnEnded)]


@pytest.mark.parametrize("detector", ["silero", "silero_alone"])
def test_a_recorded_caller_is_heard_as_with_the_other_detector(detector, path, caller):
    found = turns_of(caller, settings_for(detector, path))
    expected = turns_of(caller, settings_for("webrtcvad"))
    assert len(found) == len(expected) >= 1
    assert found[0].speech_ms == pytest.approx(expected[0].speech_ms, abs=400)


@pytest.mark.parametrize("make", [music, street])
def test_loud_music_and_traffic_are_far_less_of_a_caller_than_to_the_other_detector(make, path):
    noise = np.resize(at_level(make(np.random.default_rng(4)), -28.0), 20 * RATE)
    pcm = through_g711(to_pcm(noise)) + bytes(FRAME_BYTES * 100)
    silero, webrtc = (
        sum(turn.speech_ms for turn in turns_of(pcm, voice))
        for voice in (settings_for("silero", path), settings_for("webrtcvad"))
    )
    assert silero * 10 < webrtc


def test_two_callers_at_once_are_judged_as_each_alone(path, caller):
    alone, first, second = Silero(path), Silero(path), Silero(path)
    expected = [alone.voiced(frame) for frame in frames(caller)]
    found = []
    for frame in frames(caller):
        found.append(first.voiced(frame))
        second.voiced(bytes(FRAME_BYTES))
    assert found == expected
    assert any(found)
    assert not all(found)
