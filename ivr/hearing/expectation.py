"""What the ears expect of the caller's next turn."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Expectation:
    """How to hear the caller until told otherwise.

    `phrases` is the recogniser's grammar (a repeated phrase is expected more), empty for free speech.
    `pause_ms`: how much silence ends a turn. `closed`: the answer is one of a few short ones (digits, yes or
    no), so no second look by free decoding.
    """

    phrases: tuple[str, ...] = ()
    pause_ms: int = 600
    closed: bool = False
