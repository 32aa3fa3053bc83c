"""Personal data in what a call left behind: numbers give way to others of the same shape, all else is named.

Decided: every identifier counts (telephones, cards, plates, addresses of mail, and any four digits or more), because
nobody can tell an account from an order by its look. One number is replaced by the same other one wherever it stands,
written or spoken, and its last four digits by those of the other. Check digits are right again, so that what was valid
stays valid. Names and postal addresses have no shape to keep: they are listed, for a person to decide.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterable, Iterator
from typing import Any

from ivr.understanding.entities.addresses import find_addresses
from ivr.understanding.entities.bank_cards import is_card_like, luhn
from ivr.understanding.entities.entity import Entity
from ivr.understanding.entities.id_cards import check_character, fault_of_id_card
from ivr.understanding.entities.identifiers import find_identifiers
from ivr.understanding.entities.phones import is_service_number, mainland_confidence
from ivr.understanding.entities.spoken_digits import MANDARIN

_LEAST = 4
_SURE_OF_ADDRESS = 0.6
_WRITTEN = re.compile(r"[0-9]{4,}", re.ASCII)
_NOBODYS = re.compile(r"(?:19|20)[0-9]{2}-[01][0-9](?:-[0-3][0-9](?:[T ].*)?)?|-?[0-9]+\.[0-9]+", re.ASCII)
_NAMED = re.compile(r"我叫|我姓|免贵姓|名字[是叫]|\bmy name\b|\bi am called\b", re.IGNORECASE)
_PERSONAL_KEY = re.compile(r"name|address|birth|mail|姓名|地址|生日|住址", re.IGNORECASE)
_FIGURES = "零一二三四五六七八九"


class Replacements:
    """What stands for which number, the same throughout a case. `learn` everything first, then `text`, `value`, `json`.

    `seed`: of what is drawn; nobody should be able to draw it again from the number.
    """

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)  # noqa: S311  the seed is the secret
        self._known: set[str] = set()
        self._made: dict[str, str] = {}

    def __len__(self) -> int:
        return len(self._made)

    def learn(self, value: str) -> None:
        """`value` (ASCII digits and letters) is personal, unless it is too short to tell anybody from another."""
        if sum(character.isdigit() for character in value) >= _LEAST and not _is_public(value):
            self._known.add(value)

    def learn_from(self, what: Any) -> None:
        """Every number in a text, or in the texts of JSON, is personal."""
        for text in texts_in(what):
            for entity in _identifiers(text):
                self.learn(str(entity.value))

    def settle(self) -> None:
        """Draw what stands for each; long ones first, so that a number's last digits are those of its other."""
        for value in sorted(self._known, key=lambda known: (-len(known), known)):
            if value not in self._made:
                self._made[value] = self._part_of_longer(value) or self._drawn(value)

    def value(self, value: str) -> str:
        """What stands for a whole value; itself if it is not personal."""
        return self._made.get(value, value)

    def text(self, text: str) -> str:
        """`text` with every number in it replaced, each in the way it was written or spoken."""
        made, place = "", 0
        for entity in _identifiers(text):
            other = self._made.get(str(entity.value))
            if other is not None and entity.start >= place:
                made += text[place : entity.start] + _respelled(text[entity.start : entity.end], other)
                place = entity.end
        made += text[place:]
        return _WRITTEN.sub(lambda found: self.value(found[0]), made)

    def json(self, what: Any) -> Any:
        """The same with every text in a JSON value."""
        if isinstance(what, str):
            return self.value(what) if what in self._made else what if _NOBODYS.fullmatch(what) else self.text(what)
        if isinstance(what, dict):
            return {name: self.json(inner) for name, inner in what.items()}
        if isinstance(what, list | tuple):
            return type(what)(self.json(inner) for inner in what)
        return what

    def left_in(self, text: str) -> list[str]:
        """Numbers that should have been replaced and still stand in `text`."""
        replaced = set(self._made.values())
        found = {str(entity.value) for entity in _identifiers(text)} | set(_WRITTEN.findall(text))
        return sorted(value for value in found if value in self._known and value not in replaced)

    def _part_of_longer(self, value: str) -> str:
        for longer, other in self._made.items():
            if len(longer) > len(value) and longer.endswith(value):
                return other[-len(value) :]
            if len(longer) > len(value) and longer.startswith(value):
                return other[: len(value)]
        return ""

    def _drawn(self, value: str) -> str:
        for _ in range(100):
            other = self._other(value)
            if other != value and other not in self._known and other not in self._made.values():
                break
        return other

    def _other(self, value: str) -> str:
        if fault_of_id_card(value) is None and len(value) == 18:
            born = f"{self._random.randint(1950, 2000)}{self._random.randint(1, 12):02}{self._random.randint(1, 28):02}"
            first = f"110101{born}{self._random.randint(0, 999):03}"
            return first + check_character(first)
        kept = 3 if mainland_confidence(value) else 4 if is_card_like(value) else 0
        other = value[:kept] + "".join(self._drawn_like(character) for character in value[kept:])
        if is_card_like(value) and luhn(value):
            return next(ending for digit in "0123456789" if luhn(ending := other[:-1] + digit))
        return other

    def _drawn_like(self, character: str) -> str:
        if character.isdigit():
            return self._random.choice("0123456789" if character == "0" else "123456789")
        if character.isascii() and character.isalpha():
            letters = "abcdefghjkmnpqrstuvwxyz"
            return self._random.choice(letters.upper() if character.isupper() else letters)
        return character


