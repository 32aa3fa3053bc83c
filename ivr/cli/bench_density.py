"""`ivr bench density`: how many calls a core bears, against an always-on free decoder, in the same run.

The shipped recorded cases are played against their hotlines once, which makes tapes of them. Then many callers live
through these tapes at once, in real time: through our ears and recogniser pool, and through a server of the
vosk-server kind (one free recogniser a call, fed every frame). What is not decoding is measured with a recogniser
that says what it is told. What the figures mean is in docs/benchmarks.md.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import sys
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from ivr.cli import logs
from ivr.cli.equipment import recognizer_for
from ivr.cli.flows import case_folder
from ivr.cli.tapes import tapes_of
from ivr.errors import ModelError, UsageError
from ivr.models.store import model_dir
from ivr.qa.always_on import AlwaysOnCall, AlwaysOnServer
from ivr.qa.distribution_picture import distribution_picture
from ivr.qa.machine_limit import load_average
from ivr.qa.overhead import frames_alone, without_decoding
from ivr.qa.reply_gap import spread
from ivr.qa.taped_call import Load, Tape, denser, ears_of, live_through, on_a_line, spread_callers
from ivr.settings import load_settings
from ivr_asr.api import RecognitionError, pressure_of
from ivr_asr.vosk import Vosk

GOAL_RATIO = 10.0
GOAL_OVERHEAD = 0.004
_ALLOWED_MS = 300.0
"""The same gap: the 95th percentile is no more than this above that of the lightest load of either kind."""
_MODEL = "vosk-model-small-cn-0.22"


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--case", type=case_folder, action="append", metavar="FOLDER", help="may be repeated (default: all that ship)"
    )
    parser.add_argument("--calls", default="5,20,40,60", metavar="N,N,…", help="of ours at once (default 5,20,40,60)")
    parser.add_argument("--always-on", default="2,4,6,8", metavar="N,N,…", help="of theirs at once (default 2,4,6,8)")
    parser.add_argument("--seconds", type=float, default=15.0, metavar="S", help="of each load (default 15)")
    parser.add_argument("--speech", type=float, default=0.25, metavar="SHARE", help="of the time (default 0.25)")
    parser.add_argument(
        "--noise", type=float, default=-60.0, metavar="DBFS", help="of the line, always there (default -60; -100: none)"
    )
    parser.add_argument("--json", metavar="FILE", help="write the figures to FILE; - is standard output")
    parser.add_argument("--svg", type=Path, metavar="FILE", help="draw the result gaps into FILE")


@dataclass
class Figures:
    """All that was measured."""

    speech: float
    ours: list[Load] = field(default_factory=list)
    theirs: list[Load] = field(default_factory=list)
    frames: Load | None = None
    overhead: Load | None = None
    load_average: list[list[float]] = field(default_factory=list)
    pressure: list[dict[str, float]] = field(default_factory=list)


def run(args: argparse.Namespace) -> int:
    ours, theirs = _numbers("--calls", args.calls), _numbers("--always-on", args.always_on)
    longest = 600 / (len(ours) + len(theirs) + 2)
    if not 2 <= args.seconds <= longest:
        raise UsageError(f"--seconds {args.seconds:g}: give 2 to {longest:.0f}.")
    if not 0.01 <= args.speech <= 0.5:
        raise UsageError(f"--speech {args.speech:g}: give 0.01 to 0.5, a quarter is a usual call.")
    console, listener = Console(stderr=True), logs.set_up("ERROR")
    try:
        with console.status("recording the tapes"):
            tapes = [on_a_line(denser(tape, args.speech), args.noise, n) for n, tape in enumerate(tapes_of(args.case))]
        figures = Figures(sum(tape.speech for tape in tapes) / len(tapes), load_average=[load_average()])
        with console.status("living through them"):
            asyncio.run(_measure(figures, tapes, (ours, theirs), args.seconds))
    except RecognitionError as fault:
        raise ModelError(str(fault)) from fault
    finally:
        listener.stop()
    figures.load_average.append(load_average())
    report = as_report(figures)
    _print(Console(stderr=args.json == "-"), report)
    if args.svg is not None:
        args.svg.write_text(_picture(figures), encoding="utf-8")
    if args.json is not None:
        text = json.dumps(report, ensure_ascii=False, indent=1) + "\n"
        sys.stdout.write(text) if args.json == "-" else Path(args.json).write_text(text, encoding="utf-8")
    return 0


def _numbers(option: str, text: str) -> list[int]:
    try:
        found = sorted({int(each) for each in text.split(",")})
    except ValueError:
        found = [0]
    if not all(1 <= each <= 500 for each in found):
        raise UsageError(f"{option} {text}: give numbers from 1 to 500 with commas, such as 5,20,40.")
    return found


async def _measure(figures: Figures, tapes: list[Tape], steps: tuple[list[int], list[int]], seconds: float) -> None:
    figures.frames = await frames_alone(tapes, 50, seconds / 2)
    figures.overhead = await without_decoding(tapes, 50, seconds / 2)
    server = AlwaysOnServer(model_dir(_MODEL))
    try:
        await _climb(figures.theirs, steps[1], lambda calls: _theirs(tapes, calls, seconds, server))
    finally:
        server.close()
    recognizer = recognizer_for(load_settings(), "zh-CN")
    if not isinstance(recognizer, Vosk):
        raise UsageError("`ivr bench density` measures the engine vosk: set [recognition] engine to it.")
    try:
        await recognizer.start()
        await _warm(recognizer, tapes, load_settings().recognition.workers or os.cpu_count() or 1)
        await _climb(figures.ours, steps[0], lambda calls: _ours(figures, tapes, calls, seconds, recognizer))
    finally:
        await recognizer.close()


async def _warm(recognizer: Vosk, tapes: list[Tape], workers: int) -> None:
    """Every worker makes every grammar once, as after the first calls of the day: it is kept."""
    for phrases in dict.fromkeys(turn.expectation.phrases for tape in tapes for turn in tape.turns):
        hearings = await asyncio.gather(*(recognizer.open(phrases=phrases) for _ in range(workers)))
        for hearing in hearings:
            await hearing.close()


async def _climb(found: list[Load], steps: Sequence[int], measure: Callable[[int], Awaitable[Load]]) -> None:
    """More and more calls, until the gap has grown far beyond what is allowed."""
    for calls in steps:
        found.append(await measure(calls))
        if _p95(found[-1]) > _p95(found[0]) + 4 * _ALLOWED_MS:
            return


async def _ours(figures: Figures, tapes: list[Tape], calls: int, seconds: float, recognizer: Vosk) -> Load:
    async with AsyncExitStack() as stack:
        callers = spread_callers(tapes, calls)
        await ears_of(callers, recognizer, stack)
        load = await live_through(callers, seconds, lambda: recognizer.worker_pids)
        pressure = pressure_of(recognizer)
        figures.pressure.append({"load": pressure.load, "lag_ms": pressure.lag_ms, "hearings": pressure.hearings})
        return load


async def _theirs(tapes: list[Tape], calls: int, seconds: float, server: AlwaysOnServer) -> Load:
    callers = spread_callers(tapes, calls)
    always_on = [AlwaysOnCall(server, caller.result) for caller in callers]
    for caller, call in zip(callers, always_on, strict=True):
        caller.listener = call
    load = await live_through(callers, seconds, lambda: ())
    for call in always_on:
        call.close()
    await asyncio.to_thread(server.drain)
    return load


def _p95(load: Load) -> float:
    """Turns without a result count as slower than any."""
    gaps = sorted(load.gaps_ms) + [60_000.0] * max(0, load.unanswered - load.calls // 4 - 1)
    return gaps[min(len(gaps) - 1, int(len(gaps) * 0.95))] if gaps else 0.0


def as_report(figures: Figures) -> dict[str, Any]:
    """Plain JSON values. `bears`: calls a core with the 95th percentile of the gap at most 300 ms above the best."""
    cores = os.cpu_count() or 1
    limit = min((_p95(loads[0]) for loads in (figures.ours, figures.theirs) if loads), default=0.0) + _ALLOWED_MS
    bears = {
        name: max((load.calls for load in loads if _p95(load) <= limit), default=0) / cores
        for name, loads in (("ours", figures.ours), ("always_on", figures.theirs))
    }
    cost = {name: _cost(loads, limit) for name, loads in (("ours", figures.ours), ("always_on", figures.theirs))}
    overhead = figures.overhead.cores_a_call if figures.overhead else 0.0
    frames = figures.frames.cores_a_call if figures.frames else 0.0
    ratio = cost["always_on"] / cost["ours"] if cost["ours"] else 0.0
    return {
        "benchmark": "density",
        "cores": cores,
        "speech_share": round(figures.speech, 3),
        "gap_limit_ms": round(limit),
        "ours": [_row(load) for load in figures.ours],
        "always_on": [_row(load) for load in figures.theirs],
        "pressure": figures.pressure,
        "calls_a_core_at_the_same_gap": bears,
        "cores_a_call": {name: round(each, 5) for name, each in cost.items()},
        "times_cheaper": round(ratio, 2),
        "not_decoding_cores_a_call": round(overhead, 5),
        "frames_alone_cores_a_call": round(frames, 5),
        "goals": {"ten_times": ratio >= GOAL_RATIO, "not_decoding": overhead <= GOAL_OVERHEAD},
        "load_average": figures.load_average,
    }


def _cost(loads: Sequence[Load], limit: float) -> float:
    """CPU seconds a second of a call at the heaviest load that kept up: one that falls behind leaves work undone, which
    looks cheap. Of those that none kept up with, the lightest."""
    kept_up = [load for load in loads if _p95(load) <= limit] or list(loads[:1])
    return kept_up[-1].cores_a_call if kept_up else 0.0


def _row(load: Load) -> dict[str, Any]:
    return {
        "calls": load.calls,
        "seconds": round(load.seconds, 2),
        "cores_a_call": round(load.cores_a_call, 5),
        "own_cpu_s": round(load.own_cpu_s, 3),
        "workers_cpu_s": round(load.workers_cpu_s, 3),
        "gap_ms": spread(load.gaps_ms) if load.gaps_ms else {},
        "turns": load.turns,
        "unanswered": load.unanswered,
    }


def _print(console: Console, report: dict[str, Any]) -> None:
    table = Table(title=f"calls in real time, {report['speech_share']:.0%} of the time speech, {report['cores']} cores")
    for name in ("", "calls", "% of a core a call", "gap p50 ms", "gap p95 ms", "turns", "no result"):
        table.add_column(name, justify="left" if not name else "right")
    for kind in ("always_on", "ours"):
        for row in report[kind]:
            gap = row["gap_ms"]
            cells = [f"{gap.get(name, 0):.0f}" for name in ("p50", "p95")]
            share = f"{row['cores_a_call']:.2%}"
            table.add_row(kind, str(row["calls"]), share, *cells, str(row["turns"]), str(row["unanswered"]))
    console.print(table)
    console.print(f"{report['times_cheaper']} times cheaper a call than always on (goal {GOAL_RATIO:.0f})")
    bears = report["calls_a_core_at_the_same_gap"]
    console.print(f"calls a core with p95 <= {report['gap_limit_ms']} ms: {bears} (of the loads that were tried)")
    console.print(
        f"not decoding: {report['not_decoding_cores_a_call']:.3%} of a core a call (goal {GOAL_OVERHEAD:.1%}), "
        f"of it the frames alone {report['frames_alone_cores_a_call']:.3%}"
    )
    console.print(f"load average before and after: {report['load_average']}")


def _picture(figures: Figures) -> str:
    series = {f"always on, {load.calls} calls": load.gaps_ms for load in figures.theirs}
    series |= {f"ours, {load.calls} calls": load.gaps_ms for load in figures.ours}
    return distribution_picture(series, title="From the caller's last word to the result")
