"""Whatever happens, in whatever order: no exception, no unbounded memory, no number twice, nobody left hanging."""

import copy
import dataclasses

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ivr.dialogue.commands import HandOff, HangUp
from ivr.dialogue.dialogue import Dialogue
from ivr.dialogue.events import (
    CallStarted,
    HandedOff,
    HandOffRefused,
    Heard,
    HungUp,
    KeyPressed,
    LineIsBad,
    LineIsGood,
    PartFailed,
    Partial,
    PromptEnded,
    PromptStarted,
    RecognitionLost,
    SpeechStarted,
    TimerFired,
)
from ivr.dialogue.replay import replay
from ivr.dialogue.vocabulary import interpreter_for
from ivr.flow.load import load
from ivr.shipped import shipped

pytestmark = pytest.mark.unit

FLOW = load(shipped("flows/cloud_support"))
INTERPRETER = interpreter_for(FLOW)
STARTED = CallStarted(0.0, "1", "2", "2026-11-20T10:00:00+08:00", "audio")
WORDS = [
    *("", "查账单", "产品咨询", "报故障", "账号被锁", "没有了", "转人工", "重复", "返回", "主菜单", "再见"),
    *("是的", "不对", "不对，是一二三四五六七八", "一二三四五六七八", "一二三", "华东", "完全中断", "云数据库"),
    *("怎么开发票", "呜噜噜", "{account}", "\x00\n", "a" * 400),
]
AT_WILL = st.one_of(
    st.builds(Heard, st.just(0.0), st.sampled_from(WORDS), free_text=st.sampled_from(["", "转人工", "呜"])),
    st.builds(Heard, st.just(0.0), st.text(max_size=20)),
    st.builds(KeyPressed, st.just(0.0), st.sampled_from("0123456789*#A")),
    st.builds(TimerFired, st.just(0.0), st.sampled_from(["no_input", "keys", "unknown"])),
    st.builds(PromptEnded, st.just(0.0), st.integers(0, 60), st.just(100), cut=st.booleans()),
    st.builds(HandOffRefused, st.just(0.0), st.just("support"), st.sampled_from(["full", "empty"])),
    st.sampled_from(
        [SpeechStarted(0.0), Partial(0.0, "查"), PromptStarted(0.0, 1), RecognitionLost(0.0, "x"), PartFailed(0.0, "x")]
    ),
    st.sampled_from([LineIsBad(0.0, "gaps"), LineIsBad(0.0, "dead"), LineIsGood(0.0)]),
    st.sampled_from([STARTED]),
)


@settings(max_examples=150, deadline=None)
@given(st.booleans(), st.lists(AT_WILL, max_size=60), st.sampled_from([0.0, 0.3, 1.2]))
def test_any_events_in_any_order_are_taken(started, events, step):
    dialogue = Dialogue(FLOW, INTERPRETER)
    numbers = []
    for count, event in enumerate([STARTED, *events] if started else events):
        commands = dialogue.handle(dataclasses.replace(event, at=count * step))
        numbers += [command.prompt for command in commands if hasattr(command, "prompt")]
    assert numbers == sorted(set(numbers))
    session = dialogue.session
    assert len(session.trail) <= 20
    assert len(session.wanted) == len(set(session.wanted))
    assert len(session.keys) <= 30
    assert len(session.asked) < 200


@settings(max_examples=60, deadline=None)
@given(st.lists(AT_WILL, max_size=40))
def test_the_same_events_give_the_same_commands(events):
    dialogue = Dialogue(FLOW, INTERPRETER)
    exchanges = [(event, dialogue.handle(event)) for event in [STARTED, *events]]
    assert replay(Dialogue(FLOW, INTERPRETER), exchanges) is None


CALLER = st.lists(
    st.one_of(
        st.sampled_from(WORDS).map(lambda text: ("says", text)),
        st.text("0123456789*#", min_size=1, max_size=9).map(lambda keys: ("presses", keys)),
        st.sampled_from([("waits", "no_input"), ("speaks", ""), ("waits", "keys")]),
    ),
    max_size=25,
)


