"""What sounds alike to a recogniser and to a listener with an accent."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.understanding.phonetics import letters, sounds, syllables

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("账单", "涨担"),
        ("知识", "资四"),
        ("故障", "古赞"),
        ("人民", "仁明"),
        ("南宁", "兰林"),
        ("花费", "花费"),
        ("湖南", "扶兰"),
    ],
)
def test_homophones_and_merged_accents_sound_alike(one, other):
    assert sounds(one) == sounds(other)


def test_different_syllables_differ_by_halves():
    heard, meant = sounds("人空"), sounds("人工")
    assert [a == b for a, b in zip(heard, meant, strict=True)] == [True, True, False, True]


def test_a_character_is_read_in_its_word():
    assert syllables("重复") == ("chong", "fu")
    assert syllables("银行") == ("yin", "hang")


def test_a_written_digit_sounds_as_it_is_spoken():
    assert sounds(("5", "g")) == sounds(("五", "g"))


@pytest.mark.parametrize(
    ("one", "other"), [("八", "爬"), ("大", "他"), ("人", "冷"), ("工", "孔"), ("月", "叶"), ("女", "努")]
)
def test_what_no_accent_merges_is_told_apart(one, other):
    assert sounds(one) != sounds(other)


@given(st.lists(st.text(min_size=1, max_size=3), max_size=10))
def test_every_token_has_one_letter_and_two_sounds(tokens):
    assert len(letters(tokens)) == len(tokens) == len(syllables(tokens))
    assert len(sounds(tokens)) == 2 * len(tokens)
