"""What pydantic finds, in the words of the person who wrote the file, at the line it stands on."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails
from rapidfuzz import process

from ivr.flow.document import Document
from ivr.flow.problem import Problem

_Model = TypeVar("_Model", bound=BaseModel)
_Path = tuple[str | int, ...]


def validate(document: Document, model: type[_Model]) -> tuple[_Model | None, list[Problem]]:
    """The document as a `model`, or None and everything that does not fit."""
    if not isinstance(document.data, dict):
        mend = f"begin with `{next(iter(model.model_fields))}:`"
        return None, [document.problem((), "the file holds no `name: value` lines", mend)]
    empty = {path: _empty(document, path) for path in _empty_places(document.data, ())}
    try:
        fitted = model.model_validate(document.data)
    except ValidationError as fault:
        errors = [error for error in fault.errors(include_url=False) if error["loc"] not in empty]
        return None, [*empty.values(), *(_problem(document, error, model) for error in errors)]
    return (None if empty else fitted), list(empty.values())


def _empty_places(data: Any, path: _Path) -> Iterator[_Path]:
    if data is None:
        yield path
    inside = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    for name, value in inside:
        yield from _empty_places(value, (*path, name))


def _empty(document: Document, path: _Path) -> Problem:
    """Nothing behind a colon or a dash: never meant, so never taken for "left out"."""
    if isinstance(path[-1], int):
        return document.problem(path, "an item of the list is empty", "write it behind the dash, or remove the line")
    mend = "write its value behind the colon, or remove the line"
    return document.problem(path, f"`{path[-1]}` is empty", mend, key=True)


def _problem(document: Document, error: ErrorDetails, model: type[BaseModel]) -> Problem:
    """One of pydantic's findings in the designer's words."""
    path = tuple(part for part in error["loc"] if part not in {"[key]", "function-before"})
    kind, here = error["type"], f"`{error['loc'][-1]}`" if error["loc"] else "the file"
    given = error.get("input")
    if kind == "extra_forbidden":
        known = _known_words(model, path)
        near = process.extractOne(str(path[-1]), known, score_cutoff=60) if known else None
        mend = f"did you mean `{near[0]}`?" if near else f"use one of {', '.join(known)}, or remove it"
        return document.problem(path, f"{here} is not a word of the flow language here", mend, key=True)
    if kind == "missing":
        return document.problem(path[:-1], f"{here} is missing", f"add a line `{path[-1]}: …`", key=True)
    if kind == "misplaced":
        what, _, mend = str(error["ctx"]["message"]).partition("; ")
        return document.problem((*path, error["ctx"]["word"]), what, mend, key=True)
    if kind == "value_error":
        what, _, mend = str(error["ctx"]["error"]).partition("; ")
        return document.problem(path, what, mend or "change it", key="[key]" in error["loc"])
    limits = error.get("ctx", {})
    expected = {
        "less_than_equal": ("is too much", f"use at most {limits.get('le')}"),
        "greater_than_equal": ("is too little", f"use at least {limits.get('ge')}"),
        "less_than": ("is too much", f"use less than {limits.get('lt')}"),
        "greater_than": ("is too little", f"use more than {limits.get('gt')}"),
        "string_type": ("must be a text", "write a text, in quotes if it looks like something else"),
        "list_type": ("must be a list", "write one item a line, each beginning with `- `"),
        "dict_type": ("must be `name: value` lines", "write `name: value`, indented below it"),
        "model_type": ("must be `name: value` lines", "write `name: value`, indented below it"),
        "literal_error": (f"cannot be `{given}`", f"use {limits.get('expected', 'another')}"),
        "too_short": ("is empty", "add at least one"),
    }
    what, mend = expected.get(kind, (f"does not fit: {error['msg']}", "change the value"))
    return document.problem(path, f"{here} {what}", mend)


def _known_words(model: type[BaseModel], path: tuple[Any, ...]) -> list[str]:
    """The words that the schema knows at `path`: walked through the models, past lists and dicts."""
    current: type[BaseModel] | None = model
    for part in path[:-1]:
        info = current.model_fields.get(str(part)) if current else None
        if info is not None:
            current = _model_in(info.annotation)
    return [name for name, info in current.model_fields.items() if not info.exclude] if current else []


def _model_in(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    for inner in getattr(annotation, "__args__", ()):
        if (found := _model_in(inner)) is not None:
            return found
    return None
