"""Speech from elsewhere, bent into the hotline's words: told apart, and no longer believed."""

import pytest

from ivr.understanding.familiar import Familiar
from ivr.understanding.interpreter import Interpreter
from ivr.understanding.result import State, Utterance
from ivr.understanding.trust import LOOK_AGAIN, believed_text, from_elsewhere, needs_second_look

pytestmark = pytest.mark.unit

PHRASES = ("怎么提前还款", "怎么还款", "提前还款要手续费吗", "还款要手续费吗", "怎么取消借款", "取消借款要多久",
           "借款要多久到账", "还款要多久到账")  # fmt: skip
FAMILIAR = Familiar(PHRASES)
BENT = "手款账前久多吗费"


def test_a_new_question_of_known_turns_of_phrase_is_the_hotlines_own():
    turn = Utterance("提前还款要多久到账", 0.7)
    assert FAMILIAR.share(turn.text) > 0.9
    assert not from_elsewhere(turn, FAMILIAR)


def test_the_hotlines_words_in_an_order_that_nobody_speaks_are_from_elsewhere():
    assert FAMILIAR.share(BENT) < 0.2
    assert from_elsewhere(Utterance(BENT, 0.8), FAMILIAR)


def test_what_was_heard_surely_or_typed_is_never_from_elsewhere():
    assert not from_elsewhere(Utterance(BENT, 1.0), FAMILIAR)
    assert not from_elsewhere(Utterance("", 0.0), FAMILIAR)


def test_a_phrase_said_often_counts_once():
    assert Familiar([*PHRASES, *PHRASES]).typical == FAMILIAR.typical


def test_nothing_is_judged_by_no_phrases():
    assert not from_elsewhere(Utterance(BENT, 0.5), Familiar(()))


def test_free_decoding_says_what_speech_from_elsewhere_was():
    assert believed_text(Utterance(BENT, 0.8, (), "今天天气真好"), FAMILIAR) == "今天天气真好"
    assert believed_text(Utterance(BENT, 0.8), FAMILIAR) == BENT
    assert believed_text(Utterance("怎么还款", 0.8, (), "今天天气真好"), FAMILIAR) == "怎么还款"


def test_a_second_look_is_taken_where_the_first_is_unsure_only():
    assert needs_second_look(LOOK_AGAIN - 0.01)
    assert not needs_second_look(LOOK_AGAIN)


def test_a_command_in_the_middle_of_a_salad_is_no_match_and_why_says_so():
    hotline = Interpreter({"cancel": ["取消", "取消借款", "我要取消借款"], "repay": list(PHRASES[:4])})
    state = State(("cancel", "repay"))
    salad = "手取消费款吗续还前"
    heard = hotline.understand(Utterance(salad, 0.8), state)
    assert heard.intent == ""
    assert heard.score <= hotline.understand(Utterance(salad, 1.0), state).score / 2 + 0.001
    assert "do not go together" in heard.why


def test_the_free_decoding_of_a_salad_is_believed_in_full():
    hotline = Interpreter({"repay": list(PHRASES[:4]), "cancel": ["取消借款"]})
    heard = hotline.understand(Utterance("手取消费款吗续还前", 0.8, (), "怎么提前还款"), State(("cancel", "repay")))
    assert heard.intent == "repay"
