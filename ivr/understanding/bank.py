"""A bank of wordings to be asked: `search(text)` gives the nearest, best first, and says why.

A query goes three steps. Its spelling is repaired by the bank's own words (repair.py). Candidates come from an inverted
index of sounds (bank_index.py), and in a bank small enough to look at every vector by meaning, too. The few dozen are
compared in letters, sounds and meaning (bank_likeness.py). So time hardly grows with the bank; `ivr bench scale` tells.

The encoder costs more than all the rest, so it is not asked where letters and sounds leave no doubt: one candidate far
ahead of the next, or the very words in the bank where the best hit is all that is wanted (`limit=1`).

What is added later stands on a second shelf, until there is so much of it that both are made one. The spelling keeps to
what the bank was built with: build it anew now and then if much is added.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ivr.understanding import bank_file
from ivr.understanding.bank_index import TextCodes, TextIndex, letter_codes, sound_codes
from ivr.understanding.bank_likeness import Asked, Channels, Floats, Statistics
from ivr.understanding.bank_shelf import Question, Shelf, Strings, Vectors
from ivr.understanding.encoder import SIZE, Encoder
from ivr.understanding.normalise import normalise, tokens
from ivr.understanding.phonetics import syllables
from ivr.understanding.repair import Spelling

_COMPARED = 32
_BY_MEANING = 12
_SECOND_SHELF = 512  # wordings on it, or a thirty-second of the bank, before both become one
_ENCODED_AT_ONCE = 64
_ENCODING_THREADS = 2  # while a bank is built: the encoder's time is numpy's, which lets the other thread run
_ERRORS, _ERRORS_WHEN_UNSURE = 0.1, 0.3  # characters misheard, at sureness 1 and 0


@dataclass(frozen=True, slots=True)
class Hit:
    """A wording that was found. `score` in [0, 1]: how likely it asks the same; the channels are cosines in [0, 1],
    `meaning` None where it was not asked. `read`: how the question was read, "" if as it was heard."""

    key: str
    text: str
    score: float
    letters: float
    sounds: float
    meaning: float | None
    read: str

    @property
    def why(self) -> str:
        """One sentence."""
        read = f"read as “{self.read}”, " if self.read else ""
        by_meaning = "" if self.meaning is None else f", meaning {self.meaning:.2f}"
        return f"{read}like “{self.text}”: letters {self.letters:.2f}, sounds {self.sounds:.2f}{by_meaning}"


class Bank:
    """Wordings under keys. `encoder` may be set later; without one, or built without one, meaning is left out."""

    def __init__(self, shelf: Shelf, spelling: Spelling, encoder: Encoder | None = None) -> None:
        self.encoder = encoder
        self._spelling = spelling
        self._first = shelf
        self._added: list[tuple[str, str]] = []
        self._added_vectors: list[Vectors] = []
        self._second: Shelf | None = None
        if not shelf.measured:
            shelf.measure(*self._statistics([shelf]))

    @classmethod
    def build(cls, wordings: Iterable[tuple[str, str]], *, encoder: Encoder | None = None) -> Bank:
        """From (key, text) in an order that breaks ties; a key may have many texts. Costs 0.3 ms a text, and 1 ms more
        with an encoder."""
        rows = list(wordings)
        codes = TextCodes()
        spelling = Spelling.learned(codes.noting(map(_read, (text for _, text in rows))))
        vectors = None if encoder is None else _encoded(encoder, [text for _, text in rows])
        return cls(Shelf.of(rows, codes.index(), vectors), spelling, encoder)

    def __len__(self) -> int:
        return sum(int(shelf.present.sum()) for shelf in self._shelves())

    def search(
        self, text: str, *, sureness: float = 1.0, limit: int = 10, keys: Collection[str] | None = None
    ) -> list[Hit]:
        """The best wording of each of the `limit` best keys, best first.

        `sureness` in [0, 1]: the recogniser's, of its words. `keys`: the only ones that count; give the same frozenset
        each time, and it is looked up once. Bounded in time for any text; nothing is found for one without words.
        """
        places, channels, spelt = self.candidates(text, sureness=sureness, keys=keys, hits=limit)
        return [] if channels is None else _hits(places, channels, limit, spelt)

    def candidates(
        self, text: str, *, sureness: float = 1.0, keys: Collection[str] | None = None, hits: int | None = None
    ) -> tuple[list[tuple[Shelf, int]], Channels | None, str]:
        """Where the candidates stand, how they compare (None if there are none), and how the text was read if it was
        read otherwise than it was heard. `hits`: how many are wanted, to ask for meaning only where that is in doubt;
        with None it is asked always."""
        question, spelt = self._question(text, sureness)
        if question is None:
            return [], None, ""
        subset = None if keys is None else frozenset(keys)
        found = [(shelf, shelf.candidates(question, subset, _COMPARED)) for shelf in self._shelves()]
        channels = _compared(question, None, found)
        if self._knows_meaning and (hits is None or not channels.decided(first_only=hits == 1)):
            vector = self._vector(spelt)
            by_sound = found
            found = [(shelf, shelf.with_nearest(rows, vector, subset, _BY_MEANING)) for shelf, rows in found]
            if all(rows is before for (_, rows), (_, before) in zip(found, by_sound, strict=True)):
                cosines = [shelf.vectors.cosines(vector, rows) for shelf, rows in found if shelf.vectors is not None]
                channels = replace(channels, meaning=np.concatenate(cosines))
            else:
                channels = _compared(question, vector, found)
        places = [(shelf, int(row)) for shelf, rows in found for row in rows]
        return places, channels, spelt if question.heard is not question.letters else ""

    def add(self, key: str, text: str) -> None:
        """One more wording of `key`. Costs what a query costs."""
        if self._first.vectors is not None:
            if self.encoder is None:
                raise bank_file.BankError("This bank has sentence vectors: set bank.encoder before adding to it.")
            self._added_vectors.append(_encoded(self.encoder, [text]))
        self._added.append((key, text))
        self._second = None

    def remove(self, key: str) -> int:
        """Take out every wording of `key`; how many there were."""
        first = self._first
        rows = first.rows_of(key)
        first.remove(rows)
        kept = [n for n, (of, _) in enumerate(self._added) if of != key]
        removed = len(rows) + len(self._added) - len(kept)
        if len(kept) < len(self._added):
            self._added = [self._added[n] for n in kept]
            self._added_vectors = [self._added_vectors[n] for n in kept] if self._added_vectors else []
            self._second = None
        return removed

    def save(self, path: Path) -> None:
        """Write the bank to a file; what was added and removed becomes one shelf first."""
        self._become_one()
        first, spelling = self._first, self._spelling
        arrays: dict[str, NDArray[np.generic]] = dict(first.index.arrays())
        readings = [f"{character} {' '.join(read)}" for character, read in spelling.readings.items()]
        for name, strings in (("texts", first.texts), ("keys", first.keys), ("readings", Strings.of(readings))):
            arrays |= {name: strings.data, f"{name}_starts": strings.starts}
        arrays |= {"letter_norms": first.letter_norms, "sound_norms": first.sound_norms}
        arrays |= {
            "key_of": first.key_of,
            "costs": spelling.costs,
            "frequencies": np.array(spelling.frequencies),
        }
        if first.vectors is not None:
            arrays |= {"vectors": first.vectors.whole, "factors": first.vectors.factors}
        bank_file.write(path, arrays)

    @classmethod
    def load(cls, path: Path, *, encoder: Encoder | None = None) -> Bank:
        """A saved bank, mapped from its file, which must stay. Raises `BankError`, or OSError if it cannot be read."""
        arrays = bank_file.read(path)
        try:
            lines = [line.split(" ") for line in _strings(arrays, "readings")]
            readings = {line[0]: tuple(line[1:]) for line in lines}
            costs = np.asarray(arrays["costs"], dtype=np.uint8)
            spelling = Spelling(readings, np.asarray(arrays["frequencies"]).tolist(), costs)
            vectors = None
            if "vectors" in arrays:
                whole, factors = arrays["vectors"], arrays["factors"]
                vectors = Vectors(np.asarray(whole, dtype=np.int8), np.asarray(factors, dtype=np.float32))
            texts, keys = _strings(arrays, "texts"), _strings(arrays, "keys")
            key_of = np.asarray(arrays["key_of"], dtype=np.int32)
            shelf = Shelf(texts, keys, key_of, TextIndex(arrays), vectors)
            shelf.letter_norms = np.asarray(arrays["letter_norms"], dtype=np.float32)
            shelf.sound_norms = np.asarray(arrays["sound_norms"], dtype=np.float32)
            return cls(shelf, spelling, encoder)
        except KeyError as error:
            raise bank_file.BankError(f"{path} lacks the array {error}: build it again.") from error

    def _shelves(self) -> list[Shelf]:
        if self._added and self._second is None:
            if len(self._added) > max(_SECOND_SHELF, len(self._first) // 32):
                self._become_one()
            else:
                self._second = second = self._shelf_of_added()
                second.measure(*self._statistics([self._first, second]))
        return [self._first] if self._second is None else [self._first, self._second]

    def _statistics(self, shelves: Sequence[Shelf]) -> tuple[Statistics, Statistics]:
        many = sum(map(len, shelves))
        return (
            Statistics(many, tuple(shelf.index.letter_grams for shelf in shelves)),
            Statistics(many, tuple(shelf.index.sound_grams for shelf in shelves)),
        )

    def _shelf_of_added(self) -> Shelf:
        codes = TextCodes()
        for _ in codes.noting(_read(text) for _, text in self._added):
            pass
        index = codes.index()
        vectors = None if self._first.vectors is None else Vectors.joined(self._added_vectors)
        return Shelf.of(self._added, index, vectors)

    def _become_one(self) -> None:
        """One shelf of all that is not removed."""
        shelves = [self._first, *([self._shelf_of_added()] if self._added else [])]
        if len(shelves) == 1 and self._first.present.all():
            return
        rows = [np.flatnonzero(shelf.present) for shelf in shelves]
        wordings = [
            (shelf.key(row), shelf.texts[row])
            for shelf, kept in zip(shelves, rows, strict=True)
            for row in kept.tolist()
        ]
        index = TextIndex.joined([(shelf.index, kept) for shelf, kept in zip(shelves, rows, strict=True)])
        vectors = None
        if self._first.vectors is not None:
            parts = zip(shelves, rows, strict=True)
            vectors = Vectors.joined(
                [shelf.vectors.of_rows(kept) for shelf, kept in parts if shelf.vectors is not None]
            )
        self._first = Shelf.of(wordings, index, vectors)
        self._first.measure(*self._statistics([self._first]))
        self._added, self._added_vectors, self._second = [], [], None

    def _question(self, text: str, sureness: float) -> tuple[Question | None, str]:
        """What is asked, and its most likely spelling."""
        found, heard = _read(text)
        shelves = self._shelves()
        if not found or not any(map(len, shelves)):
            return None, ""
        letters, sounds = self._statistics(shelves)
        sure = min(max(sureness, 0.0), 1.0)
        repaired = self._spelling.repair(
            found, heard, round(_ERRORS_WHEN_UNSURE + sure * (_ERRORS - _ERRORS_WHEN_UNSURE), 2)
        )
        as_heard = Asked.of(letter_codes(found), letters)
        as_spelt = Asked.of(letter_codes(repaired.tokens), letters) if repaired.changed else as_heard
        by_sound = Asked.of(sound_codes(heard), sounds)
        spelt = written(repaired.tokens) if repaired.changed else normalise(text)
        return Question(as_heard, as_spelt, by_sound, len(found), letters, sounds), spelt

    @property
    def _knows_meaning(self) -> bool:
        return self.encoder is not None and self._first.vectors is not None

    def _vector(self, spelt: str) -> Floats:
        if self.encoder is None:
            raise bank_file.BankError("This bank has no encoder to ask for meaning: set bank.encoder.")
        return np.asarray(self.encoder.encode([spelt])[0], dtype=np.float32)


def _read(text: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The tokens of a text and their syllables."""
    found = tokens(normalise(text))
    return found, syllables(found)


