"""A text as it was most likely meant, in the hotline's own words: what a recogniser misspelt, spelt right again.

Recognition errs into homophones (查涨单 for 查账单), and whoever compares characters or meanings is lost then: the
sentence encoder falls from 89 to 64 of a hundred questions found when 30 % of the characters are homophones. The sounds
are still right, and the hotline's own texts say how those sounds are spelt here. So each Mandarin character becomes a
column of the characters that the hotline uses for the same sound (accents merged, phonetics.py), and Viterbi (1967)
finds the path that is best by

    log P(path) + sum of log P(heard | meant)

P(path) is a bigram model of characters with absolute discounting (Ney, Essen and Kneser 1994), counted on the hotline's
texts and backed off to the neighbours inside the words of jieba's dictionary. P(heard | meant) says that a character is
heard right unless an error (rate `error_rate`) made a homophone of it (seven in ten) or a near-homophone.

What the hotline has no spelling for stays as it was heard. Pure, and bounded: at most `_WIDEST` spellings a character.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import pairwise
from math import log

import jieba
import numpy as np
from numpy.typing import NDArray

from ivr.understanding.phonetics import is_mandarin, merged, syllables

_WIDEST = 32  # spellings of one sound that are tried, the most frequent first; the one that was heard always
_DISCOUNT = 0.75
_OF_DICTIONARY = 0.3  # the dictionary's part in what is backed off to; the rest is the character's own frequency
_STEP = 1 / 12  # of the natural logarithm: a probability is kept as one byte, exp(-byte * _STEP)
_UNKNOWN = log(1e-7)  # a character that the hotline never uses
_SAME_SOUND = 0.7  # of all errors, homophones
_FEWEST = 5  # characters that share a sound; the hotline may know but one of them
_NO_NEIGHBOUR = 0  # the place of all that is not a Mandarin character of the hotline: an end, a digit, a word
_ROWS_AT_ONCE = 256


@dataclass(frozen=True, slots=True)
class Repaired:
    """`tokens`: as many as were given. `changed`: how many of them were misspelt."""

    tokens: tuple[str, ...]
    changed: int


@dataclass(frozen=True, slots=True)
class _Column:
    """The spellings of one merged sound, most frequent first; `same`: by exact syllable, which have that reading."""

    places: NDArray[np.int64]
    same: dict[str, NDArray[np.bool_]]


_NO_COLUMN = _Column(np.zeros(0, dtype=np.int64), {})


class Spelling:
    """How the hotline spells what it says. Built from its texts; shared freely, never changed."""

    def __init__(
        self, readings: Mapping[str, tuple[str, ...]], frequencies: Sequence[int], costs: NDArray[np.uint8]
    ) -> None:
        """`readings`: of each character its syllables, in the order of `costs`' rows from 1 on; see `learned`."""
        self.readings = dict(readings)
        self.frequencies = list(frequencies)
        self.costs = costs  # [left, right]: minus the logarithm of P(right | left), in steps
        self._characters = ["", *self.readings]
        self._places = {character: place for place, character in enumerate(self._characters) if place}
        self._columns = _columns(self.readings, self.frequencies)
        self._spellings = lru_cache(maxsize=4096)(self._spellings_of)

    @classmethod
    def learned(cls, texts: Iterable[tuple[Sequence[str], Sequence[str]]]) -> Spelling:
        """From the hotline's texts, each as its tokens and their syllables (normalise.tokens, phonetics.syllables)."""
        read: dict[str, dict[str, None]] = {}
        flat = array("i", [_NO_NEIGHBOUR])  # code points, an end or what is no character being 0
        for tokens, sounds in texts:
            for token, syllable in zip(tokens, sounds, strict=True):
                if is_mandarin(token):
                    read.setdefault(token, {})[syllable] = None
                    flat.append(ord(token))
                else:
                    flat.append(_NO_NEIGHBOUR)
            flat.append(_NO_NEIGHBOUR)
        for character, found in read.items():
            found.update(dict.fromkeys(syllables((character,))))
        readings = {character: tuple(sorted(read[character])) for character in sorted(read)}
        points = np.array([0, *map(ord, readings)])  # ascending, so that a character's place is its place here
        counts = _pairs(np.searchsorted(points, np.frombuffer(flat, dtype=np.intc)), len(points))
        return cls(readings, *_model(counts, _dictionary_pairs(points), len(points)))

    def repair(self, tokens: Sequence[str], sounds: Sequence[str], error_rate: float = 0.1) -> Repaired:
        """The most likely spelling. `sounds`: the tokens' syllables; `error_rate` in (0, 1): of characters misheard."""
        if not tokens:
            return Repaired((), 0)
        before = np.array([_NO_NEIGHBOUR])
        scores = np.zeros(1)
        ways: list[tuple[NDArray[np.int64], NDArray[np.int64]]] = []
        for token, sound in zip(tokens, sounds, strict=True):
            places, heard = self._spellings(token, sound, error_rate)
            reached = scores[:, None] - self.costs[before[:, None], places] * _STEP
            way = reached.argmax(axis=0)
            scores = reached[way, np.arange(len(places))] + heard
            ways.append((places, way))
            before = places
        at = int((scores - self.costs[before, _NO_NEIGHBOUR] * _STEP).argmax())
        spelt: list[str] = []
        for (places, way), token in zip(reversed(ways), reversed(tokens), strict=True):
            spelt.append(self._characters[places[at]] or token)
            at = int(way[at])
        meant = tuple(reversed(spelt))
        return Repaired(meant, sum(a != b for a, b in zip(meant, tokens, strict=True)))

    def _spellings_of(self, token: str, sound: str, error_rate: float) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        """The places a token may stand for, and the logarithm of how likely each is then heard as this token."""
        own = self._places.get(token, _NO_NEIGHBOUR)
        if not is_mandarin(token):
            return np.array([_NO_NEIGHBOUR]), np.zeros(1)
        alike, same = self._sounding_like(sound)
        (alone,) = syllables((token,))
        if alone != sound:
            others, same_as_others = self._sounding_like(alone)
            alike, firsts = np.unique(np.concatenate([alike, others]), return_index=True)
            same = np.concatenate([same, same_as_others])[firsts]
        kept = alike != own
        alike, same = alike[kept], same[kept]
        many_same = max(_FEWEST, int(same.sum()))
        many_near = max(_FEWEST, len(same) - int(same.sum()))
        heard = np.empty(len(alike) + 1)
        heard[0] = log(1 - error_rate) + (0.0 if own else _UNKNOWN)
        heard[1:] = np.where(
            same, log(error_rate * _SAME_SOUND / many_same), log(error_rate * (1 - _SAME_SOUND) / many_near)
        )
        return np.concatenate([[own], alike]), heard

    def _sounding_like(self, syllable: str) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
        column = self._columns.get(merged(syllable), _NO_COLUMN)
        same = column.same.get(syllable)
        return column.places, np.zeros(len(column.places), dtype=np.bool_) if same is None else same


