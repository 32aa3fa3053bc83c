"""The scribe outlives whatever a job raises, and a disk that stands still costs bounded memory and bounded time."""

from __future__ import annotations

import asyncio
import threading

import pytest

from ivr.call import scribe
from ivr.call.scribe import Scribe

pytestmark = pytest.mark.unit


async def test_whatever_a_job_raises_the_next_is_done() -> None:
    writes = Scribe()
    done: list[int] = []

    def short_write() -> None:  # what soundfile does where fewer frames were written than given
        raise AssertionError

    writes.do(short_write)
    writes.do(lambda: done.append(1))
    await writes.written()
    assert done == [1]


def test_a_call_that_is_cancelled_while_it_waits_for_the_disk_is_no_fault_of_the_disk(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    writes = Scribe()
    goes_on, done = threading.Event(), threading.Event()
    faults: list[str] = []
    monkeypatch.setattr(writes, "_say", faults.append)
    writes.do(goes_on.wait)

    async def hang_up_meanwhile() -> None:
        waiting = asyncio.create_task(writes.written())
        await asyncio.sleep(0)
        waiting.cancel()
        await asyncio.gather(waiting, return_exceptions=True)

    asyncio.run(hang_up_meanwhile())
    goes_on.set()
    writes.do(done.set)
    assert done.wait(5)
    assert faults == []


async def test_a_disk_that_stands_still_drops_sound_and_keeps_the_rest(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scribe, "_SOUND_WAITING", 3)
    monkeypatch.setattr(scribe, "_PATIENCE_S", 0.01)
    writes = Scribe()
    goes_on = threading.Event()
    started = threading.Event()
    done: list[str] = []

    def stand_still() -> None:
        started.set()
        goes_on.wait()

    writes.do(stand_still)
    assert started.wait(5)
    for _ in range(5):
        writes.do(lambda: done.append("sound"), sound=True)
    writes.do(lambda: done.append("line"))
    await writes.written()  # returns though nothing was written
    assert done == []
    monkeypatch.setattr(scribe, "_PATIENCE_S", 5)
    goes_on.set()
    await writes.written()
    assert done == ["sound"] * 3 + ["line"]
