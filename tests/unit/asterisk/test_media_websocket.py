"""The media WebSocket's edge, against clients on loopback that do what chan_websocket and others do."""

from __future__ import annotations

import asyncio
import contextlib
import json
from uuid import uuid4

import aiohttp
import pytest

from ivr.asterisk import media_websocket, media_websocket_server
from ivr.asterisk.audiosocket_wire import CallerAudio, CallerKey
from ivr.asterisk.media_socket import SocketEnded
from ivr.asterisk.media_websocket_server import MediaWebSocketServer
from ivr.errors import ServerError

pytestmark = pytest.mark.unit

BOUND_S = 5.0
VOICE = bytes(range(160)) * 2
START = {"event": "MEDIA_START", "channel": "WebSocket/ivr/0x1", "optimal_frame_size": 320}
LEAD = bytes(960)


@pytest.fixture
async def server():
    listening = MediaWebSocketServer(opening_s=0.1)
    await listening.listen("127.0.0.1", 0)
    yield listening
    await listening.close()


class ScriptedAsterisk:
    """chan_websocket's end of one call: plays nothing by itself, answers what the test says."""

    def __init__(self, socket):
        self.socket = socket

    async def tells(self, kind, **more):
        await self.socket.send_str(json.dumps({"event": kind, **more}))

    async def gets(self):
        """The next message: sound, or a command's name with its correlation id."""
        message = await asyncio.wait_for(self.socket.receive(), BOUND_S)
        if message.type is aiohttp.WSMsgType.TEXT:
            told = json.loads(message.data)
            return told["command"], told.get("correlation_id", "")
        return message.data

    async def gets_all(self, *expected):
        assert [await self.gets() for _ in expected] == list(expected)


@pytest.fixture
async def asterisk(server):
    """`await asterisk(uuid)`: dial as chan_websocket does."""
    async with aiohttp.ClientSession() as session:

        async def dialled(call):
            url = f"http://127.0.0.1:{server.port}/media?call={call}"
            return ScriptedAsterisk(await session.ws_connect(url, protocols=("media",)))

        yield dialled


@pytest.fixture
async def met(server, asterisk):
    """`await met()`: a call's socket, and the Asterisk at its other end, which has taken the lead."""

    async def both():
        uuid = uuid4()
        expected = server.expect(uuid)
        far = await asterisk(uuid)
        await far.tells(**{"kind": START["event"], **{key: value for key, value in START.items() if key != "event"}})
        socket = await asyncio.wait_for(expected, BOUND_S)
        await far.gets_all(LEAD, ("REPORT_QUEUE_DRAINED", ""))
        return socket, far

    return both


async def next_of(socket):
    return (await asyncio.wait_for(socket.received(), BOUND_S))[1]


async def told(future):
    return await asyncio.wait_for(future, BOUND_S)


async def test_voice_and_keys_come_in_order(met):
    socket, far = await met()
    await far.socket.send_bytes(VOICE)
    await far.tells("DTMF_END", digit="9")
    assert [await next_of(socket), await next_of(socket)] == [CallerAudio(VOICE), CallerKey("9")]


async def test_a_uuid_works_once_and_a_strangers_never(server, asterisk):
    uuid = uuid4()
    expected = server.expect(uuid)
    await asterisk(uuid)
    await asyncio.wait_for(expected, BOUND_S)
    for stranger in (uuid, uuid4(), "no-uuid"):
        with pytest.raises(aiohttp.WSServerHandshakeError, match="403"):
            await asterisk(stranger)
    assert len(server.awaited) == 0


async def test_a_request_that_is_no_websocket_does_not_use_the_uuid_up(server, asterisk):
    uuid = uuid4()
    expected = server.expect(uuid)
    async with (
        aiohttp.ClientSession() as session,
        session.get(f"http://127.0.0.1:{server.port}/media?call={uuid}") as no,
    ):
        assert no.status == 400
    await asterisk(uuid)
    await asyncio.wait_for(expected, BOUND_S)


