"""Which values a flow can have, by name, and of which type: collected, saved, set, declared, and those of
every call."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ivr.flow.expression import ExpressionFault, names_in
from ivr.flow.functions import SIGNATURES
from ivr.flow.load import Flow
from ivr.flow.step_schema import Step
from ivr.flow.types import ANY, Type, type_of

OF_EVERY_CALL = {
    "caller": Type("phone"),
    "called": Type("phone"),
    "verified": Type("yes_no"),
    "language": Type("text"),
    "today": Type("date"),
    "now": Type("time"),
}


def known_values(flow: Flow, scope: str) -> dict[str, Type]:
    """Every name that a step in `scope` may use, whether or not it is filled by then. Computed once a flow."""
    found: dict[str, Type] | None = flow.derived.get(("types", scope))
    if found is None:
        found = flow.derived["types", scope] = _known_values(flow, scope)
    return found


def _known_values(flow: Flow, scope: str) -> dict[str, Type]:
    known = dict(OF_EVERY_CALL)
    if scope:
        known |= {name: Type(kind) for name, kind in flow.hotline.routines[scope].takes.items()}
    else:
        known |= {name: Type(variable.type) for name, variable in flow.hotline.values.items()}
    steps = flow.steps(scope).values()
    for step in steps:
        known |= dict(_filled(flow, step))
    for step in steps:
        for name, expression in (step.set or {}).items():
            if name not in known:
                try:
                    known[name] = type_of(expression.node, known, SIGNATURES)
                except ExpressionFault:
                    known[name] = ANY
    return known


def personal_values(flow: Flow) -> set[str]:
    """The names of values that are personal, or made of such, in any scope. Computed once a flow."""
    found: set[str] | None = flow.derived.get(("personal", ""))
    if found is not None:
        return found
    slots = [item for _, _, step in flow.every_step() for item in (step.collect or {}).items()]
    declared = {name for name, variable in flow.hotline.values.items() if variable.pii}
    found = declared | {name for name, slot in slots if slot.pii}
    while more := {name for _, _, step in flow.every_step() for name in _made_of(step, found)} - found:
        found |= more
    flow.derived["personal", ""] = found
    return found


def _made_of(step: Step, personal: set[str]) -> Iterator[str]:
    """The values that `step` fills from personal ones: computed, given to a routine, or kept of what it gives."""
    given = {**(step.set or {}), **(step.return_ or {}), **(step.run.with_ if step.run is not None else {})}
    yield from (name for name, expression in given.items() if names_in(expression.node) & personal)
    if step.run is not None:
        yield from (ours for ours, theirs in step.run.save.items() if theirs in personal)


def _filled(flow: Flow, step: Step) -> Iterator[tuple[str, Type]]:
    yield from ((name, Type(slot.type)) for name, slot in (step.collect or {}).items())
    if step.call is not None and step.call.save:
        yield step.call.save, _record(step.call.expect)
    if step.run is not None and step.run.routine in flow.hotline.routines:
        gives = flow.hotline.routines[step.run.routine].gives
        yield from ((ours, Type(gives[theirs])) for ours, theirs in step.run.save.items() if theirs in gives)
    if step.record is not None:
        yield step.record.save, Type("text")
    if step.survey is not None:
        yield step.survey.save, Type("number")
    if step.callback is not None:
        yield step.callback.save, Type("text")


def _record(expect: Mapping[str, str]) -> Type:
    """`{"amount": "money", "plan.name": "text"}` as a record; parts that are not expected are not known."""
    parts: dict[str, Type] = {}
    for path, kind in expect.items():
        first, _, rest = path.partition(".")
        inner = {rest: kind} if rest else {}
        known = {f"{name}": part.name for name, part in parts[first].parts.items()} if first in parts else {}
        parts[first] = _record({**known, **inner}) if rest else Type(kind)
    return Type("record", parts)
