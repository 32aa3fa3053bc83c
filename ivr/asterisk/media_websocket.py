"""chan_websocket's asyncio edge: the second way for media, with the same face as the AudioSocket.

Decided: Asterisk dials us (`Dial(WebSocket/<connection>/c(slin)f(json)v(call=<uuid>),5,g)`, run over AGI like EXEC
AudioSocket), so the uuid stays the key that works once, and the dialplan's rules hold unchanged. Asterisk paces what
it is given; so we keep `LEAD_FRAMES` ahead of it, which a late tick of ours does not use up, and take them back by
FLUSH_MEDIA when a prompt is cut. When it has run dry all the same, it says so, and the lead is given again.
"""

from __future__ import annotations

import asyncio
from collections import deque
from typing import TYPE_CHECKING
from uuid import UUID

import structlog
from aiohttp import WSMsgType, web

from ivr.asterisk.audiosocket import Received, SocketEnded
from ivr.asterisk.audiosocket_wire import CallerAudio
from ivr.asterisk.listening import cannot_listen
from ivr.asterisk.media_websocket_wire import (
    FLUSH,
    HANGUP,
    MAX_MESSAGE,
    REPORT_DRAINED,
    MediaStarted,
    QueueDrained,
    media_event,
)
from ivr.audio import FRAME_BYTES, FRAME_MS, SILENCE
from ivr.clock import now
from ivr.errors import ProtocolError

if TYPE_CHECKING:
    from ivr.asterisk.media_websocket_wire import MediaEvent

LEAD_FRAMES = 3
_MAX_WAITING = 500
_MAX_UNSENT = 100
_CLOSE_S = 1.0
_log = structlog.get_logger(__name__)


class MediaWebSocket:
    """One connection; see AudioSocket, whose methods these are."""

    unheard_ms = LEAD_FRAMES * FRAME_MS

    def __init__(self, socket: web.WebSocketResponse) -> None:
        self._socket = socket
        self._waiting: deque[tuple[float, Received]] = deque()
        self._arrived = asyncio.Event()
        self._outbox: asyncio.Queue[bytes | str | None] = asyncio.Queue()
        self.ended: SocketEnded | None = None
        self.dropped_frames = 0

    async def received(self) -> tuple[float, Received]:
        """The next audio or key and when it arrived; SocketEnded last, and ever again after that."""
        while not self._waiting:
            if self.ended is not None:
                return now(), self.ended
            self._arrived.clear()
            await self._arrived.wait()
        if len(self._waiting) > 1:  # what has piled up in a stall must not hold up the clock and the other calls
            await asyncio.sleep(0)
        return self._waiting.popleft()

    def send_audio(self, pcm: bytes) -> None:
        """Give Asterisk one frame. Raises ConnectionError when the socket has ended."""
        if self.ended is not None:
            raise ConnectionResetError("the media WebSocket has ended")
        if self._outbox.qsize() >= _MAX_UNSENT:
            self._end(SocketEnded("fault", "Asterisk has not read our sound for two seconds"))
            raise ConnectionResetError("the media WebSocket is stuck")
        self._outbox.put_nowait(pcm)

    def flush(self) -> None:
        """Take back what Asterisk has and has not played, and go on with silence."""
        self._outbox.put_nowait(FLUSH)
        self._lead()

    def send_hangup(self) -> None:
        """Give the caller back to AGI."""
        self._outbox.put_nowait(HANGUP)

    def close(self) -> None:
        """End the connection as soon as what waits is sent."""
        self._outbox.put_nowait(None)

    async def carry(self) -> None:
        """Read and write until the connection or `close` ends it."""
        self._lead()
        writing = asyncio.create_task(self._write(), name="media-websocket-write")
        reading = asyncio.create_task(self._read(), name="media-websocket-read")
        try:
            await asyncio.wait([reading, writing], return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in (reading, writing):
                task.cancel()
            for fault in await asyncio.gather(reading, writing, return_exceptions=True):
                if isinstance(fault, Exception):
                    _log.warning("media WebSocket closed", reason=str(fault))
                    self._end(SocketEnded("fault", str(fault)))
            self._end(SocketEnded("caller"))

    async def _read(self) -> None:
        async for message in self._socket:
            if message.type is WSMsgType.BINARY:
                self._keep(CallerAudio(message.data))
            elif message.type is WSMsgType.TEXT:
                self._take(media_event(message.data))

    def _take(self, event: MediaEvent | None) -> None:
        if isinstance(event, QueueDrained):
            self._lead()
        elif isinstance(event, MediaStarted):
            if event.frame_bytes != FRAME_BYTES:
                raise ProtocolError(
                    f"chan_websocket sends frames of {event.frame_bytes} bytes, not {FRAME_BYTES}: dial with c(slin)."
                )
        elif event is not None:
            self._keep(event)

    def _keep(self, item: Received) -> None:
        if len(self._waiting) >= _MAX_WAITING and isinstance(item, CallerAudio):
            self.dropped_frames += 1
            return
        self._waiting.append((now(), item))
        self._arrived.set()

    def _lead(self) -> None:
        self._outbox.put_nowait(SILENCE * LEAD_FRAMES)
        self._outbox.put_nowait(REPORT_DRAINED)

    async def _write(self) -> None:
        while (what := await self._outbox.get()) is not None:
            if isinstance(what, bytes):
                await self._socket.send_bytes(what)
            else:
                await self._socket.send_str(what)

    def _end(self, ended: SocketEnded) -> None:
        if self.ended is None:
            self.ended = ended
            self._arrived.set()


class MediaWebSocketServer:
    """Accepts chan_websocket's connections and gives each to the call that expects its uuid; see AudioSocketServer."""

    def __init__(self) -> None:
        self.port = 0
        self._expected: dict[UUID, asyncio.Future[MediaWebSocket]] = {}
        application = web.Application()
        application.router.add_get("/media", self._connected)
        self._runner = web.AppRunner(application, access_log=None, shutdown_timeout=_CLOSE_S)
        self._open: set[MediaWebSocket] = set()

    async def listen(self, host: str, port: int) -> None:
        """Open the port; raises ServerError that says which setting to change. `port` 0: any, see `self.port`."""
        await self._runner.setup()
        try:
            await web.TCPSite(self._runner, host, port).start()
        except OSError as fault:
            await self._runner.cleanup()
            raise cannot_listen("the media WebSocket", host, port, "audio", fault) from fault
        self.port = int(self._runner.addresses[0][1])

    def expect(self, call: UUID) -> asyncio.Future[MediaWebSocket]:
        """The socket that will come with this uuid; cancel the future to expect it no more."""
        future: asyncio.Future[MediaWebSocket] = asyncio.get_running_loop().create_future()
        self._expected[call] = future
        future.add_done_callback(lambda _: self._expected.pop(call, None))
        return future

    async def close(self) -> None:
        """Stop listening and end every connection."""
        for socket in self._open:
            socket.close()
        await self._runner.cleanup()

    async def _connected(self, request: web.Request) -> web.StreamResponse:
        try:
            future = self._expected.pop(UUID(request.query.get("call", "")), None)
        except ValueError:
            future = None
        if future is None or future.done():
            _log.warning("media WebSocket refused", reason="its uuid belongs to no waiting call")
            raise web.HTTPForbidden
        response = web.WebSocketResponse(protocols=("media",), max_msg_size=MAX_MESSAGE, compress=False)
        await response.prepare(request)
        socket = MediaWebSocket(response)
        self._open.add(socket)
        future.set_result(socket)
        try:
            await socket.carry()
        finally:
            self._open.discard(socket)
            await response.close()
        return response
