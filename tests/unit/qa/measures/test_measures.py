"""What a run says: counted by hand on small runs."""

import json
from dataclasses import astuple, replace

import pytest

from ivr.flow.load import load
from ivr.qa.case import Case
from ivr.qa.measures.calls import calls, gaps, is_contained
from ivr.qa.measures.meanings import acceptance, intents, slots
from ivr.qa.measures.measured import coverage, measures, of_flow
from ivr.qa.measures.recognition import recognition
from ivr.qa.recognition_errors import confused, word_errors, words
from ivr.qa.run_result import CaseResult, RunResult, TurnResult
from ivr.shipped import shipped

pytestmark = pytest.mark.unit


def case(turns, **expect):
    spec = {"case": "x", "flow": "cloud_support", "turns": turns, "expect": expect}
    return Case.model_validate(spec)


def turn(intent, said="好", heard="好", **more):
    taken = (intent,) if intent else ()
    return TurnResult("speech", said=said, heard=heard, intents=taken, score=more.pop("score", 0.9), **more)


def result(*turns, name="a", verdict="passed", **more):
    return CaseResult(name, "cloud_support", verdict, turns=(TurnResult("begin"), *turns), **more)


def run_of(*results):
    return RunResult("1", "m", {"cloud_support": "d"}, results)


def test_errors_are_counted_by_kind_over_all_turns():
    found = recognition(run_of(result(turn("a", "查账单", "查张单"), turn("b", "转人工", "人工吧"))))
    assert (found.characters.substitutions, found.characters.deletions, found.characters.insertions) == (1, 1, 1)
    assert found.cer.value == pytest.approx(3 / 6)
    assert 0 <= found.cer.low <= found.cer.value <= found.cer.high
    assert [(pair.said, pair.heard, pair.times) for pair in found.pairs] == [
        ("", "吧", 1),
        ("账", "张", 1),
        ("转", "", 1),
    ]
    assert found.worst[0] == ("a", 2, "转人工", "人工吧")


def test_keys_silences_and_speech_that_nobody_wrote_down_say_nothing_of_recognition():
    unknown = TurnResult("speech", said="", heard="什么")
    assert recognition(run_of(result(TurnResult("keys", said="1"), unknown))) is None


def test_words_are_cut_by_the_dictionary_and_numbers_by_digits():
    assert words("我想查一下账单") == ["我", "想", "查", "一下", "账单"]
    assert words("pay my bill") == ["pay", "my", "bill"]
    assert word_errors("我想查账单", "我想查张单").rate > 1 / 4
    assert word_errors("幺二三", "一二三").rate == 0


def test_neighbouring_errors_are_one_confusion():
    assert confused("我要办理宽带", "我要半里宽带") == [("办理", "半里")]


def test_a_turn_is_right_if_it_is_taken_for_what_the_case_says():
    spec = case(
        [
            {"audio": "1.flac", "expect": {"intent": "billing"}},
            {"audio": "2.flac", "expect": {"intent": "agent"}},
            {"audio": "3.flac"},
        ]
    )
    run = run_of(result(turn("billing"), turn("no_match"), turn("products")), result(turn("faq:x/y"), name="b"))
    found = intents(run, {"a": spec, "b": spec})
    assert found.matrix == {"agent": {"no_match": 1}, "billing": {"billing": 1, "faq:x/y": 1}}
    assert (found.turns, found.right.value) == (3, pytest.approx(1 / 3))
    assert [(each.wanted, each.taken, each.examples) for each in found.worst] == [
        ("agent", "no_match", (("a", 2),)),
        ("billing", "faq:x/y", (("b", 1),)),
    ]
    assert intents(run, {}) is None


def test_intents_listed_for_the_whole_call_are_those_of_its_turns_where_they_are_as_many():
    turns = [{"audio": "1.flac"}, {"keys": "1"}, {"hang_up": True}]
    run = run_of(result(turn("billing"), TurnResult("keys", intents=("yes",)), TurnResult("hang_up")))
    assert intents(run, {"a": case(turns, intents=["billing", "no"])}).matrix == {
        "billing": {"billing": 1},
        "no": {"yes": 1},
    }
    assert intents(run, {"a": case(turns, intents=["billing"])}) is None


