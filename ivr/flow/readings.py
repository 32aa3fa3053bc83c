"""Where a step reads values: its expressions, and the texts that hold `{name}`, each with the action it belongs to."""

from __future__ import annotations

from collections.abc import Iterator

from ivr.flow.prompt_texts import prompts_of
from ivr.flow.scalars import Expression
from ivr.flow.step_schema import Step

Path = tuple[str | int, ...]
_OF_ASK = ("again", "no_input", "no_match")


def expressions_of(step: Step) -> Iterator[tuple[str, Path, Expression]]:
    """(action, path within the step, expression)."""
    yield from (("set", ("set", name), expression) for name, expression in (step.set or {}).items())
    for index, branch in enumerate(step.branch or []):
        if branch.if_ is not None:
            yield "branch", ("branch", index, "if"), branch.if_
    if step.call is not None:
        yield from (("call", ("call", "body", name), expression) for name, expression in step.call.body.items())
    if step.run is not None:
        yield from (("run", ("run", "with", name), expression) for name, expression in step.run.with_.items())
    yield from (("return", ("return", name), expression) for name, expression in (step.return_ or {}).items())
    if step.verify is not None:
        for word, given in (("is", step.verify.is_), ("to", step.verify.to)):
            if given is not None:
                yield "verify", ("verify", word), given
    if step.callback is not None:
        yield "callback", ("callback", "number"), step.callback.number


def texts_of(step: Step) -> Iterator[tuple[str, Path, str]]:
    """(action, path within the step, text) of everything that is said, and of addresses."""
    for path, _, text in prompts_of(step):
        action = "ask" if path[0] in _OF_ASK else str(path[0])
        yield action, path, text
    if step.call is not None:
        for word in ("get", "post"):
            if (text := getattr(step.call, word)) is not None:
                yield "call", ("call", word), text
