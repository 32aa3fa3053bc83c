"""The one thread that writes files for calls, so that no slow disk ever holds up a 20 ms frame.

Jobs are done in the order in which they were given. A job that fails (a full disk) is logged once a minute and
dropped: a call goes on without its recording rather than ending. Where a disk stands still, sound that waits for it is
dropped from `_SOUND_WAITING` jobs on, so that memory is bounded; a journal's lines are small and all wait.
"""

from __future__ import annotations

import asyncio
import queue
import threading
import time
from collections.abc import Callable

import structlog

from ivr.clock import outside_work

_log = structlog.get_logger(__name__)
_SAY_AGAIN_AFTER_S = 60.0
_SOUND_WAITING = 4000  # a second of both directions each, 32 kB
_PATIENCE_S = 20.0


class Scribe:
    """A thread with a queue; it starts with the first job and ends with the process."""

    def __init__(self) -> None:
        self._jobs: queue.SimpleQueue[Callable[[], object]] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None
        self._said_at = float("-inf")

    def do(self, job: Callable[[], object], *, sound: bool = False) -> None:
        """Have `job` done soon; returns at once. `sound`: it may be dropped when too much waits."""
        if sound and self._jobs.qsize() >= _SOUND_WAITING:
            self._say("the disk stands still: sound is dropped")
            return
        if self._thread is None:
            self._thread = threading.Thread(target=self._work, name="scribe", daemon=True)
            self._thread.start()
        self._jobs.put(job)

    async def written(self) -> None:
        """Wait until every job given so far is done; no longer than a caller could be kept waiting for a disk."""
        loop = asyncio.get_running_loop()
        done: asyncio.Future[None] = loop.create_future()

        def tell() -> None:
            if not done.done():
                done.set_result(None)

        # Whoever waited may have been cancelled since, and the loop with it: that is no fault of the disk.
        self.do(lambda: loop.is_closed() or loop.call_soon_threadsafe(tell))
        with outside_work():
            await asyncio.wait([done], timeout=_PATIENCE_S)
        if not done.done():
            self._say(f"the disk has not answered for {_PATIENCE_S:.0f} s")

    def _work(self) -> None:
        while True:
            job = self._jobs.get()
            try:
                job()
            except Exception as fault:  # noqa: BLE001  the thread is every call's: whatever one job raises, it goes on
                self._say(f"{type(fault).__name__}: {fault}")

    def _say(self, why: str) -> None:
        if time.monotonic() - self._said_at > _SAY_AGAIN_AFTER_S:
            self._said_at = time.monotonic()
            _log.error("calls are not being written to disk", why=why)


SCRIBE = Scribe()
