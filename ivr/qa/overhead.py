"""What a call costs besides decoding: ears, voice activity and player, with a recogniser that says what it is told.

Decided: the player plays half of the time and sends silence the other half, as in a call. What driving the frames
costs by itself (the clock's tick and a listener that does nothing) is measured beside it, since in a real call the
line does that.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager, suppress

import numpy as np

from ivr.audio import RATE, to_pcm
from ivr.call.line import AudioFrame, Speech
from ivr.call.player import FramePlayer
from ivr.hearing.expectation import Expectation
from ivr.qa.taped_call import Load, Tape, ears_of, live_through, spread_callers
from ivr_asr.scripted import Scripted

_PROMPT_S = 4.0
_PROMPT = to_pcm(np.random.default_rng(1).normal(0.0, 0.05, int(RATE * _PROMPT_S)).astype(np.float32))
"""As loud as a voice, so that the echo canceller has its work."""


class NoListener:
    """Does nothing with what it hears."""

    def expect(self, expectation: Expectation) -> None:
        """Nothing."""

    def hear(self, frame: AudioFrame) -> None:
        """Nothing."""


async def frames_alone(tape: Tape, calls: int, seconds: float) -> Load:
    """The cost of handing out frames."""
    callers = spread_callers(tape, calls)
    for caller in callers:
        caller.listener = NoListener()
    return await live_through(callers, seconds, lambda: ())


async def without_decoding(tape: Tape, calls: int, seconds: float) -> Load:
    """The cost of the frames, the ears and the player."""
    async with AsyncExitStack() as stack:
        callers = spread_callers(tape, calls)
        ears = await ears_of(callers, Scripted(), stack)
        for number, own in enumerate(ears):
            await stack.enter_async_context(_player(own.played, number / calls * 2 * _PROMPT_S))
        return await live_through(callers, seconds, lambda: ())


@asynccontextmanager
async def _player(played: Callable[[bytes], None], delay_s: float) -> AsyncIterator[None]:
    """A player whose sound the ears know of, as in a call."""
    player = FramePlayer(lambda _frame: None)
    player.tap(played)
    tasks = [asyncio.create_task(player.run(), name="player"), asyncio.create_task(_prompts(player, delay_s))]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task


async def _prompts(player: FramePlayer, delay_s: float) -> None:
    async def pieces() -> AsyncIterator[bytes]:
        yield _PROMPT

    if delay_s >= _PROMPT_S:
        await asyncio.sleep(delay_s - _PROMPT_S)
    while True:
        await player.play(Speech("", pieces()))
        await asyncio.sleep(_PROMPT_S)
