"""转人工 and key 0 at any moment, the ladder, a queue that refuses, and everything that must not hang a caller."""

import pytest

from ivr.dialogue.commands import HandOff, HangUp, Say, StopSpeaking
from ivr.dialogue.events import (
    HandOffRefused,
    Heard,
    KeyPressed,
    PartFailed,
    RecognitionLost,
    SpeechStarted,
    TimerFired,
)

pytestmark = pytest.mark.unit

# How to get to every question of the shipped flow; digits are keyed.
QUESTIONS = {
    "need": [],
    "account": ["查账单"],
    "confirm account": ["查账单", "一二三四五六七八"],
    "product": ["产品咨询"],
    "more products": ["产品咨询", "云数据库"],
    "region": ["报故障"],
    "impact": ["报故障", "华东"],
    "locked account": ["账号被锁"],
    "phone tail": ["账号被锁", "一二三四五六七八", "对"],
}


@pytest.fixture(params=QUESTIONS, ids=list(QUESTIONS))
def at_question(request, call):
    for words in QUESTIONS[request.param]:
        call.says(words)
        assert call.ended is None
    return call


def test_asking_for_a_person_at_any_question_leads_to_a_person(at_question):
    at_question.says("转人工")
    assert isinstance(at_question.ended, HandOff)
    assert at_question.ended.queue == "support"


def test_key_0_at_any_question_leads_to_a_person(at_question):
    at_question.presses("0")
    if at_question.ended is None:  # a number is being keyed: 0 could be its first digit until the pause says otherwise
        at_question.waits("keys")
    assert isinstance(at_question.ended, HandOff)


def test_silence_at_any_question_leads_to_a_person_after_three_times(at_question):
    first, second = at_question.waits(), at_question.waits()
    assert first[0] != second[0]
    at_question.waits()
    assert isinstance(at_question.ended, HandOff)


def test_nonsense_at_any_question_leads_to_a_person_after_three_times(at_question):
    for _ in range(3):
        assert at_question.ended is None
        at_question.says("阿巴阿巴呜噜噜")
    assert isinstance(at_question.ended, HandOff)


def test_a_recogniser_that_dies_at_any_question_asks_again(at_question):
    at_question.send(SpeechStarted(0.0))
    said = at_question._turn(RecognitionLost(0.0, "killed"))
    assert said
    assert at_question.ended is None
    assert at_question.timers["no_input"] < 30


def test_speech_that_is_never_heard_to_its_end_cannot_hang_the_caller(at_question):
    at_question.send(SpeechStarted(0.0))
    assert at_question.timers["no_input"] == 30.0
    assert at_question.waits()
    assert at_question.timers["no_input"] < 30


def test_silence_and_nonsense_count_together(call):
    call.waits()
    call.says("阿巴阿巴呜噜噜")
    call.waits()
    assert isinstance(call.ended, HandOff)


def test_an_answer_begins_the_ladder_anew(call):
    call.waits()
    call.waits()
    call.says("查账单")
    call.waits()
    call.waits()
    assert call.ended is None


def test_the_second_rung_offers_the_keys(call):
    assert "请按" not in "".join(call.waits())
    second = "".join(call.waits())
    assert "查账单请按1" in second
    assert "转人工请按零" in second


def test_a_zero_inside_a_number_is_a_digit(call):
    call.says("查账单")
    call.presses("10203040")
    assert call.turn.slots == {"digits": "10203040"}


def test_a_zero_first_in_a_number_is_a_digit_when_more_follow(call):
    call.says("查账单")
    call.presses("01234567")
    assert call.ended is None
    assert call.turn.slots == {"digits": "01234567"}


def test_a_full_queue_is_told_and_the_caller_goes_on(call):
    call.says("转人工")
    said = "".join(call.is_refused("full"))
    assert "再说一次转人工" in said
    assert call.says("查账单") == ["请说出或按键输入您的八位账号。"]


def test_who_asks_again_after_a_full_queue_is_queued(call):
    call.says("转人工")
    assert call.ended.insist is False
    call.is_refused("full")
    call.says("转人工")
    assert call.ended.insist is True


def test_a_flow_may_lead_refused_callers_elsewhere(call_flow):
    steps = (
        "  one: {ask: 您好, intents: [buy], next: two}\n  two: {hang_up: 再见}\n  message: {hang_up: 请稍后再来电。}\n"
    )
    call = call_flow(steps, more="person: {queue: sales, refused: message}")
    call.says("转人工")
    assert call.ended.queue == "sales"
    assert call.is_refused("empty") == ["请稍后再来电。"]


