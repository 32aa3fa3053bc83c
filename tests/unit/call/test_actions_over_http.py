"""A service may be slow, wrong or hostile: over a real connection, whatever it does is an outcome in bounded time."""

from __future__ import annotations

import asyncio
import gzip
import time
import tracemalloc
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from ivr.call.http_service import HttpService
from ivr.dialogue.commands import RunAction
from ivr.simulate.virtual_loop import run as run_virtual

pytestmark = pytest.mark.unit

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@asynccontextmanager
async def crm(handler: Handler, **environment: str) -> AsyncIterator[HttpService]:
    """A service that `{env.CRM}` refers to."""
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", handler)
    server = TestServer(app)
    await server.start_server()
    service = HttpService({"CRM": str(server.make_url("/api/")), **environment})
    try:
        yield service
    finally:
        await service.close()
        await server.close()


@asynccontextmanager
async def wire(
    talk: Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]],
) -> AsyncIterator[HttpService]:
    """A service that sends whatever bytes `talk` writes."""
    talks: set[asyncio.Task[None]] = set()

    async def on_connect(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        talks.add(task)
        with suppress(ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            await reader.readuntil(b"\r\n\r\n")
            await talk(reader, writer)
            await writer.drain()
        writer.close()

    server = await asyncio.start_server(on_connect, "127.0.0.1")
    port = server.sockets[0].getsockname()[1]
    service = HttpService({"CRM": f"http://127.0.0.1:{port}"})
    try:
        yield service
    finally:
        await service.close()
        server.close()
        for task in talks:
            task.cancel()
        await asyncio.gather(*talks, return_exceptions=True)


def ask(path: str = "/bills/1", *, method: str = "GET", timeout: float = 2.0, retries: int = 0, **more: object):
    return RunAction(1, "http", {"method": method, "url": "{env.CRM}" + path, **more}, timeout, retries)


def answers(*responses: web.Response | str | int) -> Handler:
    """A status, a body, or a response, one each time, the last from then on."""
    left = list(responses)

    async def handler(_request: web.Request) -> web.Response:
        response = left.pop(0) if len(left) > 1 else left[0]
        if isinstance(response, int):
            return web.Response(status=response)
        return web.Response(text=response) if isinstance(response, str) else response

    return handler


async def test_an_answer_comes_back_as_json_and_the_request_went_out_as_written():
    seen = {}

    async def handler(request):
        seen.update(path=request.path, token=request.headers["Authorization"], body=await request.json())
        return web.json_response({"bill": {"amount": 128.5}})

    async with crm(handler, IVR_SECRET_TOKEN="s3cret") as service:
        asked = ask(
            method="POST",
            headers={"Authorization": "Bearer {secret.TOKEN}"},
            body={"name": "张三"},
            expect={"bill.amount": "money"},
        )
        result = await service.run(asked)
    assert (result.outcome, result.value) == ("ok", {"bill": {"amount": 128.5}})
    assert seen == {"path": "/api/bills/1", "token": "Bearer s3cret", "body": {"name": "张三"}}


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ("<html><body>Gateway</body></html>", "not JSON"),
        ('{"amount": 1', "not JSON"),
        ('{"amount": NaN}', "not JSON"),
        ('{"amount": 1e999}', "not JSON"),
        ('{"amount": "\\ud800"}', "not JSON"),
        ("[" * 100_000, "not JSON"),
        ('{"amount": "128.5"}', "`amount` is not the money"),
        ('{"amount": true}', "`amount` is not the money"),
        ('{"amount": null}', "`amount` is not the money"),
        ("[1]", "`amount` is not the money"),
        ("", "`amount` is not the money"),
        ('"' + "x" * 10_000_000 + '"', "over 256 kB"),
    ],
    ids=lambda text: text[:24],
)
async def test_what_is_not_the_answer_that_the_flow_expects_is_unfit(body, reason):
    async with crm(answers(body)) as service:
        result = await service.run(ask(expect={"amount": "money"}))
    assert result.outcome == "unfit"
    assert reason in result.reason


