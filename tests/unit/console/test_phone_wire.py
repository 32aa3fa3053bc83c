"""What a page may send, what it is told when it may not, and what it gets."""

import json

import pytest

from ivr.call.line import AudioFrame
from ivr.console.phone_wire import Allowance, PageReader, to_page
from ivr.dialogue.commands import Listen, NoteTurn, Say, StartTimer
from ivr.dialogue.events import Heard, HungUp, KeyPressed, TimerFired
from ivr.errors import ProtocolError

pytestmark = pytest.mark.unit

FRAME = bytes(range(160)) * 2


def test_twenty_milliseconds_of_sound_are_a_frame_at_the_moment_they_came():
    assert PageReader().read(FRAME, 1.5) == AudioFrame(1.5, FRAME)


@pytest.mark.parametrize("size", [0, 1, 319, 321, 640, 4096])
def test_sound_of_another_length_is_refused(size):
    with pytest.raises(ProtocolError, match=f"{size} bytes: send 320"):
        PageReader().read(bytes(size), 0.0)


def test_a_microphone_that_runs_an_hour_is_never_refused_although_its_clock_is_fast():
    reader = PageReader()
    for number in range(60 * 60 * 50):
        reader.read(FRAME, number * 0.02 * 0.999)


def test_three_seconds_that_the_network_held_back_may_come_at_once():
    reader = PageReader()
    for _ in range(150):
        reader.read(FRAME, 10.0)
    with pytest.raises(ProtocolError, match="faster than real time"):
        reader.read(FRAME, 10.0)


def test_sound_at_twice_the_speed_is_refused_within_seconds():
    reader = PageReader()
    for number in range(300):
        reader.read(FRAME, number * 0.01)
    with pytest.raises(ProtocolError, match="faster than real time"):
        [reader.read(FRAME, number * 0.01) for number in range(300, 320)]


def test_an_allowance_refills_with_time_but_never_above_its_burst():
    allowance = Allowance(per_s=1.0, burst=2)
    assert [allowance.take(0.0) for _ in range(3)] == [True, True, False]
    assert allowance.take(1.0)
    assert [allowance.take(1000.0) for _ in range(3)] == [True, True, False]


@pytest.mark.parametrize("key", list("0123456789*#"))
def test_every_key_of_the_keypad_is_pressed(key):
    assert PageReader().read(json.dumps({"type": "key", "key": key}), 2.0) == KeyPressed(2.0, key)


@pytest.mark.parametrize("key", ["", "A", "12", "٣", "²", None, 5, ["1"]])
def test_what_is_no_key_is_refused(key):
    with pytest.raises(ProtocolError, match="no such key"):
        PageReader().read(json.dumps({"type": "key", "key": key}), 0.0)


def test_what_is_typed_is_heard():
    said = PageReader().read('{"type": "say", "text": "  我想\\n查\\u0000账单 \\u202e "}', 3.0)
    assert said == Heard(3.0, "我想 查 账单", confidence=1.0)


@pytest.mark.parametrize(
    ("text", "rule"),
    [("", "empty"), (" \u0007 ", "empty"), ("长" * 201, "at most 200"), (None, "missing"), (7, "missing")],
)
def test_typing_that_cannot_be_heard_is_refused(text, rule):
    with pytest.raises(ProtocolError, match=rule):
        PageReader().read(json.dumps({"type": "say", "text": text}), 0.0)


@pytest.mark.parametrize(
    "message", ["", "hello", "[1]", '"key"', "null", "{}", '{"type": "shout"}', '{"type": ["key"]}', "[" * 4000]
)
def test_a_message_that_says_nothing_known_is_refused(message):
    with pytest.raises(ProtocolError, match="send"):
        PageReader().read(message, 0.0)


def test_a_flood_of_keys_is_refused():
    reader = PageReader()
    with pytest.raises(ProtocolError, match="too many messages"):
        [reader.read('{"type": "key", "key": "1"}', 0.0) for _ in range(41)]


def test_hanging_up_is_the_callers():
    assert PageReader().read('{"type": "hang_up"}', 4.0) == HungUp(4.0, by="caller")


def test_the_page_gets_events_and_commands_under_their_names():
    assert json.loads(to_page(Say(7, "您好", "keys"))) == {
        "type": "Say",
        "prompt": 7,
        "text": "您好",
        "barge_in": "keys",
        "parts": [],
        "language": "",
    }
    note = json.loads(to_page(NoteTurn("need", "查账单", "billing", 0.9, "outage", 0.2, {"account": "12"}, "why")))
    assert note["type"] == "NoteTurn"
    assert note["slots"] == {"account": "12"}


def test_the_page_gets_neither_timers_nor_what_the_ears_expect():
    assert to_page(StartTimer("no_input", 5.0)) is None
    assert to_page(TimerFired(1.0, "no_input")) is None
    assert to_page(Listen(("billing",), closed=True)) is None
