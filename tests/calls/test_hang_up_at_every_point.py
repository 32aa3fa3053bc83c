"""The caller may be gone at any moment: every frame and every event of a recorded call is tried.

Whatever was under way (a prompt, a pause, a turn being decoded, a timer, a hand-off), the call's last event is the
hang-up, nothing happens after it, and nothing is left running.
"""

import pytest

from ivr.dialogue.events import HandedOff, HungUp
from tests.calls.recorded_call import CallerTurn, Understands, carry, spoken

pytestmark = pytest.mark.calls

FRAMES_BETWEEN = 3
"""Every so many frames one call: what happens between two events is the same in each of them, and each is met alone."""
LONGER_THAN_ANY_TIMER_S = 40.0


def texts():
    """查账单 into the greeting, a number with a pause in it, 对 over the reply, and a person in the end."""
    return Understands({0.2: "查账单"}, {0.3: "一二三四", 0.7: "一二三四五六七八"}, {0.1: "对"}, {0.2: "转人工"})


def caller():
    return [
        *(spoken(0.4, during=0.4), spoken(0.4, 0.4, during=0.6), spoken(0.3, during=1.0)),
        *(CallerTurn(keys="9", during=0.3), spoken(0.4, during=0.6)),
    ]


@pytest.fixture
def whole(cloud_support, tmp_path):
    """The call that nobody breaks off."""
    return carry(cloud_support, texts(), caller(), tmp_path)


def assert_ended(call, recognizer, hotline):
    """All is over with the hang-up, and the journal tells so."""
    assert call.outcome.ended == "hung_up"
    assert call.outcome.by == "caller"
    assert isinstance(call.events[-1], HungUp)
    assert sum(isinstance(event, HungUp) for event in call.events) == 1
    assert call.left == []
    assert len(call.journal.lines) == call.lines_at_end
    assert recognizer.open_hearings == 0
    assert call.replays(hotline)


def test_the_call_that_is_broken_off_is_a_lively_one(whole):
    kinds = {type(what).__name__ for what in whole.happened}
    assert kinds >= {"SpeechStarted", "Partial", "Heard", "KeyPressed", "PauseSpeaking", "StopSpeaking", "HandOff"}
    assert whole.heard == ["查账单", "一二三四五六七八", "对", "转人工"]
    assert isinstance(whole.events[-1], HandedOff)


def test_a_caller_may_hang_up_after_any_event(cloud_support, tmp_path, whole):
    for number in range(1, len(whole.happened) - 1):
        recognizer = texts()

        def leave(call, line, number=number):
            if len(call.happened) == number:
                line.leave()

        call = carry(cloud_support, recognizer, caller(), tmp_path, after=leave, linger=LONGER_THAN_ANY_TIMER_S)
        if call.outcome.ended == "handed_off":  # whoever leaves in the moment of the hand-off leaves the queue
            assert number > whole.happened.index(whole.of(HandedOff)[0][1]) - 4
            continue
        assert_ended(call, recognizer, cloud_support)
        assert [type(what) for what in call.happened[:number]] == [type(what) for what in whole.happened[:number]]


def test_a_caller_may_hang_up_at_any_frame(cloud_support, tmp_path, whole):
    last = int(whole.outcome.seconds / 0.02) - 1
    for number in range(0, last, FRAMES_BETWEEN):
        recognizer = texts()
        call = carry(cloud_support, recognizer, caller(), tmp_path, gone_at=number, linger=LONGER_THAN_ANY_TIMER_S)
        assert_ended(call, recognizer, cloud_support)
        assert call.outcome.seconds == pytest.approx(number * 0.02, abs=0.65)  # keys come beside the frames
