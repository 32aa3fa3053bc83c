"""Judges the dates and times of Recognizers-Text (`DateTime__*.json`) against this project's finders.

A case is right when every span, every type and every value agrees; where the specification knows a past and a future
reading, or both halves of the day, all of them must agree, and `Mod` (before, after, since, until) too. TIMEX3 strings
and `sourceEntity` are not compared: the values they stand for are.

Some customs of the specification are not those of callers, and are kept to here alone (`PUBLISHED`): the numbers of the
lunar calendar are read as months of the sun (中秋 is 15 August), the evening is from 16 to 20 o'clock, a range ends
where its last month begins, seasons have no dates, a night ends at
midnight, and no half of the day is preferred. The specification's
extractors and parsers are layers: each is asked for its own kind, as if there were no others. In its model and its
merged layers a day that opens a sentence as figures and 号 is a number of something, as its own filter has it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from ivr.qa.entity_specs import Adapter, Expected, SpecCase
from ivr.understanding.entities.date_words import Source
from ivr.understanding.entities.dates import KINDS, all_moments
from ivr.understanding.entities.entity import Entity
from ivr.understanding.entities.holidays import find_festivals
from ivr.understanding.entities.joined_moments import find_now
from ivr.understanding.entities.moment import Habits, Moment, Value, settled

PUBLISHED = Habits(
    parts={
        "TDM": (4, 8),
        "TMO": (8, 12),
        "TMI": (11, 13),
        "TAF": (12, 16),
        "TDT": (8, 18),
        "TEV": (16, 20),
        "TNI": (20, 24),
    },
    lunar=False,
    end_within=False,
    night_goes_on=False,
    working_day=False,
)
_NUMBER_OF_SOMETHING = re.compile(r"\d{1,2}号")
_FIELDS = {
    "date": "date", "time": "time", "datetime": "dateTime", "duration": "duration", "set": "set",
    "daterange": "Date", "timerange": "Time", "datetimerange": "DateTime",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Judged(Entity):
    moment: Moment | None = None


def _type(kind: str) -> str:
    return "datetime" if kind == "now" else kind.replace("_", "")


def _published(moment: Moment) -> Moment:
    """From one day's clock to another day's: the specification knows the future reading only."""
    return replace(moment, past=moment.future) if moment.unit == "points" else moment


def _found(case: SpecCase, kinds: frozenset[str], *, bounds: bool) -> list[Entity]:
    source = Source(case.input, case.at, PUBLISHED)
    moments = [moment for moment in (*all_moments(source), *find_now(source)) if moment.kind in kinds]
    if bounds:
        kept = [
            m
            for m in settled(moments)
            if not (m.start == 0 and m.bare and _NUMBER_OF_SOMETHING.fullmatch(source.text[: m.end]))
        ]
    else:
        kept = settled(moment for moment in moments if not moment.bound)
    return [_entity(_published(moment), source) for moment in kept]


def _festivals(case: SpecCase) -> list[Entity]:
    source = Source(case.input, case.at, PUBLISHED)
    return [_entity(moment, source) for moment in settled(find_festivals(source)) if moment.kind == "date"]


def _entity(moment: Moment, source: Source) -> Entity:
    start, end = source.span(moment.start, moment.end)
    return _Judged(moment.kind, start, end, source.given[start:end], moment.future, moment=moment)


def written(value: object) -> str:
    """A point or a length as the specification writes it."""
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d %H:%M:%S") if value.year > 999 else str(value)
    if isinstance(value, Decimal):
        return format(value.normalize(), "f")
    if isinstance(value, date | time):
        return value.isoformat()
    return str(value)


def resolved(moment: Moment) -> list[dict[str, str]]:
    """Every reading of `moment`, as a model's resolution lists them, without timex."""
    readings: list[dict[str, str]] = []
    for one in (moment, moment.other):
        for value in (one.past, one.future) if one else ():
            reading = {"type": _type(moment.kind), **_reading(moment, value)}
            if reading not in readings:
                readings.append(reading)
    return readings


def _reading(moment: Moment, value: Value) -> dict[str, str]:
    if value is None or moment.kind == "set" or moment.unit == "season":
        return {"value": "not resolved"}
    reading = {"Mod": moment.bound} if moment.bound else {}
    if isinstance(value, tuple):
        ends = zip(("start", "end"), value, strict=True)
        return reading | {name: written(end) for name, end in ends if end is not None}
    return reading | {"value": written(value)}


def _same_model(expected: Expected, entity: Entity, case: SpecCase) -> bool:
    del case
    if not isinstance(entity, _Judged) or entity.moment is None:
        return False
    wanted = [
        {name: text for name, text in value.items() if name in ("type", "value", "start", "end", "Mod")}
        for value in expected.value.get("values", ())
    ]
    return _unordered(wanted) == _unordered(resolved(entity.moment))


def _unordered(readings: list[dict[str, str]]) -> list[list[tuple[str, str]]]:
    return sorted(sorted(reading.items()) for reading in readings)


def _same_type(expected: Expected, entity: Entity, case: SpecCase) -> bool:
    del case
    return expected.type.removeprefix("datetimeV2.") == _type(entity.kind)


def _same_place(expected: Expected, entity: Entity, case: SpecCase) -> bool:
    """The merged extractor names what it found before its bound; only the place counts."""
    del expected, entity, case
    return True


def _same_parse(expected: Expected, entity: Entity, case: SpecCase) -> bool:
    if not isinstance(entity, _Judged) or entity.moment is None or not _same_type(expected, entity, case):
        return False
    if "values" in expected.value:
        return _same_model(expected, entity, case)
    moment = entity.moment
    return all(
        _resolution(moment, value) == dict(expected.value.get(name) or {})
        for name, value in (("FutureResolution", moment.future), ("PastResolution", moment.past))
    )


def _resolution(moment: Moment, value: Value) -> Mapping[str, Any]:
    field = _FIELDS[_type(moment.kind)]
    if moment.unit == "season":
        return {}
    if value is None:
        return {field: "0001-01-01"}
    if isinstance(value, tuple):
        return {f"{end}{field}": written(point) for end, point in zip(("start", "end"), value, strict=True) if point}
    return {field: f"Set: {value}" if moment.kind == "set" else written(value)}


def _layer(*kinds: str, bounds: bool = False) -> tuple[frozenset[str], Callable[[SpecCase], list[Entity]]]:
    wanted = frozenset(kinds)
    return wanted, lambda case: _found(case, wanted, bounds=bounds)


def _adapters() -> dict[str, Adapter]:
    layers = {
        "Date": _layer("date"),
        "DatePeriod": _layer("date_range"),
        "DateTime": _layer("datetime", "now"),
        "DateTimePeriod": _layer("datetime_range"),
        "Duration": _layer("duration"),
        "Holiday": (frozenset({"date"}), _festivals),
        "Set": _layer("set"),
        "Time": _layer("time"),
        "TimePeriod": _layer("time_range"),
        "Merged": _layer(*KINDS, "now", bounds=True),
    }
    known = {}
    for name, (kinds, finder) in layers.items():
        extracted = _same_place if name == "Merged" else _same_type
        known[f"DateTime__{name}Extractor"] = Adapter(kinds, extracted, finder)
        known[f"DateTime__{name}Parser"] = Adapter(kinds, _same_parse, finder)
    kinds, finder = layers["Merged"]
    known["DateTime__DateTimeModel"] = Adapter(kinds, _same_model, finder)
    return known


ADAPTERS = _adapters()
