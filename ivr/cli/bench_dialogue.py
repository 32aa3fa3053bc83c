"""`ivr bench dialogue`: turns a second through understanding and dialogue, and whole calls a minute on virtual time.

Both on one core, in text. The calls are made twice, and their journals must be the same to the byte. Beside them stands
what the machine does with the same calls when nobody understands or decides anything.
"""

from __future__ import annotations

import argparse
import asyncio
import hashlib
import json
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import cycle, islice
from pathlib import Path
from typing import Self

from rich.console import Console

from ivr.call.driver import Equipment, run_call
from ivr.call.journal import MemoryJournal
from ivr.call.line import CallInfo, Speech
from ivr.cli.flows import flow_folder
from ivr.cli.logs import errors_alone
from ivr.dialogue.commands import Say
from ivr.dialogue.dialogue import Dialogue
from ivr.dialogue.events import CallStarted, Event, Heard, PromptEnded
from ivr.dialogue.vocabulary import Vocabulary, vocabulary_for
from ivr.errors import UsageError
from ivr.flow.load import Flow, load
from ivr.qa.machine_limit import load_average
from ivr.simulate.caller import CallerTurn
from ivr.simulate.mock_actions import MockActions
from ivr.simulate.text_line import TextLine
from ivr.simulate.virtual_loop import run as run_virtual

_TURNS_A_CALL = 5
_AT_ONCE = 200
_BEGAN = "2026-11-20T10:00:00+08:00"
_ANSWERS = ("一二三四五六七八", "对的", "不对", "幺三八零零", "嗯这个我想想", "第一个")


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--flow", default="cloud_support", metavar="FLOW", help="the hotline (default cloud_support)")
    parser.add_argument("--calls", type=int, default=10_000, metavar="N", help="how many calls, twice (default 10000)")
    parser.add_argument("--turns", type=int, default=5_000, metavar="N", help="how many single turns (default 5000)")
    parser.add_argument("--json", metavar="FILE", help="write the figures to FILE; - is standard output")


@dataclass
class Measured:
    """`cpu_s` of this process; `wall_s` is longer where the machine does other things, too."""

    count: int
    cpu_s: float = 0.0
    wall_s: float = 0.0
    _begun: tuple[float, float] = field(default=(0.0, 0.0), repr=False)

    def __enter__(self) -> Self:
        self._begun = (time.process_time(), time.perf_counter())
        return self

    def __exit__(self, *_: object) -> None:
        self.cpu_s, self.wall_s = time.process_time() - self._begun[0], time.perf_counter() - self._begun[1]

    def as_json(self, per: str, seconds: float) -> dict[str, float]:
        """Rates `per` so many `seconds`, of processor time and of the clock on the wall."""
        return {
            "count": self.count,
            "cpu_s": round(self.cpu_s, 3),
            "wall_s": round(self.wall_s, 3),
            f"a_{per}_cpu": round(self.count / self.cpu_s * seconds, 1),
            f"a_{per}": round(self.count / self.wall_s * seconds, 1),
        }


def run(args: argparse.Namespace) -> int:
    if args.calls < 1 or args.turns < 1:
        raise UsageError("--calls and --turns count what is measured: give at least 1.")
    flow = load(flow_folder(args.flow))
    vocabulary = vocabulary_for(flow)
    said = sayings(flow)
    load_before = load_average()
    with errors_alone():
        turns = _turns(flow, vocabulary, cycle(said), args.turns)
        runs = [_calls(args.calls, lambda n: _call(flow, vocabulary, _script(said, n), n)) for _ in range(2)]
        bare, _ = _calls(args.calls, lambda n: _bare_call(_script(said, n), n))
    same = runs[0][1] == runs[1][1]
    report = {
        "flow": flow.folder.name,
        "turns": turns.as_json("second", 1),
        "calls": [measured.as_json("minute", 60) for measured, _ in runs],
        "turns_a_call": _TURNS_A_CALL,
        "journals_identical": same,
        "journals_sha256": runs[0][1],
        "bare_loop": bare.as_json("minute", 60),
        "load_average": {"before": load_before, "after": load_average()},
    }
    _print(Console(stderr=args.json == "-"), turns, [measured for measured, _ in runs], bare, same=same)
    if args.json is not None:
        text = json.dumps(report, ensure_ascii=False, indent=1) + "\n"
        sys.stdout.write(text) if args.json == "-" else Path(args.json).write_text(text, encoding="utf-8")
    return 0 if same else 1