def test_listing_the_wish_for_a_person_among_a_questions_intents_does_not_take_it_away(call_flow):
    call = call_flow("  one: {ask: 您好, intents: [buy, agent], then: {buy: two}}\n  two: {hang_up: 再见}\n")
    call.says("转人工")
    assert isinstance(call.ended, HandOff)


def test_what_a_later_question_overrides_still_works_while_a_value_is_collected(call_flow):
    call = call_flow(
        "  one:\n    collect: {code: {type: digits, length: 4, ask: 请说四位码}}\n"
        "    ask: 买还是卖\n    intents: [buy]\n    then: {buy: two, main_menu: two}\n  two: {hang_up: 再见}\n"
    )
    assert call.says("主菜单") == ["请说四位码"]
    call.says("转人工")
    assert isinstance(call.ended, HandOff)


def test_key_0_during_the_goodbye_still_leads_to_a_person(call):
    call.send(Heard(0.0, "再见"))
    assert call.ended is None
    commands = call.send(KeyPressed(0.0, "0"))
    assert StopSpeaking() in commands
    call.listens()
    assert isinstance(call.ended, HandOff)


def test_key_0_while_the_caller_is_being_handed_off_hands_off_once(call):
    call.says("转人工")
    assert call.send(KeyPressed(0.0, "0")) == []
    assert call.send(TimerFired(0.0, "keys")) == []
    assert call.send(TimerFired(0.0, "no_input")) == []


def test_a_caller_who_spoke_into_a_refused_hand_off_is_waited_for_all_the_same(call):
    call.send(SpeechStarted(0.0))
    call.send(KeyPressed(0.0, "0"))
    call.listens()
    call.is_refused("full")
    assert call.timers["no_input"] < 30


def test_a_number_of_the_wrong_length_three_times_leads_to_a_person(call):
    call.says("查账单")
    assert "少了五位" in "".join(call.says("一二三"))
    assert "多了一位" in "".join(call.says("一二三四五六七八九"))
    call.says("一二三")
    assert isinstance(call.ended, HandOff)


def test_a_value_that_is_never_right_leads_to_a_person(call):
    call.says("查账单")
    for _ in range(3):
        assert call.ended is None
        call.says("一二三四五六七八")
        call.says("不对")
    assert isinstance(call.ended, HandOff)


def test_the_third_cough_in_a_row_is_a_caller_who_is_not_understood(call):
    assert call.says("") == []
    assert call.says("") == []
    assert "没有听明白" in call.says("")[0]


def test_a_cough_leaves_the_caller_the_whole_time_to_answer(call):
    call.says("")
    assert call.timers["no_input"] == 6.0


def test_a_fault_of_ours_brings_the_caller_to_a_person_at_once_and_whatever_the_queue(call):
    call.says("查账单")
    commands = call.send(PartFailed(0.0, "mouth"))
    assert commands[0] == StopSpeaking()
    assert isinstance(call.ended, HandOff)
    assert call.ended.insist
    assert not [command for command in commands if isinstance(command, Say)]


def test_a_fault_during_the_last_words_hands_off_once(call):
    call.send(Heard(0.0, "转人工"))
    call.send(PartFailed(0.0, "mouth"))
    call.listens()
    assert isinstance(call.ended, HandOff)


def test_a_queue_that_refuses_out_of_the_blue_does_no_harm(call):
    said = call._turn(HandOffRefused(0.0, "support", "full"))
    assert said
    assert "no_input" in call.timers


def test_a_flow_that_breaks_off_leads_to_a_person(call_flow):
    call = call_flow(
        "  one: {say: 您好, next: two}\n  two: {ask: 买吗, intents: [buy], next: three}\n  three: {hang_up: 好}\n"
    )
    step = call.dialogue.flow.hotline.steps
    step["three"] = step["three"].model_copy(update={"actions": ("say",), "say": ["好"], "hang_up": None})
    assert "出了点问题" in call.says("我要买东西")[-1]
    assert isinstance(call.ended, HandOff)


def test_hang_up_is_obeyed_after_the_goodbye(call):
    assert "再见" in call.says("再见")[-1]
    assert isinstance(call.ended, HangUp)
