"""chan_websocket as the way for media: what the AudioSocket's tests ask of a call, with a real Asterisk."""

from __future__ import annotations

import asyncio

import pytest

from ivr.call.line import AudioFrame, Destination, Speech
from ivr.dialogue.events import HungUp, KeyPressed
from tests.asterisk.signals import both_hear_each_other, pitch, tone

pytestmark = pytest.mark.asterisk


def speech(hz, seconds):
    """A tone as a prompt."""

    async def audio():
        yield tone(hz, seconds)

    return Speech(f"{hz} Hz", audio())


async def next_key(line):
    """Listen to the line until a key is pressed."""
    async for event in line.incoming():
        if isinstance(event, KeyPressed):
            return event.key
    raise AssertionError("the call ended before a key was pressed")


@pytest.fixture
async def by_websocket(ivr, pbx):
    """Start the server with chan_websocket for media."""

    async def started(on_call, **settings):
        return await ivr(on_call, media="websocket", audio_port=pbx.media_port, **settings)

    return started


async def test_the_caller_hears_the_prompt_whole_and_its_keys_and_voice_arrive(phone, by_websocket):
    keys, voice, ended = [], bytearray(), asyncio.get_running_loop().create_future()

    async def on_call(line):
        await line.play(speech(440, 1.0))
        async for event in line.incoming():
            if isinstance(event, KeyPressed):
                keys.append(event.key)
            elif isinstance(event, AudioFrame):
                voice.extend(event.pcm)
            else:
                ended.set_result(event)

    await by_websocket(on_call)
    call = await (await phone()).dial("ivr")
    prompt = await call.media.heard_speech_end(pause=0.4)
    assert 0.97 < prompt.end - prompt.start < 1.3
    assert pitch(call.media.heard.pcm(prompt.start, prompt.end)) == pytest.approx(440, abs=5)
    await call.media.say(tone(700, 0.5))
    await call.media.press("12#")
    await call.media.wait(0.3)
    await call.hang_up()
    assert await asyncio.wait_for(ended, 3) == HungUp(pytest.approx(call.media.now(), abs=0.5), "caller")
    assert keys == ["1", "2", "#"]
    assert pitch(bytes(voice)) == pytest.approx(700, abs=5)


async def test_a_prompt_that_is_cut_stops_for_the_caller_within_two_tenths_of_a_second(phone, by_websocket):
    played = asyncio.get_running_loop().create_future()

    async def on_call(line):
        playing = asyncio.create_task(line.play(speech(440, 10.0)))
        await next_key(line)
        line.cut()
        played.set_result(await playing)
        await asyncio.wait_for(next_key(line), 5)
        await line.hang_up()

    await by_websocket(on_call)
    call = await (await phone()).dial("ivr")
    began = await call.media.heard_speech_start()
    await call.media.wait(0.5)
    pressed = await call.media.press("1")
    prompt = await call.media.heard_speech_end(pause=0.3)
    assert prompt.end - pressed < 0.2  # 0.06 measured
    result = await played
    assert result.cut
    assert result.heard_ms / 1000 == pytest.approx(prompt.end - began, abs=0.2)
    await call.media.press("2")
    await call.hung_up()
    assert call.ended_by == "far side"


async def test_a_caller_handed_off_rings_the_agent_and_both_hear_each_other(phone, by_websocket):
    results = []

    async def on_call(line):
        await next_key(line)
        results.append(await line.hand_off(Destination("support", "账单")))

    await by_websocket(on_call)
    agent, caller = await phone("agent1"), await phone()
    call = await caller.dial("ivr")
    await call.media.wait(0.3)
    await call.media.press("0")
    ringing = await agent.ring(within=3)
    assert ringing.header("X-IVR-Summary") == "账单"
    await ringing.answer()
    await both_hear_each_other(call, ringing)
    assert [result.accepted for result in results] == [True]
    await ringing.hang_up()
    await call.hung_up()


async def test_where_nobody_listens_for_its_media_the_caller_goes_to_people(phone, ivr):
    async def on_call(_line):
        raise AssertionError("there is no call without media")

    await ivr(on_call, media="websocket")  # on another port than websocket_client.conf says
    agent, caller = await phone("agent1"), await phone()
    call = await caller.dial("ivr")
    ringing = await agent.ring(within=6)
    await ringing.answer()
    await both_hear_each_other(call, ringing)
    await ringing.hang_up()
    await call.hung_up()
