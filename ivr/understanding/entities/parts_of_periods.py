"""Parts of a period or of a day: 月底, 去年年初, 三月中旬; 上午, 昨晚, 七月五号早.

Where they begin and end is custom, not calendar: 月初 and 月中 are the first and second ten days, 月底 the days from
the 25th, 年初 and 年底 the first and the last two months. Such moments are `vague`.
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, datetime, time, timedelta

from ivr.understanding.entities.calendar_days import months_on, moved
from ivr.understanding.entities.clock_times import PART, PARTS
from ivr.understanding.entities.date_words import SHIFT, Source, shift_of
from ivr.understanding.entities.grains import GRAINS
from ivr.understanding.entities.moment import Moment, Value

_OF_MONTH = {
    "初": (0, 10),
    "中": (10, 20),
    "底": (24, 0),
    "末": (24, 0),
    "上旬": (0, 10),
    "中旬": (10, 20),
    "下旬": (20, 0),
}
"""Days from the first of the month; 0 for its end."""
_OF_YEAR = {"初": (0, 2), "中": (5, 7), "底": (10, 12), "末": (10, 12)}
"""Months from January."""
_PART_WORD = "上旬|中旬|下旬|初|底|末|中(?!国|心|间|文|年|午|介|断|止|学|奖|的)"
_AFTER_PERIOD = re.compile(rf"的?(?P<repeat>[年月]?)(?P<part>{_PART_WORD})")
_ALONE = re.compile(rf"(?P<shift>{SHIFT}|当)?(?P<unit>[月年])(?P<part>初|底|末|中(?=旬|的|就|会|吗|能|$))")
_ALONE_BEFORE = re.compile(r"[一二三四五六七八九十\d个多去今明前后]$")
_PART_OF_DAY = re.compile(rf"(?P<part>{PART})")
_ONE_CHARACTER = {"早", "晚", "晨"}
_AFTER_DAY = re.compile(rf"的?(?P<part>{PART}(?:的?时候)?)(?![点饭餐就已安稻报婚辈年产稿会班])")


def parts_of_periods(periods: list[Moment], source: Source) -> list[Moment]:
    """上个月底, 今年年初, 三月中旬, and 月底 alone, which is this month's."""
    found = []
    for whole_period in periods:
        match = _AFTER_PERIOD.match(source.text, whole_period.end)
        if match is None or whole_period.unit not in ("Y", "M"):
            continue
        repeat = {"年": "Y", "月": "M"}.get(match["repeat"])
        if repeat not in (None, whole_period.unit) or (whole_period.unit == "Y" and "旬" in match["part"]):
            continue
        found.append(part_of(whole_period, match["part"], match.end()))
    for match in _ALONE.finditer(source.text):
        if not match["shift"] and _ALONE_BEFORE.search(source.text, 0, match.start()):
            continue
        unit = {"年": "Y", "月": "M"}[match["unit"]]
        first = GRAINS[unit].on(GRAINS[unit].floor(source.today), shift_of(match["shift"] or ""))
        after = GRAINS[unit].on(first, 1) if first else None
        if first and after:
            value = (first, after)
            around = Moment(
                "date_range", match.start(), match.end(), GRAINS[unit].timex(first), value, value, unit=unit
            )
            found.append(part_of(around, match["part"], match.end()))
    return found


def part_of(around: Moment, part: str, end: int) -> Moment:
    """The 初, 中, 底 or 上旬 … of a month or year."""
    past, future = (_slice(value, around.unit, part) for value in (around.past, around.future))
    return replace(
        around, end=end, past=past, future=future, timex=f"{around.timex}-{part}", day=None, unit="part", vague=True,
        confidence=0.9, why="where such a part of a month or year begins is custom",
    )  # fmt: skip


def _slice(value: Value, unit: str, part: str) -> Value:
    if (
        not isinstance(value, tuple)
        or not isinstance(first := value[0], date)
        or not isinstance(after := value[1], date)
    ):
        return None
    if unit == "Y":
        begin, stop = _OF_YEAR[part]
        return months_on(first, begin), months_on(first, stop)
    begin, stop = _OF_MONTH[part]
    return moved(first, begin), moved(first, stop) if stop else after


def find_parts_of_day(source: Source) -> list[Moment]:
    """上午, 晚上, 凌晨 by themselves; 早 and 晚 alone are too common in words."""
    return [
        _part_of_day(match.start(), match.end(), match["part"], source)
        for match in _PART_OF_DAY.finditer(source.text)
        if match["part"] not in _ONE_CHARACTER and not source.text.startswith(("好", "饭", "餐", "安"), match.end())
    ]


def _part_of_day(start: int, end: int, part: str, source: Source) -> Moment:
    mark = PARTS[part][0]
    first, after = source.habits.parts[mark]
    value = (time(first % 24), time(after % 24))
    return Moment("time_range", start, end, mark, value, value, unit="part", vague=True)


def parts_of_days(days: list[Moment], source: Source) -> list[Moment]:
    """昨天晚上, 七月五号早: a part of a day that is named before it."""
    found = []
    for day in days:
        if day.kind != "date" or (match := _AFTER_DAY.match(source.text, day.end)) is None:
            continue
        part = match["part"].removesuffix("时候").removesuffix("的")
        mark = PARTS[part][0]
        hours = source.habits.parts[mark]
        past, future = (hours_of(value, hours) for value in (day.past, day.future))
        found.append(
            replace(
                day,
                kind="datetime_range",
                end=match.end(),
                timex=day.timex + mark,
                past=past,
                future=future,
                unit="part",
                day=None,
            )
        )
    return found


def hours_of(day: Value, hours: tuple[int, int]) -> Value:
    """From the one hour of `day` to the other (24 is midnight); None if `day` is none, or the calendar ends."""
    if not isinstance(day, date):
        return None
    midnight = datetime.combine(day, time())
    try:
        return midnight + timedelta(hours=hours[0]), midnight + timedelta(hours=hours[1])
    except OverflowError:
        return None
