# ruff: noqa: E501  a flow is read a line a step
"""What each kind of step does in a call, and how calls leave it: conditions, services, routines, digressions, languages."""

import pytest

from ivr.dialogue.commands import RunAction
from ivr.dialogue.dialogue import Dialogue
from ivr.dialogue.events import ActionDone, CallStarted
from ivr.dialogue.vocabulary import vocabulary_for
from ivr.flow.load import load

pytestmark = pytest.mark.unit

BYE = "  bye: {hang_up: 再见。}\n"


def done(call, outcome="ok", value=None):
    """The world outside answers what was asked last; returns what was asked, and what the hotline says."""
    asked = [command for command in call.commands if isinstance(command, RunAction)][-1]
    call.said = []
    call.send(ActionDone(0.0, asked.action, outcome, value))
    call.listens()
    return asked, call.said


@pytest.mark.parametrize(
    ("amount", "said"), [(150, "很多。"), (100, "一些。"), ("abc", "没有。"), (0, "没有。"), (None, "没有。")]
)
def test_the_first_condition_that_holds_leads_on(call_flow, amount, said):
    call = call_flow(
        "  one: {call: {get: 'http://a/b', save: bill, failed: none_}, next: two}\n"
        "  two: {set: {amount: bill.amount}, branch: [{if: amount != none and amount > 100, next: much},"
        " {if: amount != none and amount > 0, next: some}, {else: none_}]}\n"
        "  much: {say: 很多。, next: bye}\n  some: {say: 一些。, next: bye}\n  none_: {say: 没有。, next: bye}\n" + BYE
    )
    assert done(call, value={"amount": amount})[1] == [said, "再见。"]


@pytest.mark.parametrize("outcome", ["failed", "timeout", "unfit"])
def test_a_service_that_does_not_answer_leads_where_the_flow_says(call_flow, outcome):
    call = call_flow(
        "  one: {call: {get: 'http://a/{caller}', save: bill, failed: sorry}, next: bye}\n"
        "  sorry: {say: 查不到。, next: bye}\n" + BYE
    )
    asked, said = done(call, outcome)
    assert asked.request["url"] == "http://a/13800000000"
    assert said == ["查不到。", "再见。"]
    assert "bill" not in call.session.values


def test_what_a_caller_says_goes_into_an_address_as_a_value_and_never_as_an_address(call_flow):
    call = call_flow(
        "  one: {collect: {words: {type: text, ask: 请说。}}, call: {get: 'http://a/{words}', failed: bye}, next: bye}\n"
        + BYE
    )
    call.says("../x?y=z#1")
    assert done(call)[0].request["url"] == "http://a/..%2Fx%3Fy%3Dz%231"


def test_a_routine_knows_what_it_is_given_and_gives_what_it_returns(call_flow):
    call = call_flow(
        "  one: {set: {level: '\"L4\"'}, run: {routine: ask_code, with: {title: level}, save: {ours: code}}, next: two}\n"
        "  two: {say: '{level}的{ours}。', next: bye}\n" + BYE,
        more="routines:\n  ask_code:\n    takes: {title: text}\n    gives: {code: digits}\n    start: a\n    steps:\n"
        "      a: {say: '{title}。', collect: {number: {type: digits, length: 4, ask: 请说编号。}}, return: {code: number}}",
    )
    assert call.session.scope == "ask_code"
    assert set(call.session.values) == {"title", "verified"}
    said = call.presses("1234")
    assert said == ["L4的幺二三四。", "再见。"]
    assert call.session.values["ours"] == "1234"


def test_a_digression_comes_back_to_the_question_with_what_was_known(call_flow):
    call = call_flow(
        "  one: {collect: {a: {type: digits, length: 4, ask: 第一个号码。}, b: {type: digits, length: 4, ask: 第二个号码。}},"
        " next: bye}\n  tell: {say: 九点开门。, next: back}\n" + BYE,
        more="anywhere: {opening: tell}",
        intents="intents: {opening: [你们几点开门]}",
    )
    call.presses("1234")
    assert call.says("你们几点开门") == ["九点开门。", "第二个号码。"]
    assert call.presses("5678") == ["再见。"]
    assert call.session.values == {"a": "1234", "b": "5678"}


def test_digressions_may_nest_and_each_comes_back_to_where_it_began(call_flow):
    call = call_flow(
        "  one: {ask: 买什么？, intents: buy, keys: {1: buy}, then: {buy: bye}}\n"
        "  tell: {ask: 要听周末的吗？, intents: sell, keys: {1: sell}, then: {sell: weekend}}\n"
        "  weekend: {say: 周末休息。, next: back}\n  where: {say: 在北京。, next: back}\n" + BYE,
        more="anywhere: {opening: tell, place: where}",
        intents="intents: {opening: [你们几点开门], place: [你们在哪里], buy: [我要买东西], sell: [我要听周末的]}",
    )
    call.says("你们几点开门")
    assert call.says("你们在哪里") == ["在北京。", "要听周末的吗？"]
    assert call.presses("1") == ["周末休息。", "买什么？"]


