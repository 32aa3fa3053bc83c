"""A day and its clock together: 明天早上九点一刻, 八月十五号的十点, 今晚八点, 两点明天.

An open hour takes the half of the day that has not gone by when the day is today; otherwise it waits for `chosen`.
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, datetime, time

from ivr.understanding.entities.calendar_days import moved
from ivr.understanding.entities.date_words import Source
from ivr.understanding.entities.moment import Clock, Moment, Value

_BETWEEN = re.compile("[的在，,、]?")
_NOW = re.compile("现在|这会儿|此刻|目前|当下|眼下|马上|立刻|立即|刚刚才?|刚才")


def joined(days: list[Moment], clocks: list[Moment], source: Source) -> list[Moment]:
    """Every day with a clock after it."""
    by_start: dict[int, list[Moment]] = {}
    for clock in clocks:
        by_start.setdefault(clock.start, []).append(clock)
    found = []
    for day in days:
        if day.kind != "date":
            continue
        gap = _BETWEEN.match(source.text, day.end)
        places = {day.end, gap.end() if gap else day.end}
        found += [_together(day, clock, source) for place in places for clock in by_start.get(place, ())]
    return found


def _together(day: Moment, clock: Moment, source: Source) -> Moment:
    if source.habits.night_goes_on and clock.clock and _after_midnight(clock.clock):
        following = [moved(value, 1) if isinstance(value, date) else None for value in (day.past, day.future)]
        day = replace(day, past=following[0], future=following[1])
    values = (day.past, day.future)
    past, future = (_at(value, clock.future) for value in values)
    other = None
    if clock.other is not None:
        later = (_at(value, clock.other.future) for value in values)
        first, second = later
        other = replace(
            day, kind="datetime", end=clock.end, timex=day.timex + clock.other.timex, past=first, future=second
        )
    return replace(
        day, kind="datetime", end=clock.end, timex=day.timex + clock.timex, past=past, future=future,
        clock=clock.clock, other=other, unit="clock", bare=False,
    )  # fmt: skip


def _after_midnight(clock: Clock) -> bool:
    return (clock.part == "TEV" and clock.hour < 6) or (clock.part == "TNI" and clock.hour == 0)


def _at(day: Value, clock: Value) -> Value:
    return datetime.combine(day, clock) if isinstance(day, date) and isinstance(clock, time) else None


def find_now(source: Source) -> list[Moment]:
    """现在 and its like, for 从现在到八点; by itself it says nothing that a flow would ask for."""
    return [
        Moment("now", match.start(), match.end(), "PRESENT_REF", source.at, source.at, unit="S")
        for match in _NOW.finditer(source.text)
    ]


def chosen(moment: Moment, source: Source) -> Moment:
    """`moment` with the half of the day that people mean who do not say it.

    One that has gone by today gives way to the one that has not; else hours before seven are in the afternoon.
    """
    if moment.other is None or moment.clock is None:
        return moment
    why = "neither morning nor afternoon was said"
    as_said, other = _start(moment.future), _start(moment.other.future)
    today = isinstance(as_said, datetime) and as_said.date() == source.today
    if today and isinstance(as_said, datetime) and as_said < source.at:
        return _other(moment, why) if isinstance(other, datetime) and other >= source.at else moment
    prefers_other = moment.clock.hour < 7 and source.habits.working_day
    return _other(moment, why) if prefers_other else replace(moment, confidence=min(moment.confidence, 0.8), why=why)


def _start(value: Value) -> Value:
    return value[0] if isinstance(value, tuple) else value


def _other(moment: Moment, why: str) -> Moment:
    assert moment.other is not None  # noqa: S101 - chosen() looked
    swapped = replace(moment, other=None)
    return replace(
        moment.other, start=moment.start, end=moment.end, other=swapped, confidence=min(moment.confidence, 0.8), why=why
    )
