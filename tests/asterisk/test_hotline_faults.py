"""What goes wrong around the hotline, and whom the caller reaches then: killed, told to end, no AMI, a port that is
held, clients that do not speak the protocol, and the doctor who says what is wrong.
"""

from __future__ import annotations

import asyncio
import signal
import socket
from contextlib import AsyncExitStack, closing

import pytest

from ivr.audio import RATE, read_audio
from ivr.call.journal import read_journal
from ivr.dialogue.events import HandedOff, HungUp
from ivr.qa.pbx.asterisk import HOST
from tests.asterisk.caller_speech import recorded
from tests.asterisk.served_hotline import ServedHotline, environment, eventually, run_ivr
from tests.asterisk.signals import both_hear_each_other

pytestmark = pytest.mark.asterisk


@pytest.fixture
async def serve(pbx, served, tmp_path_factory):
    """`await serve(**settings)`: an `ivr serve` of the test's own, with the dialplan pointing at it."""
    async with AsyncExitStack() as running:

        async def started(**settings):
            own = ServedHotline(pbx, tmp_path_factory.mktemp("own"), **settings)
            running.push_async_callback(asyncio.to_thread, own.stop)
            await asyncio.to_thread(own.start)
            await asyncio.to_thread(pbx.ivr_at, own.agi_port)
            return own

        yield started


@pytest.mark.parametrize("media", ["audiosocket", "websocket"])
async def test_killing_the_server_in_mid_call_brings_the_caller_to_the_agent(phone, serve, media):
    own = await serve(asterisk_media=media)
    workers = own.workers()
    agent, caller = await phone("agent1"), await phone()
    call = await caller.dial("ivr")
    await call.media.heard_speech_start()
    await call.media.press("1")
    await call.media.wait(2.0)
    struck = call.media.now()
    own.send(signal.SIGKILL)
    ringing = await agent.ring(within=3)
    assert call.media.now() - struck < 0.5
    await ringing.answer()
    await both_hear_each_other(call, ringing)

    assert own.ended() == -signal.SIGKILL
    assert workers
    await eventually(lambda: None if own.alive(workers) else True, within=5, what="its recognisers to end with it")
    [journal] = own.calls.glob("*.jsonl")
    _, exchanges = read_journal(journal)
    assert not any(isinstance(exchange.event, HungUp | HandedOff) for exchange in exchanges)
    assert len(read_audio(journal.with_suffix(".flac"))) / 2 / RATE > struck - 2.0
    status, said = await run_ivr("replay", str(journal))
    assert (status, "the same" in said) == (0, True), said


async def test_a_server_told_to_end_serves_its_caller_to_the_end_while_new_callers_reach_people(phone, serve):
    own = await serve()
    agent, caller, late = await phone("agent1"), await phone(), await phone()
    call = await caller.dial("ivr")
    await call.media.heard_speech_start()
    own.send(signal.SIGTERM)
    await eventually(lambda: True if "no new calls; 1 running" in own.log() else None, within=3, what="it to drain")
    late_call = await late.dial("ivr")
    ringing = await agent.ring(within=2)
    await ringing.answer()
    await both_hear_each_other(late_call, ringing)
    assert '"reason": "draining"' in own.log()

    await call.media.say(recorded("faq_and_goodbye/05"))  # 没有别的了
    await call.hung_up(within=15)
    assert call.ended_by == "far side"
    assert await asyncio.to_thread(own.ended) == 0
    [ended] = own.ended_calls()
    assert (ended["how"], ended["by"]) == ("hung_up", "hotline")
    assert own.complaints() == []


async def test_without_ami_the_hotline_answers_and_brings_callers_to_agents_all_the_same(phone, serve, pbx):
    with closing(socket.create_server((HOST, 0))) as nobody:
        closed = nobody.getsockname()[1]
    refused, down = await asyncio.gather(serve(asterisk_ami_secret="not the secret"), serve(asterisk_ami_port=closed))
    agent = await phone("agent1")
    for own, reason in ((refused, "refuses the login of 'ivr'"), (down, "cannot be reached")):
        await asyncio.to_thread(pbx.ivr_at, own.agi_port)
        caller = await phone()
        call = await caller.dial("ivr")
        await call.media.heard_speech_start()
        await call.media.press("0")
        ringing = await agent.ring(within=10)
        assert ringing.header("X-IVR-Summary").startswith("云服务客服热线")
        await ringing.answer()
        await both_hear_each_other(call, ringing)
        await ringing.hang_up()
        [complaint] = own.complaints()
        assert reason in complaint
        assert [(ended["how"], ended["queue"]) for ended in await own.calls_ended()] == [("handed_off", "support")]


