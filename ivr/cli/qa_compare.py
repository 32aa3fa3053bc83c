"""`ivr qa compare BEFORE AFTER`: what changed between two runs of the same cases, turn by turn, and is it worse?

Each side is a folder that `ivr qa run --to` wrote, or a baseline. The exit status is 0 if nothing is worse, 1 if
something is: a case that went right and goes wrong, new failures, something that the caller would notice and no
expectation speaks of (`--accept-changes` lets that pass), or replies that come later on the whole.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from rich.console import Console
from rich.table import Table
from rich.text import Text

from ivr.qa.compare.baseline import read_side
from ivr.qa.compare.case_diff import CaseDiff
from ivr.qa.compare.export import comparison_json, write_comparison, write_comparison_junit
from ivr.qa.compare.run_diff import RunDiff, compare_runs
from ivr.qa.compare.significance import FEWEST_CASES
from ivr.qa.compare.turn_diff import Change
from ivr.qa.outcomes import Interval

_STYLES = {"worse": "bold red", "different": "bold yellow", "improved": "bold green", "same": "dim"}
_SHOWN = 20
_NAMED = 8
_WIDEST = len("interrupted")


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("before", type=Path, metavar="BEFORE", help="the folder of a run, or a baseline")
    parser.add_argument("after", type=Path, metavar="AFTER", help="the folder of a run, or a baseline")
    parser.add_argument("--accept-changes", action="store_true", help="what is different and not expected is no worse")
    parser.add_argument("--all", action="store_true", help=f"every case that changed, not the first {_SHOWN}")
    parser.add_argument("--json", metavar="FILE", help="write the comparison to FILE; - is standard output")
    parser.add_argument("--junit", type=Path, metavar="FILE", help="write it as JUnit XML: what is worse is a failure")


def run(args: argparse.Namespace) -> int:
    diff = compare_runs(read_side(args.before), read_side(args.after), accept_changes=args.accept_changes)
    if args.junit:
        write_comparison_junit(args.junit, diff)
    if args.json == "-":
        print(comparison_json(diff), end="")
    else:
        show(Console(highlight=False), diff, most=len(diff.cases) if args.all else _SHOWN)
        if args.json:
            write_comparison(Path(args.json), diff)
    return 1 if diff.verdict == "worse" else 0


def show(console: Console, diff: RunDiff, *, most: int = _SHOWN) -> None:
    """Print `diff`: what is not the same on both sides, then the cases that changed, the worst first, then all."""
    for condition in diff.conditions:
        console.print(Text(f"note: {condition}", "yellow"), soft_wrap=True)
    for names, side in ((diff.only_before, "first"), (diff.only_after, "second")):
        if names:
            more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
            text = f"note: only in the {side} run: {', '.join(names[:_NAMED])}{more}"
            console.print(Text(text, "yellow"), soft_wrap=True)
    for case in diff.changed[:most]:
        _show_case(console, case)
    if len(diff.changed) > most:
        console.print(Text(f"… and {len(diff.changed) - most} cases more that changed: --all shows them", "dim"))
    _show_summary(console, diff)


def _show_case(console: Console, case: CaseDiff) -> None:
    head = Text(f"{case.verdict:9} ", _STYLES[case.verdict])
    head.append(case.name, "bold")
    head.append(f"  {case.title}" if case.title else "", "dim")
    head.append(f"  ({case.was}, then {case.now})" if case.was != case.now else "")
    console.print(head, soft_wrap=True)
    for turn in case.turns:
        line = Text(f"  turn {turn.number}  ", "default" if turn.noticed else "dim")
        line.append(turn.said, "bold" if turn.noticed else "dim")
        line.append(f"  {turn.cause}" if turn.cause else "", "italic")
        console.print(line, soft_wrap=True)
        _show_changes(console, turn.changes)
    _show_changes(console, case.changes)
    for failure, style, how in (
        *((each, "red", "fails") for each in case.new),
        *((g, "green", "met") for g in case.gone),
    ):
        where = "the call" if failure.turn is None else f"turn {failure.turn}"
        console.print(Text(f"    {how}, {where}: {failure.what}: expected {failure.expected}", style), soft_wrap=True)
    if case.trouble:
        console.print(Text(f"    {case.trouble}", "red"), soft_wrap=True)


def _show_changes(console: Console, changes: tuple[Change, ...]) -> None:
    for change in changes:
        styles = ("red", "green") if change.noticed else ("dim", "dim")
        for what, sign, value, style in (
            (change.what, "-", change.before, styles[0]),
            ("", "+", change.after, styles[1]),
        ):
            console.print(Text(f"    {what:{_WIDEST}} {sign} {value}", style), soft_wrap=True)


def _show_summary(console: Console, diff: RunDiff) -> None:
    counts = [f"{diff.count(name)} {name}" for name in ("same", "improved", "different", "worse")]
    console.print(Text(f"{counted(len(diff.cases))}: {', '.join(counts)}"), soft_wrap=True)
    table = Table(box=None, padding=(0, 2, 0, 0), show_header=False, pad_edge=False)
    table.add_row("  calls", str(diff.by_case))
    table.add_row("  turns", str(diff.by_turn))
    table.add_row("  reply gap", _amount(diff.gap_ms, 1, "ms"))
    table.add_row("  misheard", _amount(diff.cer, 100, "points of CER"))
    console.print(table)
    if diff.count("different") and not diff.accepted:
        console.print("different: no expectation says which is better. Look, then `--accept-changes`.", soft_wrap=True)
    console.print(Text(f"verdict: {diff.verdict}", _STYLES[diff.verdict]))


def counted(cases: int) -> str:
    """How many cases, in words."""
    return f"{cases} case" if cases == 1 else f"{cases} cases"


def _amount(interval: Interval | None, factor: float, unit: str) -> str:
    """A difference with its interval, and what that means."""
    if interval is None:
        return f"fewer than {FEWEST_CASES} cases: too few to tell"
    if interval.value == interval.low == interval.high == 0:
        return "no difference"
    value, low, high = (format(each * factor, "+.1f") for each in (interval.value, interval.low, interval.high))
    chance = "no more than chance" if interval.low <= 0 <= interval.high else "more than chance"
    return f"{value} {unit} ({low} to {high}): {chance}"
