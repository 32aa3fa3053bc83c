"""A caller asks for English in English: its recogniser looks at the turn that the Mandarin one is in doubt of."""

import asyncio

import pytest

from ivr.call.ears import Ears
from ivr.call.second_look import SecondLook, asked_for, second_look
from ivr.dialogue.commands import Listen
from ivr.dialogue.dialogue import Dialogue
from ivr.dialogue.events import CallStarted, Heard
from ivr.flow.load import load
from ivr.hearing.expectation import Expectation, OtherLanguage
from ivr.shipped import shipped
from ivr_asr.api import Hypothesis, Pressure, RecognizerLost
from ivr_asr.scripted import Scripted
from tests.unit.call.spoken_turns import Call

pytestmark = pytest.mark.unit

ENGLISH = OtherLanguage("en", ("english", "english please", "don't speak chinese"), ("window", "close"))
MENU = Expectation(("查账单",), pause_ms=600, languages=(ENGLISH,))
BENT = Hypothesis("人工退了", 0.5, final=True)
WISH = Hypothesis("uh english please", 0.9, final=True)


def look(mandarin, others):
    return asyncio.run(second_look(mandarin, bytes(1600), others=others, languages=(ENGLISH,)))


async def heard_of(mandarin, languages, listen=MENU):
    """The turn as the dialogue is told of it."""
    call = Call(mandarin, None)
    call.ears = Ears(mandarin, call.events.append, languages=languages)
    call.ears.listen(listen)
    async with call:
        await call.says(600)
        await call.pauses(1000)
    (heard,) = [event for event in call.events if isinstance(event, Heard)]
    return heard.text, heard.confidence, heard.free_text


async def test_english_please_on_a_mandarin_hotline_is_heard_by_the_english_recogniser():
    english = Scripted([WISH])
    assert await heard_of(Scripted([BENT, "的事被跟挂"]), {"en": english}) == ("english please", 0.9, "")
    assert english.opened == [(*ENGLISH.wishes, *ENGLISH.beside)]


async def test_speech_that_is_no_wish_is_what_the_mandarin_recogniser_made_of_it():
    english = Scripted([Hypothesis("close window", 1.0, final=True)])
    assert await heard_of(Scripted([BENT, "我要退货"]), {"en": english}) == ("人工退了", 0.5, "我要退货")


async def test_a_turn_that_is_surely_heard_is_not_looked_at_in_other_languages():
    english = Scripted([WISH])
    assert await heard_of(Scripted(["查账单"]), {"en": english}) == ("查账单", 1.0, "")
    assert english.opened == []


async def test_without_a_recogniser_for_it_nothing_changes():
    assert await heard_of(Scripted([BENT, "的事被跟挂"]), {}) == ("人工退了", 0.5, "的事被跟挂")


@pytest.mark.parametrize(
    "heard",
    [
        Hypothesis("please", 1.0),
        Hypothesis("english please", 0.7),
        Hypothesis("englishman please", 1.0),
        Hypothesis("don't speak", 1.0),
        Hypothesis(""),
    ],
)
def test_scraps_and_guesses_are_no_wish_for_another_language(heard):
    assert asked_for(heard, ENGLISH.wishes) is None


def test_mandarin_is_found_among_words_without_spaces():
    found = asked_for(Hypothesis("请说中文", 0.9), ("中文", "说中文"))
    assert found is not None
    assert found.text == "说中文"


def test_an_english_recogniser_that_is_lost_leaves_the_free_look():
    lost = Scripted([RecognizerLost("the recognition worker ended by signal 9")])
    assert look(Scripted(["我要退货"]), {"en": lost}) == SecondLook("我要退货")


def test_nobody_looks_while_live_audio_waits_for_that_recogniser():
    class Pressed(Scripted):
        pressure = Pressure(lag_ms=600)

        async def open_unhurried(self, *, phrases=()):
            return await self.open(phrases=phrases)

    english = Pressed([WISH])
    assert look(Scripted(["我要退货"]), {"en": english}) == SecondLook("我要退货")
    assert english.opened == []


def test_a_flow_with_two_languages_listens_for_wishes_in_the_words_of_the_other():
    dialogue = Dialogue(load(shipped("flows/cloud_support")))
    dialogue.handle(CallStarted(0.0, "1", "2", "2026-11-20T10:00:00+08:00", "audio"))
    (english,) = dialogue.expectation(Listen(("english",), ())).languages
    assert english.language == "en"
    assert "english please" in english.wishes
    assert "speak english" in english.wishes
    assert "英语" not in english.wishes
    assert "window" in english.beside
    (mandarin,) = dialogue.expectation(Listen(("chinese",), (), language="en")).languages
    assert mandarin.language == "zh-CN"
    assert "中文" in mandarin.wishes
    assert "chinese please" not in mandarin.wishes


def test_a_flow_with_one_language_listens_for_no_other():
    dialogue = Dialogue(load(shipped("flows/carrier_10086")))
    dialogue.handle(CallStarted(0.0, "1", "2", "2026-11-20T10:00:00+08:00", "audio"))
    assert dialogue.expectation(Listen(("bill",), ())).languages == ()
