"""One text against one example."""

import pytest

from ivr.understanding.matching import LONE, SPOILT, compare, form

pytestmark = pytest.mark.unit


def score(heard, example, weights=None):
    return compare(form(heard, weights or {}), form(example, weights or {})).score


@pytest.mark.parametrize(
    ("heard", "example"),
    [
        ("不能登录控制台", "能登录控制台"),
        ("能登录控制台", "不能登录控制台"),
        ("账单没收到", "账单收到"),
        ("不太可以", "可以"),
        ("可以登录不了", "可以登录"),
    ],
)
def test_a_negator_on_one_side_spoils_the_match(heard, example):
    assert score(heard, example) <= SPOILT


@pytest.mark.parametrize(
    ("heard", "example"), [("无法登录控制台", "不能登录控制台"), ("能不能登录控制台", "能登录控制台")]
)
def test_a_negator_on_both_sides_or_in_a_question_spoils_nothing(heard, example):
    assert score(heard, example) > 0.6 > SPOILT


@pytest.mark.parametrize(("heard", "example"), [("没有的", "没有人吗"), ("没有呢", "没有人吗"), ("有人在家", "有人吗")])
def test_function_words_say_something_only_when_they_are_all_there_and_alone(heard, example):
    assert score(heard, example) == 0.0


@pytest.mark.parametrize(
    ("heard", "example"), [("人在吗", "有人在吗"), ("就没有人吗", "没有人吗"), ("没人吗", "没有人吗")]
)
def test_a_word_that_only_points_may_be_left_out(heard, example):
    assert score(heard, example) >= 0.6


def test_a_negator_far_from_the_match_spoils_nothing():
    assert score("你都听不懂赶紧转人工客服", "转人工客服") >= 0.7


def test_a_short_example_must_be_half_of_the_turn_and_a_long_one_need_not():
    assert score("人工智能怎么收费", "人工") < 0.7
    assert score("我这边想问账号被锁定到底咋处理呀", "账号被锁定") >= 0.7


def test_a_short_turn_does_not_match_a_long_example():
    assert score("服务器", "服务器连接不上控制台") < 0.7
    assert score("账", "账单") <= LONE


def test_order_costs_little_and_other_words_cost_much():
    assert score("支付密码怎么找回", "怎么找回支付密码") > 0.75 > score("支付密码怎么找回", "支付方式怎么修改")


def test_what_every_meaning_holds_weighs_less():
    common = dict.fromkeys(["yun", "fuu", "wu", "qi", "zen", "me", "fu"], 0.35)
    assert score("云服务器怎么退款", "云服务器怎么开通", common) < score("云服务器怎么退款", "云服务器怎么开通")


def test_the_way_it_matched_is_told():
    said = {
        how: compare(form(heard, {}), form("转人工", {})).how for how, heard in [("is", "转人工"), ("sounds", "专仁公")]
    }
    assert said == {"is": "is", "sounds": "sounds exactly like"}
