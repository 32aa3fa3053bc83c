"""Sets of examples to train and to judge intents on, as they are published and as one writes them.

Three forms, told apart by the file's ending: `.tsv` with `text<TAB>intent`, `.csv` with `text,category` (both with a
head line), and `.json` as CLINC150 has it: `{"train": [[text, intent], …], "oos_train": …, "val": …, "test": …}`.
The intent `oos` is no intent: text from elsewhere. What cannot be used is named by file and line.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ivr.errors import IvrError, UsageError

ELSEWHERE = "oos"
"""The label of texts that are out of scope."""


class IntentSetError(IvrError):
    """A set of examples that cannot be used; the message names every bad row as file:line."""


@dataclass(frozen=True, slots=True)
class IntentSet:
    """`texts[n]` is of intent `labels[n]`; `elsewhere`: texts that are of none. `source`: for messages."""

    source: str
    texts: tuple[str, ...]
    labels: tuple[str, ...]
    elsewhere: tuple[str, ...] = ()


def read(path: Path, split: str = "train") -> IntentSet:
    """The set in `path`; `split` chooses from a JSON file (train, val, test). Raises `IntentSetError`, `UsageError`."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise UsageError(f"{path} cannot be read ({error.strerror}): give the file of examples.") from error
    except UnicodeDecodeError as error:
        raise IntentSetError(f"{path} is not UTF-8 (byte {error.start}): save it as UTF-8.") from error
    if path.suffix == ".json":
        rows = _rows_of_json(path, text, split)
    elif path.suffix == ".csv":
        rows = _rows_of_table(path, text, ",", "text,category")
    else:
        rows = _rows_of_table(path, text, "\t", "text<TAB>intent")
    if not rows:
        raise IntentSetError(f"{path} holds no examples: give one on each line below the head.")
    inside = [(said, label) for said, label in rows if label != ELSEWHERE]
    return IntentSet(
        str(path),
        tuple(said for said, _ in inside),
        tuple(label for _, label in inside),
        tuple(said for said, label in rows if label == ELSEWHERE),
    )


def _rows_of_table(path: Path, text: str, delimiter: str, head: str) -> list[tuple[str, str]]:
    lines = text.splitlines(keepends=True)
    reader = csv.reader(lines) if delimiter == "," else csv.reader(lines, delimiter=delimiter, quoting=csv.QUOTE_NONE)
    rows: list[tuple[str, str]] = []
    faults: list[str] = []
    next(reader, None)
    begins = reader.line_num + 1
    for row in reader:
        if len(row) == 2 and all(cell.strip() for cell in row):
            rows.append((row[0].strip(), row[1].strip()))
        elif any(cell.strip() for cell in row):
            faults.append(f"{path}:{begins}: {_fault(row)}: write {head}.")
        begins = reader.line_num + 1
    if faults:
        raise IntentSetError("\n".join(faults))
    return rows


def _fault(row: Sequence[str]) -> str:
    if len(row) != 2:
        return f"{len(row)} columns instead of 2"
    return "no text" if not row[0].strip() else "no intent"


def _rows_of_json(path: Path, text: str, split: str) -> list[tuple[str, str]]:
    try:
        found = json.loads(text)
    except json.JSONDecodeError as error:
        raise IntentSetError(f"{path}:{error.lineno}:{error.colno}: not JSON ({error.msg}): mend it there.") from error
    if not isinstance(found, dict) or not isinstance(found.get(split), list):
        has = ", ".join(map(str, found)) if isinstance(found, dict) else "no parts"
        raise IntentSetError(f"{path} has no list “{split}” (it has {has}): give a file as CLINC150's.")
    return [
        *_pairs(path, split, found[split]),
        *((said, ELSEWHERE) for said, _ in _pairs(path, f"oos_{split}", found.get(f"oos_{split}", []))),
    ]


def _pairs(path: Path, split: str, rows: Sequence[Any]) -> list[tuple[str, str]]:
    for number, row in enumerate(rows):
        good = isinstance(row, list) and len(row) == 2 and all(isinstance(cell, str) and cell.strip() for cell in row)
        if not good:
            raise IntentSetError(f"{path}: “{split}”, entry {number + 1}: write [text, intent], both not empty.")
    return [(said, label) for said, label in rows]
