"""What the recogniser is told may be said: the hotline's own words are its language model.

A recogniser makes a small bigram model of these phrases; a phrase that stands there several times is expected that much
more. Measured on 40 questions: half the errors and a fifth of the cost of free decoding, and again half the errors
where what a question expects stands five to twenty times. So:

- what the state expects goes in `EXPECTED` times, its questions `ASKED` times, the rest of the hotline once;
- words of politeness go in once, because callers put them around anything;
- where digits are wanted, every pair of digits goes in and the rest of the hotline stays out: its words would be heard
  for digits, and a number read wrongly costs a whole turn. Pairs, since a list of single digits says that a number is
  over after each: digits that are spoken twice (二二二) were heard once. 58 recorded numbers through G.711, digit
  error: singles 1.6 %, pairs 1.3, triples 1.1; the reading of the wanted length among ten: 1.1, 0.2 and 0.2 %. 两
  is in no pair: it was heard for 六 in hiss, and who reads digits out says 二;
- a yes or no to a value that was read back goes in as often as a question. Of the recorded callers a 是的 and a 对 were
  too unsure when it went in ten times; at one and at four a third caller's 不对，是… loses a digit;
- where a rating is wanted, its scale goes in and no other number: rating.py.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ivr.understanding.rating import Scale, rating_phrases
from ivr.understanding.slot_words import slot_words

EXPECTED = 10
ASKED = 4
AT_MOST = 6000
"""Phrases beyond which nothing is repeated: a recogniser takes 4 µs a phrase to be made, before every turn."""

_DIGITS = {
    "zh": tuple("零一幺二两三四五六七八九"),
    "en": ("zero", "oh", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"),
}
_NEVER_IN_A_ROW = "两"
_AROUND_DIGITS = {"zh": ("不对", "我的账号是", "号码是"), "en": ("double", "triple", "sorry", "my number is")}
_AROUND = {
    "zh": ("我想", "我要", "我想问一下", "请问", "帮我", "你好", "一下", "嗯", "那个", "怎么"),
    "en": ("i want to", "i would like to", "please", "can you", "how do i", "my"),
}


def phrases(
    intents: Iterable[str],
    questions: Iterable[str],
    rest: Iterable[str],
    *,
    digits: bool,
    language: str,
    wanted: str = "",
    scale: Scale | None = None,
    answers: Iterable[str] = (),
) -> tuple[str, ...]:
    """The grammar of a state, in an order that depends on nothing but the arguments.

    All arguments normalised: what is expected here, the wordings of this state's questions, and everything else.
    `wanted`: the kind of value that is wanted, with words of its own; nobody can list those of an address, so there
    speech is free. `scale`: of the rating that is wanted, instead of a run of digits. `answers`: which of `intents`
    answer as the value does.
    """
    tongue = "en" if language.lower().startswith("en") else "zh"
    expected, asked = _distinct(intents), _distinct(questions)
    if wanted or digits:
        value = _value(wanted, scale, tongue)
        likely = frozenset(answers)
        beside = [text for text in expected if text not in likely]
        return (*value, *_repeat(_distinct(answers), ASKED), *beside, *asked) if value else ()
    if not expected and not asked:
        return ()
    here = frozenset(expected).union(asked)
    others = [text for text in _distinct([*rest, *_AROUND[tongue]]) if text not in here]
    return (*_repeat(expected, EXPECTED), *_repeat(asked, ASKED), *others)


def _value(wanted: str, scale: Scale | None, tongue: str) -> tuple[str, ...]:
    """The phrases of a value; none where speech alone can name it."""
    if wanted:
        return _repeat(slot_words(wanted, tongue), EXPECTED)
    if scale is not None:
        return _repeat(rating_phrases(scale, tongue), EXPECTED)
    return (*_numbers(tongue), *_AROUND_DIGITS[tongue])


def _numbers(tongue: str) -> tuple[str, ...]:
    names = _DIGITS[tongue]
    in_a_row = [name for name in names if name not in _NEVER_IN_A_ROW]
    return (*(f"{one} {next_one}" for one in in_a_row for next_one in in_a_row), *names)


def _distinct(texts: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(text for text in texts if text))


def _repeat(texts: Sequence[str], times: int) -> tuple[str, ...]:
    return tuple(texts) * max(1, min(times, AT_MOST // max(1, len(texts))))
