"""A hotline's folder becomes one `Flow`, or a list of everything that is wrong with it.

    flows/<hotline>/flow.yaml            the steps
    flows/<hotline>/intents/*.yaml       intents with examples; NAME.en.yaml holds the English ones
    flows/<hotline>/faq/*.yaml           a FAQ a file, called by the file's name; NAME.en.yaml is its English

Every file is read and held against the schema even if another is broken, and what does not fit is left out and the rest
checked all the same, so that a designer sees all mistakes at once.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel

from ivr.errors import FlowError
from ivr.flow.document import Document, read
from ivr.flow.findings import validate
from ivr.flow.problem import Problem, listing
from ivr.flow.scalars import LANGUAGES
from ivr.flow.schema import BuiltIn, FaqFile, Hotline, IntentFile, Wording
from ivr.flow.step_schema import Step
from ivr.flow.table_schema import Table
from ivr.flow.tables import entries_of
from ivr.understanding.faq import FaqEntry
from ivr.understanding.normalise import normalise

_Model = TypeVar("_Model", bound=BaseModel)
_BUILTIN = Path(__file__).parent / "builtin"
MAIN = ""
"""The scope of the steps that are in no routine."""


@dataclass(frozen=True)
class Words:
    """What callers and the hotline say in one language."""

    intents: dict[str, list[str]]
    faqs: dict[str, tuple[FaqEntry, ...]]
    universals: dict[str, list[str]]
    wording: Wording
    called: dict[str, str] = field(default_factory=dict)
    tables: dict[str, Table] = field(default_factory=dict)
    listening: frozenset[str] = frozenset()
    """What only tells that one listens, normalised."""

    def faq_entry(self, meaning: str) -> FaqEntry | None:
        """The entry that `faq:SET/ID` names."""
        name, _, entry_id = meaning.removeprefix("faq:").partition("/")
        return next((entry for entry in self.faqs.get(name, ()) if entry.id == entry_id), None)


@dataclass(frozen=True)
class Sources:
    """Where things stand, for problems: the flow's document, each FAQ's by (name, language), each intent's
    with its path."""

    flow: Document
    faqs: dict[tuple[str, str], Document] = field(default_factory=dict)
    intents: dict[tuple[str, str], tuple[Document, tuple[str | int, ...]]] = field(default_factory=dict)


@dataclass(frozen=True)
class Flow:
    """A hotline, loaded. `digest` names its content: journals carry it, so that a replay knows what it replays
    against. `name` is its folder's, published or not;
    `version` its number among those published, 0 for a plain folder. `words` by language; the plain properties are
    those of the main one. Not `whole`: parts that do not fit the schema were left out."""

    folder: Path
    name: str
    hotline: Hotline
    words: dict[str, Words]
    digest: str
    sources: Sources = field(repr=False, compare=False)
    whole: bool = True
    version: int = 0
    derived: dict[tuple[str, str], Any] = field(default_factory=dict, repr=False, compare=False)
    """What is computed from the rest once and kept."""

    @property
    def intents(self) -> dict[str, list[str]]:
        return self.words[self.hotline.language].intents

    @property
    def faqs(self) -> dict[str, tuple[FaqEntry, ...]]:
        return self.words[self.hotline.language].faqs

    @property
    def universals(self) -> dict[str, list[str]]:
        return self.words[self.hotline.language].universals

    @property
    def wording(self) -> Wording:
        return self.words[self.hotline.language].wording

    @property
    def document(self) -> Document:
        return self.sources.flow

    def left_out(self, name: str) -> bool:
        """Whether something called `name` may have been left out, so that its absence is no mistake of its own."""
        return not self.whole and any(path[-1] == name for path in self.document.key_marks)

    def steps(self, scope: str = MAIN) -> dict[str, Step]:
        """The steps of the main part, or of the routine that `scope` names."""
        return self.hotline.routines[scope].steps if scope else self.hotline.steps

    def every_step(self) -> Iterator[tuple[str, str, Step]]:
        """(scope, name, step) for all there are, routines last."""
        for scope in (MAIN, *self.hotline.routines):
            for name, step in self.steps(scope).items():
                yield scope, name, step


def load(path: Path) -> Flow:
    """The flow in folder `path` (or of the flow.yaml `path`). Raises FlowError that lists every problem."""
    flow, problems = examine(path)
    mistakes = [problem for problem in problems if not problem.advice]
    if mistakes or flow is None:
        raise FlowError(listing(mistakes))
    return flow


def examine(path: Path, today: date | None = None) -> tuple[Flow | None, list[Problem]]:
    """Read and check everything; the flow is None if what is left of it makes none. `today` as in `check`."""
    from ivr.flow.check import check  # noqa: PLC0415  check reads flows, which are defined here

    folder = path.parent if path.name == "flow.yaml" else path
    if not folder.is_dir():
        return None, [Problem(str(path), 1, 1, "there is no such flow", "give the folder that holds flow.yaml")]
    reader = _Reader(folder)
    document, hotline = reader.file(folder / "flow.yaml", Hotline)
    if hotline is None:
        for file in (*folder.glob("intents/*.yaml"), *folder.glob("faq/*.yaml")):
            reader.file(file, IntentFile if file.parent.name == "intents" else FaqFile)
        return None, reader.problems
    sources = Sources(document)
    languages: list[str] = [hotline.language, *hotline.also]
    words = {language: reader.words(language, hotline, sources) for language in languages}
    flow = Flow(folder, folder.resolve().name, hotline, words, reader.digest(), sources, whole=not reader.problems)
    return flow, [*reader.problems, *check(flow, today)]


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
        document, problems = read(path, str(path))
        self.problems += problems
        if problems:
            return document, None
        self._hash.update(path.relative_to(self._folder).as_posix().encode() + b"\0" + path.read_bytes())
        fitted, problems = validate(document, model)
        self.problems += problems
        return document, fitted

    def words(self, language: str, hotline: Hotline, sources: Sources) -> Words:
        built_in = builtin(language)
        universals = dict(built_in.universals)
        other = {"zh-CN": "chinese", "en": "english"}
        for name in other.values():  # asked for only where there is another language to be had
            if not hotline.also or other[language] == name:
                universals.pop(name, None)
        called: dict[str, str] = {}
        intents = self._intents(language, hotline.language, sources, called)
        tables: dict[str, Table] = {}
        faqs = self._faqs(language, hotline.language, sources, built_in.wording, tables)
        listening = frozenset(normalise(words) for words in built_in.listening)
        return Words(intents, faqs, universals, built_in.wording, called, tables, listening)

    def _files(self, kind: str, language: str, main: str) -> Iterator[tuple[str, Path]]:
        """(name, file) of the files in `language`: a file whose name has no language is in the main one."""
        for path in sorted((self._folder / kind).glob("*.yaml")):
            name, _, suffix = path.stem.partition(".")
            if (suffix or main) == language:
                yield name, path
            elif suffix and suffix not in LANGUAGES and language == main:
                what = f"`{suffix}` is not a language here"
                self.problems.append(Problem(str(path), 1, 1, what, f"call the file {name}.en.yaml or {name}.yaml"))

    def _intents(self, language: str, main: str, sources: Sources, called: dict[str, str]) -> dict[str, list[str]]:
        made: dict[str, list[str]] = {}
        for _, path in self._files("intents", language, main):
            document, file = self.file(path, IntentFile)
            for name, examples in (file.intents if file else {}).items():
                if name in made:
                    what = f"intent `{name}` stands in {sources.intents[name, language][0].file} already"
                    mend = "put the examples together"
                    self.problems.append(document.problem(("intents", name), what, mend, key=True))
                made[name] = examples
                called |= {name: file.called[name]} if file and name in file.called else {}
                sources.intents[name, language] = (document, ("intents", name))
        return made

    def _faqs(
        self, language: str, main: str, sources: Sources, wording: Wording, written: dict[str, Table]
    ) -> dict[str, tuple[FaqEntry, ...]]:
        made: dict[str, tuple[FaqEntry, ...]] = {}
        for name, path in self._files("faq", language, main):
            document, file = self.file(path, FaqFile)
            items = file.faq if file else []
            made[name] = tuple(FaqEntry(i.id, i.question, tuple(i.variants), i.answer, i.called) for i in items)
            if file and file.table:
                written[name] = file.table
                made[name] += entries_of(file.table, language, wording)
            sources.faqs[name, language] = document
        return made
