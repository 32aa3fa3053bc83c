"""Numbers, choices, questions, corrections, keys and interruptions, as callers do them."""

import pytest

from ivr.dialogue.commands import HandOff, Listen, NoteTurn, PauseSpeaking, Say, StopListening, StopSpeaking
from ivr.dialogue.events import Heard, KeyPressed, PromptEnded, SpeechStarted

pytestmark = pytest.mark.unit

POLICY = """\
  one: {{ask: 买还是卖, barge_in: {}, intents: [buy, sell], keys: {{1: buy}}, next: two}}
  two: {{hang_up: 好}}
"""
CODE = """\
  one:
    collect: {code: {type: digits, length: 4-6, ask: 请说验证码。}}
    next: two
  two: {hang_up: '{code}'}
"""


def test_the_account_is_taken_by_voice_read_back_and_confirmed(call):
    call.says("我想查一下账单")
    assert call.says("一二三四五六七八") == ["您的账号是幺二三四，五六七八，对吗？"]
    said = call.says("对")
    assert said[0].startswith("好的，账号幺二三四，五六七八的本月账单")
    assert call.session.values["account"] == "12345678"


def test_the_account_is_taken_by_keys_and_confirmed_by_a_key(call):
    call.says("查账单")
    call.presses("12345678")
    call.presses("1")
    assert call.session.values["account"] == "12345678"


def test_key_2_says_the_number_is_wrong(call):
    call.says("查账单")
    call.presses("12345678")
    assert call.presses("2") == ["好的，我们重新来。", "请说出或按键输入您的八位账号。"]


def test_a_correction_at_the_confirmation_replaces_the_number(call):
    call.says("查账单")
    call.says("一二三四五六七八")
    assert call.says("不对，是八七六五四三二一") == ["您的账号是八七六五，四三二幺，对吗？"]
    call.says("是的")
    assert call.session.values["account"] == "87654321"


def test_a_correction_of_the_wrong_length_asks_for_the_number_again(call):
    call.says("查账单")
    call.says("一二三四五六七八")
    said = call.says("不对，是八七六五")
    assert "少了四位" in said[0]
    assert said[1] == "请说出或按键输入您的八位账号。"


def test_two_digits_too_few_are_counted_as_people_count(call):
    call.says("查账单")
    assert "少了两位" in call.says("一二三四五六")[0]


def test_hash_ends_a_number_of_open_length(call_flow):
    call = call_flow(CODE)
    call.presses("1234#")
    assert call.ended.reason == "flow"
    assert call.session.values == {"code": "1234"}


def test_the_pause_after_the_last_key_ends_a_number_of_open_length(call_flow):
    call = call_flow(CODE)
    call.presses("12345")
    assert call.timers["keys"] == 3.0
    call.waits("keys")
    assert call.session.values == {"code": "12345"}


def test_the_longest_number_needs_no_hash(call_flow):
    call = call_flow(CODE)
    call.presses("123456")
    assert call.session.values == {"code": "123456"}


def test_star_begins_the_number_anew(call_flow):
    call = call_flow(CODE)
    call.presses("99")
    assert call.presses("*") == ["请说验证码。"]
    assert "keys" not in call.timers
    call.presses("1234#")
    assert call.session.values == {"code": "1234"}


def test_hash_alone_is_no_number(call_flow):
    call = call_flow(CODE)
    assert "没有听明白" in call.presses("#")[0]


def test_a_key_that_no_telephone_has_is_ignored_in_a_number(call_flow):
    call = call_flow(CODE)
    call.presses("A")
    assert call.timers["no_input"] == 6.0
    call.presses("12B34#")
    assert call.session.values == {"code": "1234"}


def test_speech_after_a_few_keys_counts_alone(call_flow):
    call = call_flow(CODE)
    call.presses("99")
    call.says("一二三四")
    assert call.session.values == {"code": "1234"}


