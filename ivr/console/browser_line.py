"""A call from the browser phone: the Line port over one WebSocket.

Decided: everything that goes to the page goes through one queue and one writer. So `cut` and `show` never wait, a
`clear` cannot overtake the audio it clears, and a page that stops reading fills a bounded queue and is hung up on
instead of holding the call. What the caller heard is the frames sent: the page's own buffer is small (worklet.js).
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress
from typing import Literal

import structlog
from aiohttp import WSCloseCode, WSMsgType, web

from ivr.call.line import AudioFrame, CallInfo, Destination, HandOffResult, Played, Speech
from ivr.call.player import FramePlayer
from ivr.clock import now
from ivr.console.phone_wire import PageReader, message, to_page
from ivr.dialogue.commands import Command
from ivr.dialogue.events import Event, Heard, HungUp, KeyPressed
from ivr.errors import ProtocolError

_INBOX_EVENTS = 500  # 10 s of audio: a driver that is so far behind has lost the call
_OUTBOX_MESSAGES = 250  # 5 s of audio
_SEND_S = 5.0
_FLUSH_S = 2.0
_CLOSE_REASON_BYTES = 123  # RFC 6455, 5.5: a control frame holds 125 bytes, two of them the code

_log = structlog.get_logger()


class BrowserLine:
    """One call from one page. `carry` runs it; inside, the driver uses it as any Line, and `show`s what happens."""

    hears: Literal["audio", "text"] = "audio"
    speaks: Literal["audio", "text"] = "audio"

    def __init__(self, socket: web.WebSocketResponse, info: CallInfo) -> None:
        self.info = info
        self._socket = socket
        self.began = now()
        self._reader = PageReader()
        self._player = FramePlayer(self._send_frame)
        self._inbox: asyncio.Queue[AudioFrame | Heard | KeyPressed | HungUp | None] = asyncio.Queue()
        self._outbox: asyncio.Queue[str | bytes | None] = asyncio.Queue()
        self._over = False
        self._page_gone = False
        self._playing = False
        self._close = (int(WSCloseCode.OK), "call over")

    async def carry(self, on_call: Callable[[BrowserLine], Awaitable[None]], *, patience_s: float = 10.0) -> None:
        """Run the call until `on_call` returns, then close the page's socket with the reason.

        When the call is over (someone hung up, or the line broke), `on_call` has `patience_s` to return before it is
        cancelled. What it raises is raised here, after the page was told.
        """
        self._tell(message("answered", call_id=self.info.call_id))
        name = self.info.call_id
        call = asyncio.ensure_future(on_call(self))
        player = asyncio.create_task(self._player.run(), name=f"browser-player-{name}")
        reader = asyncio.create_task(self._read(), name=f"browser-reader-{name}")
        writer = asyncio.create_task(self._write(), name=f"browser-writer-{name}")
        try:
            await asyncio.wait([call, reader], return_when=asyncio.FIRST_COMPLETED)
            await asyncio.wait([call], timeout=patience_s)
            if not call.done():
                _log.error("call not ended after the caller left", call_id=name, patience_s=patience_s)
            elif call.exception() is not None:
                self._close = (int(WSCloseCode.INTERNAL_ERROR), "the hotline had a fault: please call again")
        finally:
            for task in (call, player, reader):
                task.cancel()
            ends = await asyncio.gather(call, player, reader, return_exceptions=True)
            await self._part(writer)
        for fault in ends:
            if isinstance(fault, Exception):
                raise fault

    def show(self, what: Event | Command) -> None:
        """Tell the page of something that happened in this call; never waits. After the call: no effect."""
        if (text := to_page(what)) is not None:
            self._tell(text)

    async def incoming(self) -> AsyncIterator[AudioFrame | Heard | KeyPressed | HungUp]:
        """See Line. A page that breaks the protocol is told why and gives HungUp(by="fault")."""
        while (event := await self._inbox.get()) is not None:
            yield event
            if isinstance(event, HungUp):
                return

    async def play(self, speech: Speech, /) -> Played:
        """See Line."""
        self._playing = True
        try:
            return await self._player.play(speech)
        finally:
            self._playing = False

    def cut(self) -> None:
        """See Line. The page drops what it has not yet sounded."""
        if self._playing:
            self._player.cut()
            self._tell(message("clear"))

    def tap(self, sink: Callable[[bytes], None], /) -> None:
        """See Line."""
        self._player.tap(sink)

    async def hand_off(self, to: Destination, /) -> HandOffResult:
        """Show the page that a person would now take over; none sits behind a browser, so it is always accepted."""
        self._tell(message("handed_off", queue=to.queue, summary=to.summary))
        self._post(None)
        return HandOffResult(accepted=True)

    async def hang_up(self) -> None:
        """See Line."""
        self._post(HungUp(self._at(), by="hotline"))

    def _at(self) -> float:
        return now() - self.began

    def _post(self, event: AudioFrame | Heard | KeyPressed | HungUp | None) -> None:
        """Give the driver an event; None ends `incoming` without one."""
        if self._over:
            return
        if isinstance(event, AudioFrame | Heard | KeyPressed) and self._inbox.qsize() >= _INBOX_EVENTS:
            self._close = (int(WSCloseCode.INTERNAL_ERROR), "the hotline cannot keep up: please call again later")
            event = HungUp(self._at(), by="fault")
        self._over = event is None or isinstance(event, HungUp)
        self._inbox.put_nowait(event)

    def _tell(self, what: str | bytes) -> None:
        if self._page_gone:
            return
        if self._outbox.qsize() >= _OUTBOX_MESSAGES:
            self._lose_page("the page does not read")
            return
        self._outbox.put_nowait(what)

    def _lose_page(self, why: str) -> None:
        _log.info("browser call lost", call_id=self.info.call_id, why=why)
        self._page_gone = True
        self._post(HungUp(self._at(), by="fault"))

    def _send_frame(self, frame: bytes) -> None:
        if self._page_gone:
            raise ConnectionResetError("the page is gone")
        self._tell(frame)

    async def _read(self) -> None:
        """Read the page until its socket ends or the call is over; however this ends, so does `incoming`."""
        try:
            while not self._over:
                received = await self._socket.receive()
                if received.type in (WSMsgType.TEXT, WSMsgType.BINARY):
                    self._read_message(received.data)
                elif received.type in (WSMsgType.CLOSE, WSMsgType.CLOSING, WSMsgType.CLOSED, WSMsgType.ERROR):
                    left = received.type is WSMsgType.CLOSE  # a closed page says so; a broken network does not
                    self._page_gone = True
                    self._post(HungUp(self._at(), by="caller" if left else "fault"))
        finally:
            self._post(HungUp(self._at(), by="fault"))

    def _read_message(self, data: str | bytes) -> None:
        try:
            self._post(self._reader.read(data, self._at()))
        except ProtocolError as fault:
            _log.warning("browser phone broke the protocol", call_id=self.info.call_id, rule=str(fault))
            self._close = (int(WSCloseCode.POLICY_VIOLATION), str(fault))
            self._post(HungUp(self._at(), by="fault"))

    async def _write(self) -> None:
        try:
            while (what := await self._outbox.get()) is not None:
                async with asyncio.timeout(_SEND_S):
                    if isinstance(what, bytes):
                        await self._socket.send_bytes(what)
                    else:
                        await self._socket.send_str(what)
        except (ConnectionError, TimeoutError) as fault:
            self._lose_page(f"cannot be written to ({type(fault).__name__})")

    async def _part(self, writer: asyncio.Task[None]) -> None:
        """Send what still waits, then close the socket with the reason."""
        self._outbox.put_nowait(None)
        await asyncio.wait([writer], timeout=_FLUSH_S)
        writer.cancel()
        code, reason = self._close
        with suppress(TimeoutError, ConnectionError):  # the page is gone already: nobody is left to be told
            async with asyncio.timeout(_FLUSH_S):
                await self._socket.close(code=code, message=reason.encode()[:_CLOSE_REASON_BYTES])
        await asyncio.gather(writer, return_exceptions=True)
        self._page_gone = True