def _print(console: Console, turns: Measured, calls: list[Measured], bare: Measured, *, same: bool) -> None:
    one = turns.as_json("second", 1)
    console.print(f"turns understood and answered  {one['a_second_cpu']:>9,.0f} a second   ({turns.count} turns)")
    for number, measured in enumerate(calls, 1):
        one = measured.as_json("minute", 60)
        shown = f"{one['a_minute_cpu']:>9,.0f} a minute   ({measured.count} calls in {measured.wall_s:.1f} s)"
        console.print(f"calls on virtual time, run {number}   {shown}")
    one = bare.as_json("minute", 60)
    console.print(f"the bare loop, nobody decides  {one['a_minute_cpu']:>9,.0f} a minute")
    console.print("journals of both runs          " + ("identical" if same else "[red]differ"))


def sayings(flow: Flow) -> list[str]:
    """What callers say: every example of every intent, options' first names, answers, and now and then nonsense."""
    words = [text for texts in flow.intents.values() for text in texts]
    words += [flow.universals[name][0] for name in ("repeat", "back", "main_menu") if flow.universals.get(name)]
    mixed: list[str] = []
    for number, text in enumerate(words):
        mixed += [text, _ANSWERS[number % len(_ANSWERS)]]
    return mixed or list(_ANSWERS)


def _script(said: list[str], number: int) -> list[CallerTurn]:
    begin = number * 3 % len(said)
    return [CallerTurn(text=text) for text in islice(cycle(said), begin, begin + _TURNS_A_CALL)]


def _turns(flow: Flow, vocabulary: Vocabulary, said: Iterator[str], count: int) -> Measured:
    """Turns through the pure machine alone: heard, understood, answered, and the answer's prompts ended."""
    done = 0
    with Measured(count) as measured:
        while done < count:
            dialogue = Dialogue(flow, vocabulary)
            at = _give(dialogue, CallStarted(0.0, "13800000000", "95000", _BEGAN, "text"))
            while done < count and not dialogue.session.over and dialogue.session.question is not None:
                at = _give(dialogue, Heard(at + 1.0, next(said)))
                done += 1
    return measured


def _give(dialogue: Dialogue, event: Event) -> float:
    """Give one event, and let every prompt end that answers it; the time it is then."""
    prompts = [command.prompt for command in dialogue.handle(event) if isinstance(command, Say)]
    at = event.at
    for prompt in prompts:
        at += 2.0
        dialogue.handle(PromptEnded(at, prompt, 2000, cut=False))
    return at


def _calls(count: int, call: Callable[[int], asyncio._CoroutineLike[str]]) -> tuple[Measured, str]:
    """`count` calls on one virtual loop, many at once; the digest of all their journals in the calls' order."""
    digest = hashlib.sha256()

    async def everything() -> None:
        for first in range(0, count, _AT_ONCE):
            for text in await asyncio.gather(*(call(n) for n in range(first, min(count, first + _AT_ONCE)))):
                digest.update(text.encode())

    with Measured(count) as measured:
        run_virtual(everything())
    return measured, digest.hexdigest()


async def _call(flow: Flow, vocabulary: Vocabulary, turns: list[CallerTurn], number: int) -> str:
    line = TextLine(CallInfo(f"bench-{number}", "13800000000", "95000"), turns, language=flow.hotline.language)
    journal = MemoryJournal()
    await run_call(
        line, Dialogue(flow, vocabulary), Equipment(actions=MockActions()), journal=journal, local_time=_BEGAN
    )
    return journal.text()


async def _bare_call(turns: list[CallerTurn], number: int) -> str:
    """The same line and the same caller; whatever is said is answered by one prompt, and nothing is written."""
    line = TextLine(CallInfo(f"bare-{number}"), [*turns, CallerTurn(hang_up=True)])
    playing: set[asyncio.Task[object]] = {asyncio.create_task(line.play(Speech("您好，请问有什么可以帮您？")))}
    async for item in line.incoming():
        if isinstance(item, Heard):
            playing.add(asyncio.create_task(line.play(Speech("您好，请问有什么可以帮您？"))))
    line.cut()
    await asyncio.gather(*playing)
    return ""
