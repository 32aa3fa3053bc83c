"""What exploring is made of: failures made smaller, words that keep their meaning, voices held against the text."""

from pathlib import Path
from random import Random

import pytest

from ivr.audio import write_audio
from ivr.dialogue.walk import Walk
from ivr.errors import ModelError
from ivr.flow.load import load
from ivr.qa.case import load_case
from ivr.qa.explore.as_case import TO_CONFIRM, case_of, write_case
from ivr.qa.explore.script import Script, Turn
from ivr.qa.explore.shrink import fewest, plainest
from ivr.qa.explore.spoken import SpokenCall, Voices, difference
from ivr.qa.explore.trial import Finding, Seen
from ivr.qa.explore.words import CallersWords
from ivr.qa.run_result import CaseResult, TurnResult
from ivr.qa.twin_run import Answered
from ivr.shipped import shipped

pytestmark = pytest.mark.unit

BILL, YES = Turn("查账单", means="billing"), Turn("是的", means="yes")


def seen(*turns, step="need"):
    """What a text call saw in which every turn was taken as meant."""
    answered = [Answered(step=step), *(Answered(step=step) for _ in turns)]
    for turn, after in zip(turns, answered[1:], strict=True):
        after.notes = (
            [type("Note", (), {"intent": turn.means, "slots": {"digits": turn.digits} if turn.digits else {}})()]
            if turn.means
            else []
        )
    return Seen(Script("2026-11-20T10:00:00+08:00", "138", turns), Walk(), tuple(answered), "hung_up", "", (), True)


def result(*intents):
    rows = (TurnResult("begin"), *(TurnResult("speech", heard="什么", intents=taken) for taken in intents))
    return CaseResult("a", "f", "passed", turns=rows)


def test_what_a_failure_does_not_need_is_left_out_and_what_it_needs_stays_in_order():
    assert fewest(list("abcdefgh"), lambda kept: {"b", "g"} <= set(kept)) == ["b", "g"]
    assert fewest(["a"], lambda _: True) == ["a"]
    assert fewest(list("abc"), lambda kept: len(kept) == 3) == ["a", "b", "c"]


def test_words_become_plainer_only_where_the_failure_stays():
    assert plainest(["AA", "BB"], str.lower, lambda kept: kept[1] == "BB") == ["aa", "BB"]


def test_words_are_varied_around_an_example_of_the_same_meaning_and_taken_back_to_it():
    words = CallersWords(load(shipped("flows/cloud_support")))
    random = Random(1)  # noqa: S311  words to try, no secret
    examples = words.ways_to_say(BILL)
    for _ in range(50):
        varied = words.varied(BILL, random)
        assert varied.means == "billing"
        assert any(example in varied.say for example in examples)
        assert words.plainer(varied).say in examples
    assert words.ways_to_say(Turn("阿巴")) == ("阿巴",)


def test_a_written_case_is_read_as_one_and_asks_to_be_confirmed(tmp_path):
    call = seen(BILL, Turn(keys="1"), Turn())
    call.walk.steps.extend(["welcome", "need"])
    case = case_of(call, flow="cloud_support", voice="zf_xiaoxiao", tags=["explore"])
    folder = write_case(tmp_path / "one", case, "Found.")
    text = (folder / "case.yaml").read_text(encoding="utf-8")
    assert text.startswith("# Found.\n")
    assert text.count("expect:" + TO_CONFIRM) == 4
    read = load_case(folder).case
    assert (read.case, read.expect.steps) == ("welcome → need", ["welcome", "need"])
    assert [turn.label for turn in read.turns] == ["查账单", "[1]", "(silence)", "(hangs up)"]
    assert (read.turns[0].expect.intent, read.turns[0].expect.step, read.expect.ended) == ("billing", "need", "hung_up")


def test_a_failure_expects_what_was_meant_and_an_option_by_its_own_name():
    turn = Turn("好了好了", means="option:better.outcome.solved")
    finding = Finding("taken", "better", turn.means, "no_match", 1)
    case = case_of(seen(turn), flow="f", voice="", tags=[], finding=finding)
    assert case["turns"] == [{"text": "好了好了", "expect": {"intent": "solved"}}, {"hang_up": True}]
    assert "expect" not in case
    nobody = Finding("no_person", "better", "a person", "none", 1)
    assert case_of(seen(turn), flow="f", voice="", tags=[], finding=nobody)["expect"] == {"ended": "handed_off"}


