"""What a text shows a classifier: how it is written, how it sounds, and what its foreign words are made of.

Four channels. `letters`: runs of one to three tokens (Mandarin characters and digits one by one, other words whole);
`sounds`: runs of one to four syllables with accents merged, as in phonetics.py, of what is Mandarin; `parts`: runs of
three to five letters inside words that are not Mandarin (transfer, transferred); `meaning`: the encoder's vector.
The first three are sparse, weighed by how rare a run is among the examples (TF-IDF with log counts), and each is of
length 1, so that a long text says no more than a short one. A text without Mandarin has no sounds, one without foreign
words no parts.

    likeness(a, b) = 0.5 letters(a)·letters(b) + 0.5 sounds(a)·sounds(b) + 0.5 parts(a)·parts(b) + meaning

It is a kernel: classifier.py learns on it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from math import log

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from ivr.understanding.normalise import normalise, tokens
from ivr.understanding.phonetics import is_mandarin, merged, syllables

Analyser = Callable[[Sequence[str]], list[str]]
"""Tokens to the runs of one channel, as often as they stand in the text."""

_EDGE = "|"
_BETWEEN = " "


def letters(found: Sequence[str]) -> list[str]:
    """Runs of one to three tokens; the text's edges count as tokens in longer runs."""
    return _runs(found, 3)


def sounds(found: Sequence[str]) -> list[str]:
    """Runs of one to four merged syllables; nothing for a text without Mandarin."""
    if not any(is_mandarin(token) for token in found):
        return []
    return _runs(["".join(merged(syllable)) for syllable in syllables(found)], 4)


def parts(found: Sequence[str]) -> list[str]:
    """Runs of three to five letters inside words that are not Mandarin, with the words' edges."""
    words = [f"{_EDGE}{token}{_EDGE}" for token in found if len(token) > 1]
    return [word[at : at + long] for word in words for long in (3, 4, 5) for at in range(len(word) - long + 1)]


CHANNELS: Mapping[str, Analyser] = {"letters": letters, "sounds": sounds, "parts": parts}
"""The sparse channels; all weigh the same."""


def seen(text: str) -> tuple[str, ...]:
    """The tokens that channels look at."""
    return tokens(normalise(text))


def _runs(found: Sequence[str], longest: int) -> list[str]:
    if not found:
        return []
    edged = [_EDGE, *found, _EDGE]
    runs = list(found)
    for long in range(2, longest + 1):
        runs += [_BETWEEN.join(edged[at : at + long]) for at in range(len(edged) - long + 1)]
    return runs


class Vocabulary:
    """The runs of one channel that examples hold, in alphabetical order, and their weights.

    Weight of a run: ln((1 + n) / (1 + texts that hold it)) + 1. Of more than `_MANY` texts,
    runs that only one of them holds are left out: there are very many, and each can decide next to nothing.
    """

    _MANY = 5_000

    def __init__(self, texts: Sequence[Sequence[str]], analyser: Analyser, *, by_spelling: bool) -> None:
        """`texts`: tokens of every example. `by_spelling`: whether a repaired spelling has other runs."""
        held = Counter(run for text in texts for run in set(analyser(text)))
        least = 2 if len(texts) > self._MANY else 1
        runs = sorted(run for run, count in held.items() if count >= least)
        weights = [log((1 + len(texts)) / (1 + held[run])) + 1 for run in runs]
        self._hold(runs, np.array(weights, dtype=np.float32), analyser, by_spelling=by_spelling)

    @classmethod
    def kept(
        cls, runs: Sequence[str], rarity: NDArray[np.float32], analyser: Analyser, *, by_spelling: bool
    ) -> Vocabulary:
        """One that was made before, of its `runs` and `rarity`."""
        made = cls.__new__(cls)
        made._hold(list(runs), rarity, analyser, by_spelling=by_spelling)  # noqa: SLF001  it is its own
        return made

    def _hold(self, runs: list[str], rarity: NDArray[np.float32], analyser: Analyser, *, by_spelling: bool) -> None:
        self.by_spelling = by_spelling
        self.runs = runs
        self.rarity = rarity  # the weights
        self._analyser = analyser
        self._places = {run: place for place, run in enumerate(runs)}

    def __len__(self) -> int:
        return len(self.runs)

    def of(self, text: Sequence[str]) -> tuple[NDArray[np.intp], NDArray[np.float32]]:
        """Places of the runs that `text` (tokens) holds, and their values; of length 1 unless none is known."""
        counted = Counter(place for run in self._analyser(text) if (place := self._places.get(run)) is not None)
        places = np.fromiter(counted, dtype=np.intp, count=len(counted))
        counts = np.fromiter(counted.values(), dtype=np.float32, count=len(counted))
        values = (1 + np.log(counts)) * self.rarity[places]
        return places, (values / max(float(np.linalg.norm(values)), 1e-9)).astype(np.float32)

    def matrix(self, texts: Sequence[Sequence[str]]) -> csr_matrix:
        """One row a text, shape (len(texts), len(self))."""
        rows = [self.of(text) for text in texts]
        ends = np.cumsum([0, *(len(places) for places, _ in rows)])
        columns = np.concatenate([places for places, _ in rows]) if rows else np.zeros(0, dtype=np.intp)
        values = np.concatenate([values for _, values in rows]) if rows else np.zeros(0, dtype=np.float32)
        return csr_matrix((values, columns, ends), shape=(len(texts), len(self)))
