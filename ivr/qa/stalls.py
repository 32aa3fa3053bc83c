"""Whose fault is a hole in the sound? The longest time between two ticks of the frame clock, and who used it.

Decided: what the loop's own thread worked in that time was ours (a collection, a burst of calls). In the rest others
had the processor, or a thread of ours the interpreter. On a shared machine only this tells a fault of the hotline from
a busy neighbour.
"""

from __future__ import annotations

import time
from dataclasses import dataclass

from ivr.call.frame_clock import FrameClock


@dataclass(frozen=True, slots=True, order=True)
class Stall:
    """Milliseconds from one tick to the next, and what of them the loop's thread was at work."""

    ms: float = 0.0
    worked_ms: float = 0.0

    def as_json(self) -> dict[str, float]:
        """Rounded to tenths."""
        return {"ms": round(self.ms, 1), "worked_ms": round(self.worked_ms, 1)}


class StallWatch:
    """Watches `clock` from the next tick on, on its loop's thread, until `leave`. `longest`: so far."""

    def __init__(self, clock: FrameClock) -> None:
        self.longest = Stall()
        self._clock = clock
        self._last: tuple[float, float] | None = None
        clock.join(self._tick)

    def leave(self) -> None:
        """Watch no more."""
        self._clock.leave(self._tick)

    def _tick(self) -> None:
        moment, worked = time.perf_counter(), time.thread_time()
        if self._last is not None:
            self.longest = max(self.longest, Stall((moment - self._last[0]) * 1000, (worked - self._last[1]) * 1000))
        self._last = moment, worked
