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
from typing import TypeVar

from pydantic import BaseModel

from ivr.errors import FlowError
from ivr.flow.document import Document, read
from ivr.flow.findings import validate
from ivr.flow.problem import Problem, listing
from ivr.flow.schema import BuiltIn, FaqFile, Hotline, IntentFile, Wording
from ivr.understanding.faq import FaqEntry

_Model = TypeVar("_Model", bound=BaseModel)
_BUILTIN = Path(__file__).parent / "builtin"


@dataclass(frozen=True)
class Flow:
    """A hotline, loaded. `digest` names its content: journals carry it, so that a replay knows what it replays
    against."""

    folder: Path
    hotline: Hotline
    intents: dict[str, list[str]]
    faqs: dict[str, tuple[FaqEntry, ...]]
    universals: dict[str, list[str]]
    wording: Wording
    digest: str
    document: Document = field(repr=False, compare=False)
    faq_documents: dict[str, Document] = field(default_factory=dict, repr=False, compare=False)
    intent_marks: dict[str, tuple[Document, tuple[str | int, ...]]] = field(
        default_factory=dict, repr=False, compare=False
    )


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
        folder,
        hotline,
        intents,
        faqs,
        built_in.universals,
        built_in.wording,
        reader.digest(),
        document,
        faq_documents,
        marks,
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
        fitted, problems = validate(document, model)
        self.problems += problems
        return document, fitted

    def intents(self) -> tuple[dict[str, list[str]], dict[str, tuple[Document, tuple[str | int, ...]]]]:
        made: dict[str, list[str]] = {}
        marks: dict[str, tuple[Document, tuple[str | int, ...]]] = {}
        for path in sorted((self._folder / "intents").glob("*.yaml")):
            document, file = self.file(path, IntentFile)
            for name, examples in (file.intents if file else {}).items():
                if name in made:
                    other = marks[name][0].file
                    what = f"intent `{name}` stands in {other} already"
                    self.problems.append(
                        document.problem(("intents", name), what, "put the examples together", key=True)
                    )
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
