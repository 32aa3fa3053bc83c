"""A caller for whom there is no room: what the dialplan does with it, and that nobody is lost over it."""

from __future__ import annotations

import asyncio

import pytest

from ivr.dialogue.events import HungUp
from tests.asterisk.signals import both_hear_each_other, pitch
from tests.asterisk.test_asterisk_line import speech

pytestmark = pytest.mark.asterisk


async def until_hung_up(line):
    """Play a tone of 440 Hz until the caller is gone."""
    playing = asyncio.create_task(line.play(speech(440, 30.0)))
    async for event in line.incoming():
        if isinstance(event, HungUp):
            break
    line.cut()
    await playing


async def plays_a_tone(line):
    await line.play(speech(700, 3.0))


async def hears_tone(call, hz):
    start = await call.media.heard_speech_start(within=4)
    await call.media.wait(0.8)
    assert pitch(call.media.heard.pcm(start + 0.2, start + 0.7)) == pytest.approx(hz, abs=10)


async def test_the_call_above_the_limit_reaches_the_queue_at_once_and_the_other_goes_on(phone, ivr):
    await ivr(until_hung_up, max_calls=1)
    agent, first, second = await phone("agent1"), await phone(), await phone()
    served = await first.dial("ivr")
    await hears_tone(served, 440)
    turned_away = await second.dial("ivr")
    ringing = await agent.ring(within=2)
    assert turned_away.media.now() < 1.0
    await ringing.answer()
    await both_hear_each_other(turned_away, ringing)
    served.media.forget_heard()
    await hears_tone(served, 440)


async def test_the_call_above_the_limit_hears_the_prompt_and_then_reaches_a_person(phone, ivr, pbx):
    pbx.set_global("IVR_BUSY_PROMPT", "vm-nobodyavail")
    await ivr(until_hung_up, max_calls=1)
    agent, first, second = await phone("agent1"), await phone(), await phone()
    await hears_tone(await first.dial("ivr"), 440)
    turned_away = await second.dial("ivr")
    prompt = await turned_away.media.heard_speech_end(pause=0.3, within=6)
    assert prompt.end - prompt.start > 1.0
    ringing = await agent.ring(within=5)
    await ringing.answer()
    await both_hear_each_other(turned_away, ringing)


async def test_the_call_above_the_limit_is_answered_by_the_second_node(phone, ivr, pbx):
    second_node = await ivr(plays_a_tone)
    pbx.set_global("IVR_AGI_SECOND", f"agi://127.0.0.1:{second_node.ports[0]}/ivr")
    await ivr(until_hung_up, max_calls=1)
    first, second = await phone(), await phone()
    await hears_tone(await first.dial("ivr"), 440)
    await hears_tone(await second.dial("ivr"), 700)


async def test_when_no_node_has_room_the_caller_reaches_a_person(phone, ivr, pbx):
    full = await ivr(until_hung_up, max_calls=1)
    full.admission.draining = True
    pbx.set_global("IVR_AGI_SECOND", f"agi://127.0.0.1:{full.ports[0]}/ivr")
    await ivr(until_hung_up, max_calls=1)
    agent, first, second = await phone("agent1"), await phone(), await phone()
    await hears_tone(await first.dial("ivr"), 440)
    turned_away = await second.dial("ivr")
    ringing = await agent.ring(within=2)
    await ringing.answer()
    await both_hear_each_other(turned_away, ringing)


async def test_a_drain_in_mid_call_turns_new_callers_away_and_its_end_brings_the_caller_to_people(phone, ivr):
    server = await ivr(until_hung_up)
    agent, first, second = await phone("agent1"), await phone(), await phone()
    served = await first.dial("ivr")
    await hears_tone(served, 440)
    draining = asyncio.create_task(server.drain(4.0))
    turned_away = await second.dial("ivr")
    ringing = await agent.ring(within=2)
    await ringing.answer()
    await both_hear_each_other(turned_away, ringing)
    assert served.state == "up"
    await turned_away.hang_up()
    await ringing.hung_up()
    assert await draining == 1  # the bound: who is still there goes to people
    ringing = await agent.ring(within=5)
    await ringing.answer()
    await both_hear_each_other(served, ringing)
    # The port is closed now: a caller goes to people as with an IVR that is not running.
    await served.hang_up()
    await ringing.hung_up()
    after = await second.dial("ivr")
    ringing = await agent.ring(within=2)
    await ringing.answer()
    await both_hear_each_other(after, ringing)
