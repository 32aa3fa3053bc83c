"""What comes from a simulated caller, in order: frames to whoever takes them, the rest to a reader that waits.

Decided: a frame is delivered in the tick that brought it, without waking a task, unless something stands before it that
only the reader can take; then it waits behind that. So the order of things is the reader's, whoever takes the frames.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable

from ivr.call.line import AudioFrame
from ivr.dialogue.events import HungUp, KeyPressed

Arrived = AudioFrame | KeyPressed | HungUp


class Arrivals:
    """`put_nowait` from the line's side; `deliver` each tick, after the hotline's frame is out; `next` for one
    reader."""

    def __init__(self) -> None:
        self._waiting: deque[Arrived] = deque()
        self._sink: Callable[[AudioFrame], None] | None = None
        self._fault: Exception | None = None
        self._reader: asyncio.Future[None] | None = None

    def frames_to(self, sink: Callable[[AudioFrame], None]) -> None:
        """Frames go to `sink` from now on; what it raises, `next` raises, and no more goes there."""
        self._sink = sink

    def put_nowait(self, item: Arrived) -> None:
        """It has come."""
        self._waiting.append(item)
        if self._sink is None or not isinstance(item, AudioFrame):
            self._wake()

    def deliver(self) -> None:
        """Give the sink the frames that stand before anything else."""
        while self._sink is not None and self._waiting and isinstance(frame := self._waiting[0], AudioFrame):
            self._waiting.popleft()
            try:
                self._sink(frame)
            except Exception as fault:  # noqa: BLE001  it is the reader's, whose call it ends, and not the clock's
                self._fault, self._sink = fault, None
                self._wake()

    async def next(self) -> Arrived:
        """What comes next and no sink takes. Raises what the sink raised."""
        while True:
            if self._fault is not None:
                raise self._fault
            if self._waiting and (self._sink is None or not isinstance(self._waiting[0], AudioFrame)):
                return self._waiting.popleft()
            self._reader = asyncio.get_running_loop().create_future()
            await self._reader

    def _wake(self) -> None:
        if self._reader is not None and not self._reader.done():
            self._reader.set_result(None)
