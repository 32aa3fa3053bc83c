"""A sound pauses the prompt; words drop it, and what was nothing lets it go on where it was."""

import pytest

from ivr.dialogue.commands import PauseSpeaking, ResumeSpeaking, Say, StopSpeaking
from ivr.dialogue.events import (
    ActionDone,
    Heard,
    KeyPressed,
    Partial,
    PromptEnded,
    RecognitionLost,
    SpeechStarted,
    TimerFired,
)

pytestmark = pytest.mark.unit

TWO_PROMPTS = """\
  one: {say: 我们正在举行活动。, next: two}
  two: {collect: {sure: {type: yes_no, ask: 您要参加吗？}}, next: three}
  three: {hang_up: 好}
"""


@pytest.fixture
def speaking(call):
    """The hotline is in the middle of its question after 查账单."""
    call.send(SpeechStarted(0.0))
    call.send(Heard(0.0, "查账单"))
    call.commands.clear()
    return call


def kinds(commands):
    return {type(command) for command in commands} & {PauseSpeaking, ResumeSpeaking, StopSpeaking, Say}


def test_a_sound_only_pauses_the_prompt(speaking):
    assert kinds(speaking.send(SpeechStarted(0.0))) == {PauseSpeaking}


@pytest.mark.parametrize("words", ["", "嗯", "好的", "哦，好的", "对对对"])
def test_after_a_cough_or_a_backchannel_the_prompt_goes_on_and_nothing_else_is_said(speaking, words):
    speaking.send(SpeechStarted(0.0))
    assert kinds(speaking.send(Heard(0.0, words))) == {ResumeSpeaking}
    assert "held" not in speaking.timers
    assert speaking.session.misses == 0


def test_a_hum_that_is_surely_heard_as_a_wish_for_a_person_interrupts_nothing(speaking):
    speaking.send(SpeechStarted(0.0))
    assert kinds(speaking.send(Heard(0.0, "人呢", confidence=1.0, speech_ms=700))) == {ResumeSpeaking}
    assert speaking.session.misses == 0


def test_the_same_words_are_a_wish_for_a_person_once_the_prompt_is_over(speaking):
    speaking.listens()
    speaking.says("人呢", speech_ms=700)
    assert speaking.turn.intent == "agent"


@pytest.mark.parametrize("words", ["人工", "转人工", "真人", "有人吗"])
def test_who_asks_for_a_person_in_other_words_is_heard_into_the_prompt(speaking, words):
    speaking.send(SpeechStarted(0.0))
    assert StopSpeaking in kinds(speaking.send(Heard(0.0, words, speech_ms=600)))
    assert speaking.turn.intent == "agent"


def test_a_short_sound_said_into_a_prompt_is_judged_by_its_best_reading_alone(call):
    hum = Heard(0.0, "你们呢", confidence=0.8, alternatives=("没人呢", "人呢"), speech_ms=700)
    call.send(Heard(0.0, "产品咨询"))
    call.send(SpeechStarted(0.0))
    assert kinds(call.send(hum)) == {ResumeSpeaking}
    call.listens()
    call.send(SpeechStarted(0.0))
    call.send(hum)
    assert call.turn.intent == "agent"


def test_words_drop_what_was_paused(speaking):
    speaking.send(SpeechStarted(0.0))
    assert kinds(speaking.send(Heard(0.0, "主菜单"))) == {StopSpeaking, Say}
    assert "held" not in speaking.timers


def test_a_long_sound_without_words_does_not_keep_the_prompt_waiting(speaking):
    speaking.send(SpeechStarted(0.0))
    assert speaking.timers["held"] == 2.5
    assert kinds(speaking.send(TimerFired(0.0, "held"))) == {ResumeSpeaking}


def test_words_on_their_way_keep_the_prompt_waiting_and_a_backchannel_on_its_way_does_not(speaking):
    speaking.send(SpeechStarted(0.0))
    speaking.timers.clear()
    speaking.send(Partial(0.0, "嗯"))
    assert "held" not in speaking.timers
    speaking.send(Partial(0.0, "我要"))
    assert speaking.timers["held"] == 2.5


def test_words_after_the_prompt_went_on_pause_it_again(speaking):
    speaking.send(SpeechStarted(0.0))
    speaking.send(TimerFired(0.0, "held"))
    assert kinds(speaking.send(Partial(0.0, "我要"))) == {PauseSpeaking}
    assert StopSpeaking in kinds(speaking.send(Heard(0.0, "主菜单")))


def test_after_two_sounds_that_were_nothing_only_words_pause_the_prompt(speaking):
    for _ in range(2):
        assert kinds(speaking.send(SpeechStarted(0.0))) == {PauseSpeaking}
        speaking.send(Heard(0.0, ""))
    assert kinds(speaking.send(SpeechStarted(0.0))) == set()
    assert kinds(speaking.send(Partial(0.0, "我要"))) == {PauseSpeaking}
    speaking.send(Heard(0.0, ""))
    speaking.listens()
    assert speaking.session.false_starts == 0


def test_a_key_drops_what_a_sound_has_paused(speaking):
    speaking.send(SpeechStarted(0.0))
    assert StopSpeaking in kinds(speaking.send(KeyPressed(0.0, "0")))
    assert not speaking.session.held


