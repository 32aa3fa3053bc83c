"""`ivr bench media`: what carrying calls costs, and how late their frames are. No recognition.

N loopback peers in a process of their own do what Asterisk does: FastAGI, AudioSocket, 20 ms of a recorded caller each
20 ms. Against them stand our real server, line, player, ears (with a scripted recogniser) and recording. Beside it, in
the same run: an asyncio server that only echoes frames.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import gc
import json
import multiprocessing
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Callable
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import numpy as np
from rich.console import Console
from rich.table import Table

from ivr.asterisk.line import AsteriskLine
from ivr.asterisk.server import AsteriskServer
from ivr.asterisk.settings import AsteriskSettings
from ivr.audio import FRAME_BYTES, FRAME_MS, read_audio
from ivr.call.ears import Ears
from ivr.call.frame_clock import Lateness, frame_clock
from ivr.call.garbage import keep_out_of_the_way
from ivr.call.line import AudioFrame, Speech
from ivr.call.recording import Recorder
from ivr.cli import logs
from ivr.errors import UsageError
from ivr.hearing.expectation import Expectation
from ivr.qa.distribution_picture import distribution_picture
from ivr.qa.machine_limit import load_average
from ivr.qa.media_peers import serve_peers
from ivr.qa.stalls import StallWatch
from ivr.shipped import shipped
from ivr_asr.scripted import Scripted

_BUDGET_S = 110.0
_WARM_S = 1.0
_PATIENCE_S = 30.0
_LATE_MS = (20, 40, 60)
GOAL_CORE_PERCENT = 0.3
GOAL_LATE_MS = 60
GOAL_GROWTH = 0.10


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--calls", default="50,100,200", metavar="N,N,…", help="how many at once (default 50,100,200)")
    parser.add_argument("--seconds", type=float, default=10.0, help="how long each is measured (default 10)")
    parser.add_argument("--no-recording", action="store_true", help="calls are not recorded")
    parser.add_argument("--json", metavar="FILE", help="write the figures to FILE; - is standard output")
    parser.add_argument("--svg", type=Path, metavar="FILE", help="draw the lateness of the frames into FILE")


def run(args: argparse.Namespace) -> int:
    calls = _numbers(args.calls)
    if not 1 <= args.seconds <= _BUDGET_S / (2 * len(calls)) - 2 * _WARM_S:
        raise UsageError(f"--seconds {args.seconds:g}: give 1 to {_BUDGET_S / (2 * len(calls)) - 2 * _WARM_S:.0f}.")
    console = Console(stderr=True)
    listener = logs.set_up("ERROR")
    report: dict[str, Any] = {"benchmark": "media", "load_average_before": load_average(), "runs": []}
    late: dict[str, list[float]] = {}
    try:
        for many in calls:
            for kind, serve in (("hotline", _hotline(record=not args.no_recording)), ("echo", _echo)):
                console.print(f"{many} calls, {kind}")
                figures, lateness = asyncio.run(_measured(serve, many, args.seconds))
                report["runs"].append({"calls": many, "kind": kind, **figures})
                late[f"{kind} {many}"] = lateness
    finally:
        listener.stop()
    report["load_average_after"] = load_average()
    report["goals"] = goals_met(report["runs"])
    _print(Console(stderr=args.json == "-"), report)
    if args.svg is not None:
        picture = distribution_picture(late, title="How late frames came", goal=float(GOAL_LATE_MS))
        args.svg.write_text(picture, encoding="utf-8")
    if args.json is not None:
        text = json.dumps(report, ensure_ascii=False, indent=1) + "\n"
        sys.stdout.write(text) if args.json == "-" else Path(args.json).write_text(text, encoding="utf-8")
    return 0


def _numbers(text: str) -> list[int]:
    try:
        found = [int(each) for each in text.split(",")]
    except ValueError:
        raise UsageError(f"--calls {text}: give numbers with commas, such as 50,100,200.") from None
    if not all(1 <= each <= 1000 for each in found):
        raise UsageError(f"--calls {text}: give 1 to 1000 each.")
    return found


Serve = Callable[[], contextlib.AbstractAsyncContextManager[int]]


def _hotline(*, record: bool) -> Serve:
    @contextlib.asynccontextmanager
    async def serve() -> AsyncIterator[int]:
        with tempfile.TemporaryDirectory() as folder:

            async def on_call(line: AsteriskLine) -> None:
                recorder = Recorder(Path(folder) / f"{line.info.call_id}.flac") if record else None
                await _carry(line, recorder)

            settings = AsteriskSettings(agi_port=0, audio_port=0, max_calls=1000, opening_s=_PATIENCE_S)
            server = AsteriskServer(settings, on_call)
            await server.start()
            try:
                yield server.ports[0]
            finally:
                await server.close()

    return serve


async def _carry(line: AsteriskLine, recorder: Recorder | None) -> None:
    """What the driver does with sound: every frame to ears and recording, prompts one after another."""
    ears = Ears(Scripted(), lambda _event: None)
    ears.listen(Expectation(phrases=("查账单",)))
    tasks = [asyncio.create_task(work, name="bench-media") for work in (ears.run(), _speak(line))]
    line.tap(ears.played)
    if recorder is not None:
        line.tap(recorder.hotline)

    def take(frame: AudioFrame) -> None:
        if recorder is not None:
            recorder.caller(frame.pcm)
        ears.hear(frame)

    line.frames_to(take)
    try:
        async for _ in line.incoming():
            pass
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await ears.close()
        if recorder is not None:
            await recorder.close()


async def _speak(line: AsteriskLine) -> None:
    while True:
        await line.play(Speech("", _prompt()))
        await asyncio.sleep(1.0)


async def _prompt() -> AsyncIterator[bytes]:
    for _ in range(30):  # 3 s, in pieces such as a voice gives
        yield bytes(range(160)) * 2 * 5


class _Echo(asyncio.Protocol):
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        assert isinstance(self._transport, asyncio.Transport)  # noqa: S101  (create_server gives nothing else)
        self._transport.write(data)


@contextlib.asynccontextmanager
async def _echo() -> AsyncIterator[int]:
    server = await asyncio.get_running_loop().create_server(_Echo, "127.0.0.1", 0)
    try:
        yield int(server.sockets[0].getsockname()[1])
    finally:
        server.close()


async def _measured(serve: Serve, calls: int, seconds: float) -> tuple[dict[str, Any], list[float]]:
    keep_out_of_the_way()
    async with serve() as port:
        ours, theirs = multiprocessing.Pipe()
        child = multiprocessing.get_context("spawn").Process(
            target=serve_peers, args=(theirs, port, calls, _caller()), kwargs={"agi": serve is not _echo}, daemon=True
        )
        child.start()
        theirs.close()
        try:
            await _told(ours)
            await asyncio.sleep(_WARM_S)
            clock = frame_clock()
            clock.lateness = Lateness()
            watch = StallWatch(clock)
            ours.send("count")
            cpu, began = time.process_time(), time.perf_counter()
            await asyncio.sleep(seconds)
            cpu, took = time.process_time() - cpu, time.perf_counter() - began
            lateness = clock.lateness
            watch.leave()
            ours.send("stop")
            found = await _told(ours)
        finally:
            child.terminate()
            await asyncio.to_thread(child.join)
    gc.unfreeze()
    return {
        **_figures(found, cpu, took),
        "clock": lateness.as_json(),
        "stall": watch.longest.as_json(),
    }, found["late"]


async def _told(pipe: Connection) -> Any:
    """What the peers say next; raises UsageError when they have ended or take too long."""
    try:
        if await asyncio.to_thread(pipe.poll, _PATIENCE_S):
            return await asyncio.to_thread(pipe.recv)
    except EOFError:
        pass
    raise UsageError("The peers of the measurement have ended; what they wrote above says why.")


def _caller() -> bytes:
    """A recorded caller who speaks a quarter of the time."""
    speech = read_audio(shipped("audio_fixtures") / "bill_then_person" / "01.flac")
    speech = speech[: len(speech) // FRAME_BYTES * FRAME_BYTES]
    return speech + bytes(3 * len(speech))


def _figures(found: dict[str, list[float]], cpu_s: float, took_s: float) -> dict[str, Any]:
    """The cost of a call is that of 50 frames each way that were carried: one whose frames are skipped looks cheap."""
    late, own = np.asarray(found["late"]), np.asarray(found["own"])
    carried = (len(late) + len(own)) / 2
    p50, p99 = (float(value) for value in np.percentile(late, [50, 99]))
    return {
        "core_percent_a_call": round(cpu_s * 100 / (carried * FRAME_MS / 1000), 4),
        "core_percent": round(cpu_s * 100 / took_s, 1),
        "frames": len(late),
        **{f"later_than_{limit}_ms": int((late > limit).sum()) for limit in _LATE_MS},
        "late_ms": {"p50": round(p50, 2), "p99": round(p99, 2), "max": round(float(late.max()), 2)},
        "peers_late_ms": {"p99": round(float(np.percentile(own, 99)), 2), "max": round(float(own.max()), 2)},
    }


def goals_met(runs: list[dict[str, Any]]) -> dict[str, Any]:
    """The goals against the hotline's runs; `growth`: cost a call with the most calls over that with the fewest, less
    one (0: linear)."""
    ours = sorted((each for each in runs if each["kind"] == "hotline"), key=lambda each: int(each["calls"]))
    few, many = ours[0], ours[-1]
    growth = many["core_percent_a_call"] / few["core_percent_a_call"] - 1
    return {
        f"at most {GOAL_CORE_PERCENT} % of a core a call": many["core_percent_a_call"] <= GOAL_CORE_PERCENT,
        f"no frame later than {GOAL_LATE_MS} ms": many[f"later_than_{GOAL_LATE_MS}_ms"] == 0,
        "growth": round(growth, 3),
        f"growth within {GOAL_GROWTH:.0%} of linear": growth <= GOAL_GROWTH,
    }


def _print(console: Console, report: dict[str, Any]) -> None:
    if not console.is_terminal:
        console.width = 100
    late_than = "/".join(str(limit) for limit in _LATE_MS)
    table = Table(title=f"media: frames of {FRAME_MS} ms, both ways; lateness in ms")
    for name in ("calls", "", "core % each", "frames", f"> {late_than}", "p50/p99/max", "peers max", "stall/worked"):
        table.add_column(name, justify="right" if name else "left", no_wrap=True)
    for each in report["runs"]:
        late, own = each["late_ms"], each["peers_late_ms"]
        table.add_row(
            *(str(each["calls"]), each["kind"], f"{each['core_percent_a_call']:.3f}", f"{each['frames']:,}"),
            "/".join(f"{each[f'later_than_{limit}_ms']:,}" for limit in _LATE_MS),
            "/".join(f"{late[name]:.{int(late[name] < 100)}f}" for name in ("p50", "p99", "max")),
            f"{own['max']:.0f}",
            f"{each['stall']['ms']:.0f}/{each['stall']['worked_ms']:.0f}",
        )
    console.print(table)
    for goal, met in report["goals"].items():
        said = f"{met:+.1%} a call from the fewest to the most" if isinstance(met, float) else "yes" if met else "no"
        console.print(f"{goal}: {said}", highlight=False)
    console.print(f"load average {report['load_average_before'][0]} before, {report['load_average_after'][0]} after")
