"""YAML with marks: text in, plain data out, and for every value the line and column it stands at.

Decided: **a scalar is its text.** `no`, `010`, `22:30` and `1e3` reach the schema as they were written, and
the schema's type for the field decides what they mean; so no menu, account number or opening hour is ever
turned into a boolean, an octal number or 1350 seconds, as YAML 1.1 readers do. What YAML 1.2 would read as
another type is read the same by the field that wants it. An empty value is None.

PyYAML does the reading, for it keeps marks on every node; we build the data ourselves, so nothing in a file can
name a Python type. Faults cost little: a size limit before reading, a limit on what aliases may unfold to.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from ivr.flow import full_width
from ivr.flow.problem import Problem

MAX_BYTES = 2_000_000
MAX_VALUES = 200_000
MAX_DEPTH = 60

_Path = tuple[str | int, ...]
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _Refused(Exception):  # noqa: N818  internal: carries a problem up to `read`
    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.what)
        self.problem = problem


@dataclass
class Document:
    """One YAML file: `data` is dicts with text keys, lists, text and None; `marks` is where each value (and
    key) stands, from 1."""

    file: str
    data: Any = None
    marks: dict[_Path, tuple[int, int]] = field(default_factory=dict)
    key_marks: dict[_Path, tuple[int, int]] = field(default_factory=dict)
    quoted: set[_Path] = field(default_factory=set)
    """Where a scalar is in quotes: the few readers who want JSON's types take it for text."""

    def at(self, path: _Path, *, key: bool = False) -> tuple[int, int]:
        """Line and column of the value at `path` (of its key, if `key`), or of the nearest thing around it."""
        while path:
            if key and path in self.key_marks:
                return self.key_marks[path]
            if path in self.marks:
                return self.marks[path]
            path = path[:-1]
        return self.marks.get((), (1, 1))

    def problem(self, path: _Path, what: str, mend: str, *, key: bool = False, advice: bool = False) -> Problem:
        """A problem at `path` of this document."""
        line, column = self.at(path, key=key)
        return Problem(self.file, line, column, what, mend, advice)


def read(path: Path, name: str = "") -> tuple[Document, list[Problem]]:
    """Read one file; `name` is what problems call it. Never raises for what the file holds."""
    document = Document(name or str(path))
    try:
        size = path.stat().st_size
        if size > MAX_BYTES:
            mend = f"keep it under {MAX_BYTES // 1_000_000} MB: split it, or check that it is a flow at all"
            return document, [Problem(document.file, 1, 1, f"the file has {size / 1e6:.0f} MB", mend)]
        text = path.read_bytes().decode("utf-8-sig")
    except FileNotFoundError:
        return document, [Problem(document.file, 1, 1, "the file does not exist", "check the path")]
    except UnicodeDecodeError as fault:
        what = f"the file is not UTF-8 text (byte {fault.start})"
        return document, [Problem(document.file, 1, 1, what, "save it as UTF-8 in your editor")]
    except OSError as fault:
        return document, [
            Problem(document.file, 1, 1, f"the file cannot be read: {fault.strerror}", "check its permissions")
        ]
    return document, parse(text, document)


def parse(text: str, document: Document) -> list[Problem]:
    """Fill `document` from `text`; returns what is wrong with it as YAML."""
    try:
        if deep := _too_deep(text):
            mend = "look for stray brackets; nothing in a flow nests so deep"
            return [Problem(document.file, *deep, "values nest too deep", mend)]
        node = yaml.compose(text, Loader=_LOADER)
    except yaml.MarkedYAMLError as fault:
        return [_syntax_problem(fault, text, document.file)]
    except yaml.YAMLError:  # of the reader: it knows neither line nor column
        return [_character_problem(text, document.file)]
    builder = _Builder(document, text)
    try:
        document.data = builder.build(node, (), ()) if node is not None else None
    except _Refused as refused:
        document.data = None
        return [*builder.problems, refused.problem]
    return builder.problems


def _too_deep(text: str) -> tuple[int, int] | None:
    """Where nesting passes the limit; asked first, since composing recurses in C and 100,000 brackets end the
    process."""
    depth = 0
    for event in yaml.parse(text, Loader=_LOADER):
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
            if depth > MAX_DEPTH:
                return event.start_mark.line + 1, event.start_mark.column + 1
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
    return None


