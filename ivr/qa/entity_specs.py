"""How found entities are judged by public specifications: Recognizers-Text files, and lines of inverse normalisation.

A specification file is `Family__Model.json`: cases with an input, perhaps the time at which it is said, and what is to
be found. A case is right when exactly the expected entities are found, no more and no fewer, each at its place: the
same text (width and case aside) from the same character, and the same value as the model's adapter compares it. A case
without results is right when nothing is found. Timex strings are not compared (this project makes none); the values
that they resolve to are.

An adapter says which kinds of entities stand for a model, and when a value is the expected one. Adapters live in
modules `ivr.qa.entity_specs_<family>`, each with `ADAPTERS`, a mapping from the model's file name without `.json`; they
are found by their names.

Cases that the specification marks as unsupported even by its reference implementation (.NET) are judged too, but
counted apart.
"""

from __future__ import annotations

import importlib
import json
import pkgutil
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import ivr.qa
from ivr.errors import UsageError
from ivr.understanding.entities.entity import Entity

_REFERENCE = "dotnet"
DEFAULT_AT = datetime(2016, 11, 7)  # noqa: DTZ001 - wall clock; the specifications' own where a case names none
_PREFIX = "entity_specs_"


@dataclass(frozen=True, slots=True)
class Expected:
    """`text` at character `start` (None: anywhere). `type` is the specification's own name of what it is; `value` is
    its whole resolution, {} where a model finds places only."""

    text: str
    start: int | None
    type: str
    value: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class SpecCase:
    """`at`: when it is said, on the wall clock. `apart`: marked as unsupported by the reference."""

    input: str
    at: datetime
    expected: tuple[Expected, ...]
    apart: bool = False


@dataclass(frozen=True, slots=True)
class Adapter:
    """`kinds` to ask the finder for; `same(expected, entity, case)`: whether the value (not the place) is right.

    `finder`: what to ask instead of entities/find.py, where a model judges one layer alone or reads by other customs.
    """

    kinds: frozenset[str]
    same: Callable[[Expected, Entity, SpecCase], bool]
    finder: Callable[[SpecCase], Sequence[Entity]] | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """`expected` and `found` in words, for a person who reads what went wrong."""

    right: bool
    expected: str
    found: str


def adapters() -> dict[str, Adapter]:
    """All there are, by model."""
    known: dict[str, Adapter] = {}
    for module in pkgutil.iter_modules(ivr.qa.__path__):
        if module.name.startswith(_PREFIX):
            known.update(importlib.import_module(f"ivr.qa.{module.name}").ADAPTERS)
    return known


def load_cases(path: Path, at: datetime | None = None) -> list[SpecCase]:
    """The cases of a file, said at `at` where they do not say when. Raises UsageError."""
    try:
        written = json.loads(path.read_text(encoding="utf-8-sig"))
        return [_case(case, at or DEFAULT_AT) for case in written]
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise UsageError(f"{path} is no specification of entities ({error}): give Recognizers-Text's JSON.") from error


def _case(written: Mapping[str, Any], at: datetime) -> SpecCase:
    said_at = (written.get("Context") or {}).get("ReferenceDateTime")
    marks = f"{written.get('NotSupported', '')},{written.get('NotSupportedByDesign', '')}".lower()
    return SpecCase(
        written["Input"],
        datetime.fromisoformat(said_at) if said_at else at,
        tuple(_expected(result) for result in written["Results"]),
        apart=_REFERENCE in {mark.strip() for mark in marks.split(",")},
    )


def _expected(result: Mapping[str, Any]) -> Expected:
    value = result.get("Resolution", result.get("Value")) or {}
    return Expected(result["Text"], result.get("Start"), result.get("TypeName") or result.get("Type") or "", value)


def judge(case: SpecCase, found: Sequence[Entity], adapter: Adapter) -> Verdict:
    """Whether `found` is exactly what `case` expects."""
    left = list(found)
    right = True
    for expected in case.expected:
        match = next((entity for entity in left if _same_place(expected, entity)), None)
        if match is None or not adapter.same(expected, match, case):
            right = False
        if match is not None:
            left.remove(match)
    right = right and not left
    return Verdict(right, _in_words(case.expected), "; ".join(f"{e.text}@{e.start} {e.kind} {e.value}" for e in found))


def _in_words(expected: Iterable[Expected]) -> str:
    return "; ".join(f"{e.text}@{e.start} {e.type} {dict(e.value)}" for e in expected)


def _same_place(expected: Expected, entity: Entity) -> bool:
    return plain(expected.text) == plain(entity.text) and expected.start in (None, entity.start)


def plain(text: str) -> str:
    """`text` as places are compared: narrow, lower case, without spaces around."""
    return unicodedata.normalize("NFKC", text).casefold().strip()
