"""What many calls say of a new flow: how many would have gone otherwise, and whether that is more than chance.

Decided: every call stands on both sides, so all is paired. How a call ended is compared among those whose end is known
both ways; what brought nothing is compared in all of them, up to where a call parts, because a turn that is no longer
understood is the very thing after which an end is not known. Nothing is claimed of fewer than 30 calls. Of those that
parted nothing is claimed at all, and how many they are is said beside every figure.

Sources: differences of paired shares by Bonett and Price 2012 (adjusted Wald), which holds for few changes and for
none; McNemar's exact test and the bootstrap of means in compare/significance.py.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from ivr.qa.compare.significance import Paired, paired_bootstrap
from ivr.qa.outcomes import FEWEST_CALLS, CallOutcome, Interval
from ivr.qa.whatif import WhatIf

_Z = 1.959964  # 97.5 % of the standard normal distribution
_MOST_SHOWN = 500

_ENDS: dict[str, tuple[Callable[[CallOutcome], bool], bool]] = {
    "contained": (lambda call: call.contained, True),
    "handed to a person": (lambda call: call.ended == "handed_off", False),
    "hung up by the caller": (lambda call: call.ended == "caller", False),
}
"""What a call may be, and whether more of it is better."""
MISSED = "a turn brought nothing"
TURNS_MISSED = "turns that brought nothing"


@dataclass(frozen=True, slots=True)
class Figure:
    """One measure of both flows over `calls`. `difference`: of the new against the old, None with too few calls;
    `paired`: how many calls came to be better and worse by it, None for a mean."""

    name: str
    calls: int
    before: float
    after: float
    difference: Interval | None
    more_is_better: bool
    paired: Paired | None = None

    @property
    def verdict(self) -> str:
        """`better`, `worse`, or why that cannot be said."""
        if self.difference is None:
            return "too few calls to tell"
        if self.difference.low <= 0 <= self.difference.high:
            return "no difference to be seen"
        return "better" if (self.difference.low > 0) == self.more_is_better else "worse"

    def is_worse_by(self, least: float) -> bool:
        """Whether it is worse by more than `least`, and more than chance would have it."""
        if self.difference is None or self.verdict != "worse":
            return False
        return abs(self.difference.value) > least


@dataclass
class Figures:
    """Add every call; no more than the first 500 that went otherwise are kept, however many there are."""

    ways: Counter[str] = field(default_factory=Counter)
    otherwise: list[WhatIf] = field(default_factory=list)
    _ends: dict[str, Counter[tuple[bool, bool]]] = field(default_factory=lambda: {name: Counter() for name in _ENDS})
    _missed: Counter[tuple[int, int]] = field(default_factory=Counter)

    def add(self, call: WhatIf) -> None:
        """One more call."""
        self.ways[call.way] += 1
        if call.way != "same" and len(self.otherwise) < _MOST_SHOWN:
            self.otherwise.append(call)
        self._missed[call.misses_before, call.misses_after] += 1
        if call.after is not None:
            for name, (has, _) in _ENDS.items():
                self._ends[name][has(call.before), has(call.after)] += 1

    @property
    def calls(self) -> int:
        """How many were added."""
        return self.ways.total()

    def rows(self) -> list[Figure]:
        """Every measure; none of no calls."""
        if not self.calls:
            return []
        rows = [_share(name, counts, _ENDS[name][1]) for name, counts in self._ends.items() if counts]
        missed: Counter[tuple[bool, bool]] = Counter()
        for (before, after), calls in self._missed.items():
            missed[before > 0, after > 0] += calls
        return [*rows, _share(MISSED, missed, more_is_better=False), self._mean_missed()]

    def _mean_missed(self) -> Figure:
        pairs = list(self._missed.elements())
        before, after = (sum(side) / len(pairs) for side in zip(*pairs, strict=True))
        differences = [(float(now - then), 1.0) for then, now in pairs]
        found = paired_bootstrap(differences) if len(pairs) >= FEWEST_CALLS else None
        return Figure(TURNS_MISSED, len(pairs), before, after, found, more_is_better=False)


def worse(rows: Sequence[Figure], least: float) -> list[Figure]:
    """The shares that are worse by more than `least` (0.02: two points), beyond chance."""
    return [row for row in rows if row.paired is not None and row.is_worse_by(least)]


def _share(name: str, counts: Counter[tuple[bool, bool]], more_is_better: bool) -> Figure:  # noqa: FBT001  by name too
    calls = counts.total()
    gained, lost = counts[False, True], counts[True, False]
    before = (counts[True, True] + lost) / calls
    after = (counts[True, True] + gained) / calls
    paired = Paired(calls, *((gained, lost) if more_is_better else (lost, gained)))
    difference = _paired_difference(gained, lost, calls) if calls >= FEWEST_CALLS else None
    return Figure(name, calls, before, after, difference, more_is_better, paired)


def _paired_difference(gained: int, lost: int, calls: int) -> Interval:
    """Bonett and Price's interval of a share's change, in which so many calls gained it and lost it."""
    more, fewer = (gained + 1) / (calls + 2), (lost + 1) / (calls + 2)
    middle = more - fewer
    half = _Z * math.sqrt((more + fewer - middle**2) / (calls + 2))
    return Interval((gained - lost) / calls, middle - half, middle + half)
