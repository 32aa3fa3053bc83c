"""chan_websocket's asyncio edge: the second way for media, with the same face as the AudioSocket.

Decided:
- Asterisk dials us (`Dial(WebSocket/<connection>/c(slin)f(json)v(call=<uuid>),5,g)`, run over AGI like EXEC
  AudioSocket), so the uuid stays the key that works once, and the dialplan's rules hold unchanged.
- Frames go out off our own frame clock here too, and never in one go: what Asterisk has not got need not be taken
  back. It keeps a short queue all the same; played_out.py says how that is led and accounted for.
- An end is an end as with AudioSocket: a connection that is closed or reset is the caller's, what breaks the protocol
  or is not read for two seconds is a fault, and no connection outlives its `close` by more than a second.
"""

from __future__ import annotations

import asyncio
from collections import deque
from typing import TYPE_CHECKING
from uuid import UUID

import structlog
from aiohttp import WSMsgType, web

from ivr.asterisk.audiosocket_wire import CallerAudio, CallerKey
from ivr.asterisk.listening import cannot_listen
from ivr.asterisk.media_socket import AwaitedSockets, MediaSocket, SocketEnded, answered
from ivr.asterisk.media_websocket_wire import (
    FLUSH,
    GET_STATUS,
    HANGUP,
    MAX_MESSAGE,
    REPORT_DRAINED,
    MarkPlayed,
    MediaStarted,
    QueueDrained,
    QueueStatus,
    mark,
    media_event,
)
from ivr.asterisk.played_out import LEAD_FRAMES, PlayedOut, unheard
from ivr.audio import FRAME_BYTES, FRAME_MS, SILENCE
from ivr.errors import ProtocolError

if TYPE_CHECKING:
    from ivr.asterisk.media_websocket_wire import MediaEvent

_MAX_UNSENT = 100
"""Two seconds of sound that Asterisk has not read: it, or the way to it, is gone."""
_LEAD_MS = LEAD_FRAMES * FRAME_MS
_ANSWER_S = 0.5
"""Asterisk answers in a millisecond or two and has no more than 200 ms to play; then we guess."""
_CLOSE_S = 1.0
_log = structlog.get_logger(__name__)


