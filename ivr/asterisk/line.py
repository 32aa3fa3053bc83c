"""The telephone as a `Line`: a media socket for the voice, an AGI channel for what becomes of the caller.

Decided:
- Our last act, and only that, sets IVR_RESULT, after every other variable; whatever breaks before it brings the
  caller to people (asterisk_conf/extensions.conf).
- To hand over we end the socket in good order, wait until its application has come back, set the variables and end
  AGI. The dialplan queues the caller then, not we.
- A frame goes out every 20 ms from first to last, silence in between, one write a frame (player.py, FACTS.md).
- `at` is the loop's time when a frame arrived, less the time when the line was made.
"""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING, Literal

import structlog

from ivr.asterisk.audiosocket_wire import CallerAudio, CallerKey
from ivr.asterisk.caller_card import caller_name, is_queue_name, summary_line
from ivr.asterisk.fastagi import ChannelGoneError
from ivr.audio import FRAME_BYTES, frames
from ivr.call.line import AudioFrame, CallInfo, Destination, HandOffResult, Played, Speech
from ivr.call.player import FramePlayer
from ivr.clock import now
from ivr.dialogue.events import HungUp, KeyPressed
from ivr.errors import ServerError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Sequence

    from ivr.asterisk.agi_wire import AgiReply
    from ivr.asterisk.dead_man import DeadMan
    from ivr.asterisk.fastagi import AgiChannel
    from ivr.asterisk.media_socket import MediaSocket
    from ivr.asterisk.queues import Queues

_LEAVE_S = 2.0
_REFUSED = ("full", "empty", "missing")
_End = Literal["queue", "hotline", "caller", "fault"]
_log = structlog.get_logger(__name__)


