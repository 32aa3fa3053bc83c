"""How pressed a recogniser is, measured from what it is doing, and how many hearings it may hold at once.

Decided: load is what live decoding cost in the last three seconds, in CPU time that the workers count themselves, as a
share of the cores they have; lag is how long the oldest live audio has waited for its answer. Load says that it will
soon be late, lag that it is. Second looks are in neither: they take what is left over. A hearing holds about 41 MB
once it has decoded (FACTS.md), so there is a bound, and whoever comes when it is reached waits for a place.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager

from ivr_asr.api import Pressure, RecognizerLost

_WINDOW_S = 3.0


class Meter:
    """Measures one engine that has `cores`; times are the loop's."""

    def __init__(self, cores: int) -> None:
        self._cores = cores
        self._spent: deque[tuple[float, float]] = deque()
        self._asked: dict[int, float] = {}
        self._numbers = 0
        self.hearings = 0

    @contextmanager
    def asking(self) -> Iterator[None]:
        """Live audio waits for its answer inside."""
        self._numbers += 1
        number = self._numbers
        self._asked[number] = _now()
        try:
            yield
        finally:
            del self._asked[number]

    def spent(self, cpu_ms: float) -> None:
        """An answer cost this much of one core."""
        self._spent.append((_now(), cpu_ms))
        self._forget()

    def pressure(self) -> Pressure:
        """Now."""
        self._forget()
        load = sum(cpu_ms for _, cpu_ms in self._spent) / 1000 / _WINDOW_S / self._cores
        oldest = next(iter(self._asked.values()), None)
        lag_ms = 0 if oldest is None else round((_now() - oldest) * 1000)
        return Pressure(round(load, 3), lag_ms, self.hearings)

    def _forget(self) -> None:
        since = _now() - _WINDOW_S
        while self._spent and self._spent[0][0] < since:
            self._spent.popleft()


class Places:
    """At most `most` hearings at once, of them at most `unhurried` that nobody waits for in real time."""

    def __init__(self, most: int, unhurried: int, patience_s: float) -> None:
        self._most = most
        self._all = asyncio.Semaphore(most)
        self._unhurried = asyncio.Semaphore(unhurried)
        self._patience_s = patience_s

    async def take(self, *, unhurried: bool) -> None:
        """Wait for a place, in turn. Raises RecognizerLost when none comes free in time."""
        try:
            async with asyncio.timeout(self._patience_s):
                if unhurried:
                    await self._unhurried.acquire()
                try:
                    await self._all.acquire()
                except BaseException:  # cancelled or too late: the place that was had already is given back
                    if unhurried:
                        self._unhurried.release()
                    raise
        except TimeoutError:
            raise RecognizerLost(
                f"all {self._most} places of the recogniser are taken: give it more `hearings`, "
                "about 41 MB each, or more machines."
            ) from None

    def give_back(self, *, unhurried: bool) -> None:
        """The hearing is closed."""
        self._all.release()
        if unhurried:
            self._unhurried.release()


def _now() -> float:
    return asyncio.get_running_loop().time()
