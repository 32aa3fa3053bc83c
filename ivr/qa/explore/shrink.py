"""A failure is made smaller, as long as it stays the same: fewer turns first, then plainer words.

Source: delta debugging, ddmin of Zeller and Hildebrandt 2002, IEEE Transactions on Software Engineering 28(2).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

_Item = TypeVar("_Item")


def fewest(items: Sequence[_Item], fails: Callable[[list[_Item]], bool]) -> list[_Item]:
    """A part of `items`, in order, that still fails and of which none can be left out; `items` must fail."""
    kept, parts = list(items), 2
    while len(kept) >= 2:
        size = -(-len(kept) // parts)
        shorter = next(
            (
                rest
                for begin in range(0, len(kept), size)
                if (rest := kept[:begin] + kept[begin + size :]) and fails(rest)
            ),
            None,
        )
        if shorter is not None:
            kept, parts = shorter, max(2, parts - 1)
        elif size == 1:
            break
        else:
            parts = min(len(kept), parts * 2)
    return kept


def plainest(
    items: Sequence[_Item], plainer: Callable[[_Item], _Item], fails: Callable[[list[_Item]], bool]
) -> list[_Item]:
    """`items` with each made plainer where that still fails."""
    kept = list(items)
    for index, item in enumerate(items):
        simple = plainer(item)
        if simple != item and fails([*kept[:index], simple, *kept[index + 1 :]]):
            kept[index] = simple
    return kept
