"""What a finder of dates and times hands on: the time that was meant, before one value of it is chosen.

Much that callers say fits twice: 一月十九号 is last January or the next, 十点 is morning or evening. A `Moment` keeps
both dates (`past`, `future`) and both halves of the day (`other`), and `timex` keeps what was said and no more
(XXXX-01-19), in the notation of TIMEX3 (ISO 8601, X for what is open). The entity takes one of them: the future for
who books, the past for who asks about a bill.

What is open by custom, not by grammar, is in `Habits`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from decimal import Decimal
from typing import TypeAlias

Point: TypeAlias = date | datetime | time
Value: TypeAlias = Point | Decimal | str | tuple[Point | None, Point | None] | None


@dataclass(frozen=True, slots=True)
class Habits:
    """How listeners fill in what is left open.

    `parts`: first and last hour (not within; 24 is midnight) of each part of the day, by its TIMEX3 mark.
    `lunar`: festivals and 初一 follow the lunar calendar; without, their numbers are read as months of the sun.
    `end_within`: 三月到五月 has May in it.
    `night_goes_on`: 今晚十二点 and 今晚一点 are of the night that begins today, so of tomorrow's date.
    `working_day`: an hour without its half of the day is one at which people are up and about.
    """

    parts: Mapping[str, tuple[int, int]] = field(
        default_factory=lambda: {
            "TDM": (0, 6),
            "TEM": (5, 9),
            "TMO": (6, 12),
            "TMI": (11, 13),
            "TAF": (12, 18),
            "TDT": (8, 18),
            "TEV": (18, 24),
            "TNI": (22, 24),
        }
    )
    lunar: bool = True
    end_within: bool = True
    night_goes_on: bool = True
    working_day: bool = True


CALLERS = Habits()


@dataclass(frozen=True, slots=True)
class Day:
    """A day that comes again: `next` is the first on or after a day, `last` the last one before it; None if none is."""

    timex: str
    next: Callable[[date], date | None] = field(compare=False)
    last: Callable[[date], date | None] = field(compare=False)
    fixed: bool = False
    nominal: bool = False
    """`timex` holds the numbers of the lunar calendar."""


@dataclass(frozen=True, slots=True)
class Clock:
    """A time of day as said. `open`: the half of the day was not; `part`: the TIMEX3 mark of its part, if said."""

    hour: int
    minute: int = 0
    second: int = 0
    open: bool = False
    part: str = ""
    grain: int = 1
    """How many of hour, minute, second were said."""

    @property
    def timex(self) -> str:
        numbers = (self.hour, self.minute, self.second)[: self.grain]
        return "T" + ":".join(f"{number:02d}" for number in numbers)

    @property
    def time(self) -> time:
        return time(self.hour, self.minute, self.second)

    def other_half(self) -> Clock:
        return Clock((self.hour + 12) % 24, self.minute, self.second, self.open, self.part, self.grain)


@dataclass(frozen=True, slots=True)
class Moment:
    """One time found at [start, end) of the compact text. `kind` and values as in entity.py; a value of None cannot
    be (二月三十号). `unit` is the grain of a period (Y, M, W, D …). `bound`: before, until, after or since it.
    `vague`: the value is custom (summer, the end of the month). `bare`: four digits, or a day without its month:
    what else it could be is likely, too."""

    kind: str
    start: int
    end: int
    timex: str
    past: Value
    future: Value
    day: Day | None = None
    clock: Clock | None = None
    unit: str = ""
    bound: str = ""
    other: Moment | None = None
    vague: bool = False
    bare: bool = False
    confidence: float = 1.0
    why: str = ""


def settled(moments: Iterable[Moment]) -> list[Moment]:
    """Of those that overlap the longest, of equally long ones the first given; in order of the text."""
    kept: list[Moment] = []
    for moment in sorted(moments, key=lambda moment: moment.start - moment.end):
        if all(moment.end <= other.start or other.end <= moment.start for other in kept):
            kept.append(moment)
    return sorted(kept, key=lambda moment: moment.start)
