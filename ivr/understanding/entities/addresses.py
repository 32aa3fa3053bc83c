"""Addresses down to the room, with what the caller left out and what the recogniser misspelled.

Province, city and district come from a list (divisions.py): by letters, then by sound. What is between is filled in:
海淀区 lies in one city only. The rest is read by its own words (house_numbers.py). An address without a district is
one if it has a road with a number, or a building with a unit or a room; of a single part nothing is sure.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, fields

from ivr.understanding.entities.corrections import corrected
from ivr.understanding.entities.divisions import LONGEST, Division, Named, divisions
from ivr.understanding.entities.entity import Entity
from ivr.understanding.entities.faults import Fault
from ivr.understanding.entities.house_numbers import Parts, parts_at
from ivr.understanding.entities.spoken_digits import MAX_CHARACTERS, plain_of
from ivr.understanding.phonetics import sounds

_GAP = re.compile(r"[\s,，、。]{0,3}(?:的|嗯|呃|那个)?")
_UNLISTED = re.compile(r"[^\W\d_]{2,5}?(?<!小)(?<!社)(?<!校)(?<!园)(?:开发区|新区|区|县)(?!号)")
_NAMED_AFTER = re.compile(
    r"[东南西北中一二三四五六]?(?:路|街|大街|大道|巷|胡同|桥)|大厦|饭店|酒店|小区|花园|航空|银行|移动|联通|电信|话|菜|人"
)
_WORDS = (("number", "号"), ("estate", ""), ("building", "栋"), ("unit", "单元"), ("floor", "层"), ("room", "室"))
_HOUSE = frozenset(["street", "number", "building", "unit"])
_MOST = 12  # addresses in one turn


@dataclass(frozen=True, slots=True)
class Address:
    """Parts of an address, "" where not said; province, city and district by their full names, house numbers in ASCII
    without 号, 栋, 单元, 室. `code`: GB/T 2260, six digits, of the smallest division known. `street` holds a lane."""

    province: str = ""
    city: str = ""
    district: str = ""
    township: str = ""
    street: str = ""
    number: str = ""
    estate: str = ""
    building: str = ""
    unit: str = ""
    floor: str = ""
    room: str = ""
    code: str = ""

    def __str__(self) -> str:
        """As it is written on an envelope, from large to small, a municipality once."""
        city = "" if self.city == self.province else self.city
        house = "".join(f"{value}{word}" for name, word in _WORDS if (value := getattr(self, name)))
        return f"{self.province}{city}{self.district}{self.township}{self.street}{house}"

    @property
    def said(self) -> int:
        """How many parts there are."""
        return sum(1 for part in fields(self) if part.name != "code" and getattr(self, part.name))


@dataclass(frozen=True, slots=True)
class _Area:
    """Divisions named one after another, up to `end`."""

    named: tuple[Named, ...]
    end: int
    unlisted: str = ""
    fault: str = ""


def find_addresses(text: str) -> list[Entity]:
    """The addresses in `text`, from the left."""
    said = text[:MAX_CHARACTERS]
    correction = corrected(said)
    plain = plain_of(correction.text)
    found = []
    for start, end, address, confidence, fault, why in _addresses(plain):
        first, last = correction.span(start, end)
        found.append(Entity("address", first, last, said[first:last], address, confidence, fault, why))
    return found


def _addresses(plain: str) -> Iterator[tuple[int, int, Address, float, str, str]]:
    sound = sounds(tuple(plain)) if re.search("[㐀-鿿]{2}", plain) else ""
    at, count = 0, 0
    while sound and at < len(plain) and count < _MOST:
        area = _area(plain, sound, at)
        parts = parts_at(plain, area.end, known=bool(area.named))
        made = _made(area, parts)
        if made is None:
            at += 1
            continue
        end = parts.end if parts.found else area.end
        yield (at, end, *made)
        at, count = end, count + 1


def _area(plain: str, sound: str, start: int) -> _Area:
    named: list[Named] = []
    at = end = start
    within: Division | None = None
    while len(named) < 3:
        options = _named(plain, sound, at, within)
        if within is None:
            options = [one for one in options if _alone_fits(one, plain, at)]
        if not options:
            break
        best = _best(options, plain, sound, at)
        named.append(best)
        end = at + best.length
        at, within = _after(plain, end), best.division
        if within.level == 3 or (len(options) > 1 and best.division.level == 3):
            break
    return _with_unlisted(plain, _Area(tuple(named), end)) if named else _Area((), start)


def _named(plain: str, sound: str, at: int, within: Division | None) -> list[Named]:
    return divisions().named(plain[at : at + LONGEST], sound[2 * at : 2 * (at + LONGEST)], within)


def _alone_fits(named: Named, plain: str, at: int) -> bool:
    """Whether a name may begin an address: no short name of a road (中山路) or a house (上海大厦)."""
    return named.full or _NAMED_AFTER.match(plain, at + named.length) is None


def _best(options: list[Named], plain: str, sound: str, at: int) -> Named:
    """The longest; of several with one name (吉林, 朝阳区) the one under which what follows is named, too."""
    longest = [one for one in options if one.length == options[0].length]
    if len(longest) > 1:
        next_at = _after(plain, at + longest[0].length)
        for one in sorted(longest, key=lambda it: it.division.level):
            following = _named(plain, sound, next_at, one.division)
            if any(not it.by_sound for it in following):
                return one
    return min(longest, key=lambda it: it.division.level)


def _with_unlisted(plain: str, area: _Area) -> _Area:
    """A district that the list lacks (高新区) or has elsewhere only (上海市海淀区)."""
    last = area.named[-1].division
    at = _after(plain, area.end)
    match = _UNLISTED.match(plain, at) if last.level == 2 or (last.name.endswith("市") and last.level == 1) else None
    if match is None or re.search("[路街道号]", match[0]):
        return area
    elsewhere = [one for one in divisions().named(match[0], "", None) if one.length == len(match[0])]
    fault = str(Fault("unknown_area", "address")) if elsewhere else ""
    return _Area(area.named, match.end(), match[0], fault)


def _after(plain: str, at: int) -> int:
    gap = _GAP.match(plain, at)
    return gap.end() if gap else at


def _made(area: _Area, parts: Parts) -> tuple[Address, float, str, str] | None:
    if not area.named:
        return _without_area(parts)
    heard = sum(one.by_sound for one in area.named)
    if heard and len(area.named) == 1 and not _HOUSE & set(parts.found):
        return None  # one name by its sound alone is chance
    last = area.named[-1].division
    same = [one for one in divisions().named(last.name, "", None) if one.division.name == last.name]
    several = len(area.named) == 1 and last.level == 3 and len(same) > 1
    province, city = (None, None) if several else divisions().above(last)
    district = area.unlisted or (last.name if last.level == 3 else "")
    address = Address(
        province.name if province else "",
        city.name if city else "",
        district,
        code="" if several else last.code,
        **parts.found,
    )
    sure = 1.0 if len(area.named) > 1 or parts.found or area.named[0].full else 0.5
    sure -= 0.4 if several else 0.0
    sure = min(sure, 0.6 if heard or parts.by_sound else 0.7 if area.unlisted else 1.0)
    filled = address.said > len(area.named) + len(parts.found) + bool(area.unlisted)
    return address, sure, area.fault, _why(heard, several=several, filled=filled)


def _why(heard: int, *, several: bool, filled: bool) -> str:
    if several:
        return "several cities have a district of this name"
    if heard:
        return "a name was only heard so"
    return "what contains the district is filled in" if filled else "every part is named"


def _without_area(parts: Parts) -> tuple[Address, float, str, str] | None:
    found = parts.found
    house = {"number", "building", "unit", "room"} & set(found)
    if not ({"street", "estate", "building"} & set(found) and house):
        return None
    if len(found) == 1:
        return Address(**found), 0.4, "", "a building alone"
    return Address(**found), 0.6 if parts.by_sound else 0.7, "", "house and road, no district"
