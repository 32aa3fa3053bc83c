"""Written English as it is said: the same kinds of values as in spoken_mandarin.py, kept short; pure."""

from __future__ import annotations

import re
from collections.abc import Callable

_ONES = (
    *("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"),
    *("thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"),
)
_TENS = ("zero", "ten", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
_ORDINALS = {"one": "first", "two": "second", "three": "third", "five": "fifth", "eight": "eighth", "nine": "ninth"}
_ORDINALS |= {"twelve": "twelfth"}
_SCALES = ((10**12, "trillion"), (10**9, "billion"), (10**6, "million"), (1000, "thousand"), (100, "hundred"))
_CURRENCIES = {"$": ("dollar", "cent"), "¥": ("yuan", "fen"), "€": ("euro", "cent"), "£": ("pound", "penny")}
_NUMBER = r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?"
_PARTS_OF_DAY = ((12, "in the morning"), (18, "in the afternoon"), (24, "in the evening"))
_OF_ANY_YEAR = re.compile(r"\s*--(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])(?!\d)")
_KEYS = {"*": "star", "#": "hash"}


def cardinal(whole: int) -> str:
    """A whole number of 0 to 10^15, such as one hundred twenty-eight."""
    if whole < 20:
        return _ONES[whole]
    if whole < 100:
        return _TENS[whole // 10] + (f"-{_ONES[whole % 10]}" if whole % 10 else "")
    size, name = next((size, name) for size, name in _SCALES if whole >= size)
    rest = f" {cardinal(whole % size)}" if whole % size else ""
    return f"{cardinal(whole // size)} {name}{rest}"


def ordinal(whole: int) -> str:
    """first, second, twentieth, twenty-first."""
    head, dash, last = cardinal(whole).rpartition("-")
    said = _ORDINALS.get(last) or (f"{last[:-1]}ieth" if last.endswith("y") else f"{last}th")
    return head + dash + said


def number(value: str) -> str:
    """A quantity with optional sign, decimals and thousands commas; anything else as running text."""
    if not re.fullmatch(rf"\s*[-+]?(?:{_NUMBER})\s*", value):
        return spoken_english(value)
    text = value.strip().replace(",", "")
    whole, _, decimals = text.lstrip("+-").partition(".")
    said = cardinal(int(whole)) if len(whole) <= 15 else digits(whole)
    return ("minus " if text.startswith("-") else "") + said + (f" point {digits(decimals)}" if decimals else "")


def digits(value: str) -> str:
    """A code sign by sign, letters named as themselves; a breath where it has a hyphen or a space."""
    parts = re.split(r"[\s\-()]+", value.strip())
    return ", ".join(
        " ".join(_ONES[int(sign)] if sign.isdigit() else sign for sign in re.findall(r"[A-Za-z0-9]", part))
        for part in parts
        if re.search(r"[A-Za-z0-9]", part)
    )


def phone(value: str) -> str:
    """A telephone number digit by digit; + is plus."""
    return ("plus " if value.strip().startswith("+") else "") + digits(value.replace("+", ""))


def year(value: str) -> str:
    """twenty twenty-six, two thousand five, nineteen oh four."""
    high, low = divmod(int(value), 100)
    if low == 0 or 2000 <= int(value) < 2010:
        return cardinal(int(value))
    return f"{cardinal(high)} {'oh ' if low < 10 else ''}{cardinal(low)}"


def date(value: str) -> str:
    """2026-11-20, 2026/11/20 or 20261120 as November twentieth, twenty twenty-six; anything else as running text."""
    if yearly := _OF_ANY_YEAR.match(value):
        return f"{_MONTHS[int(yearly[1]) - 1]} {ordinal(int(yearly[2]))}"
    found = re.match(r"\s*(\d{4})([-/.]?)(\d{1,2})\2(\d{1,2})(?!\d)", value)
    if not found or not (1 <= int(found[3]) <= 12 and 1 <= int(found[4]) <= 31):
        return digits(value) if found else spoken_english(value)
    return f"{_MONTHS[int(found[3]) - 1]} {ordinal(int(found[4]))}, {year(found[1])}"


def time(value: str) -> str:
    """10:30 as ten thirty, 9:05 as nine oh five, 14:00 as fourteen hundred; anything else as running text."""
    found = re.search(r"(?<!\d)(\d{1,2}):(\d{2})(?::\d{2})?", value)
    if not found:
        return spoken_english(value)
    hour, minute = int(found[1]), int(found[2])
    if minute == 0:
        return f"{cardinal(hour)} o'clock" if hour <= 12 else f"{cardinal(hour)} hundred"
    return f"{cardinal(hour)} {'oh ' if minute < 10 else ''}{cardinal(minute)}"


def datetime(value: str) -> str:
    """2026-11-20T15:00 as November twentieth, twenty twenty-six at three in the afternoon; --11-20T15:00 without the
    year; anything else as running text."""
    found = re.fullmatch(r"\s*(\S*\d)[T ](\d{1,2}):([0-5]\d)(?::\d{2})?\s*", value)
    if not found or int(found[2]) > 23:
        return spoken_english(value)
    hour, minute = int(found[2]), int(found[3])
    part = next(name for until, name in _PARTS_OF_DAY if hour < until)
    past = f" {'oh ' if minute < 10 else ''}{cardinal(minute)}" if minute else ""
    return f"{date(found[1])} at {cardinal(hour % 12 or 12)}{past} {part}"


def money(value: str, currency: str = "¥") -> str:
    """128.50 as one hundred twenty-eight yuan and fifty fen, $1.00 as one dollar; anything else as running text."""
    found = re.fullmatch(rf"\s*([$¥€£])?\s*(-?)(?:({_NUMBER}))\s*", value)
    if not found:
        return spoken_english(value)
    unit, part = _CURRENCIES[found[1] or currency]
    whole, _, rest = found[3].replace(",", "").partition(".")
    cents = int((rest + "00")[:2])
    said = [_counted(int(whole), unit)] if int(whole) or not cents else []
    return ("minus " if found[2] else "") + " and ".join(said + ([_counted(cents, part)] if cents else []))


def _counted(count: int, unit: str) -> str:
    plural = {"yuan": "yuan", "fen": "fen", "penny": "pence"}.get(unit, f"{unit}s")
    return f"{cardinal(count)} {unit if count == 1 else plural}"


_RULES: tuple[tuple[str, Callable[[re.Match[str]], str]], ...] = (
    (r"(?<!\d)\d{4}([-/])\d{1,2}\1\d{1,2}(?!\d)", lambda found: date(found[0])),
    (r"(?<!\d)(?:[01]?\d|2[0-4]):[0-5]\d(?!\d)", lambda found: time(found[0])),
    (rf"[$¥€£]\s*(?:{_NUMBER})", lambda found: money(found[0])),
    (rf"({_NUMBER})\s*%", lambda found: f"{number(found[1])} percent"),
    (r"\+?\d{3,4}(?:-\d{3,8})+|\+\d[\d -]{6,}\d", lambda found: phone(found[0])),
    (r"\b[A-Za-z]+-?\d+\b", lambda found: digits(found[0])),
    (r"\b\d+(?:\.\d+){2,}", lambda found: " point ".join(cardinal(int(part)) for part in found[0].split("."))),
    (r"(?<![\d.,])(?:0\d+|\d{7,})(?![\d.,]*\d)", lambda found: digits(found[0])),
    (rf"(?<!\w)-?(?:{_NUMBER})", lambda found: number(found[0])),
    (r"\d", lambda found: f" {_ONES[int(found[0])]} "),
    (r"[*#]", lambda found: _KEYS[found[0]]),
    (r"&", lambda _: "and"),
    (r"\b[A-Z]{2,5}\b", lambda found: " ".join(found[0])),
)
_PATTERNS = tuple((re.compile(pattern), say) for pattern, say in _RULES)


def spoken_english(text: str) -> str:
    """`text` with every number, amount, date, time, code and abbreviation written out in words."""
    for pattern, say in _PATTERNS:
        text = pattern.sub(say, text)
    return text
