"""Lengths and what is counted from now, in English: two and a half hours, in two hours, three days ago, every week."""

from __future__ import annotations

import re
from decimal import Decimal

from ivr.understanding.entities.calendar_days import fixed
from ivr.understanding.entities.date_words import Source
from ivr.understanding.entities.durations import SECONDS, Amount, away
from ivr.understanding.entities.english_clocks import NUMBER, english_number
from ivr.understanding.entities.english_dates import UNITS
from ivr.understanding.entities.moment import Moment, Value

_COUNT = rf"(?P<count>{NUMBER}|an?|half an?|a couple of|a half)(?P<half> and a half)?"
_LENGTH = rf"{_COUNT} (?P<unit>{'|'.join(UNITS)})s?(?P<half2> and a half)?(?!\w)"
_DURATION = re.compile(rf"(?<![\w'.])(?:for )?{_LENGTH}")
_FROM_NOW = re.compile(rf"(?<!\w)(?:in )?{_LENGTH}(?P<way> ago| from now| later| from today| earlier)?")
_COUNTED = re.compile(
    rf"(?<!\w)(?:the )?(?P<way>last|past|previous|next|coming|following|within|within the next) {_LENGTH}"
)
_EVERY = re.compile(
    r"(?<!\w)(?:every (?P<unit>day|week|month|year|hour)|(?P<adverb>daily|weekly|monthly|yearly))(?!\w)"
)
_ADVERBS = {"daily": "D", "weekly": "W", "monthly": "M", "yearly": "Y"}


def find_english_lengths(source: Source) -> list[Moment]:
    """two hours, in two hours, two hours ago, the last three months, every week."""
    if not re.search("[a-z]{2}", source.text):
        return []
    found: list[Moment | None] = []
    back = ("last", "past", "previous")
    found += [
        _span(match, amount, -1 if match["way"] in back else 1, source)
        for match in _COUNTED.finditer(source.text)
        if (amount := _amount(match))
    ]
    found += [
        _point(match, amount, -1 if match["way"] in {" ago", " earlier"} else 1, source)
        for match in _FROM_NOW.finditer(source.text)
        if (match["way"] or match[0].startswith("in ")) and (amount := _amount(match))
    ]
    found += [
        Moment("duration", match.start("count"), match.end(), amount.timex, amount.seconds, amount.seconds)
        for match in _DURATION.finditer(source.text)
        if (amount := _amount(match))
    ]
    for match in _EVERY.finditer(source.text):
        unit = UNITS[match["unit"]] if match["unit"] else _ADVERBS[match["adverb"]]
        timex = Amount(Decimal(1), unit).timex
        found.append(Moment("set", match.start(), match.end(), timex, timex, timex))
    return [moment for moment in found if moment]


def _amount(match: re.Match[str]) -> Amount | None:
    said = match["count"]
    if said in ("a", "an"):
        count = Decimal(1)
    elif said.startswith("half") or said == "a half":
        count = Decimal("0.5")
    elif said == "a couple of":
        count = Decimal(2)
    else:
        number = english_number(said)
        if not number:
            return None
        count = Decimal(number)
    if match["half"] or match["half2"]:
        count += Decimal("0.5")
    return Amount(count, UNITS[match["unit"]]) if match["unit"] in UNITS and UNITS[match["unit"]] in SECONDS else None


def _point(match: re.Match[str], amount: Amount, direction: int, source: Source) -> Moment | None:
    then = away(source.at, amount, direction)
    if then is None:
        return None
    if amount.of_clock:
        timex = then.isoformat(timespec="seconds")
        return Moment("datetime", match.start(), match.end(), timex, then, then, unit="S")
    day = fixed(then.date(), then.date().isoformat())
    return Moment("date", match.start(), match.end(), day.timex, then.date(), then.date(), day=day, unit="D")


def _span(match: re.Match[str], amount: Amount, direction: int, source: Source) -> Moment | None:
    then = away(source.at, amount, direction)
    if then is None:
        return None
    first, after = sorted((source.at, then))
    value: Value = (first, after) if amount.of_clock else (first.date(), after.date())
    kind = "datetime_range" if amount.of_clock else "date_range"
    timex = f"({first.isoformat()},{after.isoformat()},{amount.timex})"
    return Moment(kind, match.start(), match.end(), timex, value, value, unit="S" if amount.of_clock else amount.unit)
