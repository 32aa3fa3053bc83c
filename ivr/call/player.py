"""Prompts as 20 ms frames on the loop's one clock; every line that speaks audio owns one player.

Decided: frames go out at the ticks of the frame clock, which all calls share (frame_clock.py). When there is nothing
to say, silence goes out, on either media: Asterisk neither paces nor buffers, and a phone, NAT or SBC that gets no RTP
believes the line dead (FACTS.md). The WebSocket leaves out silence only while Asterisk's queue holds too much.
What the caller heard is the number of frames sent, nothing else. Fifty times a second and call: no task, no coroutine,
and of a prompt no copy but the frame itself.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING

from ivr.audio import FRAME_BYTES, FRAME_MS, SILENCE
from ivr.call.frame_clock import frame_clock
from ivr.call.line import Played, Speech

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

_SPENT_BYTES = 64 * FRAME_BYTES
"""Sound that was sent is taken off the buffer's front in pieces of this size, not frame by frame."""


class FramePlayer:
    """Sends one frame every 20 ms to `send` while `run` runs: the prompt being played, or silence.

    `send(frame)` gets 320 bytes and writes them at once; it raises ConnectionError when the caller is gone.
    """

    def __init__(self, send: Callable[[bytes], None]) -> None:
        self._send = send
        self._buffer = bytearray()
        self._spent = 0
        self._playing = False
        self._ended_input = False
        self._done: asyncio.Event = asyncio.Event()
        self._sent_frames = 0
        self._cut = False
        self._closed = False
        self._began: Callable[[], None] = lambda: None
        self._running: asyncio.Future[None] | None = None
        self._taps: list[Callable[[bytes], None]] = []

    async def run(self) -> None:
        """Send frames until cancelled, or until `send` raises ConnectionError (the caller is gone)."""
        clock = frame_clock()
        self._running = asyncio.get_running_loop().create_future()
        clock.join(self._tick)
        try:
            await self._running
        except ConnectionError:
            return
        finally:
            clock.leave(self._tick)
            self._closed = True
            self._finish(cut=self._playing)

    def tap(self, sink: Callable[[bytes], None]) -> None:
        """Let `sink` have every frame that goes out from now on, beside those who have them already."""
        self._taps.append(sink)

    async def play(self, speech: Speech) -> Played:
        """Play one speech; returns when its last frame is out, or at once when cut or closed."""
        if self._closed or speech.audio is None:
            return Played(0, cut=True)
        self._playing, self._cut, self._ended_input, self._sent_frames = True, False, False, 0
        self._began = speech.began
        self._done.clear()
        filling = asyncio.create_task(self._fill(speech.audio), name="player-fill")
        try:
            await self._done.wait()
        finally:
            self._playing = False  # where whoever waited was cancelled
            self._buffer.clear()
            self._spent = 0
            filling.cancel()
            await asyncio.gather(filling, return_exceptions=True)
        if not filling.cancelled() and (fault := filling.exception()) is not None:
            raise fault
        return Played(self._sent_frames * FRAME_MS, self._cut)

    def cut(self) -> None:
        """Stop the speech that plays; the next frame is silence."""
        if self._playing:
            self._finish(cut=True)

    async def _fill(self, audio: AsyncIterator[bytes]) -> None:
        try:
            async for piece in audio:
                self._buffer += piece
        except BaseException:  # a cancelled filling too must end the speech; it is raised again
            self._finish(cut=True)
            raise
        self._ended_input = True

    def _tick(self) -> None:
        try:
            frame = self._next_frame()
            self._send(frame)
            for tap in self._taps:
                tap(frame)
            if self._sent_frames == 1 and frame is not SILENCE:
                self._began()
        except Exception as fault:  # noqa: BLE001  it is raised by `run`, whose call it concerns
            frame_clock().leave(self._tick)
            if self._running is not None and not self._running.done():
                self._running.set_exception(fault)

    def _next_frame(self) -> bytes:
        if not self._playing:
            return SILENCE
        left = len(self._buffer) - self._spent
        if left >= FRAME_BYTES or (self._ended_input and left > 0):
            frame = bytes(self._buffer[self._spent : self._spent + FRAME_BYTES])
            self._spent += FRAME_BYTES
            if self._spent >= _SPENT_BYTES:
                del self._buffer[: self._spent]
                self._spent = 0
            self._sent_frames += 1
            return frame if left >= FRAME_BYTES else frame.ljust(FRAME_BYTES, b"\0")
        if self._ended_input:
            self._finish(cut=False)
        return SILENCE

    def _finish(self, *, cut: bool) -> None:
        if not self._done.is_set():
            self._cut = cut
            self._playing = False
            self._done.set()