@settings(max_examples=120, deadline=None)
@given(CALLER, st.booleans())
def test_no_caller_is_ever_left_without_a_question_a_timer_or_an_ending(calls, turns, refused):
    call = calls()
    for what, with_what in turns:
        if call.ended is not None:
            if not (refused and isinstance(call.ended, HandOff) and not call.ended.insist):
                break
            call.is_refused()
        if what == "says":
            call.says(with_what)
        elif what == "presses":
            for key in with_what:
                if call.ended is None:
                    call.presses(key)
        elif what == "speaks":
            call.send(SpeechStarted(0.0))
        elif with_what in call.timers:
            call.waits(with_what)
        assert call.ended or call.timers, "nothing will ever happen again"
        assert call.ended or call.session.question
    assert call.numbers == list(range(1, len(call.numbers) + 1))


SCRIPT = [
    *(("says", "查账单"), ("says", "一二三"), ("presses", "12345678"), ("says", "不对，是八七六五四三二一")),
    *(("says", "是的"), ("waits", "no_input"), ("says", ""), ("says", "怎么开发票"), ("says", "再说一遍")),
    *(("says", "产品咨询"), ("says", "云数据库"), ("says", "没有了"), ("says", "转人工")),
]


@pytest.fixture
def whole_call(calls):
    call = calls()
    for what, with_what in SCRIPT:
        getattr(call, what)(with_what)
    assert isinstance(call.ended, HandOff)
    call.is_handed_off()
    return call


def test_a_caller_may_hang_up_at_every_point_of_a_call(whole_call):
    for point in range(len(whole_call.events)):
        dialogue = Dialogue(FLOW, INTERPRETER)
        for event in whole_call.events[:point]:
            dialogue.handle(event)
        assert dialogue.handle(HungUp(999.0, "caller")) == []
        for event in whole_call.events[point:]:
            assert dialogue.handle(event) == []


def test_a_caller_may_ask_for_a_person_by_key_at_every_point_of_a_call(whole_call):
    last = next(index for index, event in enumerate(whole_call.events) if isinstance(event, HandedOff))
    dialogue = Dialogue(FLOW, INTERPRETER)
    for event in whole_call.events[:last]:
        dialogue.handle(event)
        asked = copy.copy(dialogue)
        asked.session = copy.deepcopy(dialogue.session)
        asked.session.keys = ""
        endings, waiting = [], [KeyPressed(999.0, "0"), TimerFired(999.0, "keys")]
        while waiting:
            commands = asked.handle(waiting.pop(0))
            endings += [command for command in commands if isinstance(command, HandOff | HangUp)]
            waiting += [PromptEnded(999.0, number, 0, cut=True) for number, _ in asked.session.speaking if not waiting]
        handed_off_already = asked.session.question is None and not endings
        assert handed_off_already or isinstance(endings[0], HandOff), event


def test_a_changed_command_is_the_first_divergence(whole_call):
    dialogue = Dialogue(FLOW, INTERPRETER)
    exchanges = [(event, dialogue.handle(event)) for event in whole_call.events]
    number, (event, commands) = next(
        (number, pair) for number, pair in enumerate(exchanges) if isinstance(pair[0], Heard) and len(pair[1]) > 2
    )
    exchanges[number] = (event, [*commands[:2], dataclasses.replace(commands[2], timer="other"), *commands[3:]])
    found = replay(Dialogue(FLOW, INTERPRETER), exchanges)
    assert (found.exchange, found.index) == (number, 2)
    assert found.now == commands[2]


def test_a_command_too_few_or_too_many_is_a_divergence(whole_call):
    dialogue = Dialogue(FLOW, INTERPRETER)
    event = whole_call.events[0]
    commands = dialogue.handle(event)
    assert replay(Dialogue(FLOW, INTERPRETER), [(event, commands[:-1])]).then is None
    assert replay(Dialogue(FLOW, INTERPRETER), [(event, [*commands, HangUp("x")])]).now is None
