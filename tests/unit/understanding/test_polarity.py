"""What a caller refuses."""

import pytest

from ivr.understanding.polarity import negators, refuses, wanted

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    ("said", "left"),
    [
        ("不要转人工", ""),
        ("我不想查账单我要报故障", "我我要报故障"),
        ("不是查账单，是要报故障", "是要报故障"),
        ("不，转人工", "转人工"),
        ("不对转人工", "转人工"),
        ("服务器不想要了怎么退钱", "服务器怎么退钱"),
        ("i don't want an agent", ""),
        ("查账单", "查账单"),
        ("是不是要转人工", "是不是要转人工"),
        ("要不要备案", "要不要备案"),
        ("速度特别慢", "速度特别慢"),
        ("怎么申请发票", "怎么申请发票"),
        ("不了解产品", "不了解产品"),
        ("不用转人工", ""),
        ("那个不用了转人工", "那个转人工"),
        ("别转人工了帮我查账单", "帮我查账单"),
        ("不要给我转人工", ""),
        ("不要再给我转人工了", ""),
        ("不要机器人要人工", "要人工"),
        ("没有了转人工", "转人工"),
        ("不想上班怎么办", ""),
        ("不用谢", "不用谢"),
    ],
)
def test_what_is_refused_is_cut_out_and_what_is_wanted_stays(said, left):
    assert wanted(said) == left


@pytest.mark.parametrize(
    ("said", "refused"), [("不用了", True), ("不是", True), ("别转了", True), ("没错", False), ("登不上去", False)]
)
def test_a_refusal_is_known(said, refused):
    assert refuses(said) is refused


@pytest.mark.parametrize(
    ("said", "negating"), [("登不上", 1), ("能不能用", 0), ("有没有", 0), ("没错", 0), ("区别", 0), ("不过没收到", 1)]
)
def test_only_words_that_negate_are_counted(said, negating):
    assert sum(negators(said)) == negating
