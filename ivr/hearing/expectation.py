"""What the ears expect of the caller's next turn."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

Completeness = Literal["complete", "answered", "open", "unfinished"]
"""Of a turn so far: a whole answer to what was asked; an answer in other words (of closed questions only); neither;
something that people go on from. Understanding judges it (completeness.py there)."""

MOST_PAUSE_MS = 2000
"""However unfinished a turn is, no pause that a question does not ask for itself is longer."""
_UNFINISHED = 1.6
_IN_DOUBT_MS = 200


def _cannot_tell(_text: str) -> Completeness:
    return "open"


@dataclass(frozen=True, slots=True)
class OtherLanguage:
    """A `language` (BCP 47) besides the one that is spoken: `wishes` are the phrases in it by which it is asked for,
    `beside` words of it that people say otherwise, so that not every sound is taken for a wish."""

    language: str
    wishes: tuple[str, ...]
    beside: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Expectation:
    """How to hear the caller until told otherwise.

    `phrases` is the recogniser's grammar (a repeated phrase is expected more), empty for free speech.
    `pause_ms`: how much silence ends a turn. `closed`: the answer is one of a few short ones (digits, yes or
    no), so no second look by free decoding; `own_words`: it is whatever the caller says, so always one. `completeness`
    judges a text of the turn so far, pure and in under 1 ms; `complete_ms`: how much silence ends a turn that it calls
    complete, 0 for as much as any other. `languages` are those that the caller may ask for.
    """

    phrases: tuple[str, ...] = ()
    pause_ms: int = 600
    closed: bool = False
    complete_ms: int = 0
    completeness: Callable[[str], Completeness] = field(default=_cannot_tell, compare=False)
    own_words: bool = False
    languages: tuple[OtherLanguage, ...] = ()

    def early_ms(self, text: str, *, sure: bool = True) -> int:
        """How much silence ends a turn of this text before its pause: `complete_ms`, 200 ms more where it answers in
        other words or is not sure; 0 if nothing but the pause does."""
        verdict = self.completeness(text)
        if not self.complete_ms or verdict not in ("complete", "answered"):
            return 0
        whole = verdict == "complete" and sure
        return min(self.complete_ms + (0 if whole else _IN_DOUBT_MS), self.pause_ms)

    @property
    def unfinished_ms(self) -> int:
        """How much silence ends a turn that is plainly not finished: 1.6 times the pause, 2 s at most."""
        return max(self.pause_ms, min(round(self.pause_ms * _UNFINISHED), MOST_PAUSE_MS))
