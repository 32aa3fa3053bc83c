"""The hotline's telephone line with a real Asterisk and real phones, over both media: the same is asked of each.

What is said is tones: they can be measured.
"""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import json
import os
import signal
import sys
import time
from pathlib import Path

import pytest

from ivr.asterisk.server import AsteriskServer
from ivr.call.line import AudioFrame, Destination, Speech
from ivr.clock import now
from ivr.dialogue.events import HungUp, KeyPressed
from ivr.qa.pbx.asterisk import Pbx
from ivr.qa.phone.sip_phone import Phone
from tests.asterisk.served_hotline import eventually
from tests.asterisk.signals import both_hear_each_other, pitch, tone

pytestmark = pytest.mark.asterisk
MEDIA = ("audiosocket", "websocket")
SUMMARY = "账单：账号12345678，问七月的费用，已核实身份"


@pytest.fixture(params=MEDIA)
def media(request):
    """Which way the sound goes."""
    return request.param


def speech(hz: float, seconds: float, began=lambda: None) -> Speech:
    """A tone as a prompt."""

    async def audio():
        yield tone(hz, seconds)

    return Speech(f"{hz} Hz", audio(), began)


def plays_until_the_end(ends):
    """A call that plays and is cut by keys; into `ends` goes who ended it, as told, and whether that was a cut."""

    async def on_call(line):
        playing = asyncio.create_task(line.play(speech(440, 10.0)))
        told = []
        async for event in line.incoming():
            if isinstance(event, KeyPressed):
                line.cut()
            elif isinstance(event, HungUp):
                told.append(event.by)
        ends.put_nowait((told, (await playing).cut))

    return on_call


def open_files() -> int:
    """How many descriptors this process holds."""
    return len(list(Path("/proc/self/fd").iterdir()))


async def next_key(line) -> str:
    """Listen to the line until a key is pressed."""
    async for event in line.incoming():
        if isinstance(event, KeyPressed):
            return event.key
    raise AssertionError("the call ended before a key was pressed")


async def test_the_caller_hears_the_prompt_whole_and_its_keys_and_voice_arrive(phone, ivr, media):
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

    await ivr(on_call, media=media)
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


async def test_a_cut_prompt_stops_within_two_tenths_and_what_was_heard_of_it_is_known_to_three_frames(
    phone, ivr, media
):
    began, played = [], asyncio.Queue()

    async def on_call(line):
        for stalls in (False, True, False):
            playing = asyncio.create_task(line.play(speech(440, 10.0, lambda: began.append(now()))))
            await next_key(line)
            if stalls:  # for so long our process gets no processor: Asterisk runs dry, and is given more later on
                time.sleep(0.15)  # noqa: ASYNC251  it is the stall
                await next_key(line)
            line.cut()
            line.cut()  # the second cut finds nothing to cut
            played.put_nowait(await playing)
            await asyncio.wait_for(next_key(line), 5)
        await line.hang_up()

    await ivr(on_call, media=media)
    call = await (await phone()).dial("ivr")
    for presses in (1, 2, 1):
        first = await call.media.heard_speech_start()
        for _ in range(presses):
            await call.media.wait(0.4)
            pressed = await call.media.press("1")
        prompt = await call.media.heard_speech_end(pause=0.3)
        assert prompt.end - pressed < 0.2  # 0.08 measured on a busy machine of two cores
        heard_s = sum(one.end - one.start for one in call.media.heard.utterances(0.0, after=first - 0.001))
        result = await played.get()
        assert result.cut
        assert result.heard_ms / 1000 == pytest.approx(heard_s, abs=0.06)
        began_at = began.pop() - (now() - call.media.now())
        assert began_at == pytest.approx(call.media.heard.arrived(first), abs=0.06)
        await call.media.press("2")
    await call.hung_up()
    assert call.ended_by == "far side"


async def test_the_end_of_a_goodbye_is_heard_before_the_line_is_hung_up(phone, ivr, media):
    async def on_call(line):
        assert (await line.play(speech(440, 0.5))).heard_ms == 500
        await line.hang_up()

    await ivr(on_call, media=media)
    call = await (await phone()).dial("ivr")
    await call.hung_up()
    assert sum(one.end - one.start for one in call.media.heard.utterances(0.0)) == pytest.approx(0.5, abs=0.021)


