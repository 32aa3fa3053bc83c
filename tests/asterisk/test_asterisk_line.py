"""The hotline's telephone line with a real Asterisk and real phones. What is said is tones: they can be measured."""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import json
import signal
import sys

import pytest

from ivr.call.line import AudioFrame, Destination, Speech
from ivr.dialogue.events import HungUp, KeyPressed
from tests.asterisk.signals import both_hear_each_other, pitch, tone

pytestmark = pytest.mark.asterisk
SUMMARY = "账单：账号12345678，问七月的费用，已核实身份"


def speech(hz: float, seconds: float) -> Speech:
    """A tone as a prompt."""

    async def audio():
        yield tone(hz, seconds)

    return Speech(f"{hz} Hz", audio())


async def next_key(line) -> str:
    """Listen to the line until a key is pressed."""
    async for event in line.incoming():
        if isinstance(event, KeyPressed):
            return event.key
    raise AssertionError("the call ended before a key was pressed")


async def test_the_caller_hears_the_prompt_whole_and_its_keys_and_voice_arrive(phone, ivr):
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

    await ivr(on_call)
    caller = await phone()
    call = await caller.dial("ivr")
    prompt = await call.media.heard_speech_end(pause=0.4)
    assert 0.97 < prompt.end - prompt.start < 1.3  # a busy machine may stutter, nothing may be missing
    assert pitch(call.media.heard.pcm(prompt.start, prompt.end)) == pytest.approx(440, abs=5)
    await call.media.say(tone(700, 0.5))
    await call.media.press("12#")
    await call.media.wait(0.3)
    await call.hang_up()
    assert await asyncio.wait_for(ended, 3) == HungUp(pytest.approx(call.media.now(), abs=0.5), "caller")
    assert keys == ["1", "2", "#"]
    assert pitch(bytes(voice)) == pytest.approx(700, abs=5)


async def test_a_prompt_that_is_cut_stops_for_the_caller_within_two_tenths_of_a_second(phone, ivr):
    played = asyncio.get_running_loop().create_future()

    async def on_call(line):
        playing = asyncio.create_task(line.play(speech(440, 10.0)))
        await next_key(line)
        line.cut()
        played.set_result(await playing)
        await asyncio.wait_for(next_key(line), 5)
        await line.hang_up()

    await ivr(on_call)
    caller = await phone()
    call = await caller.dial("ivr")
    began = await call.media.heard_speech_start()
    await call.media.wait(0.5)
    pressed = await call.media.press("1")
    prompt = await call.media.heard_speech_end(pause=0.3)
    assert prompt.end - pressed < 0.2  # 0.08 measured on a busy machine of two cores
    result = await played
    assert result.cut
    assert result.heard_ms / 1000 == pytest.approx(prompt.end - began, abs=0.2)
    await call.media.press("2")
    await call.hung_up()
    assert call.ended_by == "far side"


async def test_a_caller_handed_off_rings_the_agent_with_the_summary_and_both_hear_each_other(phone, ivr):
    results = []

    async def on_call(line):
        await next_key(line)
        results.append(await line.hand_off(Destination("support", SUMMARY)))

    await ivr(on_call)
    agent, caller = await phone("agent1"), await phone()
    call = await caller.dial("ivr")
    await call.media.wait(0.3)
    pressed = await call.media.press("0")
    ringing = await agent.ring(within=3)
    assert call.media.now() - pressed < 1.0
    assert ringing.display_name.startswith("账单：账号12345678")
    assert ringing.header("X-IVR-Summary") == SUMMARY
    await ringing.answer()
    await both_hear_each_other(call, ringing)
    assert [result.accepted for result in results] == [True]
    await ringing.hang_up()
    await call.hung_up()


async def test_a_queue_with_nobody_in_it_is_refused_and_the_caller_stays(phone, ivr):
    results = []

    async def on_call(line):
        results.append(await line.hand_off(Destination("support", SUMMARY)))
        await line.play(speech(500, 0.5))
        await line.hang_up()

    await ivr(on_call)
    caller = await phone()
    call = await caller.dial("ivr")
    await call.media.heard_speech_end(pause=0.2)
    await call.hung_up()
    assert [(result.accepted, result.reason) for result in results] == [(False, "empty")]


@pytest.mark.parametrize(
    ("fate", "longest"), [(signal.SIGKILL, 0.5), (signal.SIGSTOP, 3.0)], ids=["is killed", "freezes"]
)
async def test_an_ivr_that_dies_in_mid_call_leaves_its_caller_to_the_agent(phone, pbx, fate, longest):
    settings = json.dumps(dataclasses.asdict(pbx.settings(dead_man_s=2.0)))
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.asterisk.trivial_ivr", settings, stdout=asyncio.subprocess.PIPE
    )
    try:
        port = await asyncio.wait_for(process.stdout.readline(), 20)
        pbx.ivr_at(int(port))
        agent, caller = await phone("agent1"), await phone()
        call = await caller.dial("ivr")
        await call.media.heard_speech_start()
        await call.media.wait(0.5)
        struck = call.media.now()
        process.send_signal(fate)
        ringing = await agent.ring(within=longest + 2)
        assert call.media.now() - struck < longest
        await ringing.answer()
        await both_hear_each_other(call, ringing)
        if fate == signal.SIGSTOP:  # it wakes again: the caller is the agent's now, and stays
            process.send_signal(signal.SIGCONT)
            await call.media.wait(2.5)
            await both_hear_each_other(call, ringing)
    finally:
        with contextlib.suppress(ProcessLookupError):  # it was killed in the middle
            process.kill()
        await process.communicate()
