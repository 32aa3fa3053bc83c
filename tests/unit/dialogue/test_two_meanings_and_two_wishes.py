"""A turn as near to one meaning as to another is asked about, once; two wishes in one breath are both met."""

import pytest

from ivr.dialogue.commands import HandOff, HangUp
from ivr.dialogue.dialogue import Dialogue
from ivr.dialogue.replay import replay
from ivr.understanding.result import Result

pytestmark = pytest.mark.unit

INTENTS = """
intents:
  look: [查话费, 看话费, 话费还剩多少]
  pay: [交话费, 缴话费, 话费怎么交]
  fault: [报故障, 宽带坏了]
  sign: [签合同, 签一下合同]
  done: [没有了, 不用了]
called: {look: 查话费, pay: 交话费}
"""
STEPS = """
  one:
    ask: 请问办什么？
    again: 请问还要办什么？
    intents: [look, pay, fault, sign, done]
    then: {look: looked, pay: paid, fault: broken, sign: signed, done: bye}
  looked: {say: 余额十元。, next: one}
  paid: {say: 交好了。, next: one}
  signed:
    collect: {sure: {type: yes_no, ask: 确定吗？}}
    next: bye
  broken: {say: 已经登记。, next: one}
  bye: {hang_up: 再见。}
"""
CLOSE = Result("look", 0.8, "pay", 0.79, ranking=(("look", 0.8), ("pay", 0.79)))


class NearBoth:
    """Takes 话费 for two meanings; everything else goes to the real understanding."""

    def __init__(self, understanding):
        self.understand_plainly, self.phrases = understanding.understand, understanding.phrases

    def understand(self, utterance, state):
        return CLOSE if utterance.text == "话费" else self.understand_plainly(utterance, state)


@pytest.fixture
def call(call_flow):
    talk = call_flow(STEPS, intents=INTENTS)
    talk.dialogue._vocabulary = {"zh-CN": NearBoth(talk.dialogue._vocabulary["zh-CN"])}
    return talk


def test_a_turn_near_to_two_meanings_is_asked_about(call):
    assert call.says("话费") == ["您是想查话费，还是想交话费呢？"]
    assert call.turn.intent == "either"
    assert "as near to look as to pay" in call.turn.why


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        ("查话费", "余额十元。"),
        ("交话费", "交好了。"),
        ("第一个", "余额十元。"),
        ("第二个", "交好了。"),
        ("前一个", "余额十元。"),
        ("后面那个", "交好了。"),
        ("是的", "余额十元。"),
        ("不是，交话费", "交好了。"),
        ("报故障", "已经登记。"),
    ],
)
def test_the_caller_answers_by_name_by_place_or_with_something_else(call, answer, told):
    call.says("话费")
    assert call.says(answer)[0] == told


@pytest.mark.parametrize(("key", "told"), [("1", "余额十元。"), ("2", "交好了。")])
def test_keys_choose_too(call, key, told):
    call.says("话费")
    assert call.presses(key)[0] == told


def test_it_is_asked_once_and_three_turns_that_bring_nothing_lead_to_a_person(call):
    call.says("话费")
    said = call.says("都不是")
    assert said == call.said
    assert call.session.question.aside is None
    assert call.says("不是") != ["您是想查话费，还是想交话费呢？"]
    assert isinstance(call.ended, HandOff)


def test_a_second_unclear_turn_is_taken_for_the_likelier(call):
    call.says("话费")
    call.says("阿巴阿巴")
    assert call.says("话费")[0] == "余额十元。"


def test_a_person_is_one_word_away(call):
    call.says("话费")
    call.says("转人工")
    assert isinstance(call.ended, HandOff)


def test_a_person_may_be_asked_for_in_any_part_of_a_turn(call):
    call.says("我要查话费算了转人工")
    assert isinstance(call.ended, HandOff)


def test_the_second_wish_is_offered_when_the_first_is_done(call):
    assert call.says("查话费然后再报个故障") == ["余额十元。", "您刚才还想报故障，现在办吗？"]
    assert call.says("好的") == ["已经登记。", "请问还要办什么？"]


@pytest.mark.parametrize("turn", ["报故障另外帮我看看我家孩子的作业", "帮我看看我家孩子的作业然后再报故障"])
def test_the_wish_that_is_understood_is_met_though_the_other_is_not(call, turn):
    assert call.says(turn) == ["已经登记。", "请问还要办什么？"]


def test_no_part_of_the_callers_own_words_is_taken_for_a_wish(call_flow):
    steps = """
  one:
    collect: {story: {type: text, ask: 请说。}}
    say: 好的，{story}。
    next: two
  two: {ask: 请问办什么？, intents: [look, fault], then: {look: two, fault: bye}}
  bye: {hang_up: 再见。}
"""
    talk = call_flow(steps, intents=INTENTS)
    told = "楼下的广场舞跳到半夜没人管，然后我家的宽带坏了也没人来修"
    assert talk.says(told)[0].startswith("好的，楼下的广场舞")


def test_who_wants_it_no_more_is_asked_for_more(call):
    call.says("查话费然后再报个故障")
    assert call.says("不用了") == ["请问还要办什么？"]
    call.says("转人工")
    assert "故障" not in call.ended.summary


def test_who_says_something_else_to_the_offer_is_understood(call):
    call.says("查话费然后再报个故障")
    assert call.says("交话费")[0] == "交好了。"


def test_the_second_wish_is_offered_before_the_goodbye(call):
    call.says("签合同顺便报故障")
    assert call.says("是的") == ["您刚才还想报故障，现在办吗？"]
    call.says("好")
    call.says("没有了")
    assert isinstance(call.ended, HangUp)


def test_who_is_silent_at_the_offer_gets_the_question_and_then_a_person(call):
    call.says("查话费然后再报个故障")
    assert call.waits() == ["您好，我没有听到您的声音。", "请问还要办什么？"]
    call.waits()
    call.waits()
    assert isinstance(call.ended, HandOff)
    assert "还想：报故障" in call.ended.summary


def test_what_was_not_done_stands_in_the_summary(call):
    call.says("先查话费然后转人工")
    assert "还想：查话费" in call.ended.summary


def test_the_same_events_give_the_same_commands(call):
    call.says("查话费然后再报个故障")
    call.says("好的")
    flow, vocabulary = call.dialogue.flow, call.dialogue._vocabulary
    first, second = Dialogue(flow, vocabulary), Dialogue(flow, vocabulary)
    exchanges = [(event, first.handle(event)) for event in call.events]
    assert [command for _, commands in exchanges for command in commands] == call.commands
    assert replay(second, exchanges) is None
