"""Numerals as English callers say them, and as recognisers write them: words, without hyphens or commas.

twenty three, two hundred and five, one point five, nineteen eighty four (a year or a price: 1984), double seven. A run
of single digits is read digit by digit, as callers give numbers; oh is zero only within such a run.
"""

from __future__ import annotations

import re
from decimal import Decimal
from fractions import Fraction

from ivr.understanding.entities.numerals import Numeral

_ONES = (
    *("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"),
    *("thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"),
)
_TENS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_FIRST = (
    *("first", "second", "third", "fourth", "fifth", "sixth"),
    *("seventh", "eighth", "ninth", "tenth", "eleventh", "twelfth"),
)
ONES = {name: value for value, name in enumerate(_ONES)}
TENS = {name: 10 * value for value, name in enumerate(_TENS, start=2)}
SCALES = {"thousand": 10**3, "million": 10**6, "billion": 10**9, "trillion": 10**12}
ORDINALS = {
    **{name: value for value, name in enumerate(_FIRST, start=1)},
    **{f"{name}th": ONES[name] for name in _ONES[13:]},
    **{f"{name[:-1]}ieth": value for name, value in TENS.items()},
}
_MORE = {
    "and a half": Decimal("0.5"),
    "and one half": Decimal("0.5"),
    "and a quarter": Decimal("0.25"),
    "and three quarters": Decimal("0.75"),
}
_PARTS = {
    "half": 2,
    "halves": 2,
    "quarter": 4,
    "quarters": 4,
    **{name: value for name, value in ORDINALS.items() if 2 < value < 100},
    **{f"{name}s": value for name, value in ORDINALS.items() if 2 < value < 100},
}
_NO_COUNT = frozenset(("no", "any", "every", "this", "that", "which", "the", "another", "each", "some", "last", "next"))
"""Before one it points and does not count: no one, the second one."""
_WORD = re.compile(r"[a-z]+")
_GAP = re.compile(r"[ -]+")


def words(plain: str, at: int, limit: int = 24) -> list[tuple[str, int]]:
    """The words from `at` on, parted by spaces or hyphens only, each with its end; at most `limit`."""
    found: list[tuple[str, int]] = []
    while len(found) < limit and (match := _WORD.match(plain, at)):
        found.append((match[0], match.end()))
        gap = _GAP.match(plain, match.end())
        if gap is None:
            break
        at = gap.end()
    return found


def read(plain: str, at: int) -> Numeral | None:
    """The longest English numeral that begins just at `at` in a `folded` text."""
    if at and plain[at - 1].isascii() and plain[at - 1].isalnum():
        return None
    said = words(plain, at)
    negative = bool(said) and said[0][0] in ("minus", "negative")
    said = said[1:] if negative else said
    one = _digits(at, said) or _sum(at, said)
    if one is None or not negative:
        return one
    return Numeral(at, one.end, -one.value)


def ordinals(plain: str) -> list[tuple[int, int, Decimal]]:
    """Start, end and value of every ordinal: first, twenty first."""
    found: list[tuple[int, int, Decimal]] = []
    for match in _WORD.finditer(plain):
        if found and match.start() < found[-1][1]:
            continue
        said = words(plain, match.start(), limit=2)
        if said[0][0] in TENS and len(said) == 2 and ORDINALS.get(said[1][0], 10) < 10:
            value = TENS[said[0][0]] + ORDINALS[said[1][0]]
            found.append((match.start(), said[1][1], Decimal(value)))
        elif said[0][0] in ORDINALS:
            found.append((match.start(), said[0][1], Decimal(ORDINALS[said[0][0]])))
    return found


def fractions(plain: str) -> list[tuple[int, int, Fraction]]:
    """Start, end and value of every fraction: one third, two fifths, a quarter."""
    found: list[tuple[int, int, Fraction]] = []
    for match in _WORD.finditer(plain):
        said = words(plain, match.start(), limit=2)
        above = 1 if said[0][0] == "a" else ONES.get(said[0][0], 0)
        below = _PARTS.get(said[1][0], 0) if len(said) == 2 else 0
        if 0 < above < 10 and below and (above > 1) == said[1][0].endswith(("s", "ves")):
            found.append((match.start(), said[1][1], Fraction(above, below)))
    return found


