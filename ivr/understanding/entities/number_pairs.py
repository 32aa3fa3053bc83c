"""Two numbers said as one because nobody counted exactly: 三四百, 五六十, 十五六, 一两个, 三五天.

The second follows the first (三五 is the one habit beside), and both share what stands around them: a unit after
them (三四百), the tens before (十五六), or what is counted (两三天). 幺 and 零 never stand in a pair, and a longer run
of digits holds none.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

from ivr.understanding.entities.measure_words import measures
from ivr.understanding.entities.numerals import BIG_UNITS, Numeral

_VALUES = dict(zip("一二三四五六七八九", range(1, 10), strict=True)) | {"两": 2}
_MOST = 10**15
_RUN = re.compile(r"[一二三四五六七八九两] ?[二三四五六七八九两]")


@dataclass(frozen=True, slots=True)
class Pair:
    """[start, end) holds `low` and `high`."""

    start: int
    end: int
    low: Decimal
    high: Decimal


def pairs(plain: str, parts: list[Numeral]) -> list[Pair]:
    """All pairs among the numerals of a `folded` text."""
    found: list[Pair] = []
    for index, one in enumerate(parts):
        if found and one.start < found[-1].end:
            continue
        after = parts[index + 1] if index + 1 < len(parts) and parts[index + 1].start == one.end else None
        pair = _run(plain, one) or (_shared(plain, one, after) if after else None)
        if pair is not None:
            found.append(pair)
    return found


def _follows(first: str, second: str) -> bool:
    low, high = _VALUES.get(first), _VALUES.get(second)
    return low is not None and high is not None and (high == low + 1 or (low, high) == (3, 5))


def _run(plain: str, one: Numeral) -> Pair | None:
    """两三 and 三五 before what is counted."""
    said = plain[one.start : one.end]
    if not _RUN.fullmatch(said) or not _follows(said[0], said[-1]) or not measures(plain, one.end):
        return None
    return Pair(one.start, one.end, Decimal(_VALUES[said[0]]), Decimal(_VALUES[said[-1]]))


def _shared(plain: str, one: Numeral, after: Numeral) -> Pair | None:
    """三|四百, 十五|六, 一万六|七, 七百三|四十, 四十五|六万: numerals side by side that share what is around them."""
    first, second = plain[one.end - 1], plain[after.start]
    low, high = Decimal(_VALUES.get(first, 0)), Decimal(_VALUES.get(second, 1))
    scale = after.value / high
    if not _follows(first, second) or not _power_of_ten(scale):
        return None
    alone = after.end - after.start == 1
    if one.end - one.start == 1:
        return (
            None if alone and not measures(plain, after.end) else Pair(one.start, after.end, low * scale, after.value)
        )
    place = _worth_of_one(one, low) if high == low + 1 else None  # 十三五 is a five-year plan
    if place is not None and (alone or scale == place):
        return Pair(one.start, after.end, one.value, one.value + place)
    if place == 1 and scale in BIG_UNITS.values():
        return Pair(one.start, after.end, one.value * scale, (one.value + 1) * scale)
    return None


def _power_of_ten(scale: Decimal) -> bool:
    return 1 <= scale <= _MOST and set(str(int(scale))) <= {"1", "0"} and scale == int(scale)


def _worth_of_one(one: Numeral, digit: Decimal) -> Decimal | None:
    """What one of the last digit said is worth: 1 in 十五, 1,000 in 一万六; None if digits were read singly."""
    if one.digits or not 0 < one.value < _MOST or one.value != int(one.value):
        return None
    value, place = one.value, Decimal(1)
    while value % 10 == 0:
        value, place = value / 10, place * 10
    return place if value % 10 == digit else None
