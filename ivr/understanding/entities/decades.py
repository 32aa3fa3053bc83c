"""Decades and centuries: 上世纪九十年代, 1970年代, 二十一世纪. 九十年代 alone is both the last and the next."""

from __future__ import annotations

import re

from ivr.understanding.entities.calendar_days import real
from ivr.understanding.entities.date_words import Source, shift_of, whole
from ivr.understanding.entities.grains import from_day, period
from ivr.understanding.entities.moment import Day, Moment

_DECADE = re.compile(
    r"(?:(?P<century>\d{1,2}|二?十[一二三四五六七八九]?|[一二三四五六七八九])世纪|(?P<away>上个?|本|这个?)世纪)?(?:的)?"
    r"(?P<decade>1[0-9]\d0|20\d0|\d0|[二三四五六七八九]?十|[一二][零一二三四五六七八九][零一二三四五六七八九]零|[二三四五六七八九]零)年代"
)
_CENTURY = re.compile(
    r"(?<![\d第])(?P<century>\d{1,2}|二?十[一二三四五六七八九]?)世纪(?!的?(?:\d0|[一二三四五六七八九十]))"
)


def find_decades(source: Source) -> list[Moment]:
    """Every decade and century."""
    found = [_decade(match, source) for match in _DECADE.finditer(source.text)]
    found += [_century(match, source) for match in _CENTURY.finditer(source.text)]
    return [moment for moment in found if moment]


def _decade(match: re.Match[str], source: Source) -> Moment | None:
    decade = whole(match["decade"])
    if decade is not None and decade > 999 and not match["away"] and not match["century"]:
        return from_day(match, real(decade, 1, 1), 10, "Y", source, f"({decade}-01-01,{decade + 10}-01-01,P10Y)")
    if decade is None or decade > 90:
        return None
    if match["away"]:
        century = source.today.year // 100 + shift_of(match["away"].removesuffix("个"))
    elif match["century"]:
        century = (whole(match["century"]) or 1) - 1
    else:
        return _open_decade(match, decade, source)
    start = century * 100 + decade
    if not 1 <= start < 9000:
        return None
    return from_day(match, real(start, 1, 1), 10, "Y", source, f"({start:04d}-01-01,{start + 10:04d}-01-01,P10Y)")


def _open_decade(match: re.Match[str], decade: int, source: Source) -> Moment:
    timex = f"(XX{decade:02d}-01-01,XX{(decade + 10) % 100:02d}-01-01,P10Y)"
    start = source.today.year // 100 * 100 + decade
    last, following = (start - 100, start) if start > source.today.year else (start, start + 100)
    day = Day(timex, lambda _: real(following, 1, 1), lambda _: real(last, 1, 1))
    return period(match, day, (10, "Y"), source, timex)


def _century(match: re.Match[str], source: Source) -> Moment | None:
    century = whole(match["century"])
    if not century or century > 80:
        return None
    start = (century - 1) * 100 or 1
    return from_day(match, real(start, 1, 1), 100, "Y", source, f"({start:04d}-01-01,{century * 100:04d}-01-01,P100Y)")
