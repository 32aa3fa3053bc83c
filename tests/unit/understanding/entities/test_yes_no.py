"""Yes and no, and what is neither."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.understanding.entities.yes_no import find_yes_no

pytestmark = pytest.mark.unit


def answer(text):
    found = find_yes_no(text)
    return found[0].value if found else None


@pytest.mark.parametrize(
    "said",
    [
        "是",
        "嗯对",
        "好的没问题",
        "没错",
        "没有问题",
        "那行吧",
        "可以的",
        "要的",
        "对我要查话费",
        "ok sure",
        "no problem",
    ],
)
def test_yes(said):
    assert answer(said) is True


@pytest.mark.parametrize(
    "said",
    [
        "不",
        "不用了谢谢",
        "嗯不",
        "不是我的",
        "没有",
        "不太行",
        "不好吧",
        "这样不行",
        "算了吧",
        "not really",
        "nope",
        "不我不要",
    ],
)
def test_no(said):
    assert answer(said) is False


@pytest.mark.parametrize(
    "said",
    [
        "是不是",
        "可以吗",
        "对不起",
        "我不知道",
        "我不确定",
        "好久不见",
        "银行卡",
        "中国移动",
        "我要查话费",
        "没听清",
        "i don't know",
        "",
    ],
)
def test_neither(said):
    assert answer(said) is None


def test_the_first_answer_counts():
    assert answer("对，我说了不是") is True
    assert answer("不是，好的") is False


def test_the_more_of_the_turn_it_is_the_surer():
    whole, beginning, within = (find_yes_no(said)[0].confidence for said in ("同意", "同意那不好", "我觉得同意"))
    assert whole > beginning > within


@given(st.text(max_size=60))
def test_whatever_is_said_there_is_at_most_one_answer_within_the_text(text):
    for entity in find_yes_no(text):
        assert text[entity.start : entity.end] == entity.text != ""
    assert len(find_yes_no(text)) <= 1
