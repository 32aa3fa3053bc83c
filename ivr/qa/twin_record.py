"""A call that was made becomes a twin test: its turns, and what followed each, as it was seen."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import yaml

from ivr.dialogue.commands import RunAction
from ivr.qa.twin import TwinTest, TwinTurn
from ivr.qa.twin_run import Answered, Watch

_SENTENCE_CHARACTERS = 60


def as_yaml(spec: TwinTest, turns: Sequence[TwinTurn], watch: Watch, values: dict[str, Any]) -> str:
    """A file with one test: `turns` in the circumstances of `spec`, expecting what `watch` saw; `values` are what was
    known at the end."""
    said = ", ".join(turn.label for turn in turns)
    test: dict[str, Any] = {"test": f"a caller: {said}"[:_SENTENCE_CHARACTERS], "at": spec.at[:16].replace("T", " ")}
    test["caller"] = spec.caller
    test |= {name: value for name, value in (("mock", spec.mock), ("refuse", spec.refuse)) if value}
    test["turns"] = [
        _turn(turn, before, after)
        for turn, before, after in zip(turns, watch.answered, watch.answered[1:], strict=False)
    ]
    expect: dict[str, Any] = {"ended": watch.ended}
    if watch.queue:
        expect["queue"] = watch.queue
    if known := _written(values):
        expect["values"] = known
    test["expect"] = expect
    return str(yaml.safe_dump({"tests": [test]}, allow_unicode=True, sort_keys=False, width=110))


def _turn(turn: TwinTurn, before: Answered, after: Answered) -> dict[str, Any]:
    made: dict[str, Any] = {"say": turn.say} if turn.say else {"keys": turn.keys} if turn.keys else {}
    if not made:
        return {"silence": True} | _expected(before, after) if turn.silence else {"hang_up": True}
    return made | _expected(before, after)


def _expected(before: Answered, after: Answered) -> dict[str, Any]:
    expect: dict[str, Any] = {}
    if after.notes:
        expect["intent"] = after.notes[-1].intent
    if after.step != before.step:
        expect["step"] = after.step
    if after.said:
        expect["prompt"] = after.said if len(after.said) > 1 else after.said[0]
    new = {name: value for name, value in after.known.items() if before.known.get(name) != value and name != "digits"}
    if slots := _written(new):
        expect["slots"] = slots
    if after.actions:
        expect["action"] = _address(after.actions[-1])
    return {"expect": expect} if expect else {}


def _written(values: dict[str, Any]) -> dict[str, Any]:
    """Values as a test writes them; what is not known needs no word."""
    return {name: _plain(value) for name, value in values.items() if value is not None and value not in ({}, [])}


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return _written(value)
    if isinstance(value, list):
        return [_plain(item) for item in value]
    return value


def _address(action: RunAction) -> str:
    """The part of an address behind the reference to its host, or the kind of action."""
    return str(action.request.get("url", action.kind)).rpartition("}")[2] or action.kind
