"""What counts as a rating, and what the recogniser listens for where one is asked."""

import pytest

from ivr.understanding.completeness import Expected, judge
from ivr.understanding.grammar import EXPECTED
from ivr.understanding.interpreter import Interpreter
from ivr.understanding.matching import form
from ivr.understanding.rating import rating_phrases, read_number, read_rating
from ivr.understanding.result import DIGITS, Digits, State, Utterance

pytestmark = pytest.mark.unit

FIVE = (1, 5)
TEN = (0, 10)


@pytest.mark.parametrize(
    ("said", "rating"),
    [
        ("五分", "5"),
        ("我给四分吧", "4"),
        ("打三分", "3"),
        ("两分", "2"),
        ("五颗星", "5"),
        ("满分", "5"),
        ("5", "5"),
        ("服务很好，五分", "5"),
        ("i give it four stars", "4"),
        ("five out of five", "5"),
        ("a three", "3"),
    ],
)
def test_a_rating_is_read_as_people_give_it(said, rating):
    assert read_rating(said, FIVE).digits == rating


@pytest.mark.parametrize(("said", "rating"), [("四分，不，五分", "5"), ("五分，不是四分", "5"), ("三分哦不两分", "2")])
def test_of_several_ratings_the_one_that_was_meant_stands(said, rating):
    assert read_rating(said, FIVE).digits == rating


@pytest.mark.parametrize("said", ["一个字都没听懂", "不满意", "", "我打了五次电话才有人接"])
def test_a_number_in_a_complaint_is_no_rating(said):
    assert read_rating(said, FIVE).digits == ""


@pytest.mark.parametrize(("said", "rating"), [("十分", "10"), ("零分", "0"), ("ten", "10"), ("十", "10")])
def test_ten_and_nothing_are_ratings_of_a_scale_that_has_them(said, rating):
    assert read_rating(said, TEN).digits == rating


def test_a_number_that_is_not_on_the_scale_fills_nothing():
    state = State((), digits=Digits(1, 1, FIVE))
    result = Interpreter({}).understand(Utterance("七分"), state)
    assert "not on the scale" in result.why


def test_no_alternative_of_the_recogniser_is_taken_for_a_rating():
    state = State((), digits=Digits(1, 1, FIVE))
    result = Interpreter({}).understand(Utterance("我", 0.4, ("五", "四分")), state)
    assert result.slots.get(DIGITS, "") == ""


def test_where_a_rating_is_asked_only_the_numbers_of_the_scale_are_listened_for():
    phrases = Interpreter({"agent": ["转人工"]}).phrases(State(("agent",), digits=Digits(1, 1, FIVE)))
    assert phrases.count("五分") == EXPECTED
    assert phrases.count("转人工") == 1
    assert not {"六", "六分", "五 三"} & set(phrases)


def test_two_is_said_in_both_ways():
    assert {"二分", "两分"} <= set(rating_phrases(FIVE, "zh"))


def test_a_bare_number_is_expected_as_much_as_one_with_its_unit():
    phrases = rating_phrases(FIVE, "zh")
    assert phrases.count("五") == sum("五" in phrase and phrase != "五" for phrase in phrases)


def test_an_english_scale_is_listened_for_in_english():
    assert {"five", "five stars"} <= set(rating_phrases(FIVE, "en"))


@pytest.mark.parametrize(("said", "scale", "verdict"), [("五分", FIVE, "complete"), ("四", (0, 100), "open")])
def test_a_rating_that_no_word_lengthens_is_complete(said, scale, verdict):
    state = State((), digits=Digits(1, len(str(scale[1])), scale))
    assert judge(form(said, {}), state, Expected(()), None, "zh-CN") == verdict


def test_without_a_scale_a_run_of_digits_is_read():
    assert read_number("四三", Digits(1, 4)).digits == "43"
