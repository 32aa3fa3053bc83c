"""What the recogniser is told may be said in a state."""

import pytest

from ivr.understanding.faq import FaqEntry
from ivr.understanding.grammar import ASKED, AT_MOST, EXPECTED
from ivr.understanding.interpreter import Interpreter
from ivr.understanding.result import Digits, State

pytestmark = pytest.mark.unit


def test_what_the_state_expects_is_said_more_often_than_the_rest(hotline):
    phrases = hotline.phrases(State(("billing",), ("cloud",)))
    expected, asked, rest = (phrases.count(p) for p in ("查账单", "怎么开发票", "报故障"))
    assert (expected, asked, rest) == (EXPECTED, ASKED, 1)


def test_a_phrase_is_written_without_punctuation_and_width():
    phrases = Interpreter({"a": ["ＣＤＮ，怎么收费？"]}).phrases(State(("a",)))
    assert "cdn怎么收费" in phrases


def test_a_state_that_wants_digits_hears_digits_and_its_own_intents_only(hotline):
    phrases = hotline.phrases(State(("agent",), digits=Digits(8, 8)))
    assert set("零幺一二两三四五六七八九") <= set(phrases)
    assert phrases.count("转人工") == 1
    assert "查账单" not in phrases


def test_a_number_may_go_on_after_each_of_its_digits_and_repeat_it(hotline):
    phrases = hotline.phrases(State(digits=Digits(8, 8)))
    assert {f"{one} {after}" for one in "零幺一二三四五六七八九" for after in "零幺一二三四五六七八九"} <= set(phrases)


def test_two_as_of_things_is_no_part_of_a_number_that_is_read_out(hotline):
    phrases = hotline.phrases(State(digits=Digits(8, 8)))
    assert "两" in phrases
    assert not [phrase for phrase in phrases if " " in phrase and "两" in phrase]


def test_a_yes_to_a_number_that_was_read_back_is_expected_more_than_what_was_not_asked():
    understanding = Interpreter({"yes": ["是的"], "no": ["不是"], "agent": ["转人工"]})
    phrases = understanding.phrases(State(("yes", "no", "agent"), digits=Digits(8, 8)))
    assert [phrases.count(text) for text in ("是的", "不是", "转人工")] == [ASKED, ASKED, 1]


def test_a_state_that_expects_nothing_hears_anything(hotline):
    assert hotline.phrases(State()) == ()


def test_an_english_hotline_hears_english_digits():
    phrases = Interpreter({}, language="en-US").phrases(State(digits=Digits(4, 4)))
    assert {"zero", "oh", "nine", "double"} <= set(phrases)
    assert "零" not in phrases


def test_a_great_bank_is_not_repeated_into_a_slow_grammar():
    bank = [FaqEntry(str(n), f"问题{n}", (), "") for n in range(AT_MOST)]
    assert len(Interpreter({}, {"bank": bank}).phrases(State((), ("bank",)))) <= AT_MOST + 100
