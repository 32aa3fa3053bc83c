"""From one moment to another: 三点到五点, 三月二十八号到四月十五号, 2016-2018, 从现在到八点, 周一至周五.

What the second leaves out it takes from the first, by one rule: it is the next such moment on or after the first. A
range that is going on at the time of the call is the one that is meant, both for the past and for the future.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

from ivr.understanding.entities.date_words import Source
from ivr.understanding.entities.elliptic_starts import about_hours, elliptic_starts
from ivr.understanding.entities.grains import GRAINS
from ivr.understanding.entities.moment import Clock, Moment, Value

_TILL = re.compile(r"\s(?:to|until|till|through) (?:at )?|\s?(?:一?直到|到|至|--?|—{1,2}|–|~|～)\s?")
_SINCE_TILL = re.compile("(?:起|开始)[到至]")
_AND = re.compile(r"[与和跟]|\sand ")
_BETWEEN = re.compile("(?:之间|之内|期间|中间|间)(?!隔)")
_AFTER = re.compile("(?:之|以)?后(?:[，,、]|到|且)?")
_BEFORE = re.compile("(?:之|以)?前")
_FROM = re.compile("[从自在]$|(?<![a-z])between $")
_ONLY_FROM = re.compile("[从自]$|(?<![a-z])from $")
_BETWEEN_BEFORE = re.compile("(?<![a-z])between $")
_POINTS = ("date", "datetime", "time", "date_range", "now")


@dataclass(frozen=True, slots=True)
class _Link:
    """What stands between two moments and around them: the range is [start, end)."""

    start: int
    end: int


def find_ranges(moments: list[Moment], source: Source) -> list[Moment]:
    """Every range between two of `moments`."""
    by_start: dict[int, list[Moment]] = {}
    for moment in moments:
        if moment.kind in _POINTS and not moment.bound:
            by_start.setdefault(moment.start, []).append(moment)
    lefts = [moment for found in by_start.values() for moment in found] + elliptic_starts(source)
    about = [_of_clocks(first, second) for first, second in about_hours(source)]
    return [
        *(made for left in lefts for made in _ranges_from(left, by_start, source)),
        *(made for made in about if made),
    ]


def _ranges_from(left: Moment, by_start: Mapping[int, list[Moment]], source: Source) -> Iterator[Moment]:
    for place, closing in _connectors(left.end, source):
        rights = by_start.get(place, ())
        longest = max((right.end for right in rights), default=0)
        for right in rights:
            if (right.end == longest or right.kind == "time") and (
                link := _linked(left, right, source, closing=closing)
            ):
                made = between(left, right, source)
                if made is not None:
                    yield replace(made, start=link.start, end=link.end)


def _connectors(end: int, source: Source) -> list[tuple[int, str]]:
    """Where the second moment may begin, and what then must follow it."""
    found = []
    for pattern, closing in ((_TILL, ""), (_SINCE_TILL, "not before"), (_AND, "between"), (_AFTER, "before")):
        if match := pattern.match(source.text, end):
            found.append((match.end(), closing))
    return found


def _linked(left: Moment, right: Moment, source: Source, *, closing: str) -> _Link | None:
    start, end = left.start, right.end
    after = _BETWEEN.match(source.text, end)
    if closing == "between" and after is None and not _BETWEEN_BEFORE.search(source.text, 0, start):
        return None
    if closing == "not before" and _BEFORE.match(source.text, end):
        return None  # 自三号起到五号之前 names two bounds
    if closing == "before":
        after = _BEFORE.match(source.text, end)
        if after is None or left.unit != "Y":
            return None
    end = after.end() if after else end
    preposition = _FROM if closing == "between" else _ONLY_FROM
    if before := preposition.search(source.text, 0, start):
        start = before.start()
    return _Link(start, end)


def between(left: Moment, right: Moment, source: Source) -> Moment | None:
    """The range from `left` to `right`; None if they are of kinds that make none."""
    if left.unit == "short" and right.kind != "time":
        return None
    kinds = {left.kind, right.kind}
    if kinds == {"time"}:
        return _of_clocks(left, right)
    if kinds <= {"date", "date_range"}:
        return _of_days(left, right, source)
    if right.kind == "now" and left.kind in ("date", "date_range"):
        return _until_today(left, right, source)
    if kinds <= {"datetime", "time", "now"}:
        return _of_points(left, right, source)
    return None


def _same_half(left: Clock, right: Clock) -> Clock:
    """下午五点到六点: the second hour is after the first, in its half of the day if it can be."""
    if right.open and not left.open and left.hour >= 12 and right.hour < 12 and right.other_half().time > left.time:
        return right.other_half()
    if right.open and not left.open and left.hour < 12 and right.time <= left.time:
        return right.other_half()
    return right


def _of_clocks(left: Moment, right: Moment) -> Moment | None:
    if left.clock is None or right.clock is None:
        return None
    start, end = left.clock, _same_half(left.clock, right.clock)
    moment = _clock_range(left, right, start, end)
    if not (start.open and end.open):
        return moment
    if end.time <= start.time:
        end = end.other_half()
        moment = _clock_range(left, right, start, end)
    other = _clock_range(left, right, start.other_half(), end.other_half())
    return replace(moment, other=other, clock=start)


def _clock_range(left: Moment, right: Moment, start: Clock, end: Clock) -> Moment:
    seconds = (_seconds(end.time) - _seconds(start.time)) % 86400
    value = (start.time, end.time)
    timex = f"({start.timex},{end.timex},{length(seconds)})"
    return Moment("time_range", left.start, right.end, timex, value, value, unit="clock")


def _seconds(when: time) -> int:
    return when.hour * 3600 + when.minute * 60 + when.second


def length(seconds: int) -> str:
    """ISO 8601, of hours, minutes and seconds: PT2H30M."""
    hours, rest = divmod(seconds, 3600)
    minutes, seconds = divmod(rest, 60)
    parts = (f"{count}{unit}" for count, unit in ((hours, "H"), (minutes, "M"), (seconds, "S")) if count)
    return "PT" + ("".join(parts) or "0S")


def _of_days(left: Moment, right: Moment, source: Source) -> Moment | None:
    if left.day is None or right.day is None or (left.kind != right.kind and "date" not in (left.kind, right.kind)):
        return None
    unit = left.unit if left.unit == right.unit else "D"
    past, future = (_days(value, right, source) for value in (left.past, left.future))
    running = next((value for value in (past, future) if value and _runs(value, right.unit, source.today)), None)
    if running and not left.day.fixed:
        past = future = running
    timex = f"({_timex(left)},{_timex(right)},{_count(future or past, unit)})"
    shown = [_with_end(value, right.unit) if source.habits.end_within else value for value in (past, future)]
    return Moment("date_range", left.start, right.end, timex, shown[0], shown[1], unit=unit, vague=False)


def _until_today(left: Moment, right: Moment, source: Source) -> Moment | None:
    """从上周到现在: of a day that comes again, the last one."""
    start = _first(left.past) or _first(left.future)
    if start is None or start > source.today:
        return None
    value = (start, source.today + timedelta(days=1) if source.habits.end_within else source.today)
    timex = f"({start},{right.timex},P{(source.today - start).days}D)"
    return Moment("date_range", left.start, right.end, timex, value, value, unit="D")


def _timex(moment: Moment) -> str:
    if moment.kind == "date_range" and moment.unit in ("Y", "M"):
        return moment.timex + ("-01-01" if moment.unit == "Y" else "-01")
    return moment.timex


def _first(value: Value) -> date | None:
    start = value[0] if isinstance(value, tuple) else value
    return start if isinstance(start, date) else None


def _days(left: Value, right: Moment, source: Source) -> tuple[date, date] | None:
    """First day and last (of a period its first day), as the published specifications count."""
    start = _first(left)
    if start is None or right.day is None:
        return None
    end = right.day.next(start)
    del source
    return (start, end) if end and end >= start else None


def _runs(value: tuple[date, date], unit: str, today: date) -> bool:
    return value[0] <= today < _end_of(value[1], unit)


def _end_of(last: date, unit: str) -> date:
    after = GRAINS.get(unit, GRAINS["D"]).on(last, 1)
    return after or last


def _with_end(value: tuple[date, date] | None, unit: str) -> Value:
    return (value[0], _end_of(value[1], unit)) if value else None


def _count(value: tuple[date, date] | None, unit: str) -> str:
    if value is None:
        return "PXD"
    first, last = value
    if unit == "Y":
        return f"P{last.year - first.year}Y"
    if unit == "M":
        return f"P{(last.year - first.year) * 12 + last.month - first.month}M"
    return f"P{(last - first).days}D"


def _of_points(left: Moment, right: Moment, source: Source) -> Moment | None:
    """At least one has its day; what has none takes the other's, or today for what comes first."""
    if left.kind == "now":
        return _from_now(left, right, source)
    if right.kind == "now":
        return None
    if left.kind == "time":
        today = replace(left, kind="datetime", timex=source.today.isoformat() + left.timex, clock=left.clock)
        first: Value = _on_day(source.today, left.clock)
        return _points(replace(today, past=first, future=first), right.past, right.future, right.timex, right.end)
    if right.kind == "time" and left.clock and right.clock:
        end = _same_half(left.clock, right.clock)
        if left.clock.open and end.open and end.time <= left.clock.time:
            end = end.other_half()
        made = _same_day(left, end, right)
        if made and left.other is not None and end.open and left.clock.open:
            made = replace(made, other=_same_day(left.other, end.other_half(), right), clock=left.clock)
        return made
    made = _points(left, right.past, right.future, right.timex, right.end)
    return replace(made, unit="points") if made else None


