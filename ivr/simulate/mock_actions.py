"""The world outside, as a test or a chat wants it: `{"/bills/": {"amount": 128.5}, "send_code": "failed"}`.

Decided: a mock is found by a part of the address or by the kind of action, the longest that fits; what nothing fits
has failed, so that a test never passes by an answer that it did not write. Answers are held against the flow's
`expect` as true ones are. Codes need no mock: `123456` is right.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote

from ivr.call.answer import ActionResult, fitted
from ivr.dialogue.commands import RunAction

RIGHT_CODE = "123456"


class MockActions:
    """Implements `ivr.call.actions.Actions`. `asked` is every action so far, in order.

    A mock's value is a JSON answer, or `failed`, `timeout` (after the action's own, on the loop's clock) or `unfit`, or
    a list of these: one each time, the last from then on. An answer that is a list itself stands in a list: `[[1, 2]]`.
    """

    def __init__(self, mocks: Mapping[str, Any] | None = None) -> None:
        self.asked: list[RunAction] = []
        self._mocks = dict(mocks or {})
        self._turns: dict[str, int] = {}

    async def run(self, action: RunAction) -> ActionResult:
        """Answer as the mocks say."""
        self.asked.append(action)
        key = self._key(action)
        if key is None:
            return _unmocked(action)
        answer = self._next(key)
        match answer:
            case "failed":
                return ActionResult("failed", reason=f"the mock `{key}` says so")
            case "timeout":
                await asyncio.sleep(action.timeout)
                return ActionResult("timeout", reason=f"no answer within {action.timeout:g} s")
            case "unfit":
                return ActionResult("unfit", reason=f"the mock `{key}` says so")
            case _:
                return fitted(answer, action.request.get("expect", {}))

    async def close(self) -> None:
        """Nothing is open."""

    def _key(self, action: RunAction) -> str | None:
        address = str(action.request.get("url", ""))
        plain = unquote(address)
        fits = [key for key in self._mocks if key == action.kind or (address and (key in address or key in plain))]
        return max(fits, key=len, default=None)

    def _next(self, key: str) -> Any:
        answers = self._mocks[key]
        if not isinstance(answers, list):
            return answers
        turn = self._turns.get(key, 0)
        self._turns[key] = turn + 1
        return answers[min(turn, len(answers) - 1)] if answers else None


def _unmocked(action: RunAction) -> ActionResult:
    match action.kind:
        case "send_code" | "callback":
            return ActionResult("ok", {})
        case "check_code" | "check_totp":
            return ActionResult("ok", action.request.get("code") == RIGHT_CODE)
        case _:
            return ActionResult("failed", reason="no mock")
