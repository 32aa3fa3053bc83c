"""What a call asks of the world outside: a service, a code to be sent or checked, a callback to be noted.

Decided: whatever goes wrong out there is an outcome that the flow has a path for, never an exception in a call. One
file a kind of action; here stands what they share, the port that a test fills with `ivr.simulate.mock_actions`.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Protocol

from ivr.call.answer import ActionResult
from ivr.call.authenticators import Authenticators
from ivr.call.callbacks import Callbacks
from ivr.call.http_service import HttpService
from ivr.call.one_time_codes import OneTimeCodes
from ivr.dialogue.commands import RunAction

__all__ = ["ActionResult", "Actions", "RealActions"]


class Actions(Protocol):
    """Carries out actions; never raises but CancelledError, and keeps to the action's time."""

    async def run(self, action: RunAction, /) -> ActionResult: ...
    async def close(self) -> None: ...


class RealActions:
    """`callbacks` is the file where they are noted; `sender` and `totp` are addresses, or references such as
    `{env.SMS}`, asked with the header `authorization`; "" where there is none. Shared by all calls."""

    def __init__(
        self,
        callbacks: Path,
        *,
        sender: str = "",
        totp: str = "",
        authorization: str = "",
        environment: Mapping[str, str] | None = None,
    ) -> None:
        self._http = HttpService(environment)
        headers = {"Authorization": authorization} if authorization else {}
        codes, authenticators = OneTimeCodes(self._http, sender, headers), Authenticators(self._http, totp, headers)
        self._kinds: dict[str, Callable[[RunAction], Awaitable[ActionResult]]] = {
            "http": self._http.run,
            "send_code": codes.send,
            "check_code": codes.check,
            "check_totp": authenticators.check,
            "callback": Callbacks(callbacks).note,
        }

    async def run(self, action: RunAction) -> ActionResult:
        """Carry `action` out."""
        carry_out = self._kinds.get(action.kind)
        if carry_out is None:
            return ActionResult("failed", reason=f"nothing here carries out `{action.kind}`")
        return await carry_out(action)

    async def close(self) -> None:
        """End the connections."""
        await self._http.close()
