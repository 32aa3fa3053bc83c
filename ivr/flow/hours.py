"""Opening hours: `mon-fri 09:00-18:00`, holidays and make-up working days (调休) as the calendar of China has them.

The only clock is the call's: `local_time` when it began, plus `at`. The calendar is `chinesecalendar`, which
the State Council's yearly notice is put into; a year that it does not know yet is taken by weekdays alone, and
`ivr check` says so.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal

import chinese_calendar

_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_RULE = re.compile(r"([a-z]{3})(?:-([a-z]{3}))? (\d{2}):(\d{2})-(\d{2}):(\d{2})")
_WORKDAY, _REST = 0, 6


class HoursFault(ValueError):  # noqa: N818  becomes a Problem in the flow
    """Hours that cannot be read; the message is `what; mend`."""


@dataclass(frozen=True, slots=True)
class Span:
    """On these weekdays (Monday is 0), from a minute of the day until before another; `until` <= `begins` goes
    past midnight."""

    days: frozenset[int]
    begins: int
    until: int


@dataclass(frozen=True, slots=True)
class Hours:
    """When something is open. `holidays` "cn": on holidays as on a Sunday, on make-up working days as on a
    Monday; "none": by weekday."""

    spans: tuple[Span, ...]
    holidays: Literal["cn", "none"] = "cn"

    def open_at(self, moment: datetime) -> bool:
        """Whether it is open at `moment`, in the hotline's own time."""
        minute = moment.hour * 60 + moment.minute
        today, yesterday = self._weekday(moment.date()), self._weekday(moment.date() - timedelta(days=1))
        for span in self.spans:
            over_midnight = span.until <= span.begins
            if today in span.days and span.begins <= minute and (over_midnight or minute < span.until):
                return True
            if over_midnight and yesterday in span.days and minute < span.until:
                return True
        return False

    def _weekday(self, day: date) -> int:
        if self.holidays == "none" or not known_year(day.year):
            return day.weekday()
        if chinese_calendar.is_workday(day):
            return day.weekday() if day.weekday() < 5 else _WORKDAY
        return _REST if day.weekday() < 5 else day.weekday()


def known_year(year: int) -> bool:
    """Whether the calendar has the holidays of `year`."""
    years = {day.year for day in chinese_calendar.constants.holidays}
    return bool(min(years) <= year <= max(years))


def read_hours(text: str) -> Span:
    """One rule such as `mon-fri 09:00-18:00`, `sat 10:00-16:00`, `mon-sun 00:00-24:00`. Raises HoursFault."""
    match = _RULE.fullmatch(text.strip().lower())
    if not match or match[1] not in _DAYS or (match[2] or match[1]) not in _DAYS:
        raise HoursFault(f"`{text}` are no opening hours; write mon-fri 09:00-18:00")
    first, last = _DAYS.index(match[1]), _DAYS.index(match[2] or match[1])
    begins, until = int(match[3]) * 60 + int(match[4]), int(match[5]) * 60 + int(match[6])
    if int(match[4]) > 59 or int(match[6]) > 59 or begins >= 1440 or until > 1440:
        raise HoursFault(f"`{text}` holds a time that no clock shows; write 00:00 to 24:00")
    days = range(first, last + 1) if first <= last else [*range(first, 7), *range(last + 1)]
    return Span(frozenset(days), begins, until)
