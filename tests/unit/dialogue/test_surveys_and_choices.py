"""What is kept of a choice, what an agent is told, and a survey that asks once."""

import pytest

from ivr.dialogue.commands import HangUp

pytestmark = pytest.mark.unit

CHOICE = """
  one:
    collect:
      region: {type: choice, ask: 哪里？, options: {north: [华北, 北京], east: [华东]}, keys: {1: north, 2: east}}
    branch:
      - {if: region == "north", next: two}
      - else: three
  two: {say: '{region}吗，好。', ask: 还有吗？, intents: [buy], then: {buy: two}}
  three: {hang_up: '{region}，再见。'}
"""
SURVEY = """
  one: {ask: 还有吗？, intents: [buy, sell], then: {buy: closing, sell: closing}}
  closing:
    branch:
      - {if: level == "L4", next: rate}
      - else: bye
  rate:
    survey: {ask: 请打分，一到五分。, save: rating, thanks: 谢谢。}
    next: bye
  bye: {hang_up: 再见。}
"""
SURE = """
  one: {collect: {sure: {type: yes_no, ask: 确定吗？}}, next: two}
  two: {ask: 还有吗？, intents: [buy], then: {buy: two}}
"""
LEVEL = "values: {level: {type: text, start: '\"L4\"'}}\n"


def test_a_choice_is_kept_by_its_name_and_said_as_people_say_it(call_flow):
    call = call_flow(CHOICE)
    assert call.says("北京")[0] == "华北吗，好。"
    assert call.session.values == {"region": "north"}


def test_a_condition_asks_for_a_choice_by_its_name(call_flow):
    assert call_flow(CHOICE).presses("2") == ["华东，再见。"]


def test_the_agent_reads_a_choice_as_people_say_it_and_nothing_that_is_not_known(call_flow):
    call = call_flow(CHOICE, more="values: {served: {type: yes_no, start: 'no'}, note: {type: text}}\n")
    call.says("北京")
    call.says("转人工")
    assert "region=华北" in call.ended.summary
    assert "served" not in call.ended.summary
    assert "note" not in call.ended.summary


@pytest.mark.parametrize(("said", "told"), [("是的", "sure=是"), ("不是", "sure=否")])
def test_the_agent_reads_yes_and_no_as_people_say_them_and_not_what_the_flow_notes_for_itself(call_flow, said, told):
    call = call_flow(SURE, more="values: {served: {type: yes_no, start: 'yes'}}\n")
    call.says(said)
    call.says("转人工")
    assert told in call.ended.summary
    assert "served" not in call.ended.summary


def test_a_rating_is_kept(call_flow):
    call = call_flow(SURVEY, more=LEVEL)
    call.says("我要买东西")
    assert call.presses("5") == ["谢谢。", "再见。"]
    assert call.session.values["rating"] == 5


@pytest.mark.parametrize("silent", [True, False])
def test_who_does_not_answer_a_survey_is_not_asked_again(call_flow, silent):
    call = call_flow(SURVEY, more=LEVEL)
    call.says("我要买东西")
    said = call.waits() if silent else call.says("阿巴阿巴呜噜噜")
    assert said == ["谢谢。", "再见。"]
    assert isinstance(call.ended, HangUp)


def test_an_intent_that_leads_to_a_survey_and_the_last_word_is_taken_for_nothing_less_than_a_whole_turn(call_flow):
    call = call_flow(SURVEY, more=LEVEL, intents="intents: {buy: [我要买东西], sell: [没有了]}")
    call.says("数据没有了")
    assert call.turn.intent == "no_match"
    call.says("没有了")
    assert call.turn.intent == "sell"


@pytest.mark.parametrize("said", ["五分", "我给五分吧", "五"])
def test_a_rating_may_come_in_a_sentence(call_flow, said):
    call = call_flow(SURVEY, more=LEVEL)
    call.says("我要买东西")
    call.says(said)
    assert call.session.values["rating"] == 5


def test_a_rating_off_the_scale_is_none(call_flow):
    call = call_flow(SURVEY, more=LEVEL)
    call.says("我要买东西")
    assert call.says("九分") == ["谢谢。", "再见。"]
    assert call.session.values["rating"] is None
