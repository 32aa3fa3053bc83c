"""What comes from a simulated caller: frames in the tick that brings them, everything in its order."""

import asyncio

import pytest

from ivr.call.line import AudioFrame
from ivr.dialogue.events import HungUp, KeyPressed
from ivr.simulate.arrivals import Arrivals

pytestmark = pytest.mark.unit


def frame(number):
    return AudioFrame(number * 0.02, bytes([number]) * 320)


async def test_who_takes_frames_has_them_without_a_reader_being_woken():
    coming, taken = Arrivals(), []
    coming.frames_to(taken.append)
    reader = asyncio.create_task(coming.next())
    await asyncio.sleep(0)
    for number in range(3):
        coming.put_nowait(frame(number))
        coming.deliver()
    assert taken == [frame(0), frame(1), frame(2)]
    await asyncio.sleep(0)
    assert not reader.done()
    coming.put_nowait(HungUp(1.0, "caller"))
    assert await reader == HungUp(1.0, "caller")


async def test_a_frame_never_overtakes_the_key_that_was_pressed_before_it():
    coming, told = Arrivals(), []
    coming.frames_to(told.append)
    coming.put_nowait(frame(1))
    coming.put_nowait(KeyPressed(0.03, "5"))
    coming.put_nowait(frame(2))
    coming.deliver()
    assert told == [frame(1)]
    told.append(await coming.next())
    coming.deliver()
    assert told == [frame(1), KeyPressed(0.03, "5"), frame(2)]


async def test_a_reader_who_takes_everything_has_everything():
    coming = Arrivals()
    reader = asyncio.create_task(coming.next())
    await asyncio.sleep(0)
    coming.put_nowait(frame(1))
    coming.deliver()
    assert await reader == frame(1)


async def test_what_fails_at_a_frame_is_the_readers_and_no_more_frames_go_there():
    coming, taken = Arrivals(), []

    def fail(item):
        taken.append(item)
        raise ValueError("this frame")

    coming.frames_to(fail)
    reader = asyncio.create_task(coming.next())
    await asyncio.sleep(0)
    for number in range(2):
        coming.put_nowait(frame(number))
        coming.deliver()
    with pytest.raises(ValueError, match="this frame"):
        await reader
    assert taken == [frame(0)]
