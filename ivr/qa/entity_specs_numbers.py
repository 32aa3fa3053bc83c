"""Numbers and measures as Recognizers-Text writes their resolutions.

Values are compared as numbers, to twelve digits (the specifications print fifteen). A range's limits are compared, not
whether its brackets are open. A unit is compared by its English name, case aside; a currency by its code where the
specification names one.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction

from ivr.qa.entity_specs import Adapter, Expected, SpecCase
from ivr.understanding.entities.entity import Entity, Money, Quantity

_RANGE = re.compile(r"[\[(]\s*([^,]*),([^\])]*)[\])]")
_UNITS = {
    "c": "celsius",
    "f": "fahrenheit",
    "k": "kelvin",
    "ton": "metric ton",
    "microns": "micrometer",
    "square centimetre": "square centimeter",
    "cubic feet": "cubic foot",
}
_CURRENCIES = {
    "dollar": "USD",
    "bitcoin": "XBT",
    "pound": "GBP",
    "franc": "CHF",
    "ruble": "RUB",
    "rupee": "INR",
    "peso": "PHP",
    "krone": "SEK",
}
"""What the specifications name without a country, as this project takes it."""


def _equal(expected: object, found: object) -> bool:
    if not isinstance(found, Decimal | Fraction | int):
        return False
    try:
        return math.isclose(float(str(expected)), float(found), rel_tol=1e-12, abs_tol=1e-15)
    except ValueError:
        return False


def _number(expected: Expected, entity: Entity, _: SpecCase) -> bool:
    return _equal(expected.value.get("value"), entity.value)


def _percent(expected: Expected, entity: Entity, _: SpecCase) -> bool:
    return _equal(str(expected.value.get("value")).removesuffix("%"), entity.value)


def _range(expected: Expected, entity: Entity, _: SpecCase) -> bool:
    match = _RANGE.fullmatch(str(expected.value.get("value")))
    if match is None or not isinstance(entity.value, tuple):
        return False
    wanted = [limit.strip() or None for limit in match.groups()]
    return all(
        found is None if limit is None else found is not None and _equal(limit, found)
        for limit, found in zip(wanted, entity.value, strict=True)
    )


def _quantity(expected: Expected, entity: Entity, _: SpecCase) -> bool:
    unit = str(expected.value.get("unit")).lower()
    unit = _UNITS.get(unit, unit)
    if expected.value.get("value") is None:
        return entity.value == unit
    amount = entity.value
    return isinstance(amount, Quantity) and amount.unit == unit and _equal(expected.value["value"], amount.amount)


def _money(expected: Expected, entity: Entity, _: SpecCase) -> bool:
    code = expected.value.get("isoCurrency") or _CURRENCIES.get(str(expected.value.get("unit")).lower())
    if expected.value.get("value") is None:
        return entity.value == code
    money = entity.value
    return isinstance(money, Money) and money.currency == code and _equal(expected.value["value"], money.amount)


def _adapter(same: Callable[[Expected, Entity, SpecCase], bool], *kinds: str) -> Adapter:
    return Adapter(frozenset(kinds), same)


ADAPTERS = {
    "Number__NumberModel": _adapter(_number, "number", "fraction"),
    "Number__OrdinalModel": _adapter(_number, "ordinal"),
    "Number__NumberRangeModel": _adapter(_range, "number_range"),
    "Number__PercentModel": _adapter(_percent, "percent"),
    "NumberWithUnit__AgeModel": _adapter(_quantity, "age"),
    "NumberWithUnit__CurrencyModel": _adapter(_money, "money", "currency"),
    "NumberWithUnit__DimensionModel": _adapter(_quantity, "dimension"),
    "NumberWithUnit__TemperatureModel": _adapter(_quantity, "temperature", "temperature_unit"),
}
