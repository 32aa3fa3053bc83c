"""`ivr bench entities`: how many cases of public entity specifications are found right, model by model.

The folder holds Recognizers-Text specifications (`Family__Model.json`), files of inverse normalisation (`*.txt`, lines
`spoken => written`; names that begin with tn hold the other direction and are left out), or both. Each model is asked
for its own kinds only; "own finder" marks a model that judges one layer alone or reads by other customs than callers',
and is asked through its adapter. When a case is right is written in ivr/qa/entity_specs.py; a line of inverse
normalisation is right when what is written is the same to the character.
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
from ivr.qa.entity_specs import DEFAULT_AT, Adapter, SpecCase, adapters, judge, load_cases
from ivr.qa.written_specs import load_written
from ivr.understanding.entities.entity import Entity
from ivr.understanding.entities.find import find
from ivr.understanding.entities.written import written


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
    written: bool = False
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
    if args.json not in (None, "-") and not Path(args.json).absolute().parent.is_dir():
        raise UsageError(f"--json {args.json} cannot be written: its folder does not exist, make it first.")
    known = adapters()
    tallies = [_tally(path, known, at) for path in sorted(args.specs.glob("*.json"))]
    tallies += [_tally_written(path, at or DEFAULT_AT) for path in _written_files(args.specs)]
    if not tallies:
        raise UsageError(f"{args.specs} holds no *.json and no *.txt: name a folder of specifications.")
    _print(Console(stderr=args.json == "-"), tallies, args.failures)
    if args.json is not None:
        figures = {
            "specs": args.specs.name,
            "files": [one.as_json() for one in tallies],
            "totals": [one.as_json() for one in _totals(tallies)],
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
        tally.note = "own finder"
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


def _tally_written(path: Path, at: datetime) -> Tally:
    spec = load_written(path)
    tally = Tally(path.stem.removeprefix("itn_chinese_test_data_"), written=True)
    for said, wanted in spec.lines:
        result = written(said, at, standalone=spec.standalone, small=spec.small)
        tally.cases, tally.right = tally.cases + 1, tally.right + (result == wanted)
        if result != wanted:
            tally.failures.append({"input": said, "expected": wanted, "found": result})
    return tally


def _written_files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.glob("*.txt") if not path.name.startswith("tn"))


def _totals(tallies: list[Tally]) -> list[Tally]:
    """Entities, and writing in digits: the second is a matter of house style, and never mends the first."""
    totals = []
    for name, written_down in (("entities", False), ("writing in digits", True)):
        total = Tally(f"total of {name}")
        for one in (one for one in tallies if one.written == written_down):
            total.cases, total.right = total.cases + one.cases, total.right + one.right
            total.apart, total.apart_right = total.apart + one.apart, total.apart_right + one.apart_right
        if total.cases or total.apart:
            totals.append(total)
    return totals


def _print(console: Console, tallies: list[Tally], failures: int) -> None:
    table = Table("file", "cases", "right", "%", "apart", "")
    for one in [*tallies, *_totals(tallies)]:
        share = f"{100 * one.right / one.cases:.1f}" if one.cases else "-"
        apart = f"{one.apart_right} of {one.apart}" if one.apart else ""
        table.add_row(one.name, str(one.cases), str(one.right), share, apart, one.note)
    console.print(table)
    for one in tallies if failures else ():
        for failure in one.failures[:failures]:
            console.print(f"{one.name}: {failure['input']}", markup=False, highlight=False)
            console.print(f"   expected {failure['expected']}", markup=False, highlight=False)
            console.print(f"   found    {failure['found']}", markup=False, highlight=False)
