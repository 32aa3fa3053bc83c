"""AudioSocket's edge, against clients on loopback that do what clients do."""

from __future__ import annotations

import asyncio
import contextlib
from uuid import uuid4

import pytest

from ivr.asterisk.audiosocket import AudioSocketServer
from ivr.asterisk.audiosocket_wire import HANGUP_FRAME, CallerAudio, CallerKey, audio_frame, key_frame, uuid_frame
from ivr.asterisk.media_socket import SocketEnded
from ivr.errors import ServerError

pytestmark = pytest.mark.unit

BOUND_S = 5.0
VOICE = bytes(range(160)) * 2


@pytest.fixture
async def server():
    listening = AudioSocketServer(opening_s=0.1)
    await listening.listen("127.0.0.1", 0)
    yield listening
    await listening.close()


@pytest.fixture
async def connect(server):
    writers = []

    async def client(start):
        reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
        writers.append(writer)
        writer.write(start)
        return reader, writer

    yield client
    for writer in writers:
        writer.close()


async def met(server, connect, more=b""):
    uuid = uuid4()
    expected = server.expect(uuid)
    reader, writer = await connect(uuid_frame(uuid) + more)
    return await asyncio.wait_for(expected, BOUND_S), reader, writer


async def closed(reader):
    with contextlib.suppress(ConnectionResetError):
        assert await asyncio.wait_for(reader.read(), BOUND_S) == b""


async def next_of(socket):
    return (await asyncio.wait_for(socket.received(), BOUND_S))[1]


async def test_a_call_gets_the_socket_with_its_uuid_and_what_came_with_it(server, connect):
    socket, _, writer = await met(server, connect, audio_frame(VOICE))
    writer.write(key_frame("9"))
    assert [await next_of(socket), await next_of(socket)] == [CallerAudio(VOICE), CallerKey("9")]


async def test_a_uuid_works_once(server, connect):
    uuid = uuid4()
    expected = server.expect(uuid)
    await connect(uuid_frame(uuid))
    await asyncio.wait_for(expected, BOUND_S)
    reader, _ = await connect(uuid_frame(uuid))
    await closed(reader)


async def test_a_socket_that_no_call_waits_for_is_closed(server, connect):
    reader, _ = await connect(uuid_frame(uuid4()))
    await closed(reader)
    assert not server.connections


async def test_a_call_that_gave_up_is_not_waited_for(server, connect):
    uuid = uuid4()
    server.expect(uuid).cancel()
    reader, _ = await connect(uuid_frame(uuid))
    await closed(reader)


@pytest.mark.parametrize("start", [b"", b"\x01\x00\x10half a uuid"])
async def test_a_client_that_says_nothing_or_stops_halfway_is_closed_in_time(connect, start):
    reader, _ = await connect(start)
    await closed(reader)


async def test_a_client_that_is_not_asterisk_is_closed_at_once(connect):
    reader, _ = await connect(b"GET / HTTP/1.1\r\n\r\n")
    await closed(reader)


async def test_half_a_frame_at_the_end_is_a_fault_of_the_line_and_nothing_before_it_is_lost(server, connect):
    socket, _, writer = await met(server, connect, audio_frame(VOICE) + audio_frame(VOICE)[:100])
    writer.close()
    assert await next_of(socket) == CallerAudio(VOICE)
    ended = await next_of(socket)
    assert ended.by == "fault"
    assert "inside a frame (100 bytes" in ended.reason


@pytest.mark.parametrize("last", [b"", HANGUP_FRAME])
async def test_a_caller_who_hangs_up_ends_the_socket_and_it_stays_ended(server, connect, last):
    socket, _, writer = await met(server, connect)
    writer.write(last)
    writer.close()
    assert [await next_of(socket), await next_of(socket)] == [SocketEnded("caller")] * 2
    with pytest.raises(ConnectionError):
        socket.send_audio(VOICE)


async def test_what_nobody_takes_costs_ten_seconds_of_memory_and_no_key(server, connect):
    socket, _, _ = await met(server, connect)
    for _ in range(600):
        socket.data_received(audio_frame(VOICE))
    socket.data_received(key_frame("0"))
    assert len(socket._waiting) == 500
    assert socket.dropped_frames == 101
    assert socket._waiting[-1][1] == CallerKey("0")


async def test_an_asterisk_that_does_not_read_ends_the_line_instead_of_filling_memory(server, connect):
    socket, _, writer = await met(server, connect)
    writer.transport.pause_reading()

    def send_on():
        for _ in range(100_000):
            socket.send_audio(VOICE)

    with pytest.raises(ConnectionError, match="has ended"):
        send_on()
    ended = await next_of(socket)
    assert ended.by == "fault"
    assert "two seconds" in ended.reason


async def test_a_port_in_use_says_which_setting_mends_it(server):
    with pytest.raises(ServerError, match="set audio_port in"):
        await AudioSocketServer(opening_s=1).listen("127.0.0.1", server.port)
