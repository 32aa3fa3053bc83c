"""What a call's media socket is to the line, whichever way the sound goes, and how a socket finds its call.

Decided:
- Sound goes to its taker in the moment it comes, without a task being woken for it, unless something stands before it:
  a task that is resumed through the whole chain of its awaits was a fifth of what carrying a call cost. What else has
  come, and all of it where nobody takes sound, waits in one place with the time at which it came: ten seconds of sound
  at most, the oldest dropped first, keys never.
- What has piled up in a stall is handed on one a turn of the loop: it must not hold up the clock and the other calls.
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
from typing import TYPE_CHECKING, Generic, Literal, TypeVar, cast

from ivr.asterisk.audiosocket_wire import CallerAudio, CallerKey
from ivr.clock import now

if TYPE_CHECKING:
    from collections.abc import Callable
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
    """One call's sound and keys. `received()` gives what came and when, less the sound that `audio_to` gives away;
    `send_audio` sends one frame of 20 ms."""

    def __init__(self) -> None:
        self._waiting: deque[tuple[float, CallerAudio | CallerKey]] = deque()
        self._taker: Callable[[float, bytes], None] | None = None
        self._fault: Exception | None = None
        self._handing_on: asyncio.Handle | None = None
        self._arrived: asyncio.Future[None] | None = None  # half of an Event's cost, fifty times a second and call
        self.ended: SocketEnded | None = None
        self.dropped_frames = 0

    def audio_to(self, taker: Callable[[float, bytes], None]) -> None:
        """Let `taker` have all sound from now on, as `taker(loop's time when it arrived, pcm)`, never before a key
        that came before it. It returns within microseconds; what it raises, `received` raises, and it gets no more."""
        self._taker = taker
        self._hand_on_soon()

    async def received(self) -> tuple[float, Received]:
        """The next audio or key and the loop's time when it arrived; SocketEnded last, and ever again after that.
        For one reader."""
        if len(self._waiting) > 1:
            await asyncio.sleep(0)
        while self._fault is None:
            if self._waiting and not self._is_takers():
                entry = self._waiting.popleft()
                self._hand_on_soon()
                return entry
            if self.ended is not None and not self._waiting:
                return now(), self.ended
            self._arrived = asyncio.get_running_loop().create_future()
            await self._arrived
        raise self._fault

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
        if self._taker is not None and not self._waiting and isinstance(item, CallerAudio):
            self._give(now(), item)
            return
        if len(self._waiting) >= MAX_WAITING:
            oldest = next((entry for entry in self._waiting if isinstance(entry[1], CallerAudio)), None)
            if oldest is not None:
                self._waiting.remove(oldest)
                self.dropped_frames += 1
        self._waiting.append((now(), item))
        self._hand_on_soon()

    def _is_takers(self) -> bool:
        """Whether what is next goes to the taker of sound."""
        return self._taker is not None and bool(self._waiting) and isinstance(self._waiting[0][1], CallerAudio)

    def _hand_on_soon(self) -> None:
        """Something waits, or no longer: it is the taker's, at the next turn of the loop, or the reader's."""
        if not self._is_takers():
            self._wake()
        elif self._handing_on is None:
            self._handing_on = asyncio.get_running_loop().call_soon(self._hand_on)

    def _hand_on(self) -> None:
        self._handing_on = None
        if self._is_takers():
            moment, audio = self._waiting.popleft()
            self._give(moment, cast("CallerAudio", audio))
            self._hand_on_soon()

    def _give(self, moment: float, audio: CallerAudio) -> None:
        if self._taker is None:
            return
        try:
            self._taker(moment, audio.pcm)
        except Exception as fault:  # noqa: BLE001  it is the reader's, whose call it ends, and not the connection's
            self._fault, self._taker = fault, None
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
