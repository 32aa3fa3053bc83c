"""The bench itself, and the dialplan of asterisk_conf/ while no IVR is there to help."""

from __future__ import annotations

import asyncio

import pytest

from ivr.audio import read_audio
from ivr.qa.phone.sip_phone import CallRefused
from tests.asterisk.signals import both_hear_each_other, pitch, tone

pytestmark = pytest.mark.asterisk


@pytest.mark.parametrize("codec", ["PCMU", "PCMA"])
async def test_a_caller_hears_itself_back(phone, codec):
    caller = await phone(codec=codec)
    call = await caller.dial("bench-echo")
    await call.media.wait(0.3)
    said = await call.media.say(tone(440, 0.5))
    heard = await call.media.heard_speech_end(pause=0.3)
    assert heard.start - said.start < 0.3
    assert 0.47 < heard.end - heard.start < 0.8  # a busy machine may stutter, nothing may be missing
    assert pitch(call.media.heard.pcm(heard.start, heard.end)) == pytest.approx(440, abs=5)


async def test_keys_reach_the_far_side_once_each(phone, pbx):
    caller = await phone()
    call = await caller.dial("bench-keys")
    await call.media.wait(0.2)
    await call.media.press("10#5")  # Read ends at the hash
    await call.hung_up()
    assert pbx.cli("database get bench keys").split() == ["Value:", "10"]


async def test_a_number_that_nobody_has_is_refused(phone):
    caller = await phone()
    with pytest.raises(CallRefused, match="404"):
        await caller.dial("nobody-has-this")


async def test_a_call_that_is_given_up_stops_ringing(phone):
    agent, caller = await phone("agent1"), await phone()
    call = await caller.dial("ivr")
    ringing = await agent.ring()
    await call.hang_up()
    await ringing.hung_up(within=2)
    assert ringing.ended_by == "far side"
    with pytest.raises(CallRefused, match="487"):
        await ringing.answer()


async def test_without_an_ivr_the_agent_rings_at_once_and_both_hear_each_other(phone):
    agent, caller = await phone("agent1"), await phone()
    call = await caller.dial("ivr")
    ringing = await agent.ring(within=2)
    assert call.media.now() < 0.3  # milliseconds, on an idle machine
    await ringing.answer()
    await both_hear_each_other(call, ringing)
    await call.media.press("7*")
    await ringing.media.heard_keys("7*")
    await ringing.hang_up()
    await call.hung_up()


async def test_a_trunk_that_sends_no_number_reaches_the_hotline_all_the_same(phone):
    agent, caller = await phone("agent1"), await phone()
    call = await caller.dial("s")
    ringing = await agent.ring(within=2)
    await ringing.answer()
    await both_hear_each_other(call, ringing)


async def test_an_ivr_that_says_nothing_loses_its_caller_to_the_agent(phone, pbx):
    done = asyncio.Event()

    async def accepts_and_is_silent(_reader, writer):
        await done.wait()
        writer.close()

    server = await asyncio.start_server(accepts_and_is_silent, "127.0.0.1", 0)
    pbx.ivr_at(server.sockets[0].getsockname()[1])
    pbx.set_global("IVR_PATIENCE", "1")
    agent, caller = await phone("agent1"), await phone()
    call = await caller.dial("ivr")
    ringing = await agent.ring(within=4)
    assert call.media.now() == pytest.approx(1.0, abs=0.4)
    await ringing.answer()
    await both_hear_each_other(call, ringing)
    done.set()
    server.close()
    await server.wait_closed()


@pytest.mark.parametrize("agents", ["nobody is there", "everybody is busy"])
async def test_without_an_agent_the_caller_hears_a_prompt_and_leaves_a_message(phone, pbx, agents):
    before = pbx.messages()
    if agents == "everybody is busy":
        pbx.set_global("IVR_QUEUE_SECONDS", "2")
        (await phone("agent1")).busy = True
    caller = await phone()
    call = await caller.dial("ivr")
    asked = await call.media.heard_speech_end(pause=0.5)  # the music of the queue if there is one, the prompt, the beep
    assert asked.end - asked.start > 2.0
    await call.media.say(tone(600, 1.0))
    await call.media.press("#")
    await call.hung_up()
    [message] = [path for path in pbx.messages() if path not in before]
    assert pitch(read_audio(message)) == pytest.approx(600, abs=10)
