"""What a call asks of the world, told from start to end: company while it lasts, and a way on however it goes."""

from __future__ import annotations

import asyncio

import pytest

from ivr.call.answer import ActionResult
from ivr.dialogue.commands import HandOff, RunAction, Say
from ivr.dialogue.events import ActionDone, PromptEnded, PromptStarted
from ivr.simulate.caller import CallerTurn
from ivr.simulate.mock_actions import MockActions

pytestmark = pytest.mark.calls

INTENTS = "intents:\n  billing: [查账单, 我要查账单]\n"
FLOW = """
hotline: 测试热线
language: zh-CN
start: welcome
steps:
  welcome:
    ask: 请问有什么可以帮您？
    intents: [billing]
    then: {billing: bill}
  bill:
    call: {get: "{env.CRM}/bills/{caller}", save: bill, expect: {amount: money}, timeout: 20s, failed: no_bill}
    say: 账单是{bill.amount|money}。
    hang_up: 再见。
  no_bill:
    hang_up: 现在查不到账单。
"""


class Slow(MockActions):
    """Answers after so many seconds; None is never, whatever the action allows."""

    def __init__(self, seconds, mocks=None):
        super().__init__(mocks or {"/bills/": {"amount": 128.5}})
        self._seconds = seconds

    async def run(self, action):
        if self._seconds is None:
            await asyncio.Event().wait()
        await asyncio.sleep(self._seconds)
        return await super().run(action)


def moments(told, kind):
    return [at for at, what in told.happened if isinstance(what, kind)]


def silences(told, start, end):
    """How long nothing is said, each time, between the two moments."""
    quiet, since = [], start
    for at, what in told.happened:
        if start <= at <= end and isinstance(what, PromptStarted):
            quiet.append(at - since)
        elif start <= at <= end and isinstance(what, PromptEnded):
            since = at
    return [*quiet, end - since]


def test_an_answer_that_comes_at_once_is_spoken_without_a_filler(hotline):
    mocks = MockActions({"/bills/13800000000": {"amount": 128.5}})
    told = hotline(FLOW, INTENTS).call("查账单", actions=mocks)
    assert told.said[1:] == ["账单是一百二十八块五。", "再见。"]
    assert mocks.asked[0].request["url"] == "{env.CRM}/bills/13800000000"


def test_a_slow_service_is_filled_after_a_second_and_again_and_never_silence(hotline):
    line = hotline(FLOW, INTENTS)
    told = line.call("查账单", actions=Slow(18))
    (asked,), (done,) = moments(told, RunAction), moments(told, ActionDone)
    fillers = [at - asked for at, what in told.happened if isinstance(what, Say) and asked < at < done]
    assert fillers == pytest.approx([1.0, 9.0, 17.0])
    assert len(set(told.said[1:4])) > 1  # not the same words each time
    assert max(silences(told, asked, done)) < 8
    assert told.said[-2:] == ["账单是一百二十八块五。", "再见。"]


def test_the_flow_s_own_filler_is_said(hotline):
    flow = FLOW.replace("failed: no_bill", "failed: no_bill, filler: 我正在翻账本。")
    assert "我正在翻账本。" in hotline(flow, INTENTS).call("查账单", actions=Slow(3)).said


@pytest.mark.parametrize("turn", [CallerTurn(text="转人工"), CallerTurn(keys="0")], ids=["words", "key"])
def test_a_person_is_to_be_had_while_a_service_takes_its_time(hotline, turn):
    told = hotline(FLOW, INTENTS).call("查账单", turn, actions=Slow(18))
    assert told.outcome.ended == "handed_off"
    assert told.outcome.seconds < 12
    assert isinstance(told.hand_off, HandOff)


def test_an_answer_that_comes_when_the_caller_has_moved_on_is_not_spoken(hotline):
    told = hotline(FLOW, INTENTS).call("查账单", "主菜单", CallerTurn(silence=True), actions=Slow(10))
    assert moments(told, ActionDone)
    assert not [text for text in told.said if "账单是" in text]


def test_what_the_caller_says_meanwhile_costs_nothing(hotline):
    told = hotline(FLOW, INTENTS).call("查账单", "今天天气不错", "你说什么呀", "喂", actions=Slow(18))
    assert told.said[-2:] == ["账单是一百二十八块五。", "再见。"]


def test_whoever_never_answers_is_timed_out_by_the_dialogue(hotline):
    told = hotline(FLOW, INTENTS).call("查账单", actions=Slow(None))
    assert told.said[-1] == "现在查不到账单。"
    assert told.outcome.ended == "hung_up"
    assert told.outcome.seconds < 40


@pytest.mark.parametrize("answer", ["failed", "timeout", "unfit", {"amount": "much"}, {}, None, [[1, 2]]], ids=str)
def test_whatever_goes_wrong_the_call_goes_on_along_the_failure_path(hotline, answer):
    told = hotline(FLOW, INTENTS).call("查账单", actions=MockActions({"/bills/": answer}))
    assert told.said[-1] == "现在查不到账单。"


