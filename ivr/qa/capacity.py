"""How many calls are borne at most, in as few tries as tell it within a twelfth.

Decided: a light load first, which tells what a call costs; then as many as that cost promises; then halving between the
most that kept up and the fewest that did not. Each try takes a quarter of a minute, so there are six at most.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

_MOST_TRIES = 6
_WITHIN = 1 / 12
_MOST_CALLS = 500


@dataclass(frozen=True, slots=True)
class Tried:
    """A load of so many calls; `cores_a_call`: what each took of a core."""

    calls: int
    kept_up: bool
    cores_a_call: float


def bounds(tried: Sequence[Tried]) -> tuple[int, int | None]:
    """The most calls that kept up (0: none did), and the fewest above them that did not (None: none that was tried)."""
    borne = max((each.calls for each in tried if each.kept_up), default=0)
    return borne, min((each.calls for each in tried if each.calls > borne), default=None)


def next_load(tried: Sequence[Tried], cores: int) -> int | None:
    """How many calls to try next; None when it is known well enough, or after six tries. `tried` holds one at least."""
    borne, broken = bounds(tried)
    if len(tried) >= _MOST_TRIES or borne >= _MOST_CALLS:
        return None
    if broken is not None:
        return None if broken - borne <= max(1, round(borne * _WITHIN)) else (borne + broken) // 2
    promised = round(0.9 * cores / max(1e-6, tried[0].cores_a_call))  # an overloaded machine's cost promises nothing
    return min(_MOST_CALLS, max(promised, borne + 1, round(borne * 1.15)))
