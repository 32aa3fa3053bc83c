"""The doctor names each fault of the telephone side and what to do about it. Answers are those of Asterisk 22.10.1."""

from __future__ import annotations

import asyncio
import socket
import time
from contextlib import closing

import pytest

from ivr.asterisk.doctor import examine
from ivr.asterisk.settings import AsteriskSettings

pytestmark = pytest.mark.unit

STEP = "Event: ListDialplan\nContext: ivr\nExtension: {}\nApplication: {}"
DIALPLAN = [
    "Response: Success\nEventList: start\nMessage: DialPlan list will follow",
    *(STEP.format(*step) for step in (("s", "AGI"), ("T", "Goto"), ("human", "Queue"))),
    "Event: ShowDialPlanComplete\nEventList: Complete",
]


@pytest.fixture
def healthy(manager):
    manager.answers = {
        "CoreSettings": ["Response: Success\nAsteriskVersion: 22.10.1+dfsg"],
        "ModuleCheck": ["Response: Success\nVersion: "],
        "ShowDialPlan": DIALPLAN,
        "Ping": [f"Response: Success\nPing: Pong\nTimestamp: {time.time():.6f}"],
    }
    return manager


async def findings(manager, **settings):
    settings = {"agi_port": 0, "audio_port": 0, "ami_port": manager.port, "ami_secret": "right", **settings}
    return {finding.name: finding for finding in await examine(AsteriskSettings(**settings))}


async def test_a_healthy_pbx_has_nothing_to_mend(healthy):
    found = await findings(healthy)
    assert {finding.ok for finding in found.values()} == {True}
    assert not any(finding.remedy for finding in found.values())
    assert {"agi port", "audio port", "AMI", "Asterisk", "dialplan", "queue support", "clock"} < found.keys()


@pytest.mark.parametrize(
    ("action", "answer", "name", "expected"),
    [
        ("CoreSettings", ["Response: Success\nAsteriskVersion: 16.2.1"], "Asterisk", (False, "install Asterisk 22")),
        ("CoreSettings", ["Response: Success\nAsteriskVersion: 20.9.0"], "Asterisk", (None, "press a key")),
        ("CoreSettings", ["Response: Success\nMessage: hm"], "Asterisk", (None, "")),
        (
            "ModuleCheck",
            ["Response: Error\nMessage: Module not loaded"],
            "module app_queue",
            (False, "module load app_queue"),
        ),
        ("ModuleCheck", ["Response: Error\nMessage: Permission denied"], "module app_queue", (None, "right 'system'")),
        (
            "ShowDialPlan",
            ["Response: Error\nMessage: Did not find context ivr"],
            "dialplan",
            (False, "extensions.conf"),
        ),
        ("ShowDialPlan", [DIALPLAN[0], DIALPLAN[1], DIALPLAN[-1]], "dialplan", (False, "compare")),
        ("Ping", ["Response: Success\nTimestamp: 1000.5"], "clock", (False, "NTP")),
        ("Ping", ["Response: Success\nPing: Pong"], "clock", (None, "")),
    ],
)
async def test_each_fault_says_what_to_do(healthy, action, answer, name, expected):
    healthy.answers[action] = answer
    finding = (await findings(healthy))[name]
    ok, words = expected
    assert finding.ok is ok
    assert words in finding.remedy


async def test_a_queue_that_is_missing_or_empty_is_named(healthy):
    healthy.params = None
    assert "queues.conf" in (await findings(healthy))["queue support"].remedy
    healthy.params, healthy.members = ("Max: 0", "Calls: 0"), ()
    assert "register" in (await findings(healthy))["queue support"].remedy


async def test_a_refused_login_leaves_the_rest_unknown_and_not_at_fault(healthy):
    found = await findings(healthy, ami_secret="wrong")
    assert found["AMI"].ok is False
    assert "ami_secret" in found["AMI"].remedy
    assert found["inside Asterisk"].ok is None


async def test_no_secret_is_no_fault(healthy):
    found = await findings(healthy, ami_secret="")
    assert found["AMI"].ok is None
    assert "frozen" in found["AMI"].remedy


async def test_a_port_that_is_taken_is_a_finding_with_its_setting(healthy):
    holder = await asyncio.start_server(lambda *_: None, "127.0.0.1", 0)
    async with holder:
        found = await findings(healthy, audio_port=holder.sockets[0].getsockname()[1])
    assert found["audio port"].ok is False
    assert "audio_port" in found["audio port"].remedy
    assert found["agi port"].ok


CLIENT = """Response: Success
Category-000000: ivr
Line-000000-000000: type=websocket_client
Line-000000-000001: connection_type={kind}
Line-000000-000002: uri={uri}
Line-000000-000003: protocols=media"""


def client(kind="per_call_config", uri="ws://127.0.0.1:{port}/media"):
    return CLIENT.replace("{kind}", kind).replace("{uri}", uri)


async def by_websocket(manager, answer, version="22.10.1"):
    manager.answers |= {"CoreSettings": [f"Response: Success\nAsteriskVersion: {version}"]}
    with closing(socket.create_server(("127.0.0.1", 0))) as probe:
        port = probe.getsockname()[1]
    manager.answers["GetConfig"] = [answer.replace("{port}", str(port))]
    return await findings(manager, media="websocket", audio_port=port)


async def test_with_chan_websocket_its_modules_and_its_connection_are_looked_at_and_not_audiosockets(healthy):
    found = await by_websocket(healthy, client())
    assert {finding.ok for finding in found.values()} == {True}
    assert {"module chan_websocket", "module res_websocket_client", "websocket_client.conf"} < found.keys()
    assert "module app_audiosocket" not in found


@pytest.mark.parametrize(
    ("answer", "ok", "what", "remedy"),
    [
        ("Response: Error\nMessage: Config file not found", False, "no connection [ivr]", "install asterisk_conf"),
        ("Response: Error\nMessage: Permission denied", None, "does not say", "right 'system'"),
        (client(uri="ws://127.0.0.1:4574/media"), False, "uri=ws://127.0.0.1:4574/media instead of", "audio_port"),
        (client(uri="ws://127.0.0.1:{port}/"), False, "/media", "audio_port"),
        (client(uri="ws://127.0.0.1:port/media"), False, "uri=", "audio_port"),
        (client(kind="persistent"), False, "connection_type=persistent instead of per_call_config", "mend"),
    ],
)
async def test_a_connection_that_would_reach_nobody_is_a_fault_before_the_first_call(healthy, answer, ok, what, remedy):
    finding = (await by_websocket(healthy, answer))["websocket_client.conf"]
    assert finding.ok is ok
    assert what in finding.what
    assert remedy in finding.remedy


@pytest.mark.parametrize(
    ("version", "ok"),
    [("20.17.0", False), ("20.18.0", True), ("21.11.0", False), ("22.7.0", False), ("22.8.0", True), ("23.1.0", False),
     ("23.2.0", True), ("24.0.0", True), ("hm", None)],
)  # fmt: skip
async def test_chan_websocket_must_be_new_enough_to_speak_json(healthy, version, ok):
    finding = (await by_websocket(healthy, client(), version))["Asterisk"]
    assert finding.ok is ok
    assert ("audiosocket" in finding.remedy) is (ok is False)