def test_a_number_begun_by_keys_and_ended_by_voice_is_one_number(call_flow):
    call = call_flow(CODE)
    call.presses("99")
    call.says("一二三")
    assert call.session.values == {"code": "99123"}


def test_speech_after_too_many_keys_counts_alone(call_flow):
    call = call_flow(CODE)
    call.presses("9999")
    assert "少" in call.says("一二三")[0]
    assert call.session.values == {}


def test_star_outside_a_number_repeats(call):
    call.says("产品咨询")
    assert call.presses("*") == ["您想了解哪款产品？比如云服务器、对象存储，或者云数据库。"]


def test_a_key_without_a_meaning_is_not_understood(call):
    assert "没有听明白" in call.presses("9")[0]
    assert call.turn.why == "key 9 means nothing here"


@pytest.mark.parametrize("answer", ["华东", "上海", "2"])
def test_a_choice_is_made_by_any_of_its_names_or_by_key(call, answer):
    call.says("报故障")
    call.presses(answer) if answer.isdigit() else call.says(answer)
    assert call.session.values["region"] == "east"


def test_the_whole_outage_report_reaches_the_engineers_with_what_was_told(call):
    call.says("我的服务器连不上了")
    call.says("杭州")
    said = call.presses("1")
    assert said[0] == "已经记录，华东，完全中断。我马上请值班工程师跟进。"
    assert isinstance(call.ended, HandOff)
    assert "region=华东" in call.ended.summary
    assert "impact=完全中断" in call.ended.summary


def test_a_question_of_the_faq_is_answered_and_the_question_asked_again(call):
    said = call.says("怎么开发票")
    assert call.turn.intent.startswith("faq:cloud/")
    assert len(said) == 2
    assert said[1] == "请问还有什么可以帮您？"


def test_answers_go_on_until_there_are_no_more_questions(call):
    call.says("产品咨询")
    assert call.says("云数据库")[0].startswith("云数据库自动备份")
    assert call.says("有") == ["您想了解哪款产品？比如云服务器、对象存储，或者云数据库。"]
    assert call.says("对象存储")[1] == "还想了解别的产品吗？"
    assert call.says("没有了") == ["请问还有什么可以帮您？"]


def test_repeat_says_the_last_words_again_word_for_word(call):
    said = call.says("怎么开发票")
    assert call.says("再说一遍") == said
    assert call.says("再说一遍") == said


def test_what_is_repeated_comes_in_the_parts_in_which_it_was_rendered(call):
    call.says("查账单")
    call.says("一二三四五六七八")
    call.says("再说一遍")
    first, again = [what for what in call.commands if isinstance(what, Say) and "对吗" in what.text]
    assert first.parts == again.parts == ("您的账号是", "幺二三四，五六七八", "，对吗？")


def test_a_reprompt_comes_in_parts_as_well(call):
    call.says("查账单")
    call.says("一二三四五六七八")
    call.waits()
    says = [what for what in call.commands if isinstance(what, Say) and "对吗" in what.text]
    assert says[0].parts == says[1].parts


def test_parts_are_the_text_and_each_can_be_spoken(call):
    for words in ("查账单", "一二三", "一二三四五六七八", "对"):
        call.says(words)
    cut = [what for what in call.commands if isinstance(what, Say) and what.parts]
    assert len(cut) >= 3
    for say in cut:
        assert "".join(say.parts) == say.text
        assert all(any(sign.isalnum() for sign in part) for part in say.parts)


def test_back_leads_to_the_question_before(call):
    call.says("报故障")
    assert call.says("返回") == ["请问还有什么可以帮您？"]


def test_back_at_the_first_question_asks_it_again(call):
    assert call.says("返回")
    assert call.ended is None
    assert "no_input" in call.timers


def test_main_menu_leads_there_from_anywhere(call):
    call.says("账号被锁")
    assert call.says("主菜单") == ["请问还有什么可以帮您？"]


def test_a_value_collected_again_is_asked_for_again(call):
    for words in ("查账单", "一二三四五六七八", "对", "查账单"):
        said = call.says(words)
    assert said == ["请说出或按键输入您的八位账号。"]


