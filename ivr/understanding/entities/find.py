"""All entities in a turn: the finders of the wanted kinds run, then what overlaps is settled.

Of two that overlap the longer stays; of two that are equally long the one that is not a guess (confidence under
0.7), then the more specific (money before a number), then the one that begins first. Kinds that were not asked for
never push out those that were: the number in 百分之五 is found by who asks for numbers alone.

Corrections are carried out before all finders (三份不对四份 holds one number), except that of yes and no, to whom 不对
is an answer; an entity spans what was taken back inside it. 不是三是五 holds two numbers: slots.py chooses.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from ivr.understanding.entities.addresses import find_addresses
from ivr.understanding.entities.corrections import Correction, corrected
from ivr.understanding.entities.dates import KINDS as DATE_KINDS
from ivr.understanding.entities.dates import find_dates
from ivr.understanding.entities.entity import Entity
from ivr.understanding.entities.identifiers import find_identifiers
from ivr.understanding.entities.money import find_money
from ivr.understanding.entities.number_ranges import find_number_ranges
from ivr.understanding.entities.numbers import find_numbers, find_ordinals
from ivr.understanding.entities.percent import find_percents
from ivr.understanding.entities.products import find_products
from ivr.understanding.entities.quantities import find_ages, find_dimensions, find_temperatures
from ivr.understanding.entities.yes_no import find_yes_no

_GUESS = 0.7
_SPECIFIC = (
    *("id_card", "bank_card", "phone", "plate", "email", "address", "product"),
    *("datetime_range", "date_range", "time_range", "datetime", "date", "time", "duration"),
    *("money", "percent", "age", "temperature", "dimension", "number_range", "fraction", "ordinal", "yes_no"),
    *("number", "postcode", "digits", "currency", "temperature_unit"),
)
_RANK = {kind: rank for rank, kind in enumerate(_SPECIFIC)}

Finder = Callable[[str, datetime, frozenset[str]], list[Entity]]
_FINDERS: tuple[tuple[frozenset[str], Finder], ...] = (
    (frozenset({"number", "fraction"}), lambda text, _at, _wanted: find_numbers(text)),
    (frozenset({"ordinal"}), lambda text, _at, _wanted: find_ordinals(text)),
    (frozenset({"number_range"}), lambda text, _at, _wanted: find_number_ranges(text)),
    (frozenset({"percent"}), lambda text, _at, _wanted: find_percents(text)),
    (frozenset({"money", "currency"}), lambda text, _at, _wanted: find_money(text)),
    (frozenset({"age"}), lambda text, _at, _wanted: find_ages(text)),
    (frozenset({"dimension"}), lambda text, _at, _wanted: find_dimensions(text)),
    (frozenset({"temperature", "temperature_unit"}), lambda text, _at, _wanted: find_temperatures(text)),
    (DATE_KINDS, lambda text, at, wanted: find_dates(text, at, kinds=wanted & DATE_KINDS)),
    (
        frozenset({"phone", "id_card", "bank_card", "plate", "digits", "postcode", "email"}),
        lambda text, at, _wanted: find_identifiers(text, at),
    ),
    (frozenset({"address"}), lambda text, _at, _wanted: find_addresses(text)),
)
KINDS = frozenset(kind for kinds, _ in _FINDERS for kind in kinds) | {"product", "yes_no"}
"""Every kind that can be asked for."""


def find(
    text: str,
    at: datetime,
    *,
    kinds: Collection[str] | None = None,
    language: str = "zh-CN",
    names: Mapping[str, Sequence[str]] | None = None,
) -> tuple[Entity, ...]:
    """What `text`, said at `at` (naive, the hotline's wall clock), names, from the left, without overlaps.

    `kinds`: only these (None: all). `names`: each product's name with its other names. Callers mix languages, so every
    finder reads Mandarin and English whatever the `language` of the turn.
    """
    del language
    wanted = KINDS if kinds is None else frozenset(kinds)
    correction = corrected(text, contrasts=False)
    found = [
        _as_said(entity, correction, text)
        for made, finder in _FINDERS
        if made & wanted
        for entity in finder(correction.text, at, wanted)
        if entity.kind in wanted
    ]
    if "yes_no" in wanted:
        found += find_yes_no(text)
    if names and "product" in wanted:
        found += [_as_said(entity, correction, text) for entity in find_products(correction.text, names)]
    return settled(found)


def _as_said(entity: Entity, correction: Correction, text: str) -> Entity:
    if not correction.changed:
        return entity
    start, end = correction.span(entity.start, entity.end)
    return replace(entity, start=start, end=end, text=text[start:end])


def settled(found: Sequence[Entity]) -> tuple[Entity, ...]:
    """`found` without overlaps, from the left."""
    kept: list[Entity] = []
    for entity in sorted(found, key=_order):
        if all(entity.end <= other.start or other.end <= entity.start for other in kept):
            kept.append(entity)
    return tuple(sorted(kept, key=lambda entity: entity.start))


def _order(entity: Entity) -> tuple[int, bool, int, int]:
    rank = _RANK.get(entity.kind, len(_SPECIFIC))
    return entity.start - entity.end, entity.confidence < _GUESS, rank, entity.start
