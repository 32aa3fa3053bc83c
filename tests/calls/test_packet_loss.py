"""Frames that never arrive, as whole calls meet them: nobody is cut short by a gap, and nobody hangs in one.

Frames on these lines never change places: AudioSocket and the WebSocket are TCP from the PBX, so what can be lost or
late is the caller's RTP before it, which the PBX has put in order.
"""

import random

import pytest

from ivr.dialogue.events import Heard, HungUp, SpeechStarted
from tests.calls.recorded_call import CallerTurn, Understands, carry, spoken

pytestmark = pytest.mark.calls

WHOLE = ["查账单", "一二三四五六七八", "对", "转人工"]


def texts():
    """As callers are understood of whom up to a quarter is lost."""
    return Understands({0.2: "查账单"}, {0.25: "一二三四", 0.65: "一二三四五六七八"}, {0.1: "对"}, {0.2: "转人工"})


def caller():
    return [spoken(0.6), spoken(0.5, 0.5), spoken(0.3), spoken(0.6)]


@pytest.mark.parametrize("share", [0.05, 0.10, 0.20])
@pytest.mark.parametrize("seed", range(3))
def test_frames_lost_at_random_leave_each_turn_one_turn(cloud_support, tmp_path, share, seed):
    chance = random.Random(f"{share} {seed}")  # noqa: S311  a line, not a secret
    call = carry(cloud_support, texts(), caller(), tmp_path, lost=lambda _: chance.random() < share)
    assert call.heard == WHOLE
    assert (call.outcome.ended, call.outcome.queue) == ("handed_off", "support")
    assert call.replays(cloud_support)


@pytest.mark.parametrize("gap_ms", [100, 300, 500, 700, 1000, 1500, 1900])
def test_a_burst_of_loss_in_the_middle_of_a_word_does_not_end_the_turn(cloud_support, tmp_path, gap_ms):
    began = first_speech(cloud_support, tmp_path)
    lost = range(began + 5, began + 5 + gap_ms // 20)
    turns = [spoken(3.0), *caller()[1:]]
    call = carry(cloud_support, texts(), turns, tmp_path, lost=lost.__contains__)
    assert call.heard == WHOLE


@pytest.mark.parametrize("after_frames", [5, 15, 25, 40])
def test_a_caller_whose_audio_stops_for_good_is_asked_and_reaches_a_person(cloud_support, tmp_path, after_frames):
    """In mid-word, in the pause after it, and while it is being answered."""
    began = first_speech(cloud_support, tmp_path)
    call = carry(cloud_support, texts(), caller(), tmp_path, lost=lambda number: number >= began + after_frames)
    assert call.outcome.ended == "handed_off"
    assert longest_wait(call) <= 10.0


def test_a_line_that_never_carries_a_frame_is_served_by_voice_and_keys(cloud_support, tmp_path):
    keys = [CallerTurn(keys="1"), CallerTurn(keys="12345678"), CallerTurn(keys="1"), CallerTurn(keys="0")]
    call = carry(cloud_support, texts(), keys, tmp_path, lost=lambda _: True)
    assert call.of(SpeechStarted) == []
    assert call.of(Heard) == []
    assert call.outcome.ended == "handed_off"


def test_dead_air_is_asked_about_and_ends_with_a_person(cloud_support, tmp_path):
    call = carry(cloud_support, texts(), [CallerTurn(silence=True, after=70)], tmp_path)
    assert call.outcome.ended == "handed_off"
    assert call.outcome.seconds < 75
    assert longest_wait(call) <= 8.0
    assert not call.of(HungUp)


def first_speech(hotline, cache):
    """The number of the frame in which the caller begins to speak."""
    call = carry(hotline, texts(), caller(), cache)
    at, _ = call.of(SpeechStarted)[0]
    return round(at / 0.02) - 5


def longest_wait(call):
    """The longest time, in seconds, in which the caller heard nothing."""
    spoken_at, silent_since, longest = 0, 0.0, 0.0
    for at, what in zip(call.times, call.happened, strict=True):
        if type(what).__name__ == "PromptStarted":
            longest = max(longest, at - silent_since)
            spoken_at = what.prompt
        elif type(what).__name__ == "PromptEnded" and what.prompt == spoken_at:
            silent_since = at
    return max(longest, call.outcome.seconds - silent_since)
