"""Numbers as callers say them and recognisers write them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.understanding.digits import read_digits
from ivr.understanding.result import Digits

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    ("said", "digits"),
    [
        ("一二三四五六七八", "12345678"),
        ("幺三八零零幺三八", "13800138"),
        ("两两洞〇", "2200"),
        ("我的账号是一三八三个八零零二", "138888002"),
        ("双八幺两", "8812"),
        ("十三八零零幺三八", "13800138"),
        ("八十六二十三零四", "862304"),
        ("嗯 一三八 那个 五六七", "138567"),
        ("尾号是两个零三个九", "00999"),
        ("１３８ 0013", "1380013"),
        ("就是一二三四吧", "1234"),
        ("it is one three double five oh triple two", "13550222"),
        ("no not that", ""),
        ("查账单", ""),
        ("", ""),
    ],
)
def test_spoken_digits_become_ascii(said, digits):
    assert read_digits(said).digits == digits


@pytest.mark.parametrize(
    ("said", "wanted", "digits"),
    [
        ("一三八不对一三九", None, "139"),
        ("幺三八零零幺三八幺幺幺不对幺三九零零幺三八幺幺幺", Digits(11, 11), "13900138111"),
        ("一二三不对四五六七八九一零", Digits(8, 8), "45678910"),
        ("五六七八不对七九", None, "5679"),
        ("一三八一二三四五六七八说错了五六七九", Digits(11, 11), "13812345679"),
        ("一二三四五六七八九不对一二三四", Digits(4, 4), "1234"),
        ("一三八一二不是二是三", None, "13813"),
        ("不对是一三九", None, "139"),
        ("一三八不对", None, ""),
        ("one two three sorry four five six", None, "456"),
    ],
)
def test_a_correction_replaces_the_number_or_its_end(said, wanted, digits):
    reading = read_digits(said, wanted)
    assert reading.digits == digits
    assert reading.said >= len(digits)


def test_a_correction_is_told_from_a_plain_number():
    assert read_digits("一三八不对一三九").corrected
    assert not read_digits("一三八一三九").corrected


@pytest.mark.parametrize("said", ["一三酒二五六七八", "要三九二五六七八", "一三九二五溜七八", "一三九二五六七把"])
def test_homophones_are_digits_where_only_so_the_number_is_complete(said):
    reading = read_digits(said, Digits(8, 8))
    assert len(reading.digits) == 8
    assert reading.by_sound


def test_homophones_stay_words_where_they_would_not_complete_the_number():
    assert read_digits("一三酒二五", Digits(8, 8)).digits == "1325"
    assert read_digits("就要一三九二五六七八", Digits(8, 8)).digits == "13925678"
    assert read_digits("一三酒二五六七八").digits == "1325678"


def test_a_request_with_a_number_in_it_is_not_mostly_digits():
    assert read_digits("帮我查一下三号服务器的账单").share < 0.5
    assert read_digits("我的账号是一三八").share == 1.0


@given(st.text(max_size=60), st.integers(0, 12), st.integers(0, 12))
def test_any_text_gives_ascii_digits(text, shortest, longer):
    reading = read_digits(text, Digits(shortest, shortest + longer))
    assert reading.digits == "" or (reading.digits.isascii() and reading.digits.isdigit())
    assert 0.0 <= reading.share <= 1.0


@given(st.text(alphabet="0123456789", min_size=1, max_size=20))
def test_digits_spoken_one_by_one_come_back_as_they_are(digits):
    spoken = "".join("零幺二三四五六七八九"[int(digit)] for digit in digits)
    assert read_digits(spoken).digits == digits
