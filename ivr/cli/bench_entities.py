"""`ivr bench entities`: how many cases of public entity specifications are found right, model by model.

The folder holds Recognizers-Text specifications (`Family__Model.json`) and files of inverse normalisation (`itn*.txt`,
lines `spoken => written`). Each model is asked for its own kinds only. When a case is right is written in
ivr/qa/entity_specs.py; a line of inverse normalisation is right when what is written is the same to the character.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from ivr.errors import UsageError
from ivr.qa.entity_specs import Adapter, SpecCase, adapters, judge, load_cases
from ivr.understanding.entities.entity import Entity
from ivr.understanding.entities.find import find


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--specs", type=Path, required=True, metavar="DIR", help="the folder of specifications")
    parser.add_argument("--at", metavar="TIME", help="when cases are said that do not say it, such as 2016-11-07T00:00")
    parser.add_argument(
        "--failures", type=int, default=0, metavar="N", help="show this many failing cases of each file"
    )
    parser.add_argument("--json", metavar="FILE", help="write the figures to FILE; - is standard output")


@dataclass
class Tally:
    """One file's figures. `apart`: cases the specification itself marks as unsupported by its reference."""

    name: str
    cases: int = 0
    right: int = 0
    apart: int = 0
    apart_right: int = 0
    note: str = ""
    failures: list[dict[str, Any]] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        """With `percent` of all cases that are not apart, None where there are none."""
        share = round(100 * self.right / self.cases, 1) if self.cases else None
        return {**self.__dict__, "percent": share}


def run(args: argparse.Namespace) -> int:
    if not args.specs.is_dir():
        raise UsageError(f"--specs {args.specs} is no folder: name one with Family__Model.json files.")
    try:
        at = datetime.fromisoformat(args.at) if args.at else None
    except ValueError as error:
        raise UsageError(f"--at {args.at} is no time ({error}): write it as 2016-11-07T00:00.") from error
    known = adapters()
    tallies = [_tally(path, known, at) for path in sorted(args.specs.glob("*.json"))]
    if not tallies:
        raise UsageError(f"{args.specs} holds no *.json: name a folder with Family__Model.json files.")
    _print(Console(stderr=args.json == "-"), tallies, args.failures)
    if args.json is not None:
        figures = {
            "specs": args.specs.name,
            "files": [one.as_json() for one in tallies],
            "total": _total(tallies).as_json(),
        }
        text = json.dumps(figures, ensure_ascii=False, indent=1, default=str) + "\n"
        sys.stdout.write(text) if args.json == "-" else Path(args.json).write_text(text, encoding="utf-8")
    return 0


def _tally(path: Path, known: dict[str, Adapter], at: datetime | None) -> Tally:
    cases = load_cases(path, at)
    tally = Tally(path.stem)
    adapter = known.get(path.stem)
    if adapter is None:
        tally.note = "no adapter: every case counts as wrong"
    elif adapter.finder is not None:
        tally.note = "by the adapter's own finder"
    for case in cases:
        found = _found(case, adapter) if adapter else ()
        verdict = judge(case, found, adapter) if adapter else None
        right = verdict is not None and verdict.right
        if case.apart:
            tally.apart, tally.apart_right = tally.apart + 1, tally.apart_right + right
        else:
            tally.cases, tally.right = tally.cases + 1, tally.right + right
        if verdict is not None and not right:
            said = {"input": case.input, "at": case.at.isoformat(), "apart": case.apart}
            tally.failures.append({**said, "expected": verdict.expected, "found": verdict.found})
    return tally


def _found(case: SpecCase, adapter: Adapter) -> Sequence[Entity]:
    return adapter.finder(case) if adapter.finder else find(case.input, case.at, kinds=adapter.kinds)


def _total(tallies: list[Tally]) -> Tally:
    total = Tally("total")
    for one in tallies:
        total.cases, total.right = total.cases + one.cases, total.right + one.right
        total.apart, total.apart_right = total.apart + one.apart, total.apart_right + one.apart_right
    return total


def _print(console: Console, tallies: list[Tally], failures: int) -> None:
    table = Table("file", "cases", "right", "%", "apart", "right", "")
    for one in [*tallies, _total(tallies)]:
        share = f"{100 * one.right / one.cases:.1f}" if one.cases else "-"
        table.add_row(
            one.name, *map(str, (one.cases, one.right)), share, *map(str, (one.apart, one.apart_right)), one.note
        )
    console.print(table)
    for one in tallies if failures else ():
        for failure in one.failures[:failures]:
            console.print(f"{one.name}: {failure['input']}", markup=False, highlight=False)
            console.print(f"   expected {failure['expected']}", markup=False, highlight=False)
            console.print(f"   found    {failure['found']}", markup=False, highlight=False)
