"""Numbers, fractions and ordinals.

A long numeral is a number wherever it stands. One digit, or two read one by one, stands in hundreds of words (一起,
四川, 统一, 陽光九九); it counts as a number where something is counted with it (a measure word or a unit follows),
where it stands alone, or where the words around it compare or choose (前三的, 是五不是四).
"""

from __future__ import annotations

import re
from decimal import Decimal
from fractions import Fraction

from ivr.understanding.entities import english_numbers
from ivr.understanding.entities.amounts import Amount, amounts, prepared
from ivr.understanding.entities.entity import Entity
from ivr.understanding.entities.measure_words import counts
from ivr.understanding.entities.numerals import read

_WORDS = re.compile(
    r"一(?:样|般|时(?!间)|行人|路|面|口气|家人|会儿?|点儿?(?=[也都不没就])|次性|块儿|方面|部分|头雾|本正|条龙|步步|种情|单(?!$))"
    r"|十(?:分(?!钟|之)|足|字|全十)|四(?:季|肢|周)|三(?:角(?!钱)|轮车|明治|部曲)|七(?:夕|嘴八舌)|八(?:卦|角|度空)|两(?:两|口子|样|面)"
    r"|五(?:官|行|角(?!钱)|星|花八门)|六(?:一|神)|九(?:州|寨)|一(?:日三|五一十)|千万(?:[别不要得记])|三七二十一|十三五规划"
)
_JOINING = frozenset("的那这不却是和与还加减乘除等到至或而吗吧呢了啊就但以")
_BEFORE = frozenset("前是为于有共和与到至加减乘除选按第要或")
_WORD_ENDS = frozenset("统万唯专单周期拜其独如之合王李小老丁划逐星")
_FORMAL = frozenset("壹贰叁肆伍陆柒捌玖拾佰仟勾拐洞")
_FORMAL_ENDS = frozenset("队入退行落放大登海着水内收夕姓")
_ORDINAL = re.compile(r"第\s*")
_ENGLISH_ORDINAL = re.compile(r"(?<![\w.])(\d{1,9})(?:st|nd|rd|th)(?!\w)")


def find_numbers(text: str) -> list[Entity]:
    """Kinds number and fraction."""
    plain = prepared(text)
    found = []
    for amount in amounts(plain):
        if not _stands(plain, amount):
            continue
        kind = "fraction" if isinstance(amount.value, Fraction) else "number"
        said = text[amount.start : amount.end]
        found.append(Entity(kind, amount.start, amount.end, said, amount.value, _surety(amount)))
    return found


def find_ordinals(text: str) -> list[Entity]:
    """Kind ordinal: 第十四, 第3万, third, 21st."""
    plain = prepared(text)
    found = []
    for match in _ORDINAL.finditer(plain):
        one = read(plain, match.end())
        if one is not None and one.value >= 0:
            found.append(Entity("ordinal", match.start(), one.end, text[match.start() : one.end], one.value))
    english = [(match.start(), match.end(), Decimal(match[1])) for match in _ENGLISH_ORDINAL.finditer(plain)]
    english += english_numbers.ordinals(plain)
    return found + [Entity("ordinal", start, end, text[start:end], value) for start, end, value in english]


def _surety(amount: Amount) -> float:
    if amount.numeral is None:
        return 1.0
    return 0.8 if amount.numeral.approximate or len(amount.numeral.digits) > 6 else 1.0


def _stands(plain: str, amount: Amount) -> bool:
    """Whether it counts something, and is no part of a word."""
    said = plain[amount.start : amount.end]
    before = max(0, amount.start - 3)
    if any(
        match.start() < amount.end and match.end() > amount.start
        for match in _WORDS.finditer(plain, before, amount.end + 4)
    ):
        return False
    if said == "one" and english_numbers.points(plain, amount.start):
        return False
    short = len(said) == 1 or (amount.numeral is not None and len(amount.numeral.digits) == 2)
    if not short or said.isascii():
        return not (said in ("百万", "千万", "十万") and plain[amount.end : amount.end + 1] in tuple("别不要得记"))
    return _formal(plain, amount) if len(said) == 1 and said in _FORMAL else _counted(plain, amount)


def _formal(plain: str, amount: Amount) -> bool:
    """One of 壹贰叁肆伍陆柒捌玖拾: 队伍, 大陆 and 姓陆 hold none."""
    previous = plain[: amount.start].rstrip()[-1:]
    following = plain[amount.end :].lstrip()[:1]
    if (
        plain[amount.start] in "佰仟勾拐洞"
        or (previous and previous in _FORMAL_ENDS)
        or following in tuple("家取到起金")
    ):
        return False
    if counts(plain, amount.end):
        return True
    parted = not previous.isalnum() or previous in _BEFORE
    return plain[amount.start] != "拾" and parted and (not following.isalnum() or following in _JOINING)


def _counted(plain: str, amount: Amount) -> bool:
    previous = plain[: amount.start].rstrip()[-1:]
    if plain[amount.start] == "一" and previous and previous in "统唯专万单逐划":
        return False
    if plain[amount.start : amount.end] == "两" and previous and previous in "一二三四五六七八九十百千万":
        return False
    if counts(plain, amount.end):
        return True
    following = plain[amount.end :].lstrip()[:1]
    if previous == "之" or (plain[amount.start] in "十拾" and following and following in "几多余来"):
        return True
    if following.isalnum():
        joined = following in _JOINING and amount.end - amount.start == 1
        chosen = previous in _BEFORE or (not previous.isalnum() and plain[amount.start] != "一")
        return joined and chosen
    return following not in tuple("%‰") and (not previous.isalnum() or previous not in _WORD_ENDS)
