"""Times of day as English callers say them: half past three, quarter to five, three thirty p m, ten o'clock, noon.

A bare hour is a time only after a word that says so (at five, from three to five): one of them is none.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ivr.understanding.entities.clock_times import as_moment
from ivr.understanding.entities.date_words import Source
from ivr.understanding.entities.english_numbers import ONES, ORDINALS, TENS
from ivr.understanding.entities.moment import Clock, Moment

BEGIN, END = r"(?<![\w'])", r"(?![\w'])"
UP_TO_NINE = "|".join(name for name, value in ONES.items() if 1 <= value <= 9)
_SMALL = "|".join(sorted(ONES, key=len, reverse=True))
NUMBER = rf"(?:\d{{1,3}}|(?:{'|'.join(TENS)})(?:[ -](?:{UP_TO_NINE}))?|{_SMALL})"
_HOUR = r"(?:1[0-2]|0?[1-9]|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve)"
_MINUTE = (
    rf"(?:[0-5]\d|(?:oh|o|zero)[ -](?:{UP_TO_NINE})|(?:twenty|thirty|forty|fifty)(?:[ -](?:{UP_TO_NINE}))?"
    r"|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|eighteen|nineteen)"
)
_PAST = rf"half|(?:a )?quarter|five|ten|twenty(?:[ -]five)?|5|10|20|25|(?:{NUMBER}) minutes?"
_CLOCK = re.compile(
    rf"{BEGIN}(?:(?:at|about|around) )?(?:(?P<past>{_PAST}) (?P<side>past|after|to|till) )?"
    rf"(?P<hour>{_HOUR})(?![ -](?:hundred|thousand|million|point))"
    rf"(?:(?P<oclock> o'?clock)|(?:[ :.](?P<minute>{_MINUTE})))?(?![\w:]| (?:{UP_TO_NINE})(?!\w))"
    r"(?P<half> ?(?:[ap]\.? ?m\.?(?!\w)|in the (?:morning|afternoon|evening)|at night))?"
)
_POINT = re.compile(rf"{BEGIN}(?:at )?(?P<word>noon|midday|midnight){END}")
_SAYS_TIME = re.compile(
    r"(?:^| )(?:(?:at|about|around|by|until|till|before|after|from|between)"
    rf"|(?:from|between) {_HOUR} (?:to|and|until|till)) $"
)


def find_english_clocks(source: Source) -> list[Moment]:
    """Every time of day."""
    return list(_clocks(source))


def english_number(said: str) -> int | None:
    """A number of at most 999, cardinal or ordinal, in words or figures."""
    if figures := re.match(r"\d+", said):
        return int(figures[0])
    values = [ONES.get(word, TENS.get(word, ORDINALS.get(word))) for word in re.split("[ -]", said) if word]
    known = [value for value in values if value is not None]
    return sum(known) if known else None


def _clocks(source: Source) -> Iterator[Moment]:
    for match in _CLOCK.finditer(source.text):
        sure = match["past"] or match["oclock"] or match["half"] or match["minute"] or match[0].startswith("a")
        if (sure or _SAYS_TIME.search(source.text, 0, match.start())) and (when := _clock(match)):
            yield as_moment(match.start(), match.end(), when)
    for match in _POINT.finditer(source.text):
        hour = 0 if match["word"] == "midnight" else 12
        yield as_moment(match.start(), match.end(), Clock(hour))


def _clock(match: re.Match[str]) -> Clock | None:
    hour = english_number(match["hour"]) or 0
    minute, grain = 0, 1
    if said := match["minute"]:
        minute, grain = english_number(said) or 0, 2
    if past := match["past"]:
        count = 30 if past == "half" else 15 if past.endswith("quarter") else english_number(past)
        if count is None or count > 59:
            return None
        back = match["side"] in ("to", "till")
        hour, minute, grain = (hour - back - 1) % 12 + 1, (60 - count if back else count) % 60, 2
    half = (match["half"] or "").strip()
    if not half:
        return Clock(hour, minute, open=True, grain=grain)
    late = (
        half[0] == "p" or "afternoon" in half or "evening" in half or ("night" in half and hour not in (12, 1, 2, 3, 4))
    )
    return Clock(hour % 12 + 12 * late, minute, grain=grain)
