"""An inverted index of sounds for finding candidates, and the texts themselves as numbers for comparing them.

One index is enough, and it is that of sounds: whoever writes the same sounds the same, too. Of 600 LCQMC questions the
right one is among the first fifty by sound for 99.8 %, at 30 % homophones as well. The grams are the syllables (accents
merged) and their neighbouring pairs; those of a query are followed rarest first until `_MOST_POSTINGS` are spent, so a
query is bounded in time however many questions say 怎么办. What is left out counts again when candidates are compared.

All is numpy arrays, so that a bank of 100,000 questions is mapped from its file and not read (bank_file.py). Symbols
are 32-bit hashes of the symbols' text (CRC-32 and multiplication by odd constants): no vocabulary, no dependence on a
process's hash seed.
"""

from __future__ import annotations

import zlib
from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from ivr.understanding.phonetics import merged

Codes = NDArray[np.uint32]
_MOST_POSTINGS = 60_000
_HALF, _LOWER = np.uint64(32), np.uint64(0xFFFFFFFF)
_LEFT, _RIGHT = np.uint32(0x9E3779B1), np.uint32(0x85EBCA77)  # odd, so that multiplication loses nothing


@lru_cache(maxsize=16384)
def _letter_code(token: str) -> int:
    return zlib.crc32(token.encode("utf-8", "replace"))


@lru_cache(maxsize=16384)
def _sound_code(syllable: str) -> int:
    return zlib.crc32("".join(merged(syllable)).encode("utf-8", "replace"))


def letter_codes(tokens: Sequence[str]) -> Codes:
    """One number a token."""
    return np.array([_letter_code(token) for token in tokens], dtype=np.uint32)


def sound_codes(syllables: Sequence[str]) -> Codes:
    """One number a syllable, equal for those that sound alike to a listener with an accent."""
    return np.array([_sound_code(syllable) for syllable in syllables], dtype=np.uint32)


def pair_codes(left: Codes, right: Codes) -> Codes:
    """One number for each symbol with its right neighbour."""
    mixed = left * _LEFT ^ right * _RIGHT
    return np.asarray(mixed ^ mixed >> np.uint32(15), dtype=np.uint32)


@dataclass(frozen=True, slots=True)
class Grams:
    """How many texts hold each gram: `codes` ascending, `counts` of the same length."""

    codes: Codes
    counts: NDArray[np.int32]

    def held(self, codes: Codes) -> NDArray[np.int32]:
        """How many texts hold each of these."""
        if not len(self.codes):
            return np.zeros(len(codes), dtype=np.int32)
        at = np.minimum(np.searchsorted(self.codes, codes), len(self.codes) - 1)
        return np.where(self.codes[at] == codes, self.counts[at], 0).astype(np.int32)


class TextCodes:
    """Gathers texts as numbers, eight bytes a token, on their way to an index."""

    def __init__(self) -> None:
        self._letters, self._sounds, self._starts = array("I"), array("I"), array("q", [0])

    def noting(
        self, texts: Iterable[tuple[Sequence[str], Sequence[str]]]
    ) -> Iterator[tuple[Sequence[str], Sequence[str]]]:
        """Note each text, given as its tokens and as many syllables, and hand it on."""
        for tokens, syllables in texts:
            self._letters.extend(map(_letter_code, tokens))
            self._sounds.extend(map(_sound_code, syllables))
            self._starts.append(len(self._letters))
            yield tokens, syllables

    def index(self) -> TextIndex:
        """Of all that was noted."""
        letters, sounds = np.array(self._letters, dtype=np.uint32), np.array(self._sounds, dtype=np.uint32)
        return TextIndex.of_codes(np.array(self._starts, dtype=np.int64), letters, sounds)