class AsteriskLine:
    """One telephone call, made by AsteriskServer once channel and socket have met; `start` it, then `close` it."""

    hears: Literal["audio", "text"] = "audio"
    speaks: Literal["audio", "text"] = "audio"

    def __init__(
        self,
        info: CallInfo,
        *,
        channel: AgiChannel,
        socket: MediaSocket,
        in_socket: asyncio.Future[AgiReply],
        queues: Queues,
        dead_man: DeadMan,
    ) -> None:
        """`in_socket` is the EXEC AudioSocket or Dial that runs: done when Asterisk has come back from it."""
        self.info = info
        self._channel, self._socket, self._in_socket = channel, socket, in_socket
        self._queues, self._dead_man = queues, dead_man
        self.began = now()
        self._player = FramePlayer(socket.send_audio)
        self._playing: asyncio.Task[None] | None = None
        self._leaving: asyncio.Task[_End] | None = None
        self._thrown_away: asyncio.Future[int] | None = None
        self._pending = bytearray()

    def start(self) -> None:
        """Begin to send frames, silence at first."""
        self._playing = asyncio.create_task(self._player.run(), name="asterisk-line-player")

    async def incoming(self) -> AsyncIterator[AudioFrame | KeyPressed | HungUp]:
        """The caller's frames (always 320 bytes, whatever the packets of their network) and keys, then HungUp.

        After an accepted hand-off it ends without one.
        """
        while True:
            moment, item = await self._socket.received()
            if isinstance(item, CallerAudio):
                for frame in self._frames(moment, item.pcm):
                    yield frame
            elif isinstance(item, CallerKey):
                yield KeyPressed(self._at(moment), item.key)
            else:
                by = await asyncio.shield(self._leaving) if self._leaving is not None else item.by
                if by != "queue":
                    yield HungUp(self._at(moment), by)
                return

    def frames_to(self, sink: Callable[[AudioFrame], None], /) -> None:
        """Let `sink` have the caller's frames as they come, and `incoming` the rest, and what `sink` raises."""

        def take(moment: float, pcm: bytes) -> None:
            for frame in self._frames(moment, pcm):
                sink(frame)

        self._socket.audio_to(take)

    def _at(self, moment: float) -> float:
        return max(0.0, moment - self.began)

    def _frames(self, moment: float, pcm: bytes) -> Sequence[AudioFrame]:
        """The frames that `pcm` completes."""
        at = self._at(moment)
        if not self._pending and len(pcm) == FRAME_BYTES:  # as nearly always, and fifty times a second
            return (AudioFrame(at, pcm),)
        self._pending += pcm
        whole = len(self._pending) // FRAME_BYTES * FRAME_BYTES
        cut = [AudioFrame(at, frame) for frame in frames(bytes(self._pending[:whole]))]
        del self._pending[:whole]
        return cut

    async def play(self, speech: Speech, /) -> Played:
        """Play to the end, or until `cut` or the end of the line; `began` and `heard_ms` are what the caller heard."""
        self._thrown_away = None
        began = _Once(speech.began)

        def heard(unheard_ms: asyncio.Future[int]) -> None:
            if not unheard_ms.result():
                began()

        def sent() -> None:
            self._socket.played().add_done_callback(heard)

        played = await self._player.play(replace(speech, began=sent))
        unheard_ms = await (self._thrown_away or self._socket.played())
        heard_ms = max(0, played.heard_ms - unheard_ms)
        if heard_ms:
            began()
        return Played(heard_ms, cut=played.cut or unheard_ms > 0)

    def cut(self) -> None:
        """Stop what plays now."""
        self._player.cut()
        thrown_away = self._socket.flush()
        self._thrown_away = self._thrown_away or thrown_away  # a second cut finds nothing of the prompt any more

    def tap(self, sink: Callable[[bytes], None], /) -> None:
        """Every frame to the caller goes to `sink` as well."""
        self._player.tap(sink)

    async def hand_off(self, to: Destination, /) -> HandOffResult:
        """Ask how the queue stands, then give the caller to it; returns within about five seconds.

        Reasons of a refusal: `full`, `empty`, `unknown` (no such queue), `gone` (no caller any more), `fault`.
        """
        if not is_queue_name(to.queue):
            return HandOffResult(accepted=False, reason="unknown")
        state = "unasked" if to.insist else await self._queues.state(to.queue)
        if state in _REFUSED:
            return HandOffResult(accepted=False, reason="unknown" if state == "missing" else state)
        name = caller_name(to.summary) or caller_name(self.info.caller)
        variables = {"IVR_QUEUE": to.queue, "__IVR_SUMMARY": summary_line(to.summary)}
        if name:
            variables["CALLERID(name)"] = name
        end = await self._leave("queue", variables)
        return HandOffResult(end == "queue", "" if end == "queue" else "gone" if end == "caller" else end)

    async def hang_up(self, /) -> None:
        """End the call."""
        await self._leave("hotline", {})

    async def close(self) -> None:
        """Let go of everything. A caller who is still there, because nothing was decided, goes to people."""
        if self._leaving is not None:
            await asyncio.gather(self._leaving, return_exceptions=True)
        await self._stop_playing()
        self._socket.close()
        self._channel.close()

    async def _leave(self, end: _End, variables: dict[str, str]) -> _End:
        """Leave once and for all; whoever comes second gets the first one's end. Not stopped by a cancelled caller."""
        if self._leaving is None:
            if self._socket.ended is not None:
                return self._socket.ended.by
            self._leaving = asyncio.create_task(self._give_back(end, variables), name="asterisk-line-leave")
        return await asyncio.shield(self._leaving)

    async def _give_back(self, end: _End, variables: dict[str, str]) -> _End:
        await self._stop_playing()
        await self._dead_man.stop()
        self._socket.send_hangup()
        try:
            async with asyncio.timeout(_LEAVE_S):
                reply = await asyncio.shield(self._in_socket)
            if reply.result != "0":
                return "caller"
            for name, value in variables.items():
                await self._channel.set_variable(name, value)
            await self._channel.set_variable("IVR_RESULT", "queue" if end == "queue" else "hangup")
        except ChannelGoneError:
            return "caller"
        except (ServerError, TimeoutError, ValueError) as fault:
            _log.warning("the caller goes to people, as the call could not be ended in good order", reason=str(fault))
            return "fault"
        else:
            return end
        finally:
            self._socket.close()
            self._channel.close()

    async def _stop_playing(self) -> None:
        if self._playing is not None:
            self._playing.cancel()
            await asyncio.gather(self._playing, return_exceptions=True)


class _Once:
    """Calls `what` the first time only."""

    def __init__(self, what: Callable[[], None]) -> None:
        self._what: Callable[[], None] | None = what

    def __call__(self) -> None:
        what, self._what = self._what, None
        if what is not None:
            what()