def test_a_service_that_raises_what_it_should_not_has_failed(hotline):
    class Broken(MockActions):
        async def run(self, _action):
            raise RuntimeError("a bug")

    assert hotline(FLOW, INTENTS).call("查账单", actions=Broken()).said[-1] == "现在查不到账单。"


def test_what_the_caller_keyed_cannot_change_where_the_question_goes(hotline):
    flow = FLOW.replace("{caller}", "{words}").replace(
        "  bill:\n", "  bill:\n    collect: {words: {type: text, ask: 请说。}}\n"
    )
    mocks = MockActions({"/bills/": {"amount": 1}})
    hotline(flow, INTENTS).call("查账单", "../../admin?x=1#{env.SECRET}@evil.example", actions=mocks)
    assert mocks.asked[0].request["url"] == (
        "{env.CRM}/bills/..%2F..%2Fadmin%3Fx%3D1%23%7Benv.SECRET%7D%40evil.example"
    )


VERIFIED = """
hotline: 测试热线
language: zh-CN
start: check
steps:
  check:
    verify: {by: code, to: caller, ask: 请输入短信里的六位验证码。, failed: stranger}
    hang_up: 验证通过。
  stranger:
    hang_up: 验证没有通过。
"""


def test_a_code_is_sent_once_asked_for_and_a_wrong_one_may_be_mended(hotline):
    mocks = MockActions()
    told = hotline(VERIFIED).call(CallerTurn(keys="111111"), CallerTurn(keys="123456"), actions=mocks)
    assert [(asked.kind, asked.request.get("code")) for asked in mocks.asked] == [
        ("send_code", None),
        ("check_code", "111111"),
        ("check_code", "123456"),
    ]
    assert told.said[-1] == "验证通过。"


def test_after_three_wrong_codes_the_flow_s_other_way_is_taken(hotline):
    told = hotline(VERIFIED).call(*[CallerTurn(keys="111111")] * 3, actions=MockActions())
    assert told.said[-1] == "验证没有通过。"


@pytest.mark.parametrize("kind", ["send_code", "check_code"])
def test_a_code_that_cannot_be_sent_or_checked_is_no_verification(hotline, kind):
    told = hotline(VERIFIED).call(CallerTurn(keys="123456"), actions=MockActions({kind: "failed"}))
    assert told.said[-1] == "验证没有通过。"


def test_the_code_of_an_authenticator_is_asked_for_without_sending_one(hotline):
    mocks = MockActions()
    told = hotline(VERIFIED.replace("by: code", "by: totp")).call(CallerTurn(keys="123456"), actions=mocks)
    assert [asked.kind for asked in mocks.asked] == ["check_totp"]
    assert told.said[-1] == "验证通过。"


AFTERWARDS = """
hotline: 测试热线
language: zh-CN
start: later
steps:
  later:
    callback: {ask: 什么时候给您回电？上午、下午还是晚上？, number: caller, save: when, failed: sorry}
    say: 好的，{when}给您回电。
    next: rating
  rating:
    survey: {ask: 请按一到五分评价。, save: score, thanks: 谢谢您的评价。}
    branch:
      - {if: score == none, next: bye}
      - {if: score >= 4, next: glad}
      - else: bye
  glad: {say: 很高兴您满意。, next: bye}
  bye: {hang_up: 再见。}
  sorry: {hang_up: 现在不能预约回电。}
"""


@pytest.mark.parametrize("turn", [CallerTurn(text="下午"), CallerTurn(keys="2")], ids=["words", "key"])
def test_a_callback_is_noted_and_a_rating_is_kept(hotline, turn):
    mocks = MockActions()
    told = hotline(AFTERWARDS).call(turn, CallerTurn(keys="5"), actions=mocks)
    assert [(asked.kind, asked.request) for asked in mocks.asked] == [
        ("callback", {"number": "13800000000", "when": "afternoon"})
    ]
    assert told.said[1:] == ["好的，下午给您回电。", "请按一到五分评价。", "谢谢您的评价。", "很高兴您满意。", "再见。"]


def test_a_callback_that_cannot_be_noted_is_not_promised(hotline):
    told = hotline(AFTERWARDS).call("上午", actions=MockActions({"callback": "failed"}))
    assert told.said[1:] == ["现在不能预约回电。"]


def test_whoever_does_not_rate_is_let_go(hotline):
    told = hotline(AFTERWARDS).call("上午", CallerTurn(silence=True), actions=MockActions())
    assert told.said[-1] == "再见。"
    assert told.outcome.ended == "hung_up"


def test_without_anybody_to_carry_actions_out_the_flow_goes_its_other_way(hotline):
    result = ActionResult("failed", reason="nothing here carries out actions")
    told = hotline(FLOW, INTENTS).call("查账单")
    (done,) = [what for _, what in told.happened if isinstance(what, ActionDone)]
    assert (done.outcome, done.reason) == (result.outcome, result.reason)
