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

import structlog
from aiohttp import WSMsgType

from ivr.asterisk.audiosocket_wire import CallerAudio, CallerKey
from ivr.asterisk.media_socket import MediaSocket, SocketEnded, answered
from ivr.asterisk.media_websocket_wire import (
    FLUSH,
    GET_STATUS,
    HANGUP,
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
    from aiohttp import web

    from ivr.asterisk.media_websocket_wire import MediaEvent

_MAX_UNSENT = 100
"""Two seconds of sound that Asterisk has not read: it, or the way to it, is gone."""
_LEAD_MS = LEAD_FRAMES * FRAME_MS
_ANSWER_S = 0.5
"""Asterisk answers in a millisecond or two and has no more than 200 ms to play; then we guess."""
CLOSE_S = 1.0
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
        asyncio.get_running_loop().call_later(CLOSE_S, self._over.set)

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
