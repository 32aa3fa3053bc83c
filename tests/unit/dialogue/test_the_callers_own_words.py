"""A message and a text are whatever the caller says, also where it is like nothing that is known."""

import pytest

from ivr.dialogue.commands import HandOff, StartRecording, StopRecording

pytestmark = pytest.mark.unit

MESSAGE = """
  one:
    record: {ask: 请留言。, save: message}
    next: two
  two: {hang_up: 再见。}
"""
TEXT = """
  one:
    collect: {place: {type: text, ask: 请问在哪里？, confirm: '{place}，对吗？'}}
    next: two
  two: {hang_up: 好的。}
"""
WORDS = "阿巴街道呜噜噜小区"


def test_a_message_that_means_nothing_known_is_kept(call_flow):
    call = call_flow(MESSAGE)
    assert call.says(WORDS)[-1] == "再见。"
    assert call.session.values["message"] == WORDS
    assert [what for what in call.commands if isinstance(what, StartRecording | StopRecording)] == [
        StartRecording("message", 60.0),
        StopRecording(),
    ]


def test_hash_ends_a_message_and_another_key_does_not(call_flow):
    call = call_flow(MESSAGE)
    assert "再见。" not in call.presses("5")
    assert call.presses("#")[-1] == "再见。"


def test_a_person_is_within_reach_while_a_message_is_left(call_flow):
    call = call_flow(MESSAGE)
    call.says("转人工")
    assert isinstance(call.ended, HandOff)


def test_the_callers_own_words_are_read_back_and_kept(call_flow):
    call = call_flow(TEXT)
    assert call.says(WORDS) == [f"{WORDS}，对吗？"]
    call.says("对")
    assert call.session.values == {"place": WORDS}


def test_what_means_nothing_is_no_answer_to_the_read_back(call_flow):
    call = call_flow(TEXT)
    call.says(WORDS)
    assert "没有听明白" in call.says("呜噜噜")[0]
    assert call.session.values == {}


def test_own_words_are_looked_at_freely_as_well_and_yes_and_no_to_them_are_not(call_flow):
    call = call_flow(TEXT)
    assert call.dialogue.expectation(call.listening).own_words
    call.says(WORDS)
    assert not call.dialogue.expectation(call.listening).own_words


def test_own_words_are_what_free_decoding_heard(call_flow):
    call = call_flow(TEXT)
    assert call.says("人呢小学门口", confidence=0.91, free_text="人民路小学门口") == ["人民路小学门口，对吗？"]
    message = call_flow(MESSAGE)
    message.says("人呢没有了", confidence=0.91, free_text="人民路没有灯")
    assert message.session.values["message"] == "人民路没有灯"


@pytest.mark.parametrize(
    ("text", "confidence", "free"),
    [
        ("转人工", 1.0, "这严重"),
        ("帮我转人工服务", 0.87, "当过阵营中服务"),
        ("找客服", 0.94, "找克服"),
        ("这个里呢人工", 0.7, "我跟你说不清楚你给我转人工吧"),
    ],
)
def test_a_person_wished_for_instead_of_own_words_is_had_by_either_look(call_flow, text, confidence, free):
    call = call_flow(TEXT)
    call.says(text, confidence=confidence, free_text=free)
    assert isinstance(call.ended, HandOff)
