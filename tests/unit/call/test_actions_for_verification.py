"""Codes are for one caller, one use and a few tries; callbacks are on the disk before the caller is told so."""

from __future__ import annotations

import json
import stat
import time
from contextlib import asynccontextmanager
from pathlib import Path

import pyotp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from ivr.call.actions import RealActions
from ivr.call.authenticators import Authenticators
from ivr.call.callbacks import Callbacks
from ivr.call.http_service import HttpService
from ivr.call.one_time_codes import OneTimeCodes
from ivr.dialogue.commands import RunAction

pytestmark = pytest.mark.unit
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
NOON = 1_800_000_000.0


class Clock:
    def __init__(self, monkeypatch):
        self.at = 1000.0
        for module in ("one_time_codes", "rate_limit", "circuit_breaker"):
            monkeypatch.setattr(f"ivr.call.{module}.now", lambda: self.at)


@pytest.fixture
def clock(monkeypatch):
    return Clock(monkeypatch)


@asynccontextmanager
async def listening(handler):
    app = web.Application()
    app.router.add_post("/", handler)
    server = TestServer(app)
    await server.start_server()
    http = HttpService({"SMS": str(server.make_url("/")), "IVR_SECRET_SMS": "token"})
    try:
        yield http
    finally:
        await http.close()
        await server.close()


class Sender:
    """Takes messages as an SMS gateway does."""

    def __init__(self, status=200):
        self.sent = []
        self.status = status

    async def take(self, request):
        self.sent.append(await request.json())
        assert request.headers["Authorization"] == "Bearer token"
        return web.json_response({"id": 1}, status=self.status)


@asynccontextmanager
async def codes(sender):
    async with listening(sender.take) as http:
        yield OneTimeCodes(http, "{env.SMS}", {"Authorization": "Bearer {secret.SMS}"})


def send(to="13800138000", length=6):
    return RunAction(1, "send_code", {"to": to, "length": length}, 2.0)


def check(code, to="13800138000", kind="check_code"):
    return RunAction(2, kind, {"to": to, "code": code}, 2.0)


def other(code):
    return f"{(int(code) + 1) % 10 ** len(code):0{len(code)}}"


async def test_the_code_that_was_sent_is_right_once(clock):
    sender = Sender()
    async with codes(sender) as service:
        assert (await service.send(send(length=8))).outcome == "ok"
        (message,) = sender.sent
        assert (message["to"], len(message["code"])) == ("13800138000", 8)
        assert (await service.check(check(other(message["code"])))).value is False
        assert (await service.check(check(message["code"]))).value is True
        assert (await service.check(check(message["code"]))).value is False


async def test_a_code_is_nobody_else_s_and_a_new_one_voids_it(clock):
    sender = Sender()
    async with codes(sender) as service:
        await service.send(send())
        await service.send(send(to="13900139000"))
        first, second = (message["code"] for message in sender.sent)
        if first != second:
            assert (await service.check(check(first, to="13900139000"))).value is False
        await service.send(send())
        if first != sender.sent[2]["code"]:
            assert (await service.check(check(first))).value is False
        assert (await service.check(check(sender.sent[2]["code"]))).value is True


async def test_five_wrong_tries_void_a_code(clock):
    sender = Sender()
    async with codes(sender) as service:
        await service.send(send())
        code = sender.sent[0]["code"]
        for _ in range(5):
            assert (await service.check(check(other(code)))).value is False
        assert (await service.check(check(code))).value is False


async def test_a_code_is_old_after_five_minutes(clock):
    sender = Sender()
    async with codes(sender) as service:
        await service.send(send())
        clock.at += 300
        assert (await service.check(check(sender.sent[0]["code"]))).value is False
        assert not service._sent


async def test_a_telephone_gets_three_codes_in_ten_minutes_and_no_more(clock):
    sender = Sender()
    async with codes(sender) as service:
        outcomes = [(await service.send(send())).outcome for _ in range(4)]
        assert outcomes == ["ok", "ok", "ok", "failed"]
        assert (await service.send(send(to="13900139000"))).outcome == "ok"
        clock.at += 600
        assert (await service.send(send())).outcome == "ok"
    assert len(sender.sent) == 5


async def test_no_code_and_no_number_stands_in_memory(clock):
    sender = Sender()
    async with codes(sender) as service:
        await service.send(send())
        kept = repr(service._sent) + repr(service._sendings._happened)
    assert sender.sent[0]["code"] not in kept
    assert "13800138000" not in kept


