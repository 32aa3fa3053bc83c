"""A hole in the sound is told from another by who used the processor meanwhile."""

import asyncio
import threading
import time

import pytest

from ivr.call.frame_clock import frame_clock
from ivr.qa.stalls import StallWatch

pytestmark = pytest.mark.unit

HELD_S = 0.05


def work():
    end = time.thread_time() + HELD_S
    while time.thread_time() < end:
        pass


def be_kept_waiting():
    threading.Event().wait(HELD_S)


@pytest.mark.parametrize(("what", "ours"), [(work, True), (be_kept_waiting, False)])
async def test_a_stall_is_ours_if_the_loop_worked_through_it(what, ours):
    clock = frame_clock()
    watch = StallWatch(clock)
    held, over = asyncio.Event(), asyncio.Event()
    ticks = []

    def hold():
        ticks.append(None)
        if len(ticks) == 2:
            what()
            held.set()
        if len(ticks) == 4:
            over.set()

    clock.join(hold)
    try:
        await asyncio.wait_for(over.wait(), 5)
    finally:
        clock.leave(hold)
        watch.leave()
    assert watch.longest.ms >= HELD_S * 1000
    assert (watch.longest.worked_ms >= HELD_S * 500) == ours
    assert watch.longest.as_json()["ms"] == round(watch.longest.ms, 1)
