"""What a call asks of the world outside: a service over HTTP, a code to be sent or checked, a callback to be noted.

Decided: secrets and addresses are references (`{secret.CRM_TOKEN}`, `{env.CRM}`) until here, so no flow, command or
journal ever holds one. A service may be slow, wrong or hostile: every attempt is bounded in time and size, only JSON
that has the parts that the flow expects comes back, and whatever goes wrong is an outcome that the flow has a path for,
never an exception in a call.
"""

from __future__ import annotations

import asyncio
import json
import os
import re
from collections.abc import Mapping
from typing import Any, Protocol

import aiohttp

from ivr.call.answer import ActionResult, Outcome, fitted
from ivr.clock import outside_work
from ivr.dialogue.commands import RunAction

__all__ = ["ActionResult", "Actions", "HttpService"]
MAX_ANSWER_BYTES = 1_000_000
_REFERENCE = re.compile(r"\{(env|secret)\.([A-Z][A-Z0-9_]*)\}")
_BETWEEN_TRIES_S = 0.2


class Actions(Protocol):
    """Carries out actions; never raises but CancelledError."""

    async def run(self, action: RunAction, /) -> ActionResult: ...
    async def close(self) -> None: ...


class _Refused(Exception):  # noqa: N818  internal: becomes an ActionResult
    def __init__(self, outcome: Outcome, reason: str) -> None:
        super().__init__(reason)
        self.result = ActionResult(outcome, reason=reason)


class HttpService:
    """`http` actions: one session for all calls. `environment` is where references are looked up."""

    def __init__(self, environment: Mapping[str, str] | None = None) -> None:
        self._environment = os.environ if environment is None else environment
        self._session: aiohttp.ClientSession | None = None

    async def run(self, action: RunAction) -> ActionResult:
        """Try, and try again as often as the action says, all within its time."""
        request = action.request
        try:
            with outside_work():
                async with asyncio.timeout(action.timeout):
                    return await self._attempts(request, action.retries)
        except TimeoutError:
            return ActionResult("timeout", reason=f"no answer within {action.timeout:g} s")
        except _Refused as refused:
            return refused.result

    async def close(self) -> None:
        """End the session."""
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def _attempts(self, request: Mapping[str, Any], retries: int) -> ActionResult:
        url = self._resolved(str(request["url"]))
        headers = {name: self._resolved(value) for name, value in request.get("headers", {}).items()}
        for attempt in range(retries + 1):
            try:
                return ActionResult("ok", await self._once(str(request["method"]), url, headers, request))
            except (aiohttp.ClientError, OSError) as fault:
                if attempt == retries:
                    return ActionResult("failed", reason=f"{type(fault).__name__}")
            except _Refused as refused:
                if attempt == retries or refused.result.outcome != "failed":
                    raise
            await asyncio.sleep(_BETWEEN_TRIES_S)
        return ActionResult("failed", reason="no attempt was made")

    async def _once(self, method: str, url: str, headers: dict[str, str], request: Mapping[str, Any]) -> Any:
        if self._session is None:
            self._session = aiohttp.ClientSession()
        async with self._session.request(
            method, url, headers=headers, json=request.get("body"), allow_redirects=False
        ) as answer:
            if answer.status >= 300:
                outcome: Outcome = "failed"
                raise _Refused(outcome, f"status {answer.status}")
            content = await answer.content.read(MAX_ANSWER_BYTES + 1)
            while len(content) <= MAX_ANSWER_BYTES and (more := await answer.content.read(MAX_ANSWER_BYTES)):
                content += more
        if len(content) > MAX_ANSWER_BYTES:
            raise _Refused("unfit", f"the answer has over {MAX_ANSWER_BYTES // 1_000_000} MB")
        result = fitted(_json(content), request.get("expect", {}))
        if result.outcome != "ok":
            raise _Refused(result.outcome, result.reason)
        return result.value

    def _resolved(self, text: str) -> str:
        def put(match: re.Match[str]) -> str:
            name = match[2] if match[1] == "env" else f"IVR_SECRET_{match[2]}"
            if name not in self._environment:
                raise _Refused("failed", f"{name} is not set in the environment")
            return self._environment[name]

        return _REFERENCE.sub(put, text)


def _json(content: bytes) -> Any:
    try:
        return json.loads(content) if content.strip() else {}
    except (ValueError, RecursionError) as fault:
        raise _Refused("unfit", "the answer is not JSON") from fault
