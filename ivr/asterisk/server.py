"""The hotline behind Asterisk: FastAGI and the media sockets in one process, and a `Line` for each call.

Decided: the way of a call is told in one place, `_channel_opened`. Whatever goes wrong there, it returns, and the
dialplan brings the caller to people. The call that is one too many, and every new one while we drain, is told so at
once: IVR_RESULT is `busy`, IVR_BUSY why, and the dialplan has a treatment for it. When the time to drain is over the
port is closed, and the dialplan does as with an IVR that is not running.
"""

from __future__ import annotations

import asyncio
import math
import time
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

import structlog

from ivr.asterisk.admission import Admission, StrainWatch
from ivr.asterisk.ami import Ami
from ivr.asterisk.audiosocket import AudioSocket, AudioSocketServer
from ivr.asterisk.dead_man import DeadMan
from ivr.asterisk.fastagi import AgiChannel, ChannelGoneError, FastAgiServer
from ivr.asterisk.line import AsteriskLine
from ivr.asterisk.media_websocket import MediaWebSocket
from ivr.asterisk.media_websocket_server import MediaWebSocketServer
from ivr.asterisk.queues import Queues
from ivr.call.line import CallInfo
from ivr.errors import ServerError

if TYPE_CHECKING:
    from ivr.asterisk.agi_wire import AgiReply
    from ivr.asterisk.settings import AsteriskSettings

_WILDCARDS = ("", "0.0.0.0", "::")  # noqa: S104  (compared with, not bound to)
_log = structlog.get_logger(__name__)


