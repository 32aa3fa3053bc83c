"""What can replace what: quantities, days, times and places by their unit, for corrections.

A shape is a short phrase with a key; two phrases with one key can stand for each other (三份 and 四份, 明天 and 周五,
朝阳区 and 海淀区). It is no understanding of the phrase: the finders do that, after corrections are carried out.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_FIGURE = (
    r"(?:[0-9]+(?:\.[0-9]+)?[万千百亿]?"
    r"|[零一二三四五六七八九十百千万亿两半几]{1,12}(?:点[零一二三四五六七八九]{1,6}(?=[零一二三四五六七八九]*[个份块元米斤公]))?)"
)
_UNITS = {
    "money": r"块钱|块|元钱|元|毛钱|毛|角|万块|美元|欧元",
    "building": r"号楼|栋楼?|幢|座",
    "unit": r"单元",
    "floor": r"层楼?|楼",
    "room": r"室|号房间?|房间?",
    "minute": r"分钟|个小时|小时|刻钟",
    "days": r"天|个?星期|个?礼拜|周|个月|年",
    "percent": r"折|%|个点",
    "length": r"公里|千米|厘米|毫米|米|平方米?|平",
    "weight": r"公斤|千克|斤|克|吨",
    "number of things": r"份|件|张|箱|瓶|杯|盒|袋|台|部|条|只|双|套|位|人|个人|次|本|包|桶|碗|支|把|单|辆|间|晚|个",
    "street number": r"号院?(?![码线])|弄|巷",
    "years": r"岁",
}
_KEYS = {
    "day": r"大后天|大前天|后天|前天|明天|今天|昨天|明儿|今儿|后儿"
    r"|(?:下下?|上上?|这|本)?个?(?:周|星期|礼拜)[一二三四五六日天末]"
    rf"|{_FIGURE}(?:号(?![楼院线房码])|日)"
    r"|\b(?:mon|tues|wednes|thurs|fri|satur|sun)day\b|\b(?:tomorrow|today|yesterday)\b",
    "month": rf"(?:下下?|上上?|这|本)个月|{_FIGURE}月(?:份)?"
    r"|\b(?:january|february|march|april|june|july|august|september|october|november|december)\b",
    "year": r"[0-9零一二三四五六七八九]{2,4}年|今年|明年|去年|后年|前年",
    "part of day": r"凌晨|清晨|早上|早晨|上午|中午|下午|傍晚|晚上|夜里|半夜",
    "clock": rf"{_FIGURE}点(?:半|钟|一刻|三刻|{_FIGURE}分?)?"
    r"|\b(?:[0-9]{1,2}(?::[0-9]{2})?|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve)"
    r" ?(?:am|pm|a\.m\.|p\.m\.|o'?clock)(?![a-z])",
    **{key: rf"{_FIGURE}(?:{words})" for key, words in _UNITS.items()},
    **{
        f"place ending in {suffix}": rf"[^\W\d_省市区县州盟路街镇乡村是在到去住从的对错{{}}]{{1,6}}{suffix}"
        for suffix in ("省", "市", "区", "县", "路", "大道", "街道", "街", "镇", "乡", "村")
    },
    "number": _FIGURE,
}
_NAMES = {f"k{number}": key for number, key in enumerate(_KEYS)}
_SHAPE = re.compile("|".join(f"(?P<{name}>{_KEYS[key]})" for name, key in _NAMES.items()))
_LEADING_FIGURE = re.compile(_FIGURE)


@dataclass(frozen=True, slots=True)
class Shape:
    """A phrase at [start, end) that can stand for others with its `key`. `figure`: the length of the number it begins
    with, 0 if with none; `large`: that number is written with 十 or 百, so it is no digit of a code."""

    start: int
    end: int
    key: str
    figure: int
    large: bool


def shapes(plain: str) -> list[Shape]:
    """All shapes in `plain` (folded), from the left, none overlapping."""
    return [_shape(match) for match in _SHAPE.finditer(plain)]


def shape_at(plain: str, start: int) -> Shape | None:
    """The shape that begins at `start`, None if there is none."""
    match = _SHAPE.match(plain, start)
    return _shape(match) if match else None


def _shape(match: re.Match[str]) -> Shape:
    figure = _LEADING_FIGURE.match(match[0])
    length = figure.end() if figure else 0
    large = bool(re.search("[十百千万]", match[0][:length]))
    return Shape(match.start(), match.end(), _NAMES[match.lastgroup or ""], length, large)
