"""Numerals as they are spoken and written, and what they are worth."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ivr.understanding.entities.numerals import folded, numerals, read, value_of

pytestmark = pytest.mark.unit

DIGITS = "零一二三四五六七八九"
SPEECH = st.text(
    alphabet="零〇一二两三四五六七八九十百千万亿兆点半负多几余幺壹拾佰0123456789.,-，／％ ek元块", max_size=60
)


def worth(text):
    return [(text[one.start : one.end], one.value) for one in numerals(folded(text))]


@pytest.mark.parametrize(
    ("said", "value"),
    [
        ("两万四千八", "24800"),
        ("一百五", "150"),
        ("一百零五", "105"),
        ("一千零五十", "1050"),
        ("三点五", "3.5"),
        ("零点零五", "0.05"),
        ("负三十二", "-32"),
        ("廿一", "21"),
        ("卅", "30"),
        ("壹佰贰拾叁", "123"),
        ("兩萬五", "25000"),
        ("3万5", "35000"),
        ("3万500", "30500"),
        ("２千零３０万", "20300000"),
        ("1,234.5", "1234.5"),
        ("四万万", "400000000"),
        ("一万五千亿", "1500000000000"),
        ("三兆零五亿", "3000500000000"),
        ("八点五万", "85000"),
        ("半", "0.5"),
        ("半百", "50"),
        ("百三", "130"),
        ("40K", "40000"),
        ("2e5", "200000"),
    ],
)
def test_a_numeral_is_worth_what_the_caller_means(said, value):
    assert value_of(said) == Decimal(value)


def test_digits_read_one_by_one_keep_their_zeros():
    one = read(folded("零二零八八"), 0)
    assert (one.digits, one.value) == ("02088", 2088)


def test_a_unit_that_does_not_fall_begins_another_numeral():
    assert worth("八百一千") == [("八百", 800), ("一千", 1000)]


def test_liang_after_a_number_is_the_weight_and_no_digit():
    assert worth("两万两")[0] == ("两万", 20000)


def test_what_follows_a_point_is_single_digits():
    assert worth("一点两小时") == [("一", 1), ("两", 2)]
    assert worth("三点五十") == [("三", 3), ("五十", 50)]


def test_some_of_a_large_unit_makes_the_number_approximate():
    one = read(folded("十几万人"), 0)
    assert (one.value, one.approximate, one.end) == (100000, True, 3)


def test_numbers_parted_by_points_or_in_a_name_are_no_decimals():
    assert worth("192.168.1.20") == [("192", 192), ("168", 168), ("1", 1), ("20", 20)]
    assert worth("维生素B12") == []


def test_a_wide_comma_parts_clauses_between_narrow_digits():
    assert worth("20，300") == [("20", 20), ("300", 300)]
    assert worth("２０，３００") == [("２０，３００", 20300)]


def test_spaces_that_a_recogniser_puts_between_words_change_nothing():
    assert worth("三千 八百 九十六 万 四千") == [("三千 八百 九十六 万 四千", 38964000)]


def in_mandarin(number):
    """`number` below ten thousand, spoken with every unit."""
    said, zero = "", False
    for unit, name in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit = number // unit % 10
        if digit:
            said += ("零" if zero and said else "") + DIGITS[digit] + name
        zero = not digit if digit or said else False
    return said


@given(st.integers(1, 9999), st.integers(0, 9999))
def test_every_number_spoken_in_full_comes_back(high, low):
    rest = ("" if low >= 1000 else "零") + in_mandarin(low) if low else ""
    assert value_of(in_mandarin(high) + "万" + rest) == high * 10_000 + low


@settings(max_examples=300)
@given(SPEECH | st.text(max_size=40))
def test_any_text_is_read_within_its_bounds_from_the_left(text):
    plain = folded(text)
    assert len(plain) == len(text)
    end = 0
    for one in numerals(plain):
        assert end <= one.start < one.end <= len(text)
        assert one.value.is_finite()
        end = one.end


def test_a_very_long_turn_is_read_in_bounded_time():
    for piece in ("一", "百", "零", "十万", "1", "1,", "一点", " 三", "-", "万"):
        assert len(numerals(folded(piece * 5000))) <= 2000