class AsteriskServer:
    """Answers calls and runs `on_call(line)` for each; when that returns, the line is closed."""

    def __init__(
        self,
        settings: AsteriskSettings,
        on_call: Callable[[AsteriskLine], Awaitable[None]],
        lag_ms: Callable[[], float] = lambda: 0.0,
    ) -> None:
        """`lag_ms`: how long live audio waits for the recogniser now, for `busy_lag_ms` of the settings."""
        self._settings = settings
        self._on_call = on_call
        self.ami = Ami(settings)
        self.queues = Queues(self.ami)
        self._agi = FastAgiServer(self._channel_opened, opening_s=settings.opening_s, reply_s=settings.reply_s)
        self._audio: AudioSocketServer | MediaWebSocketServer = (
            MediaWebSocketServer(opening_s=settings.opening_s)
            if settings.media == "websocket"
            else AudioSocketServer(opening_s=settings.opening_s)
        )
        self._calls: set[str] = set()
        self._no_calls = asyncio.Event()
        self._no_calls.set()
        self.admission = Admission(settings)
        self._watch = StrainWatch(self.admission, lag_ms)

    @property
    def calls(self) -> frozenset[str]:
        """The ids of the calls that run."""
        return frozenset(self._calls)

    @property
    def ports(self) -> tuple[int, int]:
        """FastAGI's port and that of the media, as opened."""
        return self._agi.port, self._audio.port

    async def start(self) -> None:
        """Open both ports and begin to connect to AMI. Raises ServerError, with nothing left open."""
        await self._audio.listen(self._settings.audio_host, self._settings.audio_port)
        try:
            await self._agi.listen(self._settings.agi_host, self._settings.agi_port)
        except ServerError:
            await self._audio.close()
            raise
        self.ami.start()
        self._watch.start()

    async def drain(self, seconds: float) -> int:
        """Let the calls that run end within `seconds`, then close; how many went to people. Who calls meanwhile gets
        the busy treatment."""
        self.admission.draining = True
        try:
            async with asyncio.timeout(seconds):
                await self._no_calls.wait()
        except TimeoutError:
            _log.warning("calls go on to people, as the time to drain is over", calls=len(self._calls))
        left = len(self._calls)
        await self.close()
        return left

    async def close(self) -> None:
        """End at once; callers who are still there go to people."""
        self.admission.draining = True
        await self._watch.stop()
        await self._agi.close()
        await self._audio.close()
        await self.ami.stop()

    async def _channel_opened(self, channel: AgiChannel) -> None:
        if refusal := self.admission.refusal(len(self._calls)):
            tell = _log.info if refusal == "draining" else _log.warning  # the former was asked for
            tell("no room: the caller gets the busy treatment", reason=refusal, calls=len(self._calls))
            await channel.set_variable("IVR_BUSY", refusal)
            await channel.set_variable("IVR_RESULT", "busy")
            return
        uuid = uuid4()
        info = _call_info(uuid, channel)
        self._calls.add(info.call_id)
        self._no_calls.clear()
        try:
            with structlog.contextvars.bound_contextvars(call_id=info.call_id):
                await self._call(info, uuid, channel)
        finally:
            self._calls.discard(info.call_id)
            if not self._calls:
                self._no_calls.set()

    async def _call(self, info: CallInfo, uuid: UUID, channel: AgiChannel) -> None:
        dead_man = DeadMan(self.ami, self._settings, channel)
        await dead_man.start()
        arriving = self._audio.expect(uuid)
        in_socket = asyncio.create_task(
            channel.exec(*self._application(uuid, channel), seconds=math.inf), name="agi-media"
        )
        try:
            socket = await self._meet(arriving, in_socket)
            line = AsteriskLine(
                info, channel=channel, socket=socket, in_socket=in_socket, queues=self.queues, dead_man=dead_man
            )
            line.start()
            try:
                await self._on_call(line)
            finally:
                await line.close()
        finally:
            arriving.cancel()
            in_socket.cancel()
            try:
                await asyncio.gather(in_socket, return_exceptions=True)
            finally:
                await dead_man.stop()

    def _application(self, uuid: UUID, channel: AgiChannel) -> tuple[str, ...]:
        """What Asterisk is to run while we speak with the caller: it comes back from it when we end the socket."""
        if self._settings.media == "websocket":
            options = f"c(slin)f(json)v(call={uuid})"
            dialled = f"WebSocket/{self._settings.media_connection}/{options}"
            return "Dial", dialled, f"{math.ceil(self._settings.opening_s)}", "g"
        return "AudioSocket", str(uuid), self._audio_address(channel)

    async def _meet(
        self, arriving: asyncio.Future[AudioSocket] | asyncio.Future[MediaWebSocket], in_socket: asyncio.Task[AgiReply]
    ) -> AudioSocket | MediaWebSocket:
        """The call's socket; raises ChannelGoneError or ServerError where Asterisk does not come."""
        either: set[asyncio.Future[Any]] = {arriving, in_socket}
        await asyncio.wait(either, timeout=self._settings.opening_s, return_when=asyncio.FIRST_COMPLETED)
        if arriving.done():
            return arriving.result()
        if in_socket.done():
            reply = in_socket.result()
            raise ChannelGoneError(
                f"Asterisk did not open its media (result {reply.result}): the caller hung up, or {self._hint()}"
            )
        raise ServerError(f"Asterisk has not opened its media within {self._settings.opening_s:g} s: {self._hint()}")

    def _hint(self) -> str:
        return (
            f"it cannot reach port {self._audio.port} from where it runs: set audio_host, audio_port or "
            "audio_advertised in [asterisk] of ivr.toml."
        )

    def _audio_address(self, channel: AgiChannel) -> str:
        host = self._settings.audio_advertised
        if not host:
            host = self._settings.audio_host if self._settings.audio_host not in _WILDCARDS else channel.local_address
        return f"[{host}]:{self._audio.port}" if ":" in host else f"{host}:{self._audio.port}"


def _call_info(uuid: UUID, channel: AgiChannel) -> CallInfo:
    """Ids sort by time and are never the same; `arg_1` is the number that was dialled, as the dialplan tells it."""
    headers = channel.headers
    caller, called = headers.get("callerid", ""), headers.get("arg_1") or headers.get("dnid", "")
    return CallInfo(
        call_id=f"{time.strftime('%Y%m%d-%H%M%S')}-{uuid.hex[:12]}",
        caller="" if caller == "unknown" else caller,
        called=headers.get("extension", "") if called in ("", "unknown") else called,
    )
