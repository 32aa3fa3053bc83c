"""`ivr chat FLOW`: talk to a flow in text, through the same core as a telephone call.

Time is virtual and stands still while you type: a prompt takes no waiting, and silence is a line you leave empty.
"""

from __future__ import annotations

import argparse
import asyncio
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path

from rich.console import Console

from ivr.call.driver import Equipment, run_call
from ivr.call.journal import JournalFile, MemoryJournal
from ivr.call.line import CallInfo
from ivr.cli.conversation import Conversation
from ivr.cli.flows import flow_folder
from ivr.dialogue.dialogue import Dialogue
from ivr.flow.load import Flow, load
from ivr.simulate.text_line import TextLine
from ivr.simulate.virtual_loop import run as run_virtual

_HELP = "Type what the caller says. /keys 123 presses keys, an empty line is silence, /bye hangs up."
_KEYS = frozenset("0123456789*#")
_INTERRUPTED = 130


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("flow", metavar="FLOW", help="a folder with a flow.yaml, or a shipped hotline's name")
    parser.add_argument("--explain", action="store_true", help="say why every turn was understood as it was")
    parser.add_argument(
        "--refuse", action="append", default=[], metavar="REASON", help="the queue refuses once: full, empty"
    )
    parser.add_argument("--journal", type=Path, metavar="FILE", help="write the call's journal here")


def run(args: argparse.Namespace) -> int:
    with suppress(ImportError):
        import readline  # noqa: F401, PLC0415  gives input() a history, where Python has it
    return run_virtual(_chat(load(flow_folder(args.flow)), args))


async def _chat(flow: Flow, args: argparse.Namespace) -> int:
    console = Console()
    console.print(f"[bold]{flow.hotline.hotline}[/bold]  [dim]{_HELP}[/dim]", soft_wrap=True)
    line = TextLine(CallInfo("chat"), language=flow.hotline.language, refuse=tuple(args.refuse))
    typing = asyncio.create_task(_type(line), name="typing")
    try:
        await run_call(
            line,
            Dialogue(flow),
            Equipment(),
            journal=JournalFile(args.journal) if args.journal else MemoryJournal(),
            local_time=datetime.now().astimezone().isoformat(timespec="seconds"),
            observers=[Conversation(console, explain=args.explain)],
        )
    finally:
        typing.cancel()
        await asyncio.gather(typing, return_exceptions=True)
    return 0 if typing.cancelled() else typing.result()


async def _type(line: TextLine) -> int:
    """What is typed, until the caller hangs up; the exit status."""
    while True:
        await line.hotline.quiet_for(0.3)
        heard = line.hotline.utterances
        try:
            with _ctrl_c_raises():
                words = input("> ").strip()  # noqa: ASYNC250  virtual time stands still while the caller thinks
        except (EOFError, KeyboardInterrupt) as ended:
            print()
            line.leave()
            return _INTERRUPTED if isinstance(ended, KeyboardInterrupt) else 0
        if not sys.stdin.isatty():
            print(words)
        if words == "/bye":
            line.leave()
            return 0
        if not words:
            await line.hotline.speaks_again(heard)
        elif words.startswith("/"):
            await _command(line, words)
        else:
            line.type_text(words)
        await asyncio.sleep(0)


async def _command(line: TextLine, words: str) -> None:
    name, _, rest = words.partition(" ")
    keys = rest.replace(" ", "")
    if name != "/keys":
        print(f"There is no {name}. {_HELP}")
    elif not keys or not _KEYS.issuperset(keys):
        print("/keys takes what a telephone has: 0 to 9, * and #.")
    else:
        for key in keys:
            line.press(key)
            await asyncio.sleep(0.3)


@contextmanager
def _ctrl_c_raises() -> Iterator[None]:
    """asyncio's own handler only asks the loop to end, which a loop that stands in `input` does not hear."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
