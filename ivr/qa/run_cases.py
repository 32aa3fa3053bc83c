"""Many cases at once: a process a core, cases handed out one by one, the longest first.

Decided: the parent only waits. The processes are forked from one that has all they share (fork_server.py). One that
ends in the middle of a case, or takes too long over it, costs that case and is replaced; what a run gives does not
depend on which process played what, or when.
"""

from __future__ import annotations

import importlib.metadata
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from multiprocessing.connection import Connection, wait
from pathlib import Path
from typing import Self

from ivr.qa.case_worker import Done, Setup
from ivr.qa.fork_server import ForkServer
from ivr.qa.run_result import CaseResult, Cost, RunResult

_LONGEST_S = 300.0
_START_S = 180.0
Progress = Callable[[CaseResult, int, int], None]
"""Told after each case: its result, how many are done, and of how many."""


@dataclass
class _Worker:
    """One process, and the case that it plays now."""

    connection: Connection
    pid: int | None = None
    number: int | None = None
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
    _server: ForkServer | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_fault: object) -> None:
        for worker in self._workers:
            worker.connection.close()
        self._workers.clear()
        if self._server is not None:
            self._server.close()

    @property
    def cost(self) -> Cost:
        """What it took so far; of a process that was lost, up to its last whole case."""
        last = [*self._lost, *(worker.last for worker in self._workers if worker.last is not None)]
        return Cost(
            cpu_s=round(sum(each.cpu_s for each in last) + (self._server.cpu_s() if self._server else 0.0), 3),
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
        self._server = self._server or ForkServer(self.setup, many=total > 1)
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
            assert self._server is not None  # noqa: S101  `play` has made it
            idle = _Worker(self._server.fork())
            self._workers.append(idle)
        return idle

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
                late = f"it was not over after {self.longest_s:g} s." if worker.pid else "its process did not start."
                result = _trouble(folders[number], late)
            else:
                continue
            found += [(number, result)] if result is not None else []
        return found

    def _until(self, worker: _Worker) -> float:
        return worker.began + (self.longest_s if worker.pid is not None else _START_S)

    def _received(self, worker: _Worker, folder: Path) -> CaseResult | None:
        """None where the process only says that it has started."""
        try:
            done: Done | int = worker.connection.recv()
        except (EOFError, OSError):
            status = self._lose(worker)
            return _trouble(folder, f"the process that played it ended in the middle (exit status {status}).")
        if not isinstance(done, Done):
            worker.pid, worker.began = done, time.monotonic()
            return None
        worker.number, worker.last = None, done
        self.flows |= done.digests
        return done.result

    def _lose(self, worker: _Worker) -> int | None:
        """End it; its exit status, None where nobody can tell."""
        self._workers.remove(worker)
        self._lost += [worker.last] if worker.last is not None else []
        worker.connection.close()
        if self._server is None:
            return None
        if worker.pid is not None:
            return self._server.end(worker.pid)
        self._server.close()  # it could not even start a process
        return None


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
