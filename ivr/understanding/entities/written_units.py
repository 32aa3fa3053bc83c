"""How percentages, sums and measures are written: 62%, ¥34.52, 12块5毛, 10km/h.

Sums in 元 and in foreign money get their sign; what was said in 块 and 毛 keeps these words. A unit with a symbol that
everybody reads gets it; any other unit keeps its name.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ivr.understanding.entities.amounts import amounts
from ivr.understanding.entities.currencies import CODES
from ivr.understanding.entities.entity import Money
from ivr.understanding.entities.money import find_money
from ivr.understanding.entities.number_pairs import pairs
from ivr.understanding.entities.numerals import Numeral, numerals, read
from ivr.understanding.entities.percent import find_percents
from ivr.understanding.entities.written_numbers import Form, pair_form, plain_decimal, shown

_SIGNS = {
    "CNY": "¥",
    "USD": "$",
    "EUR": "€",
    "GBP": "£",
    "AUD": "A$",
    "RUB": "₽",
    "JPY": "JP¥",
    "KRW": "₩",
    "MYR": "RM",
}
_SYMBOLS = {
    "千米每小时": "km/h",
    "公里每小时": "km/h",
    "米每秒": "m/s",
    "千米": "km",
    "公里": "km",
    "厘米": "cm",
    "毫米": "mm",
    "平方公里": "km²",
    "平方千米": "km²",
    "平方米": "m²",
    "立方米": "m³",
    "公斤": "kg",
    "千克": "kg",
    "毫克": "mg",
    "克": "g",
    "毫升": "ml",
    "摄氏度": "°C",
    "华氏度": "°F",
    "度": "°",
    "毫秒": "ms",
    "秒": "s",
    "分钟": "min",
    "千瓦时": "kwh",
    "千瓦": "kw",
    "摩尔": "mol",
    "赫兹": "Hz",
    "兆字节": "MB",
    "分贝": "dB",
    "伏特": "V",
}
_NAMES = "|".join(sorted(_SYMBOLS, key=len, reverse=True))
_UNIT = re.compile(rf"(?P<unit>{_NAMES})(?!半|数|级|(?<=度)[一二三四五六七八九])")
_PER_HOUR = re.compile(r"每小时$")
_TO = re.compile(r"到|至")
_PER_CENT = re.compile(r"百分之?|个百分点")
_NUMERAL_IN_SUM = re.compile(r"[零一二两三四五六七八九十百千万亿点]+")


def percents(plain: str) -> Iterator[Form]:
    """百分之六十二 is 62%, 百分之三十到四十 is 30~40%."""
    found = [one for one in find_percents(plain) if plain[one.start : one.end].lstrip("负的-").startswith("百分")]
    for one in found:
        after = next((other for other in found if _TO.fullmatch(plain[one.end : other.start])), None)
        joint = _TO.match(plain, one.end)
        last = read(plain, joint.end()) if joint else None
        low = plain_decimal(one.value)  # type: ignore[arg-type]  # a percent is a Decimal
        yield Form(one.start, one.end, f"{low}%")
        if after is not None:
            yield Form(one.start, after.end, f"{low}~{plain_decimal(after.value)}%")  # type: ignore[arg-type]
        elif last is not None:
            yield Form(one.start, last.end, f"{low}~{plain_decimal(last.value)}%")


def sums(plain: str) -> Iterator[Form]:
    """三十四点五元 is ¥34.5, 十二块五毛 is 12块5毛, 八九千美元 is $8000~9000."""
    for one in find_money(plain):
        said = plain[one.start : one.end]
        if not isinstance(one.value, Money) or one.confidence < 0.7 or said.isascii():
            continue
        if (
            "块" in said
            or "元" not in said + _unit_name(said)
            or (said.endswith(("毛", "角", "分", "毛钱")) and "元" not in said)
        ):
            yield Form(one.start, one.end, _NUMERAL_IN_SUM.sub(lambda match: shown(match[0]), said))
            continue
        sign = (
            "CNY"
            if said.endswith("人民币") and "元" not in said
            else _SIGNS.get(one.value.currency, one.value.currency)
        )
        yield Form(one.start, one.end, sign + plain_decimal(one.value.amount))
    for pair in pairs(plain, numerals(plain)):
        name = next((name for name in _LONGEST_NAMES if plain.startswith(name, pair.end)), None)
        if name is not None and name not in ("块", "块钱"):
            code = CODES[name]
            text = pair_form(plain, pair).text
            yield Form(pair.start, pair.end + len(name), _SIGNS.get(code, code) + text)


_LONGEST_NAMES = sorted((name for name in CODES if not name.isascii()), key=len, reverse=True)


def _unit_name(said: str) -> str:
    return "元" if any(said.endswith(name) for name in _LONGEST_NAMES if name not in ("块", "块钱")) else ""


def measured(plain: str) -> Iterator[Form]:
    """三百二十四点七五克 is 324.75g, 每小时十到二十公里 is 10~20km/h."""
    parts = numerals(plain)
    spans = {(pair.start, pair.end): pair_form(plain, pair).text for pair in pairs(plain, parts)}
    spans |= {(one.start, one.end): "" for one in amounts(plain) if one.numeral is not None}
    for (start, end), text in spans.items():
        stop = end - 1 if plain[end - 1] == "千" and end - start > 1 else end
        match = _UNIT.match(plain, stop) or _UNIT.match(plain, end)
        if match is None:
            continue
        number = text or shown(plain[start : match.start()])
        before = next((one for one in parts if _TO.fullmatch(plain[one.end : start])), None)
        yield _measure(plain, start, match, number, before)


def _measure(plain: str, start: int, match: re.Match[str], number: str, before: Numeral | None) -> Form:
    if before is not None:
        start, number = before.start, f"{shown(plain[before.start : before.end])}~{number}"
    symbol = _SYMBOLS[match["unit"]]
    per_hour = _PER_HOUR.search(plain[max(0, start - 3) : start])
    if per_hour and symbol in ("km", "m"):
        start, symbol = start - len(per_hour[0]), symbol + "/h"
    return Form(start, match.end(), number + symbol)
