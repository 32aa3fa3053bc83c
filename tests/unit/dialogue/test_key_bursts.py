"""Keys pressed in one go: a number with the # that ends it by habit, digits too many, a hand that slips."""

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from ivr.dialogue.commands import HandOff, NoteTurn, Say, StopSpeaking
from ivr.dialogue.dialogue import Dialogue
from ivr.dialogue.events import CallStarted, Heard, KeyPressed, PromptEnded, TimerFired
from ivr.dialogue.vocabulary import interpreter_for
from ivr.flow.load import load
from ivr.shipped import shipped

pytestmark = pytest.mark.unit

FLOW = load(shipped("flows/cloud_support"))
INTERPRETER = interpreter_for(FLOW)
DIGIT_GAP_S = 0.2


class AskedForTheAccount:
    """The shipped hotline at its question for an account of eight digits; prompts are heard to their end."""

    def __init__(self):
        self.dialogue, self.at, self.commands = Dialogue(FLOW, INTERPRETER), 0.0, []
        self.send(CallStarted(0.0, "1", "2", "2026-11-20T10:00:00+08:00", "audio"))
        self.hears_all()
        self.send(Heard(self.at, "查账单"))
        self.hears_all()
        self.commands.clear()

    def send(self, event):
        made = self.dialogue.handle(event)
        self.commands += made
        return made

    def hears_all(self):
        for number, _ in list(self.dialogue.session.speaking):
            self.send(PromptEnded(self.at, number, 1000, cut=False))

    def presses(self, keys, gap=DIGIT_GAP_S):
        """Keys `gap` seconds apart, the first as long after the key before."""
        for key in keys:
            self.at += gap
            made = self.send(KeyPressed(self.at, key))
        return made

    def pauses(self, seconds):
        self.at += seconds

    def all_of(self, kind):
        return [command for command in self.commands if isinstance(command, kind)]

    @property
    def intents(self):
        return [note.intent for note in self.all_of(NoteTurn)]


@pytest.fixture
def call():
    return AskedForTheAccount()


def test_the_hash_that_ends_a_number_by_habit_is_no_answer_to_the_next_question(call):
    call.presses("12345678")
    assert call.presses("#") == []
    assert call.intents == ["digits"]
    assert call.all_of(Say)[-1].text.endswith("对吗？")


def test_a_hash_after_a_moments_thought_is_still_the_end_of_the_number(call):
    call.presses("12345678")
    assert call.presses("#", gap=2.5) == []
    assert call.presses("#", gap=10.0) != []


def test_digits_too_many_do_not_answer_the_question_whether_the_number_is_right(call):
    call.presses("12345678")
    assert call.presses("11222") == [], "neither yes, nor no, nor is the read-back cut"
    assert call.intents == ["digits"]


def test_the_answer_to_the_read_back_is_taken_after_a_breath(call):
    call.presses("12345678#")
    call.pauses(1.0)
    call.presses("1")
    assert call.intents == ["digits", "yes"]


def test_who_knows_the_hotline_answers_the_read_back_as_soon_as_it_begins(call):
    call.presses("12345678")
    call.presses("1", gap=2 * DIGIT_GAP_S)
    assert call.intents == ["digits", "yes"]


def test_digits_too_many_at_a_slow_pace_belong_to_the_number_as_well(call):
    call.presses("12345678", gap=0.6)
    assert call.presses("12", gap=0.8) == []


def test_a_hand_on_the_wrong_keys_fails_once_not_once_a_key(call):
    call.presses("12345678")
    call.pauses(1.0)
    call.presses("99999")
    assert call.intents == ["digits", "no_match"]
    assert call.presses("0")
    assert call.intents[-1] == "agent", "a key that means something is taken at once"


def test_a_person_is_had_by_0_after_a_breath(call):
    call.presses("12345678#00")
    call.pauses(1.0)
    call.presses("0")
    assert call.intents[-1] == "agent"


def test_a_number_too_short_and_ended_often_is_one_failure(call):
    call.presses("12#3#4#5##")
    assert call.intents == ["digits"]
    call.hears_all()
    assert not call.all_of(HandOff)


def test_a_number_keyed_anew_after_a_breath_counts(call):
    call.presses("12#")
    call.pauses(1.0)
    call.presses("87654321")
    assert call.all_of(NoteTurn)[-1].slots == {"digits": "87654321"}


@given(st.floats(0, 1000), st.floats(0.99, 1.01) | st.floats(0.05, 1.0))
def test_a_journal_that_keeps_milliseconds_replays_the_same(began, gap):
    live, again = AskedForTheAccount(), AskedForTheAccount()
    for call, kept in ((live, float), (again, lambda at: round(at, 3))):
        for number in range(9):
            call.send(KeyPressed(kept(began + 10 + number * gap), "8"))
    assert live.commands == again.commands


def asked_for_a_person(keys):
    """A 0 that stays alone, as far as this question gathers keys at all."""
    gathered = ""
    for key in keys:
        if key == "*":
            gathered = ""
        elif key == "#":
            return gathered == "0"
        elif key.isdecimal():
            gathered += key
        if len(gathered) == 8:
            return False
    return gathered == "0"


@settings(max_examples=300, deadline=None)
@given(
    st.text("0123456789*#A", min_size=1, max_size=40),
    st.floats(0.02, 0.6),
    st.lists(st.floats(1.0, 1.4), min_size=40, max_size=40),
    st.booleans(),
)
@example("12345678#", 0.2, [1.0] * 40, True)
@example("1234567812345", 0.2, [1.0] * 40, False)
@example("###", 0.2, [1.0] * 40, True)
@example("0#", 0.2, [1.0] * 40, True)
def test_no_burst_of_keys_reaches_a_person_but_a_lone_0(keys, gap, uneven, prompts_end):
    call = AskedForTheAccount()
    for key, slower in zip(keys, uneven, strict=False):
        call.presses(key, gap * slower)
        if prompts_end:
            call.hears_all()
    call.hears_all()
    call.send(TimerFired(call.at + 3.0, "keys"))
    call.hears_all()
    assert bool(call.all_of(HandOff)) is asked_for_a_person(keys)
    assert len([intent for intent in call.intents if intent not in {"digits", "agent"}]) <= 1


def test_the_read_back_is_not_cut_by_the_rest_of_the_burst(call):
    call.presses("12345678")
    before = len(call.all_of(StopSpeaking))
    call.presses("99#")
    assert len(call.all_of(StopSpeaking)) == before
