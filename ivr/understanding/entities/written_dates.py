"""How dates and times of day are written: 2008/08/08, 08/16, 8:05, 8:30a.m.; what was not said is not added."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ivr.understanding.entities.numerals import read
from ivr.understanding.entities.written_numbers import Form, plain_decimal, shown

_D = "零〇一二三四五六七八九"
_YEAR = rf"(?:[{_D}幺]{{2,4}}|[一二两]千(?:零?[{_D}十百]{{1,6}})?|\d{{2,4}})"
_MONTH = r"(?:十[一二]|十|[一二三四五六七八九]|1[0-2]|0?[1-9])"
_DAY = (
    r"(?:三十一|三十|二十[一二三四五六七八九]|二十|十[一二三四五六七八九]|十|[一二三四五六七八九]|3[01]|[12]\d|0?[1-9])"
)
_DATE = re.compile(
    rf"(?:(?P<year>{_YEAR})年)?(?<![{_D}十\d])(?P<month>{_MONTH})月(?:(?P<day>{_DAY})[日号])?|(?P<only>{_YEAR})年(?![后前多半])"
)
_MINUTE = rf"(?:[二三四五]?十[一二三四五六七八九]?|零[一二三四五六七八九])(?![{_D}十百千万])"
_TIME = re.compile(
    r"(?P<part>上午|早上|清晨|凌晨|下午|晚上|傍晚)?"
    rf"(?P<hour>二十[一二三四]|二十|十[一二三四五六七八九]|十|[零一二两三四五六七八九])点"
    rf"(?:(?P<half>半)|(?P<quarter>[一三])刻|(?P<minute>{_MINUTE}|[一二三四五六七八九](?=分))分?(?:(?P<second>{_MINUTE}|[一二三四五六七八九])秒)?)"
    r"(?!之)"
)
_MORNING = ("上午", "早上", "清晨", "凌晨")


def dates(plain: str) -> Iterator[Form]:
    """二零零八年八月八日 is 2008/08/08, 二零零八年 is 2008年."""
    for match in _DATE.finditer(plain):
        if match["only"]:
            yield Form(match.start(), match.end(), shown(match["only"]) + "年")
        elif match["year"] or match["day"]:
            parts = [_two(match[name]) for name in ("month", "day") if match[name]]
            yield Form(
                match.start(), match.end(), "/".join([*([shown(match["year"])] if match["year"] else []), *parts])
            )


def times(plain: str) -> Iterator[Form]:
    """上午八点半 is 8:30a.m."""
    for match in _TIME.finditer(plain):
        hour = _number(match["hour"])
        minute = (
            30 if match["half"] else _number(match["quarter"]) * 15 if match["quarter"] else _number(match["minute"])
        )
        second = f":{_number(match['second']):02}" if match["second"] else ""
        half = "" if not match["part"] else "a.m." if match["part"] in _MORNING else "p.m."
        shown_hour = f"{hour:02}" if hour == 0 else str(hour)
        yield Form(match.start(), match.end(), f"{shown_hour}:{minute:02}{second}{half}")


def _number(said: str) -> int:
    one = read(said, 0)
    return int(one.value) if one is not None else 0


def _two(said: str) -> str:
    one = read(said, 0)
    return plain_decimal(one.value).zfill(2) if one is not None else said
