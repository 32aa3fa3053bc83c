"""Cutting text for rendering: early first sound, nothing lost."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr_tts.sentences import CLAUSE_PAUSE_MS, SENTENCE_PAUSE_MS, Piece, pieces

pytestmark = pytest.mark.unit


def test_a_text_is_rendered_sentence_by_sentence_with_a_pause_between_but_none_at_the_end():
    assert pieces("请稍等。马上就好！") == [Piece("请稍等。", SENTENCE_PAUSE_MS), Piece("马上就好！", 0)]


def test_a_long_first_sentence_is_cut_at_a_clause_so_that_it_sounds_early():
    assert pieces("您本月的账单是一百二十八块五，请在二十号以前支付。") == [
        Piece("您本月的账单是一百二十八块五，", CLAUSE_PAUSE_MS),
        Piece("请在二十号以前支付。", 0),
    ]


def test_a_short_first_sentence_keeps_its_melody():
    assert pieces("您好，欢迎致电客服热线。") == [Piece("您好，欢迎致电客服热线。", 0)]


def test_a_number_read_out_in_groups_begins_with_its_first_group():
    assert pieces("八六五二，零四三九，") == [Piece("八六五二，", CLAUSE_PAUSE_MS), Piece("零四三九，", 0)]
    assert [piece.text for piece in pieces("幺三八，零零幺三，八零零零")] == ["幺三八，", "零零幺三，", "八零零零"]
    assert [piece.text for piece in pieces("一，二，三，走。")] == ["一，二，三，走。"]


def test_a_closing_quotation_mark_stays_with_its_sentence():
    assert [piece.text for piece in pieces("请说“是。”再说一遍。")] == ["请说“是。”", "再说一遍。"]


def test_a_decimal_point_is_no_end_of_a_sentence():
    assert [piece.text for piece in pieces("It is 3.5 dollars. Bye.")] == ["It is 3.5 dollars.", "Bye."]


def test_text_without_anything_in_it_has_no_pieces():
    assert pieces(" \n ") == []


@given(st.text(alphabet="您好，。！？；、,.! \nab一", max_size=200))
def test_no_text_is_lost_or_too_long_however_it_is_cut(text):
    cut = pieces(text, first=8, longest=20)
    assert re.sub(r"\s", "", "".join(piece.text for piece in cut)) == re.sub(r"\s", "", text)
    assert all(len(piece.text) <= 20 for piece in cut)
