"""Both speak at once: what the caller says is heard, what the caller could not take in is said again or kept back."""

import pytest

from ivr.audio import FRAME_MS
from ivr.call.player import FramePlayer
from ivr.dialogue.commands import PauseSpeaking, Say
from ivr.dialogue.events import Heard, PromptEnded, PromptStarted, SpeechStarted
from tests.calls.recorded_call import CallerTurn, Understands, carry, speech, spoken

pytestmark = pytest.mark.calls


@pytest.mark.parametrize("during", [0.0, 0.02, 0.1, 0.5, 2.0])
def test_who_begins_with_the_prompt_silences_it_and_is_heard_from_the_first_word(cloud_support, tmp_path, during):
    recognizer = Understands({0.6: "查账单"})
    call = carry(cloud_support, recognizer, [spoken(0.8, during=during)], tmp_path)
    assert call.heard[0] == "查账单"
    started = call.of(PromptStarted)[0][0] + during
    assert call.of(PauseSpeaking)[0][0] - started <= 0.2
    assert len(recognizer.audio[0]) >= 0.8 * 16000  # all that was said, and what came before


def test_who_goes_on_just_as_the_reply_begins_silences_the_reply_and_is_understood(cloud_support, tmp_path):
    """The turn was over, the reply's first frame is out, and then the caller says the number right away."""
    texts = Understands({0.3: "查账单"}, {0.5: "一二三四五六七八"}, {0.1: "对"})
    pause = bytes(16 * 300)
    turns = [CallerTurn(pcm=speech(0.5) + pause + speech(0.9)), spoken(0.3)]
    call = carry(cloud_support, texts, turns, tmp_path)
    assert call.heard[:3] == ["查账单", "一二三四五六七八", "对"]
    asked = next(index for index, what in enumerate(call.happened) if isinstance(what, Heard))
    reply = next(what for what in call.happened[asked:] if isinstance(what, PromptEnded) and what.heard_ms)
    assert reply.cut
    assert reply.heard_ms < 600


def test_who_speaks_over_a_prompt_that_may_not_be_interrupted_does_not_answer_it(hotline, tmp_path):
    flow = hotline(NOTICE.format(barge_in="off"), INTENTS)
    call = carry(flow, Understands({0.1: "同意"}), [spoken(0.5, during=0.5), spoken(0.6, at_once=True)], tmp_path)
    first_at, first = call.of(PromptEnded)[0]
    assert not first.cut
    assert call.of(PauseSpeaking) == []
    assert all(at > first_at for at, _ in (*call.of(SpeechStarted), *call.of(Heard)))


def test_a_key_at_such_a_prompt_is_taken_and_the_prompt_is_heard_whole(hotline, tmp_path):
    flow = hotline(NOTICE.format(barge_in="off"), INTENTS)
    call = carry(flow, Understands(), [CallerTurn(keys="1", during=0.5)], tmp_path)
    assert not call.of(PromptEnded)[0][1].cut
    assert call.said[-1] == "谢谢，再见。"


def test_a_key_cuts_a_prompt_that_words_may_not(hotline, tmp_path):
    flow = hotline(NOTICE.format(barge_in="keys"), INTENTS)
    turns = [spoken(0.5, during=0.5), CallerTurn(keys="1", at_once=True)]
    call = carry(flow, Understands({0.1: "不同意"}), turns, tmp_path)
    first = call.of(PromptEnded)[0][1]
    assert first.cut
    assert 1000 <= first.heard_ms <= 1060
    assert call.heard == []
    assert call.said[-1] == "谢谢，再见。"


def test_both_talk_for_seconds_and_neither_waits_for_the_other_for_ever(cloud_support, tmp_path):
    """A caller who tells a long story into the prompts: heard once it is over, and never answered in the middle."""
    texts = Understands({0.3: "那个", 4.0: "那个我想问一下你们就是账单账单怎么查"}, {0.1: "转人工"})
    call = carry(cloud_support, texts, [spoken(5.0, during=0.3), spoken(0.4)], tmp_path)
    first = call.of(Heard)[0]
    said_meanwhile = [at for at, _ in call.of(PromptStarted) if call.of(PauseSpeaking)[0][0] < at < first[0]]
    assert said_meanwhile == []
    assert call.outcome.ended == "handed_off"


def test_a_sound_that_was_nothing_costs_a_pause_and_no_word_of_the_prompt(cloud_support, tmp_path):
    """The prompt goes on where it was, and is heard whole, to the frame."""
    undisturbed = carry(cloud_support, Understands(), [spoken(0.4)], tmp_path)
    call = carry(cloud_support, Understands({9.0: "从不"}), [spoken(0.3, during=1.0)], tmp_path)
    (paused, _), *_ = call.of(PauseSpeaking)
    first = call.of(PromptEnded)[0][1]
    assert not first.cut
    assert first.heard_ms == undisturbed.of(PromptEnded)[0][1].heard_ms
    assert 1.0 < paused < 1.5
    assert [what.text for _, what in call.of(Say)][:2] == [what.text for _, what in undisturbed.of(Say)][:2]


def test_what_was_heard_is_what_went_out_to_the_millisecond(cloud_support, tmp_path, monkeypatch):
    """The journal's heard_ms is held against the frames that the player really sent."""
    sent = []
    plain = FramePlayer._next_frame

    def counted(self):
        before = self._sent_frames
        frame = plain(self)
        if self._sent_frames > before:
            sent.append(self._sent_frames)
        return frame

    monkeypatch.setattr(FramePlayer, "_next_frame", counted)
    call = carry(cloud_support, Understands({0.2: "转人工"}), [CallerTurn(keys="1", during=1.234)], tmp_path)
    cut = next(what for _, what in call.of(PromptEnded) if what.cut and what.heard_ms)
    until = [index for index, number in enumerate(sent) if number == 1]
    lengths = [sent[end - 1] for end in until[1:]] + [sent[-1]]
    assert cut.heard_ms in {length * FRAME_MS for length in lengths}
    assert 1234 - FRAME_MS <= cut.heard_ms <= 1234 + 2 * FRAME_MS


NOTICE = """\
hotline: 测试
language: zh-CN
start: notice
steps:
  notice:
    ask: 本次通话会被录音，请您仔细听完以下说明，您可以说同意或者不同意，也可以按键选择。
    barge_in: {barge_in}
    intents: [agree, refuse]
    keys: {{1: agree, 2: refuse}}
    then: {{agree: thanks, refuse: bye}}
  thanks:
    hang_up: 谢谢，再见。
  bye:
    hang_up: 再见。
"""
INTENTS = "intents: {agree: [同意, 我同意], refuse: [不同意, 我拒绝]}"
