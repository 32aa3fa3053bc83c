"""Values that are read before they are certainly filled: a caller would hear a gap, a service get nothing."""

from __future__ import annotations

from collections.abc import Iterator

from ivr.flow.certainty import Certain, after, certainty
from ivr.flow.conditions import facts, wanted, wanted_by_condition
from ivr.flow.expression import Path as ValuePath
from ivr.flow.known_values import known_values
from ivr.flow.load import MAIN, Flow
from ivr.flow.problem import Problem
from ivr.flow.readings import expressions_of, texts_of
from ivr.flow.rules.place import Path, Rule, place
from ivr.flow.step_schema import Step
from ivr.flow.values import values_in

_REFERENCES = {"env", "secret"}


def _read_before_filled(flow: Flow) -> Iterator[Problem]:
    for scope in (MAIN, *flow.hotline.routines):
        known, found = known_values(flow, scope), certainty(flow, scope)
        for name, step in flow.steps(scope).items():
            if name not in found.begins:
                continue  # nobody gets there: another rule says so
            for path, value in _readings(step, found.begins[name]):
                if value in known:
                    way = " → ".join(found.way_without(name, value))
                    mend = f"fill it on every way here, or ask before: `branch: [{{if: {value} != none, next: …}}, …]`"
                    what = f"`{value}` may be empty here, as on the way {way}"
                    yield flow.document.problem(place(scope, name, *path), what, mend)


def _readings(step: Step, begin: Certain) -> Iterator[tuple[Path, str]]:
    """(path within the step, name) of what is read and not certain by then."""
    certain = begin
    for action in step.actions:
        yield from _in_texts(step, action, certain)
        yield from _in_expressions(step, action, certain)
        certain = after(step, action, certain)


def _in_texts(step: Step, action: str, certain: Certain) -> Iterator[tuple[Path, str]]:
    slots = list(step.collect or {})
    for of, path, text in texts_of(step):
        if of != action:
            continue
        known = certain | _by_then(slots, path) if action == "collect" else certain
        if path[:2] == ("survey", "thanks"):
            known = after(step, action, certain)
        for value, _ in values_in(text):
            first = value.partition(".")[0]
            if first not in known and first not in _REFERENCES:
                yield path, first


def _by_then(slots: list[str], path: Path) -> Certain:
    """The slots of a form that are filled when the prompt at `path` is said: those before, and in `confirm` its own."""
    slot = str(path[1])
    at = slots.index(slot)
    return frozenset(slots[: at + 1] if path[2] == "confirm" else slots[:at])


def _in_expressions(step: Step, action: str, certain: Certain) -> Iterator[tuple[Path, str]]:
    for of, path, expression in expressions_of(step):
        if of != action:
            continue
        if action == "branch":
            yield from ((path, name) for name in wanted_by_condition(expression.node, certain))
            certain |= facts(expression.node).if_false
            continue
        copies = action in {"set", "return"} and isinstance(expression.node, ValuePath)  # none may be handed on
        if not copies:
            yield from ((path, name) for name in wanted(expression.node, certain))
        if action == "set":
            certain |= {str(path[1])}


RULES: tuple[Rule, ...] = (_read_before_filled,)
