"""A recogniser's worker dies in the middle of a turn: another decodes the turn again from the audio that was kept.

The worker is scripted here, so that it dies at an exact place; real ones are killed in tests/audio.
"""

from collections import Counter

import pytest

from ivr.call.journal import parse_journal
from ivr.dialogue.events import Heard, Partial, RecognitionLost
from ivr_asr.api import RecognizerLost
from tests.calls.recorded_call import TimedHearing, Understands, carry, spoken

pytestmark = pytest.mark.calls

TEXTS = ({0.3: "查账单"}, {0.4: "一二三四", 0.9: "一二三四五六七八"}, {0.1: "对"}, {0.3: "转人工"})


def caller():
    return [spoken(0.6), spoken(0.6, 0.6), spoken(0.4), spoken(0.6)]


class Dies(Understands):
    """The worker dies at the `call`th call of one `stage` (open, feed or finish) in all, `times` times in a row; a
    stage of the second look, which decodes freely, is `free open` and so on."""

    def __init__(self, stage, call, *, times=1, confidence=1.0, turns=TEXTS):
        super().__init__(*turns, confidence=confidence)
        self.stage, self.call, self.times = stage, call, times
        self.calls = Counter()
        self.deaths = 0

    def meets(self, stage, *, free=False):
        stage = f"free {stage}" if free else stage
        self.calls[stage] += 1
        if stage == self.stage and self.calls[stage] >= self.call and self.deaths < self.times:
            self.deaths += 1
            raise RecognizerLost("the recognition worker ended by signal 9")

    async def open(self, *, phrases=()):
        self.meets("open", free=not phrases)
        await super().open(phrases=phrases)
        return _Mortal(self, self.audio[-1], free=not phrases)


class _Mortal(TimedHearing):
    def __init__(self, owner, audio, *, free):
        super().__init__(owner, audio)
        self._free = free

    async def feed(self, pcm, /):
        self._owner.meets("feed", free=self._free)
        return await super().feed(pcm)

    async def finish(self):
        await self.close()
        self._owner.meets("finish", free=self._free)
        return await super().finish()


def told(call):
    """What the caller and the dialogue met, but for partial texts, which are told again or not at all."""
    return [what for what in call.happened if not isinstance(what, Partial)]


@pytest.fixture
def whole(cloud_support, tmp_path):
    """The call in which nobody dies, and how often its recogniser was called."""
    recognizer = Dies("open", 1, times=0)
    return carry(cloud_support, recognizer, caller(), tmp_path), recognizer.calls


@pytest.mark.parametrize("stage", ["open", "feed", "finish"])
def test_a_worker_that_dies_once_at_any_point_changes_nothing_in_the_call(cloud_support, tmp_path, whole, stage):
    undisturbed, calls = whole
    assert calls[stage] >= 4
    for number in range(1, calls[stage] + 1):
        recognizer = Dies(stage, number)
        call = carry(cloud_support, recognizer, caller(), tmp_path)
        assert recognizer.deaths == 1
        assert told(call) == told(undisturbed), f"{stage} {number}"
        assert recognizer.open_hearings == 0
        assert call.left == []


def test_every_word_is_decoded_again_from_its_first_sample(cloud_support, tmp_path, whole):
    recognizer = Dies("finish", 1)
    carry(cloud_support, recognizer, caller(), tmp_path)
    first, again = recognizer.audio[:2]
    assert again[: len(first)] == first


@pytest.mark.parametrize("stage", ["open", "feed", "finish"])
def test_two_deaths_over_one_turn_are_told_and_the_next_turn_is_heard(cloud_support, tmp_path, stage):
    recognizer = Dies(stage, 1, times=2)
    call = carry(cloud_support, recognizer, [spoken(0.6), *caller()], tmp_path)
    assert len(call.of(RecognitionLost)) == 1
    assert any("没能听到" in text for text in call.said)
    assert call.heard[0] == "查账单"
    assert call.outcome.ended == "handed_off"
    assert call.replays(cloud_support)


def test_a_recogniser_that_is_gone_for_good_brings_the_caller_to_a_person(cloud_support, tmp_path):
    recognizer = Dies("open", 1, times=10**6)
    call = carry(cloud_support, recognizer, caller(), tmp_path)
    assert len(call.of(RecognitionLost)) == 2
    assert call.heard == []
    assert (call.outcome.ended, call.outcome.queue) == ("handed_off", "support")


@pytest.mark.parametrize("stage", ["free open", "free feed", "free finish"])
def test_a_worker_that_dies_in_the_second_look_leaves_the_first(cloud_support, tmp_path, stage):
    unsure = Dies(stage, 1, confidence=0.5, turns=({0.3: "转人工"},))
    call = carry(cloud_support, unsure, [spoken(0.6)], tmp_path)
    assert unsure.deaths == 1
    assert next((what.text, what.free_text) for _, what in call.of(Heard)) == ("转人工", "")
    assert call.outcome.ended == "handed_off"


def test_the_journal_of_such_a_call_can_be_read_and_replayed(cloud_support, tmp_path):
    call = carry(cloud_support, Dies("feed", 7), caller(), tmp_path)
    header, exchanges = parse_journal(call.journal.text().splitlines(), "journal")
    assert header.call_id == "wav"
    assert len(exchanges) >= 30
    assert call.replays(cloud_support)
