"""Before and after: 2018年以前, 十点以后, 从2015年起, 截止到月底, 五月一号或之后.

A bound moment is a range with one open end. `before` and `after` leave the moment itself out, `until` and `since` take
it in; of a period (2018年) both begin and end where it does.
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, time

from ivr.understanding.entities.date_words import Source
from ivr.understanding.entities.moment import Moment, Value

_SUFFIX = re.compile(
    r"(?P<within>[或和及])?(?:(?P<before>(?:之|以)前|前(?!天|期|台|往|面|年))|(?P<after>(?:之|以)后|后(?!天|年|期|台|面)))"
    "|(?P<since>以来|开始|起(?!床|飞|码))"
)
_UNTIL = re.compile(r"(?:直到|直至|截至|截止到?|截止|<=\s?)$")
_BEFORE_SIGN = re.compile(r"(?:<\s?|(?<![a-z])before )$")
_AFTER_SIGN = re.compile(r"(?:(?:>=|>)\s?|(?<![a-z])after )$")
_BY = re.compile(r"(?<![a-z])(?:by|until|till|no later than) $")
_SINCE = re.compile(r"(?:自从|自打|自|(?<![a-z])since )$")
_ABOUT_BEFORE = re.compile(r"(?:不晚于|早于|赶在)$")
_KINDS = {"date": "date_range", "date_range": "date_range", "time": "time_range", "datetime": "datetime_range"}
_THEN_TILL = re.compile("[到至]")


def bounded(moments: list[Moment], source: Source) -> list[Moment]:
    """Every moment with a word before or after it that makes it a bound."""
    found = []
    for moment in moments:
        if moment.kind not in _KINDS or moment.bound or (moment.unit == "part" and moment.kind != "date_range"):
            continue
        bound, start, end = _bound(moment, source.text)
        if bound:
            found.append(_open_ended(moment, bound, start, end))
    return found


def _bound(moment: Moment, text: str) -> tuple[str, int, int]:
    if match := _SUFFIX.match(text, moment.end):
        if match["since"]:
            prefix = None if _THEN_TILL.match(text, match.end()) else _SINCE.search(text, 0, moment.start)
            return "since", prefix.start() if prefix else moment.start, match.end()
        if match["before"]:
            return "until" if match["within"] else "before", moment.start, match.end()
        return "since" if match["within"] else "after", moment.start, match.end()
    for pattern, bound in (
        (_BY, "until"),
        (_UNTIL, "before"),
        (_AFTER_SIGN, "after"),
        (_BEFORE_SIGN, "before"),
        (_SINCE, "since"),
    ):
        if prefix := pattern.search(text, 0, moment.start):
            within = {"<": "until", ">": "since"} if "=" in prefix[0] else {}
            return within.get(prefix[0][0], bound), prefix.start(), moment.end
    return "", moment.start, moment.end


def _open_ended(moment: Moment, bound: str, start: int, end: int) -> Moment:
    other = _open_ended(moment.other, bound, start, end) if moment.other else None
    return replace(
        moment, kind=_KINDS[moment.kind], start=start, end=end, bound=bound, other=other, bare=False,
        past=_value(moment.past, bound, moment.unit), future=_value(moment.future, bound, moment.unit),
    )  # fmt: skip


def _value(value: Value, bound: str, unit: str) -> Value:
    if value is None:
        return None
    if unit == "part" and isinstance(value, tuple):  # 月底之前 has the end of the month still in it
        return (None, value[1]) if bound in ("before", "until") else (value[0], None)
    first = value[0] if isinstance(value, tuple) else value
    if not isinstance(first, date | time):
        return None
    return (None, first) if bound in ("before", "until") else (first, None)
