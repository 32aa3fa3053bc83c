"""Whatever text comes in: something sensible comes out, in bounded time, the same every time."""

from __future__ import annotations

import time
from datetime import date, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ivr.understanding.entities.dates import KINDS, find_dates

pytestmark = pytest.mark.unit

WORDS = (
    *"零一二三四五六七八九十百千两半初廿年月日号天周点分秒刻时个上下前后今明昨去到至从的和之间以内第末底",
    *(
        "星期",
        "礼拜",
        "上午",
        "下午",
        "晚上",
        "凌晨",
        "小时",
        "分钟",
        "季度",
        "春节",
        "国庆",
        "除夕",
        "农历",
        "闰",
        "大年",
    ),
    *(
        "每",
        "最后",
        "过去",
        "未来",
        "开始",
        "以前",
        "之后",
        "2026",
        "-",
        "/",
        ":",
        ".",
        " ",
        "13",
        "31",
        "康熙",
        "世纪",
        "年代",
    ),
    *(
        "tomorrow",
        "next",
        "last",
        "tuesday",
        "may",
        "half past",
        "at",
        "pm",
        "the",
        "fifth",
        "of",
        "two",
        "hours",
        "in",
    ),
)
PHRASES = st.lists(st.sampled_from(WORDS), max_size=14).map("".join)
MOMENTS = st.datetimes(min_value=datetime.fromisoformat("1950-01-01"), max_value=datetime.fromisoformat("2090-12-31"))
EXTREMES = [
    datetime.fromisoformat(at)
    for at in ("0001-01-01", "9999-12-31 23:59:59", "1900-01-01", "2101-01-01", "2024-02-29", "2026-12-31")
]


def assert_sound(text, at):
    found = find_dates(text, at)
    for one in found:
        assert one.kind in KINDS
        assert 0 <= one.start < one.end <= len(text)
        assert one.text == text[one.start : one.end]
        assert 0 < one.confidence <= 1
        assert (one.value is None) == bool(one.fault)
        if isinstance(one.value, tuple) and one.kind != "time_range" and None not in one.value:
            assert one.value[0] <= one.value[1]
    assert all(one.end <= other.start for one, other in pairwise(found))
    assert found == find_dates(text, at)


@given(st.text(max_size=60), MOMENTS)
@settings(max_examples=150, deadline=None)
def test_any_text_gives_sound_entities(text, at):
    assert_sound(text, at)


@given(PHRASES, st.one_of(MOMENTS, st.sampled_from(EXTREMES)))
@settings(max_examples=400, deadline=None)
def test_any_words_about_time_give_sound_entities(text, at):
    assert_sound(text, at)


@given(st.dates(min_value=date(1950, 1, 1), max_value=date(2090, 12, 31)), MOMENTS)
@settings(max_examples=100, deadline=None)
def test_a_date_said_in_full_is_that_date(day, at):
    found = find_dates(f"{day.year}年{day.month}月{day.day}号", at)
    assert [one.value for one in found] == [day]


@given(st.integers(1, 31), MOMENTS)
@settings(max_examples=100, deadline=None)
def test_a_day_of_the_month_is_ahead_and_its_past_is_behind(number, at):
    (found,) = find_dates(f"{number}号", at)
    assert found.past < at.date() <= found.value < at.date() + timedelta(days=63)
    assert found.value.day == found.past.day == number


@pytest.mark.parametrize(
    "piece",
    [
        "一",
        "1",
        "十",
        "年",
        "1/1-",
        "三月到",
        "二零",
        "下下",
        "周一到",
        "差五分",
        "每",
        "初",
        " ",
        "1:",
        "at ",
        "next ",
    ],
)
def test_the_worst_text_is_read_in_time(piece):
    text = piece * 1000
    began = time.perf_counter()
    find_dates(text, datetime.fromisoformat("2026-11-20"))
    assert time.perf_counter() - began < 1
