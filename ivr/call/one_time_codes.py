"""`send_code` and `check_code`: a code for one use, sent by whoever the hotline has for that.

Decided: a code lives for five minutes, for five tries and for one use; a subject is sent three in ten minutes, so that
nobody's telephone is flooded and guessing stays hopeless (15 tries in ten minutes at a million codes). Kept is a keyed
digest in this process's memory alone: a restart voids what was sent. A new code voids the one before.
"""

from __future__ import annotations

import hmac
import secrets
from dataclasses import dataclass

from ivr.call.answer import ActionResult
from ivr.call.http_service import HttpService
from ivr.call.rate_limit import RateLimit, digest
from ivr.clock import now
from ivr.dialogue.commands import RunAction

LIVES_S = 300.0
TRIES = 5
_SHORTEST, _LONGEST = 4, 10


@dataclass(slots=True)
class _Sent:
    code: bytes
    until: float
    tries: int = 0


class OneTimeCodes:
    """`sender`: the address, or reference to it, to which `{to, code}` is posted; `headers` may hold references."""

    def __init__(self, http: HttpService, sender: str, headers: dict[str, str]) -> None:
        self._http, self._sender, self._headers = http, sender, headers
        self._sent: dict[bytes, _Sent] = {}
        self._sendings = RateLimit(3, 600.0)

    async def send(self, action: RunAction) -> ActionResult:
        """A new code to `to`, of `length` digits. `failed` where nothing sends it, or it was sent too often."""
        to, length = str(action.request.get("to", "")), int(action.request.get("length", 6))
        if not self._sender:
            return ActionResult("failed", reason="nothing sends codes: set `sender` in [verification] of ivr.toml")
        if not to:
            return ActionResult("failed", reason="nobody to send a code to: `to` is empty")
        if not self._sendings.allows(to):
            return ActionResult("failed", reason="three codes were sent in ten minutes: no more for now")
        code = "".join(secrets.choice("0123456789") for _ in range(min(max(length, _SHORTEST), _LONGEST)))
        self._forget()
        self._sendings.count(to)
        sent = _Sent(digest(to, code), now() + LIVES_S)
        self._sent[digest(to)] = sent
        request = {"method": "POST", "url": self._sender, "headers": self._headers, "body": {"to": to, "code": code}}
        result = await self._http.run(RunAction(action.action, "http", request, action.timeout))
        if result.outcome != "ok" and self._sent.get(digest(to)) is sent:
            del self._sent[digest(to)]
        return ActionResult(result.outcome, reason=result.reason)

    async def check(self, action: RunAction) -> ActionResult:
        """Whether `code` is the one sent to `to` last; it is void after that. No difference shows between a wrong, an
        old and a used one."""
        to, code = str(action.request.get("to", "")), str(action.request.get("code", ""))
        self._forget()
        sent = self._sent.get(digest(to))
        if sent is None:
            return ActionResult("ok", value=False)
        sent.tries += 1
        right = hmac.compare_digest(sent.code, digest(to, code))
        if right or sent.tries >= TRIES:
            del self._sent[digest(to)]
        return ActionResult("ok", right)

    def _forget(self) -> None:
        for key in [key for key, sent in self._sent.items() if sent.until <= now()]:
            del self._sent[key]
