"""AMI: a comfort and not a need, whatever it does; queues; nothing of a caller's becomes a header."""

from __future__ import annotations

import asyncio

import pytest

from ivr.asterisk.ami import Ami, AmiUnavailableError
from ivr.asterisk.ami_wire import action_fields, plain, reply
from ivr.asterisk.queues import Queues
from ivr.asterisk.settings import AsteriskSettings

pytestmark = pytest.mark.unit

BOUND_S = 5.0


@pytest.fixture
async def connected():
    """`await connected(port, secret)`: an Ami whose first try is over."""
    made = []

    async def ami(port, secret):
        one = Ami(AsteriskSettings(ami_port=port, ami_secret=secret))
        made.append(one)
        one.start()
        await one.settled(BOUND_S)
        return one

    yield ami
    for one in made:
        await one.stop()


async def until(ami, state):
    async with asyncio.timeout(BOUND_S):
        while ami.state.name != state:
            ami._changed.clear()
            await ami._changed.wait()


async def test_a_login_comes_up_and_actions_are_answered(manager, connected):
    ami = await connected(manager.port, manager.secret)
    assert ami.state.name == "up"
    answer = await ami.action("Setvar", {"Variable": "X", "Value": "账单"})
    assert (answer.ok, answer.message) == (True, "done")
    assert manager.actions[-1]["Value"] == "账单"


async def test_a_refused_login_is_a_state_that_says_what_to_do(manager, connected):
    ami = await connected(manager.port, "wrong")
    assert ami.state.name == "refused"
    assert "Authentication failed" in ami.state.reason
    assert "ami_secret" in ami.state.reason
    with pytest.raises(AmiUnavailableError, match="manager reload"):
        await ami.action("Ping")


async def test_an_ami_that_is_down_is_a_state_that_says_what_to_do(manager, connected):
    await manager.stop()
    ami = await connected(manager.port, manager.secret)
    assert ami.state.name == "down"
    assert "is Asterisk running" in ami.state.reason


async def test_a_fault_that_nobody_foresaw_is_a_state_too_and_ami_comes_back(manager, connected, monkeypatch):
    session = Ami._session

    async def fails_once(self, connection, where):
        monkeypatch.setattr(Ami, "_session", session)
        raise ZeroDivisionError("a bug in somebody's codec")

    monkeypatch.setattr(Ami, "_session", fails_once)
    ami = await connected(manager.port, manager.secret)
    assert ami.state.name == "down"
    assert "a bug in somebody's codec" in ami.state.reason
    await until(ami, "up")


async def test_without_a_secret_ami_is_off(connected):
    ami = await connected(1, "")
    assert ami.state.name == "off"


async def test_a_connection_that_is_lost_comes_back(manager, connected):
    ami = await connected(manager.port, manager.secret)
    port = manager.port
    await manager.stop()
    await until(ami, "down")
    assert ami.state.reason.startswith("lost the connection")
    await manager.start(port)
    await until(ami, "up")


async def test_an_action_that_is_not_answered_is_given_up_in_time_and_forgotten(manager, connected):
    ami = await connected(manager.port, manager.secret)
    manager.silent = True
    with pytest.raises(AmiUnavailableError, match=r"did not answer Ping within 0\.05 s"):
        await ami.action("Ping", seconds=0.05)
    assert not ami._connection.protocol.responses


@pytest.mark.parametrize(
    ("params", "members", "state"),
    [
        (("Max: 0", "Calls: 7"), (("Status: 1", "Paused: 0"),), "available"),
        (("Max: 0", "Calls: 0"), (("Status: 2", "Paused: 0"),), "available"),
        (("Max: 3", "Calls: 3"), (("Status: 1", "Paused: 0"),), "full"),
        (("Max: 3", "Calls: 2"), (("Status: 1", "Paused: 0"),), "available"),
        (("Max: 0", "Calls: 0"), (), "empty"),
        (("Max: 0", "Calls: 0"), (("Status: 1", "Paused: 1"), ("Status: 5", "Paused: 0")), "empty"),
        (("Max: 0", "Calls: 0"), (("Status: 5", "Paused: 0"), ("Status: 1", "Paused: 0")), "available"),
        (None, (), "missing"),
    ],
)
async def test_a_queue_is_known_as_it_stands(manager, connected, params, members, state):
    manager.params, manager.members = params, members
    assert await Queues(await connected(manager.port, manager.secret)).state("support") == state


async def test_many_callers_at_once_ask_about_a_queue_once(manager, connected):
    queues = Queues(await connected(manager.port, manager.secret))
    assert [await queues.state("support") for _ in range(5)] == ["available"] * 5
    assert [action["Action"] for action in manager.actions].count("QueueStatus") == 1


async def test_a_slow_or_absent_ami_leaves_a_queue_unknown_within_half_a_second(manager, connected):
    ami = await connected(manager.port, manager.secret)
    manager.silent = True
    async with asyncio.timeout(0.9):
        assert await Queues(ami).state("support") == "unknown"
    async with asyncio.timeout(0.1):
        assert await Queues(await connected(1, "")).state("support") == "unknown"


@pytest.mark.parametrize(
    ("name", "value"), [("Value", "x\r\nAction: Originate"), ("Value: x\r\nB", "y"), ("Action", "Ping")]
)
def test_nothing_becomes_a_header_or_an_action_of_its_own(name, value):
    with pytest.raises(ValueError, match="field"):
        action_fields("Setvar", {name: value})


def test_a_list_is_the_response_and_its_events_without_the_last_mark():
    messages = [
        {"Response": "Success", "Message": "will follow", "content": ""},
        {"Event": "QueueParams", "Max": "5"},
        {"Event": "QueueStatusComplete", "EventList": "Complete"},
    ]
    answer = reply(messages)
    assert answer.ok
    assert [event.number("max") for event in answer.events] == [5]
    assert answer.events[0].number("Event") is None
    assert answer.events[0].get("nothing") == ""


def test_a_repeated_field_is_kept_whole():
    assert plain({"Output": ["a", "b"]}).get("output") == "a\nb"
