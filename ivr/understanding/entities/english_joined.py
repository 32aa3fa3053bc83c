"""What English puts together: tomorrow morning, half past nine on Friday, the end of the month."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, datetime

from ivr.understanding.entities.date_words import Source
from ivr.understanding.entities.english_dates import PARTS
from ivr.understanding.entities.moment import Clock, Moment, Value
from ivr.understanding.entities.parts_of_periods import hours_of, part_of

_PART = "|".join(PARTS)
_AFTER_DAY = re.compile(rf",? (?:in the |at )?(?P<part>{_PART})(?!\w)")
_THIS_PART = re.compile(rf"(?<!\w)(?:(?:this|in the) (?P<part>{_PART})|(?P<tonight>tonight))(?!\w)")
_END = re.compile(r"(?<!\w)(?:the )?(?P<part>beginning|start|middle|end) of (?:the )?$")
_PARTS_OF_PERIODS = {"beginning": "初", "start": "初", "middle": "中", "end": "底"}
_AT = re.compile(r"(?:,? (?:at|on|around|about)|,)? ")


def english_parts(days: list[Moment], source: Source) -> list[Moment]:
    """tomorrow morning, friday in the afternoon, this evening, tonight."""
    found = [
        _part(day, match["part"], day.start, match.end(), source)
        for day in days
        if day.kind == "date" and (match := _AFTER_DAY.match(source.text, day.end))
    ]
    today = Moment("date", 0, 0, source.today.isoformat(), source.today, source.today)
    found += [
        _part(today, match["part"] or "night", match.start(), match.end(), source)
        for match in _THIS_PART.finditer(source.text)
    ]
    return found


def _part(day: Moment, part: str, start: int, end: int, source: Source) -> Moment:
    mark = PARTS[part]
    past, future = (hours_of(value, source.habits.parts[mark]) for value in (day.past, day.future))
    return Moment("datetime_range", start, end, day.timex + mark, past, future, unit="part")


def english_ends(periods: list[Moment], source: Source) -> list[Moment]:
    """the end of next month, the beginning of the year."""
    return [
        replace(part_of(one, _PARTS_OF_PERIODS[match["part"]], one.end), start=match.start())
        for one in periods
        if one.unit in ("Y", "M") and (match := _END.search(source.text, 0, one.start))
    ]


def english_joined(days: list[Moment], clocks: list[Moment], source: Source) -> list[Moment]:
    """A day (or a part of one) and its clock, in either order: tomorrow at three thirty, half past nine on Friday."""
    return [
        replace(_at_clock(day, clock), start=min(day.start, clock.start), end=max(day.end, clock.end))
        for day in days
        for clock in clocks
        if _beside(day, clock, source) or _beside(clock, day, source)
    ]


def _beside(first: Moment, second: Moment, source: Source) -> bool:
    gap = _AT.match(source.text, first.end)
    return gap is not None and second.start in (gap.end(), gap.start() + 1)


def _at_clock(day: Moment, clock: Moment) -> Moment:
    """A part of the day settles the half of the day that the clock left open."""
    if day.unit == "part" and clock.other and clock.clock:
        late = day.timex.endswith(("TAF", "TEV"))
        clock = replace(clock.other if late != (clock.clock.hour >= 12) else clock, other=None)
    timex = day.timex.rpartition("T")[0] if day.unit == "part" else day.timex
    past, future = (_combined(value, clock.clock) for value in (day.past, day.future))
    other = _at_clock(day, clock.other) if clock.other else None
    return Moment("datetime", 0, 0, timex + clock.timex, past, future, clock=clock.clock, other=other, unit="clock")


def _combined(day: Value, clock: Clock | None) -> Value:
    first = day[0] if isinstance(day, tuple) else day
    if clock is None or not isinstance(first, date):
        return None
    return datetime.combine(first.date() if isinstance(first, datetime) else first, clock.time)
