"""`ivr bench bargein`: who may interrupt the hotline, how fast, and what is not let to.

Whole calls on virtual time with the real recogniser: the hotline speaks its opening, and the caller's end sends back
its echo at -20, -12 and -6 dB, babble, a television, music, a car, coughs, clicks, 嗯 and 好的, or somebody who
interrupts.
What the figures mean is in docs/benchmarks.md.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from ivr.audio import read_audio, resample, samples, through_g711
from ivr.call.driver import Equipment, run_call
from ivr.call.journal import MemoryJournal
from ivr.call.line import CallInfo
from ivr.cli.equipment import equipment_for, synthesizer_for
from ivr.cli.flows import flow_folder
from ivr.clock import outside_work
from ivr.dialogue.commands import Command, PauseSpeaking, StopSpeaking
from ivr.dialogue.dialogue import Dialogue
from ivr.dialogue.events import Event
from ivr.dialogue.vocabulary import prepared_vocabulary_for
from ivr.errors import ModelError, UsageError
from ivr.flow.load import Flow, load
from ivr.qa.barge_in_scenes import Material, Scene, Signal, scenes
from ivr.qa.distribution_picture import distribution_picture
from ivr.qa.echo_line import EchoLine
from ivr.settings import load_settings
from ivr.shipped import shipped
from ivr.simulate.mock_actions import MockActions
from ivr.simulate.virtual_loop import run as run_virtual
from ivr_tts.api import SynthesisError

GOAL_MS = 200.0
_MISSED_AFTER_S = 1.0
_BACKCHANNELS = ("嗯。", "嗯嗯。", "对。", "好的。", "哦。")
_LOCAL_TIME = "2026-11-20T10:00:00+08:00"


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--flow", default="cloud_support", metavar="FLOW", help="whose opening is interrupted")
    parser.add_argument("--trials", type=int, default=20, metavar="N", help="calls of each scene (default 20)")
    parser.add_argument("--seed", type=int, default=1, metavar="N", help="of moments, rooms and noises (default 1)")
    parser.add_argument("--speech", type=Path, metavar="FOLDER", help="recorded callers (default: those that ship)")
    parser.add_argument("--backchannels", type=Path, metavar="FOLDER", help="recorded 嗯 and 好的 (default: spoken)")
    parser.add_argument("--only", action="append", metavar="SCENE", help="scenes whose name begins so; may be repeated")
    parser.add_argument("--json", metavar="FILE", help="write everything measured to FILE; - is standard output")
    parser.add_argument("--svg", type=Path, metavar="FILE", help="draw how long the hotline went on speaking")


@dataclass(frozen=True, slots=True)
class Result:
    """One call: from the caller's first speech to silence at the phone (None: none within a second); `paused`: how
    often a sound made the hotline pause; `dropped`: what it said was given up."""

    scene: str
    interrupts: bool
    silent_after_ms: float | None
    paused: int
    dropped: bool

    @property
    def false(self) -> bool:
        """Given up for nothing."""
        return self.dropped and not self.interrupts

    @property
    def missed(self) -> bool:
        """The caller was not given silence within a second, or was talked on over."""
        return self.interrupts and (self.silent_after_ms is None or not self.dropped)


def run(args: argparse.Namespace) -> int:
    if args.trials < 1:
        raise UsageError(f"--trials is {args.trials}: play each scene at least once.")
    flow, settings = load(flow_folder(args.flow)), load_settings()
    try:
        nods = _recordings(args.backchannels) if args.backchannels else asyncio.run(_spoken(settings, flow))
    except (ModelError, SynthesisError) as fault:
        nods = []
        print(f"no backchannels: {fault}", file=sys.stderr)
    speech = _recordings(args.speech or shipped("audio_fixtures"))
    if not speech:
        raise UsageError(f"there is no recording in {args.speech}: give a folder of WAV or FLAC files.")
    wanted = [
        scene
        for scene in scenes(Material(speech, nods), args.trials, args.seed)
        if not args.only or any(scene.name.startswith(name) for name in args.only)
    ]
    with Progress(console=Console(stderr=True), transient=True) as progress:
        results = run_virtual(_play_all(flow, wanted, progress))
    figures = summary(results)
    _print(Console(stderr=args.json == "-"), figures)
    if args.json is not None:
        text = json.dumps(figures, ensure_ascii=False, indent=1) + "\n"
        sys.stdout.write(text) if args.json == "-" else Path(args.json).write_text(text, encoding="utf-8")
    if args.svg is not None:
        args.svg.write_text(_picture(results), encoding="utf-8")
    return 0


def _recordings(folder: Path) -> list[Signal]:
    files = sorted(file for file in folder.rglob("*") if file.suffix.lower() in {".wav", ".flac", ".mp3"})
    return [samples(read_audio(file)) for file in files]


async def _spoken(settings: Any, flow: Flow) -> list[Signal]:
    voice = synthesizer_for(settings, flow.hotline.language)
    try:
        made = []
        for text in _BACKCHANNELS:
            pcm = b"".join([piece async for piece in voice.speak(text)])
            made.append(samples(through_g711(resample(pcm, voice.rate))))
        return made
    finally:
        await voice.close()


async def _play_all(flow: Flow, wanted: Sequence[Scene], progress: Progress) -> list[Result]:
    results = []
    with outside_work():
        vocabulary = await asyncio.to_thread(prepared_vocabulary_for, flow)
    task = progress.add_task("calls", total=len(wanted))
    async with equipment_for(load_settings(), flow, actions=MockActions()) as equipment:
        for scene in wanted:
            progress.update(task, description=scene.name, advance=1)
            results.append(await _play(scene, Dialogue(flow, vocabulary), equipment))
    return results


async def _play(scene: Scene, dialogue: Dialogue, equipment: Equipment) -> Result:
    happened: list[tuple[float, Event | Command]] = []
    line = EchoLine(CallInfo("scene"), scene)
    await run_call(
        line,
        dialogue,
        equipment,
        journal=MemoryJournal(),
        local_time=_LOCAL_TIME,
        observers=[lambda at, what: happened.append((at, what))],
    )
    stops = [at for at, what in happened if isinstance(what, PauseSpeaking | StopSpeaking)]
    silent_after = None
    if scene.interrupts:
        stop = next((at for at in stops if at >= line.onset), None)
        silence = next((at for at, silent in line.silent if stop is not None and at >= stop and silent), None)
        if silence is not None and silence - line.onset <= _MISSED_AFTER_S:
            silent_after = (silence - line.onset) * 1000
    return Result(
        scene.name,
        scene.interrupts,
        silent_after,
        sum(isinstance(what, PauseSpeaking) for _, what in happened),
        any(isinstance(what, StopSpeaking) for _, what in happened),
    )


def summary(results: Sequence[Result]) -> dict[str, Any]:
    """What is reached, scene by scene and in all: percentiles in ms, shares in percent of calls."""
    by_scene = {name: [one for one in results if one.scene == name] for name in dict.fromkeys(r.scene for r in results)}
    return {"goal_ms": GOAL_MS, "scenes": {n: _of(r) for n, r in by_scene.items()}, "all": _of(results)}


def _of(results: Sequence[Result]) -> dict[str, Any]:
    times = [one.silent_after_ms for one in results if one.silent_after_ms is not None]
    noises = [one for one in results if not one.interrupts]
    speakers = [one for one in results if one.interrupts]
    return {
        "calls": len(results),
        "p50_ms": round(float(np.percentile(times, 50))) if times else None,
        "p95_ms": round(float(np.percentile(times, 95))) if times else None,
        "missed_percent": _percent([one.missed for one in speakers]),
        "false_percent": _percent([one.false for one in noises]),
        "paused_percent": _percent([one.paused > 0 for one in noises]),
    }


def _percent(found: Sequence[bool]) -> float | None:
    return round(100 * sum(found) / len(found), 1) if found else None


def _print(out: Console, figures: dict[str, Any]) -> None:
    table = Table(title="Interruptions", caption=f"goals: p95 {GOAL_MS:.0f} ms, false and missed 1 %")
    for column in ("scene", "calls", "p50 ms", "p95 ms", "missed %", "false %", "paused, went on %"):
        table.add_column(column, justify="left" if column == "scene" else "right")
    for name, row in [*figures["scenes"].items(), ("all", figures["all"])]:
        table.add_row(name, *("" if value is None else f"{value:g}" for value in row.values()))
    out.print(table)


def _picture(results: Sequence[Result]) -> str:
    times: dict[str, list[float]] = {}
    for one in results:
        if one.silent_after_ms is not None:
            times.setdefault(one.scene, []).append(one.silent_after_ms)
    if not times:
        raise UsageError("--svg: nobody interrupted in the scenes played, so there is nothing to draw.")
    return distribution_picture(times, title="From the caller's first speech to silence at the phone", goal=GOAL_MS)
