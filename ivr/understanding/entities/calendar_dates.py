"""Dates as Mandarin says and writes them: 二零二六年十一月二十日, 下周三, 大后天, 三天后, 农历八月初三, 2026/1/5.

A date without its year or month keeps both its last and its next occurrence. Numbers with slashes, dots or dashes are
read year first, as is the custom; where the year comes last, day before month.
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, timedelta

from ivr.understanding.entities.calendar_days import (
    fixed,
    lunar_monthly,
    lunar_to_solar,
    lunar_yearly,
    monthly,
    months_on,
    moved,
    nth_weekday,
    real,
    weekly,
    yearly,
)  # fmt: skip
from ivr.understanding.entities.date_words import (
    DAY_NUMBER,
    DIGIT,
    MONTH_NUMBER,
    SHIFT,
    WEEK,
    WEEKDAY,
    YEAR,
    Source,
    monday,
    shift_of,
    whole,
    year_of,
)  # fmt: skip
from ivr.understanding.entities.durations import AMOUNT, amount_of, away
from ivr.understanding.entities.moment import Day, Moment

_LUNAR = "(?:农历|阴历|旧历|老历)"
_MONTH = (
    rf"(?:(?P<month>{MONTH_NUMBER})月份?|(?P<month_away>{SHIFT}|上上个?|下下个?|当)月|(?P<moon>正月|冬月|腊月|大年))"
)
_DAY = (
    rf"(?:(?P<day>{DAY_NUMBER})[日号](?![线楼院机店馆门码房桌位])|(?P<moon_day>初[一二三四五六七八九十]|廿[一二三四五六七八九]?)"
    rf"|(?P<day_alone>{DAY_NUMBER})(?!分(?!别)|[个块元点天年月人万千百名次折秒度钟小件岁\d.:：/多几期周]|[{DIGIT}十]))"
)
_WEEKDAY_AFTER = rf"(?:[,，、（(]?{WEEK}{WEEKDAY}[)）]?)?"
_WRITTEN = re.compile(
    rf"(?P<lunar>{_LUNAR})?(?:(?:{YEAR})的?)?(?P<lunar2>{_LUNAR})?(?P<leap>闰)?(?<![\d{DIGIT}十]){_MONTH}的?{_DAY}{_WEEKDAY_AFTER}"
)
_DAY_ONLY = re.compile(
    rf"(?<![\d{DIGIT}十百第月周期拜.a-z])(?P<day>{DAY_NUMBER})(?P<mark>[日号])(?![线楼院机店馆门码房桌位元本报常出])"
)
_MOON_DAY = re.compile(
    rf"(?<![月年\d{DIGIT}十廿])(?:{_LUNAR})?初(?P<day>[一二三四五六七八九十])(?![学中年班几次步高衷恋上下数语英物化（(]|级)"
)
_WEEKDAY = re.compile(
    rf"(?<![每\d{DIGIT}十个])(?:(?P<shift>{SHIFT}|上上个|下下个|最后一?个?)的?)?{WEEK}(?P<weekday>{WEEKDAY})(?![个次共度年月号])"
)
_WEEKDAYS = {character: place for place, character in enumerate("一二三四五六日")} | {"天": 6}
_NEAR = {
    "大前天": -3, "前天": -2, "前日": -2, "昨天": -1, "昨日": -1, "昨儿": -1, "今天": 0, "今日": 0, "今儿": 0,
    "明天": 1, "明日": 1, "明儿": 1, "后天": 2, "后日": 2, "大后天": 3,
}  # fmt: skip
_NEARBY = re.compile(
    "(?P<word>" + "|".join(sorted(_NEAR, key=len, reverse=True)) + r")个?(?!头条|新闻)"
    "|(?P<half>[昨今明]|这个?(?=上午|下午|早上|晚上))(?=[晚早晨上下](?!报|点名|周|月|个))|(?P<both>后|前)(?=晚上?)(?<![以之然])"
)
_AWAY = re.compile(rf"(?:再?过)?{AMOUNT}(?:之|以)?(?P<side>前|后)(?!天|年|期|来|台|面)")
_PASSING = re.compile(rf"(?:再过|过)(?!去){AMOUNT}(?!之|以|后)")
_Y, _M, _D = r"(?P<year>\d{4}|\d{2})", "(?P<month>1[0-2]|0?[1-9])", r"(?P<day>3[01]|[12]\d|0?[1-9])"
_SLASH = (r"(?<![\d.:/])(?<!\d{5}-)", r"[/.]", r"(?![\d:]|/\d)")
_DASH = (r"(?<![\d.:/-])", "-", r"(?![\d:]|[/-]\d)")
_NUMERIC = (
    *(re.compile(f"{before}{_Y}(?P<mark>{mark}){_M}(?P=mark){_D}{after}") for before, mark, after in (_SLASH, _DASH)),
    *(
        re.compile(rf"{before}{_D}(?P<mark>{mark}){_M}(?P=mark)(?P<year>\d{{4}}){after}")
        for before, mark, after in (_SLASH, _DASH)
    ),
    *(
        re.compile(rf"{before}{_M}(?P<mark>{mark})(?P<day>3[01]|[12]\d)(?P=mark)(?P<year>\d{{4}}|\d\d){after}")
        for before, mark, after in (_SLASH, _DASH)
    ),
    re.compile(rf"(?<![\d.:/-])(?P<day>[1-9])(?P<mark>[-/]){_M}(?P=mark)(?P<year>\d\d)(?![\d:]|[/-]\d)"),
    re.compile(rf"(?<![\d.:/-]){_M}/{_D}(?![\d:/%])"),
    re.compile(rf"(?<![\d.:/-])(?P<day>3[01]|[12]\d)/{_M}(?![\d:/%])"),
)  # fmt: skip
_WEEKDAY_OF_MONTH = re.compile(
    rf"(?:{YEAR}的?)?(?:(?P<month>{MONTH_NUMBER})月份?|(?P<month_away>{SHIFT}|当)月)的?"
    rf"(?:第(?P<count>[一二三四五1-5])个?|(?P<final>最后一?个?)){WEEK}(?P<weekday>{WEEKDAY})"
)


def find_days(source: Source) -> list[Moment]:
    """Every day that is named by itself; festivals are in holidays.py."""
    text = source.text
    found = [_written(match, source) for match in _WRITTEN.finditer(text)]
    found += [_numeric(match, source) for pattern in _NUMERIC for match in pattern.finditer(text)]
    found += [_day_only(match, source) for match in _DAY_ONLY.finditer(text)]
    found += [_moon_day(match, source) for match in _MOON_DAY.finditer(text)]
    found += [_weekday_of_month(match, source) for match in _WEEKDAY_OF_MONTH.finditer(text)]
    found += [_weekday(match, source) for match in _WEEKDAY.finditer(text)]
    found += [_near(match, source) for match in _NEARBY.finditer(text)]
    found += [_counted(match, source) for pattern in (_AWAY, _PASSING) for match in pattern.finditer(text)]
    return [moment for moment in found if moment]


def on(day: Day, start: int, end: int, source: Source) -> Moment:
    """`day` as a date at [start, end)."""
    return Moment("date", start, end, day.timex, day.last(source.today), day.next(source.today), day=day, unit="D")


def _this(day: date | None) -> Day | None:
    return fixed(day, day.isoformat()) if day else None


def _written(match: re.Match[str], source: Source) -> Moment | None:
    year = year_of(match, source.today)
    day = _day_number(match)
    if day is None or (match["day_alone"] and not match["month"] and not match["moon"]):
        return None
    if word := match["month_away"]:
        first = months_on(source.today.replace(day=1), shift_of(word))
        if first is None:
            return None
        if year is not None and match["year_away"] is None:
            first = first.replace(year=year)
        timex = f"{first.year:04d}-{first.month:02d}-{day:02d}"
        return on(fixed(real(first.year, first.month, day), timex), match.start(), match.end(), source)
    month = {"正月": 1, "冬月": 11, "腊月": 12, "大年": 1}.get(match["moon"] or "") or whole(match["month"] or "")
    if month is None:
        return None
    lunar = bool(match["lunar"] or match["lunar2"] or match["moon"] or match["moon_day"])
    return on(_of_months(year, month, day, lunar=lunar, source=source, eve=match["moon"] == "大年" and day > 28),
              match.start(), match.end(), source)  # fmt: skip


def _day_number(match: re.Match[str]) -> int | None:
    said = match["day"] or match["day_alone"] or (match["moon_day"] or "").removeprefix("初")
    return whole(said)


def _of_months(year: int | None, month: int, day: int, *, lunar: bool, source: Source, eve: bool) -> Day:
    """`eve`: the thirtieth of 大年 is the last day of the year before."""
    timex = f"{f'{year:04d}' if year else 'XXXX'}-{month:02d}-{day:02d}"
    if not lunar:
        found = real(year, month, day) if year else None
        return fixed(found, timex) if year else yearly(timex, lambda year: real(year, month, day))
    if not source.habits.lunar:
        found = real(year, month, day) if year else None
        return replace(
            fixed(found, timex) if year else yearly(timex, lambda year: real(year, month, day)), nominal=True
        )
    if eve:

        def the_eve(year: int) -> date | None:
            first = lunar_to_solar(year, 1, 1)
            return first - timedelta(days=1) if first else None

        return fixed(the_eve(year), timex, nominal=True) if year else yearly(timex, the_eve, nominal=True)
    return fixed(lunar_to_solar(year, month, day), timex, nominal=True) if year else lunar_yearly(timex, month, day)


def _numeric(match: re.Match[str], source: Source) -> Moment:
    month, day = int(match["month"]), int(match["day"])
    groups = match.groupdict()
    if (said := groups.get("year")) is None:
        timex = f"XXXX-{month:02d}-{day:02d}"
        found = on(yearly(timex, lambda year: real(year, month, day)), match.start(), match.end(), source)
        return replace(found, confidence=0.7, why="two numbers and a slash may be a fraction, too")
    year = int(said)
    if len(said) == 2:
        year += 2000 if year <= source.today.year % 100 + 20 else 1900
    return on(fixed(real(year, month, day), f"{year:04d}-{month:02d}-{day:02d}"), match.start(), match.end(), source)


def _day_only(match: re.Match[str], source: Source) -> Moment | None:
    number = whole(match["day"])
    if number is None or not 1 <= number <= 31:
        return None
    found = on(monthly(number), match.start(), match.end(), source)
    return replace(found, bare=match["mark"] == "号", confidence=0.8, why="a day without its month")


def _moon_day(match: re.Match[str], source: Source) -> Moment | None:
    """初五 by itself, of every month of the moon."""
    number = whole(match["day"])
    if number is None:
        return None
    day = lunar_monthly(number) if source.habits.lunar else monthly(number)
    found = on(day, match.start(), match.end(), source)
    return replace(found, confidence=0.8, why="a day of the lunar calendar without its month")


def _weekday(match: re.Match[str], source: Source) -> Moment | None:
    said = match["weekday"]
    weekday = _WEEKDAYS[said] if said in _WEEKDAYS else int(said) - 1
    if not (shift := match["shift"]):
        return on(weekly(weekday), match.start(), match.end(), source)
    weeks = -1 if shift.startswith("最后") else shift_of(shift)
    day = _this(moved(monday(source.today), weeks * 7 + weekday))
    return on(day, match.start(), match.end(), source) if day else None


def _near(match: re.Match[str], source: Source) -> Moment | None:
    if word := match["word"]:
        days = _NEAR[word]
    else:
        days = {"昨": -1, "今": 0, "这": 0, "明": 1, "后": 2, "前": -2}[(match["half"] or match["both"])[0]]
    day = _this(moved(source.today, days))
    return on(day, match.start(), match.end(), source) if day else None


def _counted(match: re.Match[str], source: Source) -> Moment | None:
    """三天后, 两个小时以前, 再过一个星期."""
    amount = amount_of(match)
    direction = -1 if match.groupdict().get("side") == "前" else 1
    if amount is None or (match["unit"] in ("日", "月", "分", "时") and match["amount"] != "半"):
        return None
    if amount.unit == "Y" and len(match["amount"]) > 2 and match["amount"].isascii():
        return None  # 2015年前 is before 2015
    then = away(source.at, amount, direction)
    if then is None:
        return None
    if not amount.of_clock:
        day = _this(then.date())
        return on(day, match.start(), match.end(), source) if day else None
    timex = then.isoformat(timespec="seconds")
    return Moment("datetime", match.start(), match.end(), timex, then, then, unit="S")


def _weekday_of_month(match: re.Match[str], source: Source) -> Moment | None:
    said = match["weekday"]
    weekday = _WEEKDAYS[said] if said in _WEEKDAYS else int(said) - 1
    count = -1 if match["final"] else whole(match["count"]) or 1
    year, month = year_of(match, source.today), whole(match["month"] or "")
    if word := match["month_away"]:
        first = months_on(source.today.replace(day=1), shift_of(word))
        if first is None:
            return None
        year, month = first.year, first.month
    if month is None:
        return None
    if year is not None:
        day = _this(nth_weekday(year, month, weekday, count))
        return on(day, match.start(), match.end(), source) if day else None
    timex = f"XXXX-{month:02d}-WXX-{weekday + 1}-#{count}"
    return on(yearly(timex, lambda year: nth_weekday(year, month, weekday, count)), match.start(), match.end(), source)
