"""Values that are typed: keys have digits, and a star for what else there is.

Decided: * is the point of an amount and the X of an identity card, where one can stand; everywhere else it begins anew.
A date has eight digits, a time four, both together twelve; an address and a plate cannot be typed.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time
from decimal import Decimal

from ivr.understanding.entities.bank_cards import fault_of_bank_card
from ivr.understanding.entities.entity import Money
from ivr.understanding.entities.faults import Fault
from ivr.understanding.entities.id_cards import fault_of_id_card
from ivr.understanding.entities.phones import fault_of_phone
from ivr.understanding.result import Wanted
from ivr.understanding.slots import as_text, fault_of, order_fault

_VALIDATORS: dict[str, Callable[[str, date | None], Fault | None]] = {
    "phone": lambda value, _: fault_of_phone(value),
    "id_card": fault_of_id_card,
    "bank_card": lambda value, _: fault_of_bank_card(value),
}


def from_keys(keys: str, wanted: Wanted, at: datetime | None) -> tuple[str, str]:
    """(value, fault) of what was keyed: * is the point of an amount and the X of an ID card; a date has eight digits, a
    time four, both together twelve."""
    written = _written(keys, wanted.kind)
    if wanted.kind in _VALIDATORS:
        return written, str(_VALIDATORS[wanted.kind](written, at.date() if at else None) or "")
    value = _keyed_value(written, wanted)
    if value is None:
        return keys, str(Fault("no_such_date" if wanted.kind in {"date", "datetime"} else "out_of_range", wanted.kind))
    if wanted.kind == "order":
        return written, str(order_fault(written, wanted) or "")
    return as_text(value), fault_of(value, wanted, at)


def longest_keys(wanted: Wanted) -> int:
    """How many keys a value has at most; 0 where keys cannot write it."""
    counts = {"date": 8, "time": 4, "datetime": 12, "money": 12, "number": 12, "phone": 12, "id_card": 18}
    return {**counts, "bank_card": 19, "order": (wanted.length or (0, 30))[1]}.get(wanted.kind, 0)


def star_writes(keys: str, wanted: Wanted) -> bool:
    """Whether * after `keys` is a sign of the value; else it begins anew."""
    if wanted.kind == "id_card":
        return len(keys) == 17
    return wanted.kind in {"money", "number"} and keys != "" and "*" not in keys


def _keyed_value(written: str, wanted: Wanted) -> object:
    """What keys write, or None."""
    if wanted.kind == "order":
        return written
    try:
        if wanted.kind in {"money", "number"}:
            return Money(Decimal(written)) if wanted.kind == "money" else Decimal(written)
        return _keyed_moment(written, wanted.kind)
    except (ValueError, ArithmeticError):
        return None


def _keyed_moment(written: str, kind: str) -> object:
    """20261121, 1500, or both together. Raises ValueError."""
    has_day = kind != "time" and len(written) in {8, 12}
    has_time = kind != "date" and len(written) in {4, 12}
    day = date.fromisoformat(written[:8]) if has_day else None
    clock = time(int(written[-4:-2]), int(written[-2:])) if has_time else None
    return datetime.combine(day, clock) if day and clock else day or clock


def _written(keys: str, kind: str) -> str:
    return keys.replace("*", "X" if kind == "id_card" else ".")
