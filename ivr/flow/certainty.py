"""Which values are certainly filled at each step: a forward data-flow analysis over the graph of steps.

Decided: **a value is certain at a step if every way there fills it.** States are sets of names; where ways meet, what
holds is their intersection; the greatest fixed point is found with a worklist (Kildall 1973). What a condition says
of a value (`bill != none`) holds on the way that it opens. Jumps that no flow writes (主菜单, a refused hand-off, a
digression) are ways as well: they lead there from wherever the call stands still.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from ivr.flow.conditions import facts
from ivr.flow.expression import Constant
from ivr.flow.known_values import OF_EVERY_CALL
from ivr.flow.load import Flow
from ivr.flow.scalars import Expression
from ivr.flow.step_schema import Step

Certain = frozenset[str]
"""Names of values that are certainly filled."""
STANDS_STILL = frozenset(
    {"ask", "collect", "answer", "call", "run", "record", "verify", "survey", "callback", "hand_off", "hang_up"}
)
"""Actions at which a call waits, so that it can be led elsewhere."""
_Way = tuple[str, Certain]


@dataclass
class Certainty:
    """For one scope: what is certain when each reached step begins, and by which ways a step is reached."""

    begins: dict[str, Certain] = field(default_factory=dict)
    ways: dict[str, list[_Way]] = field(default_factory=dict)
    """By step: (the step before, what is certain on the way from it); "" stands for the begin of the scope."""

    def way_without(self, step: str, name: str) -> list[str]:
        """The steps of a way on which nothing fills `name`, up to and with `step`."""
        trail = [step]
        while True:
            before = [one for one, certain in self.ways.get(trail[0], []) if name not in certain]
            if not before or "" in before:
                return trail
            new = [one for one in before if one not in trail]
            if not new:
                return trail
            trail.insert(0, new[0])


def certainty(flow: Flow, scope: str) -> Certainty:
    """The analysis of the main part, or of the routine `scope`."""
    steps = flow.steps(scope)
    made = Certainty()
    queue: list[str] = []

    def arrive(step: str, before: str, certain: Certain) -> None:
        if step not in steps:
            return
        ways = [way for way in made.ways.setdefault(step, []) if way[0] != before]
        merged = frozenset.intersection(certain, *(other for one, other in made.ways[step] if one == before))
        made.ways[step] = [*ways, (before, merged)]
        known = made.begins.get(step)
        now = merged if known is None else known & merged
        if known != now:
            made.begins[step] = now
            queue.append(step)

    for step, certain in _entries(flow, scope):
        arrive(step, "", certain)
    while queue:
        name = queue.pop()
        for target, certain in leaves(flow, scope, steps[name], made.begins[name]):
            arrive(target, name, certain)
    return made


def _entries(flow: Flow, scope: str) -> Iterator[_Way]:
    hotline = flow.hotline
    always = frozenset(OF_EVERY_CALL)
    if scope:
        yield hotline.routines[scope].start, always | frozenset(hotline.routines[scope].takes)
        return
    begun = {name for name, variable in hotline.values.items() if variable.start and not _is_none(variable.start)}
    yield hotline.start, always | begun


def _jumps(flow: Flow) -> list[str]:
    """The steps that the caller, or a full queue, can lead to from wherever the call stands still."""
    hotline = flow.hotline
    targets = (hotline.main_menu or hotline.start, hotline.person.refused, *hotline.anywhere.values())
    return [target for target in targets if target]


def leaves(flow: Flow, scope: str, step: Step, begin: Certain) -> Iterator[_Way]:
    """(step, what is certain then) for every way out of `step` that begins with `begin`."""
    certain = begin
    for action in step.actions:
        if action in STANDS_STILL and not scope:
            still = certain - frozenset((step.collect or {}) if action == "collect" else ())
            yield from ((target, still) for target in _jumps(flow))
        yield from _ways_out(flow, scope, step, action, certain)
        certain = after(step, action, certain)
    if step.next and step.actions[-1] not in {"branch", "hand_off", "hang_up", "return"}:
        yield step.next, certain


def _ways_out(flow: Flow, scope: str, step: Step, action: str, certain: Certain) -> Iterator[_Way]:
    """The ways that lead out of the middle of a step, at one of its actions."""
    if action == "branch":
        known = certain
        for branch in step.branch or []:
            if branch.else_:
                yield branch.else_, known
            elif branch.if_ is not None and branch.next:
                said = facts(branch.if_.node)
                yield branch.next, known | said.if_true
                known |= said.if_false
    elif action == "ask":
        steps = flow.steps(scope)
        yield from ((target, certain) for target in step.then.values())
        named = {*step.intents, *step.keys.values()} - step.then.keys()
        yield from ((intent, certain) for intent in sorted(named) if intent in steps)
    elif action in {"call", "verify", "callback"}:
        yield getattr(step, action).failed, certain
    elif action == "answer" and step.answer is not None and step.answer.unhelped:
        yield step.answer.unhelped, certain


def after(step: Step, action: str, certain: Certain) -> Certain:
    """What is certain when `action` is over and the step goes on."""
    match action:
        case "set":
            for name, expression in (step.set or {}).items():
                certain = certain - {name} if _is_none(expression) else certain | {name}
        case "collect":
            certain |= frozenset(step.collect or {})
        case "call" if step.call is not None and step.call.save:
            certain |= {step.call.save}
        case "run" if step.run is not None:
            certain |= frozenset(step.run.save)
        case "record" if step.record is not None:
            certain |= {step.record.save}
        case "callback" if step.callback is not None:
            certain |= {step.callback.save}
        case "survey" if step.survey is not None:
            certain -= {step.survey.save}  # one who does not answer is let go
        case _:
            pass
    return certain


def _is_none(expression: Expression) -> bool:
    return isinstance(expression.node, Constant) and expression.node.value is None