def written(found: Sequence[str]) -> str:
    """Tokens as one text, normalised."""
    return normalise(" ".join(found))


def _encoded(encoder: Encoder, texts: Sequence[str]) -> Vectors:
    plain = [normalise(text) for text in texts]
    vectors = Vectors(np.empty((len(plain), SIZE), dtype=np.int8), np.empty(len(plain), dtype=np.float32))

    def encode(first: int) -> None:
        rows = slice(first, first + _ENCODED_AT_ONCE)
        part = Vectors.of(np.asarray(encoder.encode(plain[rows]), dtype=np.float32))
        vectors.whole[rows], vectors.factors[rows] = part.whole, part.factors

    if len(plain) <= _ENCODED_AT_ONCE:
        encode(0)
    else:
        with ThreadPoolExecutor(_ENCODING_THREADS) as threads:
            list(threads.map(encode, range(0, len(plain), _ENCODED_AT_ONCE)))
    return vectors


def _strings(arrays: dict[str, NDArray[np.generic]], name: str) -> Strings:
    return Strings(np.asarray(arrays[name], dtype=np.uint8), np.asarray(arrays[f"{name}_starts"], dtype=np.int64))


def _compared(question: Question, vector: Floats | None, found: Sequence[tuple[Shelf, NDArray[np.int64]]]) -> Channels:
    return Channels.joined([shelf.compared(question, vector, rows) for shelf, rows in found])


def _hits(places: Sequence[tuple[Shelf, int]], channels: Channels, limit: int, spelt: str) -> list[Hit]:
    """The best of each key, best first, the earlier one of equals."""
    scores = channels.scores()
    hits: dict[str, Hit] = {}
    for n in np.argsort(-scores, kind="stable").tolist():
        if len(hits) >= limit:
            break
        shelf, row = places[n]
        key = shelf.key(row)
        if key not in hits:
            hits[key] = _hit(key, shelf.texts[row], channels, n, score=float(scores[n]), spelt=spelt)
    return list(hits.values())


def _hit(key: str, text: str, channels: Channels, n: int, *, score: float, spelt: str) -> Hit:
    letters, sounds = round(float(channels.letters[n]), 3), round(float(channels.sounds[n]), 3)
    meaning = None if channels.meaning is None else round(max(0.0, float(channels.meaning[n])), 3)
    return Hit(key, text, round(score, 4), letters, sounds, meaning, spelt)
