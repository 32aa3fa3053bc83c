"""A run as a file to be committed, audio_fixtures/baseline.json, and either kind of run read for comparing.

Decided: a line for each case and for each of its turns, and what is as usual left out, so that a git diff reads as the
change does. Nothing that depends on the machine or on the moment is in it, nor where a turn lies in the call (each
begins at 0 of its own), nor a value again at each turn that knows it. The same run gives the same bytes.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import MISSING, Field, fields, replace
from pathlib import Path
from typing import Any

from ivr.errors import UsageError
from ivr.qa.run_folder import parsed_run, read_run
from ivr.qa.run_result import FORMAT, CaseResult, Failure, RunResult, TurnResult

NAME = "baseline.json"
_DIGITS = 3
_NOT_KEPT = {
    TurnResult: {"began_ms", "alternatives", "confidence", "why", "cut_at_ms", "question_closed"},
    CaseResult: {"turns", "failures", "journal", "file", "seconds", "owner", "steps", "ways"},
    Failure: {"line"},
}


def write_baseline(path: Path, run: RunResult) -> None:
    """Write `run` to `path`, its cases by name. Raises UsageError if that is not possible."""
    try:
        path.write_text(baseline_text(run), encoding="utf-8")
    except OSError as fault:
        raise UsageError(f"{path} cannot be written ({fault.strerror}): give another place with --to.") from fault


def baseline_text(run: RunResult) -> str:
    """What `write_baseline` writes: JSON, a case or turn a line."""
    head = {"format": FORMAT, "release": run.release, "model": run.model, "channel": run.channel, "flows": run.flows}
    lines = ["{", *(f" {_json(name)}: {_json(value)}," for name, value in head.items()), ' "cases": [']
    cases = sorted(run.cases, key=lambda case: (case.case, case.channel))
    for case in cases:
        lines.append(f"  {_json(_kept(case))[:-1]},")
        if case.failures:
            lines.append(f'   "failures": [{_rows(map(_kept, case.failures))}],')
        lines.append(f'   "turns": [{_rows(_turns(case.turns))}]}}' + ("" if case is cases[-1] else ","))
    return "\n".join([*lines, " ]", "}"]) + "\n"


def read_baseline(path: Path) -> RunResult:
    """The run that `path` holds. Raises UsageError for a file that is none, is damaged, or is of another format."""
    again = f"write it anew with `ivr qa baseline RUN --to {path}`."
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
    except OSError as fault:
        raise UsageError(f"{path} cannot be read ({fault.strerror}): give a run's folder or a baseline.") from fault
    except (ValueError, RecursionError) as fault:
        raise UsageError(f"{path} is no baseline ({fault}): {again}") from fault
    if not isinstance(document, dict) or not isinstance(document.get("cases"), list):
        raise UsageError(f"{path} is no baseline: {again}")
    if (form := document.get("format")) != FORMAT:
        raise UsageError(f"{path} is a baseline of format {form}, and this release reads {FORMAT}: {again}")
    try:
        for case in document["cases"]:
            _restored(case)
    except (AttributeError, KeyError, TypeError) as fault:
        raise UsageError(f"{path} is damaged ({fault}): {again}") from fault
    return parsed_run(document, str(path))


def read_side(path: Path) -> RunResult:
    """A run to compare: the folder of one, or a baseline. Raises UsageError."""
    return read_run(path) if path.is_dir() else read_baseline(path)


def _turns(turns: Sequence[TurnResult]) -> Iterator[dict[str, Any]]:
    """A row a turn, with times from its own begin, and what is known only where that changed."""
    known: dict[str, Any] = {}
    for turn in turns:
        row = _kept(replace(turn, ended_ms=turn.ended_ms - turn.began_ms))
        row.pop("slots", None)
        if turn.slots != known:
            row["slots"] = known = turn.slots
        yield row


def _restored(case: dict[str, Any]) -> None:
    """Fill in what is not kept: lines, which change with what is written above them, and slots that did not change."""
    for failure in case.get("failures", ()):
        failure.setdefault("line", 0)
    known: dict[str, Any] = {}
    for turn in case["turns"]:
        known = turn.setdefault("slots", known)


def _rows(rows: Iterable[dict[str, Any]]) -> str:
    return ",".join(f"\n    {_json(row)}" for row in rows)


def _kept(record: TurnResult | CaseResult | Failure) -> dict[str, Any]:
    """The fields of `record` that are kept and not as usual."""
    return {
        each.name: _rounded(value)
        for each in _fields(type(record))
        if (value := getattr(record, each.name)) != _usual(each)
    }


def _fields(kind: type[Any]) -> Iterator[Field[Any]]:
    return (each for each in fields(kind) if each.name not in _NOT_KEPT[kind])


def _usual(each: Field[Any]) -> Any:
    """What a field is if nothing is written; MISSING, like which nothing is, if it must be."""
    return each.default_factory() if each.default_factory is not MISSING else each.default


def _rounded(value: Any) -> Any:
    return round(value, _DIGITS) if isinstance(value, float) else value


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=False)
