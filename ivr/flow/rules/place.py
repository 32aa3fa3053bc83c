"""Where things stand in a flow, for problems, and where its steps lead."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from ivr.flow.load import Flow
from ivr.flow.problem import Problem
from ivr.flow.step_schema import Step

Path = tuple[str | int, ...]
Rule = Callable[[Flow], Iterator[Problem]]


def place(scope: str, step: str, *rest: str | int) -> Path:
    """The path of something in a step."""
    return (*(("routines", scope) if scope else ()), "steps", step, *rest)


def leads(step: Step) -> Iterator[tuple[Path, str]]:
    """Every (path within the step, step name) that `step` can lead to by what is written in it."""
    yield from ((("then", intent), target) for intent, target in step.then.items())
    for index, branch in enumerate(step.branch or []):
        if branch.next:
            yield ("branch", index, "next"), branch.next
        if branch.else_:
            yield ("branch", index, "else"), branch.else_
    for word in ("call", "verify", "callback"):
        if (part := getattr(step, word)) is not None:
            yield (word, "failed"), part.failed
    if step.answer and step.answer.unhelped:
        yield ("answer", "unhelped"), step.answer.unhelped
    if step.next:
        yield ("next",), step.next


def ends(step: Step) -> bool:
    """Whether the call, or the routine, needs no `next` after this step."""
    return step.actions[-1] in {"hand_off", "hang_up", "return", "branch"} or bool(step.next)
