"""Everything a hotline has examples of, searched as one array.

Two stages, so that two thousand wordings cost one or two milliseconds: rapidfuzz counts what the turn shares with every
example, in letters and in sounds, in one call each; the few dozen that could win are compared with care (matching.py).
A further channel, such as a sentence encoder, is one more row of scores into `promising`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import log
from typing import TYPE_CHECKING

import numpy as np
from rapidfuzz import process
from rapidfuzz.distance import LCSseq

from ivr.understanding.matching import Form, form, key
from ivr.understanding.normalise import content, normalise
from ivr.understanding.phonetics import syllables
from ivr.understanding.polarity import refuses

if TYPE_CHECKING:
    from numpy.typing import NDArray

_LEAST_WEIGHT = 0.35  # for what every meaning holds: little, but an example made of such must still match


@dataclass(frozen=True, slots=True)
class Example:
    """One wording of a meaning; `refuses`: it is itself a refusal, such as 不用了."""

    meaning: str
    text: str
    form: Form
    refuses: bool


def token_weights(wordings: Mapping[str, Sequence[str]]) -> dict[str, float]:
    """Weights in [0.35, 1] by sound: 1 for what one meaning holds, least for what all hold (inverse document frequency,
    Spärck Jones 1972, over meanings instead of documents)."""
    held: dict[str, int] = {}
    for texts in wordings.values():
        for sound in {key(s): None for text in texts for s in syllables(content(normalise(text)))}:
            held[sound] = held.get(sound, 0) + 1
    scale = log(max(len(wordings), 2))
    return {
        sound: _LEAST_WEIGHT + (1 - _LEAST_WEIGHT) * max(0.0, log(len(wordings) / n) / scale)
        for sound, n in held.items()
    }


def examples_of(meaning: str, texts: Iterable[str], weights: Mapping[str, float]) -> tuple[Example, ...]:
    """The examples of one meaning, each wording once, empty ones left out."""
    distinct = {normalise(text): text for text in texts}
    return tuple(
        Example(meaning, text, form(text, weights), refuses(plain)) for plain, text in distinct.items() if plain
    )


class Examples:
    """The examples that are active in one state, in the order in which meanings break ties."""

    def __init__(self, examples: Sequence[Example]) -> None:
        self.examples = tuple(examples)
        self.order = {meaning: n for n, meaning in enumerate(dict.fromkeys(e.meaning for e in self.examples))}
        self._letters = [e.form.letters for e in self.examples]
        self._sounds = [e.form.sounds for e in self.examples]
        self._sizes = np.array([max(1, len(e.form.tokens)) for e in self.examples], dtype=np.float32)
        self._by_plain: dict[str, list[int]] = {}
        for n, example in enumerate(self.examples):
            self._by_plain.setdefault(example.form.plain, []).append(n)

    @cached_property
    def meanings(self) -> frozenset[str]:
        """The names that the examples stand for."""
        return frozenset(self.order)

    @cached_property
    def refusing(self) -> NDArray[np.bool_]:
        """Which examples refuse; shape (examples,)."""
        return np.array([e.refuses for e in self.examples], dtype=bool)

    def exactly(self, plain: str) -> Sequence[int]:
        """The examples that are this text."""
        return self._by_plain.get(plain, ())

    def promising(self, forms: Sequence[Form]) -> NDArray[np.float32]:
        """A quick bound-like score of every form with every example, shape (forms, examples): good for ranking only."""
        if not forms or not self.examples:
            return np.zeros((len(forms), len(self.examples)), dtype=np.float32)
        sizes = np.array([[max(1, len(f.tokens))] for f in forms], dtype=np.float32)
        by_letters = _quick([f.letters for f in forms], self._letters, sizes, self._sizes)
        by_sounds = _quick([f.sounds for f in forms], self._sounds, 2 * sizes, 2 * self._sizes)
        return np.maximum(by_letters, by_sounds)


def _quick(
    heard: list[str], examples: list[str], heard_sizes: NDArray[np.float32], sizes: NDArray[np.float32]
) -> NDArray[np.float32]:
    common = process.cdist(heard, examples, scorer=LCSseq.similarity, dtype=np.int32).astype(np.float32)
    whole = 2 * common / (heard_sizes + sizes)
    of_turn, of_example = common / heard_sizes, common / sizes
    within = of_example**3 * (0.97 - 2 * (1 - of_turn) / np.maximum(sizes, 2))
    keyword = of_turn**3 * (0.95 - 0.7 * (1 - of_example))
    return np.asarray(np.maximum(whole, np.maximum(within, keyword)), dtype=np.float32)
