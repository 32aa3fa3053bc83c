"""Dates and times in a turn, relative to the call's clock: the door to the finders of this family.

Finders stand in layers: days, clocks and periods are found by themselves; then what stands together is joined (a day
and its clock), then what is linked (from, to), then what is bound (before, after). Of everything found, the longest
stays. A value is the future reading; `TimeEntity.past` is the other one, for callers who ask about what was.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime

from ivr.understanding.entities.bounds import bounded
from ivr.understanding.entities.calendar_dates import find_days
from ivr.understanding.entities.clock_times import find_clocks
from ivr.understanding.entities.date_words import Source
from ivr.understanding.entities.durations import find_durations
from ivr.understanding.entities.english_dates import find_english
from ivr.understanding.entities.english_joined import english_ends, english_joined, english_parts
from ivr.understanding.entities.english_spans import find_english_lengths
from ivr.understanding.entities.entity import Entity
from ivr.understanding.entities.faults import Fault
from ivr.understanding.entities.holidays import find_festivals
from ivr.understanding.entities.joined_moments import chosen, find_now, joined
from ivr.understanding.entities.moment import CALLERS, Habits, Moment, settled
from ivr.understanding.entities.parts_of_periods import find_parts_of_day, parts_of_days, parts_of_periods
from ivr.understanding.entities.periods import find_periods, find_short_years
from ivr.understanding.entities.ranges import find_ranges
from ivr.understanding.entities.ranges_on_days import ranges_on_days
from ivr.understanding.entities.repeats import find_repeats
from ivr.understanding.entities.spans_from_now import ends_of, find_spans

KINDS = frozenset(("date", "time", "datetime", "date_range", "time_range", "datetime_range", "duration", "set"))
"""The value of a set is its TIMEX3, str."""


@dataclass(frozen=True, slots=True)
class TimeEntity(Entity):
    """`past`: the value if what was said lies behind, of the same type as `value` (equal to it where nothing is open).
    `timex`: what was said and no more, in TIMEX3."""

    past: object = None
    timex: str = ""


def find_dates(text: str, at: datetime, *, kinds: Collection[str] = KINDS) -> list[Entity]:
    """Every date, time and length of time in `text`, said at `at` (naive, the hotline's wall clock), from the left.

    `kinds`: only these, and what stands within others is then found by itself. A date that the calendar does not have
    (二月三十号) is found with the value None and the fault no_such_date. Four figures without 年 are no year
    here: they are the end of a card's number more often.
    """
    source = Source(text, at)
    wanted = (moment for moment in all_moments(source) if moment.kind in kinds)
    found = settled(moment for moment in wanted if not (moment.bare and moment.unit == "Y"))
    return [_entity(chosen(moment, source), source) for moment in found]


def find_moments(text: str, at: datetime, *, kinds: Collection[str] = KINDS, habits: Habits = CALLERS) -> list[Moment]:
    """The same before a value is chosen, placed in `text`."""
    source = Source(text, at, habits)
    return [_placed(moment, source) for moment in settled(m for m in all_moments(source) if m.kind in kinds)]


def all_moments(source: Source) -> list[Moment]:
    """What every layer finds, overlapping. Where two are equally long, what stands first is meant."""
    if not source.text:
        return []
    english = find_english(source)
    clocks = [*find_clocks(source), *english.clocks]
    days = [*find_festivals(source), *find_days(source), *english.days]
    periods = [*find_periods(source), *english.periods]
    periods += ends_of(periods, source) + parts_of_periods(periods, source)
    parts = english_parts(english.days, source)
    periods += english_ends(english.periods, source)
    together = joined(days, clocks, source) + english_joined([*english.days, *parts], english.clocks, source)
    points = [*together, *clocks, *days]
    linked = find_ranges([*points, *periods, *find_now(source)], source)
    linked = [*ranges_on_days(days, linked, source), *linked]
    spans = [*find_parts_of_day(source), *parts_of_days(days, source), *parts, *find_spans(source)]
    bounds = bounded([*points, *periods], source)
    lengths = [*find_durations(source), *find_repeats(clocks, source), *find_english_lengths(source)]
    return [*linked, *bounds, *points, *spans, *periods, *lengths, *find_short_years(source)]


def _placed(moment: Moment, source: Source) -> Moment:
    start, end = source.span(moment.start, moment.end)
    return replace(moment, start=start, end=end)


def _entity(moment: Moment, source: Source) -> Entity:
    start, end = source.span(moment.start, moment.end)
    fault = "" if moment.future is not None else str(Fault("no_such_date", "date"))
    return TimeEntity(
        moment.kind, start, end, source.given[start:end], moment.future, moment.confidence, fault,
        moment.why or f"said as {moment.timex}", past=moment.past, timex=moment.timex)  # fmt: skip
