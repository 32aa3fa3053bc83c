"""How early and how late, as a flow writes it: `today`, `30 days`, `2 hours`, `3 days ago`, `2026-12-31`, `08:00`.

Decided: **a limit is relative and stays so until a value is held against it**, by the call's own clock. So a question
is the same today and tomorrow, and nothing is read from the machine's clock. A limit in days is about whole days:
`latest: 30 days` allows the whole of the thirtieth.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

_NAMED_DAYS = {"yesterday": -1, "today": 0, "tomorrow": 1}
_AHEAD = re.compile(r"(\d{1,4}) (minute|hour|day)s?( ago)?")
_MINUTES = {"minute": 1, "hour": 60, "day": 1440}

Moment = date | time | datetime
"""A point in time: naive, on the hotline's wall clock."""


@dataclass(frozen=True, slots=True)
class Limit:
    """`text` as it was written. `unit`: `days` from today or `minutes` from now, of which there are `count`; `date` and
    `clock` stand in `fixed`, as ISO 8601."""

    text: str
    unit: str
    count: int = 0
    fixed: str = ""

    def moment(self, at: datetime) -> Moment:
        """What it means at `at`: a date, for minutes a date and time, for a clock a time."""
        if self.unit == "clock":
            return time.fromisoformat(self.fixed)
        if self.unit == "date":
            return date.fromisoformat(self.fixed)
        if self.unit == "minutes":
            return at + timedelta(minutes=self.count)
        return at.date() + timedelta(days=self.count)

    def before(self, other: Limit) -> bool | None:
        """Whether it is before `other` whenever the call is; None where that depends on the day."""
        if self.unit == other.unit and self.fixed:
            return self.fixed < other.fixed
        if self.fixed or other.fixed:
            return None
        ours, theirs = (one.count * (1440 if one.unit == "days" else 1) for one in (self, other))
        return ours < theirs


def read_limit(text: str) -> Limit:
    """The limit that `text` writes. Raises ValueError (what; mend)."""
    if text == "now":
        return Limit(text, "minutes")
    if text in _NAMED_DAYS:
        return Limit(text, "days", _NAMED_DAYS[text])
    if found := _AHEAD.fullmatch(text):
        count = int(found[1]) * (-1 if found[3] else 1)
        return Limit(text, "days", count) if found[2] == "day" else Limit(text, "minutes", count * _MINUTES[found[2]])
    for unit, kind in (("date", date), ("clock", time)):
        if re.fullmatch(r"\d{4}-\d{2}-\d{2}" if unit == "date" else r"\d{2}:\d{2}", text):
            try:
                return Limit(text, unit, fixed=kind.fromisoformat(text).isoformat())
            except ValueError:
                break
    raise ValueError(f"`{text}` is no day and no time; write today, now, 30 days, 2 hours ago, 2026-12-31 or 08:00")


def is_before(value: Moment, limit: Moment) -> bool:
    """Whether `value` is before `limit`, by what both of them say: of a date and time, a date is held against the day,
    a time against the time of day."""
    if isinstance(value, datetime) and not isinstance(limit, datetime):
        value = value.time() if isinstance(limit, time) else value.date()
    elif isinstance(limit, datetime) and not isinstance(value, datetime):
        limit = limit.time() if isinstance(value, time) else limit.date()
    if isinstance(value, time) or isinstance(limit, time):
        return isinstance(value, time) and isinstance(limit, time) and value < limit
    return value < limit