async def test_nothing_is_an_answer_where_the_flow_expects_nothing():
    async with crm(answers(204)) as service:
        assert (await service.run(ask())).value == {}


async def test_an_answer_that_never_ends_costs_bounded_memory():
    async def talk(_reader, writer):
        writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
        while True:
            writer.write(b"x" * 65536)
            await writer.drain()

    async with wire(talk) as service:
        await service.run(ask(timeout=0.05))  # the connection's own memory is not counted
        tracemalloc.start()
        result = await service.run(ask())
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    assert result.outcome == "unfit"
    assert peak < 4_000_000


async def test_a_small_answer_that_unpacks_to_a_gigabyte_is_not_unpacked():
    bomb = gzip.compress(bytes(50_000_000))
    packed = web.Response(body=bomb, headers={"Content-Encoding": "gzip"})
    async with crm(answers(packed)) as service:
        result = await service.run(ask())
    assert (result.outcome, "compressed" in result.reason) == ("unfit", True)


@pytest.mark.parametrize("behaviour", ["hangs", "drips", "endless headers", "100 continue"])
async def test_a_service_that_does_not_come_to_an_end_is_timed_out(behaviour):
    async def talk(_reader, writer):
        if behaviour == "drips":
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
        elif behaviour == "endless headers":
            writer.write(b"HTTP/1.1 200 OK\r\n")
        pieces = {"drips": b" ", "endless headers": b"X-More: 1\r\n", "100 continue": b"HTTP/1.1 100 Continue\r\n\r\n"}
        while piece := pieces.get(behaviour):
            writer.write(piece)
            await writer.drain()
            await asyncio.sleep(0.01)
        await asyncio.Event().wait()

    async with wire(talk) as service:
        began = time.monotonic()
        result = await service.run(ask(timeout=0.3, retries=3))
    assert result.outcome == "timeout"
    assert time.monotonic() - began < 1


async def test_an_answer_cut_short_or_broken_has_failed():
    async def short(_reader, writer):
        writer.write(b'HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n{"amount": 1')

    async def nothing(_reader, _writer):
        pass

    async def other_protocol(_reader, writer):
        writer.write(b"SSH-2.0-OpenSSH_9.2\r\n")

    for talk in (short, nothing, other_protocol):
        async with wire(talk) as service:
            assert (await service.run(ask())).outcome == "failed"


async def test_where_nobody_listens_the_call_has_failed_at_once():
    service = HttpService({"CRM": "http://127.0.0.1:1"})
    result = await service.run(ask())
    await service.close()
    assert (result.outcome, result.reason) == ("failed", "no connection")


async def test_redirects_are_not_followed():
    visited = []

    async def handler(request):
        visited.append(request.path)
        raise web.HTTPFound("/elsewhere")

    async with crm(handler) as service:
        result = await service.run(ask(retries=2))
    assert (result.outcome, result.reason, visited) == ("failed", "status 302", ["/api/bills/1"])


@pytest.mark.parametrize(
    ("method", "first", "outcome"),
    [
        ("GET", 500, "ok"),
        ("GET", 503, "ok"),
        ("GET", 404, "failed"),
        ("POST", 503, "ok"),
        ("POST", 429, "ok"),
        ("POST", 500, "failed"),
        ("GET", "no json", "unfit"),
    ],
)
async def test_it_is_tried_again_only_where_that_may_help_and_do_no_harm(method, first, outcome):
    async with crm(answers(first, "{}")) as service:
        assert (await service.run(ask(method=method, retries=1))).outcome == outcome


async def test_one_caller_s_session_is_not_the_next_one_s():
    cookies = []

    async def handler(request):
        cookies.append(dict(request.cookies))
        response = web.json_response({})
        response.set_cookie("session", "first-caller")
        return response

    async with crm(handler) as service:
        await service.run(ask())
        await service.run(ask())
    assert cookies == [{}, {}]


