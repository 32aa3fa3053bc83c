"""An event loop on which time passes only when nothing is left to do.

When every task waits, the loop's clock jumps to the next timer, so a call of sixty seconds runs in the
milliseconds that its work takes, and always in the same order. Real work outside (a recogniser's process, a
thread) holds the clock: see
`ivr.clock.outside_work`.
Nothing is patched: asyncio takes the time from its loop, and this is a loop.
"""

from __future__ import annotations

import asyncio
import selectors
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

_T = TypeVar("_T")
_STUCK_AFTER_S = 60.0


class VirtualLoop(asyncio.SelectorEventLoop):
    """Use it through `run`; `time()` starts at 0."""

    def __init__(self) -> None:
        self.virtual_time = 0.0
        self._holds = 0
        super().__init__(_JumpingSelector(self))

    def time(self) -> float:
        """Virtual seconds since the loop was made."""
        return self.virtual_time

    @contextmanager
    def hold(self) -> Iterator[None]:
        """Time stands still inside: something real is awaited."""
        self._holds += 1
        try:
            yield
        finally:
            self._holds -= 1

    @property
    def held(self) -> bool:
        """Whether something real is awaited."""
        return self._holds > 0


class _JumpingSelector(selectors.DefaultSelector):
    """Where a loop would sleep until its next timer, this one moves the clock there."""

    def __init__(self, loop: VirtualLoop) -> None:
        super().__init__()
        self._loop = loop

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        if self._loop.held or timeout is None:
            ready = super().select(_STUCK_AFTER_S if timeout != 0 else 0)
            if not ready and timeout != 0:
                raise RuntimeError(
                    f"virtual time stands still: nothing has happened outside for {_STUCK_AFTER_S:.0f} s."
                )
            return ready
        ready = super().select(0)
        if not ready and timeout > 0:
            self._loop.virtual_time += timeout
        return ready


def run(work: Coroutine[Any, Any, _T]) -> _T:
    """`asyncio.run` on virtual time."""
    with asyncio.Runner(loop_factory=VirtualLoop) as runner:
        return runner.run(work)
