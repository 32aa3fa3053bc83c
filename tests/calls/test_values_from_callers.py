"""Dates, amounts, numbers and cards from callers: taken as they are said, and whoever errs is told in what."""

from __future__ import annotations

import pytest

from ivr.simulate.caller import CallerTurn
from tests.calls.test_whole_calls import same

pytestmark = pytest.mark.calls

SILENCE = CallerTurn(silence=True)
INTENTS = "intents:\n  repair: [我要报修, 预约维修, 帮我预约维修]\n  pay: [我要充值, 充话费]\n"
FLOW = """\
hotline: 测试
language: zh-CN
start: need
steps:
  need:
    ask: 请问要办什么？
    intents: [repair, pay]
    keys: {{1: repair, 2: pay}}
    then: {{repair: take, pay: take}}
  take:
    collect:
      thing:
        {slot}
        ask: 请说。
        confirm: 是{{thing}}，对吗？
    say: 好的，{{thing}}。
    next: bye
  bye: {{hang_up: 再见。}}
"""


@pytest.fixture
def asks(hotline):
    """`asks(slot, *turns)`: a call that begins with 我要报修 and is asked for one value; `slot` is YAML."""

    def call(slot, *turns, first="我要报修"):
        return hotline(FLOW.format(slot=slot.replace(", ", "\n        ")), INTENTS).call(first, *turns)

    return call


@pytest.mark.parametrize(
    ("slot", "said", "read_back"),
    [
        ("type: date, earliest: today", "大后天", "是二零二六年十一月二十三号，对吗？"),
        ("type: date, direction: past", "三号", "是二零二六年十一月三号，对吗？"),
        ("type: datetime", "明天下午三点半", "是十一月二十一号下午三点半，对吗？"),
        ("type: datetime", "下午三点吧，后天", "是十一月二十二号下午三点，对吗？"),
        ("type: time", "晚上八点", "是二十点，对吗？"),
        ("type: money", "三块五", "是三块五，对吗？"),
        ("type: money", "五十", "是五十块，对吗？"),
        ("type: number", "我们一共三个人", "是三，对吗？"),
        ("type: phone", "我的手机号是幺三八零零幺三八零零零", "是幺三八，零零幺三，八零零零，对吗？"),
        ("type: phone", "一三八不对一三九零零一三八零零零", "是幺三九，零零幺三，八零零零，对吗？"),
        (
            "type: id_card",
            "一一零一零五一九四九一二三一零零二x",
            "是幺幺零幺，零五幺九，四九幺二，三幺零零，二 X，对吗？",
        ),
        ("type: plate", "京A一二三四五", "是京A 幺二三四五，对吗？"),
        ("type: order, length: 6", "订单号是a b一二三四", "是A B 幺二三四，对吗？"),
    ],
)
def test_what_a_caller_says_is_read_back_as_people_say_it(asks, slot, said, read_back):
    told = asks(slot, said, "对")
    assert told.said[2] == read_back
    assert told.said[3] == f"好的，{read_back.removeprefix('是').removesuffix('，对吗？')}。"


@pytest.mark.parametrize(
    ("slot", "said", "answer"),
    [
        ("type: phone", "一三八零零一三八零零", "手机号应该是十一位，您说的少了一位，请再说一遍。"),
        ("type: phone", "一三八零零一三八零零零零", "手机号应该是十一位，您说的多了一位，请再说一遍。"),
        (
            "type: id_card",
            "一一零一零五一九四九一二三一零零二一",
            "这个身份证号好像有一位不对，请您核对一下，再说一遍。",
        ),
        ("type: date, earliest: today", "昨天", "这个时间已经过去了，请说一个以后的时间。"),
        ("type: date, latest: 30 days", "三个月后", "最晚只能是二零二六年十二月二十号，请再说一遍。"),
        ("type: date", "二月三十号", "没有这一天，请再说一遍。"),
        ("type: date, direction: past", "明天", "这个日期还没有到，请再说一遍。"),
        ("type: datetime, earliest: 2 hours", "今天上午十一点", "最早只能是十一月二十号中午十二点，请再说一遍。"),
        ("type: money, at_least: 10, at_most: 500", "五块", "金额要在十块到五百块之间，请再说一遍。"),
        ("type: number, at_least: 1", "零", "数不能小于一，请再说一遍。"),
        ("type: money", "五十美元", "请您说人民币的金额。"),
        ("type: order, length: 6", "a b一二三", "号码应该是六位，您说的少了一位，请再说一遍。"),
    ],
)
def test_a_caller_whose_value_cannot_be_is_told_why_and_asked_again(asks, slot, said, answer):
    told = asks(slot, said)
    assert told.said[2:4] == [answer, "请说。"]


