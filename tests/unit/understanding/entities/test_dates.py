"""Dates and times as callers say them, on Friday 20 November 2026 at half past ten."""

from __future__ import annotations

from datetime import date, datetime, time
from decimal import Decimal

import pytest

from ivr.understanding.entities.dates import TimeEntity, find_dates

pytestmark = pytest.mark.unit

wall = datetime.fromisoformat
AT = wall("2026-11-20 10:30")


def only(text):
    found = find_dates(text, AT)
    assert len(found) == 1, found
    assert isinstance(found[0], TimeEntity)
    return found[0]


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("后天", date(2026, 11, 22)),
        ("大后天", date(2026, 11, 23)),
        ("下周三", date(2026, 11, 25)),
        ("上个星期天", date(2026, 11, 15)),
        ("礼拜五", date(2026, 11, 20)),
        ("这个月十五号", date(2026, 11, 15)),
        ("下个月三号", date(2026, 12, 3)),
        ("一月十九号", date(2027, 1, 19)),
        ("二零二六年十一月二十日", date(2026, 11, 20)),
        ("三天以后", date(2026, 11, 23)),
        ("国庆后第一天", date(2027, 10, 8)),
        ("国庆前一天", date(2027, 9, 30)),
        ("春节", date(2027, 2, 6)),
        ("除夕", date(2027, 2, 5)),
        ("中秋节", date(2027, 9, 15)),
        ("今年中秋", date(2026, 9, 25)),
        ("农历八月初三", date(2027, 9, 3)),
        ("清明", date(2027, 4, 5)),
        ("母亲节", date(2027, 5, 9)),
    ],
)
def test_a_day_is_the_next_one_of_its_name(said, meant):
    found = only(said)
    assert (found.kind, found.value, found.text) == ("date", meant, said)


@pytest.mark.parametrize(
    ("said", "kind", "meant"),
    [
        ("大后天下午三点半", "datetime", wall("2026-11-23 15:30")),
        ("明天早上九点一刻", "datetime", wall("2026-11-21 09:15")),
        ("半个小时后", "datetime", wall("2026-11-20 11:00")),
        ("今晚八点", "datetime", wall("2026-11-20 20:00")),
        ("今晚十二点", "datetime", wall("2026-11-21 00:00")),
        ("明天晚上一点", "datetime", wall("2026-11-22 01:00")),
        ("下午四五点", "time_range", (time(16), time(17))),
        ("三四个小时", "duration", Decimal(10800)),
        ("周六周日", "date_range", (date(2026, 11, 21), date(2026, 11, 23))),
        ("下个月第一天", "date", date(2026, 12, 1)),
        ("这个月最后一天", "date", date(2026, 11, 30)),
        ("差五分八点", "time", time(7, 55)),
        ("晚上两点", "time", time(2, 0)),
        ("中午十二点", "time", time(12, 0)),
        ("晚上十二点", "time", time(0, 0)),
        ("三点到五点", "time_range", (time(15), time(17))),
        ("下午五点到晚上七点半", "time_range", (time(17), time(19, 30))),
        ("上个月", "date_range", (date(2026, 10, 1), date(2026, 11, 1))),
        ("上个月底", "date_range", (date(2026, 10, 25), date(2026, 11, 1))),
        ("月初", "date_range", (date(2026, 11, 1), date(2026, 11, 11))),
        ("周末", "date_range", (date(2026, 11, 21), date(2026, 11, 23))),
        ("下半年", "date_range", (date(2026, 7, 1), date(2027, 1, 1))),
        ("过去三个月", "date_range", (date(2026, 8, 20), date(2026, 11, 20))),
        ("三月到五月", "date_range", (date(2027, 3, 1), date(2027, 6, 1))),
        ("下周三上午", "datetime_range", (wall("2026-11-25 06:00"), wall("2026-11-25 12:00"))),
        ("前天晚上", "datetime_range", (wall("2026-11-18 18:00"), wall("2026-11-19 00:00"))),
        ("明天下午两点到四点", "datetime_range", (wall("2026-11-21 14:00"), wall("2026-11-21 16:00"))),
        ("两个半小时", "duration", Decimal(9000)),
        ("半个月", "duration", Decimal(1296000)),
        ("三刻钟", "duration", Decimal(2700)),
        ("每周三下午三点", "set", "XXXX-WXX-3T15"),
    ],
)
def test_what_is_said_is_worth(said, kind, meant):
    found = only(said)
    assert (found.kind, found.value, found.text) == (kind, meant, said)


def test_the_past_is_kept_for_who_asks_about_a_bill():
    found = only("十月的账单")
    assert found.value == (date(2027, 10, 1), date(2027, 11, 1))
    assert found.past == (date(2026, 10, 1), date(2026, 11, 1))


def test_an_hour_that_has_gone_by_today_is_tonight():
    assert only("今天八点").value == wall("2026-11-20 20:00")
    assert only("今天八点").confidence < 1
    assert only("明天八点").value == wall("2026-11-21 08:00")


def test_a_day_that_no_month_has_is_found_with_its_fault():
    found = only("二月三十号")
    assert found.value is None
    assert found.fault.startswith("no_such_date")


def test_spans_are_those_of_the_text_as_it_was_given():
    text = "我想 明天 下午 三点 过来"
    found = only(text)
    assert text[found.start : found.end] == found.text == "明天 下午 三点"


@pytest.mark.parametrize(
    "said",
    [
        "便宜一点",
        "三个人",
        "一五一十",
        "一周岁",
        "第三点",
        "快一点啊",
        "你好",
        "哪一天",
        "初三上册",
        "",
        "《明日之后》",
    ],
)
def test_what_only_sounds_like_a_time_is_none(said):
    assert not find_dates(said, AT)
