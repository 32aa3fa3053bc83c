"""Audio cut into turns, by counting audio: synthetic speech, clicks, pauses and gaps."""

import math
import struct

import numpy as np
import pytest

from ivr.hearing.barge_in import BargeIn
from ivr.hearing.end_of_turn import EndOfTurn, TurnSettings
from ivr.hearing.turns import TurnBegan, TurnCounts, TurnEnded, Turns, TurnWasNone, TurnWentOn
from ivr.hearing.voice_activity import VoiceActivity

pytestmark = pytest.mark.unit

SILENCE = bytes(320)


def voice(ms, level=0.2):
    """A buzz with formants, which WebRTC's detector takes for a vowel."""
    at = np.arange(ms * 8) / 8000
    pitch = sum(np.sin(2 * np.pi * 140 * k * at) / k * (3 if k in (4, 5, 8, 9) else 1) for k in range(1, 20))
    signal = pitch / np.abs(pitch).max() * level * (0.7 + 0.3 * np.sin(2 * np.pi * 4 * at))
    pcm = (signal * 32767).astype("<i2").tobytes()
    return [pcm[start : start + 320] for start in range(0, len(pcm), 320)]


def quiet(ms):
    return [SILENCE] * (ms // 20)


def changes(turns, frames):
    return [change for frame in frames for change in turns.hear(frame)]


def without_audio(found):
    return [change for change in found if not isinstance(change, TurnBegan | TurnWentOn)]


def test_one_turn_is_begun_counted_and_ended_after_the_pause():
    found = without_audio(changes(Turns(600), [*quiet(500), *voice(1000), *quiet(2000)]))
    assert [type(change) for change in found] == [TurnCounts, TurnEnded]
    assert 960 <= found[1].speech_ms <= 1100
    assert found[1].silence_ms == 600


@pytest.mark.parametrize("pause_ms", [300, 600, 1200])
def test_the_question_decides_how_long_a_pause_ends_the_turn(pause_ms):
    frames = [*voice(500), *quiet(400), *voice(500), *quiet(3000)]
    ended = [change for change in changes(Turns(pause_ms), frames) if isinstance(change, TurnEnded)]
    assert [change.silence_ms for change in ended] == [pause_ms] * len(ended)
    assert len(ended) == (2 if pause_ms == 300 else 1)


def test_a_pause_changed_in_the_middle_of_a_turn_holds_at_once():
    turns = Turns(2000)
    assert not [c for c in changes(turns, [*voice(500), *quiet(800)]) if isinstance(c, TurnEnded)]
    turns.pause_ms = 600
    assert [c.silence_ms for c in changes(turns, quiet(20)) if isinstance(c, TurnEnded)] == [820]


def test_the_turn_begins_with_audio_from_before_the_onset_and_loses_none():
    frames = [*quiet(1000), *voice(600), *quiet(800)]
    audio = b"".join(
        change.audio for change in changes(Turns(600), frames) if isinstance(change, TurnBegan | TurnWentOn)
    )
    spoken = b"".join(voice(600))
    start = audio.index(spoken[:320])
    assert start >= 300 * 16 * 0.99
    assert audio[start:].startswith(spoken)


def test_a_click_is_no_turn_and_interrupts_nobody():
    click = struct.pack("<160h", *(int(20000 * math.exp(-n / 20)) for n in range(160)))
    assert without_audio(changes(Turns(600), [*quiet(400), click, *quiet(1500)])) == []


def test_a_sound_too_short_to_be_a_word_is_taken_back():
    turns = Turns(300, turn=TurnSettings(shortest_ms=250, barge_in_ms=300))
    assert [type(c) for c in without_audio(changes(turns, [*voice(120), *quiet(600)]))] == [TurnWasNone]
    assert not turns.in_turn


def test_a_short_word_counts_when_it_is_over_though_it_did_not_interrupt():
    found = without_audio(changes(Turns(300), [*quiet(100), *voice(140), *quiet(600)]))
    assert [type(change) for change in found] == [TurnCounts, TurnEnded]


def test_a_prompt_is_interrupted_after_120_ms_of_speech():
    turns = Turns(600)
    heard = 0
    for frame in voice(1000):
        heard += 20
        if any(isinstance(change, TurnCounts) for change in turns.hear(frame)):
            break
    assert 120 <= heard <= 160


def test_whoever_never_pauses_is_answered_after_the_longest_turn():
    found = [
        c for c in changes(Turns(600, turn=TurnSettings(longest_ms=2000)), voice(5000)) if isinstance(c, TurnEnded)
    ]
    assert len(found) == 2
    assert found[0].speech_ms == pytest.approx(2000, abs=40)


def test_line_noise_below_the_floor_is_silence_however_much_it_sounds_like_speech():
    assert changes(Turns(600), voice(2000, level=0.003)) == []


def test_one_voiced_frame_in_a_pause_does_not_start_the_pause_anew():
    turns = Turns(600)
    frames = [*voice(500), *quiet(300), *voice(20), *quiet(280)]
    assert sum(isinstance(change, TurnEnded) for change in changes(turns, frames)) == 1


def test_audio_that_never_came_is_silence_and_adds_no_audio():
    turns = Turns(600)
    changes(turns, voice(500))
    assert turns.in_turn
    assert without_audio(turns.missing(400)) == []
    (ended,) = turns.missing(200)
    assert ended == TurnEnded(ended.speech_ms, 600)
    assert 480 <= ended.speech_ms <= 520


def test_audio_that_breaks_off_in_mid_word_is_waited_for_where_silence_is_sent_as_sound():
    turns = Turns(600)
    changes(turns, [*quiet(2500), *voice(500)])
    for _ in range(3):
        assert turns.missing(600) == []
    assert without_audio(changes(turns, voice(500))) == []
    (ended,) = without_audio(changes(turns, quiet(1000)))
    assert ended.speech_ms == pytest.approx(1000, abs=60)


def test_a_gap_in_mid_word_hangs_no_turn():
    turns = Turns(600)
    changes(turns, [*quiet(2500), *voice(500)])
    found = [change for _ in range(4) for change in turns.missing(600)]
    assert [type(change) for change in found] == [TurnEnded]
    assert not turns.in_turn


def test_a_gap_after_the_last_word_is_the_callers_pause():
    turns = Turns(600)
    changes(turns, [*quiet(2500), *voice(500), *quiet(200)])
    assert [type(change) for change in turns.missing(600)] == [TurnEnded]


def test_a_gap_longer_than_everything_is_counted_whole():
    activity = VoiceActivity()
    for frame in voice(400):
        activity.hear(frame)
    assert activity.speaking
    assert not activity.missing(10_000)
    assert activity.quiet_ms >= 10_000


def test_a_frame_of_another_length_is_refused():
    with pytest.raises(ValueError, match="320 bytes"):
        Turns().hear(bytes(100))


def test_a_turn_ends_only_in_silence():
    end = EndOfTurn(600)
    assert end.hear(500, speaking=True, quiet_ms=0) == "goes_on"
    assert end.hear(700, speaking=True, quiet_ms=700) == "goes_on"
    assert end.hear(20, speaking=False, quiet_ms=720) == "over"
    assert end.speech_ms == 500


def test_a_turn_interrupts_once():
    barge_in = BargeIn(200)
    assert [barge_in.hear(ms) for ms in (100, 180, 200, 300)] == [False, False, True, False]
