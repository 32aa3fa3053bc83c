"""Prices and sums: 三块五, 一百二十八块五毛, 8亿元人民币, $20, twenty dollars fifty.

A sum is a number with a currency after it or before it, then its parts as they are said: a digit without a unit after
块 is a tenth (三块五 is 3.50), after 零 a hundredth. What only looks like money is left alone: 一块 (together), 毛巾,
五角大楼. A number that is all a turn says is found as money too, with little confidence, so that the answer to 充多少
need not name the unit; where a number is wanted it stays a number.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from decimal import Decimal

from ivr.understanding.entities.amounts import Amount, amount_at, amounts, prepared
from ivr.understanding.entities.currencies import CODES, PARTS, SYMBOLS
from ivr.understanding.entities.entity import Entity, Money
from ivr.understanding.entities.numerals import DIGIT_VALUES


def _one_of(names: Iterable[str]) -> str:
    return "|".join(
        re.escape(name) + (r"(?![a-z])" if name[-1].isascii() and name[-1].isalpha() else "")
        for name in sorted(names, key=len, reverse=True)
    )


_NO_SUM = r"(?!大楼|形|度|色|落|星|逐|斗|膜|巾|衣|病|孩|重|线|笔|驴|竹|头|钱包|儿|状|肉|地|布)"
_AFTER = re.compile(rf"\s*(?P<about>[多几来余]\s*)?(?P<name>{_one_of(CODES)}){_NO_SUM}")
_PART = re.compile(rf"\s*(?:又|零|and\s)?\s*(?P<name>{_one_of(PARTS)}){_NO_SUM}")
_IN_FRONT = (
    *("人民币", "rmb", "cny", "usd", "eur", "gbp", "jpy", "hkd", "twd"),
    *("美金", "美元", "港币", "台币", "日元", "欧元", "英镑"),
)
"""The currencies that callers name before a sum, besides signs."""
_BEFORE = re.compile(
    rf"(?P<name>{_one_of([*SYMBOLS, *_IN_FRONT])})\s*"
    r"(?=[\d负零一二两三四五六七八九十百千.-])"
)
_NAMED = re.compile(
    _one_of(name for name in CODES if len(name) > 1 and not name.isascii() and name[0] not in "元块个枚")
)
_JOINT = re.compile(r"\s*(?:又|零|and\s+)?\s*")
_DIGIT = "".join(DIGIT_VALUES)
_TENTH_AFTER = re.compile(
    rf"(?P<zero>零)?(?P<digit>[{_DIGIT}\d半])(?![{_DIGIT}\d十百千万个只斤克公米元岁天年月日点张次位人台双小分秒件])"
)
_AFTER_PART = re.compile(rf"\s*(?P<digit>[{_DIGIT}\d])\s*分(?:钱)?(?![钟之])")
_LONG_TAIL = re.compile(r"\s*(?:整|钱)")
_CENTS = re.compile(r" (?:and )?")
_ALONE = re.compile(
    r"[\s嗯呃啊那就是我要想给充值缴付转存取大概差不多一共总共左右上下吧了的好,、。.]*"
    r"|(?:i |to |pay |top |up |about |it |is |please |um )*"
)
_TOGETHER = re.compile(r"一块(?=[^\W\d_])(?![钱多的左吧人零一二两三四五六七八九半以和到也都])")


def find_money(text: str) -> list[Entity]:
    """Kind money, and kind currency (its code) where one is named without a sum."""
    plain = prepared(text)
    found = [
        Entity("money", start, end, text[start:end], money, confidence)
        for start, end, money, confidence in (*_sums(plain), *_alone(plain))
    ]
    for match in _NAMED.finditer(plain):
        if all(match.end() <= one.start or one.end <= match.start() for one in found):
            said = text[match.start() : match.end()]
            found.append(Entity("currency", match.start(), match.end(), said, CODES[match[0]]))
    return found


def _sums(plain: str) -> Iterator[tuple[int, int, Money, float]]:
    done = 0
    fronts = {match.end(): match for match in _BEFORE.finditer(plain)}
    for amount in amounts(plain):
        if amount.start < done or _TOGETHER.match(plain, amount.start) or plain[: amount.start].endswith("第"):
            continue
        found = _named(plain, amount, fronts.get(amount.start)) or _of_parts(plain, amount)
        if found is None:
            continue
        start, end, money, confidence = found
        tail = _LONG_TAIL.match(plain, end)
        done = tail.end() if tail else end
        yield start, done, money, confidence


_Sum = tuple[int, int, Money, float]


def _named(plain: str, amount: Amount, front: re.Match[str] | None) -> _Sum | None:
    """An amount with its currency after it, before it, or both (人民币五百元)."""
    after = _AFTER.match(plain, amount.end)
    before = _code(front["name"]) if front else ""
    if after is None and before == "":
        return None
    code = CODES[after["name"]] if after else before
    start = front.start() if front and before == code else amount.start
    more, end = _parts(plain, after.end() if after else amount.end, code, shorthand=bool(after))
    value = amount.decimal + (more if amount.decimal >= 0 else -more)
    return start, end, Money(_plain(value), code), 0.8 if after and after["about"] else 1.0


def _of_parts(plain: str, amount: Amount) -> _Sum | None:
    """五毛, 五毛二, 五角六分, fifty cents."""
    part = _PART.match(plain, amount.end)
    if part is None:
        return None
    code, worth = PARTS[part["name"]]
    value, end = amount.decimal * worth, part.end()
    hundredth = _AFTER_PART.match(plain, end) if code == "CNY" else None
    if hundredth is None and part["name"] == "毛":
        hundredth = _TENTH_AFTER.match(plain, end)
        hundredth = None if hundredth and hundredth["zero"] else hundredth
    if hundredth:
        value, end = value + _digit(hundredth["digit"]) / 100, hundredth.end()
    return amount.start, end, Money(_plain(value), code), 1.0


def _code(name: str) -> str:
    return SYMBOLS.get(name) or CODES[name]


def _parts(plain: str, end: int, code: str, *, shorthand: bool) -> tuple[Decimal, int]:
    """What the parts after the main unit are worth, and where they end."""
    value = Decimal(0)
    for _ in range(2):
        joint = _JOINT.match(plain, end)
        amount = amount_at(plain, joint.end() if joint else end)
        part = _PART.match(plain, amount.end) if amount else None
        if amount is None or part is None or not 0 <= amount.decimal < 100 or PARTS[part["name"]][0] != code:
            break
        value, end = value + amount.decimal * PARTS[part["name"]][1], part.end()
    if code == "CNY":
        joint = _JOINT.match(plain, end)
        hundredth = _AFTER_PART.match(plain, joint.end() if joint else end)
        if hundredth:
            return value + _digit(hundredth["digit"]) / 100, hundredth.end()
    if shorthand and plain[end - 1].isascii() and not value:
        cents = _CENTS.match(plain, end)
        amount = amount_at(plain, cents.end()) if cents else None
        if amount is not None and 10 <= amount.decimal < 100 and not plain[amount.end :].strip(" .,"):
            return amount.decimal / 100, amount.end
    digit = _TENTH_AFTER.match(plain, end) if shorthand and plain[end - 1] in "块元毛角金刀镑" else None
    if digit and (plain[end - 1] in "块刀镑" or value):
        place = 100 if digit["zero"] or value else 10
        return value + _digit(digit["digit"]) / place, digit.end()
    return value, end


def _digit(said: str) -> Decimal:
    if said == "半":
        return Decimal(5)
    return Decimal(DIGIT_VALUES[said] if said in DIGIT_VALUES else int(said))


def _alone(plain: str) -> Iterator[tuple[int, int, Money, float]]:
    every = amounts(plain)
    if len(every) != 1 or every[0].numeral is None or len(every[0].numeral.digits) > 6 or every[0].decimal <= 0:
        return
    one = every[0]
    if _ALONE.fullmatch(plain[: one.start]) and _ALONE.fullmatch(plain[one.end :]):
        yield one.start, one.end, Money(_plain(one.decimal)), 0.5


def _plain(value: Decimal) -> Decimal:
    """Without an exponent or zeros at the end."""
    return (
        value.quantize(Decimal(1)) if value == value.to_integral_value() and abs(value) < 10**27 else value.normalize()
    )
