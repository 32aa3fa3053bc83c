"""The flow language as a page: every word of the schema with its meaning, in Markdown.

The meanings are the docstrings of schema.py and nothing else, so the page cannot say what the language does not
do. `ivr reference flow` prints it; docs/flows.md holds it between marks, and a test fails when that lags behind.
"""

from __future__ import annotations

import types
import typing
from typing import Any, Literal

from pydantic import BaseModel
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from ivr.flow import scalars, schema, slot_schema, step_schema, table_schema
from ivr.flow.field_docs import field_docs

WORDS: tuple[type[BaseModel], ...] = (
    schema.Hotline,
    step_schema.Step,
    slot_schema.Slot,
    step_schema.Branch,
    step_schema.Call,
    step_schema.Answer,
    step_schema.Verify,
    step_schema.Record,
    step_schema.Survey,
    step_schema.Callback,
    step_schema.Run,
    step_schema.Handing,
    slot_schema.Patience,
    schema.Person,
    schema.Variable,
    schema.Hours,
    schema.Routine,
    schema.Promise,
    schema.IntentFile,
    schema.FaqFile,
    schema.FaqItem,
    table_schema.Table,
    table_schema.Attribute,
    table_schema.Row,
)
"""The models that a designer writes, in the order of the page."""

_ALIASES: tuple[tuple[Any, str], ...] = (
    (scalars.Prompt, "text, or a list of variants, or either by language"),
    (scalars.Names, "name, or a list of names"),
    (scalars.Name, "name"),
    (scalars.Key, "key"),
    (scalars.Seconds, "length of time"),
    (scalars.Expr, "expression"),
    (scalars.OpeningHours, "opening hours"),
    (scalars.Count, "whole number"),
    (scalars.Amount, "number"),
    (scalars.Limit, "day or time"),
    (scalars.Length, "number, or two as in `6-12`"),
    (step_schema.TypeName, "type"),
)
_PLAIN: dict[object, str] = {str: "text", float: "number", bool: "`true` or `false`"}


def reference() -> str:
    """The whole language: a table a model, a row a word."""
    return "\n\n".join(_table(model) for model in WORDS)


def _table(model: type[BaseModel]) -> str:
    hints, docs = typing.get_type_hints(model, include_extras=True), field_docs(model)
    rows = [
        f"| `{info.alias or name}` | {_written(hints[name])} | {_left_out(info, hints[name])} | {_told(docs, name)} |"
        for name, info in model.model_fields.items()
        if not info.exclude
    ]
    head = ["| word | what is written | left out | meaning |", "|---|---|---|---|"]
    return "\n".join([f"### {model.__name__}", "", model.__doc__ or "", "", *head, *rows])


def _told(docs: dict[str, str], name: str) -> str:
    return docs.get(name, "").replace("\n", " ").replace("|", "\\|")


def _left_out(info: FieldInfo, hint: Any) -> str:
    """What holds when the word is not written; "" where nothing does, or where the meaning tells."""
    default = info.default
    if default is PydanticUndefined:
        return "must be given"
    if isinstance(default, BaseModel) or default is None or default in ([], {}):
        return ""
    if isinstance(default, bool):
        return f"`{str(default).lower()}`"
    if isinstance(default, tuple):
        return f"`{default[0]}-{default[1]}`"
    if isinstance(default, float):
        return f"`{default:g}{'s' if 'length of time' in _written(hint) else ''}`"
    return f"`{default}`"


def _written(hint: Any) -> str:
    """A type in a designer's words."""
    if words := next((words for alias, words in _ALIASES if hint == alias), ""):
        return words
    origin, inner = typing.get_origin(hint), typing.get_args(hint)
    if origin is None:
        is_model = isinstance(hint, type) and issubclass(hint, BaseModel)
        return f"[{hint.__name__}](#{hint.__name__.lower()})" if is_model else _PLAIN.get(hint, str(hint))
    if origin in {typing.Union, types.UnionType}:
        return " or ".join(_written(part) for part in inner if part is not type(None))
    if origin is Literal:
        return " or ".join(f"`{value}`" for value in inner)
    return {typing.Annotated: _annotated, tuple: _pair, list: _list, dict: _lines}[origin](inner)


def _pair(inner: tuple[Any, ...]) -> str:
    del inner
    return "number, or two as in `6-12`"


def _list(inner: tuple[Any, ...]) -> str:
    return f"list of {_written(inner[0])}"


def _lines(inner: tuple[Any, ...]) -> str:
    return f"lines of {_written(inner[0])}`:` {_written(inner[1])}"


def _annotated(inner: tuple[Any, ...]) -> str:
    """An annotated type whose own annotations are no alias of the schema's, or only narrow one."""
    for alias, words in _ALIASES:
        known = typing.get_args(alias)
        if inner[: len(known)] == known:
            return words
    words = _written(inner[0])
    return f"name, or {words}" if words == "[Handing](#handing)" else words
