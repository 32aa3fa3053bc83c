"""One shelf of a bank: wordings with their keys, their index and their sentence vectors, all as arrays.

Nothing on a shelf is ever changed but `present`: what is removed is only marked. Texts and keys are kept as bytes and
made strings when they are asked for, and a vector is 512 bytes and one factor: 100,000 questions are about 80 MB,
mapped from a file or in memory.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ivr.understanding.bank_index import TextIndex, best_rows
from ivr.understanding.bank_likeness import Asked, Channels, Compared, Floats, Layout, Statistics
from ivr.understanding.encoder import SIZE

MOST_BY_MEANING = 4096
"""Texts of which every vector is looked at: 2 MB, half a millisecond."""
_SUBSETS_KEPT = 16


class Strings(Sequence[str]):
    """Strings as one run of bytes; those of n from `starts[n]` to `starts[n + 1]`."""

    def __init__(self, data: NDArray[np.uint8], starts: NDArray[np.int64]) -> None:
        self.data, self.starts = data, starts

    @classmethod
    def of(cls, texts: Iterable[str]) -> Strings:
        encoded = [text.encode("utf-8", "replace") for text in texts]
        starts = np.concatenate([[0], np.cumsum([len(each) for each in encoded], dtype=np.int64)])
        return cls(np.frombuffer(b"".join(encoded), dtype=np.uint8), starts.astype(np.int64))

    def __len__(self) -> int:
        return len(self.starts) - 1

    def __getitem__(self, n: int) -> str:  # type: ignore[override]  # no slices are asked for
        return bytes(self.data[self.starts[n] : self.starts[n + 1]]).decode("utf-8")

    def place(self, text: str) -> int | None:
        """Where `text` stands first, None if it does not. Half a millisecond among 100,000."""
        wanted = text.encode("utf-8", "replace")
        found = np.flatnonzero(np.diff(self.starts) == len(wanted))
        for n in reversed(range(len(wanted))):  # numbered keys differ most at their ends
            found = found[self.data[self.starts[found] + n] == wanted[n]]
        return int(found[0]) if len(found) else None


@dataclass(frozen=True, slots=True)
class Vectors:
    """Sentence vectors of length 1, each as `whole` numbers of -127 to 127 times its `factor`."""

    whole: NDArray[np.int8]
    factors: Floats

    @classmethod
    def of(cls, vectors: Floats) -> Vectors:
        """From float32 of shape (n, SIZE). Rounding moves a cosine by less than 0.005."""
        factors = np.maximum(np.abs(vectors).max(axis=1, initial=1e-6), 1e-6) / 127
        return cls(np.rint(vectors / factors[:, None]).astype(np.int8), factors.astype(np.float32))

    @classmethod
    def joined(cls, parts: Sequence[Vectors]) -> Vectors:
        none = np.zeros((0, SIZE), dtype=np.int8), np.zeros(0, dtype=np.float32)
        return cls(
            np.concatenate([none[0], *(part.whole for part in parts)]),
            np.concatenate([none[1], *(part.factors for part in parts)]),
        )

    def of_rows(self, rows: NDArray[np.int64]) -> Vectors:
        return Vectors(self.whole[rows], self.factors[rows])

    def cosines(self, vector: Floats, rows: NDArray[np.int64] | slice) -> Floats:
        """Of these rows with `vector`.

        By einsum and not by `@`, which makes a float copy and wakes BLAS's threads: 0.2 ms of processor where `@` took
        8 for 2,000 rows, on a machine whose cores others were using.
        """
        dots = np.einsum("ij,j->i", self.whole[rows], vector)
        return np.asarray(dots * self.factors[rows], dtype=np.float32)


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked, ready for comparison: as heard, as it is most likely spelt (the same object if that is the same),
    and as it sounds. `size`: tokens."""

    heard: Asked
    letters: Asked
    sounds: Asked
    size: int
    letter_statistics: Statistics
    sound_statistics: Statistics


