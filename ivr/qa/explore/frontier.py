"""Which inputs lead along each way of a flow: breadth first, on the model check's stage, where meanings are staged.

Decided: **meanings first, words afterwards.** A thousand states a second are searched when nothing has to be
understood; whether real words lead there, too, is then tried once a way (trial.py). Left out is what no case can say:
coughs, a recogniser that dies, a wish while a service is asked; and a change of language, which leads along no way.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from ivr.dialogue.session import Session
from ivr.flow.load import Flow
from ivr.qa.coverage import Way, ways_of
from ivr.qa.model_check.call import Call, Stage
from ivr.qa.model_check.live_values import LiveValues
from ivr.qa.model_check.moves import Move
from ivr.qa.model_check.next_moves import NextMoves
from ivr.qa.model_check.representatives import Representatives
from ivr.qa.model_check.same_state import Key, SameState

MOST_PATHS = 4
"""So many paths are kept of each way: the words of the first may not lead where their meaning does."""
_NO_CASE = frozenset({"cough", "lost", "accepted", "end"})
_LANGUAGES = frozenset({"english", "chinese"})

Path = tuple[Move, ...]


@dataclass
class Frontier:
    """What a search has found. `paths`: moves from a call's start along each way, the shortest first; `entered`: every
    place; `whole`: everything was searched that there is, or every way was found."""

    flow: Flow
    paths: dict[Way, list[Path]] = field(default_factory=dict)
    entered: set[str] = field(default_factory=set)
    states: int = 0
    whole: bool = True


class Search:
    """One search. `on` is asked before every state whether there is time for it."""

    def __init__(self, flow: Flow, on: Callable[[], bool] = lambda: True) -> None:
        values = Representatives(flow)
        self._values, self._on = values, on
        self._stage = Stage(flow)
        self._moves = NextMoves(flow, values)
        self._same = SameState(flow, LiveValues(flow), values.largest, frozenset())
        self._came_from: dict[Key, tuple[Key | None, Move]] = {}
        self._queue: deque[tuple[Key, Call, bool]] = deque()
        self._tried: set[Key] = set()
        self._ways = {(way.start, way.end): way for way in ways_of(flow)}
        self.found = Frontier(flow)

    def run(self) -> Frontier:
        """Search until every way has a path, or there is nothing new, or no time."""
        for caller, moment in self._values.starts():
            self._make(None, Call(Session()), Move("start", caller=caller, moment=moment))
        while self._queue and len(self.found.paths) < len(self._ways):
            if not self._on():
                self.found.whole = False
                break
            key, call, everything = self._queue.popleft()
            for move in self._next(call):
                if everything or not move.willing:
                    self._make(key, call, move)
        self.found.states = len(self._came_from)
        return self.found

    def _next(self, call: Call) -> Iterator[Move]:
        busy = call.session.action is not None
        for move in self._moves.of(call):
            meaning = move.meaning
            if move.kind in _NO_CASE or (busy and move.kind != "done"):
                continue
            if meaning is not None and (meaning.intent in _LANGUAGES or meaning.ranking or meaning.also):
                continue
            yield move

    def _make(self, key: Key | None, call: Call, move: Move) -> None:
        walk = self._stage.walk_from(call)
        after = self._stage.play(call, move)
        self._stage.settle(after)
        self.found.entered.update(walk.steps)
        for gone in walk.ways:
            way = self._ways.get(gone)
            if way is not None and len(self.found.paths.setdefault(way, [])) < MOST_PATHS:
                self.found.paths[way].append((*self._path(key), move))
        reached = self._same.whole(after)
        if after.fault or reached in self._came_from:
            return
        self._came_from[reached] = (key, move)
        wish = self._same.wish(after)
        self._queue.append((reached, after, wish not in self._tried))
        self._tried.add(wish)

    def _path(self, key: Key | None) -> Path:
        moves: list[Move] = []
        while key is not None:
            key, move = self._came_from[key]
            moves.append(move)
        return tuple(reversed(moves))
