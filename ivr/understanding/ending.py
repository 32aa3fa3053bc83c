"""What ends a call must be all that the caller said.

Every other mistake costs a turn, this one costs the call: whoever says 没有账单 and is told goodbye does not come back.
So for meanings that end a call (`final` in interpreter.py) likeness counts for nothing. Such a meaning is worth
something only if

- the best reading of the turn, from its first word to its last, is made of its examples and of courtesies (好的 谢谢
  再见 …), or has just the words or just the sounds of an example;
- the turn is no question: 没有了吗 asks;
- and doubts of the recogniser leave at least `LEAST` of the score, whatever less a state may ask of others. What both
  looks say in full, each by itself, is as sure as the free one, however unsure the first was: between 没有了, 没了 and
  没有 a recogniser is torn, though all of them say it.

What is missed by this is asked again, which is cheap; a flow widens it with more examples, not with likeness.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from ivr.understanding.examples import Example
from ivr.understanding.matching import NOTHING_ALIKE, Form, Likeness, compare

LEAST = 0.8
"""The score below which nothing ends a call."""

_COURTESIES = (
    *("好的", "好", "嗯", "哦", "噢", "啊", "呀", "吧", "哈", "啦", "呃", "那个", "那", "行", "可以", "可以了", "好了"),
    *("对", "是的", "谢谢", "多谢", "感谢", "谢谢你", "谢谢您", "谢谢了", "辛苦了", "辛苦您了", "再见", "拜拜"),
    *("我", "你", "您", "就", "先", "了", "真的", "应该", "暂时", "目前", "现在", "其他", "今天", "ok", "okay"),
    *("thanks", "thank you", "bye", "goodbye", "no", "well", "thats all", "that is all", "very much", "so much"),
)
_ASKED = re.compile(r"[吗呢][啊呀]?$")
_QUESTION_MARK = re.compile(r"[?？]\s*$")
_THE_SAME = 0.95  # what `compare` gives at least where words or sounds are the same; below it is likeness
_NOTHING_ELSE = 0.95


def worth(text: str, heard: Form, examples: Sequence[Example]) -> tuple[Likeness, Example] | None:
    """How well a whole turn says what ends the call, and which example it says; None if it does not.

    `text` as recognised, `heard` as compared; `examples` of one meaning, one at least.
    """
    if _QUESTION_MARK.search(text):
        return None
    exact = next((example for example in examples if example.form.plain == heard.plain), None)
    if exact is not None:
        return compare(heard, exact.form), exact
    if _ASKED.search(heard.plain):
        return None
    best, example = max(((_same(heard, example), example) for example in examples), key=lambda pair: pair[0].score)
    if best.score >= _THE_SAME:
        return best, example
    if says_nothing_but(heard.plain, [example.form.plain for example in examples]):
        within = next(example for example in examples if example.form.plain in heard.plain)
        return Likeness(_NOTHING_ELSE, "says nothing but courtesies and"), within
    return None


def _same(heard: Form, example: Example) -> Likeness:
    """`compare` where it would find the same words or sounds, else nothing: likeness need not be looked for."""
    alike = heard.syllables == example.form.syllables and heard.tokens
    return compare(heard, example.form) if alike else NOTHING_ALIKE


def says_nothing_but(plain: str, wordings: Sequence[str]) -> bool:
    """Whether a normalised turn is made of these wordings, one at least, and of courtesies.

    Read from left to right, all ways at once.
    """
    reached = {0: False}  # where a reading may stand, and whether a wording is behind it
    for at, character in enumerate(plain):
        if at not in reached:
            continue
        one = reached[at]
        steps = [(len(word), True) for word in wordings if _stands_at(plain, word, at)]
        steps += [(len(word), one) for word in _COURTESIES if _stands_at(plain, word, at)]
        steps += [(1, one)] if character == " " else []
        for length, then in steps:
            reached[at + length] = reached.get(at + length, False) or then
    return reached.get(len(plain), False)


def _stands_at(plain: str, word: str, at: int) -> bool:
    """Whether `word` stands at `at`, and if it is written with spaces between words, as a whole word."""
    if not word or not plain.startswith(word, at):
        return False
    end = at + len(word)
    return not (word[-1].isascii() and end < len(plain) and plain[end].isascii() and plain[end] != " ")