def _on_day(day: date, clock: Clock | None) -> datetime | None:
    return datetime.combine(day, clock.time) if clock else None


def _same_day(left: Moment, end: Clock, right: Moment) -> Moment | None:
    values = []
    for value in (left.past, left.future):
        if not isinstance(value, datetime):
            return None
        then = datetime.combine(value.date(), end.time)
        values.append(then if then > value else then + timedelta(days=1))
    day = left.timex.split("T", maxsplit=1)[0]
    if isinstance(left.future, datetime) and values[1].date() != left.future.date():
        day = values[1].date().isoformat()
    return _points(left, values[0], values[1], day + end.timex, right.end)


def _points(left: Moment, past_end: Value, future_end: Value, end_timex: str, end: int) -> Moment | None:
    ranges: list[tuple[datetime, datetime] | None] = []
    for first, last in ((left.past, past_end), (left.future, future_end)):
        if not isinstance(first, datetime) or not isinstance(last, datetime) or last < first:
            ranges.append(None)
        else:
            ranges.append((first, last))
    if ranges[1] is None:
        return None
    seconds = int((ranges[1][1] - ranges[1][0]).total_seconds())
    timex = f"({left.timex},{end_timex},{length(seconds)})"
    return Moment("datetime_range", left.start, end, timex, ranges[0], ranges[1], unit="clock")


def _from_now(left: Moment, right: Moment, source: Source) -> Moment | None:
    if right.kind == "time" and right.clock:
        ends = [
            _on_day(source.today, right.clock),
            _on_day(source.today, right.clock.other_half()) if right.clock.open else None,
        ]
        ahead = [end for end in ends if end and end > source.at]
        last = min(ahead, default=None)
        if last is None and (today := ends[0]):
            last = today + timedelta(days=1)
        if last is None:
            return None
        half = right.clock if last.time() == right.clock.time else right.clock.other_half()
        return _points(left, last, last, last.date().isoformat() + half.timex, right.end)
    return _points(left, right.future, right.future, right.timex, right.end)
