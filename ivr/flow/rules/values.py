"""Values: those that nothing fills, expressions that can never fit, formatters that there are not."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from ivr.flow.expression import ExpressionFault
from ivr.flow.functions import SIGNATURES
from ivr.flow.known_values import known_values
from ivr.flow.load import Flow
from ivr.flow.near_miss import did_you_mean
from ivr.flow.problem import Problem
from ivr.flow.prompt_texts import prompts_of
from ivr.flow.rules.place import Path, Rule, place
from ivr.flow.scalars import Expression
from ivr.flow.step_schema import Step
from ivr.flow.types import Type, type_of
from ivr.flow.values import FORMATTER_NAMES, values_in


def _prompts(flow: Flow) -> Iterator[Problem]:
    for scope, name, step in flow.every_step():
        known = known_values(flow, scope)
        texts = [(path, text) for path, _, text in prompts_of(step)]
        if step.call is not None:
            texts += [(("call", word), text) for word in ("get", "post") if (text := getattr(step.call, word))]
        for path, text in texts:
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
        known = known_values(flow, scope)
        for path, expression in _of_step(step):
            yield from _fits(flow, place(scope, name, *path), expression, known, None)


def _of_step(step: Step) -> Iterator[tuple[Path, Expression]]:
    yield from ((("set", name), expression) for name, expression in (step.set or {}).items())
    for index, branch in enumerate(step.branch or []):
        if branch.if_ is not None:
            yield ("branch", index, "if"), branch.if_
    if step.call is not None:
        yield from ((("call", "body", name), expression) for name, expression in step.call.body.items())
    if step.run is not None:
        yield from ((("run", "with", name), expression) for name, expression in step.run.with_.items())
    yield from ((("return", name), expression) for name, expression in (step.return_ or {}).items())
    if step.verify is not None:
        for word, given in (("is", step.verify.is_), ("to", step.verify.to)):
            if given is not None:
                yield ("verify", word), given
    if step.callback is not None:
        yield ("callback", "number"), step.callback.number


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


def _hours(flow: Flow) -> Iterator[Problem]:
    for scope, name, step in flow.every_step():
        for path, expression in _of_step(step):
            for hours in _asked_hours(expression.text):
                if hours not in flow.hotline.hours:
                    mend = did_you_mean(hours, flow.hotline.hours, f"write them under `hours: {hours}:`")
                    yield flow.document.problem(place(scope, name, *path), f"there are no hours `{hours}`", mend)


def _asked_hours(text: str) -> list[str]:
    return re.findall(r"""\bopen\(\s*["']([^"']*)["']\s*\)""", text)


RULES: tuple[Rule, ...] = (_prompts, _expressions, _hours)
