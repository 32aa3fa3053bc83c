"""Whole calls through the driver on virtual time: fast, the same every time, replayable, and nobody is lost."""

from __future__ import annotations

import asyncio
import shutil

import pytest

from ivr.call.driver import Equipment, run_call
from ivr.call.journal import MemoryJournal, parse_journal
from ivr.call.line import CallInfo
from ivr.dialogue.commands import HandOff
from ivr.dialogue.dialogue import Dialogue
from ivr.dialogue.events import CallStarted, Heard, PartFailed, PromptEnded, TimerFired
from ivr.dialogue.replay import replay
from ivr.dialogue.vocabulary import interpreter_for
from ivr.flow.load import load
from ivr.simulate.caller import CallerTurn
from ivr.simulate.text_line import TextLine
from ivr.simulate.virtual_loop import run
from tests.calls.conftest import Hotline

pytestmark = pytest.mark.calls

SILENCE = CallerTurn(silence=True)
BILL = ("查账单", "一二三四五六七八", "对", "没有了")
LONG = (
    *("查账单", "一二三", CallerTurn(keys="12345678"), "不对，是八七六五四三二一", "是的", SILENCE, "怎么开发票"),
    *(
        "再说一遍",
        "产品咨询",
        CallerTurn(text="云数据库", during=1.0),
        "没有了",
        "报故障",
        CallerTurn(keys="2"),
        "连不上",
    ),
)


def same(hotline, journal):
    _, exchanges = parse_journal(journal.text().splitlines(), "journal")
    return replay(
        Dialogue(hotline.flow, hotline.interpreter), ((exchange.event, exchange.commands) for exchange in exchanges)
    )


def copied(hotline, folder, change):
    """The hotline with one thing in its flow.yaml written otherwise."""
    shutil.copytree(hotline.flow.folder, folder / "changed")
    path = folder / "changed" / "flow.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace(*change), encoding="utf-8")
    flow = load(path)
    return Hotline(flow, interpreter_for(flow))


def test_a_60_second_call_with_three_silences_runs_in_under_50_ms_on_virtual_time(cloud_support):
    runs = [
        cloud_support.call(SILENCE, SILENCE, "查账单", SILENCE, CallerTurn(keys="12345678"), "对") for _ in range(5)
    ]
    assert all(told.outcome.seconds >= 60 for told in runs)
    assert runs[0].intents.count("no_input") >= 3
    assert min(told.real_seconds for told in runs) < 0.050


def test_a_caller_gets_the_bill_and_hangs_up_content(cloud_support):
    told = cloud_support.call(*BILL)
    assert told.intents == ["billing", "digits", "yes", "finished"]
    assert told.said[-1] == "感谢您的来电，祝您工作顺利，再见。"
    assert (told.outcome.ended, told.outcome.by) == ("hung_up", "hotline")


def test_the_same_call_gives_the_same_journal_to_the_letter(cloud_support):
    first, second = cloud_support.call(*LONG), cloud_support.call(*LONG)
    assert first.journal.text() == second.journal.text()
    assert len(first.journal.lines) > 100


@pytest.mark.parametrize("turns", [(), BILL, LONG, (SILENCE, SILENCE, SILENCE), ("转人工", "转人工")], ids=str)
def test_any_call_replays_to_the_same_commands(cloud_support, turns):
    told = cloud_support.call(*turns, refuse=("full",))
    assert same(cloud_support, told.journal) is None


def test_a_changed_flow_shows_where_the_call_first_goes_another_way(cloud_support, tmp_path):
    changed = copied(cloud_support, tmp_path, ("    faq: cloud\n", ""))
    told = cloud_support.call(*BILL)
    found = same(changed, told.journal)
    assert isinstance(found.event, CallStarted)  # the first question understands no FAQ any more
    assert found.then.faqs == ("cloud",)
    assert found.now.faqs == ()


@pytest.mark.parametrize("said", ["有没有人啊", "那个不用了转人工", "没有人接吗", "转agent"])
def test_a_caller_who_asks_for_a_person_in_other_words_gets_one(cloud_support, said):
    told = cloud_support.call(said)
    assert told.intents == ["agent"]
    assert told.outcome.ended == "handed_off"


@pytest.mark.parametrize("said", ["我没有账单", "没有用", "没有优惠吗", "数据没有了", "没有了吗"])
def test_a_caller_who_lacks_something_is_not_told_goodbye(cloud_support, said):
    told = cloud_support.call(said, "没有了")
    assert told.intents[-1] == "finished"
    assert len(told.intents) == 2


def test_a_full_queue_is_told_and_the_second_wish_is_queued(cloud_support):
    told = cloud_support.call("转人工", "转人工", refuse=("full",))
    assert told.outcome.ended == "handed_off"
    assert any("再说一次转人工" in text for text in told.said)
    assert [what.insist for _, what in told.happened if isinstance(what, HandOff)] == [False, True]


def test_a_caller_who_says_nothing_reaches_a_person_in_a_little_more_than_a_minute(cloud_support):
    told = cloud_support.call(SILENCE, SILENCE, SILENCE, SILENCE)
    assert told.outcome.ended == "handed_off"
    assert told.outcome.seconds < 75


