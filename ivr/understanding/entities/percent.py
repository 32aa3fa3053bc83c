"""Percentages: 百分之二, 三成半, 七五折, 六个百分点, 5%, five percent. The value is of a hundred.

成 is a tenth (七成六 is 76 %). 折 is what is left of the price, in tenths; two digits are hundredths (七五折 is 75 %),
and 打对折 is half. 十折 is no discount at all, and 二三十个百分点 no one number: neither is found.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal

from ivr.understanding.entities.amounts import amount_at, amounts, prepared
from ivr.understanding.entities.entity import Entity
from ivr.understanding.entities.numerals import BIG_UNITS, DIGIT_VALUES, SMALL_UNITS

_NUMERAL = "".join([*DIGIT_VALUES, *SMALL_UNITS, *BIG_UNITS])
_PARTS = re.compile(
    rf"(?P<minus>[负-]的?\s*)?(?<![{_NUMERAL}\d])(?P<of>[十百佰千仟万亿]{{1,3}})\s*分\s*(?:之\s*|(?=[{_NUMERAL}\d]))"
)
_WHOLE = re.compile(r"[百佰](?!分\s*[之位点])")
_POINTS = re.compile(r"\s*个?\s*[百佰]\s*分\s*点")
_SIGN = re.compile(r"\s*(?P<sign>[%‰])(?!\d)|(?:\s*-?\s*)(?:percent|per cent)\b")
_TENTHS = re.compile(
    rf"\s*成(?![为功都立本员长果绩交年人份分语熟品])(?:\s*(?P<more>[{''.join(DIGIT_VALUES)}\d半])(?![{_NUMERAL}\d%个]))?"
)
_OFF = re.compile(r"\s*折(?![叠磨腾损返合回断射纸中])")
_HALF = re.compile(r"半(?P<tenth>[成折])(?![为功都立品])|(?<=打)\s*(?P<off>对\s*折)|(?<![一\w])百分百")
_APART = re.compile(r"(?<![\d.,])(?P<first>\d)\s+(?P<second>\d)(?=\s*折)")
_DENOMINATORS = {
    **{unit: Decimal(worth) for unit, worth in SMALL_UNITS.items()},
    "万": Decimal(10**4),
    "亿": Decimal(10**8),
}


def find_percents(text: str) -> list[Entity]:
    """Kind percent, a Decimal of a hundred."""
    plain = prepared(text)
    return [
        Entity("percent", start, end, text[start:end], value.normalize() + 0)
        for start, end, value in (*_in_parts(plain), *_halves(plain), *_with_units(plain))
    ]


def _in_parts(plain: str) -> Iterator[tuple[int, int, Decimal]]:
    for match in _PARTS.finditer(plain):
        divisor = Decimal(1)
        for unit in match["of"]:
            divisor *= _DENOMINATORS[unit]
        whole = _WHOLE.match(plain, match.end())
        amount = amount_at(plain, match.end())
        if amount is None and whole is None:
            continue
        value, end = (amount.decimal, amount.end) if amount else (Decimal(100), match.end() + 1)
        if match["minus"]:
            value = -value
        yield match.start(), end, value * 100 / divisor


def _halves(plain: str) -> Iterator[tuple[int, int, Decimal]]:
    for match in _HALF.finditer(plain):
        if match["off"]:
            yield match.start("off"), match.end("off"), Decimal(50)
        elif match["tenth"]:
            yield match.start(), match.end(), Decimal(5 if match["tenth"] == "成" else 50)


def _with_units(plain: str) -> Iterator[tuple[int, int, Decimal]]:
    for match in _APART.finditer(plain):
        off = _OFF.match(plain, match.end())
        if off:
            yield match.start(), off.end(), Decimal(match["first"] + match["second"])
    for amount in amounts(plain):
        if amount.numeral is None or (amount.start and plain[amount.start - 1] in DIGIT_VALUES):
            continue
        value, end = amount.decimal, amount.end
        if points := _POINTS.match(plain, end) or _SIGN.match(plain, end):
            yield amount.start, points.end(), value / 10 if points[0].strip() == "‰" else value
        elif (tenths := _TENTHS.match(plain, end)) and 0 < value <= 10:
            yield amount.start, tenths.end(), value * 10 + _digit(tenths["more"])
        elif (off := _OFF.match(plain, end)) and 0 < value < 100 and value != 10:
            yield amount.start, off.end(), value * 10 if value < 10 else value


def _digit(said: str | None) -> Decimal:
    if said is None:
        return Decimal(0)
    return (
        Decimal(5)
        if said == "半"
        else Decimal(DIGIT_VALUES.get(said, 0) if not said.isdigit() or not said.isascii() else int(said))
    )
