"""How the calls of two versions ended, from their journals, and whether the difference is more than chance.

Decided: shares get Wilson's interval and their difference Newcombe's (both hold for few calls and for shares near 0 or
1, unlike the plain normal one), means Welch's; all at 95 %. With fewer than 30 calls on a side nothing is claimed. A
call is contained if it ended without a fault and without a person having been asked for, so whoever wanted one, was
refused and hung up does not count as served.

Sources: Wilson 1927; Newcombe 1998, Statistics in Medicine 17, method 10.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from statistics import fmean, variance
from typing import Literal

FEWEST_CALLS = 30
_Z = 1.959964  # 97.5 % of the standard normal distribution
_TELLING = (b'"command":"NoteTurn"', b'"command":"HandOff"', b'"event":"HandedOff"', b'"event":"HungUp"')


@dataclass(frozen=True, slots=True)
class CallOutcome:
    """One call: `ended` how, or `unfinished`; turns of the caller, and of these the ones that brought nothing."""

    flow: str
    version: int
    started: datetime
    ended: Literal["handed_off", "caller", "hotline", "fault", "unfinished"]
    wanted_person: bool
    turns: int
    misses: int

    @property
    def contained(self) -> bool:
        return self.ended in {"caller", "hotline"} and not self.wanted_person


@dataclass(frozen=True, slots=True)
class Interval:
    """`value` and where the true one lies, with 95 % certainty."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Row:
    """One measure of both sides. `difference` of the second against the first; None: too few calls to tell."""

    name: str
    share: bool
    first: Interval
    second: Interval
    difference: Interval | None

    @property
    def verdict(self) -> str:
        """`more`, `fewer`, or why that cannot be said."""
        if self.difference is None:
            return "too few calls to tell"
        if self.difference.low > 0:
            return "more"
        return "fewer" if self.difference.high < 0 else "no difference to be seen"


_SHARES: dict[str, Callable[[CallOutcome], bool]] = {
    "contained": lambda call: call.contained,
    "handed to a person": lambda call: call.ended == "handed_off",
    "hung up by the caller": lambda call: call.ended == "caller",
    "ended by the hotline": lambda call: call.ended == "hotline",
    "lost to a fault": lambda call: call.ended == "fault",
}
_MEANS: dict[str, Callable[[CallOutcome], int]] = {
    "turns a call": lambda call: call.turns,
    "turns that brought nothing": lambda call: call.misses,
}


def read_outcome(path: Path) -> CallOutcome | None:
    """How the call of a journal went; None if it is no journal. Only the lines that tell are parsed: a year of calls is
    read in minutes."""
    try:
        with path.open("rb") as file:
            header = json.loads(file.readline())
            telling = [json.loads(line) for line in file if line.endswith(b"\n") and any(w in line for w in _TELLING)]
        notes = [record["intent"] for record in telling if record.get("command") == "NoteTurn"]
        ended: Literal["handed_off", "caller", "hotline", "fault", "unfinished"] = "unfinished"
        for record in telling:
            if record.get("event") == "HandedOff":
                ended = "handed_off"
            elif record.get("event") == "HungUp":
                ended = record["by"]
        wanted = any(record.get("command") == "HandOff" for record in telling)
        misses = sum(intent in {"no_match", "no_input"} for intent in notes)
        version, started = int(header.get("flow_version", 0)), datetime.fromisoformat(header["started"])
        return CallOutcome(header["flow"], version, started.astimezone(), ended, wanted, len(notes), misses)
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None


def compare(first: Sequence[CallOutcome], second: Sequence[CallOutcome]) -> list[Row]:
    """Every measure of two sets of finished calls, neither empty."""
    enough = min(len(first), len(second)) >= FEWEST_CALLS
    rows = []
    for name, has in _SHARES.items():
        before, after = (share_interval(sum(map(has, calls)), len(calls)) for calls in (first, second))
        rows.append(Row(name, True, before, after, _share_difference(before, after) if enough else None))
    for name, count in _MEANS.items():
        old, new = ([count(call) for call in calls] for calls in (first, second))
        rows.append(
            Row(name, False, mean_interval(old), mean_interval(new), _mean_difference(old, new) if enough else None)
        )
    return rows


def finished(calls: Iterable[CallOutcome]) -> list[CallOutcome]:
    """Without those that go on, or whose journal was cut off."""
    return [call for call in calls if call.ended != "unfinished"]


def share_interval(hits: float, calls: int) -> Interval:
    """Wilson's score interval of `hits` in `calls`."""
    p, z2 = hits / calls, _Z**2
    middle = (p + z2 / (2 * calls)) / (1 + z2 / calls)
    half = _Z / (1 + z2 / calls) * math.sqrt(p * (1 - p) / calls + z2 / (4 * calls**2))
    return Interval(p, max(0.0, middle - half), min(1.0, middle + half))


def _share_difference(first: Interval, second: Interval) -> Interval:
    """Newcombe's interval of the second share less the first, from the Wilson intervals of both."""
    value = second.value - first.value
    below = math.hypot(second.value - second.low, first.high - first.value)
    above = math.hypot(second.high - second.value, first.value - first.low)
    return Interval(value, value - below, value + above)


def mean_interval(values: Sequence[int]) -> Interval:
    """The mean of `values`, at least one, with its 95 % interval."""
    half = _Z * math.sqrt(_variance_of_mean(values))
    return Interval(fmean(values), fmean(values) - half, fmean(values) + half)


def _mean_difference(first: Sequence[int], second: Sequence[int]) -> Interval:
    """Welch's interval of the second mean less the first, for so many calls that t is normal."""
    half = _Z * math.sqrt(_variance_of_mean(first) + _variance_of_mean(second))
    value = fmean(second) - fmean(first)
    return Interval(value, value - half, value + half)


def _variance_of_mean(values: Sequence[int]) -> float:
    return variance(values) / len(values) if len(values) > 1 else 0.0
