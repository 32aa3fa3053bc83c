"""The console's web server: the browser phone's page, and one WebSocket a call.

Decided: loopback unless told otherwise, since whoever reaches this port can call. Browsers do not hold WebSockets to
the same-origin rule, so any page in the world could call from a visitor's browser: the Origin must name this very
host. On loopback the Host must be loopback as well, else a foreign name that resolves to 127.0.0.1 would pass for ours
(DNS rebinding). A browser gives its microphone only to https or to localhost.
"""

from __future__ import annotations

import asyncio
import errno
import ipaddress
import uuid
from collections.abc import Awaitable, Callable
from pathlib import Path

import structlog
from aiohttp import WSCloseCode, web
from aiohttp.typedefs import Handler
from yarl import URL

from ivr.call.line import CallInfo
from ivr.console.browser_line import BrowserLine
from ivr.console.phone_wire import MAX_MESSAGE_BYTES
from ivr.errors import ServerError

OnCall = Callable[[BrowserLine], Awaitable[None]]

_STATIC = Path(__file__).resolve().parent / "static"
_FILES = {
    "/": ("index.html", "text/html"),
    "/phone.css": ("phone.css", "text/css"),
    "/phone.js": ("phone.js", "text/javascript"),
    "/transcript.js": ("transcript.js", "text/javascript"),
    "/words.js": ("words.js", "text/javascript"),
    "/worklet.js": ("worklet.js", "text/javascript"),
    "/icon.svg": ("icon.svg", "image/svg+xml"),
}
_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "microphone=(self), camera=(), geolocation=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cache-Control": "no-cache",
}
_HEARTBEAT_S = 15.0
_END_CALLS_S = 3.0

_log = structlog.get_logger()


class Console:
    """The web server: `start` it, show `url` to a person, `close` it.

    `on_call` runs one call, inside `BrowserLine.carry`, and returns when it is over. `port` 0 takes any free one. More
    than `max_calls` at once are told that the lines are busy.
    """

    def __init__(self, host: str, port: int, on_call: OnCall, max_calls: int = 4) -> None:
        self.url = ""
        self._host = host
        self._port = port
        self._on_call = on_call
        self._max_calls = max_calls
        self._lines: dict[asyncio.Task[None], BrowserLine] = {}
        self._runner: web.AppRunner | None = None

    async def start(self) -> None:
        """Listen, and set `url`. Raises ServerError: the port is taken or may not be had, the host is not ours."""
        app = web.Application(middlewares=[self._only_our_host])
        app.router.add_get("/call", self._call)
        for path, (name, kind) in _FILES.items():
            app.router.add_get(path, _serve((_STATIC / name).read_bytes(), kind))
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=_END_CALLS_S)
        await runner.setup()
        try:
            await web.TCPSite(runner, self._host, self._port).start()
        except OSError as fault:
            await runner.cleanup()
            raise ServerError(self._cannot_listen(fault)) from fault
        self._runner = runner
        self.url = _url(self._host, runner.addresses[0][1])

    async def close(self) -> None:
        """Hang up on everyone, wait a few seconds for the calls to end, stop listening; may be repeated."""
        self._max_calls = 0
        for line in self._lines.values():
            await line.hang_up()
        if self._lines:
            await asyncio.wait(list(self._lines), timeout=_END_CALLS_S)
        runner, self._runner = self._runner, None
        if runner is not None:
            await runner.cleanup()

    def _cannot_listen(self, fault: OSError) -> str:
        at = f"port {self._port} on {self._host}"
        if fault.errno == errno.EADDRINUSE:
            whose = "by another `ivr demo` or another program"
            return f"{at} is taken, {whose}: end that one, or choose another port (0 takes any free one)."
        if fault.errno == errno.EACCES:
            return f"{at} is not allowed to this user: choose a port of 1024 or above."
        why = fault.strerror or str(fault)
        return f"{at} cannot be listened on ({why}): give an address of this machine, such as 127.0.0.1."

    @web.middleware
    async def _only_our_host(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        if _is_loopback(self._host) and not _is_loopback(_host_of(request)):
            raise web.HTTPForbidden(text=f"This console is for this machine only: open {self.url}\n", headers=_HEADERS)
        return await handler(request)

    async def _call(self, request: web.Request) -> web.StreamResponse:
        """One call: refuse strangers, then carry it until it is over."""
        if request.headers.get("Origin", "").partition("://")[2].lower() != request.host.lower():
            raise web.HTTPForbidden(text=f"Calls come from the console's own page only: open {self.url}\n")
        socket = web.WebSocketResponse(
            heartbeat=_HEARTBEAT_S, compress=False, max_msg_size=MAX_MESSAGE_BYTES, timeout=_END_CALLS_S
        )
        if not socket.can_prepare(request):
            raise web.HTTPUpgradeRequired(text="This address is for the phone page's WebSocket only.\n")
        await socket.prepare(request)
        if len(self._lines) >= self._max_calls:
            await socket.close(code=WSCloseCode.TRY_AGAIN_LATER, message=b"all lines are busy: please call again later")
            return socket
        line = BrowserLine(socket, CallInfo(str(uuid.uuid4()), caller="browser", called="browser"))
        carrying = asyncio.ensure_future(line.carry(self._on_call))
        self._lines[carrying] = line
        try:
            await carrying
        except Exception:  # noqa: BLE001  whatever a call raises ends that call and no other; the page was told
            _log.exception("browser call failed", call_id=line.info.call_id)
        finally:
            del self._lines[carrying]
        return socket


def _serve(content: bytes, kind: str) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    async def serve(_request: web.Request) -> web.StreamResponse:
        return web.Response(body=content, content_type=kind, charset="utf-8", headers=_HEADERS)

    return serve


def _host_of(request: web.Request) -> str:
    try:
        return URL(f"http://{request.host}").host or ""
    except ValueError:
        return ""


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _url(host: str, port: int) -> str:
    """Where a person on this machine finds the console: a wildcard address is no place to go to."""
    if host in ("", "0.0.0.0", "::"):  # noqa: S104  compared, not bound
        host = "127.0.0.1"
    return str(URL.build(scheme="http", host=host, port=port, path="/"))
