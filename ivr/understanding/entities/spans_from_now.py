"""Periods counted from the call, or from the ends of another: 过去十年, 未来三小时, 三天内, 今年的最后三周."""

from __future__ import annotations

import re
from datetime import date, timedelta
from decimal import Decimal

from ivr.understanding.entities.calendar_days import fixed, moved
from ivr.understanding.entities.date_words import DIGIT, NUMBER, Source, monday, whole
from ivr.understanding.entities.durations import AMOUNT, Amount, amount_of, away
from ivr.understanding.entities.grains import GRAINS
from ivr.understanding.entities.moment import Moment

_PAST = "(?:过去|最近|近|之前|此前|以前|前|上)"
_FUTURE = f"(?:未来|接下来|今后|往后|此后|之后|以后|(?<!最)后|(?<![一两几{DIGIT}])下)"
_COUNTED = re.compile(rf"(?:(?P<past>{_PAST})|(?P<future>{_FUTURE}))的?这?{AMOUNT}(?![前后])(?:之内|以内|内|里)?")
_LAST_HOUR = re.compile("(?P<way>[上下])一?个(?P<unit>小时|钟头)")
_LEFT = re.compile(rf"还剩下?{AMOUNT}(?![{DIGIT}\d])")
_WITHIN = re.compile(rf"{AMOUNT}(?:之内|以内|内)")
_END_OF = re.compile(
    r"的?(?:(?P<last>最后|末尾?)|(?P<first>最初|最早|前|头)|(?P<nth>第))的?"
    rf"(?P<count>{NUMBER})(?P<unit>个?月|个?星期|个?礼拜|周|天|个?季度|年)(?!前|后)"
)
_GRAIN = {"月": "M", "星期": "W", "礼拜": "W", "周": "W", "天": "D", "季度": "Q", "年": "Y"}


def find_spans(source: Source) -> list[Moment]:
    """Periods that begin or end now."""
    text = source.text
    found = [_counted(match, -1 if match["past"] else 1, source) for match in _COUNTED.finditer(text)]
    found += [_last_hour(match, source) for match in _LAST_HOUR.finditer(text)]
    found += [_counted(match, 1, source) for match in _WITHIN.finditer(text)]
    found += [_left(match, source) for match in _LEFT.finditer(text)]
    return [moment for moment in found if moment]


def ends_of(periods: list[Moment], source: Source) -> list[Moment]:
    """The last or first so many weeks of each of `periods`: 今年的最后三周. Weeks are whole ones."""
    found = []
    for whole_period in periods:
        match = _END_OF.match(source.text, whole_period.end)
        if match is None or whole_period.unit not in ("Y", "Q", "M") or not isinstance(whole_period.future, tuple):
            continue
        count = whole(match["count"])
        grain = _GRAIN[match["unit"].removeprefix("个")]
        start, end = whole_period.future
        if not count or count > 400 or not isinstance(start, date) or not isinstance(end, date):
            continue
        if match["nth"]:
            if grain == "D" and (day := moved(start, count - 1)) and day < end:
                found.append(_one_day(whole_period, match.end(), day))
            continue
        edge = _edge(start, end, grain, last=bool(match["last"]))
        other = GRAINS[grain].on(edge, -count if match["last"] else count)
        if other is None:
            continue
        first, after = sorted((edge, other))
        if (count, grain) == (1, "D"):
            found.append(_one_day(whole_period, match.end(), first))
            continue
        timex = f"({first},{after},P{count}{'M' if grain == 'M' else grain})"
        found.append(
            Moment("date_range", whole_period.start, match.end(), timex, (first, after), (first, after), unit=grain)
        )
    return found


def _one_day(period: Moment, end: int, day: date) -> Moment:
    named = fixed(day, day.isoformat())
    return Moment("date", period.start, end, named.timex, day, day, day=named, unit="D")


def _edge(start: date, end: date, grain: str, *, last: bool) -> date:
    """Where to count from. The weeks of a year or month are those with their Thursday in it."""
    if grain != "W":
        return end if last else start
    return monday((end if last else start) + timedelta(days=3))


def _counted(match: re.Match[str], direction: int, source: Source) -> Moment | None:
    amount = amount_of(match)
    unit, said = match["unit"], match["amount"]
    if amount is None or amount.count <= 0 or unit in ("日", "分", "时") or (unit == "月" and not said.isascii()):
        return None
    if amount.unit == "Y" and said.isascii() and len(said) > 2:
        return None
    if match.re is _COUNTED and (match["past"] or match["future"]) in ("上", "下") and said in ("一", "半"):
        return None  # 上一年 and 下半年 are the calendar's, not counted from today
    return _span(match, amount, direction, source)


def _span(match: re.Match[str], amount: Amount, direction: int, source: Source) -> Moment | None:
    then = away(source.at, amount, direction)
    if then is None:
        return None
    first, after = sorted((source.at, then))
    if amount.of_clock:
        ends = f"{first.isoformat(timespec='seconds')},{after.isoformat(timespec='seconds')}"
        value = (first, after)
        return Moment("datetime_range", match.start(), match.end(), f"({ends},{amount.timex})", value, value, unit="S")
    days = (first.date(), after.date())
    timex = f"({days[0]},{days[1]},{amount.timex})"
    return Moment("date_range", match.start(), match.end(), timex, days, days, unit=amount.unit)


def _last_hour(match: re.Match[str], source: Source) -> Moment | None:
    return _span(match, Amount(Decimal(1), "H"), -1 if match["way"] == "上" else 1, source)


def _left(match: re.Match[str], source: Source) -> Moment | None:
    """还剩五分钟 runs from now on; 还有半小时 is a length."""
    amount = amount_of(match)
    if amount is None or not amount.of_clock or amount.count != int(amount.count):
        return None
    return _span(match, amount, 1, source)
