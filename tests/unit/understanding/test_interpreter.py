"""The promises of `understand`: scores, runner-up, slots, why; doubt, bounded time, sameness."""

import os
import subprocess
import sys
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ivr.understanding.entities.divisions import divisions
from ivr.understanding.faq import FaqEntry
from ivr.understanding.interpreter import Interpreter
from ivr.understanding.result import Digits, State, Utterance

pytestmark = pytest.mark.unit

OPEN = State(("billing", "outage", "account_locked", "agent"), ("cloud",))
ACCOUNT = State(("agent", "repeat", "no"), digits=Digits(8, 8))


def test_the_same_words_score_one_and_say_which_example(hotline):
    result = hotline.understand(Utterance("查账单。"), OPEN)
    assert (result.intent, result.score) == ("billing", 1.0)
    assert "查账单" in result.why
    assert "is the example" in result.why


def test_scores_fall_from_words_to_politeness_to_sounds(hotline):
    same, polite, alike = (hotline.understand(Utterance(t), OPEN).score for t in ("转人工", "帮我转人工", "专仁公"))
    assert 1.0 == same > polite > alike > OPEN.threshold


def test_the_runner_up_is_of_another_meaning(hotline):
    result = hotline.understand(Utterance("账号登不上去查账单"), OPEN)
    assert {result.intent, result.runner_up} == {"account_locked", "billing"}
    assert result.score >= result.runner_up_score > 0.6


def test_equal_meanings_are_parted_by_the_order_of_the_state():
    twins = Interpreter({"first": ["查账单"], "second": ["查账单"]})
    for one, other in (("first", "second"), ("second", "first")):
        result = twins.understand(Utterance("查账单"), State((one, other)))
        assert (result.intent, result.runner_up, result.runner_up_score) == (one, other, 1.0)


@pytest.mark.parametrize("order", [("near", "far"), ("far", "near")])
def test_equal_scores_are_parted_by_the_order_of_the_state_whichever_was_compared_first(order):
    """Both are denied what the turn says, and so worth the same; the quick search finds the nearer one sooner."""
    tied = Interpreter({"near": ["不登录控制台"], "far": ["不能登录云控制台"]})
    result = tied.understand(Utterance("登录控制台"), State(order, threshold=0.3))
    assert (result.intent, result.runner_up) == order
    assert result.score == result.runner_up_score


def test_of_examples_that_match_equally_the_first_is_the_reason():
    hotline = Interpreter({"billing": ["查账单吧", "查账单啊"]})
    assert "查账单吧" in hotline.understand(Utterance("查账单呀"), State(("billing",))).why


def test_only_what_the_state_expects_can_be_meant(hotline):
    result = hotline.understand(Utterance("查账单"), State(("outage", "agent", "not_there"), ("nor_this",)))
    assert result.intent == ""
    assert result.score < 0.7


def test_no_match_names_the_best_that_was_not_enough(hotline):
    result = hotline.understand(Utterance("账号"), OPEN)
    assert result.intent == ""
    assert result.runner_up == "account_locked"
    assert result.score == result.runner_up_score < 0.7
    assert result.why.startswith("not enough")


def test_the_threshold_is_the_state_s(hotline):
    strict = State(OPEN.intents, OPEN.faqs, threshold=0.99)
    assert hotline.understand(Utterance("帮我转人工"), strict).intent == ""
    assert hotline.understand(Utterance("转人工"), strict).intent == "agent"


def test_a_worse_reading_of_the_recogniser_can_be_the_right_one(hotline):
    result = hotline.understand(Utterance("撞任空", 1.0, ("装人口", "转人工")), OPEN)
    assert result.intent == "agent"
    assert result.score == 0.94
    assert "alternative 2" in result.why


def test_speech_from_elsewhere_bent_into_the_domain_is_rejected(hotline):
    bent = Utterance("转人工", 0.62, free_text="昨天晚上我们去看了一场电影")
    result = hotline.understand(bent, OPEN)
    assert result.intent == ""
    assert result.runner_up == "agent"
    assert "free decoding heard something else" in result.why


def test_a_command_in_noise_survives_when_the_free_decoding_is_like_it(hotline):
    noisy = Utterance("转人工", 0.75, free_text="专任公吧")
    assert hotline.understand(noisy, OPEN).intent == "agent"


def test_two_looks_that_agree_on_the_meaning_need_not_agree_on_the_words(hotline):
    said = Utterance("账单明细", 0.8, free_text="查一下这个月扣多少钱")
    assert hotline.understand(said, OPEN).intent == "billing"


def test_the_free_decoding_can_win(hotline):
    said = Utterance("转人工", 0.6, free_text="我的账号被锁了")
    result = hotline.understand(said, OPEN)
    assert result.intent == "account_locked"
    assert "free decoding" in result.why


def test_an_unsure_recogniser_lowers_every_score(hotline):
    scores = [hotline.understand(Utterance("转人工", c), OPEN).score for c in (1.0, 0.8, 0.6, 0.4)]
    assert scores == sorted(scores, reverse=True)
    assert scores[-1] < OPEN.threshold


def test_digits_fill_the_slot(hotline):
    result = hotline.understand(Utterance("我的账号是幺三八三个八零零"), ACCOUNT)
    assert (result.intent, result.slots, result.score) == ("digits", {"digits": "13888800"}, 1.0)


