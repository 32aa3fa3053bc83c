"""The numerals of a turn in every language it may be said in, with fractions and powers, whatever they count.

A number entity is an amount that does not stand in a word (numbers.py); a price, a percentage or a measure is an amount
with a unit (money.py, percent.py, quantities.py). Addresses of pages are no place for amounts and are blanked.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache

from ivr.understanding.entities import english_numbers, numerals
from ivr.understanding.entities.number_pairs import pairs
from ivr.understanding.entities.numerals import Numeral

_ADDRESS = re.compile(r"(?:https?://|www\.)\S+|[\w.+-]+@[\w-]+\.[\w.]+")
_OF = re.compile(r"\s*分\s*之\s*")
_AND = re.compile(r"\s*又\s*")
_SCALE = re.compile(r"\s?(?P<name>hundred|thousand|million|billion|trillion)(?![a-z])")
_HALF_DOZEN = re.compile(r"半打(?![电开算过给])")
_SLASH = re.compile(
    r"(?<![\d./])(?P<minus>-)?(?:(?P<whole>\d{1,15})(?:\s+|\s*又\s*))?(?P<above>\d{1,15})\s?/\s?(?P<below>\d{1,15})(?![\d./])"
)
_POWER = re.compile(
    r"(?<![\d.a-z])(?P<sign>-?)(?P<root>\d{1,15}(?:\.\d{1,15})?)\s?\^\s?(?P<signs>[+-]{0,4})(?P<power>\d{1,3}(?:\.\d{1,9})?)(?![\d.])"
)
_DOZEN = re.compile(r"\s*打(?![电开算过给个客字车包人听工扰断折败印官仗造])")


@dataclass(frozen=True, slots=True)
class Amount:
    """`value`, exactly, of what stands at [start, end); `numeral` where it is one, None for fractions and powers."""

    start: int
    end: int
    value: Decimal | Fraction
    numeral: Numeral | None = None

    @property
    def decimal(self) -> Decimal:
        """`value` to 28 digits."""
        return self.value if isinstance(self.value, Decimal) else as_decimal(self.value)


def as_decimal(value: Fraction) -> Decimal:
    """To 28 digits."""
    return Decimal(value.numerator) / Decimal(value.denominator)


def prepared(text: str) -> str:
    """`text` folded, every character in its place, addresses of pages and of mail blanked."""
    return _ADDRESS.sub(lambda match: " " * len(match[0]), numerals.folded(text))


@lru_cache(maxsize=32)  # every finder of a turn asks for the same
def amounts(plain: str) -> tuple[Amount, ...]:
    """All amounts in a `prepared` text, from the left, none within another."""
    halves = [Amount(match.start(), match.end(), Decimal(6)) for match in _HALF_DOZEN.finditer(plain)]
    found: list[Amount] = []
    end = 0
    for one in sorted(
        [*_powers(plain), *_slashes(plain), *halves, *_spoken(plain)], key=lambda one: (one.start, -one.end)
    ):
        if one.start >= end:
            found.append(one)
            end = one.end
    return tuple(found)


def amount_at(plain: str, at: int, stop: int | None = None) -> Amount | None:
    """The longest numeral in any language that begins at `at`."""
    one = numerals.read(plain, at, stop) or english_numbers.read(plain[:stop], at)
    return None if one is None else Amount(one.start, one.end, one.value, one)


def _spoken(plain: str) -> Iterator[Amount]:
    yield from _mandarin(plain)
    for one in english_numbers.numerals(plain):
        yield Amount(one.start, one.end, one.value, one)
    for start, end, value in english_numbers.fractions(plain):
        yield Amount(start, end, value)


def _mandarin(plain: str) -> Iterator[Amount]:
    """Numerals; A 分之 B and C 又 A 分之 B are one fraction, but never 百分之 B (percent.py), which leaves B. Pairs
    (三四百) are ranges, and none of their numerals is an amount."""
    parts = numerals.numerals(plain)
    ranges = [(pair.start, pair.end) for pair in pairs(plain, parts)]
    parts = [one for one in parts if not any(start < one.end and one.start < end for start, end in ranges)]
    index = 0
    while index < len(parts):
        one = parts[index]
        whole, below = None, index
        joint = _AND.match(plain, one.end)
        if joint and index + 1 < len(parts) and parts[index + 1].start == joint.end():
            whole, below = one, index + 1
        fraction = _fraction(plain, parts, below, whole)
        if fraction is not None:
            yield fraction
            index = below + 2
            continue
        some = plain[one.start] in "十百千万" and plain[: one.start].endswith(("几", "数"))  # 几十块 is no ten
        if not some and not (one.bare and _OF.match(plain, one.end)):
            yield _multiplied(plain, one)
        index += 1


def _fraction(plain: str, parts: list[Numeral], below: int, whole: Numeral | None) -> Amount | None:
    divisor = parts[below]
    of = _OF.match(plain, divisor.end)
    if of is None or divisor.bare or not divisor.value or below + 1 >= len(parts) or parts[below + 1].start != of.end():
        return None
    above = parts[below + 1]
    value = Fraction(above.value) / Fraction(divisor.value)
    if whole is not None:
        value = Fraction(whole.value) - value if whole.value < 0 else Fraction(whole.value) + value
    return Amount((whole or divisor).start, above.end, value)


def _multiplied(plain: str, one: Numeral) -> Amount:
    """三打, 2.5 million, or the numeral as it is."""
    if (dozen := _DOZEN.match(plain, one.end)) and (not one.digits or one.value < 1000):
        return Amount(one.start, dozen.end(), one.value * 12)
    if scale := _SCALE.match(plain, one.end):
        value = one.value * (100 if scale["name"] == "hundred" else english_numbers.SCALES[scale["name"]])
        return Amount(one.start, scale.end(), value, Numeral(one.start, scale.end(), value))
    return Amount(one.start, one.end, one.value, one)


def _slashes(plain: str) -> Iterator[Amount]:
    for match in _SLASH.finditer(plain):
        if int(match["below"]):
            value = int(match["whole"] or 0) + Fraction(int(match["above"]), int(match["below"]))
            yield Amount(match.start(), match.end(), -value if match["minus"] else value)


def _powers(plain: str) -> Iterator[Amount]:
    for match in _POWER.finditer(plain):
        power = Decimal(match["power"]) * (-1 if match["signs"].count("-") % 2 else 1)
        root = Decimal(match["root"])
        if root:
            value = root**power
            yield Amount(match.start(), match.end(), -value if match["sign"] else value)
