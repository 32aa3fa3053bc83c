"""What pydantic finds, in the words of the person who wrote the file, at the line it stands on."""

from __future__ import annotations

from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails
from rapidfuzz import process

from ivr.flow.document import Document
from ivr.flow.problem import Problem

_Model = TypeVar("_Model", bound=BaseModel)


def validate(document: Document, model: type[_Model]) -> tuple[_Model | None, list[Problem]]:
    """The document as a `model`, or None and everything that does not fit."""
    if not isinstance(document.data, dict):
        mend = f"begin with `{next(iter(model.model_fields))}:`"
        return None, [document.problem((), "the file holds no `name: value` lines", mend)]
    try:
        return model.model_validate(document.data), []
    except ValidationError as fault:
        return None, [_problem(document, error, model) for error in fault.errors(include_url=False)]


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
    if kind == "value_error":
        what, _, mend = str(error["ctx"]["error"]).partition("; ")
        return document.problem(path, what, mend or "change it", key="[key]" in error["loc"])
    expected = {
        "string_type": ("must be a text", "write a text, in quotes if it looks like something else"),
        "list_type": ("must be a list", "write one item a line, each beginning with `- `"),
        "dict_type": ("must be `name: value` lines", "write `name: value`, indented below it"),
        "model_type": ("must be `name: value` lines", "write `name: value`, indented below it"),
        "literal_error": (f"cannot be `{given}`", f"use {error.get('ctx', {}).get('expected', 'another')}"),
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