@pytest.mark.parametrize(
    ("said", "digits", "why"), [("一二三", "123", "5 too few"), ("一二三四五六七八九", "123456789", "1 too many")]
)
def test_too_few_or_too_many_digits_are_still_digits_and_why_says_it(hotline, said, digits, why):
    result = hotline.understand(Utterance(said), ACCOUNT)
    assert (result.intent, result.slots) == ("digits", {"digits": digits})
    assert why in result.why


def test_one_digit_of_eight_is_no_number_where_another_reading_says_yes():
    asked = State(("yes", "no"), digits=Digits(8, 8))
    result = Interpreter({"yes": ["是的"], "no": ["不对"]}).understand(Utterance("是八", 0.75, ("是的",)), asked)
    assert (result.intent, result.slots) == ("yes", {})


def test_a_reading_with_the_right_count_of_digits_is_preferred(hotline):
    result = hotline.understand(Utterance("一二三四五六七", 0.9, ("一二三四五六七期", "一二三四五六七七")), ACCOUNT)
    assert result.slots == {"digits": "12345677"}


def test_a_caller_asked_for_digits_may_still_ask_for_a_person(hotline):
    result = hotline.understand(Utterance("转人工"), ACCOUNT)
    assert (result.intent, result.slots) == ("agent", {})


def test_a_number_beside_a_request_comes_with_it(hotline):
    state = State(("billing", "agent"), digits=Digits(4, 4))
    result = hotline.understand(Utterance("帮我查一下这个月的账单明细尾号一二三四"), state)
    assert (result.intent, result.slots) == ("billing", {"digits": "1234"})


def test_digits_are_not_read_where_none_are_wanted(hotline):
    assert hotline.understand(Utterance("一二三四五六七八"), OPEN).slots == {}


def test_an_english_word_misspelt_is_the_word_of_an_example(hotline):
    assert hotline.understand(Utterance("speak to an agnet"), OPEN).intent == "agent"


def test_a_hotline_without_examples_understands_nothing():
    assert Interpreter({}).understand(Utterance("查账单"), State(("billing",), ("cloud",))).intent == ""


@settings(max_examples=60, deadline=None)
@given(
    text=st.text(max_size=80) | st.text(alphabet="查账单转人工不要是的嗯一二三 abc", max_size=60),
    confidence=st.floats(0, 1),
    alternatives=st.lists(st.text(max_size=20), max_size=7),
    free=st.text(max_size=30),
)
def test_any_turn_gives_a_result_with_its_scores_in_range(hotline, text, confidence, alternatives, free):
    state = State((*OPEN.intents, "yes", "no"), OPEN.faqs, Digits(3, 11))
    result = hotline.understand(Utterance(text, confidence, tuple(alternatives), free), state)
    assert 0.0 <= result.runner_up_score <= 1.0
    assert 0.0 <= result.score <= 1.0
    assert result.intent in {"", "digits"} or result.score >= state.threshold
    assert result.intent == "" or result.intent != result.runner_up
    assert result.why
    assert result == hotline.understand(Utterance(text, confidence, tuple(alternatives), free), state)


@pytest.mark.parametrize(
    "text", ["转" * 100_000, "那个" * 50_000, "一不对" * 40_000, "a " * 50_000, "不要我要" * 30_000]
)
def test_an_endless_turn_costs_no_more_than_a_long_one(hotline, text):
    began = time.process_time()
    hotline.understand(Utterance(text, 0.5, (text[1:],) * 9, text[2:]), State(OPEN.intents, OPEN.faqs, Digits(8, 8)))
    assert time.process_time() - began < 2.0  # generous: what is refused here is growth with the length


def test_two_thousand_wordings_are_searched_in_milliseconds():
    bank = [FaqEntry(str(n), f"第{n}号产品怎么{'开通退款升级续费'[n % 7 : n % 7 + 2]}", (), "") for n in range(2000)]
    interpreter = Interpreter({}, {"bank": bank})
    state = State((), ("bank",))
    interpreter.prepare()
    interpreter.understand(Utterance("第二百号产品怎么升级"), state)
    began = time.process_time()
    for _ in range(5):
        assert interpreter.understand(Utterance("第一百号产品怎么退款"), state).runner_up
    assert (time.process_time() - began) / 5 < 0.1  # about 2 ms; a loop in Python over all pairs takes 200


def test_preparing_reads_the_list_of_divisions_too():
    divisions.cache_clear()
    Interpreter({"bill": ("查账单",)}).prepare()
    assert divisions.cache_info().currsize == 1


def test_every_process_gives_the_same_result():
    program = (
        "from ivr.understanding.interpreter import Interpreter\n"
        "from ivr.understanding.result import State, Utterance\n"
        "i = Interpreter({'b': ['查账单', '账单明细'], 'a': ['转人工', '账单人工'], 'c': ['my bill', 'pay bill']})\n"
        "s = State(('a', 'b', 'c'))\n"
        "print([i.understand(Utterance(t), s) for t in ('账单', '人工账单', 'bills', '单工')], i.phrases(s))\n"
    )
    outputs = {
        subprocess.run(
            [sys.executable, "-c", program],
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONIOENCODING": "utf-8"},
            capture_output=True,
            check=True,
            timeout=60,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(outputs) == 1


def test_of_many_readings_of_a_number_the_one_of_the_wanted_length_is_taken(hotline):
    nearly = ("六二三四幺零", "六二三四一零", "六二二三四幺零", "六二二三四一零", "六二三三四幺零", "六二三三四一零")
    turn = Utterance("六二三四一零零", 0.8, (*nearly, "六二二二三四幺零"))
    assert hotline.understand(turn, State(digits=Digits(8, 8))).slots == {"digits": "62223410"}
