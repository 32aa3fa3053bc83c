"""`check_totp`: the code that a caller's authenticator shows (RFC 6238, six digits, 30 s, SHA-1 as all of them speak).

Decided: the secret stays with who keeps it, is asked for at each check and forgotten after it. The code of the step
before and after counts too, for clocks differ; no step counts twice (RFC 6238, 5.2), and after five wrong codes in five
minutes no code of that subject is looked at.
"""

from __future__ import annotations

import hmac
import time
from collections.abc import Callable

import pyotp

from ivr.call.answer import ActionResult
from ivr.call.http_service import HttpService
from ivr.call.rate_limit import RateLimit, digest
from ivr.dialogue.commands import RunAction

_STEP_S = 30
_WINDOW = 1


class Authenticators:
    """`source`: the address, or reference to it, to which `{to}` is posted and which answers `{"secret": base32}`.
    `wall` is the time of day, in seconds since 1970."""

    def __init__(
        self, http: HttpService, source: str, headers: dict[str, str], wall: Callable[[], float] = time.time
    ) -> None:
        self._http, self._source, self._headers, self._wall = http, source, headers, wall
        self._used: dict[bytes, int] = {}
        self._wrong = RateLimit(5, 300.0)

    async def check(self, action: RunAction) -> ActionResult:
        """Whether `code` is what the authenticator of `to` shows now. Not `ok` where its secret cannot be had."""
        to, code = str(action.request.get("to", "")), str(action.request.get("code", ""))
        if not self._source:
            return ActionResult(
                "failed", reason="nothing knows the authenticators: set `totp` in [verification] of ivr.toml"
            )
        if not to:
            return ActionResult("failed", reason="nobody's authenticator: `to` is empty")
        if not self._wrong.allows(to):
            return ActionResult("ok", value=False)
        self._wrong.count(to)  # before the secret is asked for: many at once shall not all be looked at
        request = {
            "method": "POST",
            "url": self._source,
            "headers": self._headers,
            "body": {"to": to},
            "expect": {"secret": "text"},
        }
        answer = await self._http.run(RunAction(action.action, "http", request, action.timeout))
        if answer.outcome != "ok":
            self._wrong.forgive(to)
            return ActionResult(answer.outcome, reason=answer.reason)
        try:
            step = self._step(answer.value["secret"], code)
        except ValueError:
            self._wrong.forgive(to)
            return ActionResult("unfit", reason="the secret is not base32 of 112 bits or more")
        return ActionResult("ok", self._right(to, step))

    def _step(self, secret: str, code: str) -> int | None:
        """The step whose code this is, of those that count now; every one is compared, in constant time."""
        totp, here = pyotp.TOTP(secret.replace(" ", "")), int(self._wall()) // _STEP_S
        found = None
        for step in range(here - _WINDOW, here + _WINDOW + 1):
            if hmac.compare_digest(totp.generate_otp(step).encode(), code.encode(errors="surrogatepass")):
                found = step
        return found

    def _right(self, to: str, step: int | None) -> bool:
        oldest = int(self._wall()) // _STEP_S - _WINDOW
        self._used = {key: used for key, used in self._used.items() if used >= oldest}
        if step is None or step <= self._used.get(digest(to), -1):
            return False
        self._used[digest(to)] = step
        self._wrong.forgive(to)
        return True
