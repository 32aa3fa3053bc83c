"""When a turn is over by what was said in it: whole answers early, unfinished ones late, and nothing lost between."""

import pytest

from ivr.dialogue.events import SpeechStarted
from tests.unit.call.spoken_turns import ACCOUNT, MENU, SURE, Call, Late, Listener

pytestmark = pytest.mark.unit


async def test_a_whole_answer_is_taken_after_200_ms():
    async with Call(Listener({300: "转人工"}), MENU) as call:
        await call.says(600)
        await call.pauses(180)
        assert call.heard == []
        await call.pauses(60)
        assert call.heard == [("转人工", 200)]
        await call.pauses(2000)
    assert call.heard == [("转人工", 200)]
    assert call.recognizer.finished == 1


async def test_a_quick_yes_is_an_answer_although_it_interrupts_nothing():
    async with Call(Listener({100: "是"}), SURE) as call:
        await call.says(160)
        await call.pauses(260)
    assert [type(event) for event in call.events if not hasattr(event, "text")] == [SpeechStarted]
    assert call.heard == [("是", 200)]


async def test_what_is_expected_in_a_longer_wording_too_is_waited_for():
    async with Call(Listener({300: "查账单", 800: "查账单明细"}), MENU) as call:
        await call.says(600)
        await call.pauses(400)
        assert call.heard == []
        await call.says(400)
        await call.pauses(300)
    assert call.heard == [("查账单明细", 200)]


async def test_a_number_is_over_with_its_last_digit():
    async with Call(Listener({1000: "八六五二零四三九"}), ACCOUNT, pause_ms=1000) as call:
        await call.says(1200)
        await call.pauses(240)
    assert call.heard == [("八六五二零四三九", 200)]


async def test_a_number_with_a_pause_in_its_middle_is_one_number():
    async with Call(Listener({300: "八六五二", 1000: "八六五二零四三九"}), ACCOUNT, pause_ms=1000) as call:
        await call.says(600)
        await call.pauses(1500)  # longer than the question's pause: digits are missing
        assert call.heard == []
        await call.says(600)
        await call.pauses(240)
    assert call.heard == [("八六五二零四三九", 200)]


async def test_a_number_that_is_never_finished_is_answered_all_the_same():
    async with Call(Listener({300: "八六五二"}), ACCOUNT, pause_ms=1000) as call:
        await call.says(600)
        await call.pauses(1700)
    assert call.heard == [("八六五二", 1600)]


@pytest.mark.parametrize("text", ["我的账单然后", "账单还有", "嗯", "账单那个", "查账单因为"])
async def test_who_stops_at_and_or_at_a_filler_is_waited_for(text):
    async with Call(Listener({300: text}), MENU) as call:
        await call.says(600)
        await call.pauses(900)
        assert call.heard == []
        await call.pauses(100)
    assert call.heard == [(text, 960)]


async def test_who_goes_on_after_an_and_has_said_one_turn_and_the_next_pause_is_the_questions_own():
    async with Call(Listener({300: "账单然后", 900: "账单然后你们几点下班"}), MENU) as call:
        await call.says(600)
        await call.pauses(800)
        await call.says(600)
        await call.pauses(620)
    assert call.heard == [("账单然后你们几点下班", 600)]


async def test_a_correction_is_waited_for():
    async with Call(Listener({300: "不对", 1000: "八六五二零四三九"}), ACCOUNT, pause_ms=1000) as call:
        await call.says(500)
        await call.pauses(600)
        assert call.heard == []
        await call.says(1000)
        await call.pauses(240)
    assert call.heard == [("八六五二零四三九", 200)]


async def test_what_only_holds_an_answer_ends_after_the_questions_own_pause():
    async with Call(Listener({300: "我昨天打过电话说转人工可以的"}), MENU) as call:
        await call.says(800)
        await call.pauses(700)
    assert call.heard[0][1] == 600


