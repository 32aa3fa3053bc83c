"""The doctor names each fault of the telephone side and what to do about it. Answers are those of Asterisk 22.10.1."""

from __future__ import annotations

import asyncio
import time

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
