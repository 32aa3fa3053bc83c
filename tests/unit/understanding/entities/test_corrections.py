"""The last word counts, and a complaint is no correction."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ivr.understanding.entities.corrections import corrected
from ivr.understanding.entities.identifiers import find_identifiers

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("一三八不对一三九", "一三九"),
        ("一三八零零不对一三九零零一三八零零零", "一三九零零一三八零零零"),
        ("五六七八不对七九", "五六七九"),
        ("一三八一二三四五六七八说错了五六七九", "一三八一二三四五六七九"),
        ("幺三八零零一三八零零零，不对，最后一位是五", "幺三八零零一三八零零五"),
        ("幺三八零零一三八零零零零错了后四位是一二三四", "幺三八零零一三八一二三四"),
        ("一三八一二不是二是三", "一三八一三"),
        ("京A一二三四五不对一二三四六", "京A一二三四六"),
        ("京A12345不对京B12345", "京B12345"),
        ("一三八不对", ""),
        ("at five sorry six", "at six"),
    ],
)
def test_corrected_digits_replace_the_number_or_its_end(said, meant):
    assert corrected(said).text == meant


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("我要三份不四份", "我要四份"),
        ("我要三份炒饭不对四份", "我要四份炒饭"),
        ("不是四栋是五栋", "五栋"),
        ("我住四栋，不是四栋是五栋", "我住五栋"),
        ("是五栋不是四栋", "是五栋"),
        ("答案是四不是五", "答案是四"),
        ("我住在四栋，哦不，五栋", "我住在五栋"),
        ("明天下午三点不对后天下午三点", "后天下午三点"),
        ("下午三点不对四点半", "下午四点半"),
        ("下午三点不对晚上八点", "晚上八点"),
        ("三月五号不对六号", "三月六号"),
        ("一百块不对两百", "两百块"),
        ("北京市朝阳区不对海淀区", "北京市海淀区"),
        ("我要去上海不对去杭州", "我要去杭州"),
        ("我要查话费不对我要查流量", "我要查流量"),
        ("三楼应该是四楼", "四楼"),
        ("周三不对周四不对周五", "周五"),
        ("from monday no tuesday", "from tuesday"),
        ("not four but five", "five"),
    ],
)
def test_what_has_the_same_unit_is_replaced(said, meant):
    assert corrected(said).text == meant


@pytest.mark.parametrize(
    "said",
    [
        "我的账单不对",
        "我的账单不对帮我查一下",
        "账单金额错了我要投诉",
        "这个价格不对应该是三十块",
        "是不是三号",
        "不三不四",
        "两个大份一个小份",
        "不对",
        "我不是很懂",
        "",
    ],
)
def test_what_is_no_correction_stays_as_it_is(said):
    correction = corrected(said)
    assert correction.text == said
    assert not correction.changed


@pytest.mark.parametrize("said", ["数量不是一却是五", "答案是四不是五", "不是四栋是五栋"])
def test_a_contrast_may_be_left_as_it_is(said):
    assert not corrected(said, contrasts=False).changed
    assert corrected("三份不对四份", contrasts=False).text == "四份"


def test_what_is_found_after_a_correction_spans_what_was_said():
    said = "手机号一三八零零不对一三九零零一三八零零零谢谢"
    phone = next(entity for entity in find_identifiers(said) if entity.kind == "phone")
    assert (phone.value, phone.fault) == ("13900138000", "")
    assert said[phone.start : phone.end] == phone.text


@settings(max_examples=200, deadline=None)
@given(
    st.lists(
        st.sampled_from(["不对", "不是", "是", "三份", "四栋", "不", "一三八", "明天", "no ", "朝阳区", "，", "x"])
    )
    .map("".join)
    .filter(lambda text: len(text) < 120)
    | st.text(max_size=60)
)
def test_a_correction_is_made_of_the_callers_own_characters(text):
    correction = corrected(text)
    assert correction.text == "".join(text[place] for place in correction.places)
    assert len(set(correction.places)) == len(correction.places)
    assert corrected(text) == correction


def test_a_long_turn_costs_no_more_than_a_short_one():
    assert len(corrected("三份不对" * 2000).text) > 6000
