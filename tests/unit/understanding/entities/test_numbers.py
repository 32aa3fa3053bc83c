"""Numbers, ordinals, percentages and ranges in what callers say, and what is settled between overlapping finds."""

from __future__ import annotations

import subprocess
import sys
from datetime import datetime
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ivr.understanding.entities.entity import Entity
from ivr.understanding.entities.find import KINDS, find, settled

pytestmark = pytest.mark.unit

AT = datetime(2026, 11, 20, 10, 0)  # noqa: DTZ001  the hotline's wall clock
MINE = (
    *("number", "fraction", "ordinal", "number_range", "percent", "money", "currency"),
    *("age", "dimension", "temperature"),
)
LETTERS = "零一二两三四五六七八九十百千万亿点半负多几第分之成折%个块元角毛美金人民币岁度公斤米大于小到以上约和"
SAID = st.text(alphabet=LETTERS + "0123456789.,/^ -$￥twenty hundred", max_size=50)


def values(text, *kinds):
    return [(entity.text, entity.value) for entity in find(text, AT, kinds=kinds)]


@pytest.mark.parametrize(
    ("said", "found"),
    [
        ("我要三个", [("三", 3)]),
        ("不是三是五", [("三", 3), ("五", 5)]),
        ("前三的品牌", [("三", 3)]),
        ("一打鸡蛋", [("一打", 12)]),
        ("半打", [("半打", 6)]),
        ("一共两万四千八", [("两万四千八", 24800)]),
        ("i need twenty three of them", [("twenty three", 23)]),
        ("nineteen eighty four", [("nineteen eighty four", 1984)]),
        ("double seven eight nine", [("double seven eight nine", 7789)]),
        ("three and a half", [("three and a half", Decimal("3.5"))]),
        ("2.5 million", [("2.5 million", 2500000)]),
        ("几十块或者几百块", []),
        ("the second one", []),
        ("2^-1", [("2^-1", Decimal("0.5"))]),
    ],
)
def test_what_is_counted_is_a_number(said, found):
    assert values(said, "number") == found


@pytest.mark.parametrize(
    "said",
    [
        "我一看就知道",
        "我家在四川",
        "统一回复",
        "星期一",
        "大陆",
        "收拾东西",
        "一起去",
        "千万别挂",
        "十分满意",
        "打一下电话",
        "三心二意",
    ],
)
def test_a_word_with_a_numeral_in_it_names_no_number(said):
    assert values(said, "number") == []


def test_parts_of_a_whole_are_a_fraction():
    assert values("三分之二", "number", "fraction") == [("三分之二", Fraction(2, 3))]
    assert values("负一又二分之一", "fraction") == [("负一又二分之一", Fraction(-3, 2))]
    assert values("1 3/5", "fraction") == [("1 3/5", Fraction(8, 5))]
    assert values("two thirds or a quarter", "fraction") == [
        ("two thirds", Fraction(2, 3)),
        ("a quarter", Fraction(1, 4)),
    ]


def test_places_in_an_order_are_ordinals():
    assert values("第二个和第3万个", "ordinal") == [("第二", 2), ("第3万", 30000)]
    assert values("the twenty first", "ordinal") == [("twenty first", 21)]


@pytest.mark.parametrize(
    ("said", "found"),
    [
        ("百分之二点五", [("百分之二点五", Decimal("2.5"))]),
        ("负百分之十三", [("负百分之十三", -13)]),
        ("百分之百", [("百分之百", 100)]),
        ("千分之一", [("千分之一", Decimal("0.1"))]),
        ("打八五折", [("八五折", 85)]),
        ("打对折", [("对折", 50)]),
        ("九折", [("九折", 90)]),
        ("三成半", [("三成半", 35)]),
        ("六个百分点", [("六个百分点", 6)]),
        ("five point five percent", [("five point five percent", Decimal("5.5"))]),
        ("三百分之一", []),
        ("三成为了目标", []),
        ("十折", []),
    ],
)
def test_percentages_are_of_a_hundred(said, found):
    assert values(said, "percent") == found


