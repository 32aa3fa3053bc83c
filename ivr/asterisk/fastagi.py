"""FastAGI's asyncio edge: a server, and one `AgiChannel` for each call.

Decided: a connection that has not sent its headers within `opening_s` is closed, so that who connects and says
nothing costs a socket for three seconds and no more. One task reads a connection from its first byte to its last, so
the caller's hang-up is known while no command runs. A command that is not answered in time makes the channel
unusable, since its reply may still come and would be taken for the next one's.
"""

from __future__ import annotations

import asyncio
import contextlib
import math
from collections.abc import Awaitable, Callable

import structlog

from ivr.asterisk.agi_wire import AgiEvent, AgiHangup, AgiReply, AgiRequest, AgiWire
from ivr.asterisk.listening import cannot_listen
from ivr.errors import ProtocolError, ServerError

_READ = 4096
_CLOSE_S = 1.0
_log = structlog.get_logger(__name__)


class ChannelGoneError(ServerError):
    """The channel cannot be commanded any more: the caller hung up, Asterisk closed, or it did not answer in time."""


class AgiChannel:
    """One call's channel in Asterisk, for as long as the dialplan waits for us."""

    def __init__(
        self,
        request: AgiRequest,
        wire: AgiWire,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        reply_s: float,
    ) -> None:
        self.headers = request.headers
        self.hung_up = asyncio.Event()
        self._wire = wire
        self._reader, self._writer = reader, writer
        self._reply_s = reply_s
        self._turn = asyncio.Lock()
        self._reply: asyncio.Future[AgiReply] | None = None
        self._gone = ""

    @property
    def local_address(self) -> str:
        """Our own address as Asterisk has reached it."""
        return str(self._writer.get_extra_info("sockname")[0])

    async def command(self, command: str, *arguments: str, seconds: float | None = None) -> AgiReply:
        """Send one command and wait `seconds` for its reply, by default `reply_s`; math.inf: as long as the
        connection lasts.

        The latter is for EXEC of an application that lasts as long as the call. Commands wait for each other. Raises
        ChannelGoneError, and ValueError for an argument with a line break or that is too long (nothing was sent
        then).
        """
        async with self._turn:
            if self._gone:
                raise ChannelGoneError(self._gone)
            data = self._wire.send_command(command, *arguments)
            self._reply = asyncio.get_running_loop().create_future()
            try:
                self._writer.write(data)
                async with asyncio.timeout(_bound(self._reply_s if seconds is None else seconds)):
                    return await self._reply
            except TimeoutError:
                self._end(f"Asterisk did not answer {command} in time")
                raise ChannelGoneError(self._gone) from None
            except asyncio.CancelledError:
                self._end(f"{command} was given up")
                raise
            finally:
                self._reply = None

    async def set_variable(self, name: str, value: str) -> None:
        """Set a channel variable or function, such as `CALLERID(name)`; raises ChannelGoneError, ValueError."""
        await self._done("SET VARIABLE", name, value)

    async def get_variable(self, name: str) -> str | None:
        """A channel variable's value, None where it is not set; raises ChannelGoneError."""
        reply = await self._done("GET VARIABLE", name)
        return reply.data if reply.result == "1" else None

    async def exec(self, application: str, *arguments: str, seconds: float | None = None) -> AgiReply:
        """Run a dialplan application; raises ChannelGoneError, ServerError where there is no such application."""
        reply = await self._done("EXEC", application, ",".join(arguments), seconds=seconds)
        if reply.result == "-2":
            raise ServerError(f"Asterisk has no application {application}: load its module (see modules.conf).")
        return reply

    def close(self) -> None:
        """Give the call back to the dialplan, which goes on after AGI()."""
        self._end("the hotline has ended AGI")

    async def _done(self, command: str, *arguments: str, seconds: float | None = None) -> AgiReply:
        reply = await self.command(command, *arguments, seconds=seconds)
        if reply.code == 511:
            raise ChannelGoneError("the caller has hung up")
        if reply.code != 200:
            raise ServerError(f"Asterisk refused {command} with {reply.code} {reply.data}")
        return reply

    async def read_to_the_end(self) -> None:
        """Hand out replies and the hang-up until the connection ends; the server runs this."""
        try:
            while data := await self._reader.read(_READ):
                for event in self._wire.receive(data):
                    self.take(event)
            self._wire.receive_eof()
            self._end("the caller has hung up" if self.hung_up.is_set() else "Asterisk has closed AGI")
        except (ProtocolError, ConnectionError) as fault:
            self._end(str(fault))
            _log.warning("AGI connection broken", reason=str(fault))

    def take(self, event: AgiEvent) -> None:
        """One event from the wire."""
        if isinstance(event, AgiReply) and self._reply is not None and not self._reply.done():
            self._reply.set_result(event)
        elif isinstance(event, AgiHangup):
            self.hung_up.set()

    def _end(self, reason: str) -> None:
        self._gone = self._gone or reason
        if self._reply is not None and not self._reply.done():
            self._reply.set_exception(ChannelGoneError(self._gone))
        self._writer.close()


