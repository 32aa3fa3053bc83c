"""The worker processes of one model: the next hearing goes to the least loaded, and a dead one is replaced at once.

Decided: a worker that dies after it was ready is replaced without waiting, since a crash is rare and callers are
there; one that dies at its start is tried again after 0.5, 1, 2 … 30 s, so that a broken model does not
eat the machine.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from ivr_asr.api import RecognitionError, RecognizerLost
from ivr_asr.client import WorkerProcess

_FIRST_PAUSE_S = 0.5
_LONGEST_PAUSE_S = 30.0
_WAIT_FOR_A_WORKER_S = 5.0


class WorkerPool:
    """Keeps `size` workers running between `start` and `close`; `new_worker` starts one and raises RecognitionError."""

    def __init__(
        self, size: int, new_worker: Callable[[], Awaitable[WorkerProcess]], first_pause_s: float = _FIRST_PAUSE_S
    ) -> None:
        self._size = size
        self._new_worker = new_worker
        self._first_pause_s = first_pause_s
        self._workers: list[WorkerProcess] = []
        self._keeping: list[asyncio.Task[None]] = []
        self._starting = asyncio.Lock()
        self._change = asyncio.Condition()
        self._fault: RecognitionError | OSError | None = None
        self._closed = False

    @property
    def workers(self) -> tuple[WorkerProcess, ...]:
        """Those that run now."""
        return tuple(worker for worker in self._workers if not worker.gone.is_set())

    async def start(self) -> None:
        """Start them all and wait; raises what one of them raised, and then none is left. May be repeated."""
        async with self._starting:
            if self._closed:
                raise RecognizerLost("the recogniser is closed.")
            if self._keeping:
                return
            started = await asyncio.gather(*(self._new_worker() for _ in range(self._size)), return_exceptions=True)
            self._workers = [worker for worker in started if not isinstance(worker, BaseException)]
            faults = [fault for fault in started if isinstance(fault, BaseException)]
            if faults:
                await self._end_workers()
                raise faults[0]
            self._keeping = [
                asyncio.create_task(self._keep(worker), name=f"asr-keep-{place}")
                for place, worker in enumerate(self._workers)
            ]

    async def least_loaded(self) -> WorkerProcess:
        """The worker with the fewest streams; waits up to 5 s if all are being replaced. Raises RecognizerLost."""
        try:
            async with asyncio.timeout(_WAIT_FOR_A_WORKER_S), self._change:
                await self._change.wait_for(lambda: self.workers or not self._keeping)
        except TimeoutError:
            raise RecognizerLost(f"no recognition worker can be had: {self._fault or 'they are starting'}") from None
        if not self._keeping:
            raise RecognizerLost("the recogniser is closed.")
        return min(self.workers, key=lambda worker: worker.load)

    async def close(self) -> None:
        """End all workers. May be repeated."""
        self._closed = True
        async with self._starting:
            keeping, self._keeping = self._keeping, []
            for task in keeping:
                task.cancel()
            await asyncio.gather(*keeping, return_exceptions=True)
            await self._end_workers()
        async with self._change:
            self._change.notify_all()

    async def _end_workers(self) -> None:
        workers, self._workers = self._workers, []
        await asyncio.gather(*(worker.close() for worker in workers))

    async def _keep(self, worker: WorkerProcess) -> None:
        while True:
            await worker.gone.wait()
            self._fault = RecognizerLost(worker.reason)
            self._workers.remove(worker)
            await worker.close()
            worker = await self._replacement()
            self._workers.append(worker)
            async with self._change:
                self._change.notify_all()

    async def _replacement(self) -> WorkerProcess:
        pause = self._first_pause_s
        while True:
            try:
                return await self._new_worker()
            except (RecognitionError, OSError) as fault:  # OSError: no memory or no descriptor left for a process
                self._fault = fault
                await asyncio.sleep(pause)
                pause = min(_LONGEST_PAUSE_S, pause * 2)
