"""Values: those that nothing fills, expressions that can never fit, formatters that there are not."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ivr.flow.expression import ExpressionFault
from ivr.flow.functions import SIGNATURES
from ivr.flow.known_values import known_values
from ivr.flow.load import Flow
from ivr.flow.near_miss import did_you_mean
from ivr.flow.problem import Problem
from ivr.flow.readings import expressions_of, texts_of
from ivr.flow.rules.place import Path, Rule, place
from ivr.flow.scalars import Expression
from ivr.flow.step_schema import Step
from ivr.flow.types import ANY, Type, type_of
from ivr.flow.values import FORMATTER_NAMES, values_in


def _prompts(flow: Flow) -> Iterator[Problem]:
    for scope, name, step in flow.every_step():
        known = known_values(flow, scope)
        for _, path, text in texts_of(step):
            for value, formatter in values_in(text):
                yield from _value(flow, place(scope, name, *path), value, known)
                if formatter and formatter not in FORMATTER_NAMES:
                    mend = did_you_mean(formatter, FORMATTER_NAMES, f"use one of {', '.join(FORMATTER_NAMES)}")
                    yield flow.document.problem(place(scope, name, *path), f"there is no formatter `{formatter}`", mend)


def _value(flow: Flow, path: Path, value: str, known: Mapping[str, Type]) -> Iterator[Problem]:
    first, *parts = value.split(".")
    if path[-1] in {"get", "post"} and first in {"env", "secret"}:
        if first == "secret":
            yield flow.document.problem(path, "a secret in an address ends in logs", "put it into `headers`")
        return
    if first not in known:
        if flow.left_out(first):
            return
        mend = did_you_mean(first, known, "collect it in a step before")
        yield flow.document.problem(path, f"nothing ever fills `{{{first}}}`", mend)
        return
    here = known[first]
    for part in parts:
        if here.parts and part not in here.parts:
            mend = did_you_mean(part, here.parts, f"use one of {', '.join(here.parts)}, or add it to `expect`")
            yield flow.document.problem(path, f"`{first}` has no part `{part}`", mend)
            return
        here = here.parts.get(part, Type("any"))


def _expressions(flow: Flow) -> Iterator[Problem]:
    for name, variable in flow.hotline.values.items():
        if variable.start is not None:
            yield from _fits(flow, ("values", name, "start"), variable.start, {}, Type(variable.type))
    for scope, name, step in flow.every_step():
        known = {**_left_out(flow), **known_values(flow, scope)}
        for _, path, expression in expressions_of(step):
            wanted = _wanted(flow, scope, step, path)
            yield from _fits(flow, place(scope, name, *path), expression, known, wanted)


def _left_out(flow: Flow) -> dict[str, Type]:
    """Names that may have been values, had they fitted the schema."""
    return {} if flow.whole else {str(path[-1]): ANY for path in flow.document.key_marks if path}


def _wanted(flow: Flow, scope: str, step: Step, path: Path) -> Type | None:
    """The type that was promised for what stands at `path`, if any was."""
    hotline, name = flow.hotline, str(path[-1])
    kind: str | None = None
    if path[0] == "set" and not scope:
        kind = hotline.values[name].type if name in hotline.values else None
    elif path[:2] == ("run", "with") and step.run is not None and step.run.routine in hotline.routines:
        kind = hotline.routines[step.run.routine].takes.get(name)
    elif path[0] == "return" and scope:
        kind = hotline.routines[scope].gives.get(name)
    return Type(kind) if kind else None


def _fits(
    flow: Flow, path: Path, expression: Expression, known: Mapping[str, Type], wanted: Type | None
) -> Iterator[Problem]:
    try:
        found = type_of(expression.node, known, SIGNATURES)
    except ExpressionFault as fault:
        yield flow.document.problem(path, f"`{expression.text}`: {fault.what}", fault.mend)
        return
    if wanted is not None and "any" not in {found.plain, wanted.plain} and found.plain != wanted.plain:
        mend = "put texts in quotes, and numbers not; yes_no is yes or no"
        yield flow.document.problem(path, f"`{expression.text}` is a {found.plain}, not a {wanted.plain}", mend)


RULES: tuple[Rule, ...] = (_prompts, _expressions)
