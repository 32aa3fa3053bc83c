"""Is what the caller has said so far all that they are going to say? Asked of a partial text, in a pause.

Three answers. `complete`: it is a whole answer to what was asked, and nothing else that is expected begins with it, so
a short silence ends the turn. `unfinished`: people who stop here go on (a number with digits missing, 然后, 嗯), so the
silence may be longer. `open`: neither; the question's own pause decides.

Decided:
- **Whole answers only.** A turn that holds an answer among other words is open: who tells a story goes on telling it.
- **查账单 is not complete where 查账单明细 is expected and means something else**; where the longer wording means the
  same (是, 是的), nothing is lost. Nor where what it has more is an answer that means by itself what the whole means:
  who says 再见 after 没有了 is heard with it as with another turn. And what is said after the words that count (了,
  吧, 谢谢) closes them: 没有了 does not go on to 没有人吗.
- **A no to a value is not complete**: 不对 is followed by what is right.
- **A value is complete only if no word can lengthen it**: eleven digits of eleven, 三点半, 五号; 三点 may go on to 半.
- A wording that is itself a filler (嗯 for yes) is open: it may be either.

A call costs about 0.1 ms with 2,000 wordings, and up to 1 ms where a date or a time is wanted.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Literal

from rapidfuzz import process
from rapidfuzz.distance import LCSseq

from ivr.understanding.candidates import MOSTLY_DIGITS
from ivr.understanding.digits import Reading, in_range, read_digits
from ivr.understanding.examples import Example
from ivr.understanding.matching import Form, compare
from ivr.understanding.rating import read_number
from ivr.understanding.result import Digits, State, Wanted
from ivr.understanding.slots import Filled, fill
from ivr.understanding.trust import Hypothesis

Completeness = Literal["complete", "open", "unfinished"]

_ALIKE = 0.9
_MOST_COMPARED = 8
_GOES_ON = re.compile(
    r"(?:然后|还有|因为|就是|就是说|那个|这个|而且|并且|或者|如果|但是|不过|所以|另外|以及|和|跟|我的?|我想要?|我要|帮我|请问"
    r"|嗯+|呃+|额+|(?:^| )(?:and|so|then|because|but|or|um+|uh+|er+|the|my|is|to|i|want))$"
)
_MORE_OF_A_DATE = re.compile(r"(?:年|月|上午|中午|下午|晚上|早上|凌晨)$")
_WHOLE_VALUE = {
    "date": re.compile(r"(?:[号日]|[今明后昨前]天|(?:星期|周|礼拜)[一二三四五六日天])$"),
    "time": re.compile(r"(?:半|[一三]刻|分|整|点钟)$"),
    "datetime": re.compile(r"(?:半|[一三]刻|分|整|点钟)$"),
    "money": re.compile(r"(?:元|圆|块钱|元整)$"),
}
_LENGTHS = {"phone": 11, "id_card": 18}
_ONE_SYLLABLE = 10
_MOSTLY_VALUE = 0.6


class Expected:
    """The wordings that are active in one state, ready to be looked up."""

    def __init__(self, examples: Sequence[Example]) -> None:
        self._examples = [example for example in examples if example.form.sounds]
        self._by_plain: dict[str, set[str]] = {}
        for example in examples:
            self._by_plain.setdefault(example.form.plain, set()).add(example.meaning)
        self._sounds = [example.form.sounds for example in self._examples]
        self._sorted = sorted(range(len(self._sounds)), key=self._sounds.__getitem__)
        self._in_order = [self._sounds[n] for n in self._sorted]
        self._said_so = {(example.meaning, example.form.sounds) for example in self._examples}

    def says(self, heard: Form) -> frozenset[str]:
        """The meanings whose wording this is, at a likeness of 0.9, the turn taken whole."""
        if heard.plain in self._by_plain:
            return frozenset(self._by_plain[heard.plain])
        if not heard.sounds:
            return frozenset()
        near = process.extract(
            heard.sounds,
            self._sounds,
            scorer=LCSseq.normalized_similarity,
            score_cutoff=_ALIKE,
            limit=_MOST_COMPARED,
        )
        alike = ((self._examples[n], compare(heard, self._examples[n].form).score) for _, _, n in near)
        return frozenset(example.meaning for example, score in alike if score >= _ALIKE)

    def is_wording(self, plain: str) -> bool:
        """Whether this normalised text is, word for word, expected."""
        return plain in self._by_plain

    def longer(self, heard: Form) -> Iterator[str]:
        """The meanings of the wordings that begin so and go on, unless with another whole answer."""
        closing = _closing(heard)
        at = bisect_left(self._in_order, heard.sounds)
        while at < len(self._in_order) and self._in_order[at].startswith(heard.sounds):
            example, more = self._examples[self._sorted[at]], self._in_order[at][len(heard.sounds) :]
            if more and closing in example.form.plain and (example.meaning, more) not in self._said_so:
                yield example.meaning
            at += 1


def _closing(heard: Form) -> str:
    """What a turn says after its last word that counts: 了 of 没有了."""
    _, last, after = heard.plain.rpartition(heard.tokens[-1]) if heard.tokens else ("", "", "")
    return after.strip() if last else ""


def judge(heard: Form, state: State, expected: Expected, at: datetime | None, language: str) -> Completeness:
    """How complete the turn is. `heard`: the partial text's form; `at`: the hotline's wall clock, for dates."""
    if not heard.plain:
        return "open"
    if _GOES_ON.search(heard.plain):
        return "open" if expected.is_wording(heard.plain) else "unfinished"
    if state.digits is not None:
        reading = read_number(heard.plain, state.digits)
        if _is_number(reading):
            return _of_digits(reading.digits, state.digits)
    if state.wanted is not None and (verdict := _of_value(heard.plain, state.wanted, at, language)):
        return verdict
    meanings = expected.says(heard)
    if not meanings or any(meaning not in meanings for meaning in expected.longer(heard)):
        return "open"
    corrects = "no" in meanings and (state.digits is not None or state.wanted is not None)
    return "open" if corrects else "complete"


def _is_number(reading: Reading) -> bool:
    return reading.said > 0 and reading.share > MOSTLY_DIGITS


def _of_digits(digits: str, wanted: Digits) -> Completeness:
    """On a scale up to ten no word makes a number longer; 四 of a hundred may go on to 四十."""
    if wanted.scale is None:
        return _by_count(len(digits), wanted.shortest, wanted.longest)
    return "complete" if wanted.scale[1] <= _ONE_SYLLABLE and in_range(digits, wanted) else "open"


def _by_count(many: int, shortest: int, longest: int) -> Completeness:
    if many < shortest:
        return "unfinished"
    return "complete" if many == longest else "open"


def _of_value(plain: str, wanted: Wanted, at: datetime | None, language: str) -> Completeness | None:
    """None where the turn holds no such value."""
    filled = fill([Hypothesis(plain, 0.0, "")], wanted, at, language)
    if wanted.kind in _LENGTHS:
        return _of_length(plain, _LENGTHS[wanted.kind], filled)
    if wanted.kind == "order" and wanted.length is not None and filled is not None:
        return _by_count(len(filled.value), *wanted.length) if filled.share > _MOSTLY_VALUE else "open"
    if wanted.kind in {"date", "time", "datetime"} and _MORE_OF_A_DATE.search(plain):
        return "unfinished"
    if filled is None:
        return None
    ends = _WHOLE_VALUE.get(wanted.kind)
    whole = ends is not None and ends.search(plain) and filled.share > _MOSTLY_VALUE
    return "complete" if whole and not filled.fault else "open"


def _of_length(plain: str, length: int, filled: Filled | None) -> Completeness | None:
    reading = read_digits(plain)
    if not _is_number(reading):
        return None
    if filled is not None and not filled.fault and len(filled.value) == length:
        return "complete"
    return "unfinished" if len(reading.digits) < length else "open"
