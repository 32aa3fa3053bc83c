"""`http` actions: another system is asked over HTTP, and whatever it does the call goes on.

Decided:
- The action's time holds for all tries together, names, connections and the last byte of the answer included.
- A `get` is tried again after whatever may pass (no connection, 429, 5xx); a `post` only if the service cannot have
  acted on it (no connection, 429, 503), because a repair ordered twice is worse than one that is not.
- Nothing is taken for granted of the answer: at most 256 kB are read, and never decompressed; redirects, cookies and
  the machine's proxies are not followed. What is not JSON with the parts that the flow expects is `unfit`.
- A reason names what went wrong, never an address, a value or an answer: they are the caller's.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import aiohttp
from yarl import URL

from ivr.call.answer import ActionResult, fitted, parsed
from ivr.call.circuit_breaker import CircuitBreaker
from ivr.call.references import Unresolved, beginning, resolved
from ivr.clock import outside_work_within
from ivr.dialogue.commands import RunAction

MAX_ANSWER_BYTES = 256_000
_BETWEEN_TRIES_S = 0.2
_CONNECTIONS_A_HOST = 32
_FASTEST_CONNECT_S = 0.3
_NOT_ACTED_ON = (429, 503)
_WRITTEN_AS_IT_IS = "%/:?#[]@!$&'()*+,;="


@dataclass(frozen=True, slots=True)
class _Request:
    method: str
    url: URL
    headers: dict[str, str]
    body: Any
    connect_s: float

    @property
    def host(self) -> tuple[str | None, int | None]:
        return self.url.host, self.url.port


@dataclass(frozen=True, slots=True)
class _Attempt:
    """`again`: another try may help and can do no harm. `alive`: the service itself answered."""

    result: ActionResult
    again: bool = False
    alive: bool = True


class HttpService:
    """One for all calls. `environment` is where references are looked up; `close` it at the end."""

    def __init__(self, environment: Mapping[str, str] | None = None) -> None:
        self._environment = os.environ if environment is None else environment
        self._session: aiohttp.ClientSession | None = None
        self._breaker = CircuitBreaker()

    async def run(self, action: RunAction) -> ActionResult:
        """Ask, and again as often as the action says. Raises nothing but CancelledError."""
        try:
            request = self._request(action)
        except Unresolved as fault:
            return ActionResult("failed", reason=str(fault))
        if not self._breaker.may_ask(request.host):
            return ActionResult("failed", reason="the service failed time and again and is left alone for a while")
        try:
            async with outside_work_within(action.timeout):
                attempt = await self._attempts(request, action.retries)
        except TimeoutError:
            attempt = _Attempt(ActionResult("timeout", reason=f"no answer within {action.timeout:g} s"), alive=False)
        if attempt.alive:
            self._breaker.answered(request.host)
        else:
            self._breaker.failed(request.host)
        if attempt.result.outcome != "ok":
            return attempt.result
        return fitted(attempt.result.value, action.request.get("expect", {}))

    async def close(self) -> None:
        """End the connections; may be repeated."""
        if self._session is not None:
            session, self._session = self._session, None
            await session.close()

    async def _attempts(self, request: _Request, retries: int) -> _Attempt:
        for _ in range(retries):
            attempt = await self._attempt(request)
            if not attempt.again:
                return attempt
            await asyncio.sleep(_BETWEEN_TRIES_S)
        return await self._attempt(request)

    async def _attempt(self, request: _Request) -> _Attempt:
        may_repeat = request.method == "GET"
        try:
            async with self._opened().request(
                request.method,
                request.url,
                headers=request.headers,
                json=request.body,
                allow_redirects=False,
                timeout=aiohttp.ClientTimeout(total=None, sock_connect=request.connect_s),
            ) as answer:
                return await _read(answer, may_repeat=may_repeat)
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError):
            return _Attempt(ActionResult("failed", reason="no connection"), again=True, alive=False)
        except (aiohttp.ClientError, OSError) as fault:
            return _Attempt(ActionResult("failed", reason=_kind(fault)), again=may_repeat, alive=False)
        except ValueError as fault:  # a header or a body that cannot be sent: the flow's fault, not the service's
            return _Attempt(ActionResult("failed", reason=f"the request cannot be sent ({_kind(fault)})"))

    def _opened(self) -> aiohttp.ClientSession:
        if self._session is None:
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(limit=0, limit_per_host=_CONNECTIONS_A_HOST),
                cookie_jar=aiohttp.DummyCookieJar(),  # a cookie kept would mix one caller's session with another's
                auto_decompress=False,
                trust_env=False,
            )
        return self._session

    def _request(self, action: RunAction) -> _Request:
        asked = action.request
        headers = {
            name: resolved(str(value), self._environment, secrets=True)
            for name, value in asked.get("headers", {}).items()
        }
        return _Request(
            str(asked["method"]),
            self._address(str(asked["url"])),
            {**headers, "Accept": "application/json", "Accept-Encoding": "identity"},
            asked.get("body"),
            max(_FASTEST_CONNECT_S, action.timeout / (action.retries + 1)),
        )

    def _address(self, written: str) -> URL:
        """The address; values in it are percent-encoded already and stay so. Raises Unresolved."""
        start = beginning(written)
        site = resolved(start, self._environment, secrets=False)
        rest = resolved(written.removeprefix(start), self._environment, secrets=False)
        url = _url(site.rstrip("/") + rest if rest.startswith("/") else site + rest)
        if start and "://" in site and url.origin() != _url(site).origin():
            raise Unresolved(f"what follows {start} would lead to another host: begin it with `/`")
        if any(part in {".", ".."} for part in url.raw_path.split("/")):
            raise Unresolved("a value would lead to another path")
        return url


def _url(text: str) -> URL:
    try:
        url = URL(quote(text, safe=_WRITTEN_AS_IT_IS), encoded=True)
        fits = url.scheme in {"http", "https"} and bool(url.host) and url.port is not None
    except ValueError:
        fits = False
    if not fits:
        raise Unresolved("the address is none: give one such as https://crm.example/api")
    return url


async def _read(answer: aiohttp.ClientResponse, *, may_repeat: bool) -> _Attempt:
    if answer.status >= 300:
        trouble = answer.status >= 500 or answer.status == 429
        again = trouble and (may_repeat or answer.status in _NOT_ACTED_ON)
        return _Attempt(ActionResult("failed", reason=f"status {answer.status}"), again=again, alive=not trouble)
    if answer.headers.get("Content-Encoding", "identity").lower() != "identity":
        return _Attempt(ActionResult("unfit", reason="the answer is compressed, which was not asked for"))
    content = bytearray()
    async for piece in answer.content.iter_any():
        content += piece
        if len(content) > MAX_ANSWER_BYTES:
            reason = f"the answer is over {MAX_ANSWER_BYTES // 1000} kB"
            return _Attempt(ActionResult("unfit", reason=reason))
    return _Attempt(parsed(bytes(content)))


def _kind(fault: BaseException) -> str:
    """An error's name alone: its message may hold the address, and so the caller's values."""
    return type(fault).__name__
