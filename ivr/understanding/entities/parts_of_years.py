"""Parts of a year by their own names: 上半年, 第三季度, 夏天, 十月的第一周, 今年第三周, 上半月."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta

from ivr.understanding.entities.calendar_days import fixed, months_on, moved, yearly
from ivr.understanding.entities.date_words import (
    MONTH_NUMBER,
    NUMBER,
    SHIFT,
    WEEK,
    YEAR,
    Source,
    monday,
    shift_of,
    whole,
)
from ivr.understanding.entities.grains import from_day, named_year, period
from ivr.understanding.entities.moment import Moment

_HALF_YEAR = re.compile(rf"(?:(?:{YEAR})的?)?(?P<half>[上下前后])(?P<away>个)?半年")
_HALF_MONTH = re.compile(
    rf"(?:(?:{YEAR})的?)?(?:(?P<month>{MONTH_NUMBER})月份?的?|(?P<month_away>{SHIFT}|当)月的?)?(?P<half>[上下])半个?月"
)
_QUARTER = re.compile(rf"(?:(?:{YEAR})的?)?(?:第?(?P<quarter>[一二三四1-4])个?季度|q(?P<q>[1-4]))(?![\d月])")
_SEASON = re.compile(rf"(?:(?:{YEAR})的?)?(?P<season>[春夏秋冬])(?P<long>天|季)?")
_SEASONS = {"春": ("SP", 3), "夏": ("SU", 6), "秋": ("FA", 9), "冬": ("WI", 12)}
_WEEK_OF = re.compile(
    rf"(?:(?:(?:{YEAR})的?)?(?P<month>{MONTH_NUMBER})月份?|(?P<month_away>{SHIFT}|当)月)的?"
    rf"(?:第(?P<count>[一二三四五1-5])|(?P<final>最后一))个?{WEEK}(?![一二三四五六日天])"
)
_WEEK_OF_YEAR = re.compile(rf"{YEAR}的?(?:第(?P<count>{NUMBER})|(?P<final>最后一))个?{WEEK}(?![一二三四五六日天])")


def find_parts_of_years(source: Source) -> list[Moment]:
    """Every part of a year that has a name of its own."""
    rules: tuple[tuple[re.Pattern[str], Callable[[re.Match[str], Source], Moment | None]], ...] = (
        (_HALF_YEAR, _half_year),
        (_HALF_MONTH, _half_month),
        (_QUARTER, _quarter),
        (_SEASON, _season),
        (_WEEK_OF, _week_of),
        (_WEEK_OF_YEAR, _week_of_year),
    )
    found = (rule(match, source) for pattern, rule in rules for match in pattern.finditer(source.text))
    return [moment for moment in found if moment]


def _half_year(match: re.Match[str], source: Source) -> Moment | None:
    """上半年 is the first of the year; 上个半年 is the half before this one."""
    second = match["half"] in "下后"
    year = named_year(match, source)
    if year is None:
        year = source.today.year
    first = date(year, 7 if second else 1, 1)
    if match["away"]:
        this = source.today.replace(month=1 if source.today.month < 7 else 7, day=1)
        moved_half = months_on(this, 6 if second else -6)
        if moved_half is None:
            return None
        first = moved_half
    end = months_on(first, 6)
    return from_day(match, first, 6, "M", source, f"({first},{end},P6M)")


def _half_month(match: re.Match[str], source: Source) -> Moment | None:
    first: date | None = source.today.replace(day=1)
    if (month := whole(match["month"] or "")) is not None:
        first = date(named_year(match, source) or source.today.year, month, 1)
    elif match["month_away"]:
        first = months_on(source.today.replace(day=1), shift_of(match["month_away"]))
    if first is None:
        return None
    following = months_on(first, 1)
    middle = first.replace(day=16)
    start, end = (middle, following) if match["half"] == "下" else (first, middle)
    if end is None:
        return None
    days = (end - start).days
    return period(match, fixed(start, ""), (days, "D"), source, f"({start},{end},P{days}D)", unit="halfmonth")


def _quarter(match: re.Match[str], source: Source) -> Moment | None:
    number = int(match["q"] or whole(match["quarter"]) or 1)
    year = named_year(match, source)
    month = 3 * number - 2
    if year is not None:
        return from_day(match, date(year, month, 1), 1, "Q", source)
    timex = f"(XXXX-{month:02d}-01,XXXX-{(month + 3 - 1) % 12 + 1:02d}-01,P3M)"
    return period(match, yearly(timex, lambda year: date(year, month, 1)), (1, "Q"), source, timex)


def _season(match: re.Match[str], source: Source) -> Moment | None:
    mark, month = _SEASONS[match["season"]]
    year = named_year(match, source)
    if year is None and not match["long"]:
        return None
    if year is not None:
        return period(match, fixed(date(year, month, 1), ""), (3, "M"), source, f"{year:04d}-{mark}", unit="season")
    return period(match, yearly(mark, lambda year: date(year, month, 1)), (3, "M"), source, mark, unit="season")


def _week_of(match: re.Match[str], source: Source) -> Moment | None:
    """The weeks of a month are those whose Thursday is in it, as ISO 8601 has it for years."""
    count = whole(match["count"]) if match["count"] else -1
    month, year = whole(match["month"] or ""), named_year(match, source)
    if match["month_away"]:
        first = months_on(source.today.replace(day=1), shift_of(match["month_away"]))
        if first is None:
            return None
        year, month = first.year, first.month
    if count is None or month is None:
        return None

    def of_year(year: int) -> date | None:
        following = months_on(date(year, month, 1), 1)
        inside = date(year, month, 1) + timedelta(days=3) if count > 0 else following
        if inside is None:
            return None
        week = monday(inside) if count > 0 else monday(inside - timedelta(days=4))
        return moved(week, 7 * (count - 1)) if count > 0 else week

    mark = f"{month:02d}-W{count:02d}" if count > 0 else f"{month:02d}-W#1"
    if year is not None:
        return from_day(match, of_year(year), 1, "W", source, f"{year:04d}-{mark}")
    return period(match, yearly("", of_year), (1, "W"), source, f"XXXX-{mark}")


def _week_of_year(match: re.Match[str], source: Source) -> Moment | None:
    """By ISO 8601: the first week of a year is the one with its first Thursday."""
    year = named_year(match, source)
    count = 0 if match["final"] else whole(match["count"])
    if year is None or count is None or count > 53:
        return None
    first = moved(monday(date(year + (count == 0), 1, 4)), 7 * (count - 1))
    return from_day(match, first, 1, "W", source)
