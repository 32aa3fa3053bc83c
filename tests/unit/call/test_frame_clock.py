"""One timer for all calls: in time, in order, counted when late, and silent when nobody listens."""

from __future__ import annotations

import asyncio
import itertools
import time

import pytest

from ivr.call.frame_clock import FrameClock, frame_clock
from ivr.clock import now
from ivr.simulate.virtual_loop import run

pytestmark = pytest.mark.unit


def stall(seconds):
    """The machine stands still: the loop gets no turn."""
    asyncio.get_running_loop().virtual_time += seconds


def test_every_call_is_served_each_20_ms_in_the_order_in_which_they_came():
    async def scene():
        clock, heard = frame_clock(), []
        listeners = [lambda name=name: heard.append((name, round(now(), 3))) for name in "abc"]
        for each in listeners:
            clock.join(each)
        await asyncio.sleep(0.045)
        for each in listeners:
            clock.leave(each)
        await asyncio.sleep(1.0)
        return heard

    moments = (0.0, 0.02, 0.04)
    assert run(scene()) == [(name, moment) for moment in moments for name in "abc"]


def test_all_calls_of_a_loop_share_one_clock_and_another_loop_has_its_own():
    async def clock():
        assert frame_clock() is frame_clock()
        return frame_clock()

    assert run(clock()) is not run(clock())


def test_with_nobody_listening_the_loop_is_not_woken():
    async def scene():
        clock = frame_clock()
        tick = lambda: None  # noqa: E731
        clock.join(tick)
        await asyncio.sleep(0.1)
        clock.leave(tick)
        clock.leave(tick)
        ticks = clock.lateness.ticks
        await asyncio.sleep(60.0)
        return ticks, clock.lateness.ticks, clock.listeners

    before, after, listeners = run(scene())
    assert before == after == 6
    assert listeners == 0


def test_a_call_that_comes_to_an_idle_clock_is_served_at_once():
    async def scene():
        clock, heard = frame_clock(), []
        tick = lambda: heard.append(now())  # noqa: E731
        await asyncio.sleep(0.007)
        clock.join(tick)
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        clock.leave(tick)
        return heard

    assert run(scene()) == [pytest.approx(0.007)]


def test_a_short_stall_is_made_up_at_twice_the_pace_and_without_a_burst():
    async def scene():
        clock, heard = frame_clock(), []
        tick = lambda: heard.append(now())  # noqa: E731
        clock.join(tick)
        await asyncio.sleep(0.03)
        stall(0.075)
        await asyncio.sleep(0.2)
        clock.leave(tick)
        return heard, clock.lateness

    heard, lateness = run(scene())
    gaps = [round((b - a) * 1000) for a, b in itertools.pairwise(heard)]
    assert min(gaps) >= 9
    assert max(gaps) == 85
    assert heard[-1] % 0.02 == pytest.approx(0.0, abs=1e-6) or heard[-1] % 0.02 == pytest.approx(0.02, abs=1e-6)
    assert len(heard) == 1 + int(heard[-1] / 0.02 + 0.5)  # none was lost
    assert lateness.as_json() == {"over_20_ms": 5, "over_40_ms": 3, "over_60_ms": 1, "skipped": 0, "worst_ms": 65.0}


def test_what_a_long_stall_cost_is_not_hurried_after_and_the_beat_is_kept():
    async def scene():
        clock, heard = frame_clock(), []
        tick = lambda: heard.append(round(now(), 3))  # noqa: E731
        clock.join(tick)
        await asyncio.sleep(0.03)
        stall(1.0)
        await asyncio.sleep(0.1)
        clock.leave(tick)
        return heard, clock.lateness.skipped

    heard, skipped = run(scene())
    assert heard[2] == pytest.approx(1.03)
    assert heard[3:] == [1.04, 1.06, 1.08, 1.1, 1.12]
    assert skipped == 49


def test_a_call_that_fails_is_left_out_and_the_others_go_on():
    async def scene():
        clock, heard, told = FrameClock(), [], []
        asyncio.get_running_loop().set_exception_handler(lambda _loop, context: told.append(context["message"]))

        def broken():
            raise RuntimeError("broken")

        tick = lambda: heard.append(1)  # noqa: E731
        clock.join(broken)
        clock.join(tick)
        await asyncio.sleep(0.05)
        clock.leave(tick)
        return heard, told

    heard, told = run(scene())
    assert heard == [1, 1, 1]
    assert told == ["a listener of the frame clock failed"]


def test_who_is_sent_away_by_another_in_the_same_tick_is_called_no_more():
    async def scene():
        clock, heard = frame_clock(), []
        second = lambda: heard.append("second")  # noqa: E731

        def first():
            clock.leave(second)
            clock.leave(first)

        clock.join(first)
        clock.join(second)
        await asyncio.sleep(0.1)
        return heard

    assert run(scene()) == []


async def test_on_a_real_loop_lateness_is_seen():
    clock = FrameClock()
    stalled = [False]

    def tick():
        if not stalled[0]:
            stalled[0] = True
            time.sleep(0.07)  # the stall itself: what a garbage collection of a large heap does

    clock.join(tick)
    while clock.lateness.ticks < 3:
        await asyncio.wait_for(asyncio.sleep(0), 1)
    clock.leave(tick)
    assert clock.lateness.late[1] >= 1
    assert clock.lateness.worst_ms >= 50
