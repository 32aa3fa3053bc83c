"""One spelling for what sounds or means the same."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.understanding.normalise import MAX_CHARACTERS, clauses, content, normalise

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    ("text", "normal"),
    [
        ("查 账单", "查账单"),
        ("查账单！？", "查账单"),
        ("ＣＤＮ 怎么收费", "cdn怎么收费"),
        ("Speak to  an AGENT.", "speak to an agent"),
        ("I don't", "i dont"),
        ("[unk] 转 人工 <UNK>", "转人工"),
        ("，。 \n", ""),
        ("我想查詢帳單", "我想查询账单"),
        ("電話費餘額", "电话费余额"),
        ("帐篷和帐号", "帐篷和账号"),
    ],
)
def test_width_case_punctuation_and_spaces_make_no_difference(text, normal):
    assert normalise(text) == normal


@pytest.mark.parametrize(
    "text",
    [
        "嗯那个查账单",
        "我想查一下账单",
        "请问能不能帮我查一下我的账单啊谢谢",
        "麻烦您查账单",
        "查账单查账单",
        "就是说查账单吧",
        "我想查我想查账单",
        "查账查账单",
        "我我我要查呃账单",
        "我想查那个账单",
        "嗯我想嗯查这个账单",
    ],
)
def test_politeness_fillers_and_light_words_are_not_content(text):
    assert content(normalise(text)) == ("查", "账", "单")


def test_a_filler_inside_a_word_stays():
    assert content("刹那之间") == ("刹", "那", "之", "间")
    assert content("就是说明书") == ("说", "明", "书")


@pytest.mark.parametrize("text", ["可以", "你好", "请问", "我的"])
def test_words_of_politeness_alone_stay_whole(text):
    assert content(text) == tuple(text)


@pytest.mark.parametrize("text", ["嗯", "嗯那个", "呃呃呃", ""])
def test_nothing_but_fillers_has_no_content(text):
    assert content(text) == ()


def test_punctuation_parts_clauses():
    assert clauses("不，转人工。谢谢！") == ["不", "转人工", "谢谢"]


@given(st.text(max_size=1000))
def test_any_text_is_cut_to_a_bounded_length(text):
    assert len(normalise(text)) <= MAX_CHARACTERS
    assert all(content(normalise(text)))
