"""The 20 ms clock: one timer for every call of the loop.

Decided:
- Deadlines are absolute, `start + n * 20 ms`, so a late tick does not make the rest late. One timer wakes the loop and
  all listeners are called in one go, in the order in which they joined: two hundred calls cost one wake-up and not two
  hundred tasks, and on a virtual loop the order is the same each time.
- After a stall the missing ticks are made up one every 10 ms, twice the pace and never a burst, for Asterisk hands on
  what it gets at once (FACTS.md). Of a stall of more than 100 ms nothing is made up: the caller has heard the hole, and
  what comes after it should not be hurried.
- Nobody listens: no timer. The next to join starts the clock anew, at once.
- Late ticks are counted, by how late, and so are the frames that were late with them.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from weakref import WeakKeyDictionary

from ivr.audio import FRAME_MS

FRAME_S = FRAME_MS / 1000
LATE_MS = (20, 40, 60)
"""The buckets: later than so many milliseconds. A frame 45 ms late is in the first two."""
_HURRY_S = FRAME_S / 2
_MADE_UP = 5


@dataclass(slots=True)
class Lateness:
    """`ticks` counted, of them `late` by bucket (LATE_MS), `skipped` that were not made up, the worst in ms.

    `late_frames`: ticks times who listened to them, by bucket.
    """

    ticks: int = 0
    late: list[int] = field(default_factory=lambda: [0] * len(LATE_MS))
    late_frames: list[int] = field(default_factory=lambda: [0] * len(LATE_MS))
    skipped: int = 0
    worst_ms: float = 0.0

    def count(self, late_s: float, listeners: int) -> None:
        """One tick that came `late_s` seconds after its time, heard by so many."""
        self.ticks += 1
        late_ms = late_s * 1000
        if late_ms <= LATE_MS[0]:
            return
        self.worst_ms = max(self.worst_ms, late_ms)
        for bucket, limit in enumerate(LATE_MS):
            if late_ms > limit:
                self.late[bucket] += 1
                self.late_frames[bucket] += listeners

    def as_json(self) -> dict[str, float]:
        """For logs and health: frames later than 20, 40, 60 ms, skipped ticks, the worst in ms (0: none over 20)."""
        by_bucket = {f"over_{limit}_ms": self.late_frames[bucket] for bucket, limit in enumerate(LATE_MS)}
        return {**by_bucket, "skipped": self.skipped, "worst_ms": round(self.worst_ms, 1)}


class FrameClock:
    """Calls every listener each 20 ms while there is one. Get the running loop's by `frame_clock()`."""

    def __init__(self) -> None:
        self.lateness = Lateness()
        self._listeners: dict[Callable[[], None], None] = {}
        self._calling: tuple[Callable[[], None], ...] = ()
        self._timer: asyncio.TimerHandle | None = None
        self._due = 0.0

    def join(self, listener: Callable[[], None]) -> None:
        """Call `listener` from the next tick on; it must return within microseconds. Joining twice is joining once."""
        self._listeners[listener] = None
        self._calling = tuple(self._listeners)
        if self._timer is None:
            loop = asyncio.get_running_loop()
            self._due = loop.time()
            self._timer = loop.call_at(self._due, self._tick)

    def leave(self, listener: Callable[[], None]) -> None:
        """Call it no more, from this moment on; no effect if it has left already."""
        if self._listeners.pop(listener, self) is self:
            return
        self._calling = tuple(self._listeners)
        if not self._listeners and self._timer is not None:
            self._timer.cancel()
            self._timer = None

    @property
    def listeners(self) -> int:
        """How many listen."""
        return len(self._listeners)

    def _tick(self) -> None:
        loop = asyncio.get_running_loop()
        self.lateness.count(loop.time() - self._due, len(self._calling))
        self._timer = None
        for listener in self._calling:
            if listener not in self._listeners:  # another has just sent it away
                continue
            try:
                listener()
            except Exception as fault:  # noqa: BLE001  one call's fault must not silence the others
                self.leave(listener)
                loop.call_exception_handler({"message": "a listener of the frame clock failed", "exception": fault})
        if self._listeners:
            self._timer = loop.call_at(self._next(loop.time()), self._tick)

    def _next(self, moment: float) -> float:
        """When to tick again; `_due` is when that tick should have been."""
        self._due += FRAME_S
        behind = moment - self._due
        if behind > _MADE_UP * FRAME_S:
            skipped = int(behind / FRAME_S) + 1  # the last of them would come in the same 20 ms as the next
            self.lateness.skipped += skipped
            self._due += skipped * FRAME_S
        return max(self._due, moment + _HURRY_S)


_CLOCKS: WeakKeyDictionary[asyncio.AbstractEventLoop, FrameClock] = WeakKeyDictionary()


def frame_clock() -> FrameClock:
    """The running loop's clock, the same for all its calls."""
    loop = asyncio.get_running_loop()
    clock = _CLOCKS.get(loop)
    if clock is None:
        clock = _CLOCKS[loop] = FrameClock()
    return clock
