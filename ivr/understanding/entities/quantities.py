"""Measures: ages, dimensions (length, weight, size, data …) and temperatures.

A unit follows its number at once. 千 and 兆 belong to the unit where they can (三千比特 is three kilobits, 五十兆字节
fifty megabytes), because nobody says the other thing so. 半 after the unit is half a unit more (三斤半). 度 alone says
degrees of no scale; 零下 is below zero.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from decimal import Decimal

from ivr.understanding.entities.amounts import Amount, amount_at, amounts, prepared
from ivr.understanding.entities.entity import Entity, Quantity
from ivr.understanding.entities.measure_words import counts
from ivr.understanding.entities.numerals import DIGIT_VALUES
from ivr.understanding.entities.units import UNITS


def _one_of(names: Iterable[str]) -> str:
    return "|".join(
        re.escape(name) + (r"(?![a-z\d])" if name[-1].isascii() else "")
        for name in sorted(names, key=len, reverse=True)
    )


_UNIT = re.compile(rf"\s*(?P<about>[多几来余]\s*)?(?P<unit>{_one_of(UNITS)})")
_HALF_UNIT = re.compile(r"(?<![一二两三四五六七八九十\d个斤里])半(?P<unit>公斤|公里|斤|升|吨|米|亩)(?![线])")
_DIGITS_AFTER = re.compile(
    r"(?:[一二三四五六七八九][零一二三四五六七八九]?|[1-9]\d?)(?![零一二三四五六七八九\d十百千万点分])"
)
_NO_UNIT_AFTER = {
    "米": "饭粉线",
    "克": "服隆扣",
    "里": "面边程",
    "两": "个位人天年次点百千万种岁名件条张家块小口只",
    "升": "级值",
    "码": "头",
    "平": "安台时均常衡等",
    "方": "面向便式法案",
    "度": "假过",
    "斗": "争",
    "石": "头",
    "节": "",
    "安": "全排",
    "瓦": "片",
    "兆": "",
    "钱": "",
    "匹": "",
    "吨": "",
    "尺": "码寸",
    "斤": "斤",
}
_WEAK = frozenset("里方平石斗钱担安瓦伏顷节码")
"""Units of one character that are far more often something else: only after a number of a unit's own (十里, 三平)."""
_AGE = re.compile(
    r"\s*(?P<about>[多几来余]\s*)?"
    r"(?P<unit>周岁|岁|个?月大|个?(?:星期|礼拜)大|周大|天大|年大|(?:year|month|week|day)s? old)(?P<half>半)?"
)
_AGE_UNITS = {"岁": "year", "年": "year", "月": "month", "周": "week", "星": "week", "礼": "week", "天": "day"}
_SCALES = {"c": "celsius", "f": "fahrenheit", "k": "kelvin", "": "degree"}
_DEGREES = re.compile(
    r"\s*(?P<unit>摄氏度|华氏度|开氏度|开尔文|摄氏|华氏|℃|℉|°\s*[cf](?![a-z])|°|度"
    r"|degrees (?:celsius|fahrenheit)|degrees?|celsius|fahrenheit)(?!电|假|过)"
)
_SCALE_BEFORE = re.compile(r"(?P<scale>摄氏|华氏|开氏)(?:温度)?\s*(?:为|是)?\s*(?:零下|零上|负)?\s*$")
_BELOW = re.compile(r"零下\s*$")
_SCALE_ALONE = re.compile(r"(?P<scale>摄氏度|华氏度|开氏度|℃|℉)")


def find_ages(text: str) -> list[Entity]:
    """Kind age, a Quantity in year, month, week or day."""
    plain = prepared(text)
    found = []
    for amount in amounts(plain):
        match = _AGE.match(plain, amount.end)
        if match is None or amount.decimal < 0:
            continue
        said = match["unit"].removeprefix("个")
        unit = "year" if said == "周岁" else _AGE_UNITS.get(said[0]) or said.split(" ")[0].removesuffix("s")
        value = amount.decimal + (Decimal("0.5") if match["half"] else 0)
        found.append(_entity("age", text, amount.start, match.end(), Quantity(value, unit), about=match["about"]))
    return found


