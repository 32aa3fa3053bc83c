"""The search: breadth first through every state that a call can reach, so that each refutation is as short as can be.

Decided: **all moves where a state is new, the unwilling ones wherever it differs.** States that differ only in the
caller's misses and refusals answer a wish alike (it ends the counting), so wishes are tried in the first of them and
silence, nonsense and failures in all. 返回 is tried again wherever it would lead to another step.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field

from ivr.dialogue.commands import Command, HandOff, HangUp, Say
from ivr.dialogue.session import Session
from ivr.flow.load import Flow
from ivr.qa.model_check.call import Call, Stage
from ivr.qa.model_check.disturbances import Disturbances
from ivr.qa.model_check.live_values import LiveValues
from ivr.qa.model_check.moves import Move
from ivr.qa.model_check.next_moves import NextMoves
from ivr.qa.model_check.person import PersonWithin, Reach
from ivr.qa.model_check.personal import Leaks, texts
from ivr.qa.model_check.representatives import Representatives
from ivr.qa.model_check.same_state import Key, SameState

MOST_STATES = 60_000
MOST_OF_A_KIND = 3


@dataclass(frozen=True, slots=True)
class Fault:
    """A promise that is broken: `promise` is person, circle, personal, way_on or company; `at` the state before, `move`
    what breaks it there, `detail` what was seen. `circle`: the moves that go round."""

    promise: str
    scope: str
    step: str
    at: Key
    move: Move | None
    detail: str
    reach: Reach | None = None
    circle: tuple[Move, ...] = ()


@dataclass
class Found:
    """What a search has seen. `came_from` leads from any state back to the start; `unwilling` are the ways that no
    caller chooses."""

    calls: dict[Key, Call] = field(default_factory=dict)
    came_from: dict[Key, tuple[Key | None, Move]] = field(default_factory=dict)
    unwilling: dict[Key, list[tuple[Move, Key]]] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)
    slowest: Reach = field(default_factory=lambda: Reach(0, 0.0))
    moves: int = 0
    whole: bool = True

    def way_to(self, key: Key | None) -> list[Move]:
        """The moves that lead to a state."""
        moves: list[Move] = []
        while key is not None:
            key, move = self.came_from[key]
            moves.append(move)
        return moves[::-1]

    def add(self, fault: Fault) -> None:
        """Keep a fault, unless the like is known there, or enough of its kind are."""
        alike = [known for known in self.faults if known.promise == fault.promise]
        if len(alike) < MOST_OF_A_KIND and all(
            (known.scope, known.step) != (fault.scope, fault.step) for known in alike
        ):
            self.faults.append(fault)


class Search:
    """One search through one flow."""

    def __init__(self, flow: Flow, most_states: int = MOST_STATES) -> None:
        values = Representatives(flow)
        self._flow, self._values = flow, values
        self._most = most_states
        self.stage = Stage(flow, self._watch)
        self.moves = NextMoves(flow, values)
        self._leaks = Leaks(flow)
        watched = frozenset([*self._leaks.names, "verified"]) if self._leaks.active else frozenset()
        self.same = SameState(flow, LiveValues(flow), values.largest, watched)
        promise = flow.hotline.promise
        self.person = PersonWithin(Stage(flow), self.moves.agent, promise.person_within, promise.person_after)
        self._disturbances = Disturbances(flow, self.same)
        self._trouble = {words.wording.trouble for words in flow.words.values()}
        self._said: list[str] = []
        self._broken = ""
        self.found = Found()
        self._queue: deque[tuple[Key, bool]] = deque()
        self._tried: set[Key] = set()
        self._ways_back: set[tuple[Key, tuple[str, ...]]] = set()
        self._reached: set[tuple[Key, tuple[float, ...], bool]] = set()

    def run(self) -> Found:
        """Search until there is nothing new, or too much of it."""
        for caller, moment in self._values.starts():
            self._make(None, Call(Session()), Move("start", caller=caller, moment=moment))
        while self._queue:
            if len(self.found.calls) > self._most:
                self.found.whole = False
                break
            key, everything = self._queue.popleft()
            call = self.found.calls[key]
            for move in self._moves(call, everything=everything):
                self._make(key, call, move)
        return self.found

    def _moves(self, call: Call, *, everything: bool) -> Iterator[Move]:
        for move in self.moves.of(call):
            if everything or not move.willing or (_is_back(move) and self._new_way_back(call)):
                yield move

    def _new_way_back(self, call: Call) -> bool:
        way = (self.same.wish(call), self.same.way_back(call))
        new = way not in self._ways_back
        self._ways_back.add(way)
        return new

    def _make(self, key: Key | None, call: Call, move: Move) -> None:
        if move.kind in {"accepted", "end"}:
            return
        self.found.moves += 1
        self._said, self._broken = [], ""
        after = self.stage.play(call, move)
        self._time_to_a_person(key, move, after)
        for disturbance, trouble in self._disturbances.of(after):
            self.found.add(Fault("company", after.session.scope, after.session.step, key or (), disturbance, trouble))
        self.stage.settle(after)
        reached = self.same.whole(after)
        place = (after.session.scope, after.session.step)
        broken = "" if move.kind == "lost" else self._broken  # the second of those is a fault of ours, and told as one
        if trouble := after.fault or broken or _stuck(after):
            self.found.add(Fault("way_on", *place, key or (), move, trouble))
        if leak := self._leaks.of(call, move, after, self._said):
            self.found.add(Fault("personal", *place, key or (), move, leak))
        if not move.willing and key is not None:
            self.found.unwilling.setdefault(key, []).append((move, reached))
        if reached not in self.found.calls:
            self.found.calls[reached] = after
            self.found.came_from[reached] = (key, move)
            self._enqueue(reached, after)
        elif self._new_trail(after):
            self._try_back(reached, after)

    def _enqueue(self, reached: Key, after: Call) -> None:
        wish = self.same.wish(after)
        self._queue.append((reached, wish not in self._tried))
        self._tried.add(wish)
        self._new_way_back(after)

    def _new_trail(self, after: Call) -> bool:
        return bool(after.session.trail) and after.ending is None and self._new_way_back(after)

    def _try_back(self, reached: Key, after: Call) -> None:
        """The state is known, but 返回 leads to another step from here: that alone is tried."""
        twin = (reached, self.same.way_back(after))
        came_from = self.found.came_from[reached]
        for move in self.moves.of(after):
            if _is_back(move):
                self.found.came_from.setdefault(twin, came_from)
                self.found.calls.setdefault(twin, after)
                self._make(twin, after, move)

    def _time_to_a_person(self, key: Key | None, move: Move, after: Call) -> None:
        if after.fault or isinstance(after.ending, HangUp):
            return
        lengths = tuple(seconds for _, seconds in after.speaking)
        state = (self.same.wish(after), lengths, after.session.refusals > 0)
        if state in self._reached:
            return
        self._reached.add(state)
        reach = self.person.reach(after)
        slowest = self.found.slowest
        self.found.slowest = Reach(max(slowest.turns, reach.turns), max(slowest.seconds, reach.seconds))
        if not self.person.kept(reach):
            self.found.add(Fault("person", after.session.scope, after.session.step, key or (), move, "", reach))

    def _watch(self, call: Call, commands: list[Command]) -> None:
        del call
        self._said += texts(commands)
        for command in commands:
            if isinstance(command, Say) and command.text in self._trouble:
                self._broken = "the call breaks off: nothing is written that leads on from here"


def _is_back(move: Move) -> bool:
    return move.meaning is not None and move.meaning.intent == "back"


def _stuck(call: Call) -> str:
    """Whether nothing will ever happen again in `call`."""
    session = call.session
    if isinstance(call.ending, HandOff | HangUp) or call.timers:
        return ""
    if session.question is None:
        return "nothing is asked, and nothing ends the call"
    return "nothing is waited for: a silent caller stays here for ever"
