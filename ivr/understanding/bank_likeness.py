"""How like a query a handful of a bank's texts are: four channels, and one score of them all.

| channel | what is compared |
|---|---|
| letters | characters and neighbouring pairs as they are most likely spelt (repair.py), cosine of tf-idf vectors |
| heard | the same, as they were heard |
| sounds | syllables and pairs with accents merged |
| meaning | cosine of sentence vectors (encoder.py), of the repaired spelling |

and besides how much of the query's and of the text's characters the other holds (weighted by idf), and how far their
lengths differ. The weights are a logistic model that ranks (softmax over a query's candidates), learned by
ivr/qa/bank_weights.py on two domains together: what is learned on one carries over to the other. They are no fixed
shares of letters and sounds: the repair decides how plausible the characters were, and letters and meaning are asked of
what it made of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import log

import numpy as np
from numpy.typing import NDArray

from ivr.understanding.bank_index import Codes, Grams, TextIndex, pair_codes, ragged

Floats = NDArray[np.float32]
_SAME = 0.9999
_MOST = 0.999  # of any but the very words
# Log-odds without meaning. Of LCQMC's queries 42 of a hundred are decided so, of BQ's 8 (0 and 30 % homophones), and as
# many are right as with meaning asked of all: 88.3 and 21.4 % on the half that did not choose these; 0.3 ahead: 88.0.
_PLAUSIBLE, _AHEAD = -1.0, 1.0


@dataclass(frozen=True, slots=True)
class Statistics:
    """In how many of `texts` texts each gram stands: one or two tables to be added (the bank's and what was added)."""

    texts: int
    tables: tuple[Grams, ...]

    def weights(self, codes: Codes) -> Floats:
        """Inverse document frequency, at least 1: ln((1 + texts) / (1 + held)) + 1 (Spärck Jones 1972, smoothed)."""
        held = np.zeros(len(codes), dtype=np.float32)
        for table in self.tables:
            held += table.held(codes)
        return np.asarray(np.maximum(np.log((1 + self.texts) / (1 + held)) + 1, 1.0), dtype=np.float32)

    @property
    def rarest(self) -> float:
        """What a gram weighs that no text holds."""
        return log(1 + self.texts) + 1


@dataclass(frozen=True, slots=True)
class Asked:
    """One side of a query in one alphabet: distinct symbols and pairs, ascending, and what they weigh."""

    symbols: Codes
    weights: Floats
    pairs: Codes
    pair_weights: Floats
    norm: float

    @classmethod
    def of(cls, codes: Codes, statistics: Statistics) -> Asked:
        symbols, pairs = _distinct(codes), _distinct(pair_codes(codes[:-1], codes[1:]))
        weights = statistics.weights(np.concatenate([symbols, pairs]))
        norm = float(np.sqrt(weights @ weights))
        return cls(symbols, weights[: len(symbols)], pairs, weights[len(symbols) :], max(norm, 1e-6))


def _distinct(codes: Codes) -> Codes:
    """np.unique, three times as fast for the dozen that a question has."""
    return np.array(sorted(set(codes.tolist())), dtype=np.uint32)


class Layout:
    """Where the symbols of some rows of an index stand, for every alphabet alike."""

    def __init__(self, index: TextIndex, rows: NDArray[np.int64]) -> None:
        self.rows = rows
        self.at, begin = ragged(index.starts, rows)
        self.sizes = np.diff(begin)
        self.of = np.repeat(np.arange(len(rows)), self.sizes)
        self.within = np.flatnonzero(self.of[:-1] == self.of[1:])  # those with a right neighbour


class Compared:
    """Some rows of an index, ready for comparison in one alphabet."""

    def __init__(self, layout: Layout, codes: Codes, norms: Floats, statistics: Statistics) -> None:
        within = layout.within
        self._many = len(layout.rows)
        self._codes = codes[layout.at]
        self._rows = layout.of
        self._pairs = pair_codes(self._codes[within], self._codes[within + 1])
        self._pair_rows = self._rows[within]
        self._norms = norms[layout.rows]
        self._statistics = statistics

    def cosines(self, asked: Asked) -> Floats:
        """Of the query with each of the rows."""
        shared, _ = _held(asked.symbols, self._codes, self._rows, self._many)
        shared_pairs, _ = _held(asked.pairs, self._pairs, self._pair_rows, self._many)
        dot = shared @ asked.weights**2 + shared_pairs @ asked.pair_weights**2
        return np.asarray(np.minimum(dot / (asked.norm * self._norms), 1.0), dtype=np.float32)

    def shares(self, asked: Asked) -> tuple[Floats, Floats]:
        """How much of the query's symbols each row holds, and how much of each row's the query."""
        shared, hit = _held(asked.symbols, self._codes, self._rows, self._many)
        weights = self._statistics.weights(self._codes)
        whole = np.bincount(self._rows, weights, self._many)
        held = np.bincount(self._rows, weights * hit, self._many)
        return (
            (shared @ asked.weights / max(float(asked.weights.sum()), 1e-6)).astype(np.float32),
            (held / np.maximum(whole, 1e-6)).astype(np.float32),
        )


def _held(asked: Codes, codes: Codes, rows: NDArray[np.int64], many: int) -> tuple[Floats, NDArray[np.bool_]]:
    """Which row holds which of `asked` (1 or 0, shape (many, len(asked))), and which of `codes` are asked."""
    table = np.zeros((many, len(asked)), dtype=np.float32)
    if not len(asked):
        return table, np.zeros(len(codes), dtype=np.bool_)
    at = np.minimum(np.searchsorted(asked, codes), len(asked) - 1)
    hit = asked[at] == codes
    table[rows[hit], at[hit]] = 1.0
    return table, hit


@dataclass(frozen=True, slots=True)
class Channels:
    """Of each candidate, shape (candidates,); `meaning` is None where there is no encoder. `longer`: how far the
    lengths differ, as a share of the longer one."""

    heard: Floats
    letters: Floats
    sounds: Floats
    meaning: Floats | None
    of_query: Floats
    of_text: Floats
    longer: Floats

    @classmethod
    def joined(cls, parts: Sequence[Channels]) -> Channels:
        """Of all candidates of some shelves."""
        meanings = [part.meaning for part in parts if part.meaning is not None]
        return cls(
            heard=np.concatenate([part.heard for part in parts]),
            letters=np.concatenate([part.letters for part in parts]),
            sounds=np.concatenate([part.sounds for part in parts]),
            meaning=np.concatenate(meanings) if len(meanings) == len(parts) else None,
            of_query=np.concatenate([part.of_query for part in parts]),
            of_text=np.concatenate([part.of_text for part in parts]),
            longer=np.concatenate([part.longer for part in parts]),
        )

    def same(self) -> NDArray[np.bool_]:
        """Which candidates are the very words that were heard."""
        return np.asarray((self.heard > _SAME) & (self.longer == 0), dtype=np.bool_)

    def decided(self, *, first_only: bool) -> bool:
        """Whether letters and sounds leave no doubt which candidate is best, so that meaning need not be asked.

        The very words decide, but only where the first hit is all that is wanted: else those beside them count.
        """
        same = self.same()
        if same.any() and first_only:
            return True
        weights, offset = WITHOUT_MEANING
        ordered = np.sort((self.features()[:, : len(weights)] @ np.array(weights) + offset)[~same])[::-1]
        return (
            len(ordered) > 0 and ordered[0] >= _PLAUSIBLE and (len(ordered) == 1 or ordered[0] - ordered[1] >= _AHEAD)
        )

    def features(self) -> NDArray[np.float64]:
        """Shape (candidates, 8) without meaning, (candidates, 15) with it: what the weights below stand for."""
        plain = [self.heard, self.letters, self.sounds, self.of_query, self.of_text, self.longer]
        plain += [np.minimum(self.of_query, self.of_text), self.of_query * self.of_text]
        if self.meaning is not None:
            top = float(self.meaning.max(initial=0.0))
            plain += [self.meaning, self.meaning**2, self.meaning * self.letters, self.meaning - top]
            plain += [self.meaning * self.of_query, self.meaning * self.longer, self.of_query**2]
        return np.stack(plain, axis=1).astype(np.float64)

    def scores(self) -> Floats:
        """In [0, 1]: how likely each candidate asks the same as the query."""
        weights, offset = WITHOUT_MEANING if self.meaning is None else WITH_MEANING
        likely = 1 / (1 + np.exp(-(self.features() @ np.array(weights) + offset)))
        return np.where(self.same(), 1.0, np.minimum(likely, _MOST)).astype(np.float32)


# `python -m ivr.qa.bank_weights LCQMC.valid.tsv BQ.valid.tsv`: first hit right of the halves that did not teach
# 89.2 % and 20.9 % with meaning, 88.8 % and 17.4 % without (BQ marks few of the questions that ask the same).
WITH_MEANING: tuple[tuple[float, ...], float] = (
    (-0.1, 0.17, 1.87, 1.9, 0.02, 1.38, 0.64, 0.33, 1.8, 1.46, -0.8, 1.81, 0.24, -2.14, -0.04),
    -5.96,
)
WITHOUT_MEANING: tuple[tuple[float, ...], float] = ((-0.13, -0.48, 1.87, 3.05, 1.11, -0.55, 1.56, 0.15), -5.72)
