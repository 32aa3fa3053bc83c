"""The mocked world answers as written, and never more kindly than the true one."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from ivr.call.answer import ActionResult
from ivr.dialogue.commands import RunAction
from ivr.simulate.mock_actions import MockActions
from ivr.simulate.virtual_loop import run

pytestmark = pytest.mark.unit


def http(url: str = "{env.CRM}/bills/1%202", **request: Any) -> RunAction:
    return RunAction(1, "http", {"method": "GET", "url": url, **request}, 3.0)


def asked(mocks: dict[str, Any], *actions: RunAction) -> list[ActionResult]:
    async def ask() -> list[ActionResult]:
        mock = MockActions(mocks)
        return [await mock.run(action) for action in actions]

    return run(ask())


def test_a_part_of_the_address_finds_its_answer_and_the_longest_part_wins() -> None:
    mocks = {"/bills/": {"amount": 1}, "/bills/1 2": {"amount": 2}}
    assert asked(mocks, http())[0].value == {"amount": 2}
    assert asked(mocks, http("{env.CRM}/bills/7"))[0].value == {"amount": 1}


def test_what_nothing_fits_has_failed() -> None:
    assert asked({"/other/": {}}, http()) == [ActionResult("failed", reason="no mock")]


def test_answers_in_a_list_come_in_turn_and_the_last_stays() -> None:
    outcomes = [result.outcome for result in asked({"http": ["failed", {}]}, http(), http(), http())]
    assert outcomes == ["failed", "ok", "ok"]


def test_an_answer_without_what_the_flow_expects_is_unfit_as_from_a_true_service() -> None:
    assert asked({"http": {"amount": "much"}}, http(expect={"amount": "money"}))[0].outcome == "unfit"


def test_a_timeout_takes_as_long_as_the_action_may() -> None:
    async def ask() -> float:
        await MockActions({"http": "timeout"}).run(http())
        return asyncio.get_running_loop().time()

    assert run(ask()) == pytest.approx(3.0)


def test_codes_and_callbacks_need_no_mock() -> None:
    right = RunAction(1, "check_code", {"to": "138", "code": "123456"}, 5)
    wrong = RunAction(2, "check_totp", {"to": "138", "code": "654321"}, 5)
    noted = RunAction(3, "callback", {"number": "138", "when": "morning"}, 3)
    sent = RunAction(4, "send_code", {"to": "138", "length": 6}, 5)
    assert [result.value for result in asked({}, right, wrong)] == [True, False]
    assert [result.outcome for result in asked({}, noted, sent)] == ["ok", "ok"]
    assert asked({"callback": "failed"}, noted)[0].outcome == "failed"
