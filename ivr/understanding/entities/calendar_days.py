"""Days as people name them: one date, one of every year, of every month, of every week, and the lunar calendar's.

Each is a `Day`, which answers when it is next and when it was last; so 三月五号到八号 needs no rule of its own: the 8th
is the next 8th on or after the 5th of March. The lunar calendar comes from borax (MIT), for 1900 to 2100.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from functools import lru_cache

from borax.calendars.lunardate import (  # type: ignore[import-untyped]  # carries no type information
    InvalidLunarDateError,
    LunarDate,
)

from ivr.understanding.entities.moment import Day

_FAR = 9
"""Years to look for a day that not every year has: 29 February comes within 8 even around 2100."""


def real(year: int, month: int, day: int) -> date | None:
    """The date, or None if the calendar has none such."""
    try:
        return date(year, month, day)
    except ValueError:
        return None


def moved(day: date, days: int) -> date | None:
    """`day` so many days on, None outside the calendar."""
    try:
        return day + timedelta(days=days)
    except OverflowError:
        return None


def months_on(day: date, months: int) -> date | None:
    """The same day so many months on, or the last of that month if it is shorter."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    if not 1 <= year <= 9998:
        return None
    return real(year, month + 1, day.day) or date(year, month + 1, last_day(year, month + 1))


def last_day(year: int, month: int) -> int:
    following = date(year + month // 12, month % 12 + 1, 1)
    return (following - timedelta(days=1)).day


def fixed(day: date | None, timex: str, *, nominal: bool = False) -> Day:
    """One date; of it, next and last are the date itself."""
    return Day(timex, lambda _: day, lambda _: day, fixed=True, nominal=nominal)


def yearly(timex: str, of_year: Callable[[int], date | None], *, nominal: bool = False) -> Day:
    """The day `of_year(year)` of every year that has it."""

    def following(today: date) -> date | None:
        found = (of_year(year) for year in range(max(today.year - 1, 1), min(today.year + _FAR, 9999)))
        return next((day for day in found if day and day >= today), None)

    def previous(today: date) -> date | None:
        found = (of_year(year) for year in range(min(today.year + 1, 9998), max(today.year - _FAR, 0), -1))
        return next((day for day in found if day and day < today), None)

    return Day(timex, following, previous, nominal=nominal)


def monthly(number: int) -> Day:
    """The `number`-th of every month that has it."""

    def among(today: date, months: range) -> list[date]:
        firsts = (months_on(today.replace(day=1), away) for away in months)
        days = (real(first.year, first.month, number) for first in firsts if first)
        return [day for day in days if day]

    return Day(
        f"XXXX-XX-{number:02d}",
        lambda today: next((day for day in among(today, range(3)) if day >= today), None),
        lambda today: next((day for day in among(today, range(0, -3, -1)) if day < today), None),
    )


def weekly(weekday: int) -> Day:
    """Every such weekday, Monday being 0."""
    return Day(
        f"XXXX-WXX-{weekday + 1}",
        lambda today: moved(today, (weekday - today.weekday()) % 7),
        lambda today: moved(today, -((today.weekday() - weekday - 1) % 7 + 1)),
    )


@lru_cache(maxsize=512)
def lunar_to_solar(year: int, month: int, day: int) -> date | None:
    """The date of a day of the lunar calendar; the 30th of a short month is its last day; None outside 1900 to 2100."""
    try:
        found: date = LunarDate(year, month, day).to_solar_date()
    except (InvalidLunarDateError, ValueError):
        return lunar_to_solar(year, month, day - 1) if day == 30 else None
    return found


def lunar_yearly(timex: str, month: int, day: int) -> Day:
    return yearly(timex, lambda year: lunar_to_solar(year, month, day), nominal=True)


def lunar_monthly(number: int) -> Day:
    """The `number`-th of every month of the lunar calendar, leap months aside."""

    def days_around(today: date) -> list[date]:
        numbers = ((year, month) for year in (today.year - 1, today.year) for month in range(1, 13))
        days = (lunar_to_solar(year, month, number) for year, month in numbers)
        return [day for day in days if day]

    return Day(
        f"XXXX-XX-{number:02d}",
        lambda today: next((day for day in days_around(today) if day >= today), None),
        lambda today: next((day for day in reversed(days_around(today)) if day < today), None),
        nominal=True,
    )


def nth_weekday(year: int, month: int, weekday: int, count: int) -> date | None:
    """The `count`-th such weekday of a month (-1 the last); None if it has fewer."""
    if count < 0:
        end = date(year, month, last_day(year, month))
        return end - timedelta(days=(end.weekday() - weekday) % 7)
    first = date(year, month, 1)
    found = first + timedelta(days=(weekday - first.weekday()) % 7 + 7 * (count - 1))
    return found if found.month == month else None


def qingming(year: int) -> date | None:
    """Tomb-sweeping day, by the usual approximation for 1901 to 2099 (no exception in that time)."""
    if not 1901 <= year <= 2099:
        return None
    constant = 4.81 if year >= 2000 else 5.59
    return date(year, 4, int(year % 100 * 0.2422 + constant) - (year % 100) // 4)