def test_a_voice_that_is_taken_for_something_else_is_told_with_what_was_heard():
    found = difference(seen(BILL, YES), result(("billing",), ("no",)))
    assert found == Finding("heard", "need", "yes", "no")
    assert (found.turn, str(found)) == (2, "heard at need: expected yes, came no, heard as “什么”")
    assert difference(seen(BILL, YES), result(("billing",), ("yes",))) is None
    ended = difference(seen(BILL, YES), result(("billing",)))
    assert (ended.kind, ended.wanted) == ("spoken", "a turn for “是的”")
    assert difference(seen(BILL), CaseResult("a", "f", "error", trouble="torn off")).kind == "crash"


def test_a_number_that_is_heard_wrong_is_told_by_its_digits_and_expected_by_them():
    call = seen(Turn("幺二三四", means="digits", digits="1234"))
    row = TurnResult("speech", heard="九二三四", intents=("digits",), slots={"digits": "9234"})
    found = difference(call, CaseResult("a", "f", "passed", turns=(TurnResult("begin"), row)))
    assert found == Finding("heard", "need", "1234", "9234")
    case = case_of(call, flow="f", voice="", tags=[], finding=found)
    assert case["turns"][0]["expect"] == {"intent": "digits", "slots": {"digits": "1234"}}


@pytest.fixture
def voices(tmp_path):
    """Voices of which `low` is never understood in 是的; what is written, rendered and played is kept."""
    played = []

    def write(folder, call, voice, finding):
        case = case_of(call, flow="f", voice=voice, tags=[], finding=finding)
        return write_case(folder, case, "x")

    def render(folders):
        for folder in folders:
            for number, turn in enumerate(load_case(folder).case.turns, start=1):
                if turn.text and not (folder / f"{number:02}.flac").exists():
                    write_audio(folder / f"{number:02}.flac", b"\x00\x10" * 800)

    def play(folders):
        played.extend(folders)
        made = []
        for folder in folders:
            case = load_case(folder).case
            said = [turn for turn in case.turns if not turn.hang_up]
            meant = {"查账单": "billing", "是的": "no" if case.voice == "low" else "yes"}
            made.append(result(*((meant.get(turn.text, ""),) for turn in said)))
        return made

    def in_text(script):
        return seen(*script.turns)

    made = Voices(("low", "clear"), write, render, play, in_text, tmp_path / "work", lambda: True)
    made.played = played
    return made


def test_a_failing_voice_is_kept_with_the_turns_it_takes_and_another_one_goes_the_way(voices, tmp_path):
    call = seen(BILL, BILL, YES)
    folder = voices.write(tmp_path / "one", call, "low", None)
    (spoken,) = voices.speak([SpokenCall(folder, call, "low")])
    assert spoken.finding.wanted == "yes"
    kept = voices.smallest(spoken, spoken.finding, tmp_path / "found")
    assert [turn.label for turn in load_case(kept).case.turns] == ["是的", "(hangs up)"]
    assert (kept / "01.flac").read_bytes() == (folder / "03.flac").read_bytes()
    other = voices.in_another_voice(spoken)
    assert (other.voice, other.passed) == ("clear", True)
    assert load_case(folder).case.voice == "clear"


def test_what_there_is_no_time_to_speak_is_left_as_it_is(voices, tmp_path):
    voices.has_time = lambda: False
    call = SpokenCall(tmp_path / "one", seen(YES), "low")
    assert voices.speak([call]) == [call]
    assert not voices.played
    assert not Path(tmp_path / "one").exists()


def test_a_voice_that_cannot_speak_ends_the_speaking_and_says_why(voices, tmp_path):
    def mute(_folders):
        raise ModelError("the voice was silent")

    voices.render = mute
    calls = [SpokenCall(tmp_path / str(number), seen(YES), "low") for number in range(20)]
    assert voices.speak(calls) == calls
    assert voices.trouble == "the voice was silent"
