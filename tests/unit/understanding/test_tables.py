"""A table is asked by row and attribute, by limits and superlatives, and follow-ups keep what they do not name."""

from dataclasses import replace
from decimal import Decimal

import pytest

from ivr.understanding.tables import Attribute, Row, Table, read

pytestmark = pytest.mark.unit

TABLE = Table(
    "plans",
    "套餐",
    (
        Row("small", ("小套餐",), {"fee": Decimal(29), "data": Decimal(10)}),
        Row("middle", ("畅享套餐", "畅享"), {"fee": Decimal(89), "data": Decimal(30)}),
        Row("large", ("尊享套餐", "尊享"), {"fee": Decimal(129)}),
    ),
    (
        Attribute("fee", ("月费", "多少钱", "一个月多少钱"), ("最贵",), ("最便宜",), "money"),
        Attribute("data", ("流量", "有多少流量"), ("流量最多",), ("流量最少",), "number", "个G"),
    ),
)
ENGLISH = Table(
    "plans",
    "plan",
    (
        Row("small", ("the small plan", "small"), {"fee": Decimal(29), "data": Decimal(10)}),
        Row("large", ("the large plan", "large"), {"fee": Decimal(99), "data": Decimal(80)}),
    ),
    (
        Attribute("fee", ("monthly fee", "cost", "how much"), ("most expensive",), ("cheapest",), "money"),
        Attribute("data", ("data",), (), (), "number", "gigabytes"),
    ),
)


@pytest.mark.parametrize(
    ("text", "entry"),
    [
        ("畅享套餐多少钱一个月", "middle.fee"),
        ("常想套餐多少钱", "middle.fee"),
        ("我想问一下畅享的流量有多少", "middle.data"),
        ("八十九的套餐有多少流量", "middle.data"),
        ("89块的套餐流量", "middle.data"),
        ("尊享有多少流量", "large.data"),
        ("哪个套餐流量最多", "most.data"),
        ("最便宜的是哪个", "least.fee"),
        ("一百块以下的有哪些", "under.fee.2"),
        ("八十九块以下的", "under.fee.2"),
        ("不到八十九块的", "under.fee.1"),
        ("十块以下的套餐", "under.fee.0"),
        ("流量二十个G以上的有哪些", "over.data.1"),
        ("不低于八十九块的", "over.fee.2"),
        ("五十块的套餐有多少流量", "none"),
        ("套餐都多少钱", "all.fee"),
        ("介绍一下畅享套餐", "middle"),
    ],
)
def test_what_a_turn_asks_for(text, entry):
    found = read(text, TABLE)
    assert found is not None
    assert found.entry == entry
    assert found.score >= 0.7


@pytest.mark.parametrize(
    ("text", "entry"),
    [
        ("how much is the large plan", "large.fee"),
        ("which is the cheapest", "least.fee"),
        ("which plan has the most data", "most.data"),
        ("plans under fifty yuan", "under.fee.1"),
    ],
)
def test_english_tables_are_asked_alike(text, entry):
    assert read(text, ENGLISH).entry == entry


@pytest.mark.parametrize(
    ("text", "entry"),
    [("那流量呢", "middle.data"), ("那尊享呢", "large.fee"), ("那二十九的呢", "small.fee"), ("那最贵的呢", "most.fee")],
)
def test_a_follow_up_keeps_the_row_or_the_attribute(text, entry):
    assert read(text, TABLE, "faq:plans/middle.fee").entry == entry


@pytest.mark.parametrize(
    ("subject", "entry"),
    [("most.data", "middle.fee"), ("least.fee", "small.fee"), ("under.fee.2", "all.fee"), ("most.roaming", "all.fee")],
)
def test_a_follow_up_is_about_the_row_that_had_the_most_or_the_least(subject, entry):
    assert read("那月费呢", TABLE, f"faq:plans/{subject}").entry == entry


def test_of_two_rows_that_have_the_most_a_follow_up_is_about_neither():
    twins = tuple(Row(name, (name,), {"fee": Decimal(29), "data": Decimal(30)}) for name in ("甲款", "乙款"))
    assert read("那月费呢", replace(TABLE, rows=twins), "faq:plans/most.data").entry == "all.fee"


def test_a_subject_of_another_faq_says_nothing_of_rows():
    assert read("那流量呢", TABLE, "faq:other/middle.fee").entry == "all.data"


@pytest.mark.parametrize("text", ["畅享套餐能在国外用吗", "我要办畅享套餐"])
def test_what_a_table_does_not_hold_is_not_answered_from_it(text):
    assert read(text, TABLE).score < 0.7


@pytest.mark.parametrize("text", ["", "  ", "报故障", "一二三四五六七八", "啊" * 2000, "\0", "🙂"])
def test_any_text_is_read_without_harm(text):
    assert read(text, TABLE) is None


def test_it_says_why():
    assert "畅享套餐" in read("畅享套餐多少钱", TABLE).why
