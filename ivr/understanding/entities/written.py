"""A turn as a person would write it down: numbers, sums, dates, times and measures in digits.

For agents' summaries and transcripts, which are read in a glance: 我要充五十块五毛 becomes 我要充50块5毛. Nothing is
resolved (明天 stays 明天) and nothing that stands in a word is touched (一共, 三七二十一, 十几万). Of what overlaps the
longest form is written, as find.py settles it. Whole numbers of a million and more keep 万, 亿 and 兆 (1亿2300).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime

from ivr.understanding.entities.amounts import prepared
from ivr.understanding.entities.identifiers import find_identifiers
from ivr.understanding.entities.measure_words import counts
from ivr.understanding.entities.number_pairs import pairs
from ivr.understanding.entities.numbers import find_numbers
from ivr.understanding.entities.numerals import DIGIT_VALUES, numerals
from ivr.understanding.entities.written_dates import dates, times
from ivr.understanding.entities.written_numbers import Form, fractions, joined, pair_form, shown
from ivr.understanding.entities.written_units import measured, percents, sums

_SAID_DIGIT = "a-z\\d零一二三四五六七八九幺"
_PLATE = re.compile(
    rf"[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼][a-z][{_SAID_DIGIT}]{{5,6}}"
    rf"(?![{_SAID_DIGIT}])"
)
_SHORT = 12
"""Digits that an identifier has at least before it is written by itself; shorter ones are runs of digits anyway."""


def written(text: str, at: datetime, *, standalone: bool = True, small: bool = True) -> str:
    """`text`, said at `at`, with its numbers in digits. `standalone`: also those that count nothing; `small`: also one
    lone digit."""
    plain = prepared(text)
    forms = [
        *dates(plain),
        *times(plain),
        *percents(plain),
        *sums(plain),
        *measured(plain),
        *fractions(plain),
        *joined(plain),
        *_identifiers(text, at),
        *_plates(plain, text),
        *(pair_form(plain, pair) for pair in pairs(plain, numerals(plain))),
        *_numbers(text, plain, standalone=standalone, small=small),
    ]
    result: list[str] = []
    end = 0
    for form in _longest(forms):
        apart = " " if form.start == end and end and result[-1][-1:].isdigit() and form.text[:1].isdigit() else ""
        result += [text[end : form.start], apart + form.text]
        end = form.end
    return "".join(result) + text[end:]


def _longest(forms: list[Form]) -> list[Form]:
    kept: list[Form] = []
    for form in sorted(forms, key=lambda form: form.start - form.end):
        if all(form.end <= other.start or other.end <= form.start for other in kept):
            kept.append(form)
    return sorted(kept, key=lambda form: form.start)


def _identifiers(text: str, at: datetime) -> Iterator[Form]:
    for entity in find_identifiers(text, at):
        if entity.kind == "plate" or (entity.kind in ("id_card", "bank_card") and len(str(entity.value)) >= _SHORT):
            said = "".join(str(DIGIT_VALUES.get(character, character)) for character in entity.text if character != " ")
            if said.upper() == str(entity.value):
                yield Form(entity.start, entity.end, said)


def _plates(plain: str, text: str) -> Iterator[Form]:
    """Also those that no rule of plates allows: an agent must see what was said."""
    for match in _PLATE.finditer(plain):
        said = (str(DIGIT_VALUES.get(character, character)) for character in text[match.start() : match.end()])
        yield Form(match.start(), match.end(), "".join(said))


def _numbers(text: str, plain: str, *, standalone: bool, small: bool) -> Iterator[Form]:
    for entity in find_numbers(text):
        said = plain[entity.start : entity.end]
        counted = counts(plain, entity.end)
        lone = len(said) == 1 and said != "十"
        if entity.kind != "number" or said.isascii() or (lone and not small) or plain.startswith("一个", entity.start):
            continue
        if standalone or counted or (len(said) > 1 and "点" in said):
            yield Form(entity.start, entity.end, shown(said))
