"""Whole calls on virtual time, in text."""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path

import pytest

from ivr.call.actions import Actions
from ivr.call.driver import Equipment, Outcome, run_call
from ivr.call.journal import MemoryJournal
from ivr.call.line import CallInfo
from ivr.dialogue.commands import Command, HandOff, NoteTurn, Say
from ivr.dialogue.dialogue import Dialogue
from ivr.dialogue.events import Event
from ivr.dialogue.vocabulary import interpreter_for
from ivr.flow.load import Flow, load
from ivr.shipped import shipped
from ivr.simulate.caller import CallerTurn
from ivr.simulate.text_line import TextLine
from ivr.simulate.virtual_loop import run
from ivr.understanding.interpreter import Interpreter

LOCAL_TIME = "2026-11-20T10:00:00+08:00"


@dataclass
class Told:
    """A finished call, as a test looks at it."""

    outcome: Outcome
    journal: MemoryJournal
    happened: list[tuple[float, Event | Command]]
    real_seconds: float

    @property
    def said(self) -> list[str]:
        return [what.text for _, what in self.happened if isinstance(what, Say)]

    @property
    def turns(self) -> list[NoteTurn]:
        return [what for _, what in self.happened if isinstance(what, NoteTurn)]

    @property
    def intents(self) -> list[str]:
        return [turn.intent for turn in self.turns]

    @property
    def hand_off(self) -> HandOff:
        return next(what for _, what in self.happened if isinstance(what, HandOff))


class Hotline:
    """A flow that can be called."""

    def __init__(self, flow: Flow, interpreter: Interpreter) -> None:
        self.flow = flow
        self.interpreter = interpreter

    def call(self, *turns: CallerTurn | str, refuse: tuple[str, ...] = (), actions: Actions | None = None) -> Told:
        """Text stands for a turn that says it."""
        script = [CallerTurn(text=turn) if isinstance(turn, str) else turn for turn in turns]
        journal = MemoryJournal()
        happened: list[tuple[float, Event | Command]] = []

        async def one_call() -> Outcome:
            line = TextLine(CallInfo("test", "13800000000", "95000"), script, refuse=refuse)
            return await run_call(
                line,
                Dialogue(self.flow, self.interpreter),
                Equipment(actions=actions),
                journal=journal,
                local_time=LOCAL_TIME,
                observers=[lambda at, what: happened.append((at, what))],
            )

        began = time.perf_counter()
        outcome = run(one_call())
        return Told(outcome, journal, happened, time.perf_counter() - began)


@pytest.fixture(scope="session")
def cloud_support() -> Hotline:
    flow = load(shipped("flows/cloud_support"))
    return Hotline(flow, interpreter_for(flow))


@pytest.fixture
def hotline(tmp_path: Path):
    """Makes a hotline from the text of a flow.yaml, of one intents file, and of FAQs by name."""

    def make(flow_yaml: str, intents_yaml: str = "", faqs: dict[str, str] | None = None) -> Hotline:
        (tmp_path / "flow.yaml").write_text(flow_yaml, encoding="utf-8")
        (tmp_path / "intents").mkdir(exist_ok=True)
        if intents_yaml:
            (tmp_path / "intents" / "main.yaml").write_text(intents_yaml, encoding="utf-8")
        (tmp_path / "faq").mkdir(exist_ok=True)
        for name, text in (faqs or {}).items():
            (tmp_path / "faq" / f"{name}.yaml").write_text(text, encoding="utf-8")
        flow = load(tmp_path)
        return Hotline(flow, interpreter_for(flow))

    return make
