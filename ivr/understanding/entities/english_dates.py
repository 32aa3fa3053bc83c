"""Days and periods as English callers say them; they are joined, linked and bound by the layers that Mandarin has.

tomorrow, next Tuesday, the fifth of May, May fifth twenty twenty six, last month, this weekend, christmas. Next
Tuesday is the one of next week, as 下周二 is; Tuesday alone is the coming
one. Figures with slashes are read by calendar_dates.py.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date

from ivr.understanding.entities.calendar_days import fixed, monthly, moved, nth_weekday, real, weekly, yearly
from ivr.understanding.entities.date_words import Source, monday
from ivr.understanding.entities.english_clocks import (
    BEGIN,
    END,
    NUMBER,
    UP_TO_NINE,
    english_number,
    find_english_clocks,
)
from ivr.understanding.entities.english_numbers import ORDINALS
from ivr.understanding.entities.grains import GRAINS, period
from ivr.understanding.entities.moment import Day, Moment

MONTHS = (
    *("january", "february", "march", "april", "may", "june"),
    *("july", "august", "september", "october", "november", "december"),
)
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
PARTS = {
    "morning": "TMO", "noon": "TMI", "lunchtime": "TMI", "afternoon": "TAF", "evening": "TEV", "night": "TEV",
}  # fmt: skip
UNITS = {"second": "S", "minute": "MIN", "hour": "H", "day": "D", "week": "W", "month": "M", "year": "Y"}
_SHIFTS = {"last": -1, "previous": -1, "past": -1, "this": 0, "current": 0, "next": 1, "coming": 1, "following": 1}
_NEAR = {
    "the day before yesterday": -2, "yesterday": -1, "today": 0, "tomorrow": 1, "the day after tomorrow": 2,
    "day after tomorrow": 2,
}  # fmt: skip
_ORDINAL = (
    rf"(?:(?:3[01]|[12]?\d)(?:st|nd|rd|th)|(?:twenty|thirty)[ -](?:first|second|third|fourth|fifth|sixth|seventh|eighth"
    rf"|ninth)|{'|'.join(sorted((name for name in ORDINALS if ORDINALS[name] <= 30), key=len, reverse=True))})"
)
_DAY = rf"(?:{_ORDINAL}|[12]\d|3[01]|0?[1-9])"
_YEAR = (
    rf"(?:,? (?P<year>(?:19|20)\d\d|(?:nineteen|twenty)[ -](?:oh[ -](?:{UP_TO_NINE})|{NUMBER})"
    rf"|two thousand(?: and)?(?: {NUMBER})?)(?![\w:]))?"
)
_MONTH = "|".join((*MONTHS, *(name[:3] for name in MONTHS if name != "may"), "sept"))

_THEN = rf"(?:(?:{'|'.join(WEEKDAYS)}),? )?"
_CALENDAR = (
    re.compile(rf"{BEGIN}{_THEN}(?:the )?(?P<day>{_DAY}) of (?P<month>{_MONTH}){END}{_YEAR}"),
    re.compile(
        rf"{BEGIN}{_THEN}(?P<month>{_MONTH})\.? (?:the )?(?P<day>{_DAY}){END}(?! ?(?:o'?clock|[ap]\.?m))(?!:){_YEAR}"
    ),
    re.compile(rf"{BEGIN}(?P<day>[12]?\d|3[01]) (?P<month>{_MONTH}){END}{_YEAR}"),
)
_THE_DAY = re.compile(rf"{BEGIN}(?:on )?the (?P<day>{_ORDINAL}){END}(?! (?:of|time|one|{'|'.join(UNITS)}))")
_NEAREST = re.compile(rf"{BEGIN}(?P<word>{'|'.join(sorted(_NEAR, key=len, reverse=True))}){END}")
_WEEKDAY = re.compile(rf"{BEGIN}(?:(?P<shift>{'|'.join(_SHIFTS)}) )?(?P<weekday>{'|'.join(WEEKDAYS)}){END}")
_FESTIVALS = {
    "christmas eve": (12, 24), "christmas": (12, 25), "christmas day": (12, 25), "new year's eve": (12, 31),
    "new years eve": (12, 31), "new year's day": (1, 1), "new years day": (1, 1), "halloween": (10, 31),
    "valentine's day": (2, 14), "valentines day": (2, 14), "boxing day": (12, 26), "independence day": (7, 4),
}  # fmt: skip
_FESTIVAL = re.compile(
    rf"{BEGIN}(?P<name>{'|'.join(sorted((*_FESTIVALS, 'thanksgiving'), key=len, reverse=True))}){END}"
)


@dataclass(frozen=True, slots=True)
class EnglishFinds:
    """What stands by itself, before anything is joined."""

    days: list[Moment]
    clocks: list[Moment]
    periods: list[Moment]


def find_english(source: Source) -> EnglishFinds:
    """Days, clocks and periods; nothing where no Latin letter is."""
    if not re.search("[a-z]{2}", source.text):
        return EnglishFinds([], [], [])
    return EnglishFinds(list(_days(source)), find_english_clocks(source), list(_periods(source)))


def _year(said: str | None) -> int | None:
    if not said:
        return None
    if said.isdigit():
        return int(said)
    if said.startswith("two thousand"):
        return 2000 + (english_number(said.removeprefix("two thousand").replace("and", "").strip()) or 0)
    first, rest = re.split("[ -]", said, maxsplit=1)
    return (1900 if first == "nineteen" else 2000) + (english_number(rest) or 0)


def _month(said: str) -> int:
    return next(number for number, name in enumerate(MONTHS, start=1) if name.startswith(said[:3]))


def _on(day: Day | None, match: re.Match[str], source: Source) -> Iterator[Moment]:
    if day is not None:
        today = source.today
        yield Moment("date", match.start(), match.end(), day.timex, day.last(today), day.next(today), day=day, unit="D")


def _of_year(month: int, day: int, year: int | None) -> Day:
    timex = f"{f'{year:04d}' if year else 'XXXX'}-{month:02d}-{day:02d}"
    return fixed(real(year, month, day), timex) if year else yearly(timex, lambda year: real(year, month, day))


def _exactly(day: date | None) -> Day | None:
    return fixed(day, day.isoformat()) if day else None


def _days(source: Source) -> Iterator[Moment]:
    text = source.text
    for pattern in _CALENDAR:
        for match in pattern.finditer(text):
            day = english_number(match["day"])
            if day:
                yield from _on(_of_year(_month(match["month"]), day, _year(match["year"])), match, source)
    for match in _THE_DAY.finditer(text):
        if (day := english_number(match["day"])) and day <= 31:
            yield from (replace(found, confidence=0.8) for found in _on(monthly(day), match, source))
    for match in _NEAREST.finditer(text):
        yield from _on(_exactly(moved(source.today, _NEAR[match["word"]])), match, source)
    for match in _WEEKDAY.finditer(text):
        yield from _on(_weekday(match, source), match, source)
    for match in _FESTIVAL.finditer(text):
        if match["name"] == "thanksgiving":
            day_off = yearly("XXXX-11-WXX-4-4", lambda year: nth_weekday(year, 11, 3, 4))
        else:
            day_off = _of_year(*_FESTIVALS[match["name"]], None)
        yield from _on(day_off, match, source)


def _weekday(match: re.Match[str], source: Source) -> Day | None:
    weekday = WEEKDAYS.index(match["weekday"])
    shift = match["shift"]
    if shift in (None, "this", "coming", "current", "following"):
        return weekly(weekday)
    if shift == "next":
        return _exactly(moved(monday(source.today), 7 + weekday))
    return _exactly(weekly(weekday).last(source.today))


_AWAY = re.compile(rf"{BEGIN}(?P<shift>{'|'.join(_SHIFTS)}) (?P<unit>week|weekend|month|quarter|year){END}")
_OF_THE = re.compile(rf"(?<=of the )(?P<unit>month|year){END}")
_WEEKEND = re.compile(rf"{BEGIN}(?:the )?(?P<unit>weekend){END}")
_NAMED_MONTH = re.compile(rf"{BEGIN}(?:(?P<shift>last|this|next) )?(?P<month>{'|'.join(MONTHS)}){END}{_YEAR}")
_ONLY_IF_MONTH = re.compile(r"(?:^| )(?:in|of|for|since|until|till|by|from|to|through|last|next|this|'s) $")
_IN_YEAR = re.compile(rf"{BEGIN}(?:in|since|until|of|year) (?P<year>(?:19|20)\d\d){END}")


def _periods(source: Source) -> Iterator[Moment]:
    for pattern in (_AWAY, _OF_THE, _WEEKEND):
        for match in pattern.finditer(source.text):
            shift = _SHIFTS[match.groupdict().get("shift") or "this"]
            yield from _away(match, match["unit"], shift, source)
    for match in _NAMED_MONTH.finditer(source.text):
        yield from _named_month(match, source)
    for match in _IN_YEAR.finditer(source.text):
        first = date(int(match["year"]), 1, 1)
        found = period(match, fixed(first, match["year"]), (1, "Y"), source, match["year"])
        yield replace(found, start=match.start("year"))


def _away(match: re.Match[str], unit: str, shift: int, source: Source) -> Iterator[Moment]:
    if unit == "weekend":
        saturday = moved(monday(source.today), 7 * shift + 5)
        if saturday:
            yield period(match, fixed(saturday, ""), (2, "D"), source, f"{saturday:%G-W%V}-WE", unit="WE")
        return
    grain = {"week": "W", "month": "M", "quarter": "Q", "year": "Y"}[unit]
    first = GRAINS[grain].on(GRAINS[grain].floor(source.today), shift)
    if first:
        yield period(match, fixed(first, first.isoformat()), (1, grain), source, GRAINS[grain].timex(first))


def _named_month(match: re.Match[str], source: Source) -> Iterator[Moment]:
    """may and march are months only where something says so."""
    said = match["month"]
    if said in ("may", "march") and not (
        match["shift"] or match["year"] or _ONLY_IF_MONTH.search(source.text, 0, match.start())
    ):
        return
    month = _month(said)
    year = _year(match["year"])
    day = fixed(date(year, month, 1), "") if year else yearly("", lambda year: date(year, month, 1))
    found = period(match, day, (1, "M"), source, f"{year or 'XXXX'}-{month:02d}")
    yield replace(found, future=found.past) if match["shift"] == "last" else found
