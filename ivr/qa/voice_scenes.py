"""Telephone calls in noise, made and seeded, of which it is known when the caller speaks: to measure voice detectors.

Decided: a call is a prompt of 4 s, then two turns of one caller with 1.5 s between them, then 3 s of nothing; in a call
of noise alone nobody answers for 16 s. Truth is the energy of the clean recording (ITU-T P.56: a step of 10 ms within
15.9 dB of the active level is speech, a turn lasts from the first to the last four of five), so no detector has a
part in it. Recordings that pause for more than 300 ms are left out: whether they are one turn is a matter of taste. A
caller speaks at -30 to -18 dBFS; noise stands so many dB below that caller as the scene's name says. All goes through
G.711.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ivr.audio import RATE, through_g711, to_pcm
from ivr.qa.barge_in_scenes import (
    CALLER_DBFS,
    LINE_NOISE_DBFS,
    Signal,
    active_frames,
    at_level,
    babble,
    car,
    music,
    room,
    television,
)

STEP_MS = 10
RATIOS_DB = (20, 10, 5)
_LONGEST_PAUSE_MS = 300
_SHORTEST_MS = 200
_PROMPT_S, _BEFORE_S, _BETWEEN_S, _AFTER_S, _ALONE_S = 4.0, 0.5, 1.5, 3.0, 16.0
_LEVELS_DBFS = (-30.0, -18.0)

Noise = Callable[[Sequence[Signal], np.random.Generator], Signal]


@dataclass(frozen=True, slots=True)
class VoiceScene:
    """One call at 8 kHz, 16 bit: `caller` is what comes from the phone, `prompt` what it hears, both as long; `turns`
    are the caller's, as (first, last) in ms, none in noise alone; `active` tells of each 10 ms whether it is speech."""

    name: str
    caller: bytes
    prompt: bytes
    turns: tuple[tuple[float, float], ...]
    active: NDArray[np.bool_]


def fluent(recordings: Sequence[Signal]) -> list[Signal]:
    """Those that are plainly one turn of 0.2 s or more, cut to their speech and 100 ms around it."""
    return [cut for one in recordings if (cut := _fluent(one)) is not None]