@pytest.mark.parametrize(
    ("by", "action"), [("by: code, to: caller", "check_code"), ("by: totp, to: caller", "check_totp")]
)
def test_a_code_that_is_right_verifies_and_three_wrong_ones_lead_on(call_flow, by, action):
    flow = f"  one: {{verify: {{{by}, ask: 请说验证码。, failed: no_way}}, next: bye}}\n  no_way: {{hang_up: 无法核实。}}\n"
    call = call_flow(flow + BYE)
    if "by: code" in by:
        assert done(call)[0].kind == "send_code"
    call.presses("111111")
    assert done(call, value=False)[0].kind == action
    call.presses("123456")
    asked, said = done(call, value=True)
    assert asked.request == {"to": "13800000000", "code": "123456"}
    assert said == ["再见。"]
    assert call.session.values["verified"] is True

    other = call_flow(flow + BYE)
    if "by: code" in by:
        done(other)
    for _ in range(3):
        other.presses("111111")
        said = done(other, value=False)[1]
    assert said == ["无法核实。"]
    assert other.session.values["verified"] is False


def test_a_callback_is_noted_with_the_number_and_the_time(call_flow):
    call = call_flow(
        "  one: {callback: {ask: 什么时候？, number: caller, save: noted, failed: sorry}, next: bye}\n"
        "  sorry: {hang_up: 记不下来。}\n" + BYE
    )
    call.presses("2")
    asked, said = done(call)
    assert (asked.kind, asked.request) == ("callback", {"number": "13800000000", "when": "afternoon"})
    assert said == ["再见。"]
    other = call_flow("  one: {callback: {ask: 何时？, number: caller, save: noted, failed: bye}, next: bye}\n" + BYE)
    other.presses("1")
    assert done(other, "failed")[1] == ["再见。"]


FORM = (
    "  one:\n    collect:\n"
    "      region: {type: choice, ask: 哪里？, options: {north: [华北], south: [华南]}, keys: {1: north, 2: south},"
    " confirm: '{region}，对吗？'}\n"
    "      floor: {type: choice, ask: 几栋？, options: {four: [四栋], five: [五栋]}, keys: {4: four, 5: five},"
    " confirm: '{floor}，对吗？'}\n    next: bye\n"
) + BYE


def test_one_utterance_fills_several_slots_each_confirmed_in_its_turn(call_flow):
    call = call_flow(FORM)
    assert call.says("华北，四栋") == ["华北，对吗？"]
    assert call.says("对") == ["四栋，对吗？"]
    assert call.says("对") == ["再见。"]
    assert call.session.values == {"region": "north", "floor": "four"}


def test_a_correction_replaces_the_value_that_is_being_confirmed_and_no_other(call_flow):
    call = call_flow(FORM)
    call.says("华北，四栋")
    call.says("对")
    assert call.says("不对，是五栋不是四栋") == ["五栋，对吗？"]
    call.presses("1")
    assert call.session.values == {"region": "north", "floor": "five"}


@pytest.mark.parametrize(
    ("moment", "said"),
    [
        ("2026-02-14T10:00:00+08:00", "开着。"),
        ("2026-02-17T10:00:00+08:00", "关着。"),
        ("2026-11-20T23:00:00+08:00", "关着。"),
    ],
)
def test_opening_hours_are_those_of_the_call(call_flow, moment, said):
    call = call_flow(
        "  one: {branch: [{if: open('day'), next: yes_}, {else: no_}]}\n"
        "  yes_: {hang_up: 开着。}\n  no_: {hang_up: 关着。}\n",
        more="hours: {day: {open: [mon-fri 09:00-18:00]}}",
        start=False,
    )
    call.send(CallStarted(0.0, "", "", moment, "audio"))
    assert call.said == [said]


def test_a_caller_who_asks_for_english_is_served_in_english_from_then_on(call_flow, tmp_path):
    (tmp_path / "intents").mkdir()
    (tmp_path / "intents" / "main.en.yaml").write_text("intents: {buy: [I want to buy]}", encoding="utf-8")
    call = call_flow(
        "  one: {ask: {zh-CN: 买还是卖？, en: Buy or sell?}, intents: [buy], keys: {1: buy}, then: {buy: bye}}\n"
        "  bye: {hang_up: {zh-CN: 再见。, en: Goodbye.}}\n",
        more="also: [en]",
        intents="intents: {buy: [我要买东西]}",
        start=False,
    )
    flow = load(tmp_path)
    call.dialogue = Dialogue(flow, vocabulary_for(flow))
    call.start()
    assert call.says("English") == ["Buy or sell?"]
    assert call.listening.language == "en"
    assert call.says("I want to buy") == ["Goodbye."]
    assert call.ended.reason == "flow"
