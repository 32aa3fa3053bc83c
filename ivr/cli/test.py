"""`ivr test FLOW…`: play the tests that stand beside a flow, and say which steps and ways they go.

A failure fits one screen: what is not as expected, at its line, and the call as it went.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from rich.console import Console
from rich.table import Table
from rich.text import Text

from ivr.cli.flows import flow_folder
from ivr.cli.logs import errors_alone
from ivr.dialogue.vocabulary import vocabulary_for
from ivr.errors import UsageError
from ivr.flow.load import Flow, load
from ivr.qa.coverage import Coverage
from ivr.qa.junit import write_junit
from ivr.qa.twin import Twin, twins_of
from ivr.qa.twin_run import Played, play_twin
from ivr.simulate.virtual_loop import run as run_virtual

_STORY_LINES = 24


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "flows", nargs="+", metavar="FLOW", help="a folder with a flow.yaml, or a shipped hotline's name"
    )
    parser.add_argument("-k", dest="only", default="", metavar="TEXT", help="only tests with TEXT in their sentence")
    parser.add_argument("--junit", type=Path, metavar="FILE", help="write the results as JUnit XML")
    parser.add_argument("--coverage", action="store_true", help="name every step and way that no test goes")
    parser.add_argument(
        "--min-steps", type=float, default=0.0, metavar="PERCENT", help="fail if the tests enter fewer steps than this"
    )


def run(args: argparse.Namespace) -> int:
    # Tests of all flows are read before any is played: a mistake in the last is told at once.
    flows = [load(flow_folder(name)) for name in args.flows]
    tests = {flow.folder: _asked_for(twins_of(flow), args.only) for flow in flows}
    if not any(tests.values()):
        where = ", ".join(str(flow.folder / "tests") for flow in flows)
        what = f"no test in {where} has `{args.only}` in its sentence" if args.only else f"there is no test in {where}"
        raise UsageError(f"{what}: write one, or have `ivr chat FLOW --record FILE` write it.")
    console = Console()
    results: dict[str, list[Played]] = {}
    good = True
    for flow in flows:
        coverage = Coverage(flow)
        results[flow.folder.name] = played = _play(flow, tests[flow.folder], console)
        for each in played:
            coverage.add(each.walk)
        good &= all(each.passed for each in played) and bool(args.only or coverage.step_share >= args.min_steps)
        _report(console, flow, played, coverage, full=args.coverage, wanted=0.0 if args.only else args.min_steps)
    if args.junit:
        try:
            write_junit(args.junit, results)
        except OSError as fault:
            raise UsageError(f"{args.junit} cannot be written ({fault.strerror}): give another place.") from fault
    return 0 if good else 1


def _asked_for(twins: list[Twin], only: str) -> list[Twin]:
    return [twin for twin in twins if only.casefold() in twin.spec.test.casefold()]


def _play(flow: Flow, twins: list[Twin], console: Console) -> list[Played]:
    vocabulary = vocabulary_for(flow)
    made: list[Played] = []
    for twin in twins:
        with errors_alone():
            made.append(run_virtual(play_twin(flow, vocabulary, twin)))
        if not made[-1].passed:
            show_failure(console, made[-1])
    return made


def show_failure(console: Console, played: Played) -> None:
    """What is not as expected, and the call so far; the end of it where it is long."""
    twin = played.twin
    console.print(Text(f"✗ {twin.spec.test}", "bold red"), soft_wrap=True)
    for fault in played.faults:
        console.print(Text(f"  {twin.file}:{fault.line}: after {fault.turn}"), soft_wrap=True, highlight=False)
        console.print(Text(f"      {fault.what}: expected  {fault.expected}", "green"), soft_wrap=True)
        console.print(Text(f"      {' ' * len(fault.what)}  came      {fault.came}", "red"), soft_wrap=True)
    story = played.story[-_STORY_LINES:]
    if len(story) < len(played.story):
        console.print(Text(f"  … {len(played.story) - len(story)} lines before", "dim"))
    for who, what in story:
        console.print(Text(f"  {who:>7}  {what}", "bold" if who == "caller" else "dim"), soft_wrap=True)
    console.print()


def _report(
    console: Console, flow: Flow, played: list[Played], coverage: Coverage, *, full: bool, wanted: float
) -> None:
    failed = sum(not each.passed for each in played)
    line = Text(f"{flow.folder.name}: ", "bold")
    line.append(f"{len(played) - failed} passed", "green" if played else "default")
    line.append(f", {failed} failed", "red" if failed else "dim")
    line.append(
        f"; steps {len(coverage.steps)} of {len(coverage.all_steps)} ({coverage.step_share:.0f}%), "
        f"ways {len(coverage.ways)} of {len(coverage.all_ways)} ({coverage.way_share:.0f}%)",
        "default",
    )
    console.print(line, soft_wrap=True, highlight=False)
    if coverage.step_share < wanted:
        console.print(Text(f"  too few steps: at least {wanted:g}% are asked for.", "red"))
    if full or coverage.step_share < wanted:
        _missed(console, coverage)


def _missed(console: Console, coverage: Coverage) -> None:
    table = Table(box=None, padding=(0, 2, 0, 2), show_header=False)
    for name, where in coverage.missed_steps():
        table.add_row(Text("step", "yellow"), Text(name), Text(where, "dim"))
    for way, where in coverage.missed_ways():
        label = f"  ({way.label})" if way.label else ""
        table.add_row(Text("way", "yellow"), Text(f"{way.start} → {way.end}{label}"), Text(where, "dim"))
    if table.row_count:
        console.print(Text("  no test goes", "dim"))
        console.print(table)
