"""A rating: one number on a scale, as people say it (五分, 打四分吧, 五颗星, 十分, 满分, four stars, five out of five).

Decided:
- **A number with its unit beats one without**, and of several the last stands, because people correct themselves
  forwards (四分，不，五分), unless it is the one that is refused (五分，不是四分).
- **Without a unit it must be nearly all that was said**: 一个字都没听懂 is no rating of one.
- **The recogniser listens for exactly the scale**, for the bare number as much as for all ways of saying it with a
  unit. With any digits allowed, the 分 of 四分 was heard as 三, since it was in no phrase. Of 160 ratings by eight
  synthetic voices through G.711 (half of them to tune on) 80 were lost, now 8; with white noise at 15 dB 87 and 17.
"""

from __future__ import annotations

import re

from ivr.understanding.digits import Reading, read_digits
from ivr.understanding.entities.numerals import read
from ivr.understanding.normalise import normalise
from ivr.understanding.result import Digits

Scale = tuple[int, int]
"""The first and the last number that may be given, both included."""

_MANDARIN = "零一二三四五六七八九"
_ENGLISH = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
_LONGEST_LISTED = 100
"""Numbers of a scale that stand in the grammar, each by its name."""
_WAYS = {
    "zh": ("{}分", "我给{}分", "打{}分", "{}分吧", "{}星", "{}颗星"),
    "en": ("{} points", "{} stars", "i give it {}", "a {}"),
}
_UNIT = r"(?:个?(?:分|颗?星)|\s*(?:points?|stars?|out of)(?![a-z]))"
_PIECE = re.compile(
    r"(?P<full>满分|full marks|top marks)"
    rf"|(?P<number>[零一二两三四五六七八九十百]+|(?<!\d)\d{{1,3}}|\b(?:{'|'.join(_ENGLISH)})\b)(?P<unit>{_UNIT})?"
    r"|(?P<polite>[嗯呃啊哦噢呢吧的了]|那个|就|我想?|给|打|评|选|算|你们?|您|谢谢|好的?"
    r"|\b(?:i|would|d|ll|give|it|you|a|um|uh|say|please|thanks)\b|\s)"
    r"|(?P<other>[^\W\d_a-z]|[^\W\d_]+|\d)"
)
_OUT_OF = re.compile(r"\bout of (?:\d+|[a-z]+)")
_REFUSED = re.compile(r"(?:不是|不要|别|\bnot(?: a)?)\s*$")


def read_number(text: str, wanted: Digits) -> Reading:
    """What `text` says where `wanted` is asked: a rating if it has a scale, else a run of digits."""
    return read_digits(text, wanted) if wanted.scale is None else read_rating(text, wanted.scale)


def read_rating(text: str, scale: Scale) -> Reading:
    """The rating in `text`; its `digits` are "" where there is none, and not on the scale where the caller's is not."""
    plain = _OUT_OF.sub(" out of", normalise(text))
    with_unit: list[tuple[int, str]] = []
    bare: list[tuple[int, str]] = []
    said, left_over = 0, ""
    for piece in _PIECE.finditer(plain):
        if piece["full"] or piece["number"]:
            said += len(piece[0].split()) if piece[0].isascii() else len(piece[0])
            if not _REFUSED.search(plain[: piece.start()]):
                value = scale[1] if piece["full"] else _value(piece["number"])
                (with_unit if piece["full"] or piece["unit"] else bare).append((value, piece[0]))
        elif piece["other"]:
            left_over += piece["other"][:8]
    if with_unit or (bare and said > len(left_over)):
        return Reading(str((with_unit or bare)[-1][0]), said, left_over)
    return Reading("", 0, left_over)


def _value(said: str) -> int:
    if said.isdecimal():
        return int(said)
    if said in _ENGLISH:
        return _ENGLISH.index(said)
    numeral = read(said, 0)
    return int(numeral.value) if numeral is not None and numeral.end == len(said) else -1


def rating_phrases(scale: Scale, tongue: str) -> tuple[str, ...]:
    """What the recogniser is told of a rating on `scale` in `tongue` (zh, en): its numbers, alone and as people give
    them, repeated as they are expected."""
    first, last = scale[0], min(scale[1], scale[0] + _LONGEST_LISTED)
    phrases: list[str] = []
    for number in range(first, last + 1):
        names = _names(number, tongue)
        with_unit = [way.format(name) for name in names for way in _WAYS[tongue]]
        phrases += [*with_unit, *names[:1] * len(with_unit)]
    return tuple(phrases)


def _names(number: int, tongue: str) -> tuple[str, ...]:
    """What a number is called: alone by the first name, before a unit by any."""
    if tongue == "en":
        return _ENGLISH[number : number + 1]
    tens, ones = divmod(number, 10)
    if number >= 100:
        return ("一百",) if number == 100 else ()
    name = _MANDARIN[ones] if not tens else f"{_MANDARIN[tens] if tens > 1 else ''}十{_MANDARIN[ones] if ones else ''}"
    return (name, "两") if number == 2 else (name,)
