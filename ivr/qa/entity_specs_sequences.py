"""Telephone numbers and yes or no, judged by the specifications of sequences and choices.

A telephone number is right by its digits: the specification keeps the caller's spaces and dashes in the value, and the
place, which is judged already, holds them. Its scores are another project's habit and are not compared.
"""

from __future__ import annotations

from ivr.qa.entity_specs import Adapter, Expected, SpecCase
from ivr.understanding.entities.entity import Entity


def _digits(value: object) -> str:
    return "".join(character for character in str(value) if character.isdigit())


def _same_phone(expected: Expected, entity: Entity, case: SpecCase) -> bool:
    del case
    return _digits(expected.value.get("value", "")) == _digits(entity.value)


def _same_answer(expected: Expected, entity: Entity, case: SpecCase) -> bool:
    del case
    return expected.value.get("value") is entity.value


ADAPTERS = {
    "Sequence__PhoneNumberModel": Adapter(frozenset(["phone"]), _same_phone),
    "Choice__BooleanModel": Adapter(frozenset(["yes_no"]), _same_answer),
}