def unreplaceable(text: str) -> list[str]:
    """What in a text may tell who somebody is and is no number: an address, a name that is given."""
    found = [entity.text for entity in find_addresses(text) if entity.confidence >= _SURE_OF_ADDRESS]
    if name := _NAMED.search(text):
        found.append(text[name.start() : name.end() + 6])
    return found


def personal_fields(what: Any, path: str = "") -> Iterator[str]:
    """The fields of a service's answer that by their name hold a name, an address or the like, as `owner.name`."""
    if isinstance(what, dict):
        for name, inner in what.items():
            here = f"{path}.{name}" if path else str(name)
            if isinstance(inner, str) and inner and _PERSONAL_KEY.search(str(name)):
                yield here
            yield from personal_fields(inner, here)
    elif isinstance(what, list | tuple):
        for inner in what:
            yield from personal_fields(inner, path)


def texts_in(what: Any) -> Iterator[str]:
    """Every text in a JSON value; dates and decimal amounts are nobody's, and none."""
    if isinstance(what, str):
        if not _NOBODYS.fullmatch(what):
            yield what
    elif isinstance(what, dict):
        for inner in what.values():
            yield from texts_in(inner)
    elif isinstance(what, list | tuple):
        for inner in what:
            yield from texts_in(inner)


def _identifiers(text: str) -> list[Entity]:
    """Those in `text` from the left, of those that overlap the longest."""
    found: list[Entity] = []
    for entity in sorted(find_identifiers(text), key=lambda each: (each.start - each.end, each.start)):
        if all(entity.end <= other.start or other.end <= entity.start for other in found):
            found.append(entity)
    return sorted(found, key=lambda each: each.start)


def _respelled(span: str, other: str) -> str:
    """`other` as `span` has its digits: figure by figure where it has as many, else one after another."""
    places = [place for place, character in enumerate(span) if character in MANDARIN or character.isalnum()]
    digits = [place for place in places if span[place] in MANDARIN or span[place].isascii()]
    if len(digits) == len(other) and len(digits) == len(places):
        made = list(span)
        for place, character in zip(digits, other, strict=True):
            made[place] = _figure(character, span) if span[place] in MANDARIN else character
        return "".join(made)
    spoken = not any(character.isascii() and character.isalnum() for character in span)
    return "".join(_figure(character, span) if spoken else character for character in other)


def _figure(character: str, like: str) -> str:
    if character == "1" and "幺" in like:
        return "幺"
    return _FIGURES[int(character)] if character.isdigit() else character


def _is_public(value: str) -> bool:
    return is_service_number(value) or bool(_NOBODYS.fullmatch(value))


def all_unreplaceable(texts: Iterable[str]) -> list[str]:
    """Those of all texts, each once."""
    return list(dict.fromkeys(found for text in texts for found in unreplaceable(text)))
