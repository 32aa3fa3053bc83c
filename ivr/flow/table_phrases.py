"""A table's numbers as callers say them (那五十九的呢, 一百块以下的有哪些), for the recogniser's ear alone.

Decided: they are no wordings of entries. Understanding reads numbers by their worth (ivr/understanding/tables.py), and
to whoever compares words 八十九的套餐 is like 五十九的套餐. So they go into the grammar of the questions that ask the
table, and nowhere else, once each, which is enough: of 72 such questions spoken by eight synthetic voices through G.711
none was understood without them, and 60 with them. The other 12 name a price that no row has without saying 套餐; all
but one of them were heard right. For such prices other numbers go in too, as words that follow each other: what is not
heard cannot be denied.
"""

from __future__ import annotations

from collections.abc import Iterator

from ivr.flow.table_schema import Attribute, Table
from ivr_tts.spoken_text import FORMATTERS

_ASKED_WITH = 4
_DIGITS = "一二三四五六七八九"
_TENS = ("十", *(f"{digit}十" for digit in _DIGITS[1:]))
_HUNDREDS = (*(f"{digit}百" for digit in _DIGITS), "两百", "一千")
_OF_ONE = ("{}的", "{}的呢", "那{}的呢", "{}的{about}", "{}{unit}的", "{}{unit}的{about}")
_LIMITS = ("{}{unit}以下的有哪些", "{}{unit}以内的{about}", "{}{unit}以上的呢")
_ENGLISH_OF_ONE = ("the {} one", "what about {}", "what about the {} one", "the {} {about}", "{} {unit}")
_ENGLISH_LIMITS = ("which are under {} {unit}", "over {} {unit}", "up to {} {unit}")


def phrases_of(table: Table, language: str) -> tuple[str, ...]:
    """What may be said of the table's numbers in `language`; none for a table without."""
    chinese = language.startswith("zh")
    of_rows = (_of_rows_in_mandarin if chinese else _of_rows_in_english)(table)
    phrases = dict.fromkeys(of_rows)
    if phrases and chinese:
        phrases |= dict.fromkeys(_any_number(table))
    return tuple(phrases)


def _numbers(table: Table, language: str) -> Iterator[tuple[str, Attribute]]:
    for name, attribute in table.attributes.items():
        cells = [row.cells.get(name, "") for row in table.rows.values()]
        if attribute.type != "text":
            yield from ((FORMATTERS["number"](cell, language), attribute) for cell in cells if cell)


def _of_rows_in_mandarin(table: Table) -> Iterator[str]:
    for number, attribute in _numbers(table, "zh-CN"):
        unit = "块" if attribute.type == "money" else attribute.unit
        for way in (*_OF_ONE, *_LIMITS):
            yield way.format(number, unit=unit, about=table.about)
        for asked in attribute.also[:_ASKED_WITH]:
            yield f"{number}的{table.about}{asked}"


def _of_rows_in_english(table: Table) -> Iterator[str]:
    for said, attribute in _numbers(table, "en"):
        number, unit = said.replace("-", " "), "yuan" if attribute.type == "money" else attribute.unit
        for way in (*_ENGLISH_OF_ONE, *_ENGLISH_LIMITS):
            yield way.format(number, unit=unit, about=table.about).strip()


def _any_number(table: Table) -> Iterator[str]:
    """Two words of a number each, and how one ends: the recogniser's model of pairs makes the rest of them."""
    for large in (*_TENS, *_HUNDREDS):
        yield from (f"{large} {digit}" for digit in _DIGITS)
        yield from (f"{large}块以下的", f"{large}块以上的")
    yield from (f"{hundred} {ten}" for hundred in _HUNDREDS for ten in _TENS)
    yield from (f"{end}的{table.about}" for end in (*_DIGITS, *_TENS, *_HUNDREDS))
