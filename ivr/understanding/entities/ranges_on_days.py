"""Hours of a day that is named beside them: 明天从两点到四点, between two and four tomorrow, nine to five on Monday."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, datetime, time, timedelta

from ivr.understanding.entities.date_words import Source
from ivr.understanding.entities.moment import Moment, Value

_BEFORE_HOURS = re.compile("[的在,、]|,? ")
_AFTER_HOURS = re.compile(",? (?:on )?")


def ranges_on_days(days: list[Moment], hours: list[Moment], source: Source) -> list[Moment]:
    """Every one of `hours` (ranges of times) with a day right before or after it."""
    found = []
    named = [day for day in days if day.kind == "date"]
    for one in hours:
        if one.kind != "time_range" or one.bound:
            continue
        for day in named:
            if day.end <= one.start and _stands_between(_BEFORE_HOURS, day.end, one.start, source):
                found.append(_on(day, one, day.start, one.end))
            elif one.end < day.start and _stands_between(_AFTER_HOURS, one.end, day.start, source):
                found.append(_on(day, one, one.start, day.end))
    return [moment for moment in found if moment.future is not None]


def _stands_between(gap: re.Pattern[str], start: int, end: int, source: Source) -> bool:
    return start == end or bool(gap.fullmatch(source.text, start, end))


def _on(day: Moment, hours: Moment, start: int, end: int) -> Moment:
    other = _on(day, replace(hours.other, other=None), start, end) if hours.other else None
    past, future = (_combined(value, hours.future) for value in (day.past, day.future))
    first, last, length = hours.timex.strip("()").split(",")
    return Moment(
        "datetime_range", start, end, f"({day.timex}{first},{day.timex}{last},{length})", past, future,
        clock=hours.clock, other=other, unit="clock",
    )  # fmt: skip


def _combined(day: Value, hours: Value) -> Value:
    if not isinstance(day, date) or not isinstance(hours, tuple):
        return None
    first, last = hours
    if not isinstance(first, time) or not isinstance(last, time):
        return None
    start, end = datetime.combine(day, first), datetime.combine(day, last)
    try:
        return start, end if end > start else end + timedelta(days=1)
    except OverflowError:
        return None
