"""The flow language as a JSON Schema, for editors: completion, hover texts, a red line under what does not fit.

Decided: made from the same models and docstrings as the reference page, so that no second place tells the language.
An editor gets what is **written** (an expression is text), not what it becomes. What a schema cannot say, `ivr check`
does. One file holds all three kinds of file: a flow is its root, `#/$defs/IntentFile` and `#/$defs/FaqFile` the others.
"""

from __future__ import annotations

import inspect
import json
import types
import typing
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from pydantic import BaseModel
from pydantic_core import PydanticUndefined

from ivr.flow import scalars, step_schema
from ivr.flow.field_docs import field_docs
from ivr.flow.reference import WORDS

_TEXT = {"type": "string", "minLength": 1}
_SCALAR = {"type": ["string", "number"]}
_VARIANTS = {"anyOf": [_TEXT, {"type": "array", "items": _TEXT, "minItems": 1}]}
_LANGUAGES = {language: {"$ref": "#/$defs/variants"} for language in scalars.LANGUAGES}
_NAME = {"type": "string", "pattern": "^[A-Za-z_][A-Za-z0-9_]{0,63}$"}
_WRITTEN: dict[str, dict[str, Any]] = {
    "variants": _VARIANTS,
    "prompt": {
        "description": "A text, a list of variants of which the next is said each time, or either by language.",
        "anyOf": [
            {"$ref": "#/$defs/variants"},
            {"type": "object", "properties": _LANGUAGES, "additionalProperties": False, "minProperties": 1},
        ],
    },
    "expression": {
        "description": 'An expression such as `bill.amount > 100 and not open("day")`.',
        "type": ["string", "number", "boolean"],
    },
    "name": _NAME,
    "names": {"anyOf": [{"$ref": "#/$defs/name"}, {"type": "array", "items": {"$ref": "#/$defs/name"}}]},
    "time": {"description": "A length of time: 600ms, 5s, 1.5m.", **_SCALAR},
    "length": {"description": "8, or 6-12.", "type": ["string", "integer"]},
    "key": {"enum": list(scalars.KEYS)},
    "hours": {"description": "Such as `mon-fri 09:00-18:00`.", "type": "string"},
    "number": _SCALAR,
    "amount": {"description": "50, or 0.5.", **_SCALAR},
    "limit": {"description": "today, now, 30 days, 2 hours, 7 days ago, 2026-12-31 or 08:00.", "type": "string"},
    "count": {"type": ["integer", "string"]},
    "flag": {"type": "boolean"},
    "type": {"enum": list(typing.get_args(step_schema.TypeName))},
}
_Aliases = tuple[tuple[Any, str], ...]
_ALIASES: _Aliases = (
    (scalars.Prompt, "prompt"),
    (scalars.Expr, "expression"),
    (scalars.Names, "names"),
    (scalars.Name, "name"),
    (scalars.Seconds, "time"),
    (scalars.Length, "length"),
    (scalars.Key, "key"),
    (scalars.OpeningHours, "hours"),
    (scalars.Number, "number"),
    (scalars.Amount, "amount"),
    (scalars.Limit, "limit"),
    (scalars.Count, "count"),
    (scalars.Flag, "flag"),
    (step_schema.TypeName, "type"),
)


@dataclass(frozen=True, slots=True)
class WrittenForm:
    """How what a type holds is written: `kind` is the type or its annotation, `schema` what an editor is told."""

    kind: Any
    name: str
    schema: dict[str, Any]


def json_schema() -> dict[str, Any]:
    """The whole language as one JSON Schema (draft 2020-12)."""
    return schema_of("A hotline", WORDS)


def schema_of(title: str, models: Sequence[type[BaseModel]], forms: Sequence[WrittenForm] = ()) -> dict[str, Any]:
    """A JSON Schema of what `models` read, the first of which is a whole file; `forms` besides the flow language's."""
    aliases = (*((form.kind, form.name) for form in forms), *_ALIASES)
    defined = {model.__name__: _model(model, aliases) for model in models}
    root = {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": title}
    written = {**{form.name: form.schema for form in forms}, **_WRITTEN}
    return {**root, "$ref": f"#/$defs/{models[0].__name__}", "$defs": {**defined, **written}}


def json_schema_text(schema: dict[str, Any] | None = None) -> str:
    """A schema, left out the flow language's, as the file that editors read."""
    return json.dumps(schema or json_schema(), ensure_ascii=False, indent=1) + "\n"


def _model(model: type[BaseModel], aliases: _Aliases) -> dict[str, Any]:
    hints, docs = typing.get_type_hints(model, include_extras=True), field_docs(model)
    fields = {info.alias or name: (name, info) for name, info in model.model_fields.items() if not info.exclude}
    properties = {
        word: {**_of(hints[name], aliases), **({"description": docs[name]} if name in docs else {})}
        for word, (name, _) in fields.items()
    }
    required = [word for word, (_, info) in fields.items() if info.default is PydanticUndefined]
    made: dict[str, Any] = {"type": "object", "description": inspect.getdoc(model) or "", "properties": properties}
    return {**made, **({"required": required} if required else {}), "additionalProperties": False}


def _of(hint: Any, aliases: _Aliases) -> dict[str, Any]:  # noqa: PLR0911  a case a kind of type
    """The schema of what is written for a type."""
    if (alias := _alias(hint, aliases)) is not None:
        return {"$ref": f"#/$defs/{alias}"}
    origin, inner = typing.get_origin(hint), typing.get_args(hint)
    if origin is typing.Annotated:
        return _of_annotated(inner, aliases)
    if origin in {typing.Union, types.UnionType}:
        some = [_of(part, aliases) for part in inner if part is not type(None)]
        return some[0] if len(some) == 1 else {"anyOf": some}
    if origin is Literal:
        return {"enum": list(inner)}
    if origin is list:
        return {"type": "array", "items": _of(inner[0], aliases)}
    if origin is dict:
        names = {} if inner[0] is str else {"propertyNames": _of(inner[0], aliases)}
        return {"type": "object", "additionalProperties": _of(inner[1], aliases), **names}
    if isinstance(hint, type) and issubclass(hint, BaseModel):
        return {"$ref": f"#/$defs/{hint.__name__}"}
    plain: dict[Any, dict[str, Any]] = {str: _TEXT, float: _SCALAR, bool: _WRITTEN["flag"], Any: {}}
    return plain[hint]


def _alias(hint: Any, aliases: _Aliases) -> str | None:
    """The name of the written form that `hint` is, or only narrows."""
    annotated = typing.get_origin(hint) is typing.Annotated
    for alias, name in aliases:
        known = typing.get_args(alias)
        if hint == alias or (annotated and typing.get_args(hint)[: len(known)] == known):
            return name
    return None


def _of_annotated(inner: tuple[Any, ...], aliases: _Aliases) -> dict[str, Any]:
    made = _of(inner[0], aliases)
    is_handing = inner[0] is step_schema.Handing or step_schema.Handing in typing.get_args(inner[0])
    return {"anyOf": [{"$ref": "#/$defs/name"}, made]} if is_handing else made