async def test_a_code_that_could_not_be_sent_is_none(clock):
    sender = Sender(status=500)
    async with codes(sender) as service:
        result = await service.send(send())
        assert (result.outcome, result.reason) == ("failed", "status 500")
        assert (await service.check(check(sender.sent[0]["code"]))).value is False


async def test_without_a_sender_or_a_source_it_fails_and_says_what_to_set(tmp_path):
    actions = RealActions(tmp_path / "callbacks.jsonl", environment={})
    assert "`sender` in [verification]" in (await actions.run(send())).reason
    assert "`totp` in [verification]" in (await actions.run(check("1", kind="check_totp"))).reason
    assert (await actions.run(RunAction(1, "fly", {}, 1.0))).outcome == "failed"
    await actions.close()


@asynccontextmanager
async def authenticators(wall, answer=None, status=200):
    async def handler(request):
        assert await request.json() == {"to": "13800138000"}
        return web.json_response({"secret": SECRET} if answer is None else answer, status=status)

    async with listening(handler) as http:
        yield Authenticators(http, "{env.SMS}", {}, wall)


def shown(at):
    return pyotp.TOTP(SECRET).at(int(at))


@pytest.mark.parametrize(("late", "right"), [(0, True), (30, True), (-30, True), (90, False), (-90, False)])
async def test_the_code_of_an_authenticator_counts_a_step_early_and_late(clock, late, right):
    async with authenticators(lambda: NOON) as service:
        assert (await service.check(check(shown(NOON + late)))).value is right


async def test_the_code_of_an_authenticator_is_good_once(clock):
    async with authenticators(lambda: NOON) as service:
        assert (await service.check(check(shown(NOON)))).value is True
        assert (await service.check(check(shown(NOON)))).value is False
        assert (await service.check(check(shown(NOON - 30)))).value is False
        assert (await service.check(check(shown(NOON + 30)))).value is True


async def test_an_authenticator_s_code_cannot_be_guessed_on_and_on(clock):
    async with authenticators(lambda: NOON) as service:
        for _ in range(5):
            assert (await service.check(check("000000"))).value is False
        assert (await service.check(check(shown(NOON)))).value is False
        clock.at += 300
        assert (await service.check(check(shown(NOON)))).value is True


@pytest.mark.parametrize(
    ("answer", "status", "outcome"),
    [({}, 200, "unfit"), ({"secret": "1!"}, 200, "unfit"), ({"secret": "ABCD"}, 200, "unfit"), (None, 500, "failed")],
)
async def test_without_a_secret_no_code_is_wrong_and_the_flow_is_told(clock, answer, status, outcome):
    async with authenticators(lambda: NOON, answer, status) as service:
        assert (await service.check(check("000000"))).outcome == outcome


def callback(number: object = "13800138000"):
    return RunAction(3, "callback", {"number": number, "when": "morning"}, 2.0)


async def test_callbacks_are_added_one_line_each_for_their_owner_alone(tmp_path):
    file = tmp_path / "calls" / "callbacks.jsonl"
    service = Callbacks(file)
    assert (await service.note(callback())).outcome == "ok"
    assert (await service.note(callback("+86 10-6523 1234"))).outcome == "ok"
    noted = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
    assert [line["number"] for line in noted] == ["13800138000", "+86 10-6523 1234"]
    assert noted[0]["when"] == "morning"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


@pytest.mark.parametrize("number", ["", None, "anonymous", "1", "138\n139"])
async def test_nobody_is_promised_a_call_to_what_is_no_number(tmp_path, number):
    result = await Callbacks(tmp_path / "callbacks.jsonl").note(callback(number))
    assert (result.outcome, result.reason) == ("failed", "there is no number to call back")


async def test_a_disk_that_cannot_be_written_is_an_outcome(tmp_path):
    (tmp_path / "file").write_text("")
    result = await Callbacks(tmp_path / "file" / "callbacks.jsonl").note(callback())
    assert result.outcome == "failed"
    assert "cannot be written" in result.reason


async def test_a_disk_that_stands_still_is_an_outcome(tmp_path, monkeypatch):
    monkeypatch.setattr(Callbacks, "_append", lambda _self, _line: time.sleep(0.3) or "")
    action = RunAction(3, "callback", {"number": "13800138000"}, 0.05)
    assert (await Callbacks(Path(tmp_path / "x")).note(action)).outcome == "timeout"
