"""The twin of a flow: its tests, in the words of whoever designed it. flows/<hotline>/tests/*.yaml, see `TwinTest`.

A test that speaks of a step, queue or intent that the flow does not have is a mistake at its line, like any in a flow:
a step was renamed, and nobody wants a test that can never pass or, worse, never fail.
"""

# ruff: noqa: RUF012  pydantic copies a model's defaults

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, model_validator

from ivr.dialogue.vocabulary import REACHABLE_EVERYWHERE
from ivr.dialogue.walk import place_name
from ivr.errors import FlowError
from ivr.flow.document import Document, read
from ivr.flow.findings import validate
from ivr.flow.load import Flow
from ivr.flow.near_miss import did_you_mean
from ivr.flow.problem import Problem, listing
from ivr.flow.scalars import Flag, Written
from ivr.understanding.result import VALUE
from ivr.understanding.slots import KINDS

_MOMENT = re.compile(r"\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])[ T]([01]\d|2[0-3]):[0-5]\d")
_NUMBER = re.compile(r"-?(0|[1-9]\d*)(\.\d+)?")
OFFSET = "+08:00"
"""Tests are written in the hotline's wall clock, and China has one."""


def wall_clock(value: str) -> str:
    """`2026-02-17 03:00` as ISO 8601 with the hotline's offset. Raises ValueError (what; mend)."""
    if not _MOMENT.fullmatch(value):
        raise ValueError(f"`{value}` is no date and time; write it as 2026-02-17 03:00")
    return f"{value.replace(' ', 'T')}:00{OFFSET}"


Moment = Annotated[str, BeforeValidator(wall_clock)]
Texts = Annotated[list[str], BeforeValidator(lambda value: [value] if isinstance(value, str) else value)]


class TurnExpected(Written):
    """What follows a turn; what is left out is not looked at."""

    intent: str | None = None
    """What the turn is taken for: an intent, `faq:SET/ID`, `digits`, `slot:date` or another type of slot, `no_match`,
    `no_input`, an option's name."""
    step: str | None = None
    """Where the call stands then; `routine/step` inside a routine."""
    prompt: Texts = []
    """Parts of what the hotline says then."""
    slots: dict[str, Any] = {}
    """What is known then, or was heard and is being confirmed."""
    action: str | None = None
    """What is asked of the world outside: a part of the address, or the kind, such as `send_code`."""


class TwinTurn(Written):
    """One turn of the caller: exactly one of say, keys, silence, hang_up."""

    say: str | None = None
    """The caller says this."""
    keys: Annotated[str, Field(pattern=r"^[0-9*#]+$")] | None = None
    """The caller presses these, one after the other."""
    silence: Flag = False
    """The caller is silent until the hotline speaks again."""
    hang_up: Flag = False
    """The caller hangs up."""
    expect: TurnExpected = TurnExpected()
    """What follows."""

    @model_validator(mode="after")
    def _one_thing(self) -> TwinTurn:
        if sum((bool(self.say), self.keys is not None, self.silence, self.hang_up)) != 1:
            raise ValueError("a turn is exactly one of say, keys, silence, hang_up; split it, or remove one")
        return self

    @property
    def label(self) -> str:
        """What a person calls the turn."""
        return self.say or (f"[{self.keys}]" if self.keys else "(silence)" if self.silence else "(hangs up)")


class CallExpected(Written):
    """How the whole call went; what is left out is not looked at."""

    ended: Literal["handed_off", "hung_up"] | None = None
    """How it ended."""
    queue: str = ""
    """The queue that the caller reached."""
    steps: list[str] = []
    """Steps that the call went through, in this order; others may come between."""
    values: dict[str, Any] = {}
    """What was known at the end."""


class TwinTest(Written):
    """One call to the hotline, and what is expected of it."""

    test: str
    """What happens, in a sentence."""
    at: Moment = f"2026-11-20T10:00:00{OFFSET}"
    """The hotline's wall clock when the call begins. Default 2026-11-20 10:00, a working Friday."""
    caller: str = "13800000000"
    """The caller's number."""
    mock: dict[str, Any] = {}
    """What the world outside answers: by a part of the address or the kind of action, JSON, or failed, timeout, unfit;
    a list of these for one after the other."""
    refuse: Texts = []
    """The reasons with which the queue refuses the first hand-offs, one each: full, empty."""
    turns: list[TwinTurn] = []
    """What the caller does, one after the other. After the last, and its answer, the caller hangs up."""
    expect: CallExpected = CallExpected()
    """How the whole call went."""


class TwinFile(Written):
    """A file of tests."""

    tests: Annotated[list[TwinTest], Field(min_length=1)]
    """The tests."""


