"""`ivr bench qa`: how many times faster than real time recorded cases are played, without and with the caches.

The same cases are played by the very pool of `ivr qa run`, three times: with an empty folder for caches (every
recognition is decoded, every hotline learned), and twice more with what that left. Then once more in a process that has
all in memory, which is what the frames themselves cost. Beside it stands what this machine can do at best: the same
turns decoded with no call around them, and what a process costs before its first case.
"""

from __future__ import annotations

import argparse
import asyncio
import dataclasses
import json
import logging
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import structlog
from rich.console import Console
from rich.table import Table

from ivr.audio import FRAME_MS
from ivr.call.actions import Actions
from ivr.call.driver import Equipment
from ivr.cli.case_setup import case_folders, setup_for
from ivr.cli.equipment import recognizer_for
from ivr.errors import AudioError, FlowError, UsageError
from ivr.flow.load import Flow
from ivr.models.store import root
from ivr.qa.case import load_case
from ivr.qa.case_worker import CasePlayer
from ivr.qa.machine_limit import decode_bare, load_average
from ivr.qa.run_cases import run_cases
from ivr.qa.run_result import CaseResult, RunResult
from ivr.qa.turn_clock import Decoded, TurnClock, WatchedRecognizer
from ivr.settings import load_settings

GOAL_COLD, GOAL_WARM = 8.0, 500.0
GOAL_FRAME_US = 40.0
_RUNS = ("cold", "warm", "warm again")
_IN_MEMORY = "in memory"
_STARTS = 3
_START = "import ivr.qa.case_worker, ivr.cli.case_setup"


@dataclass(frozen=True, slots=True)
class Played:
    """One run. `audio_s`: of the calls; `cpu_s`: of all processes, their start included; `faults`: cases that could not
    be played."""

    name: str
    calls: int
    audio_s: float
    wall_s: float
    cpu_s: float
    jobs: int
    cached: int
    decoded: int
    faults: int

    @property
    def times_a_core(self) -> float:
        """Real time over processor time, everything included."""
        return self.audio_s / max(self.cpu_s, 1e-9)

    @property
    def frame_us(self) -> float:
        """Processor time a frame of 20 ms, everything included."""
        return self.cpu_s / max(self.audio_s, 1e-9) * FRAME_MS * 1000


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("cases", nargs="*", metavar="CASE", help="as for `ivr qa run` (default: all that ship)")
    parser.add_argument("--jobs", type=int, default=0, metavar="N", help="processes; one a core if left out")
    parser.add_argument("--json", metavar="FILE", help="write the figures to FILE; - is standard output")


def run(args: argparse.Namespace) -> int:
    jobs = args.jobs or os.cpu_count() or 1
    if jobs < 1:
        raise UsageError(f"--jobs {args.jobs}: give one process at least.")
    folders = [folder for folder in case_folders(args.cases) if _plays(folder)]
    if not folders:
        raise UsageError("none of these cases can be played: `ivr qa run` says why.")
    console = Console(stderr=args.json == "-")
    report: dict[str, Any] = {"benchmark": "qa", "load_average_before": load_average(), "start_cpu_s": start_cpu_s()}
    with empty_caches(), quiet():
        runs, journals = [], []
        for name in _RUNS:
            console.print(f"{len(folders)} calls, {name}", highlight=False)
            result = run_cases(folders, setup_for(load_settings()), jobs=jobs)
            runs.append(played(name, result))
            journals.append([case.journal for case in result.cases])
        in_memory, decoded = frames_alone(folders)
        runs.append(in_memory)
        report["bare"] = asyncio.run(bare_decoding(decoded))
    report |= {"runs": [_as_json(each) for each in runs], "same_journals": journals.count(journals[0]) == len(journals)}
    report["load_average_after"] = load_average()
    report["goals"] = goals_met(runs, same=report["same_journals"])
    _print(console, report)
    if args.json is not None:
        text = json.dumps(report, ensure_ascii=False, indent=1) + "\n"
        sys.stdout.write(text) if args.json == "-" else Path(args.json).write_text(text, encoding="utf-8")
    return 0 if report["same_journals"] else 1


def played(name: str, result: RunResult) -> Played:
    """A run in figures."""
    cost = result.cost
    return _figures(name, result.cases, cost.wall_s, cost.cpu_s, (cost.jobs, cost.cached, cost.decoded))


def _figures(
    name: str, cases: Sequence[CaseResult], wall_s: float, cpu_s: float, counts: tuple[int, int, int]
) -> Played:
    audio_s = sum(case.seconds for case in cases)
    faults = sum(case.verdict == "error" for case in cases)
    return Played(name, len(cases), round(audio_s, 1), round(wall_s, 3), round(cpu_s, 3), *counts, faults)


