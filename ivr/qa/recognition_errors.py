"""How wrong a recogniser was: edits between what was said and what was heard, counted by kind.

Character error rate as everybody counts it: the fewest substitutions, deletions and insertions (Levenshtein), over the
characters that were said. Punctuation, spaces, width and case are nobody's error, and traditional characters are not.
Homophones are errors. 幺 and 一, 两 and 二 are the same digit, so where a number is said they are none.
"""

from __future__ import annotations

from dataclasses import dataclass

from rapidfuzz.distance import Levenshtein

from ivr.understanding.normalise import normalise

DIGIT_NAMES = frozenset("零一幺二两三四五六七八九")
_SAME_DIGIT = str.maketrans("幺两", "一二")


@dataclass(frozen=True, slots=True)
class Errors:
    """Edits from `said` characters to what was heard; `right` of `turns` are without any. Add them up with `+`."""

    substitutions: int = 0
    deletions: int = 0
    insertions: int = 0
    said: int = 0
    turns: int = 0
    right: int = 0

    def __add__(self, other: Errors) -> Errors:
        return Errors(
            self.substitutions + other.substitutions,
            self.deletions + other.deletions,
            self.insertions + other.insertions,
            self.said + other.said,
            self.turns + other.turns,
            self.right + other.right,
        )

    @property
    def rate(self) -> float:
        """Edits a character said; above 1 where much was heard that nobody said, 0 where nothing was said."""
        return (self.substitutions + self.deletions + self.insertions) / self.said if self.said else 0.0


def is_number(text: str) -> bool:
    """Whether only digits are said, by their Mandarin names."""
    plain = characters(text)
    return bool(plain) and set(plain) <= DIGIT_NAMES


def characters(text: str) -> str:
    """What of a text counts: normalised, without spaces."""
    return normalise(text).replace(" ", "")


def errors(said: str, heard: str) -> Errors:
    """The edits of one turn, the fewest there are."""
    left, right = characters(said), characters(heard)
    if is_number(said):
        left, right = left.translate(_SAME_DIGIT), right.translate(_SAME_DIGIT)
    kinds = [edit.tag for edit in Levenshtein.editops(left, right)]
    return Errors(kinds.count("replace"), kinds.count("delete"), kinds.count("insert"), len(left), 1, 0 if kinds else 1)