def test_variants_of_a_prompt_take_turns(call_flow):
    call = call_flow(
        "  one: {ask: [您好, 又见面了], intents: [buy, sell], then: {buy: one, sell: two}}\n  two: {hang_up: 好}\n"
    )
    assert [call.says("我要买东西")[0] for _ in range(3)] == ["又见面了", "您好", "又见面了"]


def test_speech_cuts_a_prompt_that_speech_may_cut(call_flow):
    call = call_flow(POLICY.format("on"), start=False)
    call.start()
    call.send(Heard(0.0, "呜噜噜"))
    assert PauseSpeaking() in call.send(SpeechStarted(0.0))
    assert StopSpeaking() in call.send(Heard(0.0, "我要买东西"))


@pytest.mark.parametrize(("policy", "by_key"), [("keys", True), ("off", False)])
def test_where_speech_may_not_interrupt_listening_begins_after_the_prompt(call_flow, policy, by_key):
    call = call_flow(POLICY.format(policy), start=False)
    listens = call.listens
    call.listens = lambda: None
    call.start()
    assert StopListening() in call.commands
    assert not [what for what in call.commands if isinstance(what, Listen)]
    assert call.send(SpeechStarted(0.0)) == []
    assert call.send(Heard(0.0, "我要买东西")) == []
    assert (StopSpeaking() in call.send(KeyPressed(0.0, "9"))) is by_key
    call.listens = listens
    call.listens()
    assert call.listening.intents[:2] == ("buy", "sell")
    assert call.timers["no_input"] == 6.0


def test_words_typed_into_a_prompt_cut_it_as_speech_does(call):
    call.send(Heard(0.0, "产品咨询"))
    assert StopSpeaking() in call.send(Heard(0.0, "主菜单"))


def test_silence_counts_from_the_end_of_the_last_prompt(call):
    call.send(Heard(0.0, "怎么开发票"))
    call.timers.clear()
    call.send(PromptEnded(0.0, call.pending.pop(0), 1000, cut=False))
    assert "no_input" not in call.timers
    call.listens()
    assert call.timers["no_input"] == 6.0


def test_a_free_second_look_alone_is_words_and_no_cough(call):
    call.says("", free_text="查账单")
    assert call.turn.intent == "billing"


def test_the_summary_tells_what_the_caller_wanted_and_masks_what_is_personal(call):
    for words in ("账号被锁", "一二三四五六七八", "对", "九八七六"):
        call.says(words)
    summary = call.ended.summary
    assert "账号被锁" in summary
    assert "account=12345678" in summary
    assert "phone_tail=***" in summary
    assert "9876" not in summary
    assert "九八七六" not in summary


def test_a_personal_value_that_was_not_taken_does_not_stand_in_the_summary_either(call):
    for words in ("账号被锁", "一二三四五六七八", "对", "九八七六五", "转人工"):
        call.says(words)
    assert "九八七六五" not in call.ended.summary


def test_the_summary_is_one_short_line_whatever_is_said(call):
    call.says("阿" * 500 + "\n")
    call.says("转人工")
    assert len(call.ended.summary) <= 80


def test_every_turn_is_noted_with_what_it_was_taken_for_and_why(call):
    call.says("查账单")
    notes = [what for what in call.commands if isinstance(what, NoteTurn)]
    assert [(note.step, note.heard, note.intent) for note in notes] == [("need", "查账单", "billing")]
    assert notes[0].score == 1.0
    assert notes[0].why


def test_after_the_end_nothing_is_done_any_more(call):
    call.hangs_up()
    assert call.send(Heard(0.0, "转人工")) == []
    assert call.send(KeyPressed(0.0, "0")) == []


def test_the_ears_are_told_the_hotlines_own_words(call):
    call.says("查账单")
    expectation = call.dialogue.expectation(call.listening)
    assert expectation.closed
    assert expectation.pause_ms == 1000
    assert expectation.phrases
