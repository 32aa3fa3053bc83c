"""When a turn is over whose words are another answer than the expected ones, and what is prepared meanwhile."""

import asyncio

import pytest

from ivr.dialogue.events import RecognitionLost
from ivr.hearing.expectation import Expectation
from ivr_asr.api import RecognizerLost
from tests.unit.call.spoken_turns import ACCOUNT, MENU, SURE, Call, Listener

pytestmark = pytest.mark.unit


async def test_an_answer_in_other_words_to_a_closed_question_ends_200_ms_later_than_a_whole_one():
    judge = {"特别慢": "answered"}
    expectation = Expectation(("很慢",), 600, True, 160, lambda text: judge.get(text, "open"))
    async with Call(Listener({300: "特别慢", 900: "特别慢从昨天开始"}), SURE) as call:
        call.ears.listen(expectation)
        await call.says(600)
        await call.pauses(320)
        assert call.heard == []
        assert call.foreseen == ["特别慢"]
        await call.pauses(60)
        assert call.heard == [("特别慢", 360)]


async def test_an_unsure_answer_in_other_words_waits_for_the_questions_own_pause():
    expectation = Expectation(("中断",), 600, True, 160, lambda text: {"完全中": "answered"}.get(text, "open"))
    async with Call(Listener({300: "完全中"}, confidence=0.6), SURE) as call:
        call.ears.listen(expectation)
        await call.says(600)
        await call.pauses(700)
    assert call.heard == [("完全中", 600)]


async def test_who_goes_on_soon_after_an_answer_in_other_words_has_said_one_turn():
    judge = {"特别慢": "answered"}
    expectation = Expectation(("很慢",), 600, True, 160, lambda text: judge.get(text, "open"))
    async with Call(Listener({300: "特别慢", 900: "特别慢从昨天开始"}), SURE) as call:
        call.ears.listen(expectation)
        await call.says(600)
        await call.pauses(200)
        await call.says(600)
        await call.pauses(620)
    assert call.heard == [("特别慢从昨天开始", 600)]


async def test_a_final_text_that_is_another_stands_if_the_caller_says_no_more():
    recognizer = Listener({300: "转人工"}, {"转人工": "转人工号"})
    async with Call(recognizer, MENU) as call:
        await call.says(600)
        await call.pauses(700)
    assert call.heard == [("转人工号", 600)]
    assert recognizer.finished == 2
    assert len(recognizer.audio[1]) > len(recognizer.audio[0])  # decoded to its last sample, as any other turn


async def test_an_unsure_answer_to_an_open_question_is_not_taken_early():
    async with Call(Listener({300: "转人工"}, confidence=0.6), MENU, closed=False) as call:
        await call.says(600)
        await call.pauses(400)
        assert call.heard == []
        await call.pauses(300)
    assert call.heard == [("转人工", 600)]


async def test_who_goes_on_while_the_final_text_is_being_made_has_said_one_turn():
    ready = asyncio.Event()

    class Slow(Listener):
        async def open(self, *, phrases=()):
            hearing = await super().open(phrases=phrases)
            finish = hearing.finish

            async def late():
                await ready.wait()
                return await finish()

            hearing.finish = late
            return hearing

    async with Call(Slow({300: "转人工", 900: "转人工服务要钱吗"}), MENU) as call:
        await call.says(600)
        await call.pauses(260)
        await call.says(600)
        ready.set()
        await call.pauses(700)
    assert call.heard == [("转人工服务要钱吗", 600)]


async def test_the_reply_is_prepared_before_the_turn_is_over_and_dropped_if_the_caller_goes_on():
    async with Call(Listener({300: "八六五二零四三九", 1000: "八六五二零四三九不对"}), ACCOUNT, pause_ms=1000) as call:
        await call.says(600)
        await call.pauses(120)
        assert call.foreseen == ["八六五二零四三九"]
        assert call.heard == []
        await call.says(600)
        assert call.foreseen == ["八六五二零四三九", ""]
        await call.pauses(300)
        assert call.heard == []


async def test_nothing_is_prepared_for_what_is_no_whole_answer():
    async with Call(Listener({300: "账单然后"}), MENU) as call:
        await call.says(600)
        await call.pauses(1000)
        assert call.foreseen == []


async def test_a_question_may_ask_for_its_full_pause():
    async with Call(Listener({300: "转人工"}), MENU, complete_ms=0) as call:
        await call.says(600)
        await call.pauses(700)
    assert call.heard == [("转人工", 600)]


async def test_a_recogniser_that_dies_over_the_early_final_text_costs_the_caller_a_pause():
    class Dies(Listener):
        async def open(self, *, phrases=()):
            hearing = await super().open(phrases=phrases)
            if len(self.opened) == 1:

                async def dies():
                    await hearing.close()
                    raise RecognizerLost("the recognition worker ended by signal 6")

                hearing.finish = dies
            return hearing

    async with Call(Dies({300: "转人工"}), MENU) as call:
        await call.says(600)
        await call.pauses(700)
    assert [text for text, _ in call.heard] == ["转人工"]
    assert not [event for event in call.events if isinstance(event, RecognitionLost)]


@pytest.mark.parametrize("silent_ms", range(0, 320, 40))
async def test_who_hangs_up_at_any_point_of_the_pause_leaves_nothing_running(silent_ms):
    async with Call(Listener({300: "转人工"}), MENU) as call:
        await call.says(600)
        await call.pauses(silent_ms)
        await call.ears.close()
        known = list(call.events)
        await call.pauses(700)
        assert call.events == known