@pytest.mark.parametrize("moment", ["at once", "before the prompt", "in the prompt", "after a cut"])
async def test_a_caller_who_hangs_up_at_any_moment_is_told_once_and_nothing_is_left(phone, ivr, media, moment):
    ends = asyncio.Queue()
    server = await ivr(plays_until_the_end(ends), media=media)
    caller, files = await phone(), open_files()
    call = await caller.dial("ivr")
    if moment == "before the prompt":
        await eventually(lambda: server.calls or None, within=3, what="the call to begin")
    elif moment != "at once":
        await call.media.heard_speech_start()
    if moment == "after a cut":
        await call.media.press("1")
    await call.hang_up()
    if moment != "at once":  # too soon for a call to begin, as a rule
        assert await asyncio.wait_for(ends.get(), 3) == (["caller"], True)
    await eventually(lambda: True if not server.calls else None, within=3, what="the call to end")
    await eventually(lambda: True if open_files() <= files else None, within=3, what="every socket to be closed")
    assert ends.empty() or moment == "at once"


async def test_a_caller_handed_off_rings_the_agent_with_the_summary_and_both_hear_each_other(phone, ivr, media):
    results = []

    async def on_call(line):
        await next_key(line)
        results.append(await line.hand_off(Destination("support", SUMMARY)))

    await ivr(on_call, media=media)
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


async def test_a_queue_with_nobody_in_it_is_refused_and_the_caller_stays(phone, ivr, media):
    results = []

    async def on_call(line):
        results.append(await line.hand_off(Destination("support", SUMMARY)))
        await line.play(speech(500, 0.5))
        await line.hang_up()

    await ivr(on_call, media=media)
    caller = await phone()
    call = await caller.dial("ivr")
    await call.media.heard_speech_end(pause=0.2)
    await call.hung_up()
    assert [(result.accepted, result.reason) for result in results] == [(False, "empty")]


@pytest.mark.parametrize(
    ("fate", "longest"), [(signal.SIGKILL, 0.5), (signal.SIGSTOP, 3.0)], ids=["is killed", "freezes"]
)
async def test_an_ivr_that_dies_in_mid_call_leaves_its_caller_to_the_agent(phone, pbx, media, fate, longest):
    settings = json.dumps(dataclasses.asdict(pbx.settings(dead_man_s=2.0, media=media)))
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


async def test_an_asterisk_that_is_killed_ends_its_calls_once_each_and_is_served_again_when_it_is_back(
    asterisk, tmp_path
):
    own, ends = Pbx(asterisk.tree, tmp_path), asyncio.Queue()
    await asyncio.to_thread(own.start)
    async with contextlib.AsyncExitStack() as stack:
        stack.push_async_callback(asyncio.to_thread, own.stop)
        servers = [AsteriskServer(own.settings(media=media), plays_until_the_end(ends)) for media in MEDIA]
        phones = [await stack.enter_async_context(Phone(own.sip)) for _ in MEDIA]
        for server in servers:
            await server.start()
            stack.push_async_callback(server.close)

        async def call_each():
            for server, caller in zip(servers, phones, strict=True):
                await asyncio.to_thread(own.ivr_at, server.ports[0])
                call = await caller.dial("ivr")
                await call.media.heard_speech_start()

        await call_each()
        os.kill(own.pid, signal.SIGKILL)
        assert [await asyncio.wait_for(ends.get(), 3) for _ in MEDIA] == [(["caller"], True)] * len(MEDIA)
        await eventually(lambda: None if any(one.calls for one in servers) else True, within=3, what="the calls to end")
        await asyncio.to_thread(own.stop)
        await asyncio.to_thread(own.start)
        await call_each()
        assert ends.empty()


async def test_where_nobody_listens_for_its_websocket_the_caller_goes_to_people(phone, ivr):
    async def on_call(_line):
        raise AssertionError("there is no call without media")

    await ivr(on_call, media="websocket", audio_port=0)  # another port than websocket_client.conf says
    agent, caller = await phone("agent1"), await phone()
    call = await caller.dial("ivr")
    ringing = await agent.ring(within=6)
    await ringing.answer()
    await both_hear_each_other(call, ringing)
    await ringing.hang_up()
    await call.hung_up()
