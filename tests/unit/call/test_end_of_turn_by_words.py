"""When a turn is over by what was said in it: whole answers early, unfinished ones late, and nothing lost between."""

import asyncio

import numpy as np
import pytest

from ivr.call.ears import Ears
from ivr.call.line import AudioFrame
from ivr.dialogue.events import Heard, RecognitionLost, SpeechStarted
from ivr.hearing.expectation import Expectation
from ivr.understanding.interpreter import Interpreter
from ivr.understanding.result import Digits, State
from ivr_asr.api import Hypothesis, RecognizerLost
from ivr_asr.scripted import Scripted, ScriptedHearing

pytestmark = pytest.mark.unit

UNDERSTANDING = Interpreter(
    {
        "bill": ["查账单", "账单"],
        "bill_details": ["查账单明细"],
        "agent": ["转人工"],
        "yes": ["是", "是的", "对"],
        "no": ["不是", "不对"],
    }
)
MENU = State(("bill", "bill_details", "agent"))
ACCOUNT = State(("yes", "no", "agent"), digits=Digits(8, 8))
SURE = State(("yes", "no", "agent"))


def expecting(state, *, pause_ms=600, complete_ms=200, closed=True):
    return Expectation(("查账单",), pause_ms, closed, complete_ms, lambda text: UNDERSTANDING.completeness(text, state))


def voice(ms):
    """A buzz with formants, which WebRTC's detector takes for a vowel."""
    at = np.arange(ms * 8) / 8000
    signal = sum(np.sin(2 * np.pi * 140 * k * at) / k * (3 if k in (4, 5, 8, 9) else 1) for k in range(1, 20))
    return (signal / np.abs(signal).max() * 0.2 * 32767).astype("<i2").tobytes()


class Listener(Scripted):
    """Understands so many milliseconds of speech as such a text, while it is fed and in the end; `finally_` are
    final texts that differ from the partial ones."""

    def __init__(self, texts, finally_=None, confidence=1.0):
        super().__init__()
        self.texts, self.finally_, self.confidence = texts, finally_ or {}, confidence
        self.finished = 0

    async def open(self, *, phrases=()):
        await super().open(phrases=phrases)
        return _Hearing(self, self.audio[-1])

    def of(self, audio):
        spoken_ms = np.count_nonzero(np.frombuffer(bytes(audio), dtype="<i2")) / 8 + 20
        return next((text for ms, text in sorted(self.texts.items(), reverse=True) if spoken_ms >= ms), "")


class _Hearing(ScriptedHearing):
    async def feed(self, pcm, /):
        await super().feed(pcm)
        return Hypothesis(self._owner.of(self._audio))

    async def finish(self):
        await self.close()
        self._owner.finished += 1
        text = self._owner.of(self._audio)
        return Hypothesis(self._owner.finally_.get(text, text), self._owner.confidence, final=True)


class Late(Listener):
    """Tells nothing while it is fed; the final text is right."""

    async def open(self, *, phrases=()):
        hearing = await super().open(phrases=phrases)
        feed = hearing.feed

        async def late(pcm, /):
            await feed(pcm)

        hearing.feed = late
        return hearing


class Call:
    """Ears that run, and a caller whose audio takes no time."""

    def __init__(self, recognizer, state, **expected):
        self.recognizer, self.events, self.at, self.foreseen = recognizer, [], 0.0, []
        self.ears = Ears(recognizer, self.events.append, foresee=self.foreseen.append)
        self.ears.listen(expecting(state, **expected))

    async def __aenter__(self):
        self._running = asyncio.create_task(self.ears.run())
        await self.pauses(400)
        return self

    async def __aexit__(self, *_):
        await self.ears.close()
        await asyncio.wait([self._running])
        assert self.recognizer.open_hearings == 0

    async def says(self, ms):
        await self._sends(voice(ms))

    async def pauses(self, ms):
        await self._sends(bytes(ms * 16))

    async def _sends(self, pcm):
        for start in range(0, len(pcm), 320):
            self.ears.hear(AudioFrame(round(self.at, 3), pcm[start : start + 320]))
            self.at += 0.02
            for _ in range(12):
                await asyncio.sleep(0)

    @property
    def heard(self):
        return [(event.text, event.silence_ms) for event in self.events if isinstance(event, Heard)]


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