def test_interrupting_cuts_the_prompt_and_what_was_heard_of_it_is_counted(cloud_support):
    told = cloud_support.call(CallerTurn(text="查账单", during=2.0))
    cut = [what for _, what in told.happened if isinstance(what, PromptEnded) and what.cut]
    assert {what.prompt: what.heard_ms for what in cut} == {1: 2000, 2: 0}


def test_a_caller_may_hang_up_at_any_tenth_of_a_second(cloud_support):
    for tenths in range(0, 250, 7):
        turns = [CallerTurn(text="查账单", at_once=True), CallerTurn(hang_up=True, during=tenths / 10)]
        told = cloud_support.call(*turns)
        assert told.outcome.by == "caller"
        assert same(cloud_support, told.journal) is None


class Broken(Dialogue):
    """Fails at what the caller says."""

    def handle(self, event):
        if isinstance(event, Heard):
            raise KeyError("our mistake")
        return super().handle(event)


class BrokenWords(Dialogue):
    """Cannot say what the recogniser shall expect."""

    def handle(self, event):
        return [object()] if isinstance(event, Heard) else super().handle(event)


class BrokenLine(TextLine):
    """Fails where it is told to."""

    def __init__(self, broken, turns):
        super().__init__(CallInfo("test"), turns)
        self.broken = broken
        self.times = 0

    async def play(self, speech):
        if self.broken == "play":
            raise RuntimeError("no sound")
        return await super().play(speech)

    async def incoming(self):
        async for item in super().incoming():
            if self.broken == "incoming":
                raise RuntimeError("no ears")
            yield item

    async def hand_off(self, to):
        self.times += 1
        if self.broken == "hand_off" or (self.broken == "hand_off once" and self.times == 1):
            raise RuntimeError("no PBX")
        if self.broken == "hand_off never":
            await asyncio.sleep(3600)
        return await super().hand_off(to)


def carry(line, dialogue, observers=()):
    journal = MemoryJournal()

    async def one_call():
        made = line()
        return await run_call(
            made, dialogue, Equipment(), journal=journal, local_time="2026-11-20T10:00:00+08:00", observers=observers
        )

    return run(one_call()), journal


def test_a_dialogue_that_fails_brings_the_caller_to_a_person(cloud_support):
    happened = []
    outcome, journal = carry(
        lambda: TextLine(CallInfo("test"), [CallerTurn(text="查账单")]),
        Broken(cloud_support.flow, cloud_support.interpreter),
        [lambda _at, what: happened.append(what)],
    )
    assert (outcome.ended, outcome.queue) == ("handed_off", "support")
    assert PartFailed in [type(what) for what in happened]
    assert "our mistake" in journal.text()


@pytest.mark.parametrize(
    ("broken", "ended", "by"),
    [
        ("play", "handed_off", "hotline"),
        ("hand_off once", "handed_off", "hotline"),
        ("hand_off", "hung_up", "fault"),
        ("incoming", "hung_up", "fault"),
    ],
)
def test_a_part_that_fails_leaves_the_caller_to_people(cloud_support, broken, ended, by):
    outcome, journal = carry(
        lambda: BrokenLine(broken, [CallerTurn(text="转人工", after=0.1)]),
        Dialogue(cloud_support.flow, cloud_support.interpreter),
    )
    assert (outcome.ended, outcome.by) == (ended, by)
    assert '"fault"' in journal.text()
    assert same(cloud_support, journal) is None


def test_a_pbx_that_never_answers_the_hand_off_counts_as_a_refusal(cloud_support):
    told = []
    outcome, _ = carry(
        lambda: BrokenLine("hand_off never", [CallerTurn(text="转人工")]),
        Dialogue(cloud_support.flow, cloud_support.interpreter),
        [lambda _at, what: told.append(getattr(what, "reason", ""))],
    )
    assert told.count("no answer") == 1
    assert outcome.by == "fault"  # asked for a second time: the line is let go, and the dialplan queues the caller


def test_an_observer_that_fails_does_not_end_the_call(cloud_support):
    seen = []

    def watch(_at, what):
        seen.append(what)
        raise ValueError("the screen is gone")

    outcome, _ = carry(
        lambda: TextLine(CallInfo("test"), [CallerTurn(text="转人工")]),
        Dialogue(cloud_support.flow, cloud_support.interpreter),
        [watch],
    )
    assert outcome.ended == "handed_off"
    assert len(seen) == 1


def test_a_timer_that_ran_out_in_the_moment_in_which_the_caller_answered_is_forgotten(cloud_support):
    line = None

    def made():
        nonlocal line
        line = TextLine(CallInfo("test"), None)
        return line

    class Late(Dialogue):
        """The caller's words and the timer come in the same turn of the loop, the words first."""

        def handle(self, event):
            if isinstance(event, PromptEnded) and not self.session.wanted:
                loop = asyncio.get_running_loop()
                loop.call_at(loop.time() + 6.0 - 1e-9, line.type_text, "查账单")
                loop.call_at(loop.time() + 7.0, line.leave)
            seen.append(event)
            return super().handle(event)

    seen = []
    carry(made, Late(cloud_support.flow, cloud_support.interpreter))
    first = next(index for index, event in enumerate(seen) if isinstance(event, Heard))
    assert not [event for event in seen[first:] if isinstance(event, TimerFired)]
