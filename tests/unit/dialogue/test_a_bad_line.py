"""On a bad line: 我听不清 and the keys, once, and only where something was really not understood."""

import pytest

from ivr.dialogue.commands import HandOff
from ivr.dialogue.events import Heard, LineIsBad, LineIsGood, RecognitionLost, SpeechStarted
from ivr.flow.load import builtin

pytestmark = pytest.mark.unit

UNHEARD = "呜噜噜呜噜噜"


@pytest.fixture
def asked(call):
    """A call at its first question, the prompt heard."""
    return call


def test_a_bad_line_that_is_understood_is_never_mentioned(asked):
    assert asked._turn(LineIsBad(0.0, "noisy")) == []
    said = asked.says("产品咨询")
    assert "吵" not in "".join(said)


def test_who_is_not_understood_on_a_bad_line_is_told_why_and_gets_the_keys_at_once(asked):
    asked.send(LineIsBad(0.0, "gaps"))
    said = asked.says(UNHEARD)
    assert "断断续续，我听不清" in said[0]
    assert "请按" in said[1]
    assert asked.session.question.prompt == (said[2],)


def test_each_fault_is_told_once_a_call_and_three_misses_are_a_person_as_ever(asked):
    asked.send(LineIsBad(0.0, "gaps"))
    first, second = asked.says(UNHEARD), asked.says(UNHEARD)
    assert "断断续续" in first[0]
    assert "断断续续" not in "".join(second)
    asked.says(UNHEARD)
    assert isinstance(asked.ended, HandOff)


def test_another_fault_is_told_when_the_first_has_been(asked):
    asked.send(LineIsBad(0.0, "gaps"))
    asked.says(UNHEARD)
    asked.send(LineIsBad(0.0, "quiet"))
    assert "声音有点小" in asked.says(UNHEARD)[0]


def test_a_line_that_is_good_again_is_no_excuse(asked):
    asked.send(LineIsBad(0.0, "noisy"))
    asked.send(LineIsGood(0.0))
    assert "我听不清" not in "".join(asked.says(UNHEARD))


def test_words_lost_on_a_bad_line_are_put_down_to_the_line_and_still_lead_to_a_person(asked):
    asked.send(LineIsBad(0.0, "clipped"))
    assert "失真" in asked._turn(RecognitionLost(0.0, "late"))[0]
    asked._turn(RecognitionLost(0.0, "late"))
    assert isinstance(asked.ended, HandOff)


@pytest.mark.parametrize(("fault", "mentioned"), [("dead", True), ("quiet", True), ("clipped", False)])
def test_silence_is_put_down_to_a_line_that_makes_silence_of_speech(asked, fault, mentioned):
    asked.send(LineIsBad(0.0, fault))
    assert ("我没有听到您的声音" not in "".join(asked.waits("no_input"))) is mentioned


def test_a_dead_line_ends_as_silence_does(asked):
    asked.send(LineIsBad(0.0, "dead"))
    for _ in range(3):
        asked.waits("no_input")
    assert isinstance(asked.ended, HandOff)


def test_a_sound_without_words_is_a_turn_on_a_bad_line_and_a_cough_on_a_good_one(asked):
    asked.send(SpeechStarted(0.0))
    assert asked._turn(Heard(0.0, "", speech_ms=900)) == []
    asked.send(LineIsBad(0.0, "noisy"))
    asked.send(SpeechStarted(0.0))
    assert "有点吵" in asked._turn(Heard(0.0, "", speech_ms=900))[0]


@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_there_are_words_for_every_fault_in_both_languages(language):
    assert set(builtin(language).wording.bad_line) == {"quiet", "clipped", "noisy", "gaps", "dead"}