async def test_a_port_that_is_held_is_one_clear_line_and_status_1(served, pbx, tmp_path):
    own = environment(pbx, tmp_path)
    held = (("agi", served.agi_port, "FastAGI"), ("audio", served.audio_port, "AudioSocket"))
    runs = [run_ivr("serve", settings=own | {f"IVR_ASTERISK_{name.upper()}_PORT": str(port)}) for name, port, _ in held]
    for (name, port, what), (status, said) in zip(held, await asyncio.gather(*runs), strict=True):
        assert status == 1
        [line] = said.splitlines()
        assert f"{what} server cannot listen on {HOST}:{port}" in line
        assert f"set {name}_port in [asterisk] of ivr.toml" in line


async def test_the_doctor_finds_all_well_or_names_each_fault_with_what_to_do(phone, served, pbx, tmp_path):
    await phone("agent1")
    well = environment(pbx, tmp_path)
    wrong_secret = well | {"IVR_ASTERISK_AMI_SECRET": "not the secret"}
    by_websocket = environment(pbx, tmp_path, asterisk_media="websocket")
    other_queue = by_websocket | {"IVR_ASTERISK_QUEUES": "support,night"}
    checks = await asyncio.gather(
        *(run_ivr("serve", "--check", settings=each) for each in (well, wrong_secret, other_queue))
    )
    (status, said), (status_secret, said_secret), (status_queue, said_queue) = checks
    assert status == 0, said
    assert "ready to serve" in said
    assert not [line for line in said.splitlines() if line.startswith(("FAULT", "?"))], said
    for what in ("agi port", "AMI", "Asterisk: 22", "module app_audiosocket", "dialplan", "queue support", "clock"):
        assert what in said
    assert f"ok    websocket_client.conf: [ivr] dials ws://{HOST}:{pbx.media_port}/media" in said_queue
    assert status_secret == status_queue == 1
    assert "make ami_user and ami_secret of ivr.toml the same as in manager.conf" in said_secret
    assert "not the secret" not in said_secret
    assert "FAULT  queue night: Asterisk has no such queue" in said_queue
    assert "add [night] to queues.conf" in said_queue
    assert said_queue.count("FAULT") == said_secret.count("FAULT") == 1


async def test_clients_that_do_not_speak_the_protocol_are_let_go_and_the_next_call_is_served(phone, served, pbx):
    pbx.ivr_at(served.agi_port)
    before = len(served.log())
    silent = await asyncio.open_connection(HOST, served.agi_port)
    silent_audio = await asyncio.open_connection(HOST, served.audio_port)
    for port, half in (
        (served.agi_port, b"agi_network: yes\nagi_channel: PJSIP/x\nagi_call"),
        (served.audio_port, b"\x01\x00\x10\x12\x34"),
        (served.audio_port, b"\x10\x01"),
        (served.audio_port, b"GET / HTTP/1.1\r\n\r\n"),
    ):
        _, writer = await asyncio.open_connection(HOST, port)
        writer.write(half)
        await writer.drain()
        writer.close()
        await writer.wait_closed()
    caller = await phone()
    call = await caller.dial("ivr")
    await call.media.heard_speech_start(within=3)
    for reader, writer in (silent, silent_audio):
        assert await asyncio.wait_for(reader.read(), 5) == b""  # they are let go after `opening_s`
        writer.close()
        await writer.wait_closed()
    await call.hang_up()
    [ended] = await served.calls_ended(after=before)
    assert ended["by"] == "caller"
    complaints = served.complaints(before)
    assert complaints
    assert not [line for line in complaints if "Traceback" in line or '"warning"' not in line]
