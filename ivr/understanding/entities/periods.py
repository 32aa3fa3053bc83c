"""Periods of the calendar: 二零一八年, 去年五月, 下周, 周末, 上半年, 第三季度, 十月的第一周, 九十年代.

A period is a first day and the first day that is no longer in it. What is named without its year keeps its last and
its next occurrence; the running month counts as next. Periods counted from now (过去十年) are in spans_from_now.py, parts of
a period (月底) in parts_of_periods.py.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from ivr.understanding.entities.calendar_days import fixed, months_on, moved, yearly
from ivr.understanding.entities.date_words import (
    DIGIT,
    MONTH_NUMBER,
    NUMBER,
    SHIFT,
    WEEK,
    YEAR,
    Source,
    monday,
    shift_of,
    whole,
    year_of,
)  # fmt: skip
from ivr.understanding.entities.moment import Day, Moment

_MOON = {"正月": 1, "冬月": 11, "腊月": 12}
_FOUR_DIGITS = r"(?:1[5-9]\d\d|20\d\d|2100)"
_BARE_YEAR = re.compile(
    rf"(?:=\s?)?(?<![\d.,:/$-])(?P<year>{_FOUR_DIGITS})(?![\d,:/%年个块元米人次-]|\.\d)"
    rf"|(?<![\d.,:/$-])(?P<from>{_FOUR_DIGITS})(?=[-~–]{_FOUR_DIGITS}(?![\d-]))"
    rf"|(?<=[12]\d\d\d[-~–])(?<!\d[\d-]\d\d\d\d[-~–])(?P<to>{_FOUR_DIGITS})(?![\d-])"
)
_YEAR = re.compile(r"(?:=)?(?<![\d.,:/$-])(?P<year>1[5-9]\d\d|20\d\d|2100)(?![\d,:/%年个块元米人次-]|\.\d)")
_YEAR = re.compile(rf"(?:=\s?)?{YEAR}(?!级|费|纪|龄|薪)")
_MONTH = re.compile(
    rf"(?:(?:{YEAR})的?)?(?:(?<![\d{DIGIT}十个.])(?P<month>{MONTH_NUMBER})月份?|(?P<moon>正月|冬月|腊月))(?![嫂饼租费卡])"
)
_PURE_MONTH = re.compile(r"(?<![\d./-])(?P<year>\d{4})[-./](?P<month>1[0-2]|0?[1-9])(?![\d./-]|\d)")
_MONTH_YEAR = re.compile(r"(?<![\d./-])(?P<month>1[0-2]|0?[1-9])/(?P<year>(?:1[5-9]|20)\d\d)(?![\d./-])")
_AWAY = re.compile(
    rf"(?P<shift>{SHIFT}|上上个?|下下个?|当)(?P<unit>周末|周|星期|礼拜|月|季度|年|世纪)(?![{DIGIT}日天\d]|{WEEK})"
)
_WEEKEND = re.compile("(?<![一二三四五六日])周末")
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
_DECADE = re.compile(
    r"(?:(?P<century>\d{1,2}|二?十[一二三四五六七八九]?|[一二三四五六七八九])世纪|(?P<away>上个?|本|这个?)世纪)?(?:的)?"
    r"(?P<decade>1[0-9]\d0|20\d0|\d0|[二三四五六七八九]?十|[一二][零一二三四五六七八九][零一二三四五六七八九]零|[二三四五六七八九]零)年代"
)
_CENTURY = re.compile(
    r"(?<![\d第])(?P<century>\d{1,2}|二?十[一二三四五六七八九]?)世纪(?!的?(?:\d0|[一二三四五六七八九十]))"
)


@dataclass(frozen=True, slots=True)
class Grain:
    """A unit of the calendar: `floor` the first day of the one a day is in, `on` the first of the one so many later."""

    floor: Callable[[date], date]
    on: Callable[[date, int], date | None]
    timex: Callable[[date], str]


def _week_timex(first: date) -> str:
    year, week, _ = first.isocalendar()
    return f"{year:04d}-W{week:02d}"


def _quarter_timex(first: date) -> str:
    return f"({first},{months_on(first, 3)},P3M)"


def _quarter_start(day: date) -> date:
    return day.replace(month=(day.month - 1) // 3 * 3 + 1, day=1)


GRAINS = {
    "Y": Grain(
        lambda day: day.replace(month=1, day=1), lambda day, n: months_on(day, 12 * n), lambda d: f"{d.year:04d}"
    ),
    "Q": Grain(_quarter_start, lambda d, n: months_on(d, 3 * n), _quarter_timex),
    "M": Grain(lambda day: day.replace(day=1), months_on, lambda day: f"{day.year:04d}-{day.month:02d}"),
    "W": Grain(monday, lambda day, n: moved(day, 7 * n), _week_timex),
    "D": Grain(lambda day: day, moved, date.isoformat),
}


def find_periods(source: Source) -> list[Moment]:
    """Every period of the calendar that is named."""
    text = source.text
    rules: tuple[tuple[re.Pattern[str], Callable[[re.Match[str], Source], Moment | None]], ...] = (
        (_BARE_YEAR, _bare_year), (_YEAR, _year), (_MONTH, _month), (_PURE_MONTH, _pure_month), (_MONTH_YEAR, _pure_month), (_AWAY, _away),
        (_WEEKEND, _away), (_HALF_YEAR, _half_year), (_HALF_MONTH, _half_month), (_QUARTER, _quarter),
        (_SEASON, _season), (_WEEK_OF, _week_of), (_WEEK_OF_YEAR, _week_of_year), (_DECADE, _decade), (_CENTURY, _century),
    )  # fmt: skip
    found = (rule(match, source) for pattern, rule in rules for match in pattern.finditer(text))
    return [moment for moment in found if moment]


def period(
    match: re.Match[str], first: Day, length: tuple[int, str], source: Source, timex: str, *, unit: str = "",
    vague: bool = False, confidence: float = 1.0, bare: bool = False,
) -> Moment:  # fmt: skip
    """What lasts `length` (a count and its unit) from `first` on; the running one counts as the next."""
    count, grain = length
    today = GRAINS[grain].floor(source.today)

    def whole_of(start: date | None) -> tuple[date, date] | None:
        end = GRAINS[grain].on(start, count) if start else None
        return (start, end) if start and end else None

    return Moment(
        "date_range", match.start(), match.end(), timex, whole_of(first.last(today)), whole_of(first.next(today)),
        day=first, unit=unit or grain, vague=vague, confidence=confidence, bare=bare,
    )  # fmt: skip


def _from(  # noqa: PLR0917 - a shorthand that every rule below uses
    match: re.Match[str], first: date | None, count: int, grain: str, source: Source, timex: str = ""
) -> Moment | None:
    if first is None:
        return None
    return period(match, fixed(first, first.isoformat()), (count, grain), source, timex or GRAINS[grain].timex(first))


def _named_year(match: re.Match[str], source: Source) -> int | None:
    return year_of(match, source.today)


def _year(match: re.Match[str], source: Source) -> Moment | None:
    year = _named_year(match, source)
    said = match["year"] or ""
    if year is None or (said and len(said) < 3 and (said.isascii() or "十" in said)):
        return None  # 十八年 and 20年 are lengths, unless a month follows
    return _from(match, date(year, 1, 1), 1, "Y", source)


def find_short_years(source: Source) -> list[Moment]:
    """16年, which is 16 years before it is 2016: for who asks for periods only."""
    found = []
    for match in _YEAR.finditer(source.text):
        if (said := match["year"] or "").isascii() and len(said) == 2 and (year := _named_year(match, source)):
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
    if (year := _named_year(match, source)) is not None:
        return _from(match, date(year, month, 1), 1, "M", source)
    if match["year"] or match["reign"]:
        return None
    timex = f"XXXX-{month:02d}"
    return period(match, yearly(timex, lambda year: date(year, month, 1)), (1, "M"), source, timex)


def _pure_month(match: re.Match[str], source: Source) -> Moment | None:
    year = int(match["year"])
    return _from(match, date(year, int(match["month"]), 1), 1, "M", source) if 1000 <= year < 9000 else None


def _away(match: re.Match[str], source: Source) -> Moment | None:
    groups = match.groupdict()
    shift = shift_of(groups.get("shift") or "")
    unit = groups.get("unit") or "周末"
    if unit == "周末":
        first = moved(monday(source.today), 7 * shift)
        saturday = moved(first, 5) if first else None
        if first is None or saturday is None:
            return None
        return period(match, fixed(saturday, ""), (2, "D"), source, f"{_week_timex(first)}-WE", unit="WE")
    if unit == "世纪":
        start = (source.today.year // 100 + shift) * 100
        return _from(match, date(start, 1, 1), 100, "Y", source, f"({start}-01-01,{start + 100}-01-01,P100Y)")
    grain = {"周": "W", "星期": "W", "礼拜": "W", "月": "M", "季度": "Q", "年": "Y"}[unit]
    return _from(match, GRAINS[grain].on(GRAINS[grain].floor(source.today), shift), 1, grain, source)


def _half_year(match: re.Match[str], source: Source) -> Moment | None:
    """上半年 is the first of the year; 上个半年 is the half before this one."""
    second = match["half"] in "下后"
    year = _named_year(match, source)
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
    return _from(match, first, 6, "M", source, f"({first},{end},P6M)")


def _half_month(match: re.Match[str], source: Source) -> Moment | None:
    first: date | None = source.today.replace(day=1)
    if (month := whole(match["month"] or "")) is not None:
        first = date(_named_year(match, source) or source.today.year, month, 1)
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
    year = _named_year(match, source)
    month = 3 * number - 2
    if year is not None:
        return _from(match, date(year, month, 1), 1, "Q", source)
    timex = f"(XXXX-{month:02d}-01,XXXX-{(month + 3 - 1) % 12 + 1:02d}-01,P3M)"
    return period(match, yearly(timex, lambda year: date(year, month, 1)), (1, "Q"), source, timex)


def _season(match: re.Match[str], source: Source) -> Moment | None:
    mark, month = _SEASONS[match["season"]]
    year = _named_year(match, source)
    if year is None and not match["long"]:
        return None
    if year is not None:
        return period(match, fixed(date(year, month, 1), ""), (3, "M"), source, f"{year:04d}-{mark}", unit="season")
    return period(match, yearly(mark, lambda year: date(year, month, 1)), (3, "M"), source, mark, unit="season")


def _week_of(match: re.Match[str], source: Source) -> Moment | None:
    """The weeks of a month are those whose Thursday is in it, as ISO 8601 has it for years."""
    count = whole(match["count"]) if match["count"] else -1
    month, year = whole(match["month"] or ""), _named_year(match, source)
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
        return _from(match, of_year(year), 1, "W", source, f"{year:04d}-{mark}")
    return period(match, yearly("", of_year), (1, "W"), source, f"XXXX-{mark}")


def _week_of_year(match: re.Match[str], source: Source) -> Moment | None:
    """By ISO 8601: the first week of a year is the one with its first Thursday."""
    year = _named_year(match, source)
    count = 0 if match["final"] else whole(match["count"])
    if year is None or count is None or count > 53:
        return None
    first = moved(monday(date(year + (count == 0), 1, 4)), 7 * (count - 1))
    return _from(match, first, 1, "W", source)


def _decade(match: re.Match[str], source: Source) -> Moment | None:
    decade = whole(match["decade"])
    if decade is not None and decade > 999 and not match["away"] and not match["century"]:
        return _from(match, date(decade, 1, 1), 10, "Y", source, f"({decade}-01-01,{decade + 10}-01-01,P10Y)")
    if decade is None or decade > 90:
        return None
    if match["away"]:
        century = source.today.year // 100 + shift_of(match["away"].removesuffix("个"))
    elif match["century"]:
        century = (whole(match["century"]) or 1) - 1
    else:
        return _open_decade(match, decade, source)
    start = century * 100 + decade
    if not 1 <= start < 9000:
        return None
    return _from(match, date(start, 1, 1), 10, "Y", source, f"({start:04d}-01-01,{start + 10:04d}-01-01,P10Y)")


def _open_decade(match: re.Match[str], decade: int, source: Source) -> Moment:
    timex = f"(XX{decade:02d}-01-01,XX{(decade + 10) % 100:02d}-01-01,P10Y)"
    start = source.today.year // 100 * 100 + decade
    last, following = (start - 100, start) if start > source.today.year else (start, start + 100)
    day = Day(timex, lambda _: date(following, 1, 1), lambda _: date(last, 1, 1))
    return period(match, day, (10, "Y"), source, timex)


def _century(match: re.Match[str], source: Source) -> Moment | None:
    century = whole(match["century"])
    if not century or century > 80:
        return None
    start = (century - 1) * 100 or 1
    return _from(match, date(start, 1, 1), 100, "Y", source, f"({start:04d}-01-01,{century * 100:04d}-01-01,P100Y)")