@dataclass(frozen=True)
class Twin:
    """A test and where it stands: `places[n]` is the line of turn n."""

    spec: TwinTest
    file: str
    line: int
    places: tuple[int, ...]


def twins_of(flow: Flow, files: Iterable[Path] | None = None) -> list[Twin]:
    """The tests of `flow` (in its folder tests/, or `files`). Raises FlowError that lists every problem."""
    made: list[Twin] = []
    problems: list[Problem] = []
    for path in sorted((flow.folder / "tests").glob("*.yaml")) if files is None else files:
        document, found = read(path, str(path))
        fitted = None
        if not found:
            fitted, found = validate(document, TwinFile)
        if fitted is not None and not found:
            found = list(_strangers(fitted, document, flow))
            made += [_placed(test, document, number) for number, test in enumerate(fitted.tests)]
        problems += found
    if problems:
        raise FlowError(listing(problems))
    return made


def _placed(test: TwinTest, document: Document, number: int) -> Twin:
    path = ("tests", number)
    lines = tuple(document.at((*path, "turns", turn))[0] for turn in range(len(test.turns)))
    typed = {key: plain_json(document, (*path, "mock", key), value) for key, value in test.mock.items()}
    return Twin(test.model_copy(update={"mock": typed}), document.file, document.at(path)[0], lines)


def plain_json(document: Document, path: tuple[str | int, ...], value: Any) -> Any:
    """A value of a document with JSON's types: what is not in quotes and looks like a number, true or false is one."""
    if isinstance(value, dict):
        return {name: plain_json(document, (*path, name), inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [plain_json(document, (*path, index), inner) for index, inner in enumerate(value)]
    if not isinstance(value, str) or path in document.quoted:
        return value
    if value in {"true", "false"}:
        return value == "true"
    if _NUMBER.fullmatch(value):
        return float(value) if "." in value else int(value)
    return value


def _strangers(fitted: TwinFile, document: Document, flow: Flow) -> Iterator[Problem]:
    for number, test in enumerate(fitted.tests):
        turns = [turn.expect for turn in test.turns]
        yield from unknown_names(document, ("tests", number), turns, test.expect, flow)


def unknown_names(
    document: Document, path: tuple[str | int, ...], turns: Sequence[TurnExpected], call: CallExpected, flow: Flow
) -> Iterator[Problem]:
    """Names in the expectations of the test at `path` that the flow does not know."""
    steps = [place_name(scope, name) for scope, name, _ in flow.every_step()]
    queues = flow.hotline.queues
    named: list[tuple[tuple[str | int, ...], str]]
    named = [(("expect", "steps", index), name) for index, name in enumerate(call.steps)]
    for index, expect in enumerate(turns):
        here: tuple[str | int, ...] = (*path, "turns", index, "expect")
        if expect.step is not None:
            named.append((("turns", index, "expect", "step"), expect.step))
        if expect.intent is not None:
            yield from unknown_intent(document, (*here, "intent"), expect.intent, flow)
    for place, name in named:
        if name not in steps:
            mend = did_you_mean(name, steps, "name a step of the flow, or remove the test")
            yield document.problem((*path, *place), f"the flow has no step `{name}`", mend)
    if call.queue and queues and call.queue not in queues:
        mend = did_you_mean(call.queue, queues, f"use one of {', '.join(queues)}")
        yield document.problem((*path, "expect", "queue"), f"there is no queue `{call.queue}`", mend)


def unknown_intent(document: Document, path: tuple[str | int, ...], intent: str, flow: Flow) -> Iterator[Problem]:
    """A problem at `path` if the flow never takes anything for `intent`."""
    if not _understands(flow, intent):
        mend = did_you_mean(intent, flow.intents, "use an intent of the folder intents/")
        yield document.problem(path, f"the flow has no intent `{intent}`", mend)


def _understands(flow: Flow, intent: str) -> bool:
    if intent.startswith(VALUE):
        return intent.removeprefix(VALUE) in KINDS
    if intent.startswith("faq:"):
        bank, _, entry_id = intent.removeprefix("faq:").partition("/")
        return any(entry.id == entry_id for words in flow.words.values() for entry in words.faqs.get(bank, ()))
    options = {
        option for _, _, step in flow.every_step() for slot in (step.collect or {}).values() for option in slot.options
    }
    of_keys = {name for _, _, step in flow.every_step() for name in step.keys.values()}
    own = {"digits", "no_match", "no_input", "yes", "no", "recorded", "morning", "afternoon", "evening"}
    known = {*own, *options, *of_keys, *REACHABLE_EVERYWHERE, *flow.universals, *flow.intents}
    return intent.removeprefix("option:").rpartition(".")[2] in known
