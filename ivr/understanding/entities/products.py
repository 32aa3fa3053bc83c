"""Products by the names in the flow's list: by letters, then by sound, then nearly by sound.

Two thousand names cost under a millisecond: names of equal letters or equal sound are looked up, and only those that
share half of their syllables with the turn are compared half-syllable by half-syllable (phonetics.py). A name of one
character is found by its letters only, one of two by equal sound at most: more would find them everywhere.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from rapidfuzz import fuzz

from ivr.understanding.entities.entity import Entity
from ivr.understanding.entities.spoken_digits import MANDARIN, plain_of
from ivr.understanding.phonetics import sounds

_TOKEN = re.compile(r"(?P<tens>[二三四五六七八九]?十[一二三四五六七八九]?)|[㐀-鿿]|[0-9]|[^\W\d_㐀-鿿]+")
_NEAR = 80.0  # of 100: one half-syllable of four may differ in a name of three, two in a name of five
_COMPARED = 12  # names that are compared closely in one turn
_LETTERS, _SOUND, _SHORT_SOUND = 1.0, 0.85, 0.7


@dataclass(frozen=True, slots=True)
class _Tokens:
    """Characters, digits and words, where each stands, and their sound, two symbols each."""

    words: tuple[str, ...]
    spans: tuple[tuple[int, int], ...]
    sound: str


class Names:
    """An index of products' names: build it once a flow, off the event loop (2,000 names take about 0.1 s)."""

    def __init__(self, names: Mapping[str, Sequence[str]]) -> None:
        self._by_letters: dict[tuple[str, ...], str] = {}
        self._by_sound: dict[str, str] = {}
        self._syllables: dict[str, set[int]] = defaultdict(set)
        self._listed: list[tuple[str, str]] = []
        for product, others in names.items():
            for written in (product, *others):
                self._add(product, _tokens(plain_of(written)))
        self._lengths = sorted({len(words) for words in self._by_letters}, reverse=True)

    def _add(self, product: str, name: _Tokens) -> None:
        if not name.words:
            return
        self._by_letters.setdefault(name.words, product)
        if len(name.words) > 1:
            self._by_sound.setdefault(name.sound, product)
        if len(name.words) > 2:
            for syllable in set(_pairs(name.sound)):
                self._syllables[syllable].add(len(self._listed))
            self._listed.append((product, name.sound))

    def find(self, text: str) -> list[Entity]:
        """The products that `text` names, from the left, without overlaps; values are the names in the list."""
        said = _tokens(plain_of(text))
        found = sorted(
            (*self._equal(said), *self._near(said)), key=lambda it: (-it.confidence, it.start - it.end, it.start)
        )
        kept: list[Entity] = []
        for entity in found:
            if all(entity.end <= other.start or other.end <= entity.start for other in kept):
                kept.append(entity)
        return [_with_text(entity, text) for entity in sorted(kept, key=lambda it: it.start)]

    def _equal(self, said: _Tokens) -> Iterator[Entity]:
        count = len(said.words)
        for length in self._lengths:
            for first in range(count - length + 1):
                span = said.spans[first][0], said.spans[first + length - 1][1]
                product = self._by_letters.get(said.words[first : first + length])
                if product is not None:
                    yield _entity(span, product, _LETTERS, "its name, letter by letter")
                elif (heard := self._by_sound.get(said.sound[2 * first : 2 * (first + length)])) is not None:
                    yield _entity(span, heard, _SOUND if length > 2 else _SHORT_SOUND, "its name by the sound")

    def _near(self, said: _Tokens) -> Iterator[Entity]:
        shared = Counter(number for syllable in set(_pairs(said.sound)) for number in self._syllables.get(syllable, ()))
        for number, count in shared.most_common(_COMPARED):
            product, name = self._listed[number]
            if 4 * count < len(name):  # fewer than half of the syllables
                continue
            match = fuzz.partial_ratio_alignment(name, said.sound, score_cutoff=_NEAR)
            if match is None:
                continue
            first, last = match.dest_start // 2, -(-match.dest_end // 2)
            score = fuzz.ratio(name, said.sound[2 * first : 2 * last])
            if score >= _NEAR and last > first:
                span = said.spans[first][0], said.spans[last - 1][1]
                yield _entity(span, product, min(0.8, 0.4 + score / 250), f"its name by the sound, to {score:.0f} %")


def find_products(text: str, names: Mapping[str, Sequence[str]] | Names) -> list[Entity]:
    """The products that `text` names. `names`: each product with its other names, or an index of them; of mappings the
    last few are remembered as indices, at the cost of looking through them."""
    index = names if isinstance(names, Names) else _index(tuple((name, tuple(names[name])) for name in names))
    return index.find(text)


@lru_cache(maxsize=16)
def _index(names: tuple[tuple[str, tuple[str, ...]], ...]) -> Names:
    return Names(dict(names))


def _tokens(plain: str) -> _Tokens:
    words: list[str] = []
    spans: list[tuple[int, int]] = []
    for match in _TOKEN.finditer(plain):
        said = _figures(match["tens"]) if match["tens"] else (MANDARIN.get(match[0], match[0]),)
        words.extend(said)
        spans.extend([match.span()] * len(said))
    return _Tokens(tuple(words), tuple(spans), sounds(words))


def _figures(tens: str) -> tuple[str, str]:
    """十五 as 1 and 5, so that it is the 15 of a name."""
    first, _, last = tens.partition("十")
    return MANDARIN.get(first, "1"), MANDARIN.get(last, "0")


def _pairs(sound: str) -> list[str]:
    return [sound[at : at + 2] for at in range(0, len(sound), 2)]


def _entity(span: tuple[int, int], product: str, confidence: float, why: str) -> Entity:
    return Entity("product", *span, "", product, confidence, "", why)


def _with_text(entity: Entity, text: str) -> Entity:
    said = text[entity.start : entity.end]
    return Entity(entity.kind, entity.start, entity.end, said, entity.value, entity.confidence, "", entity.why)
