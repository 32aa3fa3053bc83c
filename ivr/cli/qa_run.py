"""`ivr qa run [CASE…]`: play recorded cases, in lock step and in parallel, and say at which turn they fail.

Without a case, all that ship are played. The exit status is 1 if one fails that is not known to, or passes that is
known to fail, or could not be played, or if it is worse than the baseline.
"""

from __future__ import annotations

import argparse
import os
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from ivr.cli.case_report import BAD, show_case, sum_up
from ivr.cli.case_setup import AUGMENT_HELP, case_folders, channel_option, setup_for
from ivr.cli.flows import flow_folder
from ivr.cli.qa_compare import show
from ivr.cli.qa_report import write_report
from ivr.errors import FlowError, UsageError
from ivr.flow.load import load
from ivr.qa.case import load_case
from ivr.qa.case_worker import Setup
from ivr.qa.channels.spec import CLEAR
from ivr.qa.cobertura import write_cobertura
from ivr.qa.compare.baseline import read_side
from ivr.qa.compare.run_diff import RunDiff, compare_runs, restricted
from ivr.qa.junit import write_cases_junit
from ivr.qa.run_cases import run_cases
from ivr.qa.run_coverage import RunCoverage, coverage_of
from ivr.qa.run_folder import empty_for_a_run, write_run
from ivr.qa.run_result import CaseResult, RunResult
from ivr.settings import load_settings


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "cases", nargs="*", metavar="CASE", help="a folder with case.yaml, a folder of such, or a shipped case's name"
    )
    parser.add_argument("--tag", action="append", default=[], metavar="T", help="only cases with this tag; repeatable")
    parser.add_argument("--flow", default="", metavar="F", help="only cases that call this hotline")
    parser.add_argument("--jobs", type=int, default=0, metavar="N", help="processes; one a core if left out")
    parser.add_argument("--to", type=Path, metavar="DIR", help="keep the run: run.json and every journal")
    parser.add_argument("--keep-audio", action="store_true", help="keep both directions of every call, too")
    parser.add_argument("--junit", type=Path, metavar="FILE", help="write the results as JUnit XML")
    parser.add_argument("--cobertura", type=Path, metavar="FILE", help="write what was reached as Cobertura XML")
    parser.add_argument("--html", type=Path, metavar="FILE", help="write the report, as `ivr qa report` does")
    parser.add_argument("--baseline", type=Path, metavar="FILE", help="compare with a run's folder or a baseline")
    parser.add_argument("--augment", type=channel_option, default=CLEAR, metavar="SPEC", help=AUGMENT_HELP)
    parser.add_argument("--voice", action="store_true", help="the hotline speaks with its true voice, not with silence")
    parser.add_argument("--no-cache", action="store_true", help="recognise anew what was recognised before")


def run(args: argparse.Namespace) -> int:
    _check_places(args)
    folders = _wanted(case_folders(args.cases), args.tag, args.flow)
    before = read_side(args.baseline) if args.baseline else None
    console = Console(highlight=False)
    with TemporaryDirectory(prefix="ivr-qa-") as passing:
        folder = args.to or (Path(passing) if args.html else None)
        setup = setup_for(
            load_settings(),
            channel=args.augment,
            folder=folder,
            keep_audio=args.keep_audio or args.html is not None,
            true_voice=args.voice,
            cached=not args.no_cache,
        )
        if args.to is not None:
            empty_for_a_run(args.to)
        result = _played(folders, setup, args.jobs or os.cpu_count() or 1)
        if args.to is not None:
            write_run(args.to, result)
        diff = _compared(before, result) if before is not None else None
        if args.html is not None and folder is not None:
            write_report(args.html, folder, result, diff=diff, against=args.baseline.name if args.baseline else "")
    coverages = _coverages(result)
    if args.junit:
        write_cases_junit(args.junit, result)
    if args.cobertura:
        write_cobertura(args.cobertura, coverages)
    for case in result.cases:
        show_case(console, case)
    if diff is not None:
        show(console, diff)
    sum_up(console, result, coverages)
    worse = diff is not None and diff.verdict == "worse"
    return 1 if worse or any(case.verdict in BAD for case in result.cases) else 0


def _check_places(args: argparse.Namespace) -> None:
    """Say before a long run what would fail after it."""
    if args.keep_audio and not args.to:
        raise UsageError("--keep-audio needs a place: give --to DIR as well.")
    if args.jobs < 0:
        raise UsageError(f"--jobs is {args.jobs}: give 1 or more, or leave it out for one a core.")
    for file in (args.junit, args.cobertura, args.html):
        if file is not None and not file.resolve().parent.is_dir():
            raise UsageError(f"{file} cannot be written: there is no folder {file.parent}; make it first.")


def _compared(before: RunResult, after: RunResult) -> RunDiff:
    """With those cases of `before` that were played now."""
    return compare_runs(restricted(before, {case.case for case in after.cases}), after)


def _coverages(run: RunResult) -> list[RunCoverage]:
    """Of every hotline that was called."""
    called: dict[str, list[CaseResult]] = {}
    for case in run.cases:
        if case.verdict != "error":
            called.setdefault(case.flow, []).append(case)
    return [coverage_of(load(flow_folder(name)), cases) for name, cases in sorted(called.items())]


def _wanted(folders: list[Path], tags: list[str], flow: str) -> list[Path]:
    """Those that are asked for; a case that cannot be read is always asked for, so that it is told."""
    every = not tags and not flow
    found = [folder for folder in folders if every or _asked_for(folder, set(tags), flow)]
    if not found:
        what = " and ".join([*(f"the tag `{tag}`" for tag in tags), *([f"the flow `{flow}`"] if flow else [])])
        raise UsageError(f"no case has {what}: see the `tags:` and `flow:` of the cases." if what else "no case.")
    return found


def _asked_for(folder: Path, tags: set[str], flow: str) -> bool:
    try:
        case = load_case(folder).case
    except FlowError:
        return True
    return tags <= set(case.tags) and flow in {"", case.flow}


def _played(folders: list[Path], setup: Setup, jobs: int) -> RunResult:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("cases", total=len(folders))

        def progress(case: CaseResult, done: int, _total: int) -> None:
            bar.update(task, completed=done, description=case.case)

        started = datetime.now().astimezone().isoformat(timespec="seconds")
        return run_cases(folders, setup, jobs=jobs, started=started, progress=progress)
