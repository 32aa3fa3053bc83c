"""`ivr bench bargein`: who may interrupt the hotline, how fast, and what is not let to.

Whole calls on virtual time with the real recogniser: the shipped hotlines speak their openings, and the caller's end
sends back the echo at -20, -12 and -6 dB, babble, a television, music, a car, coughs, clicks, 嗯 and 好的, or somebody
who interrupts.
What the figures mean is in docs/benchmarks.md.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import multiprocessing
import os
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

from rich.console import Console
from rich.progress import Progress, TimeElapsedColumn, TimeRemainingColumn

from ivr.audio import read_audio, samples
from ivr.cli.equipment import equipment_for
from ivr.cli.flows import flow_folder
from ivr.clock import outside_work
from ivr.dialogue.dialogue import Dialogue
from ivr.dialogue.vocabulary import prepared_vocabulary_for
from ivr.errors import ModelError, UsageError
from ivr.flow.load import load
from ivr.qa.barge_in_figures import GOAL_MS, summary, table
from ivr.qa.barge_in_scenes import Material, Signal, long_enough, scene, scene_names
from ivr.qa.barge_in_trial import Half, Result, of_half, play
from ivr.qa.bench_cases import bench_cases
from ivr.qa.distribution_picture import distribution_picture
from ivr.qa.spoken_material import VOICES, Row, speak
from ivr.settings import load_settings
from ivr.simulate.mock_actions import MockActions
from ivr.simulate.virtual_loop import run as run_virtual
from ivr_tts.api import SynthesisError

_FLOWS = ("cloud_support", "carrier_10086", "city_12345")
_BACKCHANNELS = ("嗯。", "嗯嗯。", "对。", "好的。", "哦。", "好。", "对对。", "嗯，好的。", "是的。", "行。")
_TRIALS_A_TASK = 5


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--flow", action="append", metavar="FLOW", help="whose opening is interrupted; may be repeated")
    parser.add_argument("--trials", type=int, default=100, metavar="N", help="calls of each scene (default 100)")
    parser.add_argument("--seed", type=int, default=1, metavar="N", help="of moments, rooms and noises (default 1)")
    parser.add_argument("--speech", type=Path, metavar="FOLDER", help="recorded callers (default: those that ship)")
    parser.add_argument("--backchannels", type=Path, metavar="FOLDER", help="recorded 嗯 and 好的 (default: spoken)")
    parser.add_argument(
        "--half", choices=("all", "tuning", "reporting"), default="all", help="of the recordings, by their digest"
    )
    parser.add_argument("--only", action="append", metavar="SCENE", help="scenes whose name begins so; may be repeated")
    parser.add_argument(
        "--jobs", type=int, default=os.cpu_count() or 1, metavar="N", help="calls at once (default: cores)"
    )
    parser.add_argument("--json", metavar="FILE", help="write everything measured to FILE; - is standard output")
    parser.add_argument("--svg", type=Path, metavar="FILE", help="draw how long the hotline went on speaking")


@dataclass(frozen=True, slots=True)
class _Task:
    """Some trials of some scenes with one hotline, in one process."""

    flow: str
    material: Material
    names: tuple[str, ...]
    trials: tuple[int, ...]
    seed: int


def run(args: argparse.Namespace) -> int:
    if args.trials < 1 or args.jobs < 1:
        raise UsageError("--trials and --jobs are 1 at least: play each scene once, one call at a time.")
    material = _material(args.speech, args.backchannels, args.half)
    tasks = list(_tasks(args, material))
    with Progress(
        *Progress.get_default_columns()[:-1],
        TimeElapsedColumn(),
        TimeRemainingColumn(),
        console=Console(stderr=True),
        transient=True,
    ) as progress:
        results = _play_all(tasks, args.jobs, progress)
    if not results:
        raise UsageError(
            f"--only {' '.join(args.only)}: no scene begins so; there are {', '.join(scene_names(material))}."
        )
    figures = summary(results)
    Console(stderr=args.json == "-").print(table(figures))
    if args.json is not None:
        text = json.dumps(figures, ensure_ascii=False, indent=1) + "\n"
        sys.stdout.write(text) if args.json == "-" else Path(args.json).write_text(text, encoding="utf-8")
    if args.svg is not None:
        args.svg.write_text(_picture(results), encoding="utf-8")
    return 0


def _material(speech: Path | None, backchannels: Path | None, half: Half) -> Material:
    try:
        nods = _recordings(backchannels) if backchannels else asyncio.run(_spoken())
    except (ModelError, SynthesisError) as fault:
        nods = []
        print(f"no backchannels: {fault}", file=sys.stderr)
    folders = [speech] if speech else bench_cases()
    try:
        return Material(
            long_enough(of_half([one for folder in folders for one in _recordings(folder)], half)), of_half(nods, half)
        )
    except ValueError as fault:
        raise UsageError(f"{folders[0]}, half {half}: {fault}; give a folder of WAV or FLAC files.") from fault


def _recordings(folder: Path) -> list[Signal]:
    files = sorted(file for file in folder.rglob("*") if file.suffix.lower() in {".wav", ".flac", ".mp3"})
    return [samples(read_audio(file)) for file in files]


async def _spoken() -> list[Signal]:
    """Each backchannel in every voice."""
    rows = await speak([Row(text, None) for text in _BACKCHANNELS for _ in VOICES])
    return [samples(read_audio(row.path)) for row in rows if row.path is not None]


def _tasks(args: argparse.Namespace, material: Material) -> Iterator[_Task]:
    """The trials, dealt out to the hotlines in turn."""
    flows = args.flow or _FLOWS
    names = tuple(
        name for name in scene_names(material) if not args.only or any(name.startswith(begin) for begin in args.only)
    )
    for number, flow in enumerate(flows if names else ()):
        own = range(number, args.trials, len(flows))
        for first in range(0, len(own), _TRIALS_A_TASK):
            yield _Task(flow, material, names, tuple(own[first : first + _TRIALS_A_TASK]), args.seed)


def _play_all(tasks: Sequence[_Task], jobs: int, progress: Progress) -> list[Result]:
    bar = progress.add_task("calls", total=sum(len(task.names) * len(task.trials) for task in tasks))
    results: list[Result] = []
    with ProcessPoolExecutor(jobs, mp_context=multiprocessing.get_context("spawn")) as pool:
        for found in pool.map(_play_task, tasks):
            progress.advance(bar, len(found))
            results += found
    places = {name: place for place, name in enumerate(dict.fromkeys(one.scene for one in results))}
    return sorted(results, key=lambda one: (places[one.scene], one.trial))


def _play_task(task: _Task) -> list[Result]:
    return run_virtual(_play(task))


async def _play(task: _Task) -> list[Result]:
    flow, settings = load(flow_folder(task.flow)), load_settings()
    settings = replace(settings, recognition=replace(settings.recognition, workers=1))
    with outside_work():
        vocabulary = await asyncio.to_thread(prepared_vocabulary_for, flow)
    results = []
    async with equipment_for(settings, flow, actions=MockActions()) as equipment:
        for name in task.names:
            for trial in task.trials:
                played = scene(task.material, name, trial, task.seed)
                results.append(await play(played, trial, Dialogue(flow, vocabulary), equipment))
    return results


def _picture(results: Sequence[Result]) -> str:
    times: dict[str, list[float]] = {}
    for one in results:
        if one.silent_after_ms is not None:
            times.setdefault(one.scene, []).append(one.silent_after_ms)
    if not times:
        raise UsageError("--svg: nobody interrupted in the scenes played, so there is nothing to draw.")
    return distribution_picture(times, title="From the caller's first speech to silence at the phone", goal=GOAL_MS)
