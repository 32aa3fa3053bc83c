"""In a noisy place what is not louder than the place is not the caller; in a quiet one nothing changes."""

import numpy as np
import pytest

from ivr.audio import to_pcm
from ivr.hearing.background import Background
from ivr.hearing.turns import TurnBegan, TurnEnded, Turns

pytestmark = pytest.mark.unit

LOWEST = (32768 * 10 ** (-50 / 20)) ** 2


def power(dbfs):
    return (32768 * 10 ** (dbfs / 20)) ** 2


@pytest.mark.parametrize(("room", "floor"), [(-80, -50), (-45, -37), (-40, -32), (-33, -30), (-30, -28), (-20, -24)])
def test_the_floor_stands_8_db_over_the_room_within_bounds(room, floor):
    background = Background(LOWEST)
    for _ in range(100):
        background.hear(power(room))
    assert background.floor == pytest.approx(power(floor), rel=0.1)


def test_a_television_that_pauses_is_not_forgotten_in_its_pauses():
    background = Background(LOWEST)
    for number in range(400):
        background.hear(power(-40 if number % 100 < 70 else -70))
    assert background.floor == pytest.approx(power(-32), rel=0.1)


def test_a_room_that_falls_silent_is_quiet_again_within_eight_seconds():
    background = Background(LOWEST)
    for room in (-35, -80):
        for _ in range(400):
            background.hear(power(room))
    assert background.floor == LOWEST


def voice(dbfs, ms):
    at = np.arange(ms * 8) / 8000
    tone = sum(np.sin(2 * np.pi * 140 * k * at) / k * (3 if k in (4, 5, 8, 9) else 1) for k in range(1, 20))
    tone = tone * (0.6 + 0.4 * np.sin(2 * np.pi * 4 * at))
    pcm = to_pcm((tone / np.sqrt(np.mean(tone**2)) * 10 ** (dbfs / 20)).astype(np.float32))
    return [pcm[start : start + 320] for start in range(0, len(pcm), 320)]


def test_voices_in_the_room_begin_no_turn_from_the_first_frame_on_and_the_caller_does():
    turns = Turns(600)
    turns_begun = []
    for number, frame in enumerate([*voice(-42, 6000), *voice(-20, 600)]):
        turns_begun += [number for change in turns.hear(frame, listens=True) if isinstance(change, TurnBegan)]
    assert [number for number in turns_begun if number < 300] == []
    assert any(300 <= number < 310 for number in turns_begun)


@pytest.mark.parametrize(("dbfs", "begins_by_ms"), [(-18, 0), (-26, 500), (-33, 1000), (-42, 1000)])
def test_who_speaks_softly_at_once_interrupts_when_no_room_could_be_so_loud(dbfs, begins_by_ms):
    background = Background(LOWEST)
    frames = 0
    while background.interrupting > power(dbfs):
        background.hear(power(-70))
        frames += 1
    assert frames * 20 <= begins_by_ms


def test_when_nothing_is_played_a_soft_voice_is_heard_at_once():
    turns = Turns(600)
    begun = [n for n, frame in enumerate(voice(-42, 600)) for c in turns.hear(frame) if isinstance(c, TurnBegan)]
    assert begun
    assert begun[0] < 8


def test_what_callers_say_when_nothing_is_played_is_no_background():
    turns = Turns(600)
    for frame in voice(-30, 6000):
        turns.hear(frame)
    assert turns.voice._background.floor == pytest.approx(LOWEST)


def test_what_is_kept_back_as_echo_does_not_make_the_room_seem_quiet():
    turns = Turns(600)
    frames = voice(-42, 3000)
    for number, frame in enumerate(frames[:60]):
        turns.hear(frame, judged=bytes(320) if number % 2 else frame, listens=True)
    begun = [c for frame in frames[60:] for c in turns.hear(frame, listens=True) if isinstance(c, TurnBegan)]
    assert begun == []


def quiet(ms):
    return [np.zeros(160, dtype="<i2").tobytes()] * (ms // 20)


@pytest.mark.parametrize("after_ms", [100, 500, 900, 1100, 1500, 2500])
def test_who_speaks_into_the_first_words_of_a_call_is_not_cut_off_by_the_loudness_of_their_own_voice(after_ms):
    turns = Turns(600)
    changes = [change for frame in quiet(after_ms) for change in turns.hear(frame, listens=True)]
    for number, frame in enumerate([*voice(-20, 500), *voice(-30, 1500), *quiet(800)]):
        changes += turns.hear(frame, listens=number * 20 < 440)  # paused after 120 ms, and silent for 320
    ends = [change for change in changes if isinstance(change, TurnEnded)]
    assert len(ends) == 1
    assert ends[0].speech_ms >= 1900


def test_a_voice_that_goes_on_while_the_prompt_does_is_the_room():
    background = Background(LOWEST)
    for _ in range(50):
        background.hear(power(-70))
    for _ in range(400):
        background.hear_speech(power(-40))
    assert background.floor == pytest.approx(power(-32), rel=0.1)


@pytest.mark.parametrize("quiet_frames", range(50, 76))
def test_the_first_frames_of_speech_are_no_room_wherever_they_fall(quiet_frames):
    background = Background(LOWEST)
    for level in (*[-70] * quiet_frames, *[-20] * 5):
        background.hear(power(level))
    background.speech_began(5)
    assert background.floor <= power(-20 - 20 + 8) * 1.001