@pytest.mark.parametrize("start", [b"", b"GET /media HT", b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"])
async def test_a_client_that_becomes_no_websocket_is_closed_in_time(server, start):
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
    writer.write(start)
    with contextlib.suppress(ConnectionResetError):
        await asyncio.wait_for(reader.read(), BOUND_S)
    writer.close()
    assert not server._opening


async def test_a_mark_tells_when_the_prompt_has_been_heard(met):
    socket, far = await met()
    socket.send_audio(VOICE)
    played = socket.played()
    await far.gets_all(VOICE, ("MARK_MEDIA", "1"))
    assert not played.done()
    await far.tells("MEDIA_MARK_PROCESSED", correlation_id="1")
    assert await told(played) == 0


async def test_a_cut_counts_what_asterisk_threw_away_and_the_marks_behind_it_never_come(met):
    socket, far = await met()
    for _ in range(10):
        socket.send_audio(VOICE)
    played, thrown_away = socket.played(), socket.flush()
    await far.gets_all(*[VOICE] * 10, ("MARK_MEDIA", "1"), ("GET_STATUS", ""), ("FLUSH_MEDIA", ""), LEAD)
    await far.tells("STATUS", queue_length=4)
    assert [await told(thrown_away), await told(played)] == [80, 80]


async def test_an_asterisk_that_does_not_answer_holds_up_nobody(met, monkeypatch):
    monkeypatch.setattr(media_websocket, "_ANSWER_S", 0.01)
    socket, _ = await met()
    assert [await told(socket.played()), await told(socket.flush())] == [0, 60]


async def test_a_queue_that_ran_dry_gets_its_lead_again_and_too_long_a_one_is_shortened_by_silence_only(met):
    socket, far = await met()
    await far.tells("QUEUE_DRAINED")
    await far.gets_all(LEAD, ("REPORT_QUEUE_DRAINED", ""))
    for _ in range(50):
        socket.send_audio(VOICE)
    await far.gets_all(*[VOICE] * 50, ("GET_STATUS", ""))
    await far.tells("STATUS", queue_length=7)
    await far.tells("DTMF_END", digit="1")
    await next_of(socket)  # so the status has been taken
    for pcm in (VOICE, *[bytes(320)] * 4, VOICE):
        socket.send_audio(pcm)
    await far.gets_all(VOICE, bytes(320), VOICE)


@pytest.mark.parametrize("how", ["in good order", "at once", "in the middle of a prompt", "while a cut is asked for"])
async def test_a_socket_that_asterisk_closes_is_the_callers_end_told_once_and_stays_ended(server, met, how):
    socket, far = await met()
    waiting = []
    if how != "in good order":
        waiting.append(socket.played())
    if how == "while a cut is asked for":
        waiting.append(socket.flush())
    if how == "in good order":
        await far.socket.close()
    else:
        far.socket._response.connection.transport.abort()
    assert [await next_of(socket), await next_of(socket)] == [SocketEnded("caller")] * 2
    assert [await told(each) for each in waiting] == [60] * len(waiting)
    with pytest.raises(ConnectionError):
        socket.send_audio(VOICE)
    assert [await told(socket.played()), await told(socket.flush())] == [60, 60]
    socket.close()


@pytest.mark.parametrize("text", ["", "MEDIA_START channel:x", '{"event":"DTMF_END","digit":"12"}'])
async def test_what_is_no_event_ends_the_line_as_a_fault(met, text):
    socket, far = await met()
    await far.socket.send_str(text)
    ended = await next_of(socket)
    assert ended.by == "fault"
    assert "chan_websocket" in ended.reason


async def test_frames_of_another_size_are_refused_with_what_to_dial(server, asterisk):
    uuid = uuid4()
    expected = server.expect(uuid)
    far = await asterisk(uuid)
    await far.tells("MEDIA_START", channel="x", optimal_frame_size=640)
    assert "dial with c(slin)" in (await next_of(await asyncio.wait_for(expected, BOUND_S))).reason


async def test_an_asterisk_that_does_not_read_ends_the_line_and_the_connection(server, met):
    socket, far = await met()
    far.socket._response.connection.transport.pause_reading()

    def send_on():
        for _ in range(200):
            socket.send_audio(VOICE)

    with pytest.raises(ConnectionError, match="stuck"):
        send_on()
    ended = await next_of(socket)
    assert ended.by == "fault"
    assert "two seconds" in ended.reason


async def test_a_frozen_asterisk_does_not_keep_a_closed_connection_open(server, met, monkeypatch):
    for module in (media_websocket, media_websocket_server):
        monkeypatch.setattr(module, "CLOSE_S", 0.05)
    socket, far = await met()
    far.socket._response.connection.transport.pause_reading()
    socket.close()
    async with asyncio.timeout(BOUND_S):
        while server._open:  # noqa: ASYNC110  the server tells nobody
            await asyncio.sleep(0.01)


async def test_a_port_in_use_says_which_setting_mends_it(server):
    with pytest.raises(ServerError, match="set audio_port in"):
        await MediaWebSocketServer(opening_s=1).listen("127.0.0.1", server.port)