def frames_alone(folders: Sequence[Path]) -> tuple[Played, list[Decoded]]:
    """The cases in this process, where hotlines, encoder and recognitions were in memory before; and every turn that
    was given to the recogniser, with its phrases."""
    setup, clock = setup_for(load_settings()), TurnClock()

    @asynccontextmanager
    async def watched(flow: Flow, actions: Actions) -> AsyncIterator[Equipment]:
        async with setup.equip(flow, actions) as equipment:
            assert equipment.recognizer is not None  # noqa: S101  `setup_for` always gives one
            yield dataclasses.replace(equipment, recognizer=WatchedRecognizer(equipment.recognizer, clock))

    player = CasePlayer(dataclasses.replace(setup, equip=watched))
    for folder in folders:
        player.play(folder)
    player.setup = setup
    hits = player.cached
    cpu, wall = time.process_time(), time.perf_counter()
    results = [player.play(folder) for folder in folders]
    cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
    return _figures(_IN_MEMORY, results, wall, cpu, (1, player.cached - hits, player.decoded)), clock.decoded


async def bare_decoding(decoded: Sequence[Decoded]) -> dict[str, float]:
    """`turns` of `audio_s` decoded by one worker, one straight after the other, in `seconds`."""
    settings = load_settings()
    alone = dataclasses.replace(settings, recognition=dataclasses.replace(settings.recognition, workers=1))
    recognizer = recognizer_for(alone, "zh-CN")
    try:
        await recognizer.start()
        found = await decode_bare(recognizer, decoded, lambda: None)
    finally:
        await recognizer.close()
    seconds = sum(each.rtf * each.audio_ms for each in found) / 1000
    return {
        "turns": len(found),
        "audio_s": round(sum(each.audio_ms for each in found) / 1000, 1),
        "seconds": round(seconds, 2),
    }


def start_cpu_s() -> float:
    """Processor seconds of a process before its first case: Python, and all that a case needs imported. The least of
    three."""
    found = []
    for _ in range(_STARTS):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run([sys.executable, "-c", _START], check=True)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        found.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    return round(min(found), 3)


@contextmanager
def empty_caches() -> Iterator[None]:
    """This user's models, and beside them a folder for caches that is empty; for the processes of a run, too."""
    before = os.environ.get("IVR_MODELS")
    with tempfile.TemporaryDirectory(prefix="ivr-bench-") as folder:
        models = Path(folder) / "models"
        models.symlink_to(root())
        os.environ["IVR_MODELS"] = str(models)
        try:
            yield
        finally:
            del os.environ["IVR_MODELS"]
            if before is not None:
                os.environ["IVR_MODELS"] = before


@contextmanager
def quiet() -> Iterator[None]:
    """As in the processes of a run, a service that is mocked to fail is nothing to tell."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    try:
        yield
    finally:
        structlog.reset_defaults()


def goals_met(runs: Sequence[Played], *, same: bool) -> dict[str, bool]:
    """The goals against the runs, in the order in which they were played."""
    by_name = {each.name: each for each in runs}
    warm = min(by_name[name].frame_us for name in _RUNS[1:])
    return {
        f"cold, at least {GOAL_COLD:g} times real time a core": by_name["cold"].times_a_core >= GOAL_COLD,
        f"with the caches, at least {GOAL_WARM:g} times, starting included": FRAME_MS * 1000 / warm >= GOAL_WARM,
        f"in memory, at least {GOAL_WARM:g} times": by_name[_IN_MEMORY].times_a_core >= GOAL_WARM,
        f"in memory, at most {GOAL_FRAME_US:g} µs a frame": by_name[_IN_MEMORY].frame_us <= GOAL_FRAME_US,
        "the same journals in every run": same,
    }


def _plays(folder: Path) -> bool:
    """Whether its recordings are there; what is wrong with it is `ivr qa run`'s to say."""
    try:
        load_case(folder).turns()
    except (FlowError, AudioError):
        return False
    return True


def _as_json(each: Played) -> dict[str, Any]:
    own = {"times_a_core": round(each.times_a_core, 1), "us_a_frame": round(each.frame_us, 1)}
    return {**dataclasses.asdict(each), **own}


def _print(console: Console, report: dict[str, Any]) -> None:
    if not console.is_terminal:
        console.width = 100
    table = Table(title="qa: recorded calls, of processor time")
    for name in (
        "",
        "calls",
        "audio s",
        "wall s",
        "cpu s",
        "jobs",
        "cached",
        "decoded",
        "x real time a core",
        "µs a frame",
    ):
        table.add_column(name, justify="right" if name else "left")
    for each in report["runs"]:
        table.add_row(
            *(each["name"], str(each["calls"]), f"{each['audio_s']:.0f}", f"{each['wall_s']:.1f}"),
            *(f"{each['cpu_s']:.2f}", str(each["jobs"]), str(each["cached"]), str(each["decoded"])),
            *(f"{each['times_a_core']:.0f}", f"{each['us_a_frame']:.0f}"),
        )
    console.print(table)
    bare, calls_s = report["bare"], report["runs"][0]["audio_s"]
    best = f"{calls_s / bare['seconds']:.0f}" if bare["seconds"] else "–"
    alone = f"{bare['turns']} turns of {bare['audio_s']:.0f} s decoded alone in {bare['seconds']:.1f} s"
    console.print(f"the machine's limit: {alone}, so at most {best} times a core cold", highlight=False)
    console.print(f"a process starts in {report['start_cpu_s']:.1f} s", highlight=False)
    for goal, met in report["goals"].items():
        console.print(f"{goal}: {'yes' if met else 'no'}", highlight=False)
    console.print(f"load average {report['load_average_before'][0]} before, {report['load_average_after'][0]} after")
