"""Time, as the parts that may see it see it.

The pure packages see only `at`, the seconds since the call began. The asyncio edges take time from the running
loop and from nowhere else, so that a virtual loop (`ivr.simulate.virtual_loop`) makes a sixty-second call run in
milliseconds without anything being patched.

On virtual time the loop jumps to its next timer as soon as nothing is left to do. Whatever truly happens
outside, a recogniser in another process, a voice being rendered in a thread, takes no virtual time at all: the
await on it is wrapped in `outside_work()`, which makes a virtual loop stand still and a real one do nothing.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator
from contextlib import AbstractContextManager, asynccontextmanager, nullcontext
from typing import Protocol, cast


class _Holding(Protocol):
    def hold(self) -> AbstractContextManager[None]: ...
    def settled(self) -> asyncio.Future[None]: ...


def outside_work() -> AbstractContextManager[None]:
    """Hold virtual time still while awaiting work that runs outside the loop (a process, a thread)."""
    loop = asyncio.get_running_loop()
    if hasattr(loop, "hold"):
        return cast("_Holding", loop).hold()
    return nullcontext()


@asynccontextmanager
async def outside_work_within(seconds: float) -> AsyncIterator[None]:
    """`outside_work()` for at most `seconds`, which on a virtual loop, whose own clock stands still meanwhile, are
    true ones. Raises TimeoutError."""
    loop = asyncio.get_running_loop()
    if not hasattr(loop, "hold"):
        async with asyncio.timeout(seconds):
            yield
        return
    async with asyncio.timeout(None) as limit:
        over = False

        def expire() -> None:
            if not over:
                limit.reschedule(loop.time())

        timer = threading.Timer(seconds, lambda: loop.is_closed() or loop.call_soon_threadsafe(expire))
        timer.daemon = True
        timer.start()
        try:
            with outside_work():
                yield
        finally:
            over = True
            timer.cancel()


async def settled() -> None:
    """On virtual time: return when all else that can be done at this moment is done; on a real loop, at once.

    What came from outside may have taken a second or, from a cache, nothing: after this, the rest of the call has not
    seen a difference.
    """
    loop = asyncio.get_running_loop()
    if hasattr(loop, "settled"):
        await cast("_Holding", loop).settled()


def now() -> float:
    """Seconds on the running loop's clock; only differences mean anything."""
    return asyncio.get_running_loop().time()


async def sleep_until(moment: float) -> None:
    """Sleep until `moment` on the running loop's clock; returns at once (after one turn of the loop) if past."""
    await asyncio.sleep(max(0.0, moment - now()))
