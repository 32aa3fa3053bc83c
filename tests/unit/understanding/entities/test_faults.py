"""What is said about a value that is refused."""

import pytest

from ivr.understanding.entities.faults import WORDS, Fault, counted, of_length, reprompt

pytestmark = pytest.mark.unit


def test_a_short_phone_number_says_how_many_digits_are_lacking():
    fault = of_length(10, 11, "phone")
    assert reprompt(fault, "zh-CN") == "手机号应该是十一位，您说的少了一位，请再说一遍。"
    assert reprompt(fault, "en") == "A phone number has eleven digits, and I heard one too few. Please say it again."


def test_two_digits_too_many_are_counted_as_people_count():
    assert reprompt(of_length(20, 18, "id_card"), "zh-CN") == "身份证号应该是十八位，您说的多了两位，请再说一遍。"
    assert [counted(n) for n in (1, 2, 10, 11, 20, 34)] == ["一", "两", "十", "十一", "二十", "三十四"]


def test_a_right_length_is_no_fault():
    assert of_length(11, 11, "phone") is None


@pytest.mark.parametrize("word", WORDS)
@pytest.mark.parametrize("kind", ["phone", "id_card", "date", "money"])
def test_every_fault_has_a_sentence_in_both_languages_and_survives_being_stored(word, kind):
    for fault in (Fault(word, kind), Fault(word, kind, 2, 11, "一", "十")):
        assert Fault.read(str(fault)) == fault
        assert reprompt(str(fault), "zh-CN").endswith("。")
        assert reprompt(fault, "en-US").endswith(".")


def test_a_range_is_read_out():
    assert reprompt(Fault("out_of_range", "number", least="一", most="十"), "zh-CN") == "数要在一到十之间，请再说一遍。"


def test_an_unknown_word_is_refused_with_those_that_are_known():
    with pytest.raises(ValueError, match="too_short"):
        Fault.read("wrong")
