"""A twin test is played: the one `run_call`, in text, on virtual time, and everything that is not as expected is told.

The caller here is patient: a turn begins when the hotline has stopped speaking and waits for the caller. After the last
turn the caller hangs up as soon as it is answered, so that a test ends where its words end.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import Any

from ivr.call.driver import Equipment, Observer, run_call
from ivr.call.journal import Journal, MemoryJournal
from ivr.call.line import CallInfo
from ivr.dialogue.commands import Command, NoteTurn, RunAction, Say
from ivr.dialogue.dialogue import Dialogue
from ivr.dialogue.events import Event, HandedOff, HandOffRefused, HungUp
from ivr.dialogue.session import Session
from ivr.dialogue.vocabulary import Vocabulary
from ivr.dialogue.walk import Walk, place_name
from ivr.flow.load import Flow
from ivr.qa.expectations import CallSeen, TurnSeen, call_misses, turn_misses
from ivr.qa.twin import Twin, TwinTurn
from ivr.simulate.mock_actions import MockActions
from ivr.simulate.text_line import TextLine

_PAUSE_S = 0.6
_LOOK_S = 0.2
_KEY_GAP_S = 0.3
_PATIENCE_S = 600.0


@dataclass
class Answered:
    """What followed one turn, until the next; the first is what was said before any."""

    said: list[str] = field(default_factory=list)
    notes: list[NoteTurn] = field(default_factory=list)
    actions: list[RunAction] = field(default_factory=list)
    step: str = ""
    known: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Fault:
    """One thing that is not as expected, at `line` of the test's file."""

    line: int
    turn: str
    what: str
    expected: str
    came: str


@dataclass
class Played:
    """A test that was played. `story` is the call so far, a (who, what) each; `seconds` is how long it would last."""

    twin: Twin
    faults: list[Fault]
    story: list[tuple[str, str]]
    walk: Walk
    seconds: float
    answered: list[Answered]

    @property
    def passed(self) -> bool:
        return not self.faults


async def play_twin(
    flow: Flow,
    vocabulary: Vocabulary,
    twin: Twin,
    *,
    journal: Journal | None = None,
    observers: tuple[Observer, ...] = (),
) -> Played:
    """Play `twin`; run it on a virtual loop, or it lasts as long as a call does."""
    spec = twin.spec
    dialogue = Dialogue(flow, vocabulary)
    line = TextLine(CallInfo("test", spec.caller), language=flow.hotline.language, refuse=tuple(spec.refuse))
    watch = Watch(dialogue.session)
    caller = asyncio.create_task(_act_out(spec.turns, line, dialogue.session, watch), name="caller")
    try:
        outcome = await run_call(
            line,
            dialogue,
            Equipment(actions=MockActions(spec.mock)),
            journal=journal or MemoryJournal(),
            local_time=spec.at,
            observers=[watch, *observers],
        )
    finally:
        caller.cancel()
        await asyncio.gather(caller, return_exceptions=True)
    watch.settle()
    faults = [*_turn_faults(twin, watch.answered), *_call_faults(twin, watch, dialogue)]
    return Played(twin, faults, watch.story, dialogue.walk, outcome.seconds, watch.answered)


def waits_for_caller(session: Session) -> bool:
    """Whether it is the caller's turn: asked, and nothing under way but their answer."""
    return session.question is not None and session.action is None and not session.keys and not session.speaking


async def _act_out(turns: list[TwinTurn], line: TextLine, session: Session, watch: Watch) -> None:
    """Make every turn; a caller whose turn does not come for ten minutes hangs up, so that every test ends."""
    try:
        await _make_turns(turns, line, session, watch)
    except TimeoutError:
        line.leave()


async def _make_turns(turns: list[TwinTurn], line: TextLine, session: Session, watch: Watch) -> None:
    for turn in turns:
        await asyncio.wait_for(callers_turn(line, session), _PATIENCE_S)
        heard = line.hotline.utterances
        watch.begin(turn)
        if turn.hang_up:
            line.leave()
        elif turn.keys:
            for key in turn.keys:
                line.press(key)
                await asyncio.sleep(_KEY_GAP_S)
        elif turn.say:
            line.type_text(turn.say)
        else:
            await line.hotline.speaks_again(heard)
    await asyncio.wait_for(callers_turn(line, session), _PATIENCE_S)
    line.leave()


async def callers_turn(line: TextLine, session: Session) -> None:
    """Return when the hotline is quiet and waits for the caller; never, if the call ends instead."""
    await line.hotline.quiet_for(_PAUSE_S)
    while not waits_for_caller(session):  # noqa: ASYNC110  the session is plain data, and looking costs no real time
        await asyncio.sleep(_LOOK_S)


class Watch:
    """Keeps what follows each turn; an observer of the call."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self.answered = [Answered()]
        self.story: list[tuple[str, str]] = []
        self.ended, self.queue = "", ""

    def begin(self, turn: TwinTurn) -> None:
        """The caller's next turn begins now."""
        self.settle()
        self.answered.append(Answered())
        self.story.append(("caller", turn.label))

    def settle(self) -> None:
        """What stands now is what the last turn has led to."""
        session, now = self._session, self.answered[-1]
        now.step = place_name(session.scope, session.step)
        heard = {key.removeprefix("heard."): value for key, value in session.form.items() if key.startswith("heard.")}
        if session.form.get("stage") == "confirming":
            heard[session.form["slot"]] = session.form["value"]
        noted = {name: value for note in now.notes for name, value in note.slots.items()}
        now.known = {**noted, **session.values, **heard}

    def __call__(self, at: float, what: Event | Command) -> None:
        del at
        match what:
            case Say(text=text):
                self.answered[-1].said.append(text)
                self.story.append(("hotline", text))
            case NoteTurn():
                self.answered[-1].notes.append(what)
                self.story.append(("", f"taken for {what.intent} {what.score:.2f} at {what.step}"))
            case RunAction(kind=kind, request=request):
                self.answered[-1].actions.append(what)
                self.story.append(("", f"asks {request.get('url', kind)}"))
            case HandedOff(queue=queue):
                self.ended, self.queue = "handed_off", queue
                self.story.append(("", f"handed to a person: queue {queue}"))
            case HandOffRefused(reason=reason):
                self.story.append(("", f"the queue is {reason}"))
            case HungUp(by=by):
                self.ended = self.ended or "hung_up"
                self.story.append(("", f"hung up by the {by}"))


def _turn_faults(twin: Twin, answered: list[Answered]) -> list[Fault]:
    faults: list[Fault] = []
    for number, turn in enumerate(twin.spec.turns):
        line = twin.places[number]
        if number + 1 >= len(answered):
            faults.append(Fault(line, turn.label, "turn", "a caller who is still there", "the call was over before it"))
            break
        after = answered[number + 1]
        actions = [f"{action.kind} {action.request.get('url', '')}".strip() for action in after.actions]
        seen = TurnSeen([note.intent for note in after.notes], after.step, after.said, after.known, actions)
        faults += [
            Fault(line, turn.label, miss.what, miss.expected, miss.came) for miss in turn_misses(turn.expect, seen)
        ]
    return faults


def _call_faults(twin: Twin, watch: Watch, dialogue: Dialogue) -> list[Fault]:
    seen = CallSeen(watch.ended, watch.queue, dialogue.walk.steps, dialogue.session.values)
    return [
        Fault(twin.line, "the whole call", miss.what, miss.expected, miss.came)
        for miss in call_misses(twin.spec.expect, seen)
    ]
