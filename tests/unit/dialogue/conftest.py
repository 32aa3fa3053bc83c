"""A dialogue driven by hand: every prompt is heard to its end unless a test says otherwise."""

from __future__ import annotations

import dataclasses

import pytest

from ivr.dialogue.commands import (
    CancelTimer,
    HandOff,
    HangUp,
    Listen,
    NoteTurn,
    RunAction,
    Say,
    StartTimer,
    StopSpeaking,
)
from ivr.dialogue.dialogue import Dialogue
from ivr.dialogue.events import (
    ActionDone,
    CallStarted,
    HandedOff,
    HandOffRefused,
    Heard,
    HungUp,
    KeyPressed,
    PromptEnded,
    SpeechStarted,
    TimerFired,
)
from ivr.dialogue.vocabulary import interpreter_for
from ivr.flow.load import load
from ivr.shipped import shipped


class Talk:
    """What a test says and hears. `said` holds the texts since the last turn; `timers` those that run."""

    def __init__(self, flow, interpreter, *, unconnected=False):
        """`unconnected`: whatever is asked of the world outside fails at once, as where no service is configured."""
        self.unconnected = unconnected
        self.dialogue = Dialogue(flow, interpreter)
        self.events, self.commands = [], []
        self.timers, self.pending = {}, []
        self.said, self.ended = [], None
        self.numbers = []
        self.at = 0.0

    def send(self, event):
        """Give the dialogue one event, and keep what it asks for."""
        self.at += 1.0
        event = dataclasses.replace(event, at=self.at)
        self.events.append(event)
        commands = self.dialogue.handle(event)
        self.commands += commands
        for command in commands:
            self._keep(command)
        for action in [command.action for command in commands if isinstance(command, RunAction)]:
            if self.unconnected:
                commands += self.send(ActionDone(0.0, action, "failed"))
        return commands

    def _keep(self, command):
        match command:
            case Say(prompt=number, text=text):
                self.pending.append(number)
                self.numbers.append(number)
                self.said.append(text)
            case StartTimer(timer=timer, seconds=seconds):
                self.timers[timer] = seconds
            case CancelTimer(timer=timer):
                self.timers.pop(timer, None)
            case HandOff() | HangUp():
                assert self.ended is None, "the call is ended twice"
                self.ended = command
            case _:
                pass

    def listens(self):
        """The hotline speaks to the end."""
        while self.pending:
            self.send(PromptEnded(0.0, self.pending.pop(0), 1000, cut=False))

    def interrupted(self):
        """Every prompt is cut."""
        pending, self.pending = self.pending, []
        for number in pending:
            self.send(PromptEnded(0.0, number, 200, cut=True))

    def start(self):
        self.send(CallStarted(0.0, "13800000000", "95000", "2026-11-20T10:00:00+08:00", "audio"))
        self.listens()
        return self

    def _turn(self, event):
        self.said = []
        commands = self.send(event)
        if StopSpeaking() in commands:
            new = [command.prompt for command in commands if isinstance(command, Say)]
            for number in [number for number in self.pending if number not in new]:
                self.pending.remove(number)
                self.send(PromptEnded(0.0, number, 200, cut=True))
        self.listens()
        return self.said

    def says(self, text, **how):
        """The caller says `text` after the prompt; returns what the hotline says."""
        self.send(SpeechStarted(0.0))
        return self._turn(Heard(0.0, text, **how))

    def presses(self, keys):
        for key in keys:
            said = self._turn(KeyPressed(0.0, key))
        return said

    def waits(self, timer="no_input"):
        """Nothing happens until `timer` runs out."""
        assert timer in self.timers, f"no {timer} timer runs: the caller would wait for ever"
        self.timers.pop(timer)
        return self._turn(TimerFired(0.0, timer))

    def is_refused(self, reason="full"):
        queue, self.ended = self.ended.queue, None
        return self._turn(HandOffRefused(0.0, queue, reason))

    def is_handed_off(self):
        self.send(HandedOff(0.0, self.ended.queue))

    def hangs_up(self):
        self.send(HungUp(0.0, "caller"))

    @property
    def turn(self):
        """What the last turn was taken for."""
        return [command for command in self.commands if isinstance(command, NoteTurn)][-1]

    @property
    def listening(self):
        return [command for command in self.commands if isinstance(command, Listen)][-1]

    @property
    def session(self):
        return self.dialogue.session


@pytest.fixture(scope="session")
def shipped_flow():
    flow = load(shipped("flows/cloud_support"))
    return flow, interpreter_for(flow)


@pytest.fixture
def call(shipped_flow):
    """The shipped hotline, called and through its welcome."""
    return Talk(*shipped_flow, unconnected=True).start()


@pytest.fixture(scope="session")
def calls(shipped_flow):
    """Makes calls to the shipped hotline."""
    return lambda: Talk(*shipped_flow, unconnected=True).start()


@pytest.fixture
def call_flow(tmp_path):
    """Calls a flow that the test writes: its steps, and more of flow.yaml before them."""

    def make(steps, more="", intents="intents: {buy: [我要买东西], sell: [我要卖东西]}", *, start=True):
        head = f"hotline: 测试\nlanguage: zh-CN\nstart: one\n{more}\nsteps:\n"
        (tmp_path / "flow.yaml").write_text(head + steps, encoding="utf-8")
        (tmp_path / "intents").mkdir(exist_ok=True)
        (tmp_path / "intents" / "main.yaml").write_text(intents, encoding="utf-8")
        flow = load(tmp_path)
        talk = Talk(flow, interpreter_for(flow))
        return talk.start() if start else talk

    return make
