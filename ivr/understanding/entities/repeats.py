"""What comes again and again: 每天, 每个星期, 每周三, 每月十五号, 每天早上八点, 每隔两天. The value is its TIMEX3."""

from __future__ import annotations

import re
from decimal import Decimal

from ivr.understanding.entities.clock_times import PARTS
from ivr.understanding.entities.date_words import DAY_NUMBER, NUMBER, WEEK, WEEKDAY, Source, whole
from ivr.understanding.entities.durations import Amount
from ivr.understanding.entities.moment import Moment

_UNIT = "年|个?季度|个?月|周|个?星期|个?礼拜|天|日|个?小时|个?钟头|分钟|秒钟|秒"
_EACH = re.compile(rf"每一?(?P<interval>隔)?(?P<amount>{NUMBER})?(?P<unit>{_UNIT})(?![一二三四五六日]|次)")
_WEEKLY = re.compile(rf"每个?(?:{WEEK})的?(?:{WEEK})?(?P<weekday>{WEEKDAY})")
_MONTHLY = re.compile(rf"每个?月的?(?P<day>{DAY_NUMBER})[日号]")
_WEEKEND = re.compile("每个?(?P<what>周末|工作日)")
_EVERY_PART = re.compile("每天?(?P<part>早上|早晨|上午|中午|下午|傍晚|晚上|晚|早)")
_GRAIN = {"年": "Y", "季度": "Q", "月": "M", "周": "W", "星期": "W", "礼拜": "W", "天": "D", "日": "D",
          "小时": "H", "钟头": "H", "分钟": "MIN", "秒钟": "S", "秒": "S"}  # fmt: skip


def find_repeats(clocks: list[Moment], source: Source) -> list[Moment]:
    """Everything repeated, with its clock where one follows."""
    text = source.text
    found = []
    for match in _EACH.finditer(text):
        count = whole(match["amount"]) if match["amount"] else 1
        if count:
            unit = _GRAIN[match["unit"].removeprefix("个")]
            days = count + 1 if match["interval"] and unit == "D" and count == 1 else count
            found.append(_set(match.start(), match.end(), Amount(Decimal(days), unit).timex))
    sunday = {"日": 7, "天": 7}
    found += [
        _set(match.start(), match.end(), f"XXXX-WXX-{sunday.get(match['weekday']) or whole(match['weekday']) or 1}")
        for match in _WEEKLY.finditer(text)
    ]
    found += [
        _set(match.start(), match.end(), f"XXXX-XX-{whole(match['day']) or 1:02d}") for match in _MONTHLY.finditer(text)
    ]
    found += [
        _set(match.start(), match.end(), "XXXX-WXX-WE" if match["what"] == "周末" else "XXXX-WXX-WD")
        for match in _WEEKEND.finditer(text)
    ]
    found += [_set(match.start(), match.end(), PARTS[match["part"]][0]) for match in _EVERY_PART.finditer(text)]
    return found + _with_clocks(found, clocks)


def _set(start: int, end: int, timex: str) -> Moment:
    return Moment("set", start, end, timex, timex, timex)


def _with_clocks(found: list[Moment], clocks: list[Moment]) -> list[Moment]:
    by_start = {clock.start: clock for clock in clocks}
    together = []
    for one in found:
        if (clock := by_start.get(one.end)) is not None:
            day = "XXXX-XX-XX" if one.timex == "P1D" else one.timex
            together.append(_set(one.start, clock.end, day + clock.timex))
    return together
