"""Nothing to say is said as silence: a frame every 20 ms, so that no phone, NAT or SBC takes the line for dead."""

import asyncio
from itertools import pairwise

import pytest

from ivr.audio import SILENCE
from ivr.call.line import Speech
from ivr.call.player import FramePlayer
from ivr.clock import now
from ivr.simulate.virtual_loop import run

pytestmark = pytest.mark.unit

SOUND = b"\x01\x02" * 160


async def _prompt(frames):
    for _ in range(frames):
        yield SOUND


async def _sent(during):
    """(seconds, frame) of all that goes out until `during` is over."""
    sent = []
    player = FramePlayer(lambda frame: sent.append((now(), frame)))
    running = asyncio.create_task(player.run())
    await during(player)
    running.cancel()
    await asyncio.wait([running])
    return sent


def steady(sent):
    return {round(later - earlier, 6) for (earlier, _), (later, _) in pairwise(sent)} == {0.02}


def test_a_minute_in_which_nothing_is_said_is_three_thousand_frames_of_silence():
    sent = run(_sent(lambda _: asyncio.sleep(59.99)))
    assert len(sent) == 3000
    assert {frame for _, frame in sent} == {SILENCE}
    assert steady(sent)


def test_silence_goes_out_before_between_and_after_prompts_and_after_a_cut():
    async def talks(player):
        await asyncio.sleep(0.99)
        await player.play(Speech("", _prompt(10)))
        await asyncio.sleep(1)
        playing = asyncio.create_task(player.play(Speech("", _prompt(100))))
        await asyncio.sleep(0.4)
        player.cut()
        await playing
        await asyncio.sleep(1)

    sent = run(_sent(talks))
    assert steady(sent)
    said = [frame for _, frame in sent]
    assert said[:50] == [SILENCE] * 50
    assert said[-50:] == [SILENCE] * 50
    assert 20 <= said.count(SOUND) - 10 <= 21


def test_a_voice_that_keeps_the_caller_waiting_is_silence_and_not_nothing():
    async def late():
        await asyncio.sleep(3)
        yield SOUND

    sent = run(_sent(lambda player: player.play(Speech("", late()))))
    assert steady(sent)
    assert len(sent) >= 150
