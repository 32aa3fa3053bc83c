"""A hotline's folder becomes one `Flow`, or a list of everything that is wrong with it.

    flows/<hotline>/flow.yaml        the steps
    flows/<hotline>/intents/*.yaml   intents with examples
    flows/<hotline>/faq/*.yaml       a FAQ a file, called by the file's name

Every file is read and held against the schema even if another is broken, so that a designer sees all mistakes at once.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails
from rapidfuzz import process

from ivr.errors import FlowError
from ivr.flow.document import Document, read
from ivr.flow.problem import Problem, listing
from ivr.flow.schema import BuiltIn, FaqFile, Hotline, IntentFile, Wording
from ivr.understanding.faq import FaqEntry

_Model = TypeVar("_Model", bound=BaseModel)
_BUILTIN = Path(__file__).parent / "builtin"


@dataclass(frozen=True)
class Flow:
    """A hotline, loaded. `digest` names its content: journals carry it, so that a replay knows what it replays against."""

    folder: Path
    hotline: Hotline
    intents: dict[str, list[str]]
    faqs: dict[str, tuple[FaqEntry, ...]]
    universals: dict[str, list[str]]
    wording: Wording
    digest: str
    document: Document = field(repr=False, compare=False)
    faq_documents: dict[str, Document] = field(default_factory=dict, repr=False, compare=False)
    intent_marks: dict[str, tuple[Document, tuple[str | int, ...]]] = field(default_factory=dict, repr=False, compare=False)


def load(path: Path) -> Flow:
    """The flow in folder `path` (or of the flow.yaml `path`). Raises FlowError that lists every problem."""
    from ivr.flow.check import check  # noqa: PLC0415  check reads flows, which are defined here

    flow, problems = examine(path)
    if flow is not None:
        problems = check(flow)
    if problems or flow is None:
        raise FlowError(listing(problems))
    return flow


def examine(path: Path) -> tuple[Flow | None, list[Problem]]:
    """Read everything; the flow is None if any file does not fit the schema."""
    folder = path.parent if path.name == "flow.yaml" else path
    if not folder.is_dir():
        return None, [Problem(str(path), 1, 1, "there is no such flow", "give the folder that holds flow.yaml")]
    reader = _Reader(folder)
    document, hotline = reader.file(folder / "flow.yaml", Hotline)
    intents, marks = reader.intents()
    faqs, faq_documents = reader.faqs()
    if hotline is None or reader.problems:
        return None, reader.problems
    built_in = builtin(hotline.language)
    flow = Flow(
        folder, hotline, intents, faqs, built_in.universals, built_in.wording, reader.digest(), document, faq_documents, marks
    )
    return flow, []


def builtin(language: str) -> BuiltIn:
    """What every question in `language` understands, and the hotline's own words."""
    document, problems = read(_BUILTIN / f"{language}.yaml")
    if problems:
        raise FlowError(listing(problems))
    return BuiltIn.model_validate(document.data)


class _Reader:
    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._hash = hashlib.sha256()
        self.problems: list[Problem] = []

    def digest(self) -> str:
        return self._hash.hexdigest()[:16]

    def file(self, path: Path, model: type[_Model]) -> tuple[Document, _Model | None]:
        document, problems = read(path, str(self._folder / path.relative_to(self._folder)))
        self.problems += problems
        if path.is_file() and not problems:
            self._hash.update(path.relative_to(self._folder).as_posix().encode() + b"\0" + path.read_bytes())
        if problems:
            return document, None
        if not isinstance(document.data, dict):
            mend = f"begin with `{next(iter(model.model_fields))}:`"
            self.problems.append(document.problem((), "the file holds no `name: value` lines", mend))
            return document, None
        try:
            return document, model.model_validate(document.data)
        except ValidationError as fault:
            self.problems += [_problem(document, error, model) for error in fault.errors(include_url=False)]
            return document, None

    def intents(self) -> tuple[dict[str, list[str]], dict[str, tuple[Document, tuple[str | int, ...]]]]:
        made: dict[str, list[str]] = {}
        marks: dict[str, tuple[Document, tuple[str | int, ...]]] = {}
        for path in sorted((self._folder / "intents").glob("*.yaml")):
            document, file = self.file(path, IntentFile)
            for name, examples in (file.intents if file else {}).items():
                if name in made:
                    other = marks[name][0].file
                    what = f"intent `{name}` stands in {other} already"
                    self.problems.append(document.problem(("intents", name), what, "put the examples together", key=True))
                made[name] = examples
                marks[name] = (document, ("intents", name))
        return made, marks

    def faqs(self) -> tuple[dict[str, tuple[FaqEntry, ...]], dict[str, Document]]:
        made: dict[str, tuple[FaqEntry, ...]] = {}
        documents: dict[str, Document] = {}
        for path in sorted((self._folder / "faq").glob("*.yaml")):
            document, file = self.file(path, FaqFile)
            items = file.faq if file else []
            made[path.stem] = tuple(FaqEntry(i.id, i.question, tuple(i.variants), i.answer) for i in items)
            documents[path.stem] = document
        return made, documents


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