@pytest.mark.parametrize("slot", ["type: phone", "type: datetime, earliest: 2 hours", "type: money, at_most: 10"])
def test_three_values_that_cannot_be_lead_to_a_person(asks, slot):
    wrong = {"phone": "一三八零零", "datetime": "昨天下午三点", "money": "一百块"}[
        slot.split(",")[0].removeprefix("type: ")
    ]
    told = asks(slot, wrong, wrong, wrong)
    assert told.outcome.ended == "handed_off"


def test_silence_nonsense_and_a_wrong_value_lead_to_a_person_too(asks):
    told = asks("type: date", SILENCE, "啦啦啦啦", SILENCE)
    assert told.outcome.ended == "handed_off"


@pytest.mark.parametrize("slot", ["type: date", "type: phone", "type: money", "type: id_card", "type: plate"])
def test_a_person_is_one_word_or_one_key_away(asks, slot):
    assert asks(slot, "转人工").outcome.ended == "handed_off"
    assert asks(slot, CallerTurn(keys="0")).outcome.ended == "handed_off"


def test_a_caller_who_names_the_day_is_asked_for_the_time_only(asks):
    told = asks("type: datetime, earliest: today", "明天", "下午三点", "对")
    assert told.said[2:4] == ["好的，二零二六年十一月二十一号。请问几点？", "是十一月二十一号下午三点，对吗？"]


def test_a_time_that_is_over_today_is_asked_its_day(asks):
    told = asks("type: datetime, earliest: today", "早上八点", "后天")
    assert told.said[2:4] == ["好的，八点。请问是哪一天？", "是十一月二十二号早上八点，对吗？"]


def test_a_no_with_another_value_in_the_same_breath_replaces_it(asks):
    told = asks("type: phone", "一三八零零一三八零零零", "不对，是一三九零零一三八零零零", "对")
    assert told.said[3] == "是幺三九，零零幺三，八零零零，对吗？"
    assert told.said[4] == "好的，幺三九，零零幺三，八零零零。"


def test_a_no_alone_asks_again_and_a_value_said_twice_is_a_yes(asks):
    told = asks("type: date", "明天", "不对", "后天", "后天")
    assert told.said[3:5] == ["好的，我们重新来。", "请说。"]
    assert told.said[-2] == "好的，二零二六年十一月二十二号。"


@pytest.mark.parametrize(
    ("slot", "keys", "read_back"),
    [
        ("type: phone", "13800138000", "是幺三八，零零幺三，八零零零，对吗？"),
        ("type: id_card", "11010519491231002*", "是幺幺零幺，零五幺九，四九幺二，三幺零零，二 X，对吗？"),
        ("type: date", "20261121", "是二零二六年十一月二十一号，对吗？"),
        ("type: money", "12*5#", "是十二块五，对吗？"),
        ("type: datetime", "202611211530", "是十一月二十一号下午三点半，对吗？"),
        ("type: order, length: 6", "123456", "是幺二三，四五六，对吗？"),
    ],
)
def test_values_can_be_typed(asks, slot, keys, read_back):
    assert asks(slot, CallerTurn(keys=keys), "对").said[2] == read_back


def test_a_typed_number_with_a_digit_too_few_is_told_so(asks):
    told = asks("type: phone", CallerTurn(keys="1380013800#"))
    assert told.said[2] == "手机号应该是十一位，您说的少了一位，请再说一遍。"


def test_what_is_said_with_the_wish_is_not_asked_for_again(asks):
    told = asks("type: datetime, earliest: today", "对", first="明天下午三点帮我预约维修")
    assert told.said[1] == "是十一月二十一号下午三点，对吗？"


def test_a_wish_with_a_value_is_understood_where_the_step_it_leads_to_ends_the_call(hotline):
    flow = FLOW.replace("    next: bye\n  bye: {{hang_up: 再见。}}", "    hang_up: 再见。").format(slot="type: date")
    told = hotline(flow, INTENTS).call("后天帮我预约维修", "对")
    assert told.said[1:] == ["是二零二六年十一月二十二号，对吗？", "好的，二零二六年十一月二十二号。", "再见。"]


def test_what_cannot_be_is_asked_for_as_if_it_had_not_been_said(asks):
    told = asks("type: datetime, earliest: today", first="昨天下午三点帮我预约维修")
    assert told.said[1] == "请说。"


def test_the_number_of_a_card_is_hidden_from_the_agents_line(asks):
    told = asks("type: id_card", "一一零一零五一九四九一二三一零零二x", "对", "转人工")
    told = asks("type: id_card", "一一零一零五一九四九一二三一零零二x", "转人工")
    assert "11010519491231002" not in told.hand_off.summary
    assert "一九四九" not in told.hand_off.summary


def test_such_calls_replay_to_the_same_commands(hotline):
    made = hotline(FLOW.format(slot="type: datetime\n        earliest: 2 hours"), INTENTS)
    told = made.call("我要报修", "昨天下午三点", "明天", CallerTurn(keys="1500"), "对")
    assert same(made, told.journal) is None
