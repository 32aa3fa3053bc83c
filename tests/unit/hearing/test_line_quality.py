"""A bad line is told from the caller's speech and from what never comes, once until it is good again."""

import numpy as np
import pytest

from ivr.audio import SILENCE, to_pcm
from ivr.hearing.line_quality import LineQuality
from ivr.hearing.voice_activity import VoiceActivity

pytestmark = pytest.mark.unit


def voice(dbfs, ms):
    """A buzz with formants at this mean level, clipped at full scale as G.711 does."""
    at = np.arange(ms * 8) / 8000
    tone = sum(np.sin(2 * np.pi * 140 * k * at) / k * (3 if k in (4, 5, 8, 9) else 1) for k in range(1, 20))
    return to_pcm(np.clip(tone / np.sqrt(np.mean(tone**2)) * 10 ** (dbfs / 20), -0.98, 0.98).astype(np.float32))


def room(dbfs, ms, seed=1):
    noise = np.random.default_rng(seed).standard_normal(ms * 8) * 10 ** (dbfs / 20)
    return to_pcm(noise.astype(np.float32))


class Caller:
    """A caller's frames on a line, and what was found of it."""

    def __init__(self):
        self.line, self.voice = LineQuality(), VoiceActivity()
        self.found, self.at = [], 0.0

    def sends(self, pcm, *, lost=lambda _number: False, listens=False):
        for number, start in enumerate(range(0, len(pcm), 320)):
            if not lost(number):
                self.arrives(pcm[start : start + 320], self.at, listens=listens)
            self.at += 0.02
        return self

    def arrives(self, frame, at, *, listens=False):
        self.voice.hear(frame, listens=listens)
        self.found += self.line.hear(frame, round(at, 3), self.voice)

    def sends_nothing(self, ms):
        """Nothing comes in while the hotline goes on sending."""
        for _ in range(ms // 20):
            self.found += self.line.sent()
        self.at += ms / 1000
        return self

    def ends_turn(self):
        self.found += self.line.judge()
        return self.found


def turn(dbfs, noise_dbfs=-70):
    pcm = np.frombuffer(voice(dbfs, 1200), "<i2").astype(int) + np.frombuffer(room(noise_dbfs, 1200), "<i2")
    return room(noise_dbfs, 1000) + np.clip(pcm, -32124, 32124).astype("<i2").tobytes() + room(noise_dbfs, 600)


@pytest.mark.parametrize(
    ("speech_dbfs", "noise_dbfs", "faults"),
    [(-26, -70, []), (-36, -70, []), (-44, -80, ["quiet"]), (0, -70, ["clipped"]), (-26, -34, ["noisy"])],
)
def test_level_clipping_and_noise_are_judged_by_speech(speech_dbfs, noise_dbfs, faults):
    assert Caller().sends(turn(speech_dbfs, noise_dbfs)).ends_turn() == faults


def test_a_hiss_that_the_detector_takes_for_speech_is_known_from_when_the_caller_listened():
    caller = Caller().sends(room(-26, 4000), listens=True)
    assert caller.sends(turn(-20, -26)).ends_turn() == ["noisy"]


def test_who_speaks_into_the_first_prompt_does_not_make_the_room_noisy():
    caller = Caller().sends(room(-70, 1000) + voice(-26, 1500) + room(-70, 2500), listens=True)
    assert caller.sends(turn(-26)).ends_turn() == []


def test_a_loud_room_in_which_the_caller_stands_out_is_no_bad_line():
    assert Caller().sends(turn(-12, -30)).ends_turn() == []


def test_a_bad_line_is_told_once_and_once_more_that_it_is_good():
    caller = Caller()
    for level in (-44, -44, -26, -26, -26):
        caller.sends(turn(level)).ends_turn()
    assert caller.found == ["quiet", "good"]


def test_a_level_between_the_two_limits_leaves_the_line_as_it_is():
    caller = Caller()
    for level in (-38.5, -44, -44, -44, -38.5, -38.5, -38.5):
        caller.sends(turn(level)).ends_turn()
    assert caller.found == ["quiet"]


def test_half_a_second_of_speech_is_too_little_to_judge_by():
    assert Caller().sends(voice(-44, 400)).ends_turn() == []


@pytest.mark.parametrize(("every", "faults"), [(50, []), (6, ["gaps"])])
def test_lost_frames_count_by_their_share_of_the_speech(every, faults):
    caller = Caller().sends(voice(-26, 3000), lost=lambda number: number % every == 5)
    assert caller.ends_turn() == faults


def test_frames_that_come_late_and_all_at_once_are_not_lost():
    """A stall of half a second in the middle of a word."""
    caller, pcm = Caller().sends(SILENCE * 120), voice(-26, 3000)
    for number in range(150):
        stalled = 50 <= number < 75
        caller.arrives(pcm[number * 320 :][:320], caller.at + (75 if stalled else number) * 0.02)
    assert caller.ends_turn() == []


@pytest.mark.parametrize("hangover_frames", [0, 5])
def test_a_phone_with_silence_suppression_has_no_gaps_and_is_not_dead(hangover_frames):
    caller = Caller()
    for _ in range(4):
        caller.sends(voice(-26, 900) + SILENCE * hangover_frames).sends_nothing(6000)
        caller.ends_turn()
    assert caller.found == []


def test_audio_that_stays_out_in_mid_word_is_a_gap_where_silence_was_sent_before():
    caller = Caller().sends(SILENCE * 120 + voice(-26, 1000)).sends_nothing(800)
    assert caller.sends(voice(-26, 1000)).ends_turn() == ["gaps"]


def test_a_line_that_never_carries_a_frame_is_dead_after_eight_seconds():
    assert Caller().sends_nothing(7980).found == []
    assert Caller().sends_nothing(60_000).found == ["dead"]


def test_a_line_that_used_to_send_silence_is_dead_after_four_seconds_without_and_alive_with_the_next_frame():
    caller = Caller().sends(SILENCE * 120).sends_nothing(3980)
    assert caller.found == []
    caller.sends_nothing(2000)
    assert caller.found == ["dead"]
    caller.sends(SILENCE)
    assert caller.found == ["dead", "good"]


def test_a_muted_telephone_that_sends_zeroes_is_no_dead_line():
    caller = Caller()
    for _ in range(1000):
        caller.sends(SILENCE)
        caller.found += caller.line.sent()
    assert caller.ends_turn() == []
