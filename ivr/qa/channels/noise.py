"""What sounds around a caller, made by the project: people, a street, music, a car, a television, hiss.

Decided: the voices of the babble and the television are a recording that stands beside this file (talkers.flac: six
synthetic voices, 4 s each, that talk of other things) and not the cases' own, so that a case that is added changes
the noise of no other.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from pathlib import Path

import numpy as np

from ivr.audio import RATE, read_audio, samples
from ivr.qa.barge_in_scenes import Signal, babble, car, music, television
from ivr.qa.voice_scenes import street

_TALKERS = Path(__file__).with_name("talkers.flac")
_TALKER_S = 4


def _white(chance: np.random.Generator) -> Signal:
    return chance.standard_normal(12 * RATE).astype(np.float32)


@lru_cache(maxsize=1)
def talkers() -> tuple[Signal, ...]:
    """Six voices, 4 s of speech each, at 8 kHz."""
    said = samples(read_audio(_TALKERS))
    return tuple(np.split(said, range(_TALKER_S * RATE, len(said), _TALKER_S * RATE)))


_MADE: Mapping[str, Callable[[np.random.Generator], Signal]] = {
    "babble": lambda chance: babble(talkers(), chance),
    "street": street,
    "music": music,
    "car": car,
    "television": lambda chance: television(talkers(), chance),
    "white": _white,
}
NOISES = tuple(_MADE)


@lru_cache(maxsize=8)
def noise(name: str, seed: tuple[int, ...]) -> Signal:
    """12 s or more of one of NOISES, to be repeated, with a mean power of 1; the same for the same seed."""
    made = _MADE[name](np.random.default_rng(seed)).astype(np.float64)
    return np.asarray(made / np.sqrt(np.mean(made**2)), dtype=np.float32)
