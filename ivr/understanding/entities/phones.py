"""Telephone numbers: mainland ones by their plan, all others by their look.

Mainland: mobiles are 1[3-9] and nine digits; fixed lines 0, an area code of two or three, seven or eight digits;
400 and 800 ten digits; 95 and 96 five to eight. Everything else written with digits, spaces, dots, dashes and brackets
is a number if a person would dial it: 7 to 15 digits (ITU-T E.164), set in groups, and neither a date, an address of
the network, a sum, nor part of a longer code. How sure that is depends on the groups, the plus, and the words around.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from ivr.understanding.entities.faults import Fault, of_length

_SEPARATOR = r"[ .\-/]{0,3}"
_EXTENSION = r"(?P<extension> ?(?:x|ext\.?|转|分机号?|extension) ?(?P<inner>[0-9]{1,6})(?![0-9]))?"
_WRITTEN = re.compile(
    r"(?P<number>(?:\(?\+|(?<![0-9])\((?= ?\+?[0-9]))?"
    rf" ?[0-9](?:{_SEPARATOR}[()]{{0,2}}{_SEPARATOR}[0-9]){{5,24}}){_EXTENSION}",
    re.ASCII,
)
_MAINLAND = (
    (re.compile(r"(?:\+?86|0086)?1[3-9][0-9]{9}"), 1.0),
    (re.compile(r"(?:(?:\+?86|0086)0?|0)(?:10|2[0-9]|[3-9][0-9]{2})[2-9][0-9]{6,7}"), 0.95),
    (re.compile(r"[48]00[0-9]{7}"), 0.95),
)
_SERVICE = re.compile(r"(?:95[0-9]{3,6}|96[0-9]{3,4}|1(?:10|19|20|22|0000|0086|0010|2345|2315))")
_DATE = re.compile(r"[0-9]{1,2}([-/.])[0-9]{1,2}\1(?:19|20)[0-9]{2}|(?:19|20)[0-9]{2}([-/.])[0-9]{1,2}\2[0-9]{1,2}")
_YEARS = re.compile(r"(?:19|20)[0-9]{2} ?[-/] ?(?:19|20)[0-9]{2}")
_NETWORK_ADDRESS = re.compile(r"[0-9]{1,3}(?:\.[0-9]{1,3}){3}")
_DECIMAL = re.compile(r"[0-9]+\.[0-9]+")
_DASHES_ONLY = re.compile(r"(?!0)\+?[0-9]{1,4}(?:-[0-9]{1,4}){4,}")
_SHORT_LOCAL = re.compile(r"[01][0-9]{2}-[0-9]{4}")
_ABROAD = re.compile(r"\+[0-9]{7,15}|00[0-9]{9,15}")
_INWARD = re.compile(r"-([0-9]{3,5})$")
_LONGEST = 15  # E.164
_NESTED = re.compile(r"\([^)]*\(")
_HEXADECIMAL = re.compile(r"\b[0-9a-f]{2}(?: [0-9a-f]{2}){5,}\b", re.ASCII)
_NOT_BEFORE = frozenset("#=*%+$€£¥￥&_/\\.")
_NOT_AFTER = re.compile(
    r"[a-z0-9#=*%+_:\\]|[-/.][a-z0-9]| ?[=*+×÷] ?[0-9]| [a-f][0-9]\b"
    r"|[万亿元块]|美元|欧元|公里|千米|[年月]|个(?!人)|人[^工]"
)
_GROUPED = re.compile(r"[0-9][ .\-/()]+[0-9]")


@dataclass(frozen=True, slots=True)
class Phone:
    """A number as it stands at [start, end); `value` is dialled: digits, + first if written, x before an extension."""

    start: int
    end: int
    value: str
    confidence: float


def mainland_confidence(value: str) -> float:
    """How surely `value` (digits, perhaps + first) is a complete mainland number, by its plan alone; 0 if none."""
    return next((sure for pattern, sure in _MAINLAND if pattern.fullmatch(value)), 0.0)


def is_service_number(value: str) -> bool:
    """Whether `value` is one of the short numbers of banks, carriers and emergencies."""
    return _SERVICE.fullmatch(value) is not None


def fault_of_phone(value: str) -> Fault | None:
    """What is wrong with a mainland number meant as such, None if nothing is. Fixed lines are told by their zero."""
    plain = re.sub(r"^(?:\+|00)86(?=1)", "", value.partition("x")[0])
    if mainland_confidence(plain) or is_service_number(plain) or _ABROAD.fullmatch(plain):
        return None
    if plain.startswith("0"):
        wanted = 11 if plain.startswith(("010", "02")) else 12
        least = 11
        if len(plain) < least:
            return Fault("too_short", "landline", least - len(plain), least)
        return Fault("too_long", "landline", len(plain) - wanted, wanted) if len(plain) > wanted else None
    if plain.startswith(("400", "800")) and len(plain) < 11:
        return of_length(len(plain), 10, "landline")
    if 7 <= len(plain) <= 8 and plain[0] in "2345678":
        return None
    length = of_length(len(plain), 11, "phone")
    return length or Fault("wrong_start", "phone")


def written_phones(plain: str) -> list[Phone]:
    """Numbers in figures in `plain` (folded), from the left. `confidence` is that of the look alone."""
    masked = _HEXADECIMAL.sub(lambda found: "~" * len(found[0]) if re.search("[a-f]", found[0]) else found[0], plain)
    found: list[Phone] = []
    for match in _WRITTEN.finditer(masked):
        start, end = match.start("number"), match.end("number")
        for begin, finish in _apart(masked, *_balanced(masked, start, end)):
            stop = match.end() if finish == end and match["extension"] else finish
            phone = _phone(masked, begin, finish, stop, (match["inner"] or "") if stop != finish else "")
            if phone is not None:
                found.append(phone)
    return found


def _phone(plain: str, start: int, end: int, stop: int, inner: str) -> Phone | None:
    written = plain[start:end]
    digits = "".join(character for character in written if character.isdigit())
    inward = _INWARD.search(written) if len(digits) > _LONGEST else None
    if (
        not 7 <= len(digits) - (len(inward[1]) if inward else 0) <= _LONGEST
        or _looks_else(written)
        or not _stands_free(plain, start, stop, written)
    ):
        return None
    value = ("+" if "+" in written else "") + digits + (f"x{inner}" if inner else "")
    return Phone(start, stop, value, _confidence(written, digits))


def _confidence(written: str, digits: str) -> float:
    if known := mainland_confidence(("+" if "+" in written else "") + digits):
        return known
    if "+" in written or written.startswith("00"):
        return 0.9
    if _GROUPED.search(written):
        return 0.8 if len(digits) >= 9 else 0.5
    return 0.4 if len(digits) in (8, 9, 10) else 0.3


def _looks_else(written: str) -> bool:
    return (
        any(pattern.fullmatch(written) for pattern in (_DATE, _YEARS, _NETWORK_ADDRESS, _DECIMAL, _DASHES_ONLY))
        or _SHORT_LOCAL.fullmatch(written) is not None
        or _NESTED.search(written) is not None
        or len(re.findall(r"[0-9]+", written)) > 8
    )


def _stands_free(plain: str, start: int, end: int, written: str) -> bool:
    """Whether the number is no part of a code, a sum, a price or a time."""
    before, two_before = plain[max(0, start - 1) : start], plain[max(0, start - 2) : max(0, start - 1)]
    if before and (before in _NOT_BEFORE or (before.isascii() and before.isalnum())):
        return False
    if before in ("-", ":", "("):
        joined = two_before.isascii() and two_before.isalnum() and two_before != ""
        if (before == "-" and (joined or not _GROUPED.search(written))) or (before == ":" and two_before.isdigit()):
            return False
    if before == "," and two_before.isdigit() and not (written[0] in "0+(" or len(written) >= 10):
        return False
    return _NOT_AFTER.match(plain, end) is None


def _balanced(plain: str, start: int, end: int) -> tuple[int, int]:
    """[start, end) without a bracket that has no partner: (19 358 is 19 358, and 19) 358 is 358."""
    written = plain[start:end]
    if written.count("(") == written.count(")"):
        return start, end
    if written.startswith("(") and ")" not in written:
        return start + 1, end
    close = written.find(")")
    if "(" not in written and written[close + 1 : close + 2] == " ":
        start += close + 1
        while plain[start] in " -./":
            start += 1
    return start, end


def _apart(plain: str, start: int, end: int) -> list[tuple[int, int]]:
    """The places of two or more whole numbers with only a space between them; else the one place."""
    parts = [match.span() for match in re.finditer(r"\S+(?: \S{1,4}(?= |$))*", plain[start:end])]
    words = [(start + first, start + last) for first, last in parts]
    whole = [sum(character.isdigit() for character in plain[first:last]) >= 7 for first, last in words]
    dialled = plain[start:end].startswith(("+", "(+", "00"))  # a country's code may stand apart
    return words if len(words) > 1 and all(whole) and not dialled else [(start, end)]
