"""What a call's media socket is to the line, whichever way the sound goes, and how a socket finds its call.

Decided:
- What has come waits in one place with the time at which it came: ten seconds of sound at most, the oldest dropped
  first, keys never.
- What is sent is not yet heard where Asterisk keeps a queue. So both ways answer the same question, "how much of what
  was sent will nobody hear?", for all that was sent so far (`played`) and for what is thrown away now (`flush`).
  AudioSocket has no queue, and its answer is 0 at once.
- The uuid is a key: made by us for one call, told to Asterisk alone, and good for one socket.
"""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, Literal, TypeVar

from ivr.asterisk.audiosocket_wire import CallerAudio, CallerKey
from ivr.clock import now

if TYPE_CHECKING:
    from uuid import UUID

MAX_WAITING = 500
"""Ten seconds of sound that nobody has taken."""


@dataclass(frozen=True, slots=True)
class SocketEnded:
    """The last thing a socket tells: `by` the caller (or Asterisk, in good order), or a `fault` with its `reason`."""

    by: Literal["caller", "fault"]
    reason: str = ""


Received = CallerAudio | CallerKey | SocketEnded


class MediaSocket(ABC):
    """One call's sound and keys. `received()` gives what came and when; `send_audio` sends one frame of 20 ms."""

    def __init__(self) -> None:
        self._waiting: deque[tuple[float, Received]] = deque()
        self._arrived: asyncio.Future[None] | None = None  # half of an Event's cost, fifty times a second and call
        self.ended: SocketEnded | None = None
        self.dropped_frames = 0

    async def received(self) -> tuple[float, Received]:
        """The next audio or key and the loop's time when it arrived; SocketEnded last, and ever again after that.
        For one reader."""
        while not self._waiting:
            if self.ended is not None:
                return now(), self.ended
            self._arrived = asyncio.get_running_loop().create_future()
            await self._arrived
        if len(self._waiting) > 1:  # what has piled up in a stall must not hold up the clock and the other calls
            await asyncio.sleep(0)
        return self._waiting.popleft()

    @abstractmethod
    def send_audio(self, pcm: bytes) -> None:
        """Send one frame at once. Raises ConnectionError when the socket has ended."""

    @abstractmethod
    def played(self) -> asyncio.Future[int]:
        """Done when the caller has heard what was sent so far: 0, or the ms of it that were thrown away unheard."""

    @abstractmethod
    def flush(self) -> asyncio.Future[int]:
        """Throw away what Asterisk has and has not played; the ms of it that the caller did not hear. Never waits
        for longer than half a second."""

    @abstractmethod
    def send_hangup(self) -> None:
        """Give the caller back to AGI, where the application that carries our sound returns 200 result=0."""

    @abstractmethod
    def close(self) -> None:
        """End the connection."""

    def _keep(self, item: CallerAudio | CallerKey) -> None:
        if self.ended is not None:
            return
        if len(self._waiting) >= MAX_WAITING:
            oldest = next((entry for entry in self._waiting if isinstance(entry[1], CallerAudio)), None)
            if oldest is not None:
                self._waiting.remove(oldest)
                self.dropped_frames += 1
        self._waiting.append((now(), item))
        self._wake()

    def _end(self, ended: SocketEnded) -> None:
        """The first end counts."""
        if self.ended is None:
            self.ended = ended
            self._wake()

    def _wake(self) -> None:
        if self._arrived is not None and not self._arrived.done():
            self._arrived.set_result(None)


def answered(milliseconds: int) -> asyncio.Future[int]:
    """A future that is done already."""
    future: asyncio.Future[int] = asyncio.get_running_loop().create_future()
    future.set_result(milliseconds)
    return future


S = TypeVar("S", bound=MediaSocket)


class AwaitedSockets(Generic[S]):
    """The calls that wait for their socket, by uuid."""

    def __init__(self) -> None:
        self._expected: dict[UUID, asyncio.Future[S]] = {}

    def __len__(self) -> int:
        return len(self._expected)

    def expect(self, call: UUID) -> asyncio.Future[S]:
        """The socket that will come with this uuid; cancel the future to expect it no more."""
        future: asyncio.Future[S] = asyncio.get_running_loop().create_future()
        self._expected[call] = future
        future.add_done_callback(lambda _: self._expected.pop(call, None))
        return future

    def awaits(self, call: UUID) -> bool:
        """Whether a call waits for a socket with this uuid."""
        future = self._expected.get(call)
        return future is not None and not future.done()

    def claim(self, call: UUID, socket: S) -> bool:
        """A socket came with this uuid: whether a call was waiting for it."""
        future = self._expected.pop(call, None)
        if future is None or future.done():
            return False
        future.set_result(socket)
        return True
