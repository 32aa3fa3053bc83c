"""A table's numbers, as the recogniser is told that callers may say them."""

import pytest

from ivr.flow.table_phrases import phrases_of
from ivr.flow.table_schema import Attribute, Row, Table
from ivr.flow.tables import as_read
from ivr.understanding.faq import FaqEntry
from ivr.understanding.interpreter import Interpreter
from ivr.understanding.result import State

pytestmark = pytest.mark.unit

_FEE = Attribute(called="月费", also=["多少钱"], type="money", answer="{value}")
_DATA = Attribute(called="流量", also=["有多少流量"], type="number", unit="个G", answer="{value}")
_BROADBAND = Attribute(called="宽带", answer="{value}")


def _tariffs(**attributes: Attribute) -> Table:
    row = Row(name="畅享套餐", cells={"fee": "59", "data": "30", "broadband": "三百兆"})
    return Table(about="套餐", attributes=attributes, rows={"plus": row})


def test_a_row_can_be_asked_for_by_its_price():
    phrases = phrases_of(_tariffs(fee=_FEE), "zh-CN")
    assert {"那五十九的呢", "五十九的套餐", "五十九块的", "五十九的套餐多少钱", "五十九块以下的有哪些"} <= set(phrases)


def test_a_number_is_said_with_its_own_unit():
    assert "三十个G的" in phrases_of(_tariffs(data=_DATA), "zh-CN")


def test_a_price_that_no_row_has_is_heard_as_well():
    phrases = phrases_of(_tariffs(fee=_FEE), "zh-CN")
    assert {"八十 九", "一百 二十", "九的套餐", "一百块以下的"} <= set(phrases)


def test_a_table_without_numbers_is_not_asked_by_them():
    assert phrases_of(_tariffs(broadband=_BROADBAND), "zh-CN") == ()


def test_in_english_numbers_are_words_of_their_own():
    table = Table(about="plan", attributes={"fee": _FEE}, rows={"plus": Row(name="plus", cells={"fee": "59"})})
    assert {"the fifty nine one", "the fifty nine plan", "fifty nine yuan"} <= set(phrases_of(table, "en"))


def test_they_are_listened_for_where_the_table_is_asked_and_nowhere_else():
    bank = {"tariffs": [FaqEntry("plus", "畅享套餐", (), "五十九块")]}
    table = as_read("tariffs", _tariffs(fee=_FEE), "zh-CN")
    understanding = Interpreter({"agent": ["转人工"]}, bank, tables=[table])
    assert understanding.phrases(State(("agent",), ("tariffs",))).count("那五十九的呢") == 1
    assert "那五十九的呢" not in understanding.phrases(State(("agent",)))
