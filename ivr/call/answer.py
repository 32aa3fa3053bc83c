"""What comes back from the world: the outcome of an action, and whether an answer is what the flow expects.

Decided: an answer that lacks a part that the flow will speak of is no answer. It is refused here, at the door, with
the part's name, so that no step ever meets a number that is a text.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from ivr.flow.types import PLAIN

Outcome = Literal["ok", "failed", "timeout", "unfit"]


@dataclass(frozen=True, slots=True)
class ActionResult:
    """How it went: `value` is JSON for `ok`; `reason` is for the engineer and holds nothing personal."""

    outcome: Outcome
    value: Any = None
    reason: str = ""


def parsed(content: bytes) -> ActionResult:
    """`content` as JSON, `{}` where there is none, or `unfit`. Strict: no NaN, no infinity, no half characters, which
    would break whatever counts with them or writes them down."""
    if not content.strip():
        return ActionResult("ok", {})
    try:
        value = json.loads(content, parse_constant=_no_number, parse_float=_finite)
        if b"\\u" in content:
            json.dumps(value, ensure_ascii=False).encode()
    except (ValueError, RecursionError):
        return ActionResult("unfit", reason="the answer is not JSON")
    return ActionResult("ok", value)


def fitted(value: Any, expect: Mapping[str, str]) -> ActionResult:
    """`value` as an answer: `ok`, or `unfit` with the first part of `expect` (path: type) that it lacks."""
    for path, kind in expect.items():
        found = value
        for part in path.split("."):
            found = found.get(part) if isinstance(found, dict) else None
        if found is None or not _is(found, PLAIN[kind]):
            return ActionResult("unfit", reason=f"`{path}` is not the {kind} that the flow expects")
    return ActionResult("ok", value)


def _is(value: Any, plain: str) -> bool:
    if plain == "number":
        return isinstance(value, int | float) and not isinstance(value, bool)
    kinds: dict[str, type] = {"text": str, "yes_no": bool, "list": list, "record": dict, "any": object}
    return isinstance(value, kinds[plain])


def _finite(text: str) -> float:
    if not math.isfinite(number := float(text)):
        raise ValueError("too large")
    return number


def _no_number(text: str) -> float:
    raise ValueError(text)
