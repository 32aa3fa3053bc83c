"""Periods of the calendar: 二零一八年, 去年五月, 下周, 周末, 上个月, 上季度.

What is named without its year keeps its last and its next occurrence; the running month counts as next. Parts of years
are in parts_of_years.py, periods counted from now (过去十年) in spans_from_now.py, 月底 in parts_of_periods.py.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date

from ivr.understanding.entities.calendar_days import fixed, moved, real, yearly
from ivr.understanding.entities.date_words import (
    DIGIT,
    MONTH_NUMBER,
    SHIFT,
    WEEK,
    YEAR,
    Source,
    monday,
    shift_of,
    whole,
)
from ivr.understanding.entities.decades import find_decades
from ivr.understanding.entities.grains import GRAINS, from_day, named_year, period, week_timex
from ivr.understanding.entities.moment import Moment
from ivr.understanding.entities.parts_of_years import find_parts_of_years

_MOON = {"正月": 1, "冬月": 11, "腊月": 12}
_FOUR_DIGITS = r"(?:1[5-9]\d\d|20\d\d|2100)"
_BARE_YEAR = re.compile(
    rf"(?:=\s?)?(?<![\d.,:/$-])(?P<year>{_FOUR_DIGITS})(?![\d,:/%年个块元米人次-]|\.\d)"
    rf"|(?<![\d.,:/$-])(?P<from>{_FOUR_DIGITS})(?=[-~–]{_FOUR_DIGITS}(?![\d-]))"
    rf"|(?<=[12]\d\d\d[-~–])(?<!\d[\d-]\d\d\d\d[-~–])(?P<to>{_FOUR_DIGITS})(?![\d-])"
)
_YEAR = re.compile(rf"(?:=\s?)?{YEAR}(?!级|费|纪|龄|薪)")
_MONTH = re.compile(
    rf"(?:(?:{YEAR})的?)?(?:(?<![\d{DIGIT}十个.])(?P<month>{MONTH_NUMBER})月份?|(?P<moon>正月|冬月|腊月))(?![嫂饼租费卡])"
)
_PURE_MONTH = re.compile(r"(?<![\d./-])(?P<year>\d{4})[-./](?P<month>1[0-2]|0?[1-9])(?![\d./-]|\d)")
_MONTH_YEAR = re.compile(r"(?<![\d./-])(?P<month>1[0-2]|0?[1-9])/(?P<year>(?:1[5-9]|20)\d\d)(?![\d./-])")
_AWAY = re.compile(
    rf"(?P<shift>{SHIFT}|上上个?|下下个?|当)(?P<unit>周末|周|星期|礼拜|月|季度|年|世纪)(?![{DIGIT}日天\d]|{WEEK})"
)
_WEEKEND = re.compile(
    "(?<![一二三四五六日])(?:周末|(?:周|星期|礼拜)六(?:和|跟)?(?:周|星期|礼拜)?[日天](?!到|至)|双休日)"
)


def find_periods(source: Source) -> list[Moment]:
    """Every period of the calendar that is named."""
    rules: tuple[tuple[re.Pattern[str], Callable[[re.Match[str], Source], Moment | None]], ...] = (
        (_BARE_YEAR, _bare_year),
        (_YEAR, _year),
        (_MONTH, _month),
        (_PURE_MONTH, _pure_month),
        (_MONTH_YEAR, _pure_month),
        (_AWAY, _away),
        (_WEEKEND, _away),
    )
    found = (rule(match, source) for pattern, rule in rules for match in pattern.finditer(source.text))
    return [*(moment for moment in found if moment), *find_parts_of_years(source), *find_decades(source)]


def _year(match: re.Match[str], source: Source) -> Moment | None:
    year = named_year(match, source)
    said = match["year"] or ""
    if year is None or (said and len(said) < 3 and (said.isascii() or "十" in said)):
        return None  # 十八年 and 20年 are lengths, unless a month follows
    return from_day(match, date(year, 1, 1), 1, "Y", source)


def find_short_years(source: Source) -> list[Moment]:
    """16年, which is 16 years before it is 2016: for who asks for periods only."""
    found = []
    for match in _YEAR.finditer(source.text):
        if (said := match["year"] or "").isascii() and len(said) == 2 and (year := named_year(match, source)):
            day = fixed(date(year, 1, 1), f"{year}")
            found.append(period(match, day, (1, "Y"), source, day.timex, confidence=0.4, bare=True))
    return found


def _bare_year(match: re.Match[str], source: Source) -> Moment | None:
    year = match["year"] or match["from"] or match["to"]
    return period(match, fixed(date(int(year), 1, 1), year), (1, "Y"), source, year, confidence=0.4, bare=True)


def _month(match: re.Match[str], source: Source) -> Moment | None:
    month = _MOON.get(match["moon"] or "") or whole(match["month"] or "")
    if month is None:
        return None
    if (year := named_year(match, source)) is not None:
        return from_day(match, date(year, month, 1), 1, "M", source)
    if match["year"] or match["reign"]:
        return None
    timex = f"XXXX-{month:02d}"
    return period(match, yearly(timex, lambda year: date(year, month, 1)), (1, "M"), source, timex)


def _pure_month(match: re.Match[str], source: Source) -> Moment | None:
    year = int(match["year"])
    return from_day(match, date(year, int(match["month"]), 1), 1, "M", source) if 1000 <= year < 9000 else None


def _away(match: re.Match[str], source: Source) -> Moment | None:
    groups = match.groupdict()
    shift = shift_of(groups.get("shift") or "")
    unit = groups.get("unit") or "周末"
    if unit == "周末":
        first = moved(monday(source.today), 7 * shift)
        saturday = moved(first, 5) if first else None
        if first is None or saturday is None:
            return None
        return period(match, fixed(saturday, ""), (2, "D"), source, f"{week_timex(first)}-WE", unit="WE")
    if unit == "世纪":
        start = (source.today.year // 100 + shift) * 100
        return from_day(match, real(start, 1, 1), 100, "Y", source, f"({start}-01-01,{start + 100}-01-01,P100Y)")
    grain = {"周": "W", "星期": "W", "礼拜": "W", "月": "M", "季度": "Q", "年": "Y"}[unit]
    return from_day(match, GRAINS[grain].on(GRAINS[grain].floor(source.today), shift), 1, grain, source)