async def test_where_the_final_text_is_another_the_turn_goes_on_and_nothing_is_lost():
    recognizer = Listener({300: "转人工", 900: "转人工号码是多少"}, {"转人工": "转人工号"})
    async with Call(recognizer, MENU, closed=False) as call:
        await call.says(600)
        await call.pauses(400)
        assert call.heard == []
        await call.says(600)
        await call.pauses(700)
    assert call.heard == [("转人工号码是多少", 600)]
    assert len(recognizer.audio) == 2  # decoded again, from the first sample on
    assert bytes(recognizer.audio[1]).startswith(bytes(recognizer.audio[0]))


async def test_a_closed_question_is_answered_although_the_partial_text_lags():
    async with Call(Late({300: "对"}), SURE) as call:
        await call.says(400)
        await call.pauses(240)
    assert call.heard == [("对", 200)]
    assert call.recognizer.finished == 1


async def test_the_last_digit_is_heard_although_the_partial_text_lacks_it():
    recognizer = Listener({300: "八六五二零四三"}, {"八六五二零四三": "八六五二零四三九"})
    async with Call(recognizer, ACCOUNT, pause_ms=1000) as call:
        await call.says(1200)
        await call.pauses(240)
    assert call.heard == [("八六五二零四三九", 200)]


async def test_who_pauses_in_a_number_is_asked_once_a_pause_and_heard_to_the_end():
    recognizer = Listener({300: "八六五二", 1000: "八六五二零四三九"})
    async with Call(recognizer, ACCOUNT, pause_ms=1000) as call:
        await call.says(600)
        await call.pauses(800)
        await call.says(600)
        await call.pauses(240)
    assert call.heard == [("八六五二零四三九", 200)]
    assert recognizer.finished == 2
    assert bytes(recognizer.audio[-1]).startswith(bytes(recognizer.audio[0]))


async def test_what_the_recogniser_only_guesses_in_the_middle_of_a_word_ends_no_turn_at_once():
    recognizer = Listener({300: "特", 900: "特别慢"}, {"特": "是"}, confidence=0.7)
    async with Call(recognizer, SURE) as call:
        await call.says(500)
        await call.pauses(300)
        assert call.heard == []
        await call.says(500)
        await call.pauses(700)
    assert call.heard == [("特别慢", 600)]


async def test_an_unsure_answer_that_the_partial_text_lacks_is_waited_for_a_little():
    async with Call(Late({300: "对"}, confidence=0.7), SURE) as call:
        await call.says(400)
        await call.pauses(380)
        assert call.heard == []
        await call.pauses(40)
    assert call.heard == [("对", 400)]


async def test_a_final_text_that_was_none_is_asked_again_once_the_partial_text_is_an_answer():
    class Lags(Listener):
        """Says "对" in the end, and as its partial text, from 160 ms of silence on."""

        def of(self, audio):
            return "对" if not any(audio[-160 * 16 :]) and any(audio) else "带"

    async with Call(Lags({}), SURE) as call:
        await call.says(400)
        await call.pauses(320)
    assert [(text, silence < 300) for text, silence in call.heard] == [("对", True)]
    assert call.recognizer.finished == 2


async def test_frames_that_are_lost_in_the_middle_of_an_answer_do_not_end_it():
    async with Call(Listener({300: "转人工", 900: "转人工服务要钱吗"}), MENU) as call:
        await call.says(600)
        call.at += 0.3
        await call.pauses(20)
        await call.says(600)
        await call.pauses(700)
    assert call.heard == [("转人工服务要钱吗", 600)]


async def test_a_long_turn_is_not_decoded_anew_at_each_pause():
    recognizer = Late({300: "我昨天打过电话"})
    async with Call(recognizer, SURE) as call:
        await call.says(5200)
        await call.pauses(400)
        assert recognizer.finished == 0
        await call.pauses(300)
    assert [silence for _, silence in call.heard] == [600]
