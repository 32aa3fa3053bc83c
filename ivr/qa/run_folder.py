"""The folder of a run: run.json, journals/, audio/. Written whole or not at all; read with an error that says why not.

Decided: `run.json` is a dataclass's fields as they stand, one case a line, so that two runs differ by lines.
"""

from __future__ import annotations

import json
import os
import typing
from dataclasses import asdict, fields, is_dataclass
from pathlib import Path
from types import UnionType
from typing import Any, get_args, get_origin, get_type_hints

from ivr.errors import UsageError
from ivr.qa.run_result import FORMAT, RunResult

RUN_FILE = "run.json"


def journal_file(folder: Path, case: str) -> Path:
    """Where the journal of `case` is kept."""
    return folder / "journals" / f"{case}.jsonl"


def audio_file(folder: Path, case: str) -> Path:
    """Where both directions of `case` are kept, if they are."""
    return folder / "audio" / f"{case}.flac"


def empty_for_a_run(folder: Path) -> None:
    """Make `folder`, and take out what a run before has left there. Raises UsageError for a folder of other things."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if any(folder.iterdir()) and not (folder / RUN_FILE).is_file():
            raise UsageError(f"{folder} holds other things than a run: give a new folder, or that of a run before.")
        for file in (*folder.glob("journals/*.jsonl"), *folder.glob("audio/*.flac"), folder / RUN_FILE):
            file.unlink(missing_ok=True)
    except OSError as fault:
        raise UsageError(f"{folder} cannot be written ({fault.strerror}): give another place.") from fault


def write_run(folder: Path, run: RunResult) -> None:
    """Write `run` to `folder`, which is made. Raises UsageError where it cannot be written."""
    draft = folder / f".{RUN_FILE}.part"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        draft.write_text(run_json(run), encoding="utf-8")
        os.replace(draft, folder / RUN_FILE)  # noqa: PTH105  readers see the one before, or this one
    except OSError as fault:
        raise UsageError(f"{folder} cannot be written ({fault.strerror}): give another place.") from fault


def run_json(run: RunResult) -> str:
    """`run` as text, one case a line, with a line break at its end."""
    document = asdict(run)
    cases = document.pop("cases")
    head = [f" {json.dumps(name)}: {_dump(value)}," for name, value in document.items()]
    return "\n".join(["{", *head, ' "cases": [', ",\n".join(f"  {_dump(case)}" for case in cases), " ]", "}"]) + "\n"


def read_run(place: Path) -> RunResult:
    """The run in the folder `place`, or in the file. Raises UsageError: there is none, it is damaged, or of another
    format."""
    file = place / RUN_FILE if place.is_dir() else place
    try:
        document = json.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise UsageError(f"there is no {file}: give the folder that `ivr qa run --to` has written.") from None
    except OSError as fault:
        raise UsageError(f"{file} cannot be read ({fault.strerror}): give a run's folder.") from fault
    except (ValueError, RecursionError) as fault:
        raise UsageError(f"{file} is damaged ({fault}): run the cases again with `ivr qa run --to`.") from fault
    return parsed_run(document, str(file))


def parsed_run(document: Any, name: str) -> RunResult:
    """The run that `document` (of run.json) holds; `name` is what errors call it. Raises UsageError."""
    form = document.get("format") if isinstance(document, dict) else None
    if not isinstance(form, int):
        raise UsageError(f"{name} is no run of cases: give what `ivr qa run --to` has written.")
    if form != FORMAT:
        raise UsageError(
            f"{name} is of format {form}, and this release reads {FORMAT}: run the cases again, or use the release "
            "that wrote it."
        )
    try:
        return typing.cast("RunResult", _made(RunResult, document))
    except (TypeError, ValueError, KeyError, AttributeError) as fault:
        raise UsageError(f"{name} is damaged ({fault}): run the cases again.") from fault


def _dump(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=str)


def _made(kind: Any, value: Any) -> Any:
    """`value` of JSON as what the type `kind` says."""
    origin, of = get_origin(kind), get_args(kind)
    if is_dataclass(kind) and isinstance(kind, type):
        hints = get_type_hints(kind)
        known = {each.name for each in fields(kind)}
        if strange := value.keys() - known:
            raise ValueError(f"it holds `{min(strange)}`, which this release does not know")
        return kind(**{name: _made(hints[name], each) for name, each in value.items()})
    if origin is tuple:
        kinds = of[:1] * len(value) if of[1:] == (...,) else of
        return tuple(_made(each, item) for each, item in zip(kinds, value, strict=True))
    if origin is UnionType:
        return None if value is None else _made(of[0], value)
    if origin is typing.Literal:
        if value not in of:
            raise ValueError(f"`{value}` is none of {', '.join(of)}")
        return value
    if isinstance(kind, type) and origin is None and not _is(value, kind):
        raise ValueError(f"`{value}` is no {kind.__name__}")
    return value


def _is(value: Any, kind: type) -> bool:
    return isinstance(value, int | float) if kind is float else isinstance(value, kind)
