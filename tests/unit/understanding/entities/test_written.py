"""What callers said, as a person would write it down."""

from __future__ import annotations

from datetime import datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ivr.understanding.entities.written import written

pytestmark = pytest.mark.unit

AT = datetime(2026, 11, 20, 10, 0)  # noqa: DTZ001  the hotline's wall clock


@pytest.mark.parametrize(
    ("said", "wanted"),
    [
        ("我要充五十块五毛", "我要充50块5毛"),
        ("价格是十三点五美元", "价格是$13.5"),
        ("三千三百八十元五角八分", "¥3380.58"),
        ("同比增长百分之六点三", "同比增长6.3%"),
        ("百分之三十到四十", "30~40%"),
        ("总量的五分之一以上", "总量的1/5以上"),
        ("二零零八年八月八日", "2008/08/08"),
        ("八月十六号的十二点之前", "08/16的12点之前"),
        ("上午八点半准时开会", "8:30a.m.准时开会"),
        ("每小时十公里", "10km/h"),
        ("重达二十五千克", "重达25kg"),
        ("三五百公里", "300~500km"),
        ("十七八万", "17~18万"),
        ("一亿零两千三百人", "1亿2300人"),
        ("约三百一十五万字", "约315万字"),
        ("拨打幺二三零六", "拨打12306"),
        ("一加二等于三", "1+2=3"),
        ("京A零七ZX三F", "京A07ZX3F"),
        ("三百九十九三盒", "399 3盒"),
    ],
)
def test_numbers_are_written_in_digits(said, wanted):
    assert written(said, AT) == wanted


@pytest.mark.parametrize(
    "said", ["一共有多少人", "三七二十一", "十几万和几十万", "我想查一下", "一个问题", "星期三", "十三五规划"]
)
def test_words_that_only_hold_a_numeral_stay_words(said):
    assert written(said, AT) == said


def test_lone_numbers_and_lone_digits_can_be_left_in_words():
    assert written("五,五十五,三十天", AT, standalone=False) == "五,五十五,30天"
    assert written("九人十人", AT, small=False) == "九人10人"


@settings(max_examples=100, deadline=None)
@given(
    st.text(
        alphabet="零一二两三四五六七八九十百千万亿点半负多几第分之年月日号块元毛到加比每小时公里克人A1. ", max_size=40
    )
    | st.text()
)
def test_what_holds_no_numeral_is_not_changed_and_nothing_fails(text):
    result = written(text, AT)
    assert isinstance(result, str)
    if not any(character in "零〇一二两三四五六七八九十百千万亿半壹贰" for character in text) and text.isalpha():
        assert result == text
