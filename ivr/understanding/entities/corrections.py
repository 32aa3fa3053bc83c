"""What a caller takes back inside a turn. Nothing is taken back yet."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Correction:
    """`text` is what the caller means in the end; its character i stood at `places[i]` of what was said."""

    text: str
    places: tuple[int, ...]


def corrected(text: str) -> Correction:
    """`text` without what was taken back."""
    return Correction(text, tuple(range(len(text))))