def points(plain: str, start: int) -> bool:
    """Whether the word at `start` is a one that points: the second one, no one."""
    if not plain.startswith("one", start):
        return False
    before = plain[:start].rsplit(maxsplit=1)[-1:] if plain[:start].strip() else []
    return bool(before) and (before[0] in _NO_COUNT or before[0] in ORDINALS)


def numerals(plain: str) -> list[Numeral]:
    """All English numerals in a `folded` text, from the left, none within another."""
    found: list[Numeral] = []
    at = 0
    for match in _WORD.finditer(plain):
        if match.start() < at:
            continue
        one = read(plain, match.start())
        if one is not None:
            found.append(one)
            at = one.end
    return found


def _digits(at: int, said: list[tuple[str, int]]) -> Numeral | None:
    """Three or more single digits one after another, or double and triple ones."""
    digits, end, times = "", at, 1
    for word, word_end in said:
        if word in ("double", "triple"):
            times = 2 if word == "double" else 3
            continue
        value = 0 if word in ("oh", "o") and digits else ONES.get(word, 10)
        if value > 9:
            break
        digits, end, times = digits + str(value) * times, word_end, 1
    return Numeral(at, end, Decimal(digits), digits) if len(digits) >= 3 else None


def _sum(at: int, said: list[tuple[str, int]]) -> Numeral | None:
    total, group, last, end = 0, 0, 10**15, -1
    kind, before = "", 0
    index = 0
    while index < len(said):
        word, word_end = said[index]
        if word == "and" and kind in ("hundred", "scale") and index + 1 < len(said) and _value(said[index + 1][0]):
            index += 1
            continue
        if word == "a" and end < 0 and index + 1 < len(said) and said[index + 1][0] in ("hundred", *SCALES, "dozen"):
            group, kind, index = 1, "one", index + 1
            continue
        took = _step(word, kind, group, last)
        if took is None:
            break
        group, kind = took
        if kind == "scale":
            total, group, last = total + group * SCALES[word], 0, SCALES[word]
        end, before, index = word_end, index, index + 1
    if end < 0:
        return None
    rest = said[before + 1 :]
    one = _with_point(at, rest, Decimal(total + group), end)
    more = _MORE.get(" ".join(word for word, _ in rest[:3]))
    return Numeral(at, rest[2][1], one.value + more) if more and one.end == end else one


def _value(word: str) -> int | None:
    return ONES.get(word, TENS.get(word))


def _step(word: str, kind: str, group: int, last: int) -> tuple[int, str] | None:
    """The group below a thousand after one more word, and what that word was; None if it does not fit."""
    took: tuple[int, str] | None = None
    fresh = kind in ("", "hundred", "scale")
    if word in TENS:
        if fresh:
            took = group + TENS[word], "tens"
        elif (kind == "one" and 10 < group < 100) or (kind == "tens" and group == 20):  # nineteen eighty, twenty twenty
            took = group * 100 + TENS[word], "year tens"
    elif word in ONES:
        if fresh or (kind in ("tens", "year tens") and 0 < ONES[word] < 10):
            took = group + ONES[word], "one"
    elif word == "hundred" and kind in ("one", "tens") and 0 < group < 100:
        took = group * 100, "hundred"
    elif word == "dozen" and kind in ("", "one", "tens"):
        took = (group or 1) * 12, "dozen"
    elif word in SCALES and kind in ("one", "tens", "hundred") and SCALES[word] < last:
        took = group, "scale"
    return took


def _with_point(at: int, rest: list[tuple[str, int]], value: Decimal, end: int) -> Numeral:
    places = ""
    if rest and rest[0][0] == "point":
        for word, word_end in rest[1:]:
            digit = 0 if word in ("oh", "o") else ONES.get(word, 10)
            if digit > 9:
                break
            places, end = places + str(digit), word_end
    after = [word for word, word_end in rest if word_end > end][:1]
    value += Decimal(f"0.{places}") if places else 0
    if places and after and after[0] in SCALES:
        return Numeral(at, next(e for w, e in rest if w == after[0]), value * SCALES[after[0]])
    return Numeral(at, end, value)
