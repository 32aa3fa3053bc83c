"""Which values can still decide something: of two calls that differ in others only, one need not be tried.

Liveness as compilers compute it: backwards from every expression that decides (branches, `set`, `verify: is`, what a
routine is given and returns), to where the value is filled anew. Values that are only said decide nothing.
"""

from __future__ import annotations

from collections.abc import Iterator

from ivr.dialogue.session import Session
from ivr.flow.expression import Node, names_in
from ivr.flow.load import MAIN, Flow
from ivr.flow.rules.paths import successors
from ivr.flow.step_schema import Step

Place = tuple[str, str]


def deciding(step: Step, action: str = "") -> Iterator[Node]:
    """The expressions of `step` (of one of its actions) that decide where a call goes."""
    found: dict[str, list[Node]] = {
        "branch": [branch.if_.node for branch in step.branch or [] if branch.if_ is not None],
        "set": [expression.node for expression in (step.set or {}).values()],
        "verify": [step.verify.is_.node] if step.verify is not None and step.verify.is_ is not None else [],
        "run": [expression.node for expression in step.run.with_.values()] if step.run is not None else [],
        "return": [expression.node for expression in (step.return_ or {}).values()],
    }
    for name, written in found.items():
        if not action or name == action:
            yield from written


def fills(step: Step, action: str) -> set[str]:
    """The values that an action fills anew, whatever they were."""
    if action in {"set", "collect"}:
        return set(getattr(step, action) or {})
    if action == "run":
        return set(step.run.save) if step.run is not None else set()
    if action == "verify":
        return {"verified"}
    saved = getattr(getattr(step, action), "save", None) if action in {"call", "record", "survey", "callback"} else None
    return {saved} if isinstance(saved, str) else set()


class LiveValues:
    """The values that still decide something, for every place of a flow."""

    def __init__(self, flow: Flow) -> None:
        self._flow = flow
        self._into: dict[Place, frozenset[str]] = {(s, n): frozenset() for s, n, _ in flow.every_step()}
        self._at: dict[tuple[str, str, int], frozenset[str]] = {}
        hotline = flow.hotline
        wanted = [hotline.start, hotline.main_menu, hotline.person.refused, *hotline.anywhere.values()]
        self._roots = [(MAIN, name) for name in wanted if name]
        self._after = {
            (scope, name): [(scope, target) for target in successors(step)] for scope, name, step in flow.every_step()
        }
        changed = True
        while changed:
            changed = False
            for scope, name, step in reversed(list(flow.every_step())):
                live = self._before(scope, name, step, 0)
                if live != self._into[scope, name]:
                    self._into[scope, name] = live
                    changed = True

    def at(self, scope: str, step: str, position: int) -> frozenset[str]:
        """What still decides something while action number `position` of a step is under way."""
        key = (scope, step, position)
        found = self._at.get(key)
        if found is None:
            written = self._flow.steps(scope)[step]
            found = self._before(scope, step, written, position)
            if position < len(written.actions) and written.actions[position] == "collect":
                found |= set(written.collect or {})
            self._at[key] = found
        return found

    def of(self, session: Session) -> frozenset[str]:
        """What still decides something in the values of `session`."""
        live = self.at(session.scope, session.step, session.position)
        for frame in session.frames:
            if frame.values is session.values:
                live |= self.at(frame.scope, frame.step, frame.position)
        return live

    def _before(self, scope: str, name: str, step: Step, position: int) -> frozenset[str]:
        places = [*self._after[scope, name], *self._roots]
        live: set[str] = set().union(*(self._into.get(place, frozenset()) for place in places))
        for action in reversed(step.actions[position:]):
            live -= fills(step, action)
            for node in deciding(step, action):
                live |= names_in(node)
        return frozenset(live)
