"""Digits as people say them, and as recognisers write them.

Callers say 幺 for 1, 两 for 2, 三个八 for 888, 双零 for 00, 十三八 for 138, correct themselves inside a turn, and put
words around it.

Three decisions:

- *A correction* (一三八不对一三九 …): what comes after replaces the whole number if it is long enough to be one,
  or no shorter than what was there; otherwise it replaces as many digits at the end as it has (五六七八不对七九 is
  五六七九). 不是八是九 replaces the last 八. A number followed by 不对 and nothing else is taken back altogether.
- *Homophones* (酒 for 九) are read as digits only where digits alone give too few and homophones give a number of the
  wanted length: 就 and 要 are far more often words.
- *Too few or too many digits* is not decided here; they are returned as said, so that a dialogue can say 少了一位.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from ivr.understanding.normalise import normalise
from ivr.understanding.phonetics import syllables
from ivr.understanding.result import Digits

_MANDARIN = {
    **dict(zip("零一二三四五六七八九", "0123456789", strict=True)),
    **dict(zip("壹贰叁肆伍陆柒捌玖", "123456789", strict=True)),
    **dict(zip("〇洞幺两拐勾", "001279", strict=True)),
}
_ENGLISH_NAMES = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
_ENGLISH = {
    **dict(zip(_ENGLISH_NAMES, "0123456789", strict=True)),
    "oh": "0",
    "o": "0",
}
_SOUNDS = {
    **dict(zip(("ling", "yi", "er", "san", "si", "wu", "liu", "qi", "ba", "jiu"), "0123456789", strict=True)),
    "yao": "1",
    "liang": "2",
    "shan": "3",
    "niu": "6",
}
_NEVER_A_DIGIT = frozenset("是吧的以")  # by sound 是 is 四 to no recogniser; 吧 and 以 are particles
_TIMES = {"双": 2, "double": 2, "triple": 3}

_M = "[" + "".join(_MANDARIN) + "0-9]"
_PIECE = re.compile(
    rf"不是(?P<wrong>{_M}+)(?:应该)?是(?P<right>{_M}+)"
    r"|(?P<mark>(?:我?(?:说|念|报)错了?|错了|不对|不是|哦不|应该是|更正|重新说|重来"
    r"|(?:^|(?<= ))(?:no wait|no|sorry|i mean)(?= ))+)"
    rf"|(?P<pair>[二三四五六七八九]?十[一二三四五六七八九](?={_M}))"
    rf"|(?P<times>[一两二三四五六七八九1-9])个(?P<each>{_M})"
    rf"|(?P<multiple>双|double |triple )(?P<what>{_M}|(?:{'|'.join(_ENGLISH)})\b)"
    r"|(?P<carrier>[嗯呃啊哦噢呢吧]|那个|就是说|就是|然后|一下|一共|我的?|您好|请|(?:账|帐|编|卡|单)?号码?|账户|电话|手机|尾号|数字|是|为|的"
    r"|(?:my|the|account|phone|order|number|is|its|it|then|and|um|uh)(?= |$))"
    rf"|(?P<mandarin>{_M})"
    rf"|(?P<english>(?:{'|'.join(_ENGLISH)})\b)"
    r"|(?P<other>[^\W\d_a-z]|[^\W\d_]+|\d)"
)


@dataclass(frozen=True, slots=True)
class Reading:
    """`digits` as ASCII; `said` counts the digits spoken, taken-back ones too; `left_over` is what was neither a digit
    nor a word around a number (我的账号是); `corrected`: the caller corrected it; `by_sound`: homophones were read."""

    digits: str
    said: int
    left_over: str
    corrected: bool = False
    by_sound: bool = False

    @property
    def share(self) -> float:
        """How much of the turn was digits, in [0, 1]."""
        return self.said / (self.said + len(self.left_over)) if self.said else 0.0


def in_range(digits: str, wanted: Digits) -> bool:
    """Whether there are as many digits as wanted, or the number is on the scale."""
    if wanted.scale is not None:
        return digits.isdecimal() and wanted.scale[0] <= int(digits) <= wanted.scale[1]
    return wanted.shortest <= len(digits) <= wanted.longest


def read_digits(text: str, wanted: Digits | None = None) -> Reading:
    """The digits in `text`. `wanted` decides what a correction replaces and whether homophones are read as digits."""
    plain = normalise(text)
    strict = _read(plain, wanted, by_sound=False)
    if wanted is None or not strict.left_over or len(strict.digits) >= wanted.shortest:
        return strict
    loose = _read(plain, wanted, by_sound=True)
    return loose if in_range(loose.digits, wanted) else strict


def _read(plain: str, wanted: Digits | None, *, by_sound: bool) -> Reading:
    head, tail, left_over = "", "", ""
    said = 0
    corrected = used_sound = False
    for piece in _PIECE.finditer(plain):
        if piece["wrong"]:
            wrong, right = _ascii(piece["wrong"]), _ascii(piece["right"])
            before, found, after = tail.rpartition(wrong)
            tail = before + right + after if found else _corrected(tail, right, wanted)
            said, corrected = said + len(right), True
        elif piece["mark"]:
            head, tail = (_corrected(head, tail, wanted) if tail else head), ""
            corrected = corrected or bool(head)
        elif piece["other"]:
            heard = _by_sound(piece["other"]) if by_sound else ""
            tail, said, used_sound = tail + heard, said + len(heard), used_sound or bool(heard)
            left_over += "" if heard else piece["other"][:8]
        else:
            digits = "".join(_spoken(piece))
            tail, said = tail + digits, said + len(digits)
    digits = _corrected(head, tail, wanted) if head and tail else tail
    return Reading(digits, said, left_over, corrected, used_sound)


def _spoken(piece: re.Match[str]) -> Iterator[str]:
    if piece["pair"]:
        tens, _, ones = piece["pair"].partition("十")
        yield _ascii(tens or "一") + _ascii(ones)
    elif piece["times"]:
        yield _ascii(piece["each"]) * int(_ascii(piece["times"]))
    elif piece["multiple"]:
        yield _ascii(piece["what"]) * _TIMES[piece["multiple"].strip()]
    elif piece["mandarin"] or piece["english"]:
        yield _ascii(piece[0])


def _ascii(spoken: str) -> str:
    return _ENGLISH.get(spoken) or "".join(_MANDARIN.get(character, character) for character in spoken)


def _by_sound(word: str) -> str:
    if word in _NEVER_A_DIGIT or len(word) != 1:
        return ""
    return _SOUNDS.get(syllables((word,))[0], "")


def _corrected(head: str, tail: str, wanted: Digits | None) -> str:
    complete = wanted is not None and in_range(tail, wanted)
    if complete or len(tail) >= len(head):
        return tail
    return head[: len(head) - len(tail)] + tail
