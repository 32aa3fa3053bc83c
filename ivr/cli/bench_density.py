"""`ivr bench density`: how many calls a core bears, against an always-on free decoder, in the same run.

The shipped recorded cases are played against their hotlines once, which makes tapes of them. Then many callers live
through these tapes at once, in real time: through our ears and recogniser pool, and through a server of the
vosk-server kind (one free recogniser a call, fed every frame). How many each bears is searched for (capacity.py). What
is not decoding is measured with a recogniser that says what it is told, and what decoding takes at least by decoding
the speech alone. What the figures mean is in docs/benchmarks.md.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import sys
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import replace
from pathlib import Path

from rich.console import Console

from ivr.audio import FRAME_MS
from ivr.cli import logs
from ivr.cli.density_report import NAMES, Figures, as_report, gap_limit_ms, p95s, picture, show, tried
from ivr.cli.equipment import recognizer_for
from ivr.cli.flows import case_folder
from ivr.cli.tapes import tapes_of
from ivr.errors import ModelError, UsageError
from ivr.models.store import model_dir
from ivr.qa.always_on import AlwaysOnCall, AlwaysOnServer
from ivr.qa.capacity import next_load
from ivr.qa.decoding_account import total
from ivr.qa.machine_limit import load_average
from ivr.qa.overhead import frames_alone, without_decoding
from ivr.qa.processes import seconds_used
from ivr.qa.taped_call import (
    SETTLED_S,
    Load,
    Tape,
    denser,
    ears_of,
    live_through,
    on_a_line,
    reel,
    spread_callers,
    whole_reels_s,
)
from ivr.settings import load_settings
from ivr_asr.api import RecognitionError, pressure_of
from ivr_asr.vosk import Vosk

_LIGHTEST = {"ours": 20, "always_on": 2}
_LONGEST_S = 600
_MODEL = "vosk-model-small-cn-0.22"


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--case",
        type=case_folder,
        action="append",
        metavar="FOLDER",
        help="may be repeated (default: the benchmarks' three)",
    )
    parser.add_argument("--calls", metavar="N,N,…", help="of ours at once (default: 20, then as many as are borne)")
    parser.add_argument("--always-on", metavar="N,N,…", help="of theirs at once (default: 2, then the same)")
    parser.add_argument("--seconds", type=float, default=15.0, metavar="S", help="of each load, about (default 15)")
    parser.add_argument("--speech", type=float, default=0.25, metavar="SHARE", help="of the time (default 0.25)")
    parser.add_argument(
        "--noise", type=float, default=-60.0, metavar="DBFS", help="of the line, always there (default -60; -100: none)"
    )
    parser.add_argument("--json", metavar="FILE", help="write the figures to FILE; - is standard output")
    parser.add_argument("--svg", type=Path, metavar="FILE", help="draw the result gaps into FILE")


def run(args: argparse.Namespace) -> int:
    steps = {"ours": _numbers("--calls", args.calls), "always_on": _numbers("--always-on", args.always_on)}
    longest = _LONGEST_S / (sum(len(each) or 6 for each in steps.values()) + 2)
    if not 2 <= args.seconds <= longest:
        raise UsageError(f"--seconds {args.seconds:g}: give 2 to {longest:.0f}.")
    if not 0.01 <= args.speech <= 0.5:
        raise UsageError(f"--speech {args.speech:g}: give 0.01 to 0.5, a quarter is a usual call.")
    console, listener = Console(stderr=True), logs.set_up("ERROR")
    try:
        console.print("recording the tapes")
        tapes = [on_a_line(denser(tape, args.speech), args.noise, n) for n, tape in enumerate(tapes_of(args.case))]
        tape = reel(tapes)
        figures = Figures(tape.speech, load_average=[load_average()])
        asyncio.run(_Bench(tape, args.seconds, figures, console).measure(steps))
    except RecognitionError as fault:
        raise ModelError(str(fault)) from fault
    finally:
        listener.stop()
    figures.load_average.append(load_average())
    report = as_report(figures)
    show(Console(stderr=args.json == "-"), report)
    if args.svg is not None:
        args.svg.write_text(picture(figures), encoding="utf-8")
    if args.json is not None:
        text = json.dumps(report, ensure_ascii=False, indent=1) + "\n"
        sys.stdout.write(text) if args.json == "-" else Path(args.json).write_text(text, encoding="utf-8")
    return 0


def _numbers(option: str, text: str | None) -> list[int]:
    if text is None:
        return []
    try:
        found = sorted({int(each) for each in text.split(",")})
    except ValueError:
        found = [0]
    if not all(1 <= each <= 500 for each in found):
        raise UsageError(f"{option} {text}: give numbers from 1 to 500 with commas, such as 5,20,40.")
    return found


class _Bench:
    def __init__(self, tape: Tape, seconds: float, figures: Figures, console: Console) -> None:
        self._tape, self._seconds, self._figures, self._console = tape, seconds, figures, console

    async def measure(self, steps: dict[str, list[int]]) -> None:
        """All that `Figures` holds; `steps`: what to try instead of searching."""
        figures = self._figures
        self._console.print("what is not decoding: 50 calls")
        figures.frames = await frames_alone(self._tape, 50, self._seconds / 2)
        figures.overhead = await without_decoding(self._tape, 50, self._seconds / 2)
        recognizer = recognizer_for(load_settings(), "zh-CN")
        if not isinstance(recognizer, Vosk):
            raise UsageError("`ivr bench density` measures the engine vosk: set [recognition] engine to it.")
        server = AlwaysOnServer(model_dir(_MODEL))
        try:
            await recognizer.start()
            await _warm(recognizer, self._tape, load_settings().recognition.workers or os.cpu_count() or 1)
            figures.bare = await _bare(recognizer, self._tape)
            for light in (True, False):  # the lightest of both tell what gap is allowed
                await self._climb("always_on", figures.theirs, steps, lambda n: self._theirs(n, server), light=light)
                await self._climb("ours", figures.ours, steps, lambda n: self._ours(n, recognizer), light=light)
        finally:
            server.close()
            await recognizer.close()

    async def _climb(
        self,
        kind: str,
        found: list[Load],
        steps: dict[str, list[int]],
        measure: Callable[[int], Awaitable[Load]],
        *,
        light: bool,
    ) -> None:
        given = steps[kind]
        while True:
            if light or given:
                calls = given[len(found)] if len(found) < len(given) else None if given else _LIGHTEST[kind]
            else:
                calls = next_load(tried(found, gap_limit_ms(self._figures)), os.cpu_count() or 1)
            if calls is None:
                return
            load = await measure(calls)
            found.append(load)
            cost, gap = f"{load.cores_a_call:.2%} of a core each", f"p95 of the gap {p95s(found)[-1]:.0f} ms"
            self._console.print(f"{NAMES[kind]}: {calls} calls, {cost}, {gap}", highlight=False)
            if light:
                return

    async def _ours(self, calls: int, recognizer: Vosk) -> Load:
        async with AsyncExitStack() as stack:
            callers = spread_callers(self._tape, calls)
            ears = await ears_of(callers, recognizer, stack)
            seconds = whole_reels_s(self._tape, calls, self._seconds)

            def settled() -> None:
                for own in ears:
                    own.account.forget()

            load = await live_through(
                callers, seconds, lambda: recognizer.worker_pids, settled_s=SETTLED_S, settled=settled
            )
            pressure = pressure_of(recognizer)
            figures = {"load": pressure.load, "lag_ms": pressure.lag_ms, "hearings": pressure.hearings}
            self._figures.pressure.append(figures)
            return replace(load, decoding=total(own.account.spent() for own in ears))

    async def _theirs(self, calls: int, server: AlwaysOnServer) -> Load:
        callers = spread_callers(self._tape, calls)
        always_on = [AlwaysOnCall(server, caller.result) for caller in callers]
        for caller, call in zip(callers, always_on, strict=True):
            caller.listener = call
        seconds = whole_reels_s(self._tape, calls, self._seconds)
        load = await live_through(callers, seconds, lambda: (), settled_s=SETTLED_S)
        for call in always_on:
            call.close()
        await asyncio.to_thread(server.drain)
        return load


async def _warm(recognizer: Vosk, tape: Tape, workers: int) -> None:
    """Every worker makes every grammar once, as after the first calls of the day: it is kept."""
    for phrases in dict.fromkeys(turn.expectation.phrases for turn in tape.turns):
        hearings = await asyncio.gather(*(recognizer.open(phrases=phrases) for _ in range(workers)))
        for hearing in hearings:
            await hearing.close()


async def _bare(recognizer: Vosk, tape: Tape) -> float:
    """Cores a call: what decoding the caller's words takes, with their phrases and nothing around them."""
    before = sum(map(seconds_used, recognizer.worker_pids))
    for turn in tape.turns:
        hearing = await recognizer.open(phrases=turn.expectation.phrases)
        await hearing.feed(b"".join(tape.frames[turn.first : turn.speech_end]))
        await hearing.finish()
        await hearing.close()
    return (sum(map(seconds_used, recognizer.worker_pids)) - before) / (len(tape.frames) * FRAME_MS / 1000)
