"""`ivr qa run [CASE…]`: play recorded cases, in lock step and in parallel, and say at which turn they fail.

Without a case, all that ship are played. The exit status is 1 if one fails that is not known to, or passes that is
known to fail.
"""

from __future__ import annotations

import argparse
import os
from datetime import datetime
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.text import Text

from ivr.cli.case_setup import AUGMENT_HELP, case_folders, channel_option, setup_for
from ivr.errors import FlowError, UsageError
from ivr.qa.case import load_case
from ivr.qa.case_worker import Setup
from ivr.qa.channels.spec import CLEAR
from ivr.qa.run_cases import run_cases
from ivr.qa.run_folder import write_run
from ivr.qa.run_result import CaseResult, RunResult
from ivr.settings import load_settings

_BAD = {"failed", "mended", "error"}


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "cases", nargs="*", metavar="CASE", help="a folder with case.yaml, a folder of such, or a shipped case's name"
    )
    parser.add_argument("--tag", action="append", default=[], metavar="T", help="only cases with this tag; repeatable")
    parser.add_argument("--flow", default="", metavar="F", help="only cases that call this hotline")
    parser.add_argument("--jobs", type=int, default=0, metavar="N", help="processes; one a core if left out")
    parser.add_argument("--to", type=Path, metavar="DIR", help="keep the run: run.json and every journal")
    parser.add_argument("--keep-audio", action="store_true", help="keep both directions of every call, too")
    parser.add_argument("--augment", type=channel_option, default=CLEAR, metavar="SPEC", help=AUGMENT_HELP)
    parser.add_argument("--voice", action="store_true", help="the hotline speaks with its true voice, not with silence")
    parser.add_argument("--no-cache", action="store_true", help="recognise anew what was recognised before")


def run(args: argparse.Namespace) -> int:
    if args.keep_audio and not args.to:
        raise UsageError("--keep-audio needs a place: give --to DIR as well.")
    folders = _wanted(case_folders(args.cases), args.tag, args.flow)
    setup = setup_for(
        load_settings(),
        channel=args.augment,
        folder=args.to,
        keep_audio=args.keep_audio,
        true_voice=args.voice,
        cached=not args.no_cache,
    )
    console = Console()
    result = _played(folders, setup, args.jobs or os.cpu_count() or 1)
    if args.to is not None:
        write_run(args.to, result)
    for case in result.cases:
        _show(console, case)
    _sum_up(console, result)
    return 1 if any(case.verdict in _BAD for case in result.cases) else 0


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


def _show(console: Console, case: CaseResult) -> None:
    """A case that did not go as it should, and at which turn."""
    if case.verdict not in _BAD:
        return
    console.print(Text(f"✗ {case.case}  {case.title}", "bold red"), soft_wrap=True)
    if case.verdict == "error":
        console.print(Text(f"  {case.trouble}", "red"), soft_wrap=True)
    if case.verdict == "mended":
        why = f"  it is known to fail ({case.known_failure}), and passes: take out `known_failure`."
        console.print(Text(why, "red"), soft_wrap=True)
    for failure in case.failures:
        where = "the whole call" if failure.turn is None else f"turn {failure.turn}"
        if failure.turn:
            where += f", {case.turns[failure.turn].said}" if failure.turn < len(case.turns) else ""
        console.print(Text(f"  {case.file}:{failure.line}: {where}"), soft_wrap=True, highlight=False)
        console.print(Text(f"      {failure.what}: expected  {failure.expected}", "green"), soft_wrap=True)
        console.print(Text(f"      {' ' * len(failure.what)}  came      {failure.came}", "red"), soft_wrap=True)


def _sum_up(console: Console, run: RunResult) -> None:
    counts = {verdict: sum(case.verdict == verdict for case in run.cases) for verdict in ("passed", "known")}
    bad = sum(case.verdict in _BAD for case in run.cases)
    line = Text(f"{counts['passed']} passed", "green")
    line.append(f", {bad} failed", "red" if bad else "dim")
    if counts["known"]:
        line.append(f", {counts['known']} known to fail", "yellow")
    console.print(line, soft_wrap=True, highlight=False)
    console.print(Text(in_short(run), "dim"), soft_wrap=True, highlight=False)


def in_short(run: RunResult) -> str:
    """What was played and what it took: 62 calls, 41 min of audio in 38 s: 32 times real time a core."""
    audio_s, cost = sum(case.seconds for case in run.cases), run.cost
    audio = f"{audio_s / 60:.0f} min" if audio_s >= 120 else f"{audio_s:.0f} s"
    each = f"{audio_s / (cost.wall_s * cost.jobs):.1f}" if cost.wall_s else "–"
    calls = f"{len(run.cases)} call{'s' if len(run.cases) != 1 else ''}"
    cores = f"{cost.jobs} process{'es' if cost.jobs != 1 else ''}"
    known = f", {cost.cached} of {cost.cached + cost.decoded} recognitions from the cache"
    return f"{calls}, {audio} of audio in {cost.wall_s:.1f} s, {cores}: {each} times real time a core{known}"
