"""Scenes in which somebody, or something, sounds while the hotline speaks: made, seeded, from recordings and noise.

Decided: levels are those of a telephone (G.711, ITU-T P.56: a caller at -23 dBFS of active speech), an interruption
begins where its active speech begins (P.56: 15.9 dB below the active level) and not with the breath before, and a
scene's echo is made from what the hotline really sends, so that a hotline that falls silent has no echo any more
(echo_line.py).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ivr.audio import RATE

Signal = NDArray[np.float32]
CALLER_DBFS = -23.0
BACKGROUND_DBFS = -40.0
LINE_NOISE_DBFS = -65.0
_DELAYS_MS = (20, 120)
_MOMENTS_S = (1.0, 4.5)
_ROOM_TAPS = 256
_ACTIVE_DB = 15.9
_VOWEL_DB = 9.0
_INITIAL_STEPS = 15
_SHORTEST_MS = 800  # a recorded 对的 is a backchannel, and no interruption
ECHOES_DB = (-20, -12, -6)


@dataclass(frozen=True, slots=True)
class Scene:
    """One call. `echo` is the path from the hotline's voice back to it (taps at 8 kHz, empty: none); `background`
    sounds all the time; `sound` begins `at` seconds after the hotline began to speak, its first word `onset_ms`
    later. `interrupts`: the hotline should fall silent for it, and stay so."""

    name: str
    interrupts: bool
    echo: Signal
    background: Signal
    sound: Signal
    at: float
    onset_ms: float = 0.0


@dataclass(frozen=True, slots=True)
class Material:
    """Recordings at 8 kHz: callers who say something (`long_enough`), and what callers say to tell that they listen
    (may be none)."""

    speech: Sequence[Signal]
    backchannels: Sequence[Signal] = ()


def scene_names(material: Material) -> list[str]:
    """The kinds of scenes that can be made of this."""
    return list(_kinds(material))


def scene(material: Material, name: str, trial: int, seed: int) -> Scene:
    """The `trial`th scene of a kind; always the same one of the same material and seed."""
    kinds = _kinds(material)
    interrupts, make = kinds[name]
    chance = np.random.default_rng((seed, list(kinds).index(name), trial))
    return _scene(name, make(chance), chance, interrupts=interrupts)


def long_enough(speech: Sequence[Signal]) -> list[Signal]:
    """The recordings with 0.8 s of speech or more: what is shorter is no interruption. Raises ValueError where there
    is none."""
    found = [one for one in speech if 10 * int(active_frames(one)[0].sum()) >= _SHORTEST_MS]
    if not found:
        raise ValueError("no recorded speech of 0.8 s or more: nobody could interrupt")
    return found


@dataclass(frozen=True, slots=True)
class _Parts:
    echo_db: float | None = None
    background: Signal | None = None
    sound: Signal | None = None


def _kinds(material: Material) -> Mapping[str, tuple[bool, Callable[[np.random.Generator], _Parts]]]:
    speech, nods = list(material.speech), list(material.backchannels)
    kinds: dict[str, tuple[bool, Callable[[np.random.Generator], _Parts]]] = {}
    for gain in ECHOES_DB:
        kinds[f"echo {gain} dB"] = (False, lambda _chance, gain=gain: _Parts(gain))  # type: ignore[misc]
    kinds["babble"] = (False, lambda chance: _Parts(background=babble(speech, chance)))
    kinds["television"] = (False, lambda chance: _Parts(background=television(speech, chance)))
    kinds["music"] = (False, lambda chance: _Parts(background=music(chance)))
    kinds["car"] = (False, lambda chance: _Parts(background=car(chance)))
    kinds["cough"] = (False, lambda chance: _Parts(sound=cough(chance)))
    kinds["click"] = (False, lambda chance: _Parts(sound=click(chance)))
    if nods:
        kinds["backchannel"] = (False, lambda chance: _Parts(sound=_one_of(nods, chance)))
    kinds["speech"] = (True, lambda chance: _Parts(sound=_one_of(speech, chance)))
    for gain in ECHOES_DB:
        kinds[f"speech over echo {gain} dB"] = (
            True,
            lambda chance, gain=gain: _Parts(gain, sound=_one_of(speech, chance)),  # type: ignore[misc]
        )
    kinds["speech in babble"] = (
        True,
        lambda chance: _Parts(background=babble(speech, chance), sound=_one_of(speech, chance)),
    )
    return kinds


def _scene(name: str, parts: _Parts, chance: np.random.Generator, *, interrupts: bool) -> Scene:
    length = 12 * RATE
    background = chance.standard_normal(length).astype(np.float32) * np.float32(10 ** (LINE_NOISE_DBFS / 20))
    if parts.background is not None:
        background = background + np.resize(parts.background, length)
    sound = parts.sound if parts.sound is not None else np.zeros(0, dtype=np.float32)
    echo = room(parts.echo_db, chance) if parts.echo_db is not None else np.zeros(0, dtype=np.float32)
    at = float(chance.uniform(*_MOMENTS_S))
    return Scene(name, interrupts, echo, background, sound, at, onset_ms(sound) if interrupts else 0.0)


def room(gain_db: float, chance: np.random.Generator) -> Signal:
    """An echo path of `gain_db`: a delay of 20 to 120 ms and a small room that dies away in 30 ms."""
    delay = int(chance.integers(*_DELAYS_MS)) * RATE // 1000
    taps = chance.standard_normal(_ROOM_TAPS) * np.exp(-np.arange(_ROOM_TAPS) / 40)
    taps[0] = 3.0
    path = np.zeros(delay + _ROOM_TAPS)
    path[delay:] = taps / np.sqrt(np.sum(taps**2)) * 10 ** (gain_db / 20)
    return path.astype(np.float32)


def active_frames(signal: Signal) -> tuple[NDArray[np.bool_], float]:
    """Which 10 ms steps are active speech, and its level as mean square (P.56, by two passes)."""
    power = _powers(signal)
    active = float(np.mean(power[power >= power.max() * 10**-2.5])) if power.any() else 0.0
    return power > active * 10 ** (-_ACTIVE_DB / 10), active


def _powers(signal: Signal) -> NDArray[np.float64]:
    steps = range(0, max(1, len(signal) - 160), 80)
    return np.array([float(np.mean(signal[start : start + 160] ** 2)) if len(signal) else 0.0 for start in steps])


def onset_ms(signal: Signal) -> float:
    """Where the speech begins: four of five steps of 10 ms are within 9 dB of its active level, or the active sound
    that leads into them, 150 ms before at most: a breath drawn before the first word is active too, but longer than
    any initial consonant, and softer than any vowel."""
    active, level = active_frames(signal)
    power = _powers(signal)
    loud = power > level * 10 ** (-_VOWEL_DB / 10)
    for start in range(len(loud) - 4):
        if loud[start] and loud[start : start + 5].sum() >= 4:
            first = start
            while first > max(0, start - _INITIAL_STEPS) and active[first - 1]:
                first -= 1
            return first * 10.0
    return 0.0


def at_level(signal: Signal, dbfs: float) -> Signal:
    """`signal` with its active level at `dbfs`."""
    _, active = active_frames(signal)
    return (signal * (10 ** (dbfs / 20) / np.sqrt(active)) if active else signal).astype(np.float32)


def _one_of(recordings: Sequence[Signal], chance: np.random.Generator) -> Signal:
    return at_level(recordings[int(chance.integers(len(recordings)))], CALLER_DBFS)


def babble(speech: Sequence[Signal], chance: np.random.Generator) -> Signal:
    """Six people at once, in the background."""
    length = 12 * RATE
    mixed = np.zeros(length, dtype=np.float32)
    for _ in range(6):
        voice = at_level(speech[int(chance.integers(len(speech)))], -30)
        mixed += np.roll(np.resize(voice, length), int(chance.integers(length)))
    return at_level(mixed, BACKGROUND_DBFS)


def television(speech: Sequence[Signal], chance: np.random.Generator) -> Signal:
    """One voice after another, from across a room."""
    picked = [at_level(speech[int(chance.integers(len(speech)))], -30) for _ in range(4)]
    taps = chance.standard_normal(800) * np.exp(-np.arange(800) / 250)
    distant = np.convolve(np.concatenate(picked), taps / np.sqrt(np.sum(taps**2))).astype(np.float32)
    return np.roll(at_level(distant, BACKGROUND_DBFS), int(chance.integers(len(distant))))  # it has long been on


def music(chance: np.random.Generator) -> Signal:
    """Chords of plucked strings, twice a second."""
    beat = RATE // 2
    at = np.arange(beat) / RATE
    beats = []
    for _ in range(24):
        tonic = 110 * 2 ** (int(chance.integers(24)) / 12)
        notes = [tonic * ratio for ratio in (1, 1.25, 1.5, 2)]
        strings = sum(np.sin(2 * np.pi * note * partial * at) / partial for note in notes for partial in (1, 2, 3, 4))
        beats.append(strings * np.exp(-at * chance.uniform(2, 6)))
    return at_level(np.concatenate(beats).astype(np.float32), BACKGROUND_DBFS)


def car(chance: np.random.Generator) -> Signal:
    """An engine and the road: noise that falls by 12 dB an octave, and the engine's hum in it."""
    length = 12 * RATE
    spectrum = np.fft.rfft(chance.standard_normal(length))
    hertz = np.fft.rfftfreq(length, 1 / RATE)
    road = np.fft.irfft(spectrum / np.maximum(hertz / 100, 1) ** 2, length)
    hum = np.sin(2 * np.pi * chance.uniform(60, 120) * np.arange(length) / RATE)
    return at_level((road / np.std(road) + hum).astype(np.float32), BACKGROUND_DBFS + 10)


def cough(chance: np.random.Generator) -> Signal:
    """One to three bursts of breath, as loud as speech."""
    bursts: list[NDArray[np.float64]] = []
    for _ in range(int(chance.integers(1, 4))):
        length = int(chance.integers(1000, 2400))
        noise = np.convolve(chance.standard_normal(length), np.hanning(7), mode="same")
        rise = np.minimum(1, np.arange(length) / 80) * np.exp(-np.arange(length) / chance.uniform(400, 1000))
        bursts += [noise * rise, np.zeros(int(chance.integers(400, 1600)))]
    return at_level(np.concatenate(bursts).astype(np.float32), CALLER_DBFS + 3)


def click(chance: np.random.Generator) -> Signal:
    """A receiver that is laid down, or a line that crackles."""
    length = 400
    return (chance.standard_normal(length) * np.exp(-np.arange(length) / 60) * 0.4).astype(np.float32)
