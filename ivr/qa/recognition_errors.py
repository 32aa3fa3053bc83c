"""How wrong a recogniser was: edits between what was said and what was heard, counted by kind.

Character error rate as everybody counts it: the fewest substitutions, deletions and insertions (Levenshtein), over the
characters that were said. Punctuation, spaces, width and case are nobody's error, and traditional characters are not.
Homophones are errors. 幺 and 一, 两 and 二 are the same digit, so where a number is said they are none.

Word error rate is the same over words. Mandarin is written without them, so both sides are cut by jieba's dictionary
(its most probable cut, no guessing of unknown words): a wrong character can cost two words.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import jieba
from rapidfuzz.distance import Levenshtein

from ivr.understanding.normalise import normalise

DIGIT_NAMES = frozenset("零一幺二两三四五六七八九")
_SAME_DIGIT = str.maketrans("幺两", "一二")


@dataclass(frozen=True, slots=True)
class Errors:
    """Edits from `said` characters or words to what was heard; `right` of `turns` are without any. Add up with `+`."""

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
    def edits(self) -> int:
        """All of them."""
        return self.substitutions + self.deletions + self.insertions

    @property
    def rate(self) -> float:
        """Edits a character said; above 1 where much was heard that nobody said, 0 where nothing was said."""
        return self.edits / self.said if self.said else 0.0


def is_number(text: str) -> bool:
    """Whether only digits are said, by their Mandarin names."""
    plain = characters(text)
    return bool(plain) and set(plain) <= DIGIT_NAMES


def characters(text: str) -> str:
    """What of a text counts: normalised, without spaces."""
    return normalise(text).replace(" ", "")


def words(text: str) -> list[str]:
    """The words of a text: normalised, cut at spaces and, in Mandarin, by jieba's dictionary."""
    return [word for word in _cutter().lcut(normalise(text), HMM=False) if word.strip()]


def errors(said: str, heard: str) -> Errors:
    """The edits of one turn in characters, the fewest there are."""
    return _errors(*_compared(said, heard))


def word_errors(said: str, heard: str) -> Errors:
    """The edits of one turn in words, the fewest there are."""
    if is_number(said):  # a number is no word: each digit counts
        return errors(said, heard)
    return _errors(words(said), words(heard))


def confused(said: str, heard: str) -> list[tuple[str, str]]:
    """What was heard for what in one turn: runs of characters that differ, "" for what is not there."""
    left, right = _compared(said, heard)
    changes = Levenshtein.opcodes(left, right)
    merged: list[tuple[str, str]] = []
    end = -1
    for change in changes:
        if change.tag == "equal":
            continue
        pair = (left[change.src_start : change.src_end], right[change.dest_start : change.dest_end])
        if change.src_start == end:  # goes on where the one before ended
            pair = (merged[-1][0] + pair[0], merged.pop()[1] + pair[1])
        merged.append(pair)
        end = change.src_end
    return merged


def _compared(said: str, heard: str) -> tuple[str, str]:
    left, right = characters(said), characters(heard)
    if is_number(said):
        left, right = left.translate(_SAME_DIGIT), right.translate(_SAME_DIGIT)
    return left, right


def _errors(left: Sequence[str], right: Sequence[str]) -> Errors:
    kinds = [edit.tag for edit in Levenshtein.editops(left, right)]
    return Errors(kinds.count("replace"), kinds.count("delete"), kinds.count("insert"), len(left), 1, 0 if kinds else 1)


@cache
def _cutter() -> jieba.Tokenizer:
    jieba.setLogLevel(logging.WARNING)  # it tells on standard error that it reads its dictionary
    return jieba.Tokenizer()
