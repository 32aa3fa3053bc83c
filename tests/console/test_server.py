"""The console's server over loopback, without a browser: who is let in, and what a person is told."""

import asyncio

import aiohttp
import pytest
from aiohttp import WSCloseCode, WSMsgType

from ivr.console.server import Console
from ivr.dialogue.events import HungUp
from ivr.errors import ServerError

pytestmark = pytest.mark.console


async def until_hung_up(line):
    async for event in line.incoming():
        if isinstance(event, HungUp):
            line.show(event)


@pytest.fixture
async def http():
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(10)) as session:
        yield session


def call(http, console, origin=None):
    return http.ws_connect(f"{console.url}call", origin=origin or console.url.rstrip("/"))


async def test_the_page_and_all_it_needs_are_served_under_a_policy_that_allows_nothing_else(http, start_console):
    console = await start_console(until_hung_up)
    for path in ("", "phone.css", "phone.js", "transcript.js", "words.js", "worklet.js", "icon.svg"):
        async with http.get(console.url + path) as answer:
            assert answer.status == 200
            assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
            body = await answer.text()
            assert "https://" not in body
            assert body.count("http://") == body.count("http://www.w3.org/2000/svg")


async def test_a_port_that_is_taken_is_named_with_what_to_do(start_console):
    first = await start_console(until_hung_up)
    port = int(first.url.rstrip("/").rpartition(":")[2])
    with pytest.raises(
        ServerError, match=f"port {port} on 127.0.0.1 is taken, by another `ivr demo` or another .*choose another"
    ):
        await Console("127.0.0.1", port, until_hung_up).start()


async def test_an_address_that_is_not_ours_is_named(start_console):
    with pytest.raises(ServerError, match=r"port 0 on 192\.0\.2\.1 cannot be listened on"):
        await Console("192.0.2.1", 0, until_hung_up).start()


@pytest.mark.parametrize("origin", ["http://evil.example", "null", "http://127.0.0.1:1", "http://127.0.0.1"])
async def test_a_page_of_another_site_cannot_call(http, start_console, origin):
    console = await start_console(until_hung_up)
    with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
        await call(http, console, origin)
    assert refused.value.status == 403


async def test_a_foreign_name_that_resolves_to_this_machine_is_refused(http, start_console):
    console = await start_console(until_hung_up)
    for host in ("rebound.example", "rebound.example:80", "[", ""):
        async with http.get(console.url, headers={"Host": host}) as answer:
            assert answer.status in (400, 403)


async def test_a_plain_request_for_the_calls_address_is_told_what_it_is_for(http, start_console):
    console = await start_console(until_hung_up)
    async with http.get(f"{console.url}call", headers={"Origin": console.url.rstrip("/")}) as answer:
        assert answer.status == 426


async def test_one_caller_too_many_hears_that_the_lines_are_busy(http, start_console):
    console = await start_console(until_hung_up, max_calls=1)
    async with call(http, console) as first:
        assert (await first.receive_json())["type"] == "answered"
        async with call(http, console) as second:
            assert (await second.receive()).type is WSMsgType.CLOSE
            assert second.close_code == WSCloseCode.TRY_AGAIN_LATER
        await first.send_json({"type": "hang_up"})
        while (await first.receive()).type is not WSMsgType.CLOSE:
            pass
    async with call(http, console) as third:
        assert (await third.receive_json())["type"] == "answered"


async def test_a_message_beyond_every_measure_ends_its_call_and_no_other(http, start_console):
    console = await start_console(until_hung_up)
    async with call(http, console) as other, call(http, console) as ours:
        await ours.send_str("x" * 1_000_000)
        received = await ours.receive()
        while received.type in (WSMsgType.TEXT, WSMsgType.BINARY):
            received = await ours.receive()
        assert received.type is not WSMsgType.TEXT
        await other.send_json({"type": "hang_up"})
        while (received := await other.receive()).type is not WSMsgType.CLOSE:
            pass
        assert other.close_code == WSCloseCode.OK


async def test_a_fault_in_one_call_leaves_the_server_standing(http, start_console):
    async def on_call(_line):
        raise ZeroDivisionError

    console = await start_console(on_call)
    for _ in range(2):
        async with call(http, console) as socket:
            while (await socket.receive()).type is not WSMsgType.CLOSE:
                pass
            assert socket.close_code == WSCloseCode.INTERNAL_ERROR


async def test_closing_the_console_hangs_up_on_everyone_and_may_be_repeated(http):
    ended = []

    async def on_call(line):
        ended.extend([event async for event in line.incoming()])

    console = Console("127.0.0.1", 0, on_call)
    await console.start()
    async with call(http, console) as socket:
        assert (await socket.receive_json())["type"] == "answered"
        closing = asyncio.create_task(console.close())
        while (await socket.receive()).type is not WSMsgType.CLOSE:
            pass
        await closing
    await console.close()
    assert [event.by for event in ended] == ["hotline"]
