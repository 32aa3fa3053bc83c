"""AudioSocket's asyncio edge: a server whose connections belong to calls that wait for them.

Decided: a protocol class and not streams. Fifty frames a second and call are stamped in `data_received`, at the
moment they arrive and not when a task gets its turn, and two hundred calls need no task of their own for it. A
connection without a waiting call is closed.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, cast

import structlog

from ivr.asterisk.audiosocket_wire import (
    HANGUP_FRAME,
    AudioSocketWire,
    CallerAudio,
    CallUuid,
    SocketHangup,
    audio_frame,
)
from ivr.asterisk.listening import cannot_listen
from ivr.asterisk.media_socket import AwaitedSockets, MediaSocket, SocketEnded, answered
from ivr.errors import ProtocolError

if TYPE_CHECKING:
    from uuid import UUID

    from ivr.asterisk.audiosocket_wire import AudioSocketFrame

# Two seconds of sound that Asterisk has not read: it, or the way to it, is gone.
_MAX_UNSENT_BYTES = 32_000
_log = structlog.get_logger(__name__)


class AudioSocket(MediaSocket, asyncio.Protocol):
    """One connection."""

    def __init__(self, server: AudioSocketServer) -> None:
        super().__init__()
        self._server = server
        self._wire = AudioSocketWire()
        self._transport: asyncio.Transport | None = None
        self._opening: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)
        self._transport.set_write_buffer_limits(high=_MAX_UNSENT_BYTES)
        self._server.connections.add(self)
        self._opening = asyncio.get_running_loop().call_later(
            self._server.opening_s, self._refuse, "no uuid came in time; the connection was closed"
        )

    def data_received(self, data: bytes) -> None:
        try:
            for frame in self._wire.receive(data):
                self._take(frame)
        except ProtocolError as fault:
            self._refuse(str(fault))

    def eof_received(self) -> bool:
        try:
            self._wire.receive_eof()
        except ProtocolError as fault:
            self._refuse(str(fault))
        return False  # the transport closes itself

    def connection_lost(self, exc: Exception | None) -> None:
        self._server.connections.discard(self)
        self._stop_opening()
        # A reset is a close like any other: Asterisk had not read all our frames when the caller hung up.
        closed = exc is None or isinstance(exc, ConnectionResetError | BrokenPipeError)
        self._end(SocketEnded("caller") if closed else SocketEnded("fault", str(exc)))

    def send_audio(self, pcm: bytes) -> None:
        """Write one frame at once. Raises ConnectionError when the socket has ended."""
        if self._transport is None or self.ended is not None or self._transport.is_closing():
            raise ConnectionResetError("the AudioSocket has ended")
        self._transport.write(audio_frame(pcm))

    def pause_writing(self) -> None:
        """More than _MAX_UNSENT_BYTES wait to be sent."""
        self._refuse("Asterisk has not read our sound for two seconds")
        if self._transport is not None:
            self._transport.abort()  # a mere close would wait for it to be read

    def played(self) -> asyncio.Future[int]:
        """At once: Asterisk hands on what it gets."""
        return answered(0)

    def flush(self) -> asyncio.Future[int]:
        """Nothing to throw away: Asterisk does not buffer what it gets."""
        return answered(0)

    def send_hangup(self) -> None:
        """Give the caller back to AGI: the hang-up frame, after which EXEC AudioSocket returns 200 result=0."""
        if self._transport is not None and self.ended is None and not self._transport.is_closing():
            self._transport.write(HANGUP_FRAME)

    def close(self) -> None:
        """End the connection at once."""
        if self._transport is not None:
            self._transport.close()

    def _take(self, frame: AudioSocketFrame) -> None:
        if isinstance(frame, CallerAudio):
            self._keep(frame)
        elif isinstance(frame, CallUuid):
            self._stop_opening()
            if not self._server.awaited.claim(frame.uuid, self):
                self._refuse("the uuid belongs to no waiting call; the connection was closed")
        elif isinstance(frame, SocketHangup):
            self._end(SocketEnded("caller"))
            self.close()
        else:
            self._keep(frame)

    def _refuse(self, reason: str) -> None:
        if self.ended is None:
            _log.warning("AudioSocket closed", reason=reason)
        self._end(SocketEnded("fault", reason))
        self.close()

    def _stop_opening(self) -> None:
        if self._opening is not None:
            self._opening.cancel()


class AudioSocketServer:
    """Listens for AudioSockets and gives each to the call that expects its uuid."""

    def __init__(self, *, opening_s: float) -> None:
        self.opening_s = opening_s
        self.connections: set[AudioSocket] = set()
        self.port = 0
        self.awaited: AwaitedSockets[AudioSocket] = AwaitedSockets()
        self._server: asyncio.Server | None = None

    async def listen(self, host: str, port: int) -> None:
        """Open the port; raises ServerError that says which setting to change. `port` 0: any, see `self.port`."""
        try:
            self._server = await asyncio.get_running_loop().create_server(lambda: AudioSocket(self), host, port)
        except OSError as fault:
            raise cannot_listen("the AudioSocket server", host, port, "audio", fault) from fault
        self.port = self._server.sockets[0].getsockname()[1]

    def expect(self, call: UUID) -> asyncio.Future[AudioSocket]:
        """The socket that will come with this uuid; cancel the future to expect it no more."""
        return self.awaited.expect(call)

    async def close(self) -> None:
        """Stop listening and end every connection."""
        if self._server is not None:
            self._server.close()
        for connection in list(self.connections):
            connection.close()
        await asyncio.sleep(0)  # one turn of the loop, in which the transports tell their protocols
