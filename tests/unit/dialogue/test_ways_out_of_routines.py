"""主菜单, 返回 and digressions from inside a routine: the main part knows what it knew, and nothing breaks off."""

import pytest

pytestmark = pytest.mark.unit

HEAD = """\
values: {level: {type: text, start: '"L4"'}}
anywhere: {sell: selling}
routines:
  number:
    takes: {who: phone}
    gives: {code: digits}
    start: ask_it
    steps:
      ask_it:
        collect: {code: {type: digits, length: 4, ask: 请说编号。}}
        next: agree
      agree:
        collect: {sure: {type: yes_no, ask: 确定吗？}}
        return: {code: code}
"""
STEPS = """\
  one:
    ask: 买还是卖？
    intents: [buy]
    then: {buy: two}
  two:
    run: {routine: number, with: {who: caller}, save: {code: code}}
    say: 级别{level}，编号{code}。
    next: one
  selling:
    say: 您的级别是{level}。
    next: back
"""


@pytest.fixture
def in_the_routine(call_flow):
    call = call_flow(STEPS, HEAD)
    call.says("我要买东西")
    call.says("一二三四")
    assert call.session.scope == "number"
    return call


def test_the_main_menu_out_of_a_routine_leads_back_to_what_the_main_part_knew(in_the_routine):
    in_the_routine.says("主菜单")
    assert in_the_routine.session.values["level"] == "L4"
    assert "code" not in in_the_routine.session.values


def test_back_after_the_main_menu_out_of_a_routine_stays_in_the_main_part(in_the_routine):
    in_the_routine.says("主菜单")
    in_the_routine.says("返回")
    assert (in_the_routine.session.scope, in_the_routine.session.step) == ("", "one")


def test_a_digression_out_of_a_routine_knows_the_main_values_and_the_routine_its_own_afterwards(in_the_routine):
    said = in_the_routine.says("我要卖东西")
    assert said[0] == "您的级别是L4。"
    assert in_the_routine.session.values["code"] == "1234"
    assert in_the_routine.says("是的")[0].startswith("级别L4，编号幺二三四")


def test_after_many_digressions_from_a_routine_the_main_part_still_knows_its_values(call_flow):
    steps = STEPS.replace(
        "    say: 您的级别是{level}。\n    next: back", "    ask: 卖吗？\n    intents: [buy]\n    next: back"
    )
    call = call_flow(steps, HEAD)
    call.says("我要买东西")
    for _ in range(12):
        call.says("我要卖东西")
    call.says("主菜单")
    assert call.session.values["level"] == "L4"
