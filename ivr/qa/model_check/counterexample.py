"""A refutation as a call: told turn by turn, and written as a twin test that `ivr test` and `ivr chat --play` replay.

The test says what should be (a circle ends with a person) where the language of tests can say it; otherwise it plays
the call up to the moment, and says above what to look at.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import yaml

from ivr.dialogue.commands import Command, HandOff, RunAction, Say
from ivr.dialogue.session import Session
from ivr.dialogue.walk import place_name
from ivr.flow.load import Flow
from ivr.qa.model_check.call import Call, Stage
from ivr.qa.model_check.moves import Move

AROUND = 3
"""How often a circle is gone round in a counterexample."""


@dataclass(frozen=True)
class Exchange:
    """What happened, what the hotline said then, and where the call stands, at `at` seconds."""

    move: Move
    said: tuple[str, ...]
    place: str
    at: float
    action: RunAction | None


@dataclass(frozen=True)
class Counterexample:
    """A call that breaks a promise; `ends_with_a_person`: it should have ended with one."""

    promise: str
    what: str
    exchanges: tuple[Exchange, ...]
    ends_with_a_person: bool

    def told(self) -> list[str]:
        """The call turn by turn, a line each."""
        lines: list[str] = []
        for exchange in self.exchanges:
            lines.append(f"  {exchange.at:6.1f} s  {exchange.move.label}")
            lines += [f"            → {text}" for text in exchange.said]
        return lines

    def twin(self) -> dict[str, Any]:
        """The call as one test of a twin file."""
        start = self.exchanges[0].move
        test: dict[str, Any] = {"test": self.what, "at": start.moment[:16].replace("T", " "), "caller": start.caller}
        mocks: dict[str, list[Any]] = {}
        turns: list[dict[str, Any]] = []
        asked: RunAction | None = None
        for exchange in self.exchanges:
            move = exchange.move
            if move.kind == "done" and asked is not None:
                mocks.setdefault(_mock_name(asked), []).append(move.outcome if move.outcome != "ok" else move.value)
            elif turn := _turn(move):
                turns.append({**turn, "expect": {"step": exchange.place}})
            if turns and move.kind in {"done", "refused"}:  # the turn is answered when that is over
                turns[-1]["expect"]["step"] = exchange.place
            asked = exchange.action or asked
        if mocks:
            test["mock"] = {name: answers if len(answers) > 1 else answers[0] for name, answers in mocks.items()}
        refusals = sum(exchange.move.kind == "refused" for exchange in self.exchanges)
        if refusals:
            test["refuse"] = ["full"] * refusals
        if self.ends_with_a_person and turns:
            turns[-1].pop("expect")
            test["expect"] = {"ended": "handed_off"}
        test["turns"] = turns
        return test


def as_file(examples: Sequence[Counterexample]) -> str:
    """The examples as a file of twin tests."""
    head = "".join(f"# {example.promise}: {example.what}\n" for example in examples)
    tests = {"tests": [example.twin() for example in examples]}
    text = yaml.safe_dump(tests, allow_unicode=True, sort_keys=False, width=120)
    return f"# Found by `ivr check`. Mend the flow, and keep the tests.\n{head}{text}"


def play(flow: Flow, moves: Sequence[Move]) -> tuple[Exchange, ...]:
    """Play `moves` on the real Dialogue from the beginning."""
    said: list[str] = []
    actions: list[RunAction] = []

    def watch(_: Call, commands: list[Command]) -> None:
        said.extend(command.text for command in commands if isinstance(command, Say))
        said.extend(f"(to the queue {command.queue})" for command in commands if isinstance(command, HandOff))
        actions.extend(command for command in commands if isinstance(command, RunAction))

    stage, call = Stage(flow, watch), Call(Session())
    exchanges: list[Exchange] = []
    for move in moves:
        said.clear()
        actions.clear()
        at = call.at
        call = stage.play(call, move)
        stage.settle(call)
        place = place_name(call.session.scope, call.session.step)
        exchanges.append(Exchange(move, tuple(said), place, at, actions[-1] if actions else None))
    return tuple(exchanges)


def _turn(move: Move) -> dict[str, Any]:
    match move.kind:
        case "say":
            return {"say": move.words}
        case "keys" | "begin_number" if move.words:
            return {"keys": move.words}
        case "silence":
            return {"silence": True}
        case _:
            return {}


def _mock_name(action: RunAction) -> str:
    if action.kind != "http":
        return action.kind
    address = str(action.request.get("url", ""))
    return address.rpartition("}")[2].partition("?")[0] or address if "}" in address else address
