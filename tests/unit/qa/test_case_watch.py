"""A call told by the caller's turns: times from the audio, what was cut, and whose reply a prompt is."""

import pytest

from ivr.audio import SILENCE
from ivr.dialogue.commands import HandOff, Listen, NoteTurn, RunAction, Say
from ivr.dialogue.dialogue import Dialogue
from ivr.dialogue.events import HandedOff, Heard, HungUp, PromptEnded, PromptStarted
from ivr.flow.load import load
from ivr.qa.case_watch import CaseWatch
from ivr.shipped import shipped
from ivr.simulate.caller import CallerTurn

pytestmark = pytest.mark.unit
LOUD = b"\x00\x40" * 8000  # a second


@pytest.fixture
def watch():
    flow = load(shipped("flows/cloud_support"))
    return CaseWatch(Dialogue(flow, dict.fromkeys(flow.words)))


def note(intent, score=0.9):
    return NoteTurn("need", "x", intent, score, "other", 0.2, {"digits": "12"})


def test_a_reply_is_timed_from_the_last_sound_of_the_turn_it_answers(watch):
    watch.spoken(10.0, CallerTurn(pcm=LOUD + SILENCE * 20, label="查账单"))
    watch(11.2, Heard(11.2, "查账单", 0.987654, alternatives=("茶账单",), free_text="查"))
    watch(11.2, note("billing"))
    watch(11.25, Say(4, "请问账号？"))
    watch(11.3, PromptStarted(11.3, 4))
    row = watch.turns()[1]
    assert (row.kind, row.said, row.began_ms, row.ended_ms) == ("speech", "查账单", 10_000, 11_000)
    assert (row.gap_ms, row.stages_ms) == (300, {"end_of_turn": 200, "dialogue": 50, "mouth": 50})
    assert (row.heard, row.confidence, row.alternatives, row.free_text) == ("查账单", 0.988, ("茶账单",), "查")
    assert (row.intents, row.score, row.runner_up) == (("billing",), 0.9, "other")
    assert row.slots["digits"] == "12"


def test_a_reply_that_sounds_after_the_next_turn_began_is_credited_to_the_one_it_answers(watch):
    watch.spoken(1.0, CallerTurn(keys="12"))
    watch(1.3, note("digits"))
    watch(1.3, Say(1, "好。"))
    watch.spoken(1.5, CallerTurn(silence=True))
    watch(1.6, PromptStarted(1.6, 1))
    rows = watch.turns()
    assert [row.kind for row in rows] == ["begin", "keys", "silence"]
    assert (rows[1].ended_ms, rows[1].gap_ms, rows[1].prompts) == (1300, 300, ("好。",))
    assert rows[2].gap_ms is None


def test_a_prompt_that_the_caller_cuts_is_told_with_what_they_heard_of_it(watch):
    watch(0.0, Say(0, "您好，欢迎。"))
    watch.spoken(2.0, CallerTurn(pcm=LOUD, label="转人工"))
    watch(2.5, PromptEnded(2.5, 0, 2400, cut=True))
    watch(2.6, PromptEnded(2.6, 0, 9000, cut=True))
    row = watch.turns()[1]
    assert (row.cut, row.cut_at_ms) == ("您好，欢迎。", 2400)
    assert row.gap_ms is None


def test_how_the_call_ended_and_what_reached_the_agent(watch):
    watch(0.0, Listen(closed=True))
    watch.spoken(1.0, CallerTurn(pcm=LOUD, label="转人工"))
    watch(2.0, RunAction(1, "http", {"url": "{env.CRM}/x"}, 2.0))
    watch(2.0, RunAction(2, "send_code", {}, 2.0))
    watch(3.0, HandOff("support", "要转人工"))
    watch(3.0, HandedOff(3.0, "support"))
    watch(3.1, HungUp(3.1, "caller"))
    row = watch.turns()[1]
    assert (watch.ended, watch.by, watch.queue, watch.summary) == ("handed_off", "hotline", "support", "要转人工")
    assert row.actions == ("{env.CRM}/x", "send_code")
    assert row.question_closed