@pytest.mark.parametrize(
    ("said", "found"),
    [
        ("三到五个", (3, 5)),
        ("二十和三十之间", (20, 30)),
        ("大于十小于二十", (10, 20)),
        ("不超过五百", (None, 500)),
        ("至少有十个", (10, None)),
        ("五百以上", (500, None)),
        ("比三十大", (30, None)),
        ("三四百", (300, 400)),
        ("十五六", (15, 16)),
        ("一万六七", (16000, 17000)),
        ("两三天", (2, 3)),
        ("三百块到五百块", (300, 500)),
        ("第三到第五", (3, 5)),
        ("十几万", (100000, None)),
    ],
)
def test_limits_make_a_range(said, found):
    assert [value for _, value in values(said, "number_range")] == [found]


def test_limits_that_leave_no_room_are_two_ranges():
    assert [value for _, value in values("大于50小于12", "number_range")] == [(50, None), (None, 12)]


def test_a_longer_find_pushes_out_what_lies_in_it():
    found = find("给我打八五折", AT, kinds=["number", "percent"])
    assert [(entity.kind, entity.text) for entity in found] == [("percent", "八五折")]
    assert values("百分之八十", "number") == [("八十", 80)]


def test_a_guess_yields_to_a_find_as_long():
    sure = Entity("number", 0, 2, "一百", Decimal(100))
    guess = Entity("money", 0, 2, "一百", Decimal(100), 0.5)
    assert settled([guess, sure]) == (sure,)


@settings(max_examples=150, deadline=None)
@given(SAID | st.text(max_size=30))
def test_whatever_is_said_is_found_within_the_text_and_without_overlaps(text):
    end = 0
    for entity in find(text, AT, kinds=MINE):
        assert end <= entity.start < entity.end <= len(text)
        assert entity.text == text[entity.start : entity.end]
        assert entity.kind in KINDS
        assert 0 < entity.confidence <= 1
        end = entity.end


def test_a_very_long_turn_is_searched_in_bounded_time():
    for piece in ("一", "三块", "百分之", "1/", "大于", "比", "第", "one ", "$", "两三"):
        assert len(find(piece * 3000, AT, kinds=MINE)) <= 2000


def test_another_process_finds_the_same():
    said = "充五十块三毛打八五折大于三小于五的三分之一二十三岁三斤半"
    script = (
        "from datetime import datetime; from ivr.understanding.entities.find import find;"
        f"print(find({said!r}, datetime(2026, 11, 20, 10, 0), kinds={MINE!r}))"
    )
    for seed in ("1", "2"):
        ran = subprocess.run(
            [sys.executable, "-c", script], capture_output=True, text=True, check=True, env={"PYTHONHASHSEED": seed}
        )
        assert ran.stdout.strip() == repr(find(said, AT, kinds=MINE))


def test_traditional_and_wide_writing_names_the_same():
    for plain, other in (
        ("两万四千八百块", "兩萬四千八百塊"),
        ("三个百分点", "三個百分點"),
        ("大于100并且小于300", "大於１００並且小於３００"),
        ("第250名", "第２５０名"),
        ("一百零几万", "壹百零幾萬"),
    ):
        first, second = (find(text, AT, kinds=MINE) for text in (plain, other))
        assert first
        assert [(one.kind, one.start, one.end, one.value) for one in first] == [
            (one.kind, one.start, one.end, one.value) for one in second
        ]


@pytest.mark.parametrize("said", ["入伍时分", "登陆部队", "我姓陆", "放肆", "陆家嘴"])
def test_financial_numerals_in_words_are_no_numbers(said):
    assert values(said, "number") == []


def test_financial_numerals_count_as_others_do():
    assert values("伍双玖点玖", "number") == [("伍", 5), ("玖点玖", Decimal("9.9"))]