def _columns(readings: Mapping[str, tuple[str, ...]], frequencies: Sequence[int]) -> dict[tuple[str, str], _Column]:
    found: dict[tuple[str, str], dict[int, tuple[str, ...]]] = {}
    for place, syllables_of in enumerate(readings.values(), 1):
        for syllable in syllables_of:
            found.setdefault(merged(syllable), {})[place] = syllables_of
    columns = {}
    for sound, alike in found.items():
        ordered = sorted(alike, key=lambda place: (-frequencies[place], place))[:_WIDEST]
        exact = sorted({syllable for place in ordered for syllable in alike[place]})
        same = {syllable: np.array([syllable in alike[place] for place in ordered]) for syllable in exact}
        columns[sound] = _Column(np.array(ordered), same)
    return columns


_Pairs = tuple[NDArray[np.int64], NDArray[np.float64]]  # left * size + right, sorted, and how often


def _pairs(at: NDArray[np.int64], size: int) -> _Pairs:
    """Neighbouring places and how often they are neighbours."""
    found, counts = np.unique(at[:-1] * size + at[1:], return_counts=True)
    return found, counts.astype(np.float64)


@cache
def _dictionary() -> _Pairs:
    """Neighbours inside the words of jieba's dictionary (MIT), left << 32 | right as code points, and how often the
    words were counted in which they stand. Costs 0.7 s once, and 7 MB."""
    pairs, counts = array("q"), array("d")
    with jieba.get_dict_file() as file:
        for line in file:
            word, count, *_ = line.decode("utf-8").split(" ")
            for left, right in pairwise(map(ord, word)):
                pairs.append(left << 32 | right)
                counts.append(float(count))
    found, at = np.unique(np.frombuffer(pairs, dtype=np.int64), return_inverse=True)
    return found, np.bincount(at, np.frombuffer(counts)).astype(np.float64)


def _dictionary_pairs(points: NDArray[np.int64]) -> _Pairs:
    """Those of the dictionary's neighbours that both stand among `points`, ascending code points, by their places."""
    pairs, counts = _dictionary()
    both = np.stack([pairs >> 32, pairs & 0xFFFFFFFF])
    at = np.minimum(np.searchsorted(points, both), len(points) - 1)
    known = (points[at] == both).all(axis=0)
    return at[0][known] * len(points) + at[1][known], counts[known]


def _model(own: _Pairs, dictionary: _Pairs, size: int) -> tuple[list[int], NDArray[np.uint8]]:
    """How often each character stands in the texts, and the costs, shape (size, size)."""
    frequencies = np.bincount(own[0] % size, weights=own[1], minlength=size)
    alone = (frequencies + 0.5) / (frequencies + 0.5).sum()
    costs = np.empty((size, size), dtype=np.uint8)
    for first in range(0, size, _ROWS_AT_ONCE):
        last = min(size, first + _ROWS_AT_ONCE)
        words = _rows(dictionary, first, last, size)
        total = words.sum(axis=1, keepdims=True)
        in_words = np.divide(words, total, out=np.broadcast_to(alone, words.shape).copy(), where=total > 0)
        lower = (1 - _OF_DICTIONARY) * alone + _OF_DICTIONARY * in_words
        counted = _rows(own, first, last, size)
        total = np.maximum(counted.sum(axis=1, keepdims=True), 1)
        kept = np.maximum(counted - _DISCOUNT, 0) / total
        likely = kept + np.maximum(1 - kept.sum(axis=1, keepdims=True), 1e-6) * lower
        costs[first:last] = np.clip(np.rint(-np.log(likely) / _STEP), 0, 255)
    return [round(count) for count in frequencies.tolist()], costs


def _rows(pairs: _Pairs, first: int, last: int, size: int) -> NDArray[np.float64]:
    rows = np.zeros((last - first, size))
    start, end = np.searchsorted(pairs[0], [first * size, last * size])
    rows.ravel()[pairs[0][start:end] - first * size] = pairs[1][start:end]
    return rows