class FastAgiServer:
    """Listens for AGI, runs `on_channel` for each call; when that returns or fails, the dialplan has the call again."""

    def __init__(
        self, on_channel: Callable[[AgiChannel], Awaitable[None]], *, opening_s: float, reply_s: float
    ) -> None:
        self._on_channel = on_channel
        self._opening_s, self._reply_s = opening_s, reply_s
        self._server: asyncio.Server | None = None
        self._connections: set[asyncio.Task[None]] = set()
        self.port = 0

    async def listen(self, host: str, port: int) -> None:
        """Open the port; raises ServerError that says which setting to change. `port` 0: any, see `self.port`."""
        try:
            self._server = await asyncio.start_server(self._connected, host, port)
        except OSError as fault:
            raise cannot_listen("the FastAGI server", host, port, "agi", fault) from fault
        self.port = self._server.sockets[0].getsockname()[1]

    def stop_listening(self) -> None:
        """Refuse new calls, which the dialplan then brings to people; those that run go on."""
        if self._server is not None:
            self._server.close()

    async def close(self) -> None:
        """Stop listening and end every connection."""
        self.stop_listening()
        for connection in self._connections:
            connection.cancel()
        await asyncio.gather(*self._connections, return_exceptions=True)

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None  # noqa: S101  (start_server runs this in a task)
        self._connections.add(task)
        try:
            await self._serve(reader, writer)
        except asyncio.CancelledError:
            pass  # ours, from close(); asyncio's streams would log it as a fault of theirs
        finally:
            self._connections.discard(task)
            writer.close()
            with contextlib.suppress(ConnectionError, TimeoutError):
                await asyncio.wait_for(writer.wait_closed(), _CLOSE_S)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        wire = AgiWire()
        try:
            async with asyncio.timeout(self._opening_s):
                request, rest = await _read_request(wire, reader)
        except TimeoutError:
            _log.warning("AGI client said nothing in time and was closed", seconds=self._opening_s)
            return
        except (ProtocolError, ConnectionError) as fault:
            _log.warning("AGI client was closed", reason=str(fault))
            return
        channel = AgiChannel(request, wire, reader, writer, self._reply_s)
        for event in rest:
            channel.take(event)
        reading = asyncio.create_task(channel.read_to_the_end(), name="agi-read")
        try:
            await self._on_channel(channel)
        except ChannelGoneError as gone:
            _log.info("AGI ended", reason=str(gone))
        # One call's failure, of whatever kind, must not take the server down: the dialplan has this caller again.
        except Exception:  # noqa: BLE001
            _log.exception("the call failed; its caller goes to people")
        finally:
            channel.close()
            reading.cancel()
            await asyncio.gather(reading, return_exceptions=True)


async def _read_request(wire: AgiWire, reader: asyncio.StreamReader) -> tuple[AgiRequest, list[AgiEvent]]:
    """The headers, and what came in one piece with them (a hang-up)."""
    while True:
        data = await reader.read(_READ)
        if not data:
            wire.receive_eof()  # raises: the headers are not complete
        events = wire.receive(data)
        if events and isinstance(events[0], AgiRequest):
            return events[0], events[1:]


def _bound(seconds: float) -> float | None:
    return None if math.isinf(seconds) else seconds
