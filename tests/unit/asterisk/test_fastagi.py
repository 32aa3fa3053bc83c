"""FastAGI's edge, against clients on loopback that do what clients do."""

from __future__ import annotations

import asyncio
import contextlib

import pytest

from ivr.asterisk.fastagi import ChannelGoneError, FastAgiServer
from ivr.errors import ServerError

pytestmark = pytest.mark.unit

HEADERS = b"agi_network: yes\nagi_channel: PJSIP/trunk-01\n\n"
BOUND_S = 5.0


class Asterisk:
    """The two ends of one AGI connection: `channel` is ours, `reader` and `writer` are Asterisk's."""

    def __init__(self):
        self.channels = asyncio.Queue()
        self.done = asyncio.Event()
        self.writers = []

    async def on_channel(self, channel):
        self.channels.put_nowait(channel)
        await self.done.wait()

    async def connect(self, start=HEADERS):
        self.reader, self.writer = await asyncio.open_connection("127.0.0.1", self.server.port)
        self.writers.append(self.writer)
        self.writer.write(start)

    async def channel(self):
        await self.connect()
        return await asyncio.wait_for(self.channels.get(), BOUND_S)

    async def line(self):
        return (await asyncio.wait_for(self.reader.readline(), BOUND_S)).decode()

    async def closed(self):
        """Wait until the server has closed; it resets the connection where something unread is left."""
        with contextlib.suppress(ConnectionResetError):
            assert await asyncio.wait_for(self.reader.read(), BOUND_S) == b""


@pytest.fixture
async def asterisk():
    peer = Asterisk()
    peer.server = FastAgiServer(peer.on_channel, opening_s=0.1, reply_s=0.1)
    await peer.server.listen("127.0.0.1", 0)
    yield peer
    await peer.server.close()
    for writer in peer.writers:
        writer.close()


async def test_a_command_is_answered_by_its_reply(asterisk):
    channel = await asterisk.channel()
    asking = asyncio.create_task(channel.get_variable("IVR_QUEUE"))
    assert await asterisk.line() == 'GET VARIABLE "IVR_QUEUE"\n'
    asterisk.writer.write(b"200 result=1 (support)\n")
    assert await asking == "support"


async def test_commands_at_the_same_time_wait_for_each_other(asterisk):
    channel = await asterisk.channel()
    both = asyncio.gather(channel.get_variable("A"), channel.get_variable("B"))
    for value in (b"a", b"b"):
        await asterisk.line()
        asterisk.writer.write(b"200 result=1 (" + value + b")\n")
    assert await both == ["a", "b"]


async def test_a_hangup_while_a_command_runs_is_known_and_the_reply_is_still_the_commands_own(asterisk):
    channel = await asterisk.channel()
    asking = asyncio.create_task(channel.command("NOOP"))
    await asterisk.line()
    asterisk.writer.write(b"HANGUP\n200 result=-1\n")
    assert (await asking).result == "-1"
    assert channel.hung_up.is_set()


async def test_a_hangup_that_comes_with_the_headers_is_known(asterisk):
    await asterisk.connect(HEADERS + b"HANGUP\n")
    channel = await asyncio.wait_for(asterisk.channels.get(), BOUND_S)
    assert channel.hung_up.is_set()


async def test_asterisk_that_closes_ends_the_command_that_waits(asterisk):
    channel = await asterisk.channel()
    asking = asyncio.create_task(channel.command("NOOP"))
    await asterisk.line()
    asterisk.writer.close()
    with pytest.raises(ChannelGoneError, match=r"middle of a reply|closed"):
        await asyncio.wait_for(asking, BOUND_S)
    with pytest.raises(ChannelGoneError):
        await channel.command("NOOP")


async def test_asterisk_that_does_not_answer_ends_the_channel(asterisk):
    channel = await asterisk.channel()
    with pytest.raises(ChannelGoneError, match="did not answer NOOP in time"):
        await channel.command("NOOP")
    with pytest.raises(ChannelGoneError):
        await channel.set_variable("LATE", "1")


async def test_an_application_that_is_missing_is_named(asterisk):
    channel = await asterisk.channel()
    running = asyncio.create_task(channel.exec("AudioSocket", "uuid", "host:1"))
    assert await asterisk.line() == 'EXEC "AudioSocket" "uuid,host:1"\n'
    asterisk.writer.write(b"200 result=-2\n")
    with pytest.raises(ServerError, match="no application AudioSocket: load its module"):
        await running


async def test_a_dead_channel_is_a_caller_who_has_gone(asterisk):
    channel = await asterisk.channel()
    setting = asyncio.create_task(channel.set_variable("A", "1"))
    await asterisk.line()
    asterisk.writer.write(b"511 Command Not Permitted on a dead channel or intercept routine\n")
    with pytest.raises(ChannelGoneError, match="hung up"):
        await setting


@pytest.mark.parametrize("start", [b"", b"agi_network: yes\nagi_chan", b"agi_network: yes\n"])
async def test_a_client_that_says_nothing_or_stops_halfway_is_closed_in_time(asterisk, start):
    await asterisk.connect(start)
    await asterisk.closed()
    assert asterisk.channels.empty()


async def test_headers_cut_off_by_the_client_leave_the_server_as_it_was(asterisk):
    await asterisk.connect(b"agi_network: yes\nagi_chan")
    asterisk.writer.close()
    assert (await asterisk.channel()).headers["channel"] == "PJSIP/trunk-01"


@pytest.mark.parametrize("start", [b"GET / HTTP/1.1\r\n\r\n", b"a" * 20_000])
async def test_a_client_that_is_not_asterisk_is_closed_at_once(asterisk, start):
    await asterisk.connect(start)
    await asterisk.closed()
    assert asterisk.channels.empty()


async def test_one_call_that_fails_leaves_the_others_alone(asterisk):
    async def fail(channel):
        raise ZeroDivisionError

    good = asterisk.server._on_channel
    asterisk.server._on_channel = fail
    await asterisk.connect()
    await asterisk.closed()
    asterisk.server._on_channel = good
    assert (await asterisk.channel()).headers["network"] == "yes"


async def test_a_port_in_use_says_who_may_hold_it_and_which_setting_mends_it(asterisk):
    second = FastAgiServer(asterisk.on_channel, opening_s=1, reply_s=1)
    with pytest.raises(ServerError, match=rf"127.0.0.1:{asterisk.server.port}: something else .* set agi_port in"):
        await second.listen("127.0.0.1", asterisk.server.port)


async def test_an_address_of_another_machine_says_which_setting_mends_it(asterisk):
    second = FastAgiServer(asterisk.on_channel, opening_s=1, reply_s=1)
    with pytest.raises(ServerError, match=r"192\.0\.2\.1 is no address of this machine\. Set agi_host"):
        await second.listen("192.0.2.1", 0)
