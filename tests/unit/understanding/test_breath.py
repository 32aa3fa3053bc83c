"""Two wishes in one breath, where the recogniser did not hear the word between them."""

import pytest

from ivr.understanding.interpreter import Interpreter
from ivr.understanding.result import State, Utterance

pytestmark = pytest.mark.unit

STATE = State(("look", "fault", "agent"))


@pytest.fixture(scope="module")
def hotline():
    return Interpreter(
        {"look": ["查话费", "话费还剩多少"], "fault": ["报宽带故障", "宽带坏了"], "agent": ["转人工"]}, final=()
    )


def meant(hotline, text, free=""):
    result = hotline.understand(Utterance(text, 0.85, free_text=free), STATE)
    return result.intent, tuple(name for name, _ in result.also)


def test_the_word_between_two_wishes_may_be_heard_by_free_decoding_alone(hotline):
    assert meant(hotline, "查一下话费说电报个宽带故障", "察隅县话费顺便到个宽带故障") == ("look", ("fault",))
    assert meant(hotline, "查一下话费说电报个宽带故障", "察隅县话费水电到个宽带故障")[1] == ()


def test_a_place_in_one_text_is_found_in_another_of_another_length(hotline):
    assert meant(hotline, "查话费让宽带坏了", "我想查一下话费然后宽带坏了") == ("look", ("fault",))


def test_one_wish_that_free_decoding_cut_in_two_stays_one(hotline):
    assert meant(hotline, "报宽带故障", "报宽带另外故障") == ("fault", ())
    assert meant(hotline, "查话费", "查话费然后") == ("look", ())


def test_a_person_behind_a_word_that_only_free_decoding_heard_wins(hotline):
    assert meant(hotline, "查话费让转人工", "查话费然后转人工") == ("agent", ("look",))
