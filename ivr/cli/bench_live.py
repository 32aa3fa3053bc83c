"""`ivr bench live`: real calls, many at once: SIP phones, a real Asterisk, a served hotline, all on this machine.

Every phone plays recorded Mandarin and measures in its own recording how long each answer takes. The Asterisk is
fetched from Debian's packages by the first run (107 MB) and touches nothing of the machine. docs/benchmarks.md says
what the figures mean.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import Progress

from ivr.cli.equipment import recognizer_for
from ivr.cli.flows import flow_folder
from ivr.cli.live_report import MeasuredLive, picture, print_live, report
from ivr.dialogue.commands import Listen
from ivr.dialogue.dialogue import Dialogue
from ivr.dialogue.events import Heard
from ivr.dialogue.vocabulary import vocabulary_for
from ivr.errors import ServerError, UsageError
from ivr.flow.load import load
from ivr.qa.machine_limit import BareDecoding, TickLateness, decode_bare, load_average
from ivr.qa.pbx.asterisk import Pbx
from ivr.qa.pbx.asterisk_packages import AsteriskUnavailable, installed_asterisk
from ivr.qa.pbx.hotline_process import HotlineProcess
from ivr.qa.pbx.live_level import LiveLevel, find_journal, judge, run_level
from ivr.qa.phone.caller_script import SCRIPTS
from ivr.qa.turn_clock import Decoded
from ivr.settings import load_settings

_FLOW = "cloud_support"
_SPREAD_S = 12.0  # calls begin within so long, or 1 s apart if they are few
_FIRST_USER = 20000
_MOST_CALLS = 200
_NOBODY_REFUSED = {"asterisk_busy_lag_ms": 0, "asterisk_busy_late_ms": 0}  # where it breaks is to be seen


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--calls",
        type=_numbers,
        default=[1, 5, 10],
        metavar="N,N,...",
        help="how many calls at once, one level after the other (default 1,5,10: about four minutes)",
    )
    parser.add_argument("--json", metavar="FILE", help="write everything measured to FILE; - is standard output")
    parser.add_argument("--svg", type=Path, metavar="FILE", help="draw the distribution of the gaps into FILE")
    parser.add_argument("--keep", type=Path, metavar="FOLDER", help="keep journals, recordings and logs here")


def _numbers(text: str) -> list[int]:
    try:
        numbers = [int(part) for part in text.split(",")]
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is no list of numbers such as 1,5,10") from None
    if not all(1 <= number <= _MOST_CALLS for number in numbers):
        raise argparse.ArgumentTypeError(f"{text!r}: give numbers of calls from 1 to {_MOST_CALLS}")
    return numbers


def run(args: argparse.Namespace) -> int:
    for name, path in (("--json", args.json), ("--svg", args.svg)):
        if path not in (None, "-") and not Path(path).absolute().parent.is_dir():
            raise UsageError(f"{name} {path} cannot be written: its folder does not exist, make it first.")
    out = Console(stderr=args.json == "-")
    with _folder(args.keep) as folder, Progress(console=Console(stderr=True), transient=True) as progress:
        try:
            measured = asyncio.run(_measure(args.calls, folder, progress))
        except AsteriskUnavailable as reason:
            raise ServerError(f"NOT MEASURED, no Asterisk can be run here: {reason}") from reason
    print_live(out, measured)
    if args.json is not None:
        text = json.dumps(report(measured), ensure_ascii=False, indent=1) + "\n"
        sys.stdout.write(text) if args.json == "-" else Path(args.json).write_text(text, encoding="utf-8")
    if args.svg is not None and any(level.whole for level in measured.levels):
        args.svg.write_text(picture(measured), encoding="utf-8")
    return 0 if any(level.whole for level in measured.levels) else 1


@contextmanager
def _folder(keep: Path | None) -> Iterator[Path]:
    if keep is not None:
        keep.mkdir(parents=True, exist_ok=True)
        yield keep.absolute()
        return
    with tempfile.TemporaryDirectory(prefix="ivr-bench-") as folder:
        yield Path(folder)


async def _measure(numbers: list[int], folder: Path, progress: Progress) -> MeasuredLive:
    measured = MeasuredLive(load_before=load_average())
    step = progress.add_task("Asterisk", total=None)
    pbx = Pbx(await asyncio.to_thread(installed_asterisk), folder)
    hotline = HotlineProcess(pbx, folder, hotline_flow=_FLOW, asterisk_max_calls=_MOST_CALLS, **_NOBODY_REFUSED)
    try:
        await asyncio.to_thread(pbx.start)
        progress.update(step, description="the hotline starts")
        await asyncio.to_thread(hotline.start)
        await asyncio.to_thread(pbx.ivr_at, hotline.agi_port)
        progress.remove_task(step)
        async with TickLateness() as ticks:
            for index, number in enumerate(numbers):
                measured.levels.append(await _level(number, _FIRST_USER + 1000 * index, pbx, hotline, progress))
        measured.ticks = ticks.as_json()
    finally:
        await asyncio.to_thread(hotline.stop)
        await asyncio.to_thread(pbx.stop)
    measured.bare = await _decode_alone(_turns_of(measured, hotline.calls), progress)
    return measured


async def _level(number: int, first_user: int, pbx: Pbx, hotline: HotlineProcess, progress: Progress) -> LiveLevel:
    task = progress.add_task(f"{number} {'call' if number == 1 else 'calls'} at once", total=number)
    groups = {
        "hotline": [hotline.pid],
        "workers": hotline.workers(),
        "Asterisk": [pbx.pid],
        "bench": [os.getpid()],
    }

    def told(line: dict[str, Any]) -> None:
        if "script" in line:
            progress.advance(task)

    level = await run_level(
        number,
        sip=pbx.sip,
        first_user=first_user,
        apart_s=_SPREAD_S / max(number, _SPREAD_S),
        groups=groups,
        told=told,
    )
    await judge(level, hotline.calls)
    progress.remove_task(task)
    return level


def _turns_of(measured: MeasuredLive, journals: Path) -> list[Decoded]:
    """What was said in one whole call of each script, with the phrases that its questions expect, and once freely."""
    flow = load(flow_folder(_FLOW))
    vocabulary = vocabulary_for(flow)
    whole = {call["script"]: call for level in measured.levels for call in level.whole}
    found: list[Decoded] = []
    for script in SCRIPTS:
        exchanges = find_journal(whole[script.name]["user"], journals) if script.name in whole else None
        dialogue = Dialogue(flow, vocabulary)
        phrases: tuple[str, ...] = ()
        spoken = iter(turn for turn in script.turns if turn.audio)
        for exchange in exchanges or ():
            if isinstance(exchange.event, Heard) and (turn := next(spoken, None)) is not None:
                found += [Decoded(turn.pcm(), phrases), Decoded(turn.pcm(), ())]
            for command in dialogue.handle(exchange.event):
                if isinstance(command, Listen):
                    phrases = dialogue.expectation(command).phrases
    return found


async def _decode_alone(turns: Sequence[Decoded], progress: Progress) -> list[BareDecoding]:
    """Each turn again with nothing else going on."""
    if not turns:
        return []
    recognizer = recognizer_for(load_settings(), "zh-CN")
    task = progress.add_task("the same turns, decoded alone", total=len(turns))
    await recognizer.start()
    try:
        return await decode_bare(recognizer, turns, lambda: progress.advance(task))
    finally:
        await recognizer.close()
