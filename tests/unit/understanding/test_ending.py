"""What ends a call is all that the caller said, and the recogniser is sure of it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.understanding.ending import says_nothing_but
from ivr.understanding.interpreter import Interpreter
from ivr.understanding.result import State, Utterance

pytestmark = pytest.mark.unit

STATE = State(("billing", "finished"), threshold=0.5)
BYE = ["没有了", "不用了", "goodbye"]


@pytest.fixture(scope="module")
def hotline():
    interpreter = Interpreter({"billing": ["查账单"], "finished": BYE}, final=("finished",))
    interpreter.prepare()
    return interpreter


@pytest.mark.parametrize("said", ["没有了", "好的谢谢没有了再见", "没有了不用了", "ok goodbye", "no thanks goodbye"])
def test_courtesies_around_an_ending_leave_nothing_over(said):
    assert says_nothing_but(said, BYE)


@pytest.mark.parametrize("said", ["", "好的谢谢", "没有了账单", "我的服务器没有了", "goodbyes", "不用了解"])
def test_any_other_word_is_left_over(said):
    assert not says_nothing_but(said, BYE)


@given(before=st.text("好的谢没有了不用", max_size=40), after=st.text("好的谢没有了不用", max_size=40))
def test_an_ending_beside_another_word_ends_nothing(hotline, before, after):
    assert hotline.understand(Utterance(f"{before}没有了{after}账户"), STATE).intent != "finished"


def test_a_question_ends_nothing(hotline):
    for said in ("没有了吗", "没有了呢", "没有了？"):
        assert hotline.understand(Utterance(said), STATE).intent == ""
    assert hotline.understand(Utterance("没有了。"), STATE).intent == "finished"


def test_only_the_best_reading_ends_a_call(hotline):
    assert (
        hotline.understand(Utterance("没油了吧啊", 1.0, ("没有了",)), STATE).intent == "finished"
    )  # by its own sounds
    assert hotline.understand(Utterance("没有账单", 1.0, ("没有了",)), STATE).intent == ""


def test_a_recogniser_in_doubt_ends_no_call_however_little_the_state_asks(hotline):
    sure, unsure = (hotline.understand(Utterance("没有了", confidence), STATE) for confidence in (0.8, 0.6))
    assert (sure.intent, unsure.intent) == ("finished", "")
    elsewhere = Utterance("没有了", 0.8, free_text="昨天我们去看电影")
    assert hotline.understand(elsewhere, STATE).intent == ""


@pytest.mark.parametrize(("heard", "free"), [("没有了", "不用了"), ("不用了", "没有的")])
def test_two_looks_that_both_say_goodbye_end_a_call_however_unsure_the_first_was(hotline, heard, free):
    torn = Utterance(heard, 0.35, ("没有",), free_text=free)
    assert hotline.understand(torn, STATE).intent == "finished"
    assert hotline.understand(Utterance(heard, 0.35, (free,)), STATE).intent == ""  # an alternative is no second look
    assert hotline.understand(Utterance(heard, 0.35, free_text=f"{free}吗"), STATE).intent == ""


def test_what_does_not_end_a_call_may_be_alike(hotline):
    lenient = Interpreter({"finished": ["没有别的事情了"]}, final=())
    strict = Interpreter({"finished": ["没有别的事情了"]}, final=("finished",))
    found = [i.understand(Utterance("没有别的什么事情了"), State(("finished",))).intent for i in (lenient, strict)]
    assert found == ["finished", ""]


def test_why_says_how_it_ended(hotline):
    why = hotline.understand(Utterance("好的没有了谢谢再见"), STATE).why
    assert why == "“好的没有了谢谢再见” says nothing but courtesies and the example “没有了”"