def voice_scenes(speech: Sequence[Signal], calls: int, seed: int) -> list[VoiceScene]:
    """`calls` with turns and a quarter as many (one at least) of noise alone, of each kind. `speech`: of `fluent`.
    Raises ValueError for fewer than eight recordings: others are needed for the babble and the television."""
    if len(speech) < 8:
        raise ValueError(f"{len(speech)} recordings that are one turn: eight are needed")
    made = []
    for kind, (name, noise) in enumerate(_kinds().items()):
        for trial in range(calls + max(1, calls // 4)):
            chance = np.random.default_rng((seed, kind, trial))
            made.append(_scene(name, noise, speech, chance, turns=2 if trial < calls else 0))
    return made


@dataclass(frozen=True, slots=True)
class _Around:
    noise: Noise | None = None
    below_db: float = 0.0
    echo_db: float | None = None


def _kinds() -> Mapping[str, _Around]:
    kinds = {"quiet": _Around()}
    sources: Mapping[str, Noise] = {
        "babble": babble,
        "music": lambda _speech, chance: music(chance),
        "street": lambda _speech, chance: street(chance),
    }
    for name, noise in sources.items():
        kinds |= {f"{name} {ratio} dB": _Around(noise, ratio) for ratio in RATIOS_DB}
    kinds |= {f"television {ratio} dB": _Around(television, ratio) for ratio in (15, 10)}
    return kinds | {f"echo {gain} dB": _Around(echo_db=gain) for gain in (-20, -12)}


def street(chance: np.random.Generator) -> Signal:
    """The road and cars that pass, each for two seconds, and one horn."""
    road = car(chance)
    at = np.arange(len(road)) / RATE
    passing = 0.3 + sum(np.exp(-(((at - chance.uniform(0, at[-1])) / 0.8) ** 2)) for _ in range(4))
    hiss = np.convolve(chance.standard_normal(len(road)), (1.0, 0.7, 0.4), mode="same")
    begins, hertz = chance.uniform(0, at[-1] - 1), chance.uniform(380, 480)
    horn = sum(np.sign(np.sin(2 * np.pi * hertz * ratio * at)) for ratio in (1, 1.26))
    horn = horn * ((at > begins) & (at < begins + chance.uniform(0.3, 0.9)))
    mixed = road / np.std(road) + passing * hiss / np.std(hiss) + 1.5 * horn
    return np.asarray(mixed, dtype=np.float32)


def _fluent(recording: Signal) -> Signal | None:
    active, _ = active_frames(recording)
    steps = np.flatnonzero(_settled(active))
    if len(steps) * STEP_MS < _SHORTEST_MS or np.diff(steps).max() * STEP_MS > _LONGEST_PAUSE_MS:
        return None
    step, margin = RATE * STEP_MS // 1000, RATE // 10
    cut: Signal = recording[max(0, steps[0] * step - margin) : (steps[-1] + 1) * step + margin]
    return cut


def _settled(active: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Steps at which four of the five before or from there on are active: a click or a breath begins no speech."""
    sums = np.convolve(active, np.ones(5, dtype=int))
    return active & ((sums[4 : 4 + len(active)] >= 4) | (sums[: len(active)] >= 4))


def _scene(
    name: str, around: _Around, speech: Sequence[Signal], chance: np.random.Generator, *, turns: int
) -> VoiceScene:
    picked = [speech[number] for number in chance.permutation(len(speech))]
    level = float(chance.uniform(*_LEVELS_DBFS))
    said = [at_level(one, level) for one in picked[:turns]]
    pieces = [_nothing(_PROMPT_S + _BEFORE_S), *(piece for one in said for piece in (one, _nothing(_BETWEEN_S)))]
    clean = np.concatenate([*pieces, _nothing(_AFTER_S - _BETWEEN_S if turns else _ALONE_S)])
    prompt = np.zeros_like(clean)
    words = at_level(np.concatenate(picked[turns : turns + 4]), CALLER_DBFS)
    until = int(_PROMPT_S * RATE)
    prompt[:until] = np.resize(words, until)
    heard = clean + chance.standard_normal(len(clean)).astype(np.float32) * np.float32(10 ** (LINE_NOISE_DBFS / 20))
    if around.noise is not None:
        noise = around.noise(picked[turns:], chance)
        heard = heard + at_level(np.resize(noise, len(clean)), level - around.below_db)
    if around.echo_db is not None:
        heard = heard + np.convolve(prompt, room(around.echo_db, chance))[: len(clean)]
    active = np.zeros(len(clean) * 1000 // RATE // STEP_MS, dtype=np.bool_)
    truth = _mark(active, said)
    return VoiceScene(name, through_g711(to_pcm(heard.astype(np.float32))), to_pcm(prompt), truth, active)


def _mark(active: NDArray[np.bool_], said: Sequence[Signal]) -> tuple[tuple[float, float], ...]:
    """Write into `active` where the caller's words lie; (first, last) of each turn in ms."""
    turns = []
    at = (_PROMPT_S + _BEFORE_S) * RATE
    for one in said:
        own, _ = active_frames(one)
        begin = int(at) * 1000 // RATE // STEP_MS
        active[begin : begin + len(own)] = own
        steps = np.flatnonzero(_settled(own))
        turns.append((at * 1000 / RATE + steps[0] * STEP_MS, at * 1000 / RATE + (steps[-1] + 1) * STEP_MS))
        at += len(one) + _BETWEEN_S * RATE
    return tuple(turns)


def _nothing(seconds: float) -> Signal:
    return np.zeros(round(seconds * RATE), dtype=np.float32)
