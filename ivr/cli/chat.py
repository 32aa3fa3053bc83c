"""`ivr chat FLOW`: talk to a flow in text, through the same core as a telephone call.

Time is virtual and stands still while you type: a prompt takes no waiting, and silence is a line you leave empty. The
world outside is mocked: a service that no `--mock` names has failed.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import signal
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import Any

from rich.console import Console

from ivr.call.driver import Equipment, run_call
from ivr.call.journal import JournalFile, MemoryJournal
from ivr.call.line import CallInfo
from ivr.cli.conversation import Conversation
from ivr.cli.flows import flow_folder
from ivr.cli.logs import errors_alone
from ivr.cli.test import show_failure
from ivr.dialogue.dialogue import Dialogue
from ivr.dialogue.vocabulary import vocabulary_for
from ivr.errors import UsageError
from ivr.flow.load import Flow, load
from ivr.qa.twin import TwinTest, TwinTurn, twins_of, wall_clock
from ivr.qa.twin_record import as_yaml
from ivr.qa.twin_run import Watch, callers_turn, play_twin
from ivr.simulate.mock_actions import MockActions
from ivr.simulate.text_line import TextLine
from ivr.simulate.virtual_loop import run as run_virtual

_HELP = "Type what the caller says. /keys 123 presses keys, an empty line is silence, /bye hangs up."
_KEYS = frozenset("0123456789*#")
_INTERRUPTED = 130


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("flow", metavar="FLOW", help="a folder with a flow.yaml, or a shipped hotline's name")
    parser.add_argument("--explain", action="store_true", help="say why every turn was understood as it was")
    parser.add_argument("--keys", action="store_true", help="a line of 0-9, * and # alone is pressed, not said")
    parser.add_argument("--at", metavar="TIME", help='the hotline\'s wall clock, such as "2026-02-17 03:00"')
    parser.add_argument("--caller", default="", metavar="NUMBER", help="the number that calls")
    parser.add_argument(
        "--mock",
        action="append",
        default=[],
        metavar="NAME=ANSWER",
        help="what a service answers, by a part of its address: JSON, or failed, timeout, unfit",
    )
    parser.add_argument(
        "--refuse", action="append", default=[], metavar="REASON", help="the queue refuses once: full, empty"
    )
    parser.add_argument("--play", type=Path, metavar="FILE", help="play the tests in FILE, turn by turn, instead")
    parser.add_argument("--record", type=Path, metavar="FILE", help="write the chat as a test that expects the same")
    parser.add_argument("--journal", type=Path, metavar="FILE", help="write the call's journal here")


def run(args: argparse.Namespace) -> int:
    with suppress(ImportError):
        import readline  # noqa: F401, PLC0415  gives input() a history, where Python has it
    spec = _circumstances(args)
    if args.record and args.record.exists():
        raise UsageError(f"{args.record} is there already: give another name, or move it away.")
    flow = load(flow_folder(args.flow))
    with errors_alone():
        if args.play:
            return _play(flow, args)
        return run_virtual(_chat(flow, args, spec))


def mocks_of(written: Sequence[str]) -> dict[str, Any]:
    """`["/bills/={\\"amount\\": 1}", "send_code=failed"]` as mocks. Raises UsageError."""
    found: dict[str, Any] = {}
    for text in written:
        name, equals, answer = text.partition("=")
        if not equals or not name:
            raise UsageError(f"--mock {text}: write it as NAME=ANSWER, such as /bills/=failed.")
        if answer in {"failed", "timeout", "unfit"}:
            found[name] = answer
            continue
        try:
            found[name] = json.loads(answer)
        except (ValueError, RecursionError):
            mend = 'write failed, timeout, unfit, or JSON such as {"amount": 128.5} in single quotes'
            raise UsageError(f"--mock {name}: `{answer}` is no answer: {mend}.") from None
    return found


def _circumstances(args: argparse.Namespace) -> TwinTest:
    """What the call begins with, as a test would write it."""
    try:
        at = wall_clock(args.at) if args.at else datetime.now().astimezone().isoformat(timespec="seconds")
    except ValueError as fault:
        raise UsageError(f"--at: {str(fault).replace('; ', ': ')}.") from None
    # Not validated again: a clock of now has seconds, and an offset of its own.
    return TwinTest.model_construct(
        test="", at=at, caller=args.caller, mock=mocks_of(args.mock), refuse=list(args.refuse), turns=[]
    )


def _play(flow: Flow, args: argparse.Namespace) -> int:
    console, vocabulary, failed = Console(), vocabulary_for(flow), 0
    for twin in twins_of(flow, [args.play]):
        console.print(f"[bold]{flow.hotline.hotline}[/bold]  {twin.spec.test}", soft_wrap=True)
        conversation = Conversation(console, explain=args.explain)
        journal = JournalFile(args.journal) if args.journal else None
        played = run_virtual(play_twin(flow, vocabulary, twin, journal=journal, observers=(conversation,)))
        if not played.passed:
            failed += 1
            played.story.clear()  # it was just shown
            show_failure(console, played)
    return 1 if failed else 0


async def _chat(flow: Flow, args: argparse.Namespace, spec: TwinTest) -> int:
    console = Console()
    console.print(f"[bold]{flow.hotline.hotline}[/bold]  [dim]{_HELP}[/dim]", soft_wrap=True)
    line = TextLine(CallInfo("chat", spec.caller), language=flow.hotline.language, refuse=tuple(spec.refuse))
    dialogue = Dialogue(flow)
    watch = Watch(dialogue.session)
    typist = _Typist(line, dialogue, watch, keys=args.keys)
    typing = asyncio.create_task(typist.type(), name="typing")
    try:
        await run_call(
            line,
            dialogue,
            Equipment(actions=MockActions(spec.mock)),
            journal=JournalFile(args.journal) if args.journal else MemoryJournal(),
            local_time=spec.at,
            observers=[Conversation(console, explain=args.explain), watch],
        )
    finally:
        typing.cancel()
        await asyncio.gather(typing, return_exceptions=True)
    if args.record:
        watch.settle()
        _write(args.record, as_yaml(spec, typist.turns, watch, dialogue.session.values))
        console.print(f"[dim]{args.record} holds this call as a test.[/dim]", soft_wrap=True)
    return 0 if typing.cancelled() else typing.result()


def _write(path: Path, text: str) -> None:
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as fault:
        raise UsageError(f"{path} cannot be written ({fault.strerror}): give another place.") from fault


class _Typist:
    """The caller at the keyboard; `turns` are what they did."""

    def __init__(self, line: TextLine, dialogue: Dialogue, watch: Watch, *, keys: bool) -> None:
        self._line, self._dialogue, self._watch, self._keys = line, dialogue, watch, keys
        self.turns: list[TwinTurn] = []

    async def type(self) -> int:
        """What is typed, until the caller hangs up; the exit status."""
        while True:
            await callers_turn(self._line, self._dialogue.session)
            try:
                with _ctrl_c_raises():
                    words = input("> ").strip()  # noqa: ASYNC250  virtual time stands still while the caller thinks
            except (EOFError, KeyboardInterrupt) as ended:
                print()
                self._take(TwinTurn(hang_up=True))
                self._line.leave()
                return _INTERRUPTED if isinstance(ended, KeyboardInterrupt) else 0
            if not sys.stdin.isatty():
                print(words)
            if words == "/bye":
                self._take(TwinTurn(hang_up=True))
                self._line.leave()
                return 0
            await self._turn(words)

    async def _turn(self, words: str) -> None:
        heard = self._line.hotline.utterances
        if not words:
            self._take(TwinTurn(silence=True))
            await self._line.hotline.speaks_again(heard)
        elif words.startswith("/"):
            await self._command(words)
        elif self._keys and _KEYS.issuperset(words):
            await self._press(words)
        else:
            self._take(TwinTurn(say=words))
            self._line.type_text(words)
            await asyncio.sleep(0)

    async def _command(self, words: str) -> None:
        name, _, rest = words.partition(" ")
        keys = rest.replace(" ", "")
        if name != "/keys":
            print(f"There is no {name}. {_HELP}")
        elif not keys or not _KEYS.issuperset(keys):
            print("/keys takes what a telephone has: 0 to 9, * and #.")
        else:
            await self._press(keys)

    async def _press(self, keys: str) -> None:
        self._take(TwinTurn(keys=keys))
        for key in keys:
            self._line.press(key)
            await asyncio.sleep(0.3)

    def _take(self, turn: TwinTurn) -> None:
        self.turns.append(turn)
        self._watch.begin(turn)


@contextmanager
def _ctrl_c_raises() -> Iterator[None]:
    """asyncio's own handler only asks the loop to end, which a loop that stands in `input` does not hear."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
