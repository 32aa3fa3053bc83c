"""One thing named in a turn, where it stands in the text, and what it is worth.

Finders are pure functions `find_<kinds>(text, at, ...) -> list[Entity]`, one file a family; find.py runs them and
settles what overlaps. `at` is the call's own clock: no finder asks the machine's.

| kind | value |
|---|---|
| number, ordinal | Decimal |
| number_range | tuple (least or None, most or None) of Decimal |
| fraction | Fraction |
| percent | Decimal, of a hundred |
| money | Money |
| currency | str, its code: a currency named without a sum |
| temperature_unit | str: a scale named without a temperature |
| age, dimension, temperature | Quantity |
| date | datetime.date |
| time | datetime.time |
| datetime | datetime.datetime, naive, on the hotline's wall clock |
| date_range, time_range, datetime_range | tuple (start, end) of these, the end not within |
| duration | Decimal, in seconds |
| holiday is a date | |
| phone, id_card, bank_card, plate, digits, postcode, email | str, as written: ASCII digits and letters without spaces |
| address | Address (addresses.py) |
| product | str, the name in the flow's list |
| yes_no | bool |
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Money:
    """`amount` in units of `currency` (ISO 4217; CNY where the caller names none)."""

    amount: Decimal
    currency: str = "CNY"


@dataclass(frozen=True, slots=True)
class Quantity:
    """`amount` of `unit`, an English singular name such as "kilogram"."""

    amount: Decimal
    unit: str


@dataclass(frozen=True, slots=True)
class Entity:
    """`text` is what stands at [start, end) of the text that was given, in characters. `confidence` in [0, 1]: 1 is
    said in full; less where sound, habit or the context had to fill in. `fault`: why a validator refuses the value
    ("" if it does not), a word of `faults.py`; such an entity is still found, so that a reprompt can help. `why`: one
    sentence of English."""

    kind: str
    start: int
    end: int
    text: str
    value: object
    confidence: float = 1.0
    fault: str = ""
    why: str = ""