def find_dimensions(text: str) -> list[Entity]:
    """Kind dimension, a Quantity."""
    plain = prepared(text)
    found = [
        _entity("dimension", text, match.start(), match.end(), Quantity(Decimal("0.5"), UNITS[match["unit"]]))
        for match in _HALF_UNIT.finditer(plain)
    ]
    for amount in amounts(plain):
        for shorter in _without_last_unit(plain, amount):
            match = _UNIT.match(plain, shorter.end)
            if match is None or not _fits(plain, match) or plain[: amount.start].endswith("第"):
                continue
            more, end = _after_unit(plain, match)
            value = shorter.decimal + (more if shorter.decimal >= 0 else -more)
            quantity = Quantity(value, UNITS[match["unit"]])
            found.append(_entity("dimension", text, shorter.start, end, quantity, about=match["about"]))
            break
    return found


def _after_unit(plain: str, match: re.Match[str]) -> tuple[Decimal, int]:
    """What 半 or digits after the unit add to it (三斤半, 一米七五), and where they end."""
    if match["unit"].isascii():
        return Decimal(0), match.end()
    if plain[match.end() : match.end() + 1] == "半":
        return Decimal("0.5"), match.end() + 1
    digits = _DIGITS_AFTER.match(plain, match.end()) if match["unit"] in ("米", "斤", "公里", "公斤", "吨") else None
    if digits is None or counts(plain, digits.end()):
        return Decimal(0), match.end()
    places = "".join(str(DIGIT_VALUES.get(character, character)) for character in digits[0])
    return Decimal(f"0.{places}"), digits.end()


def _without_last_unit(plain: str, amount: Amount) -> Iterator[Amount]:
    """The amount without a 千 or 兆 that begins a unit's name, then the whole of it."""
    for last in ("千兆", "千", "兆"):
        stop = amount.end - len(last)
        if not plain.startswith(last, stop) or stop <= amount.start:
            continue
        shorter = amount_at(plain, amount.start, stop)
        match = _UNIT.match(plain, stop)
        if shorter is None or shorter.end != stop or match is None or not match["unit"].startswith(last):
            continue
        if len(match["unit"]) > 1 or _data(plain, match):
            yield shorter
    yield amount


def _data(plain: str, match: re.Match[str]) -> bool:
    """五十兆宽带 and 五百兆流量 count megabytes as callers say them."""
    return plain.startswith(("宽带", "流量", "带宽", "光纤", "网速", "的宽带", "的流量", "的光纤"), match.end())


def _fits(plain: str, match: re.Match[str]) -> bool:
    unit, following = match["unit"], plain[match.end() : match.end() + 1]
    if following and following in _NO_UNIT_AFTER.get(unit, ""):
        return False
    if unit in ("w", "v", "l", "g", "m") and match[0].startswith(" "):
        return False
    return not (unit in _WEAK and following.isalnum())


def find_temperatures(text: str) -> list[Entity]:
    """Kind temperature, a Quantity in celsius, fahrenheit, kelvin or degree; kind temperature_unit, its name alone."""
    plain = prepared(text)
    found = []
    for amount in amounts(plain):
        match = _DEGREES.match(plain, amount.end)
        if match is None:
            continue
        front = _SCALE_BEFORE.search(plain[max(0, amount.start - 12) : amount.start])
        below = _BELOW.search(plain[max(0, amount.start - 4) : amount.start])
        start = amount.start - (len(front[0]) if front else len(below[0]) if below else 0)
        value = -amount.decimal if below and amount.decimal > 0 else amount.decimal
        scale = _scale(match["unit"]) or (_scale(front["scale"]) if front else "")
        tenth = amount_at(plain, match.end()) if match["unit"] == "度" else None
        end = match.end()
        if (
            tenth is not None
            and tenth.end - tenth.start == 1
            and plain[tenth.end : tenth.end + 1] in ("", " ", "、", ",", "。")
        ):
            value, end = value + (tenth.decimal / 10).copy_sign(value), tenth.end
        found.append(_entity("temperature", text, start, end, Quantity(value, _SCALES[scale])))
    for match in _SCALE_ALONE.finditer(plain):
        if all(match.end() <= one.start or one.end <= match.start() for one in found):
            unit = _SCALES[_scale(match["scale"])]
            found.append(
                Entity("temperature_unit", match.start(), match.end(), text[match.start() : match.end()], unit)
            )
    return found


def _scale(said: str) -> str:
    if "摄" in said or "℃" in said or said.endswith("c") or "celsius" in said:
        return "c"
    if "华" in said or "℉" in said or said.endswith("f") or "fahrenheit" in said:
        return "f"
    return "k" if "开" in said else ""


def _entity(kind: str, text: str, start: int, end: int, value: Quantity, *, about: str | None = None) -> Entity:
    return Entity(kind, start, end, text[start:end], value, 0.8 if about else 1.0)
