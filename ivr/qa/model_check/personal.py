"""Does a personal value get out before the caller is verified? Asked by trying: would other values give other words?

Two calls that differ in personal values only are given the same event. What the hotline says, and what it writes for
the agent's screen, must be the same in both: a difference is a leak, whatever way the value took. What a caller has
just said may be read back to them to be confirmed; that is no leak.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from ivr.dialogue.commands import HandOff, Say
from ivr.dialogue.session import Session
from ivr.flow.expression import Path, nodes_of
from ivr.flow.known_values import personal_values
from ivr.flow.load import Flow
from ivr.qa.model_check.call import Call, Stage
from ivr.qa.model_check.moves import Move

_OTHER_DIGIT = str.maketrans("0123456789", "5678901234")


class Leaks:
    """Tries one flow's calls for leaks. `active`: only a flow that verifies has a before and an after."""

    def __init__(self, flow: Flow) -> None:
        self.names = frozenset(personal_values(flow))
        self.active = bool(self.names) and any(step.verify is not None for _, _, step in flow.every_step())
        self._flow = flow
        self._stage = Stage(flow)
        self._sources = set(_sources(flow, self.names))

    def of(self, before: Call, move: Move, after: Call, said: list[str]) -> str:
        """What gets out when `move` is made in `before`; "" for nothing. `said`: what was said and written then."""
        answer = self._another_answer(before.session, move)
        if not self.active or (answer == move and not self._holds(before.session)):
            return ""
        other = before.fork()
        for values in (other.session.values, *(frame.values for frame in other.session.frames)):
            for name in self.names & values.keys():
                values[name] = _another(values[name])
        heard: list[str] = []
        self._stage.watch = lambda _, commands: heard.extend(texts(commands))
        came = self._stage.play(other, answer)
        self._stage.settle(came)
        place, theirs = _place(after.session), _place(came.session)
        if place != theirs or after.session.values.get("verified") is True:
            return ""
        return next((one for one, two in zip(said, heard, strict=False) if one != two), "")

    def _another_answer(self, session: Session, move: Move) -> Move:
        """The same move, but a service's answer has other personal parts."""
        call = self._flow.steps(session.scope)[session.step].call if session.step else None
        if move.kind != "done" or call is None or call.save is None or move.value is None:
            return move
        value = _another(move.value) if call.save in self.names else copy.deepcopy(move.value)
        for path in self._sources:
            if path[0] == call.save:
                _change(value, path[1:])
        return replace(move, value=value)

    def _holds(self, session: Session) -> bool:
        if session.values.get("verified") is True:
            return False
        return any(session.values.get(name) is not None for name in self.names)


def _sources(flow: Flow, names: frozenset[str]) -> Iterator[tuple[str, ...]]:
    """The paths from which personal values are set, such as `customer.phone`."""
    for _, _, step in flow.every_step():
        for name, expression in (step.set or {}).items():
            if name in names:
                yield from (node.parts for node in nodes_of(expression.node) if isinstance(node, Path))


def _change(value: Any, path: tuple[str, ...]) -> None:
    """Put another value at `path` of a record."""
    for part in path[:-1]:
        value = value.get(part) if isinstance(value, dict) else None
    if path and isinstance(value, dict) and path[-1] in value:
        value[path[-1]] = _another(value[path[-1]])


def texts(commands: list[Any]) -> list[str]:
    """What of `commands` reaches somebody: prompts, and the line for the agent."""
    said = [command.text for command in commands if isinstance(command, Say)]
    return said + [command.summary for command in commands if isinstance(command, HandOff)]


def _place(session: Session) -> tuple[str, str, int]:
    return session.scope, session.step, session.position


def _another(value: Any) -> Any:
    """A value of the same kind and length that is another."""
    if isinstance(value, dict):
        return {name: _another(part) for name, part in value.items()}
    if isinstance(value, list):
        return [_another(part) for part in value]
    if isinstance(value, str):
        digits = value.translate(_OTHER_DIGIT)
        return digits if digits != value else "乙" * len(value)
    if isinstance(value, bool) or value is None:
        return None if value is None else not value
    return value + 1
