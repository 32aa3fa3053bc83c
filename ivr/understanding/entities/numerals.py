"""Numerals as they are spoken and written in Mandarin, and what they are worth.

A numeral is a sum of digits times units, read from the left with units falling (两万四千八百), or a run of digits read
one by one (幺三八零), or Arabic digits, or a mixture (3万5). Rules that decide what callers mean:

- A last digit without a unit is worth a tenth of the unit before it: 两万四千八 is 24,800, 一百五 is 150; after 零 it
  is worth itself (一千零五). 两 is never such a digit: 两万两 is twenty thousand liang.
- A unit that does not fall ends the numeral before its digit: 八百一千 are two, 800 and 1,000. 万, 亿 and 兆 may
  rise: 一万五千亿 is fifteen thousand times a hundred million.
- 多, 几, 余, 来 and 数 between a numeral and 万, 亿 or 兆 belong to it and make it `approximate`; its value is the
  least.
- After 点 follow single digits, and never 两: 一点两小时 holds no decimal. 三点五十 is a time, and no decimal either.

What stands in a word (一起, 四川) is a numeral here; numbers.py knows words. Positions are those of the text given:
`folded` changes characters one by one, so that everything found in its result stands at the same place in the text.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from decimal import Decimal

from ivr.understanding.traditional import simplified

MAX_CHARACTERS = 2000
"""What lies beyond is not looked at: it bounds the time any text can cost."""

DIGIT_VALUES = {
    **dict(zip("零一二三四五六七八九", range(10), strict=True)),
    **dict(zip("壹贰叁肆伍陆柒捌玖", range(1, 10), strict=True)),
    **dict(zip("〇○洞幺两拐勾", (0, 0, 0, 1, 2, 7, 9), strict=True)),
    **dict(zip("弌弍弎", (1, 2, 3), strict=True)),
}
SMALL_UNITS = {"十": 10, "拾": 10, "百": 100, "佰": 100, "千": 1000, "仟": 1000}
BIG_UNITS = {"万": 10**4, "亿": 10**8, "兆": 10**12}
_TENS = {"廿": 20, "卄": 20, "卅": 30, "卌": 40}
_ONE_CHARACTER = {"俩": 2, "仨": 3}

_SAME_AS = str.maketrans("圆圜圓叄弐銭", "元元元叁贰钱")
_MINUS = dict.fromkeys("－−﹣", "-")

_DIGIT = "[" + "".join(DIGIT_VALUES) + "]"
_DECIMAL_DIGIT = "[" + "".join(character for character in DIGIT_VALUES if character not in "两拐勾洞") + "]"
_ARABIC = re.compile(
    r"(?<![a-z])(?:"
    r"\d{1,3}(?:,\d{3})+(?!\d)(?:\.\d+(?!\.?\d))?"
    r"|(?<!\d\.)\d+\.\d+(?!\d|\.\d)"
    r"|(?<![\d.])\.\d+(?!\d|\.\d)"
    r"|\d+)"
    r"(?:e[+-]?\d{1,3}(?![\d.a-z]))?"
    r"(?:\s?k(?![a-z]))?"
)
_RUN = re.compile(rf"{_DIGIT}(?:[ ]?{_DIGIT})+")
_POINT = re.compile(
    rf"\s*点\s*(?P<digits>{_DECIMAL_DIGIT}(?:\s?{_DECIMAL_DIGIT})*|\d+)(?!\s*[十百拾佰\d]|[ ]?{_DIGIT})"
    r"(?:\s*(?P<units>[千仟万亿兆]{1,2}))?"
)
_AFTER_KILO = tuple("克米瓦卡比字焦赫伏")
_CLAUSE_COMMA = re.compile("(?<![０-９])，|，(?![０-９])")
_SPACE = re.compile(r"[^\S\n]*")
_ABOUT = "多几余来数"


@dataclass(frozen=True, slots=True)
class Numeral:
    """`value` of what stands at [start, end). `digits`: the digits as said, leading zeros kept, if it was read digit by
    digit or written in Arabic digits alone; else "". `approximate`: 十几万, of which the value is the least. `bare`: it
    begins with 百 or 千 without a digit (百三, 千万)."""

    start: int
    end: int
    value: Decimal
    digits: str = ""
    approximate: bool = False
    bare: bool = False


def folded(text: str) -> str:
    """`text` in narrow lower case, traditional characters simplified, every character in its old place.

    Only as long as `MAX_CHARACTERS`. A wide comma stays one unless wide digits stand around it (２０，３００).
    """
    text = _CLAUSE_COMMA.sub("、", text[:MAX_CHARACTERS])
    return simplified("".join(_narrow(character) for character in text)).translate(_SAME_AS)


def _narrow(character: str) -> str:
    if character.isascii():
        return character.lower()
    narrow = unicodedata.normalize("NFKC", character).lower()
    return _MINUS.get(character, narrow if len(narrow) == 1 else character)


def numerals(plain: str) -> list[Numeral]:
    """All numerals in a `folded` text, from the left, none within another."""
    found: list[Numeral] = []
    at = 0
    while at < len(plain):
        one = read(plain, at)
        if one is not None:
            found.append(one)
        at = one.end if one is not None else _past(plain, at)
    return found


def value_of(text: str) -> Decimal | None:
    """What `text` is worth if the whole of it is a numeral; 半 is a half."""
    plain = folded(text).strip()
    if plain == "半":
        return Decimal("0.5")
    one = read(plain, 0)
    return one.value if one is not None and one.end == len(plain) else None


def read(plain: str, at: int, stop: int | None = None) -> Numeral | None:
    """The longest numeral that begins just at `at` in a `folded` text, of what stands before `stop`."""
    plain = plain if stop is None else plain[:stop]
    if at >= len(plain):
        return None
    if plain[at] in "负-":
        before = plain[:at].rstrip()[-1:] if plain[at] == "-" else ""
        if before.isdigit() or (before and before in ".~") or (before.isalnum() and before == plain[at - 1]):
            return None
        one = _unsigned(plain, _spaces(plain, at + 1))
        return one and Numeral(at, one.end, -one.value, "", one.approximate, one.bare)
    return _unsigned(plain, at)


def _unsigned(plain: str, at: int) -> Numeral | None:
    if plain[at : at + 1] == "半" and (unit := SMALL_UNITS.get(plain[at + 1 : at + 2], 0)) >= 100:
        return Numeral(at, at + 2, Decimal(unit) / 2)
    if at < len(plain) and plain[at] in _ONE_CHARACTER:
        return Numeral(at, at + 1, Decimal(_ONE_CHARACTER[plain[at]]))
    one = _run(plain, at)
    if one is None:
        reading = _Sum(plain, at)
        reading.read()
        one = reading.numeral()
    return one and _with_decimals(plain, one)


def _run(plain: str, at: int) -> Numeral | None:
    """Digits read one by one; the last of them is not among them if it has a unit."""
    match = _RUN.match(plain, at)
    if match is None:
        return None
    said = match[0].replace(" ", "")
    end = match.end()
    following = plain[_spaces(plain, end) : _spaces(plain, end) + 1]
    if following in SMALL_UNITS or following in BIG_UNITS:
        said = said[:-1]
        end = match.start() + len(match[0][:-1].rstrip())
    if len(said) < 2 or (len(said) < 4 and "两" in said):
        return None
    digits = "".join(str(DIGIT_VALUES[character]) for character in said)
    return Numeral(at, end, Decimal(digits), digits)


def _with_decimals(plain: str, one: Numeral) -> Numeral:
    match = _POINT.match(plain, one.end)
    if match is None or not _whole(one.value) or "." in plain[one.start : one.end]:
        return one
    places = "".join(str(DIGIT_VALUES.get(c, c)) for c in match["digits"] if not c.isspace())
    value = one.value + Decimal(f"0.{places}")
    for unit in match["units"] or "":
        value *= BIG_UNITS.get(unit) or SMALL_UNITS[unit]
    return Numeral(one.start, match.end(), value, "", one.approximate, one.bare)


def _spaces(plain: str, at: int) -> int:
    match = _SPACE.match(plain, at)
    return match.end() if match else at


def _past(plain: str, at: int) -> int:
    """Where to look on after nothing began at `at`: past the digits of a word such as b12."""
    if plain[at].isascii() and plain[at].isalpha():
        while at + 1 < len(plain) and plain[at + 1].isascii() and plain[at + 1].isalnum():
            at += 1
    return at + 1


@dataclass
class _Sum:
    """The state of reading one numeral from the left: whole parts with their 万 or 亿, the section below 万, and a
    digit that still waits for its unit."""

    plain: str
    start: int
    end: int = field(init=False)
    parts: list[tuple[Decimal, int]] = field(default_factory=list)
    section: Decimal = Decimal(0)
    small: int = 10_000
    last: int = 0
    waiting: Decimal | None = None
    before_waiting: int = 0
    zero: bool = False
    zero_end: int = 0
    big_last: bool = False
    approximate: bool = False
    bare: bool = False
    arabic_only: str = ""

    def __post_init__(self) -> None:
        self.end = self.start

    def read(self) -> None:
        """Take one character or one Arabic literal after another until one does not fit."""
        while True:
            at = _spaces(self.plain, max(self.end, self.zero_end)) if self.last or self.end > self.start else self.start
            if at >= len(self.plain) or not self._take(self.plain[at], at):
                return

    def _take(self, character: str, at: int) -> bool:
        if character in SMALL_UNITS:
            took = self._small_unit(SMALL_UNITS[character], at)
        elif character in BIG_UNITS:
            took = self._big_unit(BIG_UNITS[character], at + 1)
        elif character in "零〇○" and self.last:
            took = self._zero(at)
        elif character in _ABOUT:
            took = self._about(at)
        elif character in _TENS:
            took = self._tens(_TENS[character], at)
        else:
            took = self._digits(character, at)
        return took

    def _tens(self, value: int, at: int) -> bool:
        if self.small <= 10 or self.waiting is not None:
            return False
        self.section, self.small, self.last, self.end = self.section + value, 10, 10, at + 1
        return True

    def _digits(self, character: str, at: int) -> bool:
        if self.waiting is not None:
            return False
        if character in DIGIT_VALUES:
            value, end = Decimal(DIGIT_VALUES[character]), at + 1
        else:
            literal = _ARABIC.match(self.plain, at) if character.isascii() else None
            if literal is None or (self.last and "k" in literal[0]):
                return False
            value, end = _worth(literal[0]), literal.end()
            if not self.last:
                self.arabic_only = literal[0]
        self.waiting, self.before_waiting, self.end = value, self.end, end
        return True

    def _zero(self, at: int) -> bool:
        if self.waiting is not None or self.zero:
            return False
        self.zero, self.zero_end = True, at + 1
        return True

    def _about(self, at: int) -> bool:
        """十几万, 一百零几万, 三十万多亿: only before a big unit."""
        following = _spaces(self.plain, at + 1)
        if self.end == self.start or (self.waiting is not None and self.plain[at] in "几数"):
            return False
        if following >= len(self.plain) or self.plain[following] not in BIG_UNITS:
            return False
        self.approximate = True
        return self._big_unit(BIG_UNITS[self.plain[following]], following + 1)

    def _small_unit(self, unit: int, at: int) -> bool:
        if unit >= self.small:
            if not (unit == 1000 and self.plain[at + 1 : at + 2] in _AFTER_KILO):  # 二十五千克
                self._drop_waiting()
            return False
        begins = self.end == self.start and not self.zero
        if self.waiting is None and not begins and not (unit == 10 and (self.zero or self.big_last)):
            return False
        if self.waiting == 0 and unit != 10:
            self._drop_waiting()
            return False
        self.bare = self.bare or (begins and unit > 10)
        self.section += (self.waiting or Decimal(1)) * unit
        self.small = self.last = unit
        self.waiting, self.zero, self.big_last, self.end = None, False, False, at + 1
        return True

    def _big_unit(self, unit: int, end: int) -> bool:
        tenth = self.section > 0  # 三百五万, but not the 四 of 六亿四万
        amount = self.section + (self._worth_of_waiting() if tenth else self.waiting or Decimal(0))
        if not amount and not (self.big_last and self.parts):
            return False
        while self.parts and self.parts[-1][1] < unit:
            amount += self.parts.pop()[0]
        if not amount:  # 万万
            value, last = self.parts.pop()
            if last != unit:
                self.parts.append((value, last))
                return False
            amount = value
        self.parts.append((amount * unit, unit))
        self.section, self.small, self.last = Decimal(0), 10_000, unit
        self.waiting, self.zero, self.big_last, self.end = None, False, True, end
        return True

    def _drop_waiting(self) -> None:
        if self.waiting is not None:
            self.end, self.waiting = self.before_waiting, None

    def _worth_of_waiting(self) -> Decimal:
        if self.waiting is None:
            return Decimal(0)
        shorthand = self.last > 10 and not self.zero and 0 < self.waiting < 10 and _whole(self.waiting)
        return self.waiting * self.last / 10 if shorthand else self.waiting

    def numeral(self) -> Numeral | None:
        """What was read; None if it is nothing, or a unit alone."""
        if self.waiting is not None and self.last:
            said = self.plain[self.before_waiting : self.end]
            apart = said[:1].isspace() and said.strip().isdigit() and said.strip().isascii()
            if said.strip() == "两" or apart or self.waiting >= self.last or not _whole(self.waiting):
                self._drop_waiting()
        if self.end == self.start:
            return None
        said = self.plain[self.start : self.end]
        if said in ("百", "千", "佰", "仟"):
            return None
        value = sum((part for part, _ in self.parts), Decimal(0)) + self.section + self._worth_of_waiting()
        digits = self.arabic_only if self.arabic_only.isdigit() and self.arabic_only == said else ""
        return Numeral(self.start, self.end, value, digits, self.approximate, self.bare)


def _whole(value: Decimal) -> bool:
    return value == value.to_integral_value()


def _worth(literal: str) -> Decimal:
    thousand = literal.endswith("k")
    value = Decimal(literal.rstrip("k").strip().replace(",", ""))
    return value * 1000 if thousand else value