def test_a_value_is_right_wrong_or_missing():
    spec = case([{"audio": "1.flac", "expect": {"slots": {"digits": "123", "city": "上海"}}}], values={"paid": "yes"})
    run = run_of(result(turn("digits", slots={"digits": "124"}), values={"paid": True}))
    found = slots(run, {"a": spec})
    assert (found.right.value, found.wrong, found.missing) == (pytest.approx(1 / 3), 1, 1)
    assert found.by_name == {"city": (0, 1), "digits": (0, 1), "paid": (1, 1)}


def test_the_threshold_is_traded_between_what_is_believed_and_what_is_lost():
    turns = [{"audio": f"{n}.flac", "expect": {"intent": n}} for n in ("billing", "agent", "no_match", "billing")]
    run = run_of(
        result(
            turn("billing", score=0.95),
            turn("no_match", score=0.6, runner_up="agent"),
            turn("products", score=0.75),
            turn("products", score=0.8),
        )
    )
    found = acceptance(run, {"a": case(turns)})
    assert (found.strangers, found.known) == (1, 3)
    present = found.present
    assert (present.false_accepts, present.wrong, present.lost) == (1.0, pytest.approx(1 / 3), pytest.approx(1 / 3))
    at = {point.threshold: point for point in found.curve}
    assert (at[0.5].false_accepts, at[0.5].lost) == (1.0, 0.0)
    assert (at[0.9].false_accepts, at[0.9].wrong, at[0.9].lost) == (0.0, 0.0, pytest.approx(2 / 3))


def test_success_containment_and_reprompts_are_counted_by_call():
    served = result(turn("billing"), turn("no_match"), ended="hung_up")
    person = result(turn("agent"), name="b", ended="handed_off", queue="support", verdict="failed")
    broken = result(name="c", verdict="error")
    found = calls(run_of(served, person, broken))
    assert (found.success.value, found.contained.value) == (pytest.approx(1 / 3), 0.5)
    assert (found.turns_to_success.value, found.reprompts.value) == (2, 0.5)
    assert list(found.success_by_flow) == ["cloud_support"]
    assert calls(run_of()) is None


def test_who_wanted_a_person_and_was_refused_was_not_served():
    assert is_contained(result(turn("billing"), ended="hung_up"))
    assert not is_contained(result(turn("agent"), ended="hung_up"))
    assert not is_contained(result(turn("billing"), ended=""))


def test_gaps_are_told_by_stage_and_kind_of_question():
    spoken = [turn("a", gap_ms=gap, stages_ms={"end_of_turn": gap - 20, "mouth": 20}) for gap in (300, 500)]
    closed = turn("yes", gap_ms=200, question_closed=True, stages_ms={"end_of_turn": 180, "mouth": 20})
    keys = TurnResult("keys", gap_ms=80)
    found = gaps(run_of(result(*spoken, closed, keys, turn("b"))))
    assert (found["gap"]["p50"], found["gap"]["max"], found["gap"]["turns"]) == (300, 500, 3)
    assert found["closed questions"]["turns"] == 1
    assert found["end_of_turn"]["max"] == 480
    assert found["after keys"]["p50"] == 80


def test_coverage_counts_steps_ways_intents_and_answers_of_the_flow():
    flow = load(shipped("flows/cloud_support"))
    none = astuple(coverage(run_of(), flow))
    assert [some for some, _ in none] == [0] * 5
    assert all(whole > 0 for _, whole in none)
    bank, entries = next(iter(next(iter(flow.words.values())).faqs.items()))
    meant = turn(f"faq:{bank}/{entries[0].id}")
    some = coverage(
        run_of(result(turn("billing"), meant, ways=(("*", "welcome"),), steps=("welcome",)), result()), flow
    )
    assert (some.steps[0], some.intents[0], some.faq[0]) == (1, 2, 2)  # each in two languages


def test_all_measures_are_json():
    spec = case([{"audio": "1.flac", "expect": {"intent": "billing", "slots": {"digits": "1"}}}])
    run = run_of(result(turn("billing", gap_ms=300, stages_ms={"mouth": 3})))
    found = measures(run, {"a": spec}, {})
    assert json.loads(json.dumps(found.as_json()))["intents"]["turns"] == 1
    assert of_flow(run, "other") == replace(run, cases=())
