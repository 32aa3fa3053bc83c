"""What the terminal says of a run of cases: each that did not go as it should, at its turn, and all in two lines."""

from __future__ import annotations

from io import StringIO

from rich.console import Console
from rich.text import Text

from ivr.qa.run_coverage import RunCoverage
from ivr.qa.run_result import CaseResult, RunResult

BAD = frozenset({"failed", "mended", "error"})
"""Verdicts that make a run fail."""


def show_case(console: Console, case: CaseResult) -> None:
    """A case that did not go as it should; of others, only what was converted in their recordings."""
    for advice in case.advice:
        console.print(Text(f"{case.case}: advice: {advice}", "yellow"), soft_wrap=True)
    if case.verdict not in BAD:
        return
    console.print(Text(f"✗ {case.case}  {case.title}", "bold red"), soft_wrap=True)
    if case.verdict == "error":
        console.print(Text(f"  {case.trouble}", "red"), soft_wrap=True)
    if case.verdict == "mended":
        why = f"  it is known to fail ({case.known_failure}), and passes: take out `known_failure`."
        console.print(Text(why, "red"), soft_wrap=True)
    for failure in case.failures:
        where = "the whole call"
        if failure.turn is not None:
            said = case.turns[failure.turn].said if failure.turn < len(case.turns) else ""
            where = f"turn {failure.turn}{f', {said}' if said else ''}"
        console.print(Text(f"  {case.file}:{failure.line}: {where}"), soft_wrap=True, highlight=False)
        console.print(Text(f"      {failure.what}: expected  {failure.expected}", "green"), soft_wrap=True)
        came = failure.came or "nothing"
        console.print(Text(f"      {' ' * len(failure.what)}  came      {came}", "red"), soft_wrap=True)


def sum_up(console: Console, run: RunResult, coverages: list[RunCoverage]) -> None:
    """How many passed, what of each hotline they have reached, and what it took."""
    counts = {verdict: sum(case.verdict == verdict for case in run.cases) for verdict in ("passed", "known")}
    bad = sum(case.verdict in BAD for case in run.cases)
    line = Text(f"{counts['passed']} passed", "green")
    line.append(f", {bad} failed", "red" if bad else "dim")
    if counts["known"]:
        line.append(f", {counts['known']} known to fail", "yellow")
    console.print(line, soft_wrap=True, highlight=False)
    for coverage in coverages:
        console.print(Text(f"{coverage.flow}: {coverage.in_short()}", "dim"), soft_wrap=True, highlight=False)
    console.print(Text(in_short(run), "dim"), soft_wrap=True, highlight=False)


def in_short(run: RunResult) -> str:
    """What was played and what it took: 62 calls, 41 min of audio in 38 s, 76 s of processor: 32 times real time a
    core."""
    audio_s, cost = sum(case.seconds for case in run.cases), run.cost
    audio = f"{audio_s / 60:.0f} min" if audio_s >= 120 else f"{audio_s:.0f} s"
    each = f"{audio_s / cost.cpu_s:.1f}" if cost.cpu_s else "–"
    calls = f"{len(run.cases)} call{'s' if len(run.cases) != 1 else ''}"
    known = f"{cost.cached} of {cost.cached + cost.decoded} recognitions from the cache"
    took = f"{cost.wall_s:.1f} s, {cost.cpu_s:.1f} s of processor"
    return f"{calls}, {audio} of audio in {took}: {each} times real time a core; {known}"


def as_text(case: CaseResult) -> str:
    """What `show_case` shows, without colours."""
    console = Console(file=StringIO(), width=120, color_system=None)
    with console.capture() as shown:
        show_case(console, case)
    return shown.get().rstrip()
