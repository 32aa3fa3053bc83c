"""Units of the calendar, and a period that lasts so many of them: its first day and the first day no longer in it."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from ivr.understanding.entities.calendar_days import fixed, months_on, moved
from ivr.understanding.entities.date_words import Source, monday, year_of
from ivr.understanding.entities.moment import Day, Moment


@dataclass(frozen=True, slots=True)
class Grain:
    """A unit of the calendar: `floor` the first day of the one a day is in, `on` the first of the one so many later."""

    floor: Callable[[date], date]
    on: Callable[[date, int], date | None]
    timex: Callable[[date], str]


def week_timex(first: date) -> str:
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
    "W": Grain(monday, lambda day, n: moved(day, 7 * n), week_timex),
    "D": Grain(lambda day: day, moved, date.isoformat),
}


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


def from_day(  # noqa: PLR0917 - a shorthand that every rule below uses
    match: re.Match[str], first: date | None, count: int, grain: str, source: Source, timex: str = ""
) -> Moment | None:
    if first is None:
        return None
    return period(match, fixed(first, first.isoformat()), (count, grain), source, timex or GRAINS[grain].timex(first))


def named_year(match: re.Match[str], source: Source) -> int | None:
    """The year that a match names; None if it names none."""
    return year_of(match, source.today)
