"""Mainland identity card numbers: six digits of area, eight of birth, three of order, one check character.

GB 11643-1999: the check character is ISO 7064 MOD 11-2, X standing for ten. The area is judged by its province alone,
because districts were renumbered and old cards keep their old numbers. Old cards of fifteen digits have no check.
"""

from __future__ import annotations

from datetime import date

from ivr.understanding.entities.faults import Fault, of_length

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECKS = "10X98765432"
_PROVINCES = frozenset(
    (*range(11, 16), *range(21, 24), *range(31, 38), *range(41, 47), *range(50, 55), *range(61, 66), 71, 81, 82, 83)
)
_FIRST_YEAR = 1880


def check_character(first_seventeen: str) -> str:
    """The eighteenth character after seventeen digits."""
    return _CHECKS[sum(weight * int(digit) for weight, digit in zip(_WEIGHTS, first_seventeen, strict=True)) % 11]


def fault_of_id_card(value: str, today: date | None = None) -> Fault | None:
    """What is wrong with `value` (ASCII digits, perhaps X at the end), None if it is one; `today` bounds the birth."""
    if len(value) == 15 and value.isdigit():
        return _fault_of_area_and_birth(value[:6], f"19{value[6:12]}", today)
    length = of_length(len(value), 18, "id_card")
    if length is not None:
        return length
    if not value[:17].isdigit() or not (value[17].isdigit() or value[17] == "X"):
        return Fault("wrong_check_digit", "id_card")
    wrong = _fault_of_area_and_birth(value[:6], value[6:14], today)
    if wrong is None and check_character(value[:17]) != value[17]:
        return Fault("wrong_check_digit", "id_card")
    return wrong


def birth(value: str) -> date | None:
    """The day of birth in a number of 15 or 18; None where there is no such day."""
    written = value[6:14] if len(value) == 18 else f"19{value[6:12]}"
    try:
        return date(int(written[:4]), int(written[4:6]), int(written[6:8]))
    except ValueError:
        return None


def _fault_of_area_and_birth(area: str, born: str, today: date | None) -> Fault | None:
    if int(area[:2]) not in _PROVINCES:
        return Fault("unknown_area", "id_card")
    try:
        day = date(int(born[:4]), int(born[4:6]), int(born[6:8]))
    except ValueError:
        return Fault("no_such_date", "id_card")
    if day.year < _FIRST_YEAR:
        return Fault("no_such_date", "id_card")
    return Fault("future", "id_card") if today is not None and day > today else None
