"""What follows the district in an address: road, number, estate, building, unit, floor, room.

Mandarin addresses fall from large to small, each part with its own word at the end (路, 号, 栋, 单元, 室); parts may be
left out, the last word, too (五栋二单元四零二). Numbers come digit by digit (四零二), in tens (十八) or in figures.
Recognisers write homophones for the words behind a number (四懂 for 四栋); behind a number they are read as what they
sound like.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from ivr.understanding.entities.numerals import value_of
from ivr.understanding.entities.spoken_digits import MANDARIN

_NUMBER = r"(?:[a-z]?-?[0-9]{1,5}|[a-z]?[零一二三四五六七八九十百千两幺〇洞]{1,8})"
_STOP = "我住在到送去寄给址于是的号栋幢室零"  # characters that a road's name does not hold, but what is before it does
_NAME = f"(?:(?![{_STOP}])[㐀-鿿a-z])"
_GAP = r"[\s,，、。]{0,3}(?:嗯|呃|那个|然后|的)?"
_SAYS = {
    "building": "号楼|[栋幢座]楼?",
    "unit": "单元|门洞",
    "room": "室|号房间|号房|房间|房",
    "number": "号",
}
_HEARD_AS = {
    "building": "[懂动冻董]",
    "unit": "丹元|单员|单圆|但愿",
    "room": "[式市事视试]",
    "number": "好(?![的吗不])|耗|浩",
}


def _words(kind: str) -> str:
    said, heard = _SAYS[kind], _HEARD_AS[kind]
    return f"(?P<{kind}_said>{said})|(?P<{kind}_heard>{heard})"


_ROADS = r"(?:大街|大道|公路|环路|路|胡同|街|巷|(?<![知街频渠味通报难])道(?!歉|理))"
_ESTATES = (
    r"(?:小区|花园|公寓|大厦|广场|家园|新村|社区|嘉园|写字楼|宿舍|大学|医院|酒店|中心|国际|家属院|新城|花苑|雅苑"
    r"|苑|村|园区|科技园|园|城|府)"
)
_NOT_BARE = r"(?![0-9点月年块元个份号])"
_PARTS = re.compile(
    rf"{_GAP}(?:(?P<township>(?:(?![路街省市区县]){_NAME}){{1,6}}?(?:街道|镇|乡|苏木))(?:政府)?{_GAP})?"
    rf"(?:(?P<street>{_NAME}{{1,8}}?{_ROADS}{_GAP}(?:[东西南北中]段|[东西南北中](?={_NUMBER}号))?(?:{_NUMBER}弄)?){_GAP})?"
    rf"(?:(?P<number>{_NUMBER})(?:{_words('number')})(?!楼|房|线|码|店)(?:院|大院)?{_GAP})?"
    rf"(?:(?P<estate>{_NAME}{{2,9}}?{_ESTATES}){_GAP})?"
    rf"(?:(?P<building>{_NUMBER}|[a-z甲乙丙丁东南西北])\s?"
    rf"(?:{_words('building')}|楼(?={_GAP}{_NUMBER}(?:单元|[室门]))){_GAP})?"
    rf"(?:(?P<unit>{_NUMBER}|[甲乙丙丁])\s?(?:{_words('unit')}|门(?={_GAP}{_NUMBER})){_GAP})?"
    rf"(?:(?P<floor>{_NUMBER})\s?(?:层|楼){_GAP})?"
    rf"(?:(?P<room>{_NUMBER})\s?(?:{_words('room')}|号(?!楼|码)|户|(?P<bare>{_NOT_BARE})))?"
)
_KINDS = ("township", "street", "number", "estate", "building", "unit", "floor", "room")
_TAIL = re.compile(r"[\s,，、。]+$")


@dataclass(frozen=True, slots=True)
class Parts:
    """The parts that were found, `end`ing where the last of them does; `by_sound` if a word was only heard."""

    found: dict[str, str]
    end: int
    by_sound: bool


def parts_at(plain: str, start: int, *, known: bool) -> Parts:
    """The parts of an address that stand at `start`. `known`: a district or the like stands before; without it a bare
    number is a room only behind a building or a unit."""
    match = _PARTS.match(plain, start)
    if match is None:
        return Parts({}, start, False)
    found = {kind: match[kind] for kind in _KINDS if match[kind]}
    end = match.end()
    house = "building" in found or "unit" in found
    if "room" in found and match["bare"] is not None and not (house or (known and "floor" in found)):
        end = match.start("room")
        del found["room"]
    if not found:
        return Parts({}, start, False)
    last = max(match.end(kind) for kind in found)
    end = max(last, end - len(m[0]) if (m := _TAIL.search(plain[:end])) else end)
    heard = any(match[f"{kind}_heard"] for kind in _SAYS if kind in found)
    return Parts({kind: _plain_value(kind, value) for kind, value in found.items()}, end, heard)


def _plain_value(kind: str, value: str) -> str:
    value = re.sub(r"[\s,，、。]", "", value)
    if kind in ("township", "estate"):
        return value
    if kind == "street":
        lane = re.search(rf"({_NUMBER})弄$", value)
        return value[: lane.start()] + figures(lane[1]) + "弄" if lane else value
    return figures(value)


def figures(spoken: str) -> str:
    """A house number in ASCII: 四零二 is 402, 十八 is 18, b一二 is B12; others as they are."""
    letter, digits = re.match(r"([a-z]?-?)(.*)", spoken, re.ASCII | re.DOTALL).groups()  # type: ignore[union-attr]
    if re.search("[十百千]", digits):
        worth = value_of(digits)
        return letter.upper() + (str(worth) if worth is not None else digits)
    return letter.upper() + "".join(MANDARIN.get(character, character) for character in digits)