async def test_the_machine_s_proxy_is_none_of_ours(monkeypatch):
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    async with crm(answers("{}")) as service:
        assert (await service.run(ask())).outcome == "ok"


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        (".evil.example/x", "another host"),
        ("@evil.example/x", "another host"),
        ("1/x", "another host"),
        ("/bills/../admin", "another path"),
        ("/bills/..", "another path"),
    ],
)
async def test_no_value_leads_to_another_host_or_path(path, reason):
    service = HttpService({"CRM": "http://crm.example"})
    result = await service.run(ask(path))
    assert result.outcome == "failed"
    assert reason in result.reason


async def test_what_was_percent_encoded_arrives_as_one_value():
    seen = []

    async def handler(request):
        seen.append((request.raw_path, request.match_info["path"]))
        return web.json_response({})

    async with crm(handler) as service:
        await service.run(ask("/bills/a%2F..%2Fb%3Fc%23d%7Benv.CRM%7D"))
    assert seen == [("/api/bills/a%2F..%2Fb%3Fc%23d%7Benv.CRM%7D", "api/bills/a/../b?c#d{env.CRM}")]


@pytest.mark.parametrize(
    ("more", "reason"),
    [
        ({"headers": {"A": "{secret.NONE}"}}, "IVR_SECRET_NONE is not set"),
        ({"headers": {"A": "{secret.TWO_LINES}"}}, "the request cannot be sent"),
        ({"url": "{env.CRM}/?key={secret.TWO_LINES}"}, "put it into `headers`"),
        ({"url": "{env.NONE}/bills"}, "NONE is not set"),
        ({"url": "ftp://crm.example/"}, "the address is none"),
        ({"url": "bills/1"}, "the address is none"),
        ({"url": "http://crm.example:99999/"}, "the address is none"),
    ],
)
async def test_what_is_not_set_or_cannot_be_sent_has_failed_and_says_what_to_mend(more, reason):
    async with crm(answers("{}"), IVR_SECRET_TWO_LINES="a\r\nX-Evil: 1") as service:
        request = {"method": "GET", "url": "{env.CRM}/", **more}
        result = await service.run(RunAction(1, "http", request, 1.0))
    assert result.outcome == "failed"
    assert reason in result.reason
    assert "Evil" not in result.reason


async def test_a_reason_holds_nothing_of_the_caller_or_of_the_answer():
    async with crm(answers("Zhang San, 13800138000")) as service:
        for asked in (ask("/callers/13800138000"), ask("/callers/13800138000", expect={"phone": "phone"})):
            result = await service.run(asked)
            assert "1380" not in result.reason
            assert result.value is None


async def test_a_service_that_is_down_is_left_alone_until_it_rests(monkeypatch):
    asked = []

    async def handler(_request):
        asked.append(1)
        return web.json_response({}) if len(asked) > 5 else web.Response(status=500)

    clock = [100.0]
    monkeypatch.setattr("ivr.call.circuit_breaker.now", lambda: clock[0])
    async with crm(handler) as service:
        for _ in range(7):
            assert (await service.run(ask())).outcome == "failed"
        assert len(asked) == 5
        clock[0] += 10
        assert (await service.run(ask())).outcome == "ok"
        assert (await service.run(ask())).outcome == "ok"


async def test_what_the_flow_asked_wrongly_does_not_count_against_the_service():
    async with crm(answers(*[404] * 9, "{}")) as service:
        outcomes = [(await service.run(ask())).outcome for _ in range(10)]
    assert outcomes == ["failed"] * 9 + ["ok"]


def test_on_virtual_time_a_service_has_its_true_seconds():
    async def talk(_reader, _writer):
        await asyncio.Event().wait()

    async def call():
        async with wire(talk) as service:
            began = time.monotonic()
            result = await service.run(ask(timeout=0.2))
            return result.outcome, time.monotonic() - began, asyncio.get_running_loop().time()

    outcome, took, virtual = run_virtual(call())
    assert outcome == "timeout"
    assert 0.2 <= took < 1
    assert virtual == 0
