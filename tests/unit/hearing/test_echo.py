"""The prompt's own echo is not the caller: echo alone, the caller over it, lines without any, frames lost or late."""

import numpy as np
import pytest

from ivr.audio import frames, through_g711, to_pcm
from ivr.hearing.echo import EchoCanceller
from ivr.hearing.turns import TurnBegan, TurnCounts, Turns

pytestmark = pytest.mark.unit

SECONDS = 8


def syllables(seed, level):
    """Noise shaped like a voice: syllables of 200 ms, formants that change, pauses between words."""
    chance = np.random.default_rng(seed)
    made = []
    while len(made) < SECONDS * 8000:
        length = int(chance.integers(1000, 2400))
        at = np.arange(length) / 8000
        pitch, first, second = chance.uniform(100, 220), chance.uniform(300, 800), chance.uniform(1000, 2400)
        tones = [
            np.sin(2 * np.pi * pitch * k * at + chance.uniform(0, 6))
            * (0.05 + np.exp(-(((pitch * k - first) / 150) ** 2)) + np.exp(-(((pitch * k - second) / 250) ** 2)))
            for k in range(1, int(3600 / pitch))
        ]
        syllable = np.sum(tones, axis=0) * np.hanning(length)
        made += [*(syllable / np.sqrt(np.mean(syllable**2)) * level), *np.zeros(int(chance.choice([160, 160, 2400])))]
    return np.asarray(made[: SECONDS * 8000], dtype=np.float32)


def echo_of(prompt, gain_db, delay_ms, seed=3):
    chance = np.random.default_rng(seed)
    room = chance.standard_normal(200) * np.exp(-np.arange(200) / 40)
    path = np.concatenate((np.zeros(delay_ms * 8), room / np.sqrt(np.sum(room**2)) * 10 ** (gain_db / 20)))
    return np.convolve(prompt, path)[: len(prompt)].astype(np.float32)


def line(prompt, caller, *, canceller=None, lost=()):
    """What the caller's frames become."""
    canceller = canceller or EchoCanceller()
    heard = list(frames(through_g711(to_pcm(caller))))
    for number, frame in enumerate(frames(to_pcm(prompt))):
        canceller.played(frame)
        if number in lost:
            canceller.missing(1)
        else:
            yield canceller.hear(heard[number])


def turns_in(cleaned):
    turns = Turns(600)
    return [change for frame in cleaned for change in turns.hear(frame) if isinstance(change, TurnBegan)]


@pytest.mark.parametrize("gain_db", [-20, -12, -6])
@pytest.mark.parametrize("delay_ms", [20, 60, 120])
def test_echo_alone_is_nobody_speaking(gain_db, delay_ms):
    prompt = syllables(1, 0.1)
    echo = echo_of(prompt, gain_db, delay_ms)
    assert turns_in(frames(through_g711(to_pcm(echo)))), "the echo is no test if it would not be taken for speech"
    assert turns_in(line(prompt, echo)) == []


@pytest.mark.parametrize("gain_db", [-60, -20, -12, -6])
def test_who_speaks_while_the_hotline_speaks_interrupts_within_200_ms(gain_db):
    prompt, voice = syllables(1, 0.1), syllables(2, 0.1)
    begins = 3 * 8000
    voice[:begins] = 0
    begins += int(np.argmax(np.abs(voice[begins:]) > 0.02))
    turns = Turns(600)
    cleaned = line(prompt, echo_of(prompt, gain_db, 60) + voice)
    counted = next(
        number
        for number, frame in enumerate(cleaned)
        if any(isinstance(change, TurnCounts) for change in turns.hear(frame))
    )
    assert 0 <= (counted + 1) * 20 - begins / 8 <= 200


def test_a_line_without_echo_passes_the_callers_voice_to_the_bit():
    prompt, voice = syllables(1, 0.1), syllables(2, 0.1)
    voice[: 3 * 8000] = 0
    original = list(frames(through_g711(to_pcm(voice))))
    cleaned = list(line(prompt, voice))
    loud = [n for n, frame in enumerate(original) if n > 150 and np.abs(np.frombuffer(frame, "<i2")).max() > 6000]
    assert len(loud) > 50
    assert sum(cleaned[n] == original[n] for n in loud) >= 0.95 * len(loud)


def test_a_caller_on_a_line_that_was_silent_under_the_prompt_costs_no_look_for_an_echo():
    prompt, caller = syllables(1, 0.1), syllables(2, 0.1)
    caller[: 4 * 8000] = caller[5 * 8000 :] = 0
    canceller = EchoCanceller()
    assert list(line(prompt, caller, canceller=canceller)) == list(frames(through_g711(to_pcm(caller))))
    assert not canceller._learner.any()


@pytest.mark.parametrize("gain_db", [-20, -6])
def test_an_echo_that_comes_in_the_middle_of_a_call_is_taken_out_once_it_has_lasted(gain_db):
    prompt = syllables(1, 0.1)
    echo = echo_of(prompt, gain_db, 60)
    echo[: 2 * 8000] = 0
    canceller = EchoCanceller()
    cleaned = list(line(prompt, echo, canceller=canceller))
    assert canceller.confirmed
    assert not turns_in(cleaned[6 * 50 :])


def test_while_nothing_is_played_every_frame_passes_to_the_bit():
    voice = syllables(2, 0.1)
    assert list(line(np.zeros_like(voice), voice)) == list(frames(through_g711(to_pcm(voice))))


def test_the_hotline_that_fell_silent_leaves_no_echo_behind_that_counts():
    prompt = syllables(1, 0.1)
    prompt[4 * 8000 :] = 0
    assert turns_in(line(prompt, echo_of(prompt, -6, 120))) == []


def test_frames_lost_on_the_way_do_not_make_the_echo_a_caller():
    prompt = syllables(1, 0.1)
    assert turns_in(line(prompt, echo_of(prompt, -12, 60), lost=range(200, 210))) == []


def test_what_is_not_consumed_is_bounded():
    canceller = EchoCanceller()
    for _ in range(10_000):
        canceller.played(bytes(320))
    assert len(canceller._coming) <= 6


def test_a_prompt_is_being_said_from_before_its_first_sound_until_it_has_died_away_and_in_its_pauses():
    canceller = EchoCanceller()
    silence, sound = bytes(320), b"\x00\x08" * 160
    canceller.hear(silence)
    assert not canceller.prompting  # nobody plays anything to this caller

    def prompting(frame, times):
        told = []
        for _ in range(times):
            canceller.played(frame)
            canceller.hear(silence)
            told.append(canceller.prompting)
        return told

    assert all(prompting(silence, 50))
    assert all(prompting(sound, 5) + prompting(silence, 15) + prompting(sound, 5))
    after = prompting(silence, 40)
    assert 16 <= after.index(False) <= 18
    assert not any(after[18:])
