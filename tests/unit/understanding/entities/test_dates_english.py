"""Dates and times as English callers say them, on Friday 20 November 2026 at half past ten."""

from __future__ import annotations

from datetime import date, datetime, time
from decimal import Decimal

import pytest

from ivr.understanding.entities.dates import find_dates

pytestmark = pytest.mark.unit

wall = datetime.fromisoformat
AT = wall("2026-11-20 10:30")


@pytest.mark.parametrize(
    ("said", "kind", "meant"),
    [
        ("tomorrow", "date", date(2026, 11, 21)),
        ("the day after tomorrow", "date", date(2026, 11, 22)),
        ("next tuesday", "date", date(2026, 11, 24)),
        ("the fifth of may", "date", date(2027, 5, 5)),
        ("may fifth twenty twenty six", "date", date(2026, 5, 5)),
        ("friday, november 27", "date", date(2026, 11, 27)),
        ("two days ago", "date", date(2026, 11, 18)),
        ("christmas", "date", date(2026, 12, 25)),
        ("tomorrow at three thirty", "datetime", wall("2026-11-21 15:30")),
        ("quarter to five tomorrow", "datetime", wall("2026-11-21 16:45")),
        ("tomorrow morning at nine", "datetime", wall("2026-11-21 09:00")),
        ("in two hours", "datetime", wall("2026-11-20 12:30")),
        ("half past three", "time", time(15, 30)),
        ("ten thirty p m", "time", time(22, 30)),
        ("noon", "time", time(12)),
        ("last month", "date_range", (date(2026, 10, 1), date(2026, 11, 1))),
        ("the end of the month", "date_range", (date(2026, 11, 25), date(2026, 12, 1))),
        ("by friday", "date_range", (None, date(2026, 11, 20))),
        ("from three to five", "time_range", (time(15), time(17))),
        ("between two and four tomorrow", "datetime_range", (wall("2026-11-21 14:00"), wall("2026-11-21 16:00"))),
        ("tomorrow afternoon", "datetime_range", (wall("2026-11-21 12:00"), wall("2026-11-21 18:00"))),
        ("two and a half hours", "duration", Decimal(9000)),
        ("every week", "set", "P1W"),
    ],
)
def test_what_is_said_is_worth(said, kind, meant):
    (found,) = find_dates(said, AT)
    assert (found.kind, found.value, found.text) == (kind, meant, said)


@pytest.mark.parametrize(
    "said", ["i may be late", "one of them", "march on", "i have two", "one two three four", "five hundred"]
)
def test_what_only_sounds_like_a_time_is_none(said):
    assert not find_dates(said, AT)
