"""The model check disturbs every moment of a call: a dialogue that leaves anybody in silence then is refuted."""

import pytest

from ivr.dialogue import interruption, policy
from ivr.dialogue.dialogue import Dialogue
from ivr.dialogue.events import PartFailed, RecognitionLost
from ivr.dialogue.talk import Talk
from ivr.flow.load import load
from ivr.qa.model_check.proof import prove

pytestmark = pytest.mark.unit

FLOW = """\
hotline: 测试
language: zh-CN
start: one
steps:
  one:
    ask: 买还是卖？
    intents: [buy, sell]
    keys: {1: buy, 2: sell}
    then: {buy: two, sell: three}
  two:
    call: {get: "{env.X}/a", failed: one}
    say: 买好了。
    next: one
  three:
    hang_up: 再见。
"""


@pytest.fixture
def flow(tmp_path):
    (tmp_path / "flow.yaml").write_text(FLOW, encoding="utf-8")
    (tmp_path / "intents").mkdir()
    (tmp_path / "intents" / "main.yaml").write_text("intents: {buy: [我要买], sell: [我要卖]}", encoding="utf-8")
    return load(tmp_path)


def refuted(flow):
    return {refutation.problem.what for refutation in prove(flow).refutations if refutation.promise == "company"}


def test_the_dialogue_as_it_is_leaves_nobody_in_silence(flow):
    assert prove(flow).stands


def test_a_prompt_that_stays_paused_is_found(flow, monkeypatch):
    monkeypatch.setattr(interruption, "came_to_nothing", lambda _talk: None)
    assert any("paused" in what for what in refuted(flow))


def test_a_sound_that_takes_the_prompt_away_is_found(flow, monkeypatch):
    monkeypatch.setattr(interruption, "sound_began", lambda talk: talk.drop_speech())
    assert any("takes the prompt away" in what for what in refuted(flow))


def test_lateness_that_is_not_told_is_found(flow, monkeypatch):
    monkeypatch.setattr(policy, "ask_for_patience", lambda _talk: None)
    assert any("late hears nothing" in what for what in refuted(flow))


def test_lost_words_that_are_passed_over_are_found(flow, monkeypatch):
    handle = Dialogue.handle
    monkeypatch.setattr(Dialogue, "handle", lambda self, event: _without(handle, self, event, RecognitionLost))
    assert any("lost hears nothing" in what for what in refuted(flow))


def test_a_failed_part_that_is_passed_over_is_found(flow, monkeypatch):
    handle = Dialogue.handle
    monkeypatch.setattr(Dialogue, "handle", lambda self, event: _without(handle, self, event, PartFailed))
    assert any("does not bring the caller to a person" in what for what in refuted(flow))


def test_losing_words_again_and_again_without_a_person_is_found(flow, monkeypatch):
    monkeypatch.setattr(policy, "_LOST_BEFORE_A_PERSON", 99)
    monkeypatch.setattr(policy, "TRIES_BEFORE_A_PERSON", 99)
    assert any("twice in a row" in what for what in refuted(flow))


def test_a_timer_left_over_from_a_sound_while_a_service_works_is_found(flow, monkeypatch):
    def forgets(self):
        self.session.caller_speaks = False

    monkeypatch.setattr(Talk, "caller_is_done", forgets)
    assert refuted(flow)


def _without(handle, dialogue, event, kind):
    return [] if isinstance(event, kind) else handle(dialogue, event)
