"""Prompts as 20 ms frames on an absolute clock; every line that speaks audio owns one player.

Decided: a frame goes out at `start + n * 20 ms`, never "20 ms after the last", so a late frame does not make
the rest late. When there is nothing to say, silence goes out: Asterisk neither paces nor buffers, and a phone
that gets no RTP believes the line dead (FACTS.md). What the caller heard is the number of frames sent, nothing else.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from ivr.audio import FRAME_BYTES, FRAME_MS, SILENCE
from ivr.call.line import Played, Speech
from ivr.clock import now, sleep_until

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

_FRAME_S = FRAME_MS / 1000
_CATCH_UP_FRAMES = 5


class FramePlayer:
    """Sends one frame every 20 ms to `send` while `run` runs: the prompt being played, or silence.

    `send(frame)` gets 320 bytes; it may be a coroutine function's work done at once, never something slow.
    """

    def __init__(self, send: Callable[[bytes], Awaitable[None]]) -> None:
        self._send = send
        self._buffer = bytearray()
        self._playing = False
        self._ended_input = False
        self._done: asyncio.Event = asyncio.Event()
        self._sent_frames = 0
        self._cut = False
        self._closed = False
        self._began: Callable[[], None] = lambda: None
        self.tap: Callable[[bytes], None] = lambda _frame: None
        self.late_frames = 0

    async def run(self) -> None:
        """Send frames until cancelled, or until `send` raises ConnectionError (the caller is gone)."""
        due = now()
        try:
            while True:
                frame = self._next_frame()
                await self._send(frame)
                self.tap(frame)
                if self._sent_frames == 1 and frame is not SILENCE:
                    self._began()
                due += _FRAME_S
                behind = now() - due
                if behind > _CATCH_UP_FRAMES * _FRAME_S:  # the machine stood still: do not send a burst
                    self.late_frames += int(behind / _FRAME_S)
                    due = now()
                await sleep_until(due)
        except ConnectionError:
            return
        finally:
            self._closed = True
            self._finish(cut=self._playing)

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
            self._playing = False
            self._buffer.clear()
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

    def _next_frame(self) -> bytes:
        if not self._playing or self._done.is_set():
            return SILENCE
        if len(self._buffer) >= FRAME_BYTES or (self._ended_input and self._buffer):
            frame = bytes(self._buffer[:FRAME_BYTES]).ljust(FRAME_BYTES, b"\0")
            del self._buffer[:FRAME_BYTES]
            self._sent_frames += 1
            return frame
        if self._ended_input:
            self._finish(cut=False)
        return SILENCE

    def _finish(self, *, cut: bool) -> None:
        if not self._done.is_set():
            self._cut = cut
            self._done.set()
