"""Ranges of numbers: 大于一百, 三到五, 至少有十, 五百以上, 十几万, 三四百; and two limits that make one range.

The value is (least, most) of Decimal, None where a side is open; whether a limit is itself within is in the words
(大于, 不小于) and not in the value, because no flow of a hotline has asked for it. 等于五 is (5, 5). Two limits side by
side are one range where they leave room (大于10小于20); 大于50小于12 are two.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from ivr.understanding.entities.amounts import Amount, amounts, prepared
from ivr.understanding.entities.entity import Entity
from ivr.understanding.entities.number_pairs import pairs
from ivr.understanding.entities.numerals import numerals
from ivr.understanding.entities.percent import find_percents

_OR_EQUAL = r"(?:\s*或者?\s*|\s*且\s*|\s*和\s*)?等于"
_ABOVE = (
    rf"(?:大于|高于|多于|长于|重于){_OR_EQUAL}|不小于|不少于|不低于|不短于|(?:至少|最少|最低|起码)(?:有|为|是|要)?"
    r"|≥|>\s*=|no less than|at least"
    r"|大于了?|超过了?|高于|多于|多过|超出|长于|重于|突破了?|胜过|强过|>|(?<=[比率量价分占额数])过"
    r"|more than|over|above|greater than"
)
_BELOW = (
    rf"(?:小于|少于|低于|短于|轻于){_OR_EQUAL}|不大于|不超过|不多于|不高于|不长于|(?:至多|最多|最高)(?:有|为|是)?"
    r"|≤|<\s*=|no more than|at most"
    r"|小于了?|少于|低于|不足|不到|不满|未满|短于|轻于|<|less than|under|below|fewer than"
)
_LIMIT = re.compile(rf"(?:(?P<above>{_ABOVE})|(?P<below>{_BELOW})|(?P<equal>(?<!不)(?:等于|=)))\s*(?:第\s*)?$")
_COMPARED = re.compile(r"比\s*$")
_THAN = re.compile(r"\s*(?:要|还|更)?\s*(?:(?P<above>[大多高长重远贵])|(?P<below>[小少低短轻近]))")
_MEASURE = r"(?:[个次岁块元人天张件名位年米斤分]|公斤|小时)?"
_AFTER = re.compile(
    rf"\s*{_MEASURE}\s*(?:(?:[、,]?\s*(?:或者?|及|和|乃至)\s*)?"
    r"(?:(?P<above>以上|之上|更多|更高|更大|往上)|(?P<below>以下|之下|以内|之内|更少|更低|更小|往下))"
    r"|(?P<or_more>or more|and up)|(?P<or_less>or less))"
)
_SOME_MORE = re.compile(r"\s*[多余几](?![万亿兆少何种乎天])")
_IN = re.compile(r"(?:(?:位于|介于|处于|处在|在|从|between|from)\s*)?(?:第\s*)?$")
_COUNTED = r"\s*(?:[个次岁块元人张件名位米斤]|块钱|公斤)?"
_TO = re.compile(rf"{_COUNTED}\s*(?:到|至|--|——|[~～–—-]|to)\s*(?:第\s*)?$")
_AND = re.compile(rf"{_COUNTED}\s*(?:和|与|跟|到|至|[~～–—-]|and)\s*(?:第\s*)?$")
_BETWEEN = re.compile(r"\s*(?:之间|间(?!隔)|中间)")
_JOINT = re.compile(r"\s*[,，、]?\s*(?:并且|而且|且|又|(?:的)?同时|但是?|并|and|but)?\s*")
_LIMIT_LENGTH = 14


@dataclass(frozen=True, slots=True)
class _Range:
    start: int
    end: int
    least: Decimal | None
    most: Decimal | None
    surely: bool = True


def find_number_ranges(text: str) -> list[Entity]:
    """Kind number_range."""
    plain = prepared(text)
    every = _with_percents(text, amounts(plain))
    found = [*_between(plain, every), *_joined(plain, list(_limits(plain, every))), *_about(every), *_pairs(plain)]
    return [
        Entity(
            "number_range",
            one.start,
            one.end,
            text[one.start : one.end],
            (one.least, one.most),
            1.0 if one.surely else 0.8,
        )
        for one in found
    ]


def _with_percents(text: str, every: Sequence[Amount]) -> list[Amount]:
    """超过了百分之五 is a limit, too: of a hundred."""
    percents = [Amount(one.start, one.end, Decimal(str(one.value))) for one in find_percents(text)]
    others = [one for one in every if all(one.end <= other.start or other.end <= one.start for other in percents)]
    return sorted([*others, *percents], key=lambda one: one.start)


def _limits(plain: str, every: Sequence[Amount]) -> Iterator[_Range]:
    for amount in every:
        front = plain[max(0, amount.start - _LIMIT_LENGTH) : amount.start]
        limit = _LIMIT.search(front)
        value, start = amount.decimal, amount.start - len(front)
        if limit is not None:
            least = value if limit["above"] or limit["equal"] else None
            most = value if limit["below"] or limit["equal"] else None
            yield _Range(start + limit.start(), amount.end, least, most)
            continue
        compared, than = _COMPARED.search(front), _THAN.match(plain, amount.end)
        if compared and than:
            least, most = (value, None) if than["above"] else (None, value)
            yield _Range(start + compared.start(), than.end(), least, most)
        elif after := _AFTER.match(plain, amount.end):
            least, most = (value, None) if after["above"] or after["or_more"] else (None, value)
            yield _Range(amount.start, after.end(), least, most)
        elif more := _SOME_MORE.match(plain, amount.end):
            yield _Range(amount.start, more.end(), value, None)


def _joined(plain: str, limits: list[_Range]) -> Iterator[_Range]:
    """Neighbours that bound each other as one, the others as they are."""
    index = 0
    while index < len(limits):
        one = limits[index]
        after = limits[index + 1] if index + 1 < len(limits) else None
        joint = _JOINT.match(plain, one.end)
        together = _together(one, after) if after and joint and joint.end() == after.start else None
        yield together or one
        index += 2 if together else 1


def _together(one: _Range, after: _Range) -> _Range | None:
    least = one.least if one.least is not None else after.least
    most = one.most if one.most is not None else after.most
    opposite = (one.least is None) != (one.most is None) and (one.least is None) != (after.least is None)
    if not opposite or least is None or most is None or least > most:
        return None
    return _Range(one.start, after.end, least, most)


def _between(plain: str, every: Sequence[Amount]) -> Iterator[_Range]:
    for low, high in itertools.pairwise(every):
        if low.decimal >= high.decimal:
            continue
        joint = plain[low.end : high.start]
        closed = _BETWEEN.match(plain, high.end)
        if not (_TO.fullmatch(joint) or (closed and _AND.fullmatch(joint))):
            continue
        front = plain[max(0, low.start - 8) : low.start]
        opened = _IN.search(front)
        opening = opened[0] if opened and (closed or opened[0] == "第") else ""
        start = low.start - len(opening)
        yield _Range(start, closed.end() if closed else high.end, low.decimal, high.decimal)


def _about(every: Sequence[Amount]) -> Iterator[_Range]:
    for amount in every:
        if amount.numeral is not None and amount.numeral.approximate:
            yield _Range(amount.start, amount.end, amount.decimal, None)


def _pairs(plain: str) -> Iterator[_Range]:
    """三四百, 五六十."""
    for pair in pairs(plain, numerals(plain)):
        yield _Range(pair.start, pair.end, pair.low, pair.high, surely=False)