class TextIndex:
    """Texts as numbers. Rows are texts; `letters` and `sounds` are the symbols of all of them, one after another, those
    of row n from `starts[n]` to `starts[n + 1]`."""

    def __init__(self, arrays: Mapping[str, NDArray[np.generic]]) -> None:
        """`arrays`: what `arrays()` gave, in memory or mapped from a file."""
        self.starts: NDArray[np.int64] = np.asarray(arrays["starts"], dtype=np.int64)
        self.letters: Codes = np.asarray(arrays["letters"], dtype=np.uint32)
        self.sounds: Codes = np.asarray(arrays["sounds"], dtype=np.uint32)
        self.letter_grams = Grams(
            np.asarray(arrays["letter_grams"], dtype=np.uint32), np.asarray(arrays["letter_counts"], dtype=np.int32)
        )
        self._sound_starts: NDArray[np.int64] = np.asarray(arrays["sound_starts"], dtype=np.int64)
        counts = np.diff(self._sound_starts).astype(np.int32)
        self.sound_grams = Grams(np.asarray(arrays["sound_grams"], dtype=np.uint32), counts)
        self._postings: NDArray[np.int32] = np.asarray(arrays["postings"], dtype=np.int32)

    @classmethod
    def of_codes(cls, starts: NDArray[np.int64], letters: Codes, sounds: Codes) -> TextIndex:
        """From the codes of all texts, one after another; see `TextIndex`."""
        letter_grams, letter_starts, _ = _inverted(letters, starts)
        sound_grams, sound_starts, postings = _inverted(sounds, starts)
        return cls(
            {
                "starts": starts,
                "letters": letters,
                "sounds": sounds,
                "letter_grams": letter_grams,
                "letter_counts": np.diff(letter_starts),
                "sound_grams": sound_grams,
                "sound_starts": sound_starts,
                "postings": postings,
            }
        )

    @classmethod
    def joined(cls, parts: Sequence[tuple[TextIndex, NDArray[np.int64]]]) -> TextIndex:
        """Of some rows of some indexes."""
        letters, sounds, sizes = [], [], []
        for index, rows in parts:
            at, begin = ragged(index.starts, rows)
            letters.append(index.letters[at])
            sounds.append(index.sounds[at])
            sizes.append(np.diff(begin))
        starts = np.concatenate([[0], np.cumsum(np.concatenate(sizes))]).astype(np.int64)
        return cls.of_codes(starts, np.concatenate(letters), np.concatenate(sounds))

    def __len__(self) -> int:
        return len(self.starts) - 1

    def arrays(self) -> dict[str, NDArray[np.generic]]:
        """All there is to save."""
        return {
            "starts": self.starts,
            "letters": self.letters,
            "sounds": self.sounds,
            "letter_grams": self.letter_grams.codes,
            "letter_counts": self.letter_grams.counts,
            "sound_grams": self.sound_grams.codes,
            "sound_starts": self._sound_starts,
            "postings": self._postings,
        }

    def norms(self, codes: Codes, weights: NDArray[np.float32], grams: Grams) -> NDArray[np.float32]:
        """Length of each text's vector of distinct symbols and pairs; `weights`: of `grams.codes`."""
        entries = _entries(codes, self.starts)
        worth = weights[np.searchsorted(grams.codes, (entries >> _HALF).astype(np.uint32))] ** 2
        rows = (entries & _LOWER).astype(np.int64)
        return np.sqrt(np.maximum(np.bincount(rows, worth, len(self)), 1e-6)).astype(np.float32)

    def sounding_like(
        self,
        grams: Codes,
        weights: NDArray[np.float32],
        norms: NDArray[np.float32],
        allowed: NDArray[np.bool_] | None,
        many: int,
    ) -> NDArray[np.int64]:
        """Up to `many` rows, ascending, that share most with `grams` (distinct; `weights`: what each is worth)."""
        if not len(self) or not len(grams) or not len(self.sound_grams.codes):
            return np.zeros(0, dtype=np.int64)
        places = np.minimum(np.searchsorted(self.sound_grams.codes, grams), len(self.sound_grams.codes) - 1)
        known = self.sound_grams.codes[places] == grams
        places, weights = places[known], weights[known]
        counts = self.sound_grams.counts[places]
        rarest = np.argsort(counts, kind="stable")
        followed = rarest[: max(1, int((np.cumsum(counts[rarest]) <= _MOST_POSTINGS).sum()))]
        at, _ = ragged(self._sound_starts, places[followed])
        worth = np.repeat(weights[followed], counts[followed])
        shared = (np.bincount(self._postings[at], worth, len(self)) / norms).astype(np.float32)
        if allowed is not None:
            shared *= allowed
        return best_rows(shared, many)


def best_rows(scores: NDArray[np.float32], many: int) -> NDArray[np.int64]:
    """Where the `many` greatest of those above zero are, ascending; the earlier of equal ones."""
    found = np.flatnonzero(scores > 0)
    if len(found) > many:
        least = np.partition(scores[found], len(found) - many)[len(found) - many]
        above, equal = found[scores[found] > least], found[scores[found] == least]
        found = np.sort(np.concatenate([above, equal[: many - len(above)]]))
    return found


def _rows_of(starts: NDArray[np.int64]) -> NDArray[np.int64]:
    return np.repeat(np.arange(len(starts) - 1), np.diff(starts))


def _pairs_of(codes: Codes, starts: NDArray[np.int64]) -> tuple[Codes, NDArray[np.int64]]:
    """Codes of neighbours within each text, and the rows they are of."""
    rows = _rows_of(starts)
    within = rows[:-1] == rows[1:]
    return pair_codes(codes[:-1][within], codes[1:][within]), rows[:-1][within]


def _entries(codes: Codes, starts: NDArray[np.int64]) -> NDArray[np.uint64]:
    """Each gram of each row once, ascending: the gram in the upper half, the row in the lower one."""
    pairs, rows = _pairs_of(codes, starts)
    grams = np.concatenate([codes, pairs]).astype(np.uint64)
    return np.unique(grams << _HALF | np.concatenate([_rows_of(starts), rows]).astype(np.uint64))


def _inverted(codes: Codes, starts: NDArray[np.int64]) -> tuple[Codes, NDArray[np.int64], NDArray[np.int32]]:
    """The distinct grams ascending, where each one's postings begin (one more than grams), and the postings: rows."""
    entries = _entries(codes, starts)
    found, first = np.unique(entries >> _HALF, return_index=True)
    starts_of = np.append(first, len(entries)).astype(np.int64)
    return found.astype(np.uint32), starts_of, (entries & _LOWER).astype(np.int32)


def ragged(starts: NDArray[np.int64], rows: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Where the symbols of these rows stand, one row after another, and where each row's begin among them."""
    first, sizes = starts[rows], starts[rows + 1] - starts[rows]
    begin = np.concatenate([[0], np.cumsum(sizes)])
    return np.arange(begin[-1]) + np.repeat(first - begin[:-1], sizes), begin
