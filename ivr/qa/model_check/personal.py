"""Does a personal value get out before the caller is verified? Asked by trying: would other values give other words?

Two calls that differ in personal values only are given the same event. What the hotline says, and what it writes for
the agent's screen, must be the same in both: a difference is a leak, whatever way the value took. What a caller has
just said may be read back to them to be confirmed; that is no leak.
"""

from __future__ import annotations

from typing import Any

from ivr.dialogue.commands import HandOff, Say
from ivr.dialogue.session import Session
from ivr.flow.known_values import personal_values
from ivr.flow.load import Flow
from ivr.qa.model_check.call import Call, Stage
from ivr.qa.model_check.live_values import names_in
from ivr.qa.model_check.moves import Move

_OTHER_DIGIT = str.maketrans("0123456789", "5678901234")


def personal_names(flow: Flow) -> frozenset[str]:
    """The personal values, and all that is computed from them or given on by routines."""
    personal = set(personal_values(flow))
    while True:
        found = set(personal)
        for _, _, step in flow.every_step():
            for name, expression in (step.set or {}).items():
                if names_in(expression.node) & found:
                    found.add(name)
            if step.run is not None:
                found |= {name for name, given in step.run.with_.items() if names_in(given.node) & found}
                found |= {ours for ours, theirs in step.run.save.items() if theirs in found}
            for name, expression in (step.return_ or {}).items():
                if names_in(expression.node) & found:
                    found.add(name)
        if found == personal:
            return frozenset(found)
        personal = found


class Leaks:
    """Tries one flow's calls for leaks. `active`: only a flow that verifies has a before and an after."""

    def __init__(self, flow: Flow) -> None:
        self.names = personal_names(flow)
        self.active = bool(self.names) and any(step.verify is not None for _, _, step in flow.every_step())
        self._stage = Stage(flow)

    def of(self, before: Call, move: Move, after: Call, said: list[str]) -> str:
        """What gets out when `move` is made in `before`; "" for nothing. `said`: what was said and written then."""
        if not self.active or not self._holds(before.session):
            return ""
        other = before.fork()
        for values in (other.session.values, *(frame.values for frame in other.session.frames)):
            for name in self.names & values.keys():
                values[name] = _another(values[name])
        heard: list[str] = []
        self._stage.watch = lambda _, commands: heard.extend(texts(commands))
        came = self._stage.play(other, move)
        self._stage.settle(came)
        place, theirs = _place(after.session), _place(came.session)
        if place != theirs or after.session.values.get("verified") is True:
            return ""
        return next((one for one, two in zip(said, heard, strict=False) if one != two), "")

    def _holds(self, session: Session) -> bool:
        if session.values.get("verified") is True:
            return False
        return any(session.values.get(name) is not None for name in self.names)


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