class _Builder:
    def __init__(self, document: Document, text: str) -> None:
        self._document = document
        self._lines = text.split("\n")
        self._values = 0
        self.problems: list[Problem] = []

    def build(self, node: yaml.Node, path: _Path, open_nodes: tuple[int, ...]) -> Any:
        mark = (node.start_mark.line + 1, node.start_mark.column + 1)
        self._document.marks[path] = mark
        self._values += 1
        if id(node) in open_nodes:
            raise _Refused(
                Problem(self._document.file, *mark, "an anchor contains itself", "remove the alias (*name) inside")
            )
        if self._values > MAX_VALUES or len(path) > MAX_DEPTH:
            mend = "write the values out, or fewer of them"
            raise _Refused(Problem(self._document.file, *mark, "aliases unfold to too much", mend))
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, path, (*open_nodes, id(node)))
        if isinstance(node, yaml.SequenceNode):
            self._full_width(full_width.in_list(node))
            inside = (*open_nodes, id(node))
            return [self.build(child, (*path, index), inside) for index, child in enumerate(node.value)]
        self._full_width(full_width.in_value(node, self._lines))
        if node.style:
            self._document.quoted.add(path)
        return None if not node.style and node.value in {"", "~", "null"} else node.value

    def _mapping(self, node: yaml.MappingNode, path: _Path, inside: tuple[int, ...]) -> dict[str, Any]:
        made: dict[str, Any] = {}
        for key_node, value_node in node.value:
            mark = (key_node.start_mark.line + 1, key_node.start_mark.column + 1)
            if not isinstance(key_node, yaml.ScalarNode):
                self._add(
                    mark, "a name before the colon is not plain text", "write `name: value`, or quote texts with { or ["
                )
                continue
            self._full_width(full_width.in_name(key_node))
            key = str(key_node.value)
            if key in made:
                first = self._document.key_marks[(*path, key)][0]
                self._add(mark, f"`{key}` stands twice; the first is on line {first}", "remove or rename one of them")
                continue
            self._document.key_marks[(*path, key)] = mark
            made[key] = self.build(value_node, (*path, key), inside)
        return made

    def _full_width(self, fault: full_width.Fault | None) -> None:
        if fault is not None:
            self._add((fault.line, fault.column), fault.what, fault.mend)

    def _add(self, mark: tuple[int, int], what: str, mend: str) -> None:
        self.problems.append(Problem(self._document.file, *mark, what, mend))


_SYNTAX_REMEDIES = (
    ("mapping values are not allowed", "a second colon in one line", "put the text after the first colon in quotes"),
    ("undefined alias", "an alias (*name) has no anchor (&name) before it", "quote the text if you meant a plain *"),
    ("did not find expected key", "the indentation does not fit the lines above", "line it up with its neighbours"),
    ("expected '-' indicator", "the indentation does not fit the lines above", "line it up with its neighbours"),
    ("found unexpected ':'", "a colon where a text cannot have one", "put the text in quotes"),
    ("expected <block end>", "the indentation does not fit the lines above", "line it up with its neighbours"),
    ("could not find expected ':'", "a name without a colon", "write `name: value`"),
    (
        "expected ',' or",
        "brackets or a comma are missing",
        "close [ ] and { }, put commas between the items, and put a text that holds a {name} in quotes",
    ),
    ("found unexpected end of stream", "a quote is never closed", "close the quotation mark"),
    ("but found another document", "the file holds more than one document", "remove the line `---`"),
    ("while scanning an alias", "a * begins an alias", "put the text in quotes"),
    ("cannot start any token", "a character that cannot begin a text", "put the text in quotes"),
)


def _character_problem(text: str, file: str) -> Problem:
    found = yaml.reader.Reader.NON_PRINTABLE.search(text)
    start = found.start() if found else 0
    line, column = text.count("\n", 0, start) + 1, start - text.rfind("\n", 0, start)
    code = f"U+{ord(text[start]):04X}" if text else "nothing"
    return Problem(file, line, column, f"a character that no text may hold ({code})", "remove it")


def _syntax_problem(fault: yaml.MarkedYAMLError, text: str, file: str) -> Problem:
    mark = fault.problem_mark or fault.context_mark
    line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
    message = f"{fault.context or ''} {fault.problem or ''}"
    written = text.split("\n")[line - 1 : line]
    if written and "\t" in written[0][:column] and not written[0][: column - 1].strip():
        mend = "indent with spaces; set your editor to turn tabs into spaces"
        return Problem(file, line, column, "a tab stands where spaces are needed", mend)
    if found := full_width.behind(fault, text):
        return Problem(file, *found)
    for sign, what, mend in _SYNTAX_REMEDIES:
        if sign in message:
            return Problem(file, line, column, what, mend)
    return Problem(
        file, line, column, f"this is not YAML: {message.strip()}", "check brackets, quotes and indentation here"
    )