class MediaWebSocket(MediaSocket):
    """One connection."""

    def __init__(self, socket: web.WebSocketResponse) -> None:
        super().__init__()
        self._socket = socket
        self._outbox: asyncio.Queue[bytes | str | None] = asyncio.Queue()
        self._queue = PlayedOut()
        self._marks: dict[int, asyncio.Future[int]] = {}
        self._last_mark = 0
        # What GET_STATUS was sent for, in order: a flush with what had been sent, or None, a look at the length.
        self._asked: deque[tuple[int, list[asyncio.Future[int]]] | None] = deque()
        self._over = asyncio.Event()

    def send_audio(self, pcm: bytes) -> None:
        if self.ended is not None:
            raise ConnectionResetError("the media WebSocket has ended")
        if self._outbox.qsize() >= _MAX_UNSENT:
            self._end(SocketEnded("fault", "Asterisk has not read our sound for two seconds"))
            self._over.set()  # a mere close would wait for it to be read
            raise ConnectionResetError("the media WebSocket is stuck")
        if self._queue.sends(silence=pcm == SILENCE):
            self._outbox.put_nowait(pcm)
        if self._queue.look_due():
            self._asked.append(None)
            self._outbox.put_nowait(GET_STATUS)

    def played(self) -> asyncio.Future[int]:
        if self.ended is not None:
            return answered(_LEAD_MS)
        self._last_mark += 1
        self._outbox.put_nowait(mark(self._last_mark))
        future = self._marks[self._last_mark] = _promise(otherwise=0)
        return future

    def flush(self) -> asyncio.Future[int]:
        if self.ended is not None:
            return answered(_LEAD_MS)
        future = _promise(otherwise=_LEAD_MS)
        self._asked.append((self._queue.sent_after_lead, [future, *self._marks.values()]))
        self._marks.clear()
        self._outbox.put_nowait(GET_STATUS)
        self._outbox.put_nowait(FLUSH)
        self._lead()
        return future

    def send_hangup(self) -> None:
        self._outbox.put_nowait(HANGUP)

    def close(self) -> None:
        """End the connection as soon as what waits is sent, in a second at the latest."""
        self._outbox.put_nowait(None)
        asyncio.get_running_loop().call_later(_CLOSE_S, self._over.set)

    async def carry(self) -> None:
        """Read and write until the connection or `close` ends it."""
        self._lead()
        works = [
            asyncio.create_task(work, name=f"media-websocket-{name}")
            for name, work in (("read", self._read()), ("write", self._write()), ("over", self._over.wait()))
        ]
        try:
            await asyncio.wait(works, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in works:
                task.cancel()
            for fault in await asyncio.gather(*works, return_exceptions=True):
                # A reset is a close like any other: Asterisk had not read all our frames when the caller hung up.
                if isinstance(fault, Exception) and not isinstance(fault, ConnectionError):
                    _log.warning("media WebSocket closed", reason=str(fault))
                    self._end(SocketEnded("fault", str(fault)))
            self._end(SocketEnded("caller"))

    async def _read(self) -> None:
        async for message in self._socket:
            if message.type is WSMsgType.BINARY:
                self._keep(CallerAudio(message.data))
            elif message.type is WSMsgType.TEXT:
                self._take(media_event(message.data))
            elif message.type is WSMsgType.ERROR:
                raise message.data

    def _take(self, event: MediaEvent | None) -> None:
        match event:
            case CallerKey():
                self._keep(event)
            case QueueDrained():
                self._lead()
            case MarkPlayed(number):
                if (future := self._marks.pop(number, None)) is not None:
                    _tell(future, 0)
            case QueueStatus(frames):
                self._answered(frames)
            case MediaStarted(frame_bytes=size) if size != FRAME_BYTES:
                raise ProtocolError(
                    f"chan_websocket sends frames of {size} bytes, not {FRAME_BYTES}: dial with c(slin)."
                )

    def _answered(self, frames: int) -> None:
        asked = self._asked.popleft() if self._asked else None
        if asked is None:
            self._queue.looked(frames)
            return
        sent_after_lead, futures = asked
        for future in futures:
            _tell(future, unheard(frames, sent_after_lead) * FRAME_MS)

    def _lead(self) -> None:
        self._queue.lead_given()
        self._outbox.put_nowait(SILENCE * LEAD_FRAMES)
        self._outbox.put_nowait(REPORT_DRAINED)

    async def _write(self) -> None:
        while (what := await self._outbox.get()) is not None:
            if isinstance(what, bytes):
                await self._socket.send_bytes(what)
            else:
                await self._socket.send_str(what)

    def _end(self, ended: SocketEnded) -> None:
        super()._end(ended)
        for future in self._marks.values():
            _tell(future, _LEAD_MS)
        while self._asked:
            for future in (self._asked.popleft() or (0, []))[1]:
                _tell(future, _LEAD_MS)


def _promise(*, otherwise: int) -> asyncio.Future[int]:
    """What Asterisk will answer; `otherwise` where it does not within half a second."""
    loop = asyncio.get_running_loop()
    future: asyncio.Future[int] = loop.create_future()
    timer = loop.call_later(_ANSWER_S, _tell, future, otherwise)
    future.add_done_callback(lambda _: timer.cancel())
    return future


def _tell(future: asyncio.Future[int], milliseconds: int) -> None:
    if not future.done():
        future.set_result(milliseconds)


class MediaWebSocketServer:
    """Accepts chan_websocket's connections and gives each to the call that expects its uuid; see AudioSocketServer."""

    def __init__(self, *, opening_s: float) -> None:
        self.port = 0
        self._opening_s = opening_s
        self.awaited: AwaitedSockets[MediaWebSocket] = AwaitedSockets()
        application = web.Application()
        application.router.add_get("/media", self._connected)
        self._runner = web.AppRunner(application, access_log=None, shutdown_timeout=_CLOSE_S)
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
            protocols=("media",), max_msg_size=MAX_MESSAGE, compress=False, timeout=_CLOSE_S
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
        async with asyncio.timeout(_CLOSE_S):
            await response.close()
    except TimeoutError:
        _log.warning("media WebSocket cut off", reason="Asterisk did not answer its close")
    finally:
        if transport is not None:
            transport.abort()
