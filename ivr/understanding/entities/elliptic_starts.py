"""Starts of ranges that leave out what the end says: 四 in 凌晨四到六点, 五 in 五到八号, 三 in 三到五月."""

from __future__ import annotations

import re
from dataclasses import replace

from ivr.understanding.entities.calendar_days import monthly, real, yearly
from ivr.understanding.entities.clock_times import HOUR, PART, as_moment, clock
from ivr.understanding.entities.date_words import DAY_NUMBER, DIGIT, MONTH_NUMBER, Source, whole
from ivr.understanding.entities.grains import GRAINS
from ivr.understanding.entities.moment import Day, Moment

_SHORT_HOUR = re.compile(rf"(?:(?P<part>{PART})的?)?(?<![\d{DIGIT}十第.:])(?P<hour>{HOUR})(?=到|至|-|~|—)")
_ABOUT = re.compile(
    rf"(?:(?P<part>{PART})的?)?(?<![\d{DIGIT}十])(?P<hours>一两|两三|三四|四五|五六|六七|七八|八九)点钟?(?![{DIGIT}\d])"
)
_SHORT_DAY = re.compile(rf"(?<![\d{DIGIT}十第.:月])(?P<day>{DAY_NUMBER})(?=(?:到|至|-|~|—){DAY_NUMBER}[日号])")
_SHORT_MONTH = re.compile(rf"(?<![\d{DIGIT}十第.:年])(?P<month>{MONTH_NUMBER})(?=(?:到|至|-|~|—){MONTH_NUMBER}月)")


def elliptic_starts(source: Source) -> list[Moment]:
    """Every bare number before a connector and an end with its unit. An hour has the unit "short"."""
    found = []
    for match in _SHORT_HOUR.finditer(source.text):
        hour = whole(match["hour"])
        if hour is not None and hour <= 24:
            when = clock(hour, part=match["part"] or "")
            found.append(replace(as_moment(match.start(), match.end(), when), unit="short"))
    for pattern, of_number, kind, unit in (
        (_SHORT_DAY, monthly, "date", "D"),
        (_SHORT_MONTH, _month, "date_range", "M"),
    ):
        named = ((match, whole(match[1])) for match in pattern.finditer(source.text))
        found += [_of_day(match, of_number(number), kind, unit, source) for match, number in named if number]
    return found


def _month(number: int) -> Day:
    return yearly(f"XXXX-{number:02d}", lambda year: real(year, number, 1))


def _of_day(match: re.Match[str], day: Day, kind: str, unit: str, source: Source) -> Moment:
    today = GRAINS[unit].floor(source.today)
    return Moment(kind, match.start(), match.end(), day.timex, day.last(today), day.next(today), day=day, unit=unit)


def about_hours(source: Source) -> list[tuple[Moment, Moment]]:
    """Both hours of 下午四五点."""
    found = []
    for match in _ABOUT.finditer(source.text):
        part = match["part"] or ""
        first, second = (
            as_moment(match.start(), match.end(), clock(whole(hour) or 0, part=part)) for hour in match["hours"]
        )
        found.append((first, second))
    return found
