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
_STUCK_AFTER_S = 300.0
_LOOKS_AFTER = 32


class VirtualLoop(asyncio.SelectorEventLoop):
    """Use it through `run`; `time()` starts at 0."""

    def __init__(self) -> None:
        self.virtual_time = 0.0
        self._holds = 0
        self._settling: list[asyncio.Future[None]] = []
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

    def settled(self) -> asyncio.Future[None]:
        """Done as soon as nothing is left to do at this moment but to wait."""
        waiting: asyncio.Future[None] = self.create_future()
        self._settling.append(waiting)
        return waiting

    def settle(self) -> bool:
        """Nothing is left to do but to wait: go on with those who wanted that; whether there are any."""
        waiting, self._settling = self._settling, []
        for each in waiting:
            if not each.done():
                each.set_result(None)
        return bool(waiting)

    @property
    def held(self) -> bool:
        """Whether something real is awaited."""
        return self._holds > 0


class _JumpingSelector(selectors.DefaultSelector):
    """Where a loop would sleep until its next timer, this one moves the clock there.

    A look at pipes and sockets takes as long as all else in a step of the loop, and nothing awaited comes from there
    while time is not held: so one step of many has it then.
    """

    def __init__(self, loop: VirtualLoop) -> None:
        super().__init__()
        self._loop = loop
        self._unseen = 0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        if timeout != 0 and self._loop.settle():
            return []
        if timeout is not None and not self._loop.held and self._unseen < _LOOKS_AFTER:
            self._unseen += 1
            self._loop.virtual_time += timeout
            return []
        self._unseen = 0
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
