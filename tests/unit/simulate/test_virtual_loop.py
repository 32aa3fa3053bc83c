"""Virtual time: it jumps when nothing is to be done, stands still for real work, and says when it is stuck."""

import asyncio
import socket
import time

import pytest

from ivr.clock import now, outside_work, settled, sleep_until
from ivr.simulate import virtual_loop
from ivr.simulate.caller import CallerTurn, HotlineSpeech, perform
from ivr.simulate.virtual_loop import run

pytestmark = pytest.mark.unit


def test_an_hour_passes_in_no_time():
    async def hour():
        await asyncio.sleep(3600)
        return now()

    began = time.perf_counter()
    assert run(hour()) == pytest.approx(3600)
    assert time.perf_counter() - began < 5


def test_timers_fire_in_the_order_of_their_times():
    fired = []

    async def wait(seconds):
        await asyncio.sleep(seconds)
        fired.append(seconds)

    async def all_of_them():
        await asyncio.gather(*(wait(seconds) for seconds in (3.0, 1.0, 2.0, 0.001)))
        await sleep_until(0.0)  # past: returns at once

    run(all_of_them())
    assert fired == [0.001, 1.0, 2.0, 3.0]


def test_time_stands_still_while_something_real_is_awaited():
    async def work():
        ticking = asyncio.create_task(asyncio.sleep(1000))
        with outside_work():
            await asyncio.to_thread(time.sleep, 0.05)
        stood = now()
        ticking.cancel()
        await asyncio.gather(ticking, return_exceptions=True)
        return stood

    assert run(work()) == pytest.approx(0.0)


def test_a_call_in_which_nothing_can_happen_any_more_is_an_error(monkeypatch):
    monkeypatch.setattr(virtual_loop, "_STUCK_AFTER_S", 0.05)

    async def stuck():
        await asyncio.Event().wait()

    with pytest.raises(RuntimeError, match="virtual time stands still"):
        run(stuck())


def test_a_real_loop_is_not_held():
    async def work():
        with outside_work():
            return 1

    assert asyncio.run(work()) == 1


def test_a_scripted_caller_speaks_when_it_is_time():
    acted = []

    async def act(turn):
        acted.append((round(now(), 3), turn.label))

    async def play():
        hotline = HotlineSpeech()
        turns = [
            CallerTurn(text="x", label="after"),
            CallerTurn(text="x", label="during", during=1.0),
            CallerTurn(text="x", label="at once", at_once=True),
            CallerTurn(silence=True, label="silent"),
            CallerTurn(text="x", label="patient", after=2.0),
        ]
        caller = asyncio.create_task(perform(turns, hotline, act))
        for _ in range(4):
            hotline.began()
            await asyncio.sleep(3.0)
            hotline.ended()
            await asyncio.sleep(4.0)
        await caller

    run(play())
    assert acted == [(3.6, "after"), (8.0, "during"), (8.0, "at once"), (17.6, "silent"), (26.0, "patient")]


def test_what_waits_for_the_rest_goes_on_when_all_else_of_the_moment_is_done():
    told = []

    async def hop(name, hops):
        for _ in range(hops):
            await asyncio.sleep(0)
        told.append((name, now()))

    async def last():
        await settled()
        told.append(("last", now()))

    async def both():
        async with asyncio.TaskGroup() as group:
            group.create_task(last())
            group.create_task(hop("quick", 1))
            group.create_task(hop("slow", 7))
            group.create_task(asyncio.sleep(1.0))

    run(both())
    assert told == [("quick", 0.0), ("slow", 0.0), ("last", 0.0)]


async def test_on_a_true_clock_nobody_waits_for_the_rest():
    await asyncio.wait_for(settled(), 1.0)


def test_a_pipe_that_nobody_holds_time_for_is_seen_all_the_same():
    async def work():
        ours, theirs = socket.socketpair()
        with ours, theirs:
            ours.setblocking(False)
            theirs.send(b"x")
            seen = asyncio.Event()

            async def tick():
                for _ in range(500):
                    await asyncio.sleep(0.02)

            asyncio.get_running_loop().add_reader(ours, seen.set)
            try:
                async with asyncio.timeout(10.0), asyncio.TaskGroup() as group:
                    ticking = group.create_task(tick())
                    await seen.wait()
                    ticking.cancel()
            finally:
                asyncio.get_running_loop().remove_reader(ours)
            return now()

    assert run(work()) < 2.0


def test_a_scripted_caller_speaks_at_a_moment_of_the_call_or_of_a_prompt():
    acted = []

    async def act(turn):
        acted.append((round(now(), 3), turn.label))

    async def play():
        hotline = HotlineSpeech()
        turns = [
            CallerTurn(text="x", label="at", at=1.5),
            CallerTurn(text="x", label="when", when="账号", after=0.4),
            CallerTurn(text="x", label="late", at=2.0),
        ]
        caller = asyncio.create_task(perform(turns, hotline, act))
        for text in ("您好。", "请问有什么可以帮您？", "请说八位账号。"):
            hotline.began(text)
            await asyncio.sleep(3.0)
            hotline.ended()
        await caller

    run(play())
    assert acted == [(1.5, "at"), (6.4, "when"), (6.4, "late")]
