"""How numbers are written in digits: whole ones, decimals, pairs, fractions, sums in arithmetic, ranges and scores."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from ivr.understanding.entities.number_pairs import Pair
from ivr.understanding.entities.numerals import BIG_UNITS, Numeral, numerals, read

_MYRIAD = 10_000
_KEPT = 1_000_000
"""From here on 万 is kept: nobody reads 11000000 in a glance."""
_DECIMAL_WITH_UNIT = re.compile(r"(?P<number>.+点.+?)(?P<unit>[万亿兆]+)")
_OF = re.compile(r"\s*分\s*之\s*")
_SIGNS = {
    "加": "+",
    "减": "-",
    "乘": "×",
    "乘以": "×",
    "除以": "÷",
    "等于": "=",
    "比": ":",
    "到": "~",
    "至": "~",
    "杠": "-",
}
_SIGN = re.compile("|".join(sorted(_SIGNS, key=len, reverse=True)))
_PLUS_MINUS = re.compile(r"正负(?=[零一二两三四五六七八九十])")
_ADDRESS = re.compile(r"[零一二三四五六七八九幺]{1,3}(?:点[零一二三四五六七八九幺]{1,3}){3}")
_TRAINS = {"高": "G", "动": "D", "特": "T", "快": "K", "直": "Z", "城": "C"}
_TRAIN = re.compile(r"(?<![一-鿿])(?P<kind>[高动特快直城])(?P<number>[零一二三四五六七八九幺]{2,4})(?![一-鿿])")


@dataclass(frozen=True, slots=True)
class Form:
    """`text` is to be written for what was said at [start, end)."""

    start: int
    end: int
    text: str


def plain_decimal(value: Decimal) -> str:
    """Without exponent and without zeros at the end."""
    shown_ = format(value, "f")
    return shown_.rstrip("0").rstrip(".") if "." in shown_ else shown_


def shown(said: str) -> str:
    """One numeral, `folded`, in digits; as it was if it is none."""
    one = read(said, 0)
    if one is None or one.end != len(said):
        return said
    if one.digits:
        return one.digits
    match = _DECIMAL_WITH_UNIT.fullmatch(said)
    if match:
        return shown(match["number"]) + match["unit"]
    if one.approximate:
        return said
    return ("-" if one.value < 0 else "") + _whole_or_decimal(abs(one.value))


def _whole_or_decimal(value: Decimal) -> str:
    if value != int(value) or value < _KEPT:
        return plain_decimal(value)
    rest, parts = int(value), ""
    for unit, worth in reversed(BIG_UNITS.items()):
        if worth > _MYRIAD and rest >= worth:
            parts, rest = f"{parts}{rest // worth}{unit}", rest % worth
    if rest >= _KEPT:
        parts, rest = f"{parts}{rest // _MYRIAD}万", rest % _MYRIAD
    return parts + (str(rest) if rest else "")


def pair_form(plain: str, pair: Pair) -> Form:
    """三五百 is 300~500; 三五万 and 十七八万 keep their unit."""
    unit = plain[pair.end - 1]
    worth = BIG_UNITS.get(unit)
    if worth is not None:
        return Form(pair.start, pair.end, f"{plain_decimal(pair.low / worth)}~{plain_decimal(pair.high / worth)}{unit}")
    return Form(pair.start, pair.end, f"{plain_decimal(pair.low)}~{plain_decimal(pair.high)}")


def fractions(plain: str) -> Iterator[Form]:
    """十六分之三 is 3/16."""
    parts = numerals(plain)
    for below, above in itertools.pairwise(parts):
        of = _OF.match(plain, below.end)
        if of and of.end() == above.start and not below.bare:
            minus = "-" if (below.value < 0) != (above.value < 0) else ""
            text = f"{minus}{plain_decimal(abs(above.value))}/{plain_decimal(abs(below.value))}"
            yield Form(below.start, above.end, text)


def joined(plain: str) -> Iterator[Form]:
    """一加二等于三, 二十一到三十, 七十八比九十六, network addresses and trains."""
    for match in _ADDRESS.finditer(plain):
        digits = [shown(part) for part in match[0].split("点")]
        yield Form(match.start(), match.end(), ".".join(digits))
    for match in _TRAIN.finditer(plain):
        yield Form(match.start(), match.end(), _TRAINS[match["kind"]] + shown(match["number"]))
    for match in _PLUS_MINUS.finditer(plain):
        one = read(plain, match.end())
        if one is not None:
            yield Form(match.start(), one.end, "±" + shown(plain[one.start : one.end]))
    yield from _chains(plain, numerals(plain))


def _chains(plain: str, parts: list[Numeral]) -> Iterator[Form]:
    index = 0
    while index < len(parts):
        first = last = index
        text = shown(plain[parts[first].start : parts[first].end])
        while last + 1 < len(parts):
            sign = _SIGN.fullmatch(plain[parts[last].end : parts[last + 1].start])
            if sign is None:
                break
            last += 1
            text += _SIGNS[sign[0]] + shown(plain[parts[last].start : parts[last].end])
        if last > first:
            yield Form(parts[first].start, parts[last].end, text)
        index = last + 1
