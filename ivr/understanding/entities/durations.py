"""How long: 两个半小时, 半个月, 8天20小时, 一年又一个月, 三刻钟.

A month counts as 30 days and a year as 365 (as Recognizers-Text does), because a duration has no calendar. A number of
three or four digits before 年 is a year, and so is one of two that are read one by one (一八年).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from ivr.understanding.entities.calendar_days import months_on
from ivr.understanding.entities.date_words import DIGIT, NUMBER, UNIT, UNITS, Source, number
from ivr.understanding.entities.moment import Moment

SECONDS = {
    "Y": 31536000, "Q": 7776000, "M": 2592000, "W": 604800, "D": 86400, "H": 3600, "QH": 900, "MIN": 60, "S": 1,
}  # fmt: skip
_LETTER = {"Q": "M", "MIN": "M"}
ABOUT = frozenset(("一两", "两三", "二三", "三四", "四五", "五六", "六七", "七八", "八九"))
"""三四 is about three, not thirty four."""

AMOUNT = rf"(?<![第\d.,/:-])(?P<amount>{NUMBER})(?P<half_of>个半)?(?P<unit>{UNIT})(?P<half>半(?![年月天日小个夜]))?"
"""A number and its unit; 两个半小时 and 三个月半 have their half."""
_ONE = re.compile(AMOUNT)
_JOIN = re.compile("(?:[又零多余，、]|再?加上?)?")
_NOT_LONG = re.compile(rf"年|(?:\d{{3,4}}|0\d|两千|[{DIGIT}]{{2,4}})年")
_NOT_AFTER = re.compile(r"(?:级|代|份|度|末|初|底|期|子|报|纪|薪|租$)")


@dataclass(frozen=True, slots=True)
class Amount:
    """`count` of one unit of `SECONDS`."""

    count: Decimal
    unit: str

    @property
    def seconds(self) -> Decimal:
        return self.count * SECONDS[self.unit]

    @property
    def timex(self) -> str:
        """ISO 8601: P3M, PT2.5H."""
        if self.unit in ("Q", "QH"):
            count, unit = self.count * (3 if self.unit == "Q" else 15), "M"
        else:
            count, unit = self.count, _LETTER.get(self.unit, self.unit)
        return f"P{'T' if self.of_clock else ''}{_plain(count)}{unit}"

    @property
    def of_clock(self) -> bool:
        return self.unit in ("H", "QH", "MIN", "S")


def _plain(count: Decimal) -> str:
    return format(count.normalize(), "f")


def amount_of(match: re.Match[str]) -> Amount | None:
    """What a match with the groups of `AMOUNT` says."""
    said = match["amount"]
    count = number(said[0] if said in ABOUT else said)
    if count is None:
        return None
    if match["half_of"] or match["half"]:
        count += Decimal("0.5")
    return Amount(count, UNITS[match["unit"].removeprefix("个")])


def away(at: datetime, amount: Amount, direction: int) -> datetime | None:
    """`at` so much later (1) or earlier (-1); None outside the calendar. Halves of months count 15 days."""
    count = amount.count * direction
    months = {"Y": 12, "Q": 3, "M": 1}.get(amount.unit)
    try:
        if months is None:
            return at + timedelta(seconds=float(count * SECONDS[amount.unit]))
        wholly = int(count * months)
        day = months_on(at.date(), wholly)
        rest = timedelta(days=round(float(count * months - wholly) * 30))
        return datetime.combine(day, at.time()) + rest if day else None
    except OverflowError:
        return None


def find_durations(source: Source) -> list[Moment]:
    """Every length of time; what follows at once is added."""
    groups: list[list[tuple[re.Match[str], Amount]]] = []
    for match in _ONE.finditer(source.text):
        previous = groups[-1][-1] if groups else None
        joined = previous is not None and bool(_JOIN.fullmatch(source.text, previous[0].end(), match.start()))
        amount = amount_of(match)
        if amount is None or not _is_long(match, source.text, joined_to=groups[-1][-1][1].unit if joined else ""):
            continue
        if joined:
            groups[-1].append((match, amount))
        else:
            groups.append([(match, amount)])
    return [_together(group) for group in groups]


def _is_long(match: re.Match[str], text: str, *, joined_to: str) -> bool:
    unit, following = match["unit"], text[match.end() : match.end() + 1]
    if (
        unit == "日"
        or (unit == "月" and match["amount"] != "半" and not match["half_of"])
        or _NOT_AFTER.match(text, match.end())
    ):
        return False
    if match[0] == "一天" and text[max(match.start() - 1, 0) : match.start()] in tuple("那哪某同另这有"):
        return False  # 哪一天 names a day
    if unit in ("分", "时"):
        return joined_to == ("H" if unit == "分" else "D")
    if unit == "周" and following in tuple("一二三四五六日天岁末"):
        return False
    return not (unit == "年" and _NOT_LONG.fullmatch(match[0]))


def _together(group: list[tuple[re.Match[str], Amount]]) -> Moment:
    amounts = [amount for _, amount in group]
    seconds = sum((amount.seconds for amount in amounts), Decimal(0))
    ordered = sorted(amounts, key=lambda amount: -SECONDS[amount.unit])
    days = "".join(amount.timex[1:] for amount in ordered if not amount.of_clock)
    clock = "".join(amount.timex[2:] for amount in ordered if amount.of_clock)
    timex = f"P{days}" + (f"T{clock}" if clock else "")
    start, end = group[0][0].start(), group[-1][0].end()
    return Moment("duration", start, end, timex, seconds, seconds)