@pytest.mark.parametrize("event", [RecognitionLost(0.0, "x"), TimerFired(0.0, "no_input")])
def test_a_turn_that_is_lost_drops_what_was_paused_and_the_caller_is_asked_again(speaking, event):
    speaking.send(SpeechStarted(0.0))
    assert kinds(speaking.send(event)) == {StopSpeaking, Say}
    assert not speaking.session.held


def test_yes_is_an_answer_where_yes_is_asked_for(call):
    call.says("查账单")
    call.send(Heard(0.0, "一二三四五六七八"))
    call.send(SpeechStarted(0.0))
    assert StopSpeaking in kinds(call.send(Heard(0.0, "对")))
    assert call.turn.intent == "yes"


def test_a_yes_before_the_question_was_begun_is_no_answer_to_it(call_flow):
    call = call_flow(TWO_PROMPTS, start=False)
    listens, call.listens = call.listens, lambda: None
    call.start()
    assert len(call.session.speaking) == 2
    call.send(SpeechStarted(0.0))
    assert kinds(call.send(Heard(0.0, "好的"))) == {ResumeSpeaking}
    call.send(PromptEnded(0.0, call.pending.pop(0), 1000, cut=False))
    call.listens = listens
    call.send(SpeechStarted(0.0))
    assert StopSpeaking in kinds(call.send(Heard(0.0, "好的")))
    assert call.session.values["sure"] is True


def test_nothing_stays_paused_when_the_ears_are_closed_in_the_middle_of_a_turn(call_flow):
    call = call_flow(
        "  one: {call: {get: https://x/y, save: z, failed: two}, next: two}\n  two: {hang_up: 好}\n", start=False
    )
    call.unconnected = False
    call.start()
    call.send(TimerFired(0.0, "filler"))
    assert kinds(call.send(SpeechStarted(0.0))) == {PauseSpeaking}
    assert ResumeSpeaking in kinds(call.send(ActionDone(0.0, 1, "ok", {})))


@pytest.mark.parametrize(
    ("words", "confidence", "speech_ms"), [("你们", 0.5, 400), ("云呢", 0.33, 300), ("呜噜噜", 0.99, 600)]
)
def test_a_short_sound_that_is_guessed_at_or_means_nothing_interrupts_nothing(call, words, confidence, speech_ms):
    call.send(Heard(0.0, "产品咨询"))
    call.send(SpeechStarted(0.0))
    commands = call.send(Heard(0.0, words, confidence=confidence, speech_ms=speech_ms))
    assert kinds(commands) == {ResumeSpeaking}
    assert call.session.misses == 0


def test_a_short_word_that_is_sure_and_means_something_interrupts(call):
    call.send(Heard(0.0, "产品咨询"))
    call.send(SpeechStarted(0.0))
    assert StopSpeaking in kinds(call.send(Heard(0.0, "主菜单", confidence=0.95, speech_ms=450)))


def test_the_reply_is_held_before_its_first_frame_and_said_when_the_second_part_came_to_nothing(call):
    call.send(SpeechStarted(0.0))
    call.send(SpeechStarted(0.7))
    reply = call.send(Heard(0.8, "查账单"))
    assert any(isinstance(command, Say) for command in reply)
    assert any(isinstance(command, PauseSpeaking) for command in call.send(SpeechStarted(0.8)))
    call.send(Partial(1.0, "我的号码是"))
    assert call.timers["held"] == 2.5
    call.send(TimerFired(3.5, "held"))
    assert not call.session.held


@pytest.mark.parametrize("words", ["哎", "对对言", "呜噜噜"])
def test_a_backchannel_that_was_misheard_interrupts_nothing_however_sure_it_is(call, words):
    call.send(Heard(0.0, "产品咨询"))
    call.send(SpeechStarted(0.0))
    assert kinds(call.send(Heard(0.0, words, confidence=0.97, speech_ms=900))) == {ResumeSpeaking}
    assert call.session.misses == 0


def test_a_single_syllable_interrupts_no_opening_that_asks_for_neither_yes_nor_digits(call_flow):
    call = call_flow(
        "  one: {ask: 请问您要办理什么业务, intents: [buy], then: {buy: two}}\n  two: {hang_up: 好}\n", start=False
    )
    call.listens = lambda: None
    call.start()
    call.send(SpeechStarted(0.0))
    assert kinds(call.send(Heard(0.0, "没", confidence=0.97, speech_ms=600))) == {ResumeSpeaking}


def test_a_single_syllable_is_an_answer_where_yes_or_no_is_asked_for(call_flow):
    call = call_flow(TWO_PROMPTS)
    call.session.speaking = call.session.speaking[-1:]
    call.send(SpeechStarted(0.0))
    call.send(Heard(0.0, "不", confidence=0.97, speech_ms=300))
    assert call.session.values["sure"] is False


def test_words_that_mean_nothing_interrupt_when_there_are_enough_of_them(call):
    call.send(Heard(0.0, "产品咨询"))
    call.send(SpeechStarted(0.0))
    assert StopSpeaking in kinds(call.send(Heard(0.0, "昨天下雨了很大", confidence=0.9, speech_ms=1500)))
