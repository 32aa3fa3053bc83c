"""Where chan_websocket connects: a port whose WebSockets belong to calls that wait for them.

Decided: the uuid in the address is a key that works once, as AudioSocket's. Whoever connects and does not become a
call's WebSocket within `opening_s` is let go, and nobody who is let go is waited for.
"""

from __future__ import annotations

import asyncio
from uuid import UUID

import structlog
from aiohttp import web

from ivr.asterisk.listening import cannot_listen
from ivr.asterisk.media_socket import AwaitedSockets
from ivr.asterisk.media_websocket import CLOSE_S, MediaWebSocket
from ivr.asterisk.media_websocket_wire import MAX_MESSAGE

_log = structlog.get_logger(__name__)


class MediaWebSocketServer:
    """Accepts chan_websocket's connections and gives each to the call that expects its uuid; see AudioSocketServer."""

    def __init__(self, *, opening_s: float) -> None:
        self.port = 0
        self._opening_s = opening_s
        self.awaited: AwaitedSockets[MediaWebSocket] = AwaitedSockets()
        application = web.Application()
        application.router.add_get("/media", self._connected)
        self._runner = web.AppRunner(application, access_log=None, shutdown_timeout=CLOSE_S)
        self._server: asyncio.Server | None = None
        self._opening: dict[asyncio.BaseProtocol, asyncio.TimerHandle] = {}
        self._open: set[MediaWebSocket] = set()

    async def listen(self, host: str, port: int) -> None:
        """Open the port; raises ServerError that says which setting to change. `port` 0: any, see `self.port`."""
        await self._runner.setup()
        try:
            self._server = await asyncio.get_running_loop().create_server(self._accepted, host, port)
        except OSError as fault:
            await self._runner.cleanup()
            raise cannot_listen("the media WebSocket", host, port, "audio", fault) from fault
        self.port = self._server.sockets[0].getsockname()[1]

    def expect(self, call: UUID) -> asyncio.Future[MediaWebSocket]:
        """The socket that will come with this uuid; cancel the future to expect it no more."""
        return self.awaited.expect(call)

    async def close(self) -> None:
        """Stop listening and end every connection."""
        if self._server is not None:
            self._server.close()
        for socket in self._open:
            socket.close()
        for timer in self._opening.values():
            timer.cancel()
        await self._runner.cleanup()

    def _accepted(self) -> asyncio.BaseProtocol:
        """A client that has come; it has `opening_s` to become a call's WebSocket."""
        if self._runner.server is None:
            raise RuntimeError("a client has come before listen()")
        client = self._runner.server()
        self._opening[client] = asyncio.get_running_loop().call_later(self._opening_s, self._refuse, client)
        return client

    def _refuse(self, client: web.RequestHandler) -> None:
        self._opening.pop(client, None)
        if client.transport is not None:
            _log.warning("media WebSocket refused", reason="no WebSocket came in time; the connection was closed")
            client.force_close()
            client.transport.close()

    async def _connected(self, request: web.Request) -> web.StreamResponse:
        try:
            call = UUID(request.query.get("call", ""))
        except ValueError:
            call = None
        if call is None or not self.awaited.awaits(call):
            _log.warning("media WebSocket refused", reason="its uuid belongs to no waiting call")
            raise web.HTTPForbidden
        response = web.WebSocketResponse(
            protocols=("media",), max_msg_size=MAX_MESSAGE, compress=False, timeout=CLOSE_S
        )
        await response.prepare(request)  # HTTP 400 where it is no WebSocket: the call waits on
        if (timer := self._opening.pop(request.protocol, None)) is not None:
            timer.cancel()
        socket = MediaWebSocket(response)
        if not self.awaited.claim(call, socket):
            await response.close()
            return response
        self._open.add(socket)
        try:
            await socket.carry()
        finally:
            self._open.discard(socket)
            await _closed(response, request.transport)
        return response


async def _closed(response: web.WebSocketResponse, transport: asyncio.Transport | None) -> None:
    """Say goodbye as WebSockets do, and end the connection whether or not it is heard."""
    try:
        async with asyncio.timeout(CLOSE_S):
            await response.close()
    except TimeoutError:
        _log.warning("media WebSocket cut off", reason="Asterisk did not answer its close")
    finally:
        if transport is not None:
            transport.abort()
