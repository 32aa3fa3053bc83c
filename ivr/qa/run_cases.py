"""Many cases at once: a process a core, cases handed out one by one, the longest first.

Decided: the parent only waits. A process that ends in the middle of a case, or takes too long over it, costs that case
and is replaced; what a run gives does not depend on which process played what, or when.
"""

from __future__ import annotations

import importlib.metadata
import multiprocessing
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from multiprocessing.connection import Connection, wait
from multiprocessing.context import SpawnProcess
from pathlib import Path
from types import TracebackType
from typing import Self

from ivr.qa.case_worker import Done, Setup, work
from ivr.qa.run_result import CaseResult, Cost, RunResult

_LONGEST_S = 300.0
_START_S = 180.0
_END_S = 5.0
Progress = Callable[[CaseResult, int, int], None]
"""Told after each case: its result, how many are done, and of how many."""


@dataclass
class _Worker:
    """One process, and the case that it plays now."""

    process: SpawnProcess
    connection: Connection
    number: int | None = None
    ready: bool = False
    began: float = 0.0
    last: Done | None = None


@dataclass
class CasePool:
    """Processes that play cases; use as `with`. `longest_s`: what one case may take before it is given up, in true
    seconds; a process's first case has to learn its flow too, but not to import what it needs."""

    setup: Setup
    jobs: int = 1
    longest_s: float = _LONGEST_S
    flows: dict[str, str] = field(default_factory=dict)
    _workers: list[_Worker] = field(default_factory=list)
    _lost: list[Done] = field(default_factory=list)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        for worker in self._workers:
            worker.connection.close()
        for worker in self._workers:
            self._end(worker, patient=kind is None)
        self._workers.clear()

    @property
    def cost(self) -> Cost:
        """What it took so far; of a process that was lost, up to its last whole case."""
        last = [*self._lost, *(worker.last for worker in self._workers if worker.last is not None)]
        return Cost(
            cpu_s=round(sum(each.cpu_s for each in last), 3),
            jobs=self.jobs,
            cached=sum(each.cached for each in last),
            decoded=sum(each.decoded for each in last),
        )

    def play(self, folders: Sequence[Path], progress: Progress | None = None) -> list[CaseResult]:
        """The cases in `folders`, in that order."""
        results: dict[int, CaseResult] = {}
        order = sorted(range(len(folders)), key=lambda number: (-_size(folders[number]), number))
        for number, twin in _twins(folders).items():
            results[number] = _trouble(folders[number], f"there is another case of this name in {twin}: rename one.")
            order.remove(number)
        total = len(folders)
        while len(results) < total:
            while order and (free := self._free()) is not None:
                free.number, free.began = order.pop(0), time.monotonic()
                self._hand_out(free, folders[free.number])
            for number, result in self._collect(folders):
                results[number] = result
                if progress is not None:
                    progress(result, len(results), total)
        return [results[number] for number in range(total)]

    def _free(self) -> _Worker | None:
        idle = next((worker for worker in self._workers if worker.number is None), None)
        if idle is None and len(self._workers) < self.jobs:
            idle = self._start()
            self._workers.append(idle)
        return idle

    def _start(self) -> _Worker:
        context = multiprocessing.get_context("spawn")
        ours, theirs = context.Pipe()
        process = context.Process(target=work, args=(theirs, self.setup), name="ivr-qa", daemon=True)
        process.start()
        theirs.close()
        return _Worker(process, ours)

    def _hand_out(self, worker: _Worker, folder: Path) -> None:
        try:
            worker.connection.send(folder)
        except OSError:
            return  # it has ended already: its sentinel says so where results are collected

    def _collect(self, folders: Sequence[Path]) -> list[tuple[int, CaseResult]]:
        """Wait for a process that has something to say, has ended, or has taken too long."""
        busy = {worker.connection: worker for worker in self._workers if worker.number is not None}
        until = min(self._until(worker) for worker in busy.values())
        ready = wait(list(busy), timeout=max(0.0, until - time.monotonic()))
        found: list[tuple[int, CaseResult]] = []
        for connection, worker in busy.items():
            number = worker.number or 0
            if connection in ready:
                result = self._received(worker, folders[number])
            elif time.monotonic() >= self._until(worker):
                self._lose(worker)
                what = f"it was not over after {self.longest_s:g} s." if worker.ready else "its process did not start."
                result = _trouble(folders[number], what)
            else:
                continue
            found += [(number, result)] if result is not None else []
        return found

    def _until(self, worker: _Worker) -> float:
        return worker.began + (self.longest_s if worker.ready else _START_S)

    def _received(self, worker: _Worker, folder: Path) -> CaseResult | None:
        """None where the process only says that it has started."""
        try:
            done: Done | str = worker.connection.recv()
        except (EOFError, OSError):
            self._lose(worker)
            code = worker.process.exitcode
            return _trouble(folder, f"the process that played it ended in the middle (exit status {code}).")
        if not isinstance(done, Done):
            worker.ready, worker.began = True, time.monotonic()
            return None
        worker.number, worker.last = None, done
        self.flows |= done.digests
        return done.result

    def _lose(self, worker: _Worker) -> None:
        self._workers.remove(worker)
        self._lost += [worker.last] if worker.last is not None else []
        worker.connection.close()
        self._end(worker, patient=False)

    @staticmethod
    def _end(worker: _Worker, *, patient: bool) -> None:
        if patient:
            worker.process.join(_END_S)
        if worker.process.is_alive():
            worker.process.kill()
        worker.process.join()
        # Not `close()`: its exit status is still asked for.


def run_cases(
    folders: Sequence[Path],
    setup: Setup,
    *,
    jobs: int = 1,
    longest_s: float = _LONGEST_S,
    started: str = "",
    progress: Progress | None = None,
) -> RunResult:
    """Play the cases in `folders` in `jobs` processes; `started`: the wall clock, ISO 8601. What the run took stands in
    `cost`, starting the processes included."""
    began = time.perf_counter()
    with CasePool(setup, max(1, min(jobs, len(folders))), longest_s) as pool:
        results = pool.play(folders, progress)
        cost = replace(pool.cost, wall_s=round(time.perf_counter() - began, 3))
        flows = dict(sorted(pool.flows.items()))
    release = importlib.metadata.version("ivr-hotline")
    return RunResult(release, setup.model, flows, tuple(results), str(setup.channel), started, cost)


def _trouble(folder: Path, why: str) -> CaseResult:
    return CaseResult(case=folder.resolve().name, flow="", verdict="error", file=str(folder / "case.yaml"), trouble=why)


def _size(folder: Path) -> int:
    """Bytes of a case's recordings: what it costs to play, roughly."""
    try:
        return sum(file.stat().st_size for file in folder.iterdir() if file.is_file())
    except OSError:
        return 0


def _twins(folders: Sequence[Path]) -> dict[int, Path]:
    """Cases whose name another before them has, and where that is."""
    first: dict[str, Path] = {}
    return {
        number: first[folder.resolve().name]
        for number, folder in enumerate(folders)
        if first.setdefault(folder.resolve().name, folder) is not folder
    }
