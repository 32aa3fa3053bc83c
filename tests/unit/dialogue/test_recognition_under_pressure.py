"""Recognition that is late or lost, as the caller meets it: a word, then keys, then a person; never silence."""

import pytest

from ivr.dialogue.commands import HandOff
from ivr.dialogue.events import Heard, KeyPressed, RecognitionLost, RecognitionSlow, SpeechStarted

pytestmark = pytest.mark.unit


@pytest.fixture
def asked(call):
    """A call at its first question, the prompt heard."""
    return call


def test_who_waits_for_a_late_answer_is_asked_for_a_moment(asked):
    asked.send(SpeechStarted(0.0))
    said = asked._turn(RecognitionSlow(2.0, 1500))
    assert said == ["请稍等。"]
    assert asked.ended is None


def test_the_answer_that_comes_after_all_is_taken(asked):
    asked.send(SpeechStarted(0.0))
    asked._turn(RecognitionSlow(2.0, 1500))
    asked.says("转人工")
    assert isinstance(asked.ended, HandOff)


def test_a_moment_is_not_asked_for_while_something_is_being_said(asked):
    asked.session.speaking = [(99, "on")]
    asked.said = []
    asked.send(RecognitionSlow(2.0, 1500))
    assert asked.said == []


def test_a_yes_that_comes_late_is_no_backchannel_said_into_the_request_to_wait(asked):
    asked.send(SpeechStarted(0.0))
    asked.send(RecognitionSlow(2.0, 1500))
    assert len(asked.session.speaking) == 1
    asked.send(Heard(3.0, "嗯"))
    assert asked.turn.intent != "backchannel"


def test_repeating_says_the_question_and_not_the_request_to_wait(asked):
    question = asked.says("重复")
    asked.send(SpeechStarted(0.0))
    asked._turn(RecognitionSlow(2.0, 1500))
    assert asked.says("重复") == question


def test_words_that_are_lost_bring_the_keys_at_once(asked):
    asked.send(SpeechStarted(0.0))
    said = asked._turn(RecognitionLost(9.0, "late"))
    assert said[0].startswith("抱歉，刚才您说的我没能听到")
    assert any("请按" in part for part in said[1:])
    assert asked.ended is None


def test_words_that_are_lost_twice_in_a_row_bring_a_person(asked):
    for _ in range(2):
        assert asked.ended is None
        asked.send(SpeechStarted(0.0))
        asked._turn(RecognitionLost(9.0, "late"))
    assert isinstance(asked.ended, HandOff)


def test_words_that_were_heard_in_between_begin_the_count_anew(asked):
    asked._turn(RecognitionLost(9.0, "late"))
    asked.says("重复")
    asked._turn(RecognitionLost(19.0, "late"))
    assert asked.ended is None


def test_a_key_works_while_recognition_is_late(asked):
    asked.send(SpeechStarted(0.0))
    asked._turn(RecognitionSlow(2.0, 1500))
    asked.send(KeyPressed(3.0, "0"))
    assert asked.session.ending is not None or asked.ended is not None