class Shelf:
    """`texts[row]` asks for `keys[key_of[row]]`. `vectors` is None where the bank was built without an encoder."""

    def __init__(
        self,
        texts: Strings,
        keys: Strings,
        key_of: NDArray[np.int32],
        index: TextIndex,
        vectors: Vectors | None,
    ) -> None:
        self.texts, self.keys, self.key_of = texts, keys, key_of
        self.index, self.vectors = index, vectors
        self.present = np.ones(len(texts), dtype=np.bool_)
        self.letter_norms: Floats = np.zeros(0, dtype=np.float32)
        self.sound_norms: Floats = np.zeros(0, dtype=np.float32)
        self._allowed: dict[frozenset[str], NDArray[np.bool_]] = {}

    @classmethod
    def of(cls, wordings: Sequence[tuple[str, str]], index: TextIndex, vectors: Vectors | None) -> Shelf:
        """From (key, text), in the rows' order."""
        places: dict[str, int] = {}
        key_of = np.array([places.setdefault(key, len(places)) for key, _ in wordings], dtype=np.int32)
        return cls(Strings.of(text for _, text in wordings), Strings.of(places), key_of, index, vectors)

    def __len__(self) -> int:
        return len(self.texts)

    @property
    def measured(self) -> bool:
        """Whether `measure` was called, or the norms were given."""
        return len(self.letter_norms) == len(self)

    def measure(self, letters: Statistics, sounds: Statistics) -> None:
        """Measure every text by these statistics; to be done before anything is looked up."""
        index = self.index
        of_letters, of_sounds = letters.weights(index.letter_grams.codes), sounds.weights(index.sound_grams.codes)
        self.letter_norms = index.norms(index.letters, of_letters, index.letter_grams)
        self.sound_norms = index.norms(index.sounds, of_sounds, index.sound_grams)

    def candidates(self, question: Question, keys: frozenset[str] | None, many: int) -> NDArray[np.int64]:
        """Up to `many` rows by sound, ascending, and some by meaning if that costs little."""
        allowed = self.allowed(keys)
        sounds = question.sounds
        grams = np.concatenate([sounds.symbols, sounds.pairs])
        weights = np.concatenate([sounds.weights, sounds.pair_weights]) ** 2
        return self.index.sounding_like(grams, weights, self.sound_norms, allowed, many)

    def with_nearest(
        self, rows: NDArray[np.int64], vector: Floats, keys: frozenset[str] | None, many: int
    ) -> NDArray[np.int64]:
        """`rows` and up to `many` by meaning, ascending; none of these where to look at each vector costs too much."""
        if self.vectors is None or not 0 < len(self) <= MOST_BY_MEANING:
            return rows
        cosines = np.maximum(self.vectors.cosines(vector, slice(None)), 0)
        allowed = self.allowed(keys)
        nearest = best_rows(cosines if allowed is None else cosines * allowed, many)
        return np.union1d(rows, nearest)

    def compared(self, question: Question, vector: Floats | None, rows: NDArray[np.int64]) -> Channels:
        """These rows in all channels; `vector` is the question's, None to do without meaning."""
        index = self.index
        layout = Layout(index, rows)
        by_letters = Compared(layout, index.letters, self.letter_norms, question.letter_statistics)
        by_sounds = Compared(layout, index.sounds, self.sound_norms, question.sound_statistics)
        letters = by_letters.cosines(question.letters)
        heard = letters if question.heard is question.letters else by_letters.cosines(question.heard)
        of_query, of_text = by_letters.shares(question.letters)
        sizes, size = layout.sizes, question.size
        return Channels(
            heard=heard,
            letters=letters,
            sounds=by_sounds.cosines(question.sounds),
            meaning=None if vector is None or self.vectors is None else self.vectors.cosines(vector, rows),
            of_query=of_query,
            of_text=of_text,
            longer=(np.abs(sizes - size) / np.maximum(np.maximum(sizes, size), 1)).astype(np.float32),
        )

    def key(self, row: int) -> str:
        return self.keys[int(self.key_of[row])]

    def remove(self, rows: NDArray[np.int64]) -> None:
        self.present[rows] = False

    def rows_of(self, key: str) -> NDArray[np.int64]:
        """Where `key`'s wordings stand that are not removed."""
        place = self.keys.place(key)
        if place is None:
            return np.zeros(0, dtype=np.int64)
        return np.flatnonzero((self.key_of == place) & self.present)

    def allowed(self, keys: frozenset[str] | None) -> NDArray[np.bool_] | None:
        """Which rows are present and of these keys; None if all are."""
        if keys is None:
            return None if self.present.all() else self.present
        known = self._allowed.get(keys)
        if known is None:
            known = np.array([key in keys for key in self.keys], dtype=np.bool_)[self.key_of]
            if len(self._allowed) >= _SUBSETS_KEPT:
                self._allowed.pop(next(iter(self._allowed)))
            self._allowed[keys] = known
        return known & self.present
