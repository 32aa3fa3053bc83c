"""What pydantic finds, in the words of the person who wrote the file, at the line it stands on."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from ivr.flow.document import Document
from ivr.flow.near_miss import did_you_mean
from ivr.flow.problem import Problem

_Model = TypeVar("_Model", bound=BaseModel)
_Path = tuple[str | int, ...]
_READINGS = 20


def validate(document: Document, model: type[_Model]) -> tuple[_Model | None, list[Problem]]:
    """The document as a `model`, and everything that does not fit.

    What does not fit is left out and the rest is read again, so that the model of a document with mistakes can still
    be checked for others; None only where nothing is left of it.
    """
    if not isinstance(document.data, dict):
        mend = f"begin with `{next(iter(model.model_fields))}:`"
        return None, [document.problem((), "the file holds no `name: value` lines", mend)]
    empty = {path: _empty(document, path) for path in _empty_places(document.data, ())}
    problems = list(empty.values())
    data, gone = copy.deepcopy(document.data), set(empty)
    for path in sorted(empty, key=len, reverse=True):
        _leave_out(data, path)
    for _ in range(_READINGS):
        try:
            return model.model_validate(data), problems
        except ValidationError as fault:
            errors = fault.errors(include_url=False)
            told = [error for error in errors if not _follows(error, gone)]
            problems += [problem for error in told if (problem := _problem(document, error, model)) not in problems]
            places = {_place_of(error) for error in errors}
            if () in places:
                break
            gone |= places
            for place in places:
                _leave_out(data, place)
    return None, problems


def _follows(error: ErrorDetails, gone: set[_Path]) -> bool:
    """Whether a fault only tells of what was left out: that it is missing, or that what misses it makes no sense."""
    place = _plain(error["loc"])
    if error["type"] == "missing":
        return any(path[: len(place)] == place for path in gone)
    of_the_whole = error["type"] in {"value_error", "misplaced", "too_short"}
    return place in gone or (of_the_whole and any(path[:-1] == place for path in gone))


def _plain(path: tuple[str | int, ...]) -> _Path:
    return tuple(part for part in path if part not in {"[key]", "function-before"})


def _place_of(error: ErrorDetails) -> _Path:
    """What to leave out for an error to go away: the value, or for something missing what misses it."""
    place = _plain(error["loc"])
    if error["type"] == "misplaced":
        return (*place, str(error["ctx"]["word"]))
    return place[:-1] if error["type"] == "missing" else place


def _leave_out(data: Any, path: _Path) -> None:
    """Remove what stands at `path`, and what is empty without it."""
    if not path:
        if isinstance(data, dict):
            data.clear()
        return
    here = data
    for part in path[:-1]:
        try:
            here = here[part]
        except (KeyError, IndexError, TypeError):
            return
    if isinstance(here, dict):
        here.pop(path[-1], None)
    elif isinstance(here, list) and isinstance(path[-1], int) and path[-1] < len(here):
        here[path[-1]] = None
        if all(item is None for item in here):
            _leave_out(data, path[:-1])
        else:
            here[:] = [item for item in here if item is not None]


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
    path = _plain(error["loc"])
    kind, here = error["type"], f"`{error['loc'][-1]}`" if error["loc"] else "the file"
    given = error.get("input")
    if kind == "extra_forbidden":
        known = _known_words(model, path)
        mend = did_you_mean(str(path[-1]), known, f"use one of {', '.join(known)}, or remove it")
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
        "too_long": ("has too many items", f"keep at most {limits.get('max_length')}"),
    }
    what, mend = expected.get(kind, (f"does not fit: {error['msg']}", "change the value"))
    return document.problem(path, f"{here} {what}", mend)


def _known_words(model: type[BaseModel], path: tuple[Any, ...]) -> list[str]:
    """The words that the schema knows at `path`: walked through the models, past lists and dicts."""
    current: type[BaseModel] | None = model
    for part in path[:-1]:
        fields = {field.alias or name: field for name, field in current.model_fields.items()} if current else {}
        info = fields.get(str(part))
        if info is not None:
            current = _model_in(info.annotation)
    if current is None:
        return []
    return [info.alias or name for name, info in current.model_fields.items() if not info.exclude]


def _model_in(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    for inner in getattr(annotation, "__args__", ()):
        if (found := _model_in(inner)) is not None:
            return found
    return None
