"""The one thread that writes files for calls, so that no slow disk ever holds up a 20 ms frame.

Jobs are done in the order in which they were given. A job that fails (a full disk) is logged once a minute and
dropped: a call goes on without its recording rather than ending.
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


class Scribe:
    """A thread with a queue; it starts with the first job and ends with the process."""

    def __init__(self) -> None:
        self._jobs: queue.SimpleQueue[Callable[[], object]] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None
        self._said_at = float("-inf")

    def do(self, job: Callable[[], object]) -> None:
        """Have `job` done soon; returns at once."""
        if self._thread is None:
            self._thread = threading.Thread(target=self._work, name="scribe", daemon=True)
            self._thread.start()
        self._jobs.put(job)

    async def written(self) -> None:
        """Wait until every job given so far is done, a minute at most."""
        loop = asyncio.get_running_loop()
        done: asyncio.Future[None] = loop.create_future()

        def tell() -> None:
            if not done.done():
                done.set_result(None)

        self.do(lambda: loop.call_soon_threadsafe(tell))
        with outside_work():
            await asyncio.wait_for(done, 60)

    def _work(self) -> None:
        while True:
            job = self._jobs.get()
            try:
                job()
            except (OSError, ValueError, RuntimeError) as fault:
                if time.monotonic() - self._said_at > _SAY_AGAIN_AFTER_S:
                    self._said_at = time.monotonic()
                    _log.error("calls are not being written to disk", why=str(fault))


SCRIBE = Scribe()
