"""`ivr demo`: a recorded Mandarin caller through the very pipeline that serves telephones, then a telephone in
the browser.

The call runs on the real clock, so the reply gaps are true. With `--once` it exits after the call: 0 if
everything was understood as its case expects.
"""

from __future__ import annotations

import argparse
import asyncio
import dataclasses
import signal
import statistics
from collections.abc import Coroutine
from contextlib import suppress
from pathlib import Path
from typing import Any

from rich.console import Console

from ivr.call.driver import Equipment
from ivr.call.hotline import Hotline
from ivr.cli import logs
from ivr.cli.case_report import BAD, show_case
from ivr.cli.conversation import Conversation
from ivr.cli.equipment import equipment_for
from ivr.cli.flows import case_folder, flow_folder
from ivr.cli.published import editions_for
from ivr.clock import outside_work
from ivr.console.browser_line import BrowserLine
from ivr.console.server import Console as BrowserConsole
from ivr.dialogue.vocabulary import prepared_vocabulary_for
from ivr.errors import IvrError
from ivr.flow.load import Flow, load
from ivr.models.store import learned_folder
from ivr.qa.case import LoadedCase, load_case
from ivr.qa.play_case import Hotline as CalledHotline
from ivr.qa.play_case import play_case
from ivr.settings import Settings, load_settings
from ivr.shipped import shipped
from ivr.simulate.mock_actions import MockActions


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--once", action="store_true", help="play the recorded call and exit with a status")
    parser.add_argument("--no-call", action="store_true", help="go straight to the browser phone")
    parser.add_argument(
        "--case", type=case_folder, metavar="FOLDER", help="the recorded caller: a folder with case.yaml"
    )
    parser.add_argument("--port", type=int, metavar="N", help="where the browser phone is served")


def run(args: argparse.Namespace) -> int:
    listener = logs.set_up()
    try:
        return asyncio.run(_until_asked_to_end(_demo(args)))
    finally:
        listener.stop()


async def _demo(args: argparse.Namespace) -> int:
    settings, out = load_settings(), Console()
    loaded = load_case(args.case or shipped("audio_fixtures/bill_then_person"))
    flow = load(flow_folder(loaded.case.flow))
    status = 0
    async with equipment_for(settings, flow) as equipment:
        if not args.no_call:
            status = await _recorded_call(loaded, flow, equipment, settings, out)
        if not args.once:
            editions = await asyncio.to_thread(editions_for, settings, loaded.case.flow)
            async with editions.following():
                await _browser_phone(Hotline(editions, equipment, Path(settings.hotline.calls)), args, settings, out)
    return status


async def _recorded_call(loaded: LoadedCase, flow: Flow, equipment: Equipment, settings: Settings, out: Console) -> int:
    calls = Path(settings.hotline.calls)
    if why := Hotline(flow, equipment, calls).writable():
        raise IvrError(f"{why}: start the demo in a folder of your own.")
    out.print(f"\n[bold]{flow.hotline.hotline}[/bold]  a recorded caller, in real time: {loaded.case.case}\n")
    conversation = Conversation(out)
    with outside_work():
        vocabulary = await asyncio.to_thread(prepared_vocabulary_for, flow, learned_folder())
    called = CalledHotline(flow, vocabulary, dataclasses.replace(equipment, actions=MockActions(loaded.case.mock)))
    tape = _fresh(calls / "demo.flac")
    played = await play_case(loaded, called, recording=tape, observers=[conversation])
    journal = _fresh(calls / "demo.jsonl")
    journal.write_text(played.journal, encoding="utf-8")
    show_case(out, played.result)
    if conversation.gaps:
        gap = statistics.median(conversation.gaps)
        turns = sum(len(turn.intents) for turn in played.result.turns)
        out.print(f"\n{turns} turns, reply gap {gap:.2f} s at the median; both sides are in {tape},")
        out.print(f"every event and command in {journal}: try  ivr replay {journal}")
    return 1 if played.result.verdict in BAD else 0


async def _browser_phone(hotline: Hotline, args: argparse.Namespace, settings: Settings, out: Console) -> None:
    async def on_call(line: BrowserLine) -> None:
        out.print(f"\n[bold]a call from the browser[/bold]  [dim]{line.info.call_id}[/dim]")
        await hotline.answer(line, [Conversation(out), lambda _at, what: line.show(what)])

    where = settings.console if args.port is None else dataclasses.replace(settings.console, port=args.port)
    console = BrowserConsole(where.host, where.port, on_call)
    await console.start()
    out.print(f"\nNow you: open [bold underline]{console.url}[/bold underline] and call. Ctrl-C ends it.")
    try:
        await asyncio.Event().wait()
    finally:
        await console.close()


async def _until_asked_to_end(demo: Coroutine[Any, Any, int]) -> int:
    """Run `demo`; Ctrl-C and SIGTERM end it at any point as if that were its end."""
    task = asyncio.create_task(demo, name="demo")
    loop = asyncio.get_running_loop()
    for sign in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(sign, task.cancel)
    try:
        return await task
    except asyncio.CancelledError:
        print("\nGoodbye.")
        return 0


def _fresh(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    with suppress(FileNotFoundError):
        path.unlink()
    return path
