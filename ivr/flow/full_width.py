"""Full-width marks (：，“【) where YAML needs ASCII ones: what a Chinese keyboard leaves behind most often.

To YAML they are letters like any other, so it complains somewhere else and of something else ("a second colon", a
line further down), or not at all. Decided: only what cannot be meant is a fault; where a text could be meant, the
remedy says that quotes make it one.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

import yaml

_COLON = re.compile(r"[：﹕︰]")
_ASCII_NAME = re.compile(r"\s*(?:- +)*[a-z_][a-z0-9_]*\s*(?=[：﹕︰])")
_STRUCTURAL_COLON = re.compile(r":(?=\s|$)")
_GLUED_COLON = re.compile(r"\s*(?:- +)*[^\s:'\"#\[{]+:(?=[^\s/])")
_QUOTED_OR_COMMENT = re.compile(r"'(?:[^']|'')*'|\"(?:[^\"\\]|\\.)*\"|(?:^|(?<=\s))#.*")
_BRACKETS = {"【": "[", "［": "[", "】": "]", "］": "]", "｛": "{", "｝": "}"}
_BETWEEN_ITEMS = re.compile(r"[，；、](?=\s*[^\s,，；、：:{}\[\]]+\s*[:：])")
_SENTENCE = re.compile(r"[。？！…?!{]")
_LONGEST_LIST_WORD = 8

_OR_QUOTES = "or put the text in quotes if it is one"
_NAME_MEND = "write the ASCII colon : and a space after the name"


class Fault(NamedTuple):
    """What is wrong at `line` and `column` (from 1), and how to mend it."""

    line: int
    column: int
    what: str
    mend: str


def behind(error: yaml.MarkedYAMLError, text: str) -> Fault | None:
    """The full-width mark that made YAML complain, or None if none is to be blamed."""
    if (mark := error.problem_mark or error.context_mark) is None:
        return None
    lines = [_QUOTED_OR_COMMENT.sub(lambda found: "\0" * len(found[0]), line) for line in text.split("\n")]
    begins = error.context_mark
    if begins is not None and "flow" in (error.context or ""):
        return _inside_brackets(lines, begins, mark)
    return _in_value(lines, mark.line) or _before(lines, mark.line)


def in_name(node: yaml.ScalarNode) -> Fault | None:
    """What is wrong with the name before a colon, if it is not in quotes."""
    line, column, name = node.start_mark.line + 1, node.start_mark.column + 1, str(node.value)
    if node.style:
        return None
    if found := _COLON.search(name):
        return Fault(line, column + found.start(), f"the colon {found[0]} is full-width", _NAME_MEND)
    if name.startswith("\u3000"):
        return Fault(line, column, "the line is indented with full-width spaces", "indent with ASCII spaces")
    return None


def in_value(node: yaml.ScalarNode, lines: Sequence[str]) -> Fault | None:
    """What is wrong with a text that is not in quotes: it is names and values, or a list, in full-width marks."""
    line, column, value = node.start_mark.line + 1, node.start_mark.column + 1, str(node.value)
    if node.style:
        return None
    first = lines[line - 1] if line <= len(lines) else ""
    alone = not first[: column - 1].strip(" -")
    if alone and (found := _ASCII_NAME.match(first)):
        mend = f"{_NAME_MEND}, {_OR_QUOTES}"
        return Fault(line, found.end() + 1, f"the colon {first[found.end()]} is full-width", mend)
    if value[:1] in {"［", "｛"} or (value.startswith("【") and value.endswith("】") and re.search("[,，]", value)):
        return _bracket(line, column, value[0])
    return None


def in_list(node: yaml.SequenceNode) -> Fault | None:
    """A list in brackets whose only item is words with full-width commas between: surely several were meant."""
    if not node.flow_style or len(node.value) != 1:
        return None
    item = node.value[0]
    if not isinstance(item, yaml.ScalarNode) or item.style or _SENTENCE.search(item.value):
        return None
    found = re.search("[，、；]", item.value)
    if found is None or any(len(word) > _LONGEST_LIST_WORD for word in re.split("[，、；]", item.value)):
        return None
    what = f"the list has one item with a full-width {found[0]} in it"
    mend = f"write the ASCII comma , between items, {_OR_QUOTES}"
    return Fault(item.start_mark.line + 1, item.start_mark.column + 1 + found.start(), what, mend)


def _before(lines: Sequence[str], at: int) -> Fault | None:
    """A name with a full-width colon, or one with no space after its colon, on line `at` or above: YAML takes such a
    line for the begin of a text and goes on reading it on the next."""
    for number in range(at, -1, -1):
        line = lines[number] if number < len(lines) else ""
        colon = _STRUCTURAL_COLON.search(line)
        written = line[: colon.start()] if colon else line
        if found := _COLON.search(written):
            return Fault(number + 1, found.start() + 1, f"the colon {found[0]} is full-width", _NAME_MEND)
        if found := _GLUED_COLON.match(written):
            return Fault(number + 1, found.end() + 1, "no space after the colon", "write `name: value`, with a space")
        if colon and number < at:
            return None
    return None


def _in_value(lines: Sequence[str], at: int) -> Fault | None:
    """A value that opens with a full-width quotation mark or bracket, before the second colon of its line."""
    line = lines[at] if at < len(lines) else ""
    if not (colon := _STRUCTURAL_COLON.search(line)):
        return None
    column = colon.end() + len(line[colon.end() :]) - len(line[colon.end() :].lstrip())
    opens = line[column : column + 1]
    if opens and opens in "“”‘’＂＇":
        what = f"the quotation mark {opens} is none to YAML"
        return Fault(at + 1, column + 1, what, 'put the text in ASCII quotes, "…"')
    return _bracket(at + 1, column + 1, opens) if opens in _BRACKETS else None


def _inside_brackets(lines: Sequence[str], begins: yaml.Mark, ends: yaml.Mark) -> Fault | None:
    """A full-width bracket, or a full-width mark between items, between an open bracket and where YAML gave up."""
    for number in range(begins.line, min(ends.line + 1, len(lines))):
        line = lines[number]
        for column, mark in enumerate(line):
            if (number, column) <= (begins.line, begins.column):
                continue
            if mark in _BRACKETS:
                return _bracket(number + 1, column + 1, mark)
            if _BETWEEN_ITEMS.match(line, column):
                return Fault(
                    number + 1, column + 1, f"the {mark} is full-width", "write the ASCII comma , between items"
                )
            if _COLON.match(mark) and not line[column + 1 : column + 2].strip("，, ]}】｝"):
                return Fault(number + 1, column + 1, f"the colon {mark} is full-width", _NAME_MEND)
    return None


def _bracket(line: int, column: int, mark: str) -> Fault:
    mend = f"write the ASCII bracket {_BRACKETS[mark]}, {_OR_QUOTES}"
    return Fault(line, column, f"the bracket {mark} is full-width", mend)
